//! What the course is beside its lessons: the map, the glossary, the syllabus.

use serde::Deserialize;

use super::packed::{Packed, packed};
use super::{Html, Source};

/// A word of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As in `#/glossary/<id>`.
    pub id: String,
    /// The word.
    pub name: String,
    /// What it means.
    pub say: Html,
    /// Where it is taught: `ecs/first-task`.
    pub taught: Vec<String>,
    /// Where it comes from.
    pub source: Option<Source>,
}

/// A lesson as the course map needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The lesson's id.
    pub id: String,
    /// Its place in the course.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: Html,
    /// How long it takes about, in minutes.
    pub minutes: u32,
    /// Ids of the lessons to know before.
    pub needs: Vec<String>,
    /// Its steps in order.
    pub steps: Vec<StepHead>,
}

/// A step as the course map needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepHead {
    /// The step's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// It has goals: it can be solved, and not only visited.
    pub goals: bool,
}

/// A point of the syllabus.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Point {
    /// Such as `ecs-4`.
    pub id: String,
    /// What is to be learned.
    pub say: String,
}

packed!(struct Term { id, name, say, taught, source });
packed!(struct Head { id, number, title, summary, minutes, needs, steps });
packed!(struct StepHead { id, title, goals });
