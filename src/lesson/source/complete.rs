//! What makes a task whole: goals with a way to them, a ladder of hints, a sentence for each wrong way.

use std::collections::BTreeSet;

use super::writer::Writer;
use crate::lesson::model::{Hint, Task};

/// What a task with goals must have as well, and one without goals cannot have.
pub(super) fn check(writer: &mut Writer<'_>, task: &Task, line: u32) {
    let mut fail = |what: &str| writer.fail(line, what);
    let extra = !task.hints.is_empty() || !task.solution.is_empty() || !task.mistakes.is_empty();
    if task.goals.is_empty() {
        if extra {
            fail("hints, a solution or mistakes without goals");
        }
        return;
    }
    if task.solution.is_empty() {
        fail("goals without a solution");
    }
    if task.success.0.is_empty() {
        fail("goals without `success`, expected a sentence that says what made it work");
    }
    let mut ids = BTreeSet::new();
    for goal in task.goals.iter().filter(|goal| !ids.insert(&goal.id)) {
        fail(&format!("a second goal `{}`", goal.id));
    }
    let mut said = BTreeSet::new();
    if task.mistakes.iter().any(|mistake| !said.insert(&mistake.say.0)) {
        fail("two mistakes say the same, expected a sentence for each");
    }
    ladder(writer, task, line);
}

/// The hints of a task with goals.
fn ladder(writer: &mut Writer<'_>, task: &Task, line: u32) {
    let mut fail = |what: &str| writer.fail(line, what);
    match (task.challenge, task.hints.len()) {
        (false, 0..2) => fail("a hint ladder with fewer than two rungs"),
        (true, 1..) => fail("hints in a challenge, which has none"),
        _ => {}
    }
    let mut said = BTreeSet::new();
    if task.hints.iter().any(|hint| !said.insert(&hint.say.0)) {
        fail("two hints say the same, expected a ladder");
    }
    // However it is spaced, and with whatever stands between an option and its value.
    let bare = |text: &str| {
        let words = text.split([' ', '=', '\n', '"', '\'']).filter(|word| !word.is_empty());
        words.collect::<Vec<&str>>().join(" ")
    };
    let answer = |hint: &Hint| {
        let said = bare(&hint.say.text());
        let mut lines = task.solution.iter().filter(|line| !line.line.is_empty());
        lines.any(|line| said.contains(&bare(&line.line)))
    };
    if task.hints.last().is_some_and(answer) {
        fail("the last hint is the answer, expected the shape of the action");
    }
}
