//! A step's text: heading, prose with its questions, goals, help, and the ways on.

use std::sync::Arc;

use leptos::prelude::*;

use super::workbench::Work;
use super::{goal_view, help_view, prose};
use crate::lesson::library;
use crate::lesson::model::Lesson;
use crate::session::route::Place;
use crate::session::{Session, StepState};

/// The column of text.
pub fn view(work: Work, lesson: &Arc<Lesson>, at: usize) -> AnyView {
    let Some(step) = lesson.steps.get(at) else { return ().into_any() };
    let kicker = format!("Step {} of {}", at + 1, lesson.steps.len());
    let step = StoredValue::new(step.clone());
    let (title, blocks) =
        step.with_value(|step| (step.title.clone(), prose::blocks(work, &step.blocks)));
    let has_goals = step.with_value(|step| step.has_goals);
    let done = Memo::new(move |_| !has_goals || work.desk.read(Session::state) != StepState::Open);
    let closing =
        move || done.get().then(|| step.with_value(|step| prose::blocks(work, &step.closing)));
    view! {
        <p class="kicker">{kicker}</p>
        <h1 tabindex="-1">{title}</h1>
        {blocks}
        {goal_view::panel(work.desk)}
        {help_view::panel(work)}
        <div class="closing">{closing}</div>
        {pager(work, lesson, at, has_goals)}
    }
    .into_any()
}

fn pager(work: Work, lesson: &Lesson, at: usize, has_goals: bool) -> AnyView {
    let solved = move || !has_goals || work.desk.read(Session::state) == StepState::Solved;
    view! {
        <div class="pager">
            <a class="plain" href=before(lesson, at) aria-keyshortcuts="[">"Back"</a>
            <a class="plain in-bar" class:go=solved href=after(lesson, at) aria-keyshortcuts="]">"Next"</a>
        </div>
    }
    .into_any()
}

/// The address of the step before; the map before the first.
fn before(lesson: &Lesson, at: usize) -> String {
    let step = at.checked_sub(1).and_then(|at| lesson.steps.get(at));
    step.map_or(Place::Map, |step| place(&lesson.id, Some(&step.id))).to_string()
}

/// The address of the step after; the next lesson after the last; the map after that.
pub fn after(lesson: &Lesson, at: usize) -> String {
    let next_lesson = || library::lessons().iter().find(|head| head.number > lesson.number);
    let place = match lesson.steps.get(at + 1) {
        Some(step) => place(&lesson.id, Some(&step.id)),
        None => next_lesson().map_or(Place::Map, |head| place(&head.id, None)),
    };
    place.to_string()
}

fn place(lesson: &str, step: Option<&str>) -> Place {
    Place::Lesson { lesson: lesson.to_owned(), step: step.map(str::to_owned) }
}
