//! Everything that a step says to the learner.

use crate::lesson::model::{Block, Html, Step};

/// A text of a step.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// The part that says it, as [`super::Located::problem`] wants it after the step's id and a slash; empty for the step itself.
    pub part: String,
    /// The text.
    pub html: &'a Html,
    /// What sort of text it is.
    pub sort: Sort,
}

/// What a text of a step is to the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It explains: AWS is as it says.
    Claim,
    /// The same, with a source of its own.
    Sourced,
    /// It asks, offers, or says what to do.
    Other,
    /// It answers a wrong way, in the account to which that led.
    Astray,
}

/// The texts of a step, in order.
pub fn texts(step: &Step) -> Vec<Said<'_>> {
    let mut all = Vec::new();
    let mut say = |part: &str, html, sort| all.push(Said { part: part.to_owned(), html, sort });
    for block in step.blocks.iter().chain(&step.closing) {
        match block {
            Block::Prose(html) => say("", html, Sort::Claim),
            Block::Note(note) if note.source.is_some() => say("", &note.say, Sort::Sourced),
            Block::Note(note) => say("", &note.say, Sort::Claim),
            Block::Predict(asked) | Block::Recall(asked) => {
                let part = format!("question/{}", asked.id);
                say(&part, &asked.ask, Sort::Other);
                for option in &asked.options {
                    say(&part, &option.say, Sort::Other);
                    option.because.iter().for_each(|html| say(&part, html, Sort::Claim));
                }
                say(&part, &asked.after, Sort::Claim);
            }
        }
    }
    let Some(task) = &step.task else { return all };
    for goal in &task.goals {
        say(&format!("goal/{}", goal.id), &goal.say, Sort::Other);
    }
    task.hints.iter().for_each(|hint| say("task", &hint.say, Sort::Claim));
    say("task", &task.success, Sort::Claim);
    for (at, line) in task.solution.iter().enumerate() {
        let part = format!("solution/{at}");
        line.caption.iter().for_each(|html| say(&part, html, Sort::Claim));
    }
    for (at, mistake) in task.mistakes.iter().enumerate() {
        say(&format!("mistake/{at}"), &mistake.say, Sort::Astray);
    }
    all
}
