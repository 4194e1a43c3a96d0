//! A step's text: heading, prose with its questions, goals, help, and the ways on.

use std::sync::Arc;

use leptos::prelude::*;

use super::dom::{El, View, el};
use super::workbench::Work;
use super::{goal_view, help_view, parts, prose, workbench};
use crate::lesson::library;
use crate::lesson::model::Lesson;
use crate::session::route::Place;
use crate::session::{Session, StepState};

/// The column of text.
pub fn view(work: Work, lesson: &Arc<Lesson>, at: usize) -> View {
    let Some(step) = lesson.steps.get(at) else { return View::Nothing };
    let has_goals = step.has_goals;
    let done = Memo::new(move |_| !has_goals || work.desk.read(Session::state) != StepState::Open);
    let closing = {
        let lesson = Arc::clone(lesson);
        move || {
            let step = lesson.steps.get(at).filter(|_| done.get());
            step.map(|step| prose::blocks(work, &step.closing))
        }
    };
    View::List(vec![
        el("p").class("kicker").child(format!("Step {} of {}", at + 1, lesson.steps.len())).into(),
        el("h1").is("tabindex", "-1").child(step.title.clone()).into(),
        prose::blocks(work, &step.blocks),
        goal_view::panel(work.desk),
        help_view::panel(work).into(),
        el("div").class("closing").child(closing).into(),
        pager(work, lesson, at, has_goals).into(),
    ])
}

fn pager(work: Work, lesson: &Lesson, at: usize, has_goals: bool) -> El {
    let solved = move || !has_goals || work.desk.read(Session::state) == StepState::Solved;
    let back = el("a").class("plain").attr("href", before(lesson, at));
    let next = el("a").class("plain in-bar").class_if("go", solved).attr("href", after(lesson, at));
    let goals = has_goals.then(|| {
        let show = || parts::focus_on(".goals-panel h2");
        let count = workbench::goals_count(work.desk);
        el("button").class("plain in-bar").press(show).child(count)
    });
    el("div")
        .class("pager")
        .child(back.is("aria-keyshortcuts", "[").says("Back"))
        .child(goals)
        .child(next.is("aria-keyshortcuts", "]").says("Next"))
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
