//! What a lesson is: plain data, compiled from Markdown when the page is built. Knows no other module.

mod condition;
mod course;
mod html;
mod later;
mod packed;

use std::ops::Deref;

pub use condition::{Condition, Count, Field, Test};
pub use course::{Head, Point, StepHead, Term};
pub use html::Html;
pub use later::{Later, Text};
use packed::packed;
pub use packed::{Packed, pack, unpack};

/// The widgets that a task may name; the page's registry has a component for each.
pub const WIDGETS: &[&str] = &[
    "picture",
    "terminal",
    "task-def-form",
    "run-task-form",
    "launch-instance-form",
    "call-log",
    "why",
    "table",
    "inspector",
    "fault-panel",
    "role-picker",
    "events",
    "compare",
    "charts",
    "scaling",
    "route",
    "cost",
];

/// A lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// As in `#/l/<id>`; never changes its meaning.
    pub id: String,
    /// Its place in the course, from the file's name.
    pub number: u32,
    /// Shown above it.
    pub title: String,
    /// One sentence for the course map.
    pub summary: Html,
    /// How long it takes about, in minutes.
    pub minutes: u32,
    /// Ids of the lessons to know before.
    pub needs: Vec<String>,
    /// The simulator's seed.
    pub seed: u64,
    /// The name of the account's start: `default-vpc` or `empty`.
    pub start: String,
    /// Terminal lines before the first step.
    pub setup: Vec<String>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// Every line of its tasks once, those that go a wrong way too, in alphabetical order.
    pub lines: Vec<String>,
}

/// A step of a lesson: one idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// As in `#/l/<lesson>/<id>`; never changes its meaning.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// It can be solved, and not only visited.
    pub has_goals: bool,
    body: Later<Body>,
}

/// What stands in a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// What is read and answered before and beside the task.
    pub blocks: Vec<Block>,
    /// What is done.
    pub task: Option<Task>,
    /// What is read and answered once the task is solved or its solution was seen.
    pub closing: Vec<Block>,
}

/// A part of a step's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Paragraphs, lists, tables, code.
    Prose(Html),
    /// A guess before something runs.
    Predict(Question),
    /// A question about what came before, answered by deciding and checked by running.
    Recall(Question),
    /// A remark with a mark of its own.
    Note(Note),
}

/// A remark about the model itself, or about what AWS has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which mark it carries.
    pub mark: Mark,
    /// What it says.
    pub say: Html,
    /// Where it comes from.
    pub source: Option<Source>,
}

/// The mark of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Here the simulator is simpler than AWS, or chose what AWS does not publish.
    Model,
    /// AWS has changed since common study notes were written.
    Changed,
}

/// Where a claim about AWS comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its key in `lessons/sources.toml`.
    pub id: String,
    /// The page's title.
    pub title: String,
    /// The page.
    pub url: String,
    /// When it was read, as `2026-11-22`.
    pub checked: String,
}

/// A question with options of which exactly one is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Unique in its lesson.
    pub id: String,
    /// Points of the syllabus that it practises.
    pub practises: Vec<String>,
    /// The question.
    pub ask: Html,
    /// Whether to ask how sure the learner is.
    pub confidence: bool,
    /// Terminal lines that find the answer out. They run on a copy of the account: as it is at the step's start for a
    /// question before the task, and after the task's solution for a question in `closing`.
    pub run: Vec<String>,
    /// The options, in the order shown.
    pub options: Vec<Answer>,
    /// What is said once it was answered.
    pub after: Html,
}

/// One option of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The option.
    pub say: Html,
    /// Said to whoever chose it.
    pub because: Option<Html>,
    /// What makes it right.
    pub right: Right,
}

/// What makes an option right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// It is right if this is so after the question's lines have run.
    When(Condition),
    /// Nothing can be run to find it out: the lesson says so itself.
    Said(bool),
}

/// What there is to do in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Points of the syllabus that the step teaches.
    pub teaches: Vec<String>,
    /// Points of the syllabus that its goals practise.
    pub practises: Vec<String>,
    /// The widgets shown, by their names in the page's registry.
    pub widgets: Vec<String>,
    /// The faults that the fault panel offers.
    pub faults: Vec<String>,
    /// Fresh numbers and less help: "Show me" plays without captions.
    pub challenge: bool,
    /// How much virtual time the goals may take after the last action, in milliseconds.
    pub limit: u64,
    /// Terminal lines before the step begins.
    pub setup: Vec<String>,
    /// What has to become true. None: there is only something to look at.
    pub goals: Vec<Goal>,
    /// From "look here" to the shape of the action; the last is not the answer.
    pub hints: Vec<Hint>,
    /// Said when all goals are met: what made it work.
    pub success: Html,
    /// The lines that meet the goals.
    pub solution: Vec<Line>,
    /// Known wrong ways, each with the sentence that helps.
    pub mistakes: Vec<Mistake>,
}

