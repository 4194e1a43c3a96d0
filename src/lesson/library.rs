//! The lessons and the glossary that come with the page.

use std::future::{Future, ready};
use std::sync::{Arc, LazyLock};

use super::model::{Head, Lesson, Term, Text, unpack};

// `LESSONS`, `HEADS` and `GLOSSARY`: made by build.rs from `lessons/`. A lesson is its id, its text, and the texts of its
// steps.
include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// A lesson that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no lesson `{0}`.")]
pub struct NoSuchLesson(pub String);

/// The lessons in the order of the course, as the map shows them.
pub fn lessons() -> &'static [Head] {
    static READ: LazyLock<Vec<Head>> = LazyLock::new(|| unpack(HEADS));
    &READ
}

/// The glossary in the order of its words.
pub fn glossary() -> &'static [Term] {
    static READ: LazyLock<Vec<Term>> = LazyLock::new(|| unpack(GLOSSARY));
    &READ
}

/// The word of the glossary with this id.
pub fn term(id: &str) -> Option<&'static Term> {
    glossary().iter().find(|term| term.id == id)
}

/// Opens a lesson. Asynchronous so that lessons can move out of the first load without a change for callers.
pub fn open(id: &str) -> impl Future<Output = Result<Arc<Lesson>, NoSuchLesson>> + use<> {
    ready(embedded(id).ok_or_else(|| NoSuchLesson(id.to_owned())))
}

/// A lesson that is embedded in this program.
pub fn embedded(id: &str) -> Option<Arc<Lesson>> {
    let (_, text, steps) = LESSONS.iter().find(|(name, ..)| *name == id)?;
    let mut lesson: Lesson = unpack(text());
    for (step, text) in lesson.steps.iter_mut().zip(*steps) {
        step.read_later(*text);
    }
    Some(Arc::new(lesson))
}
