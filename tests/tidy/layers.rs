//! Who may know whom: `cloud` ← `cli` ← `lesson` ← `session` ← `app`, `widgets`.

use crate::tree::{files, names, report};

/// The pure layers, from the bottom up.
const LAYERS: [&str; 4] = ["cloud", "cli", "lesson", "session"];
/// What only the page may know.
const BROWSER: [&str; 6] =
    ["leptos", "web_sys", "js_sys", "wasm_bindgen", "gloo_storage", "console_error_panic_hook"];

#[test]
fn pure_layers_know_nothing_of_a_browser() {
    let mut complaints = Vec::new();
    for layer in LAYERS {
        for file in files(&format!("src/{layer}"), &[".rs"]) {
            for (at, line) in file.code() {
                for word in BROWSER.iter().filter(|word| names(line, word)) {
                    let what = format!(
                        "{layer} names {word}; do this in app or widgets, and hand the result down"
                    );
                    complaints.push(file.complaint(at, &what));
                }
            }
        }
    }
    report(&complaints);
}

#[test]
fn dependencies_point_downward() {
    let mut complaints = Vec::new();
    for (height, layer) in LAYERS.iter().enumerate() {
        let above = LAYERS[height + 1..].iter().chain(&["app", "widgets", "lab"]);
        let above: Vec<String> = above.map(|upper| format!("crate::{upper}")).collect();
        for file in files(&format!("src/{layer}"), &[".rs"]) {
            for (at, line) in file.code() {
                for upper in above.iter().filter(|upper| names(line, upper)) {
                    let what =
                        format!("{layer} uses {upper}, which is above it; pass in what it needs");
                    complaints.push(file.complaint(at, &what));
                }
            }
        }
    }
    report(&complaints);
}

/// Some doors have one keeper.
#[test]
fn doors_have_their_keepers() {
    let doors: [(&str, &[&str], &str); 5] = [
        (
            ".apply(&Input::",
            &["src/cloud/", "src/cli/shell.rs", "src/lesson/solve.rs", "src/lab/"],
            "only a terminal line, a replay and the laboratory change an account",
        ),
        // The terminal scrolls once after a line was printed; that is no loop.
        (
            "request_animation_frame",
            &["src/app/clock.rs", "src/widgets/terminal.rs"],
            "let the clock call you",
        ),
        ("gloo_storage", &["src/app/store.rs"], "ask the store"),
        ("set_hook", &["src/app/crash.rs"], "crash.rs says what to do after a panic"),
        ("post_message", &["src/app/embed"], "embed.rs checks whom messages go to"),
    ];
    let mut complaints = Vec::new();
    for file in files("src", &[".rs"]) {
        for (at, line) in file.code() {
            for (door, keepers, instead) in &doors {
                let is_keeper = keepers.iter().any(|keeper| file.path.starts_with(keeper));
                if line.contains(door) && !is_keeper {
                    complaints.push(
                        file.complaint(at, &format!("{door} is kept by {keepers:?}: {instead}")),
                    );
                }
            }
        }
    }
    report(&complaints);
}

/// What AWS does is decided in `cloud`: the page shows codes, it does not compare them.
#[test]
fn the_page_decides_nothing_about_aws() {
    let mut complaints = Vec::new();
    for folder in ["src/app", "src/widgets"] {
        for file in files(folder, &[".rs"]) {
            for (at, line) in file.code() {
                for text in line.split('"').skip(1).step_by(2).filter(|text| is_error_code(text)) {
                    let what = format!(
                        "{text:?} is an error code of AWS; let session or cloud decide and show what they say"
                    );
                    complaints.push(file.complaint(at, &what));
                }
            }
        }
    }
    report(&complaints);
}

fn is_error_code(text: &str) -> bool {
    let one_word = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let ends = ["Exception", "NotFound", "Fault", "Error", "Denied", "AlreadyExists"];
    one_word
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && ends.iter().any(|end| text.len() > end.len() && text.ends_with(end))
}
