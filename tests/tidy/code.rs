//! Rules about single files: how long they are, and what must not be in them.

use crate::tree::{File, files, names, report};

/// Physical lines of a Rust file, tests included. A longer one holds more than one idea.
const LONGEST: usize = 400;

#[test]
fn files_hold_one_idea() {
    let mut complaints = Vec::new();
    for file in rust() {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            let why =
                format!("more than {LONGEST} lines; which second idea can have a file of its own?");
            complaints.push(file.complaint(lines, &why));
        }
    }
    report(&complaints);
}

/// Equal seeds and equal lines give equal accounts everywhere: nothing in the library may depend on addresses, on the
/// width of a pointer, on the wall clock, or on how a platform rounds.
#[test]
fn histories_can_be_replayed() {
    let banned = [
        ("HashMap", "its order differs from run to run; use BTreeMap"),
        ("HashSet", "its order differs from run to run; use BTreeSet"),
        ("Instant", "time comes in as an argument"),
        ("SystemTime", "time comes in as an argument"),
        ("thread_local", "state belongs to a value that somebody owns"),
        ("static mut", "state belongs to a value that somebody owns"),
    ];
    let mut complaints = Vec::new();
    // A benchmark measures real time; nothing of it reaches an account.
    for file in files("src", &[".rs"]).iter().filter(|file| file.path != "src/lab/bench/board.rs") {
        for (at, line) in file.code() {
            for (word, instead) in banned.iter().filter(|(word, _)| names(line, word)) {
                complaints.push(file.complaint(at, &format!("{word}: {instead}")));
            }
        }
    }
    report(&complaints);
}

#[test]
fn state_is_in_whole_numbers_of_a_fixed_width() {
    // Printing a time as AWS does needs a fraction; nothing is computed with it.
    let fractions = ["src/cloud/time.rs", "src/cloud/watch", "src/cloud/load"];
    let mut complaints = Vec::new();
    for file in files("src/cloud", &[".rs"]) {
        let may_round = fractions.iter().any(|path| file.path.starts_with(path));
        for (at, line) in file.code() {
            if !may_round && (names(line, "f64") || names(line, "f32")) {
                complaints.push(
                    file.complaint(
                        at,
                        "a float; count in whole small units, such as micro-dollars",
                    ),
                );
            }
        }
        let fields = file.code().filter(|(_, line)| is_field(line));
        for (at, _) in fields.filter(|(_, line)| names(line, "usize")) {
            complaints.push(
                file.complaint(at, "a usize in state differs between platforms; use u32 or u64"),
            );
        }
    }
    report(&complaints);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut complaints = Vec::new();
    for file in files("", &[".rs", ".md", ".css", ".js", ".html", ".sh", ".py", ".toml"]) {
        for (at, line) in file.text.lines().enumerate() {
            for mark in marks.iter().filter(|mark| names(line, mark)) {
                complaints.push(file.complaint(
                    at + 1,
                    &format!("{mark}: do it, or open an issue and leave it out here"),
                ));
            }
        }
    }
    report(&complaints);
}

#[test]
fn no_path_of_one_machine() {
    let roots = ["work", "farm", "root", "home", "Users", "tmp/wt"];
    let mut complaints = Vec::new();
    for file in files(
        "",
        &[".rs", ".md", ".css", ".js", ".html", ".sh", ".py", ".toml", ".json", "Makefile"],
    ) {
        for (at, line) in file.text.lines().enumerate() {
            for root in roots {
                let path = format!("/{root}/");
                let is_absolute = line.match_indices(&path).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    let after = line[at + path.len()..].chars().next();
                    !before.is_some_and(|c| c.is_alphanumeric() || "_.-~}$".contains(c))
                        && after.is_some_and(|c| c.is_ascii_lowercase())
                });
                if is_absolute {
                    complaints.push(file.complaint(
                        at + 1,
                        &format!(
                            "{path}… is a path of one machine; name it from the repository's root"
                        ),
                    ));
                }
            }
        }
    }
    report(&complaints);
}

/// The content security policy refuses style attributes and inline scripts.
#[test]
fn nothing_is_styled_inline() {
    let mut complaints = Vec::new();
    let views = ["src/app", "src/widgets"].into_iter().flat_map(|folder| files(folder, &[".rs"]));
    for file in views.chain(files("", &["index.html"])) {
        for (at, line) in
            file.code().filter(|(_, line)| line.contains(" style=") || line.contains("<style"))
        {
            let what = format!(
                "the content security policy refuses this; use a class, or .style(property, …) in a view: {}",
                line.trim()
            );
            complaints.push(file.complaint(at, &what));
        }
    }
    report(&complaints);
}

fn rust() -> Vec<File> {
    ["src", "tests"].into_iter().flat_map(|folder| files(folder, &[".rs"])).collect()
}

/// Whether a line is a field that other files can see, as those of state are.
fn is_field(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("pub") && line.ends_with(',') && line.contains(": ") && !line.contains('(')
}