/// Something that has to become true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Unique in its step: `data-goal`.
    pub id: String,
    /// The goal as a sentence.
    pub say: Html,
    /// What has to be so.
    pub when: Condition,
    /// For how long it has to stay so, in milliseconds. None: being so once is enough.
    pub hold: Option<u64>,
    /// What the picture draws as still missing.
    pub ghost: Option<Ghost>,
}

/// What the picture draws as still missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ghost {
    /// A kind of thing, as in `data-kind`.
    pub kind: String,
    /// Written on it.
    pub say: String,
}

/// A rung of the hint ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What it says.
    pub say: Html,
    /// What it points at in the picture: `instance/1`, the first instance of the account.
    pub focus: Option<String>,
}

/// A line of a solution.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_field_names, reason = "a line of a solution is a line of the terminal")]
pub struct Line {
    /// As it is typed.
    pub line: String,
    /// What "Show me" says beside it.
    pub caption: Option<Html>,
    /// AWS is meant to refuse it: reading the refusal is part of the way.
    pub refused: bool,
}

/// A known wrong way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// How it shows.
    pub when: Condition,
    /// The sentence that helps.
    pub say: Html,
    /// Lines that go that way, for the lesson's test.
    pub attempt: Vec<String>,
}

impl Lesson {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The place of the step with this id, from 0.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    /// What the course map shows of it.
    pub fn head(&self) -> Head {
        let steps = self.steps.iter().map(|step| StepHead {
            id: step.id.clone(),
            title: step.title.clone(),
            goals: step.has_goals,
        });
        Head {
            id: self.id.clone(),
            number: self.number,
            title: self.title.clone(),
            summary: self.summary.clone(),
            minutes: self.minutes,
            needs: self.needs.clone(),
            steps: steps.collect(),
        }
    }
}

impl Step {
    /// A step by its ids and what stands in it.
    pub fn new(id: String, title: String, body: Body) -> Self {
        Self { id, title, has_goals: !body.goals().is_empty(), body: body.into() }
    }

    /// What stands in it is in this text.
    pub fn read_later(&mut self, text: Text) {
        self.body = Later::of(text);
    }
}

impl Deref for Step {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

impl Body {
    /// What has to become true in it.
    pub fn goals(&self) -> &[Goal] {
        self.task.as_ref().map_or(&[], |task| &task.goals)
    }

    /// Its predictions and recall questions; with each whether it comes after the task.
    pub fn questions(&self) -> impl Iterator<Item = (&Question, bool)> {
        let before = self.blocks.iter().map(|block| (block, false));
        before.chain(self.closing.iter().map(|block| (block, true))).filter_map(|(block, after)| {
            match block {
                Block::Predict(question) | Block::Recall(question) => Some((question, after)),
                Block::Prose(_) | Block::Note(_) => None,
            }
        })
    }
}

packed!(struct Lesson { id, number, title, summary, minutes, needs, seed, start, setup, steps, lines });
packed!(struct Step { id, title, has_goals, body });
packed!(struct Body { blocks, task, closing });
packed!(enum Block { 0 Prose(html), 1 Predict(question), 2 Recall(question), else 3 Note(note) });
packed!(struct Note { mark, say, source });
packed!(enum Mark { 0 Model, else 1 Changed });
packed!(struct Source { id, title, url, checked });
packed!(struct Question { id, practises, ask, confidence, run, options, after });
packed!(struct Answer { say, because, right });
packed!(enum Right { 0 When(condition), else 1 Said(right) });
packed!(struct Task {
    teaches, practises, widgets, faults, challenge, limit, setup, goals, hints, success, solution, mistakes
});
packed!(struct Goal { id, say, when, hold, ghost });
packed!(struct Ghost { kind, say });
packed!(struct Hint { say, focus });
packed!(struct Line { line, caption, refused });
packed!(struct Mistake { when, say, attempt });
