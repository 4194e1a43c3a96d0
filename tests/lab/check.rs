//! `lab check`: lessons with one mistake each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

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

#[test]
fn check_finds_slips_and_things_that_are_not_there() {
    for (name, from, to, found) in [
        (
            "pen",
            "\"settle\"]",
            "\"settl\"]",
            "md:16: `settl` cannot be run: settl: command not found",
        ),
        ("focus", "focus:cluster/1", "focus:cluster/3", "md:11: nothing is at `focus:cluster/3`"),
        (
            "hint",
            "focus = \"cluster/1\"",
            "focus = \"task/1\"",
            "md:29: nothing is at `focus:task/1`",
        ),
        ("twice", "say = \"One\"", "say = \"None\"", "md:16: two options say the same"),
        (
            "share",
            "A cluster is a name.",
            "It is 50 % of a name.",
            "md:11: a figure without a source",
        ),
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
    ] {
        let output = example_with(name, from, to);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(&format!("90-example.{found}")), "{name}: {said}");
    }
}

#[test]
fn the_example_of_the_authors_guide_passes() {
    let output = example_with("example", "+++", "+++");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.ends_with("1 passed, 0 failed\n"), "{said}");
}
