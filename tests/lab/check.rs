//! `lab check`: lessons with one mistake each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::lab;

/// A copy of the lessons in a folder of its own.
fn copy(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir("lessons").unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// Replaces a text in a copy of the ECS lesson, and gives what `lab check` says and the line that was changed.
fn check_with(name: &str, from: &str, to: &str) -> (Output, String, u32) {
    let folder = copy(name);
    let file = folder.join("02-ecs.md");
    let text = fs::read_to_string(&file).unwrap();
    let at = text.find(from).unwrap_or_else(|| panic!("the lesson has no `{from}`"));
    let line =
        u32::try_from(text[..at].lines().count()).unwrap() + u32::from(text[..at].ends_with('\n'));
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
    let output = lab(&["check", file.to_str().unwrap()], b"");
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    (output, said, line)
}

#[track_caller]
fn assert_found(name: &str, from: &str, to: &str, what: &str) {
    let (output, said, line) = check_with(name, from, to);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let place = format!("02-ecs.md:{line}: ");
    let found = said.lines().any(|said| said.contains(&place) && said.contains(what));
    assert!(found, "expected `{place}…{what}` in\n{said}");
}

/// One lesson: `make test` replays all of them, with the optimised laboratory.
#[test]
fn check_passes_every_step_of_a_lesson() {
    let output = lab(&["check", "lessons/02-ecs.md"], b"");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("ok   ecs/empty-cluster: An empty cluster\n"), "{said}");
    assert!(said.trim_end().ends_with(" passed, 0 failed"), "{said}");
}

#[test]
fn check_finds_a_goal_that_cannot_be_met() {
    let (from, to) = ("clusterName = \"dock\", status", "clusterName = \"deck\", status");
    assert_found("goal", from, to, "the goal is not met after the solution");
}

#[test]
fn check_finds_a_solution_line_that_fails() {
    let (from, to) =
        ("{ line = \"aws ecs create-cluster --", "{ line = \"aws ecs delete-cluster --");
    assert_found("solution", from, to, "the line failed");
}

#[test]
fn check_finds_unknown_names() {
    assert_found("widget", "\"picture\"", "\"painting\"", "unknown `painting`, expected a widget");
    assert_found("point", "teaches = [\"ecs-12\"]", "teaches = [\"ecs-99\"]", "unknown `ecs-99`");
    assert_found("kind", "{ cluster = { clusterName", "{ cluter = { clusterName", "unknown kind");
    let (from, to) = ("\"dock\", status = ", "\"dock\", state = ");
    assert_found("field", from, to, "Cluster has no field `state`");
    assert_found("key", "teaches = ", "teeches = ", "unknown field `teeches`, expected one of");
}

#[test]
fn check_finds_what_would_silently_be_something_else() {
    assert_found("fence", "```task", "```tusk", "unknown block `tusk`, expected one of predict");
    let (output, said, _) = check_with("caption", "caption = ", "captoin = ");
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("expected a terminal line or { line = "), "{said}");
}

#[test]
fn check_finds_two_lessons_of_one_name_or_number() {
    let folder = copy("twice");
    fs::copy(folder.join("02-ecs.md"), folder.join("12-ecs.md")).unwrap();
    let output = lab(&["check", folder.to_str().unwrap()], b"");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("12-ecs.md:1: a second lesson `ecs`"), "{said}");
}

#[test]
fn check_finds_a_lesson_without_a_step() {
    let folder = copy("without");
    let file = folder.join("90-none.md");
    let front = "+++\nid = \"none\"\ntitle = \"None\"\nsummary = \"Nothing.\"\nminutes = 1\nseed = 1\nstart = \"empty\"\n+++\n";
    fs::write(&file, front).unwrap();
    let output = lab(&["check", file.to_str().unwrap()], b"");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("90-none.md:1: a lesson without a step, expected"), "{said}");
}

#[test]
fn check_finds_a_mistake_that_does_not_show() {
    let (from, to) = ("{ clusterName = \"dock\" }, is = 0", "{ clusterName = \"dock\" }, is = 9");
    let (output, said, _) = check_with("mistake", from, to);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("its own attempt does not show it"), "{said}");
}

#[test]
fn check_finds_hints_in_a_challenge() {
    let (from, to) = ("challenge = true\n", "challenge = true\nhints = [\"One.\", \"Two.\"]\n");
    let (output, said, _) = check_with("challenge", from, to);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("hints in a challenge, which has none"), "{said}");
}

#[test]
fn check_takes_one_file_as_well() {
    let folder = copy("single");
    fs::write(folder.join("03-empty.md"), "no front matter\n").unwrap();
    let file = folder.join("03-empty.md");
    let output = lab(&["check", file.to_str().unwrap()], b"");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("03-empty.md:1: front matter is missing, expected"), "{said}");
}

/// Checks the example of the authors' guide with a text of it replaced.
fn example_with(name: &str, from: &str, to: &str) -> Output {
    let guide = fs::read_to_string("lessons/README.md").unwrap();
    let (_, rest) = guide.split_once("````markdown\n").unwrap();
    let (lesson, _) = rest.split_once("````").unwrap();
    assert!(lesson.contains(from), "the example has no `{from}`");
    let folder = copy(name);
    let file = folder.join("90-example.md");
    fs::write(&file, lesson.replacen(from, to, 1)).unwrap();
    lab(&["check", file.to_str().unwrap()], b"")
}

/// What a copy is called, what is replaced in the example, by what, and what `lab check` says then.
const SLIPS: &[(&str, &str, &str, &str)] = &[
    ("pen", "\"settle\"]", "\"settl\"]", "md:16: `settl` cannot be run: settl: command not found"),
    ("focus", "focus:cluster/1", "focus:cluster/3", "md:11: nothing is at `focus:cluster/3`"),
    ("hint", "focus = \"cluster/1\"", "focus = \"task/1\"", "md:29: nothing is at `focus:task/1`"),
    ("twice", "say = \"One\"", "say = \"None\"", "md:16: two options say the same"),
    ("share", "A cluster is a name.", "It is 50 % of a name.", "md:16: a figure without a source"),
    (
        "opening",
        "aws ecs create-cluster --cluster-name dock\"]",
        "aws ecs\"]",
        "md:8: the lesson's setup: `aws ecs` failed",
    ),
    (
        "damage",
        "limit = \"1m\"",
        "faults = [\"earthquake\"]\nlimit = \"1m\"",
        "md:29: unknown `earthquake`, expected a fault: ",
    ),
    ("title", "A name for work", " ", "md:3: an empty text, expected a few words"),
    ("minutes", "minutes = 3", "minutes = 0", "md:5: a lesson of 0 minutes, expected 1 to 600"),
    (
        "number",
        "minutes = 3",
        "minutes = -3",
        "md:5: invalid value: integer `-3`, expected a whole number from 0",
    ),
    ("summary", "see that it is only a name.", "pay $0.10.", "md:4: a figure without a source"),
    ("needs", "seed = 7", "needs = [\"example\"]\nseed = 7", "md:6: needs `example`"),
    ("bare", "What you read", "## Two {#two}\n\n## Three {#three}\n\nWhat", "md:52: an empty step"),
    (
        "dead",
        "The verb begins with `create`.",
        "The verb [is this](lesson:ecs/none).",
        "md:29: a link to `ecs/none`, expected a step",
    ),
    (
        "because",
        "say = \"One\",",
        "say = \"One\", because = \"[It](focus:task/4)\",",
        "md:16: nothing is at",
    ),
    ("wordless", "[cluster](term:cluster)", "[](term:cluster)", "md:13: a link without words"),
    ("silence", "\"settle\"]", "\"\"]", "md:16: an empty terminal line"),
    ("ladder", "The verb begins with `create`.", "One is here already.", "md:29: two hints say"),
    ("doubled", "\"picture\", ", "\"picture\", \"picture\", ", "md:31: `picture` a second time"),
    ("for-ever", "limit = \"1m\"", "limit = \"9999h\"", "md:32: a limit of `9999h`, expected 24h"),
    ("moved", "```predict", " ```predict", "md:15: `predict` stands in, expected ```predict"),
    (
        "told",
        "{ say = \"One\", when = { instance = {}, is = 1 } }",
        "{ say = \"One\", right = false }",
        "md:16: a prediction that says itself what is right",
    ),
    (
        "astray",
        "try = [\"aws ecs create-cluster\"]",
        "try = [\"aws ecs create-cluster\", \"asw\"]",
        "md:46: `asw` cannot be run: asw: command not found",
    ),
];

#[test]
fn check_finds_slips_and_things_that_are_not_there() {
    for (name, from, to, found) in SLIPS {
        let output = example_with(name, from, to);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(&format!("90-example.{found}")), "{name}: {said}");
    }
}

#[test]
fn check_takes_a_file_of_the_folder_it_runs_in() {
    let folder = copy("here");
    let output = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(["check", "02-ecs.md"])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn check_finds_slips_beside_the_lessons() {
    for (name, file, added, found) in [
        ("date", "sources.toml", "url = \"https://x.org\"\nchecked = \"2026-13-01\"", "no date"),
        ("word", "glossary.toml", "say = \"[x](lesson:ecs/none)\"", "a link to `ecs/none`"),
    ] {
        let folder = copy(name);
        let path = folder.join(file);
        let title = if name == "date" { "title" } else { "name" };
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}\n[zzz]\n{title} = \"Z\"\n{added}\n")).unwrap();
        let output = lab(&["check", folder.join("02-ecs.md").to_str().unwrap()], b"");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(found), "{said}");
    }
}

/// The greatest seed has seven more after it.
#[test]
fn check_plays_a_lesson_of_any_seed() {
    let output = example_with("seed", "seed = 7", "seed = 18446744073709551615");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn the_example_of_the_authors_guide_passes() {
    let output = example_with("example", "+++", "+++");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.ends_with("1 passed, 0 failed\n"), "{said}");
}
