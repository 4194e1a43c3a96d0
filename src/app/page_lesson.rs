//! A lesson at a step.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::bar::bar;
use super::dom::{El, View, el};
use super::parts::yes;
use super::workbench::{self, Work};
use super::{Shell, set_body, step_view, unknown};
use crate::lesson::library;
use crate::lesson::model::{Lesson, Step};
use crate::session::route::Place;
use crate::session::save::Progress;
use crate::session::{Session, StepState};

/// Opens the lesson, then shows the step: the one asked for, or the one where the learner left off.
#[inline(never)]
pub fn page(shell: Shell, lesson: String, step: Option<String>, replay: Option<String>) -> View {
    let opened = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        opened.try_set(Some(library::open(&lesson).await));
    });
    let shown = move || match opened.get() {
        None => opening(),
        Some(Err(missing)) => unknown(shell, &format!("{missing} It may still be being built.")),
        Some(Ok(lesson)) => untrack(|| at_step(shell, &lesson, step.as_deref(), replay.as_deref())),
    };
    shown.into()
}

fn opening() -> View {
    let says = el("p").is("role", "status").says("Opening the lesson.");
    el("main").is("id", "main").class("plain-page").child(says).into()
}

fn at_step(shell: Shell, lesson: &Arc<Lesson>, asked: Option<&str>, replay: Option<&str>) -> View {
    let left_off = shell.store.peek(|save| save.progress.get(&lesson.id)?.at.clone());
    let asked = asked.map(str::to_owned).or(left_off.filter(|step| lesson.step(step).is_some()));
    let first = || lesson.steps.first().map(|step| step.id.clone());
    let Some(id) = asked.or_else(first) else { return unknown(shell, "This lesson has no steps.") };
    let Some(at) = lesson.position(&id) else {
        return unknown(shell, &format!("There is no step `{id}` in {}.", lesson.title));
    };
    let Some(session) = Session::step(lesson, &id) else {
        return unknown(shell, "This step cannot be set up. That is a mistake in the lesson.");
    };
    let work = Work::begin(shell, session, replay);
    shell.router.settle(&work.place());
    shell.store.progress(&lesson.id, |progress| {
        progress.visited.insert(id.clone());
        progress.at = Some(id.clone());
    });
    let title = lesson.steps.get(at).map_or("", |step| step.title.as_str());
    shell.arrive(title);
    mark_body(work, &lesson.id, &id);
    shell.host.work(work, lesson);
    let middle = vec![crumbs(lesson, title), pips(shell, lesson, at)];
    let bar = bar(shell, middle);
    let text = step_view::view(work, lesson, at);
    workbench::view(work, bar, text, Some(step_view::after(lesson, at)))
}

/// What tests and style sheets can see of where the page is.
fn mark_body(work: Work, lesson: &str, step: &str) {
    set_body("data-lesson", Some(lesson));
    set_body("data-step", Some(step));
    Effect::new(move |_| {
        let state = match work.desk.read(Session::state) {
            StepState::Open => "open",
            StepState::Seen => "seen",
            StepState::Solved => "solved",
        };
        set_body("data-step-state", Some(state));
    });
    on_cleanup(|| {
        for name in ["data-lesson", "data-step", "data-step-state"] {
            set_body(name, None);
        }
    });
}

fn crumbs(lesson: &Lesson, title: &str) -> El {
    let part = |class| el("span").class(class);
    el("p")
        .class("crumbs")
        .child(el("a").class("middle-only").is("href", "#/").child(lesson.title.clone()))
        .child(part("middle-only").is("aria-hidden", "true").says("/"))
        .child(part("crumb-here").child(title.to_owned()))
}

/// One sign a step: hollow, half (solution seen) or full, with the present one marked. On a phone they are too small to
/// be links: there they are one button, which opens the list with the steps' names.
fn pips(shell: Shell, lesson: &Arc<Lesson>, now: usize) -> El {
    let of_step = |step: &Step| {
        let (lesson, id, has_goals) = (lesson.id.clone(), step.id.clone(), step.has_goals);
        move || {
            shell.store.read(|save| {
                let progress = save.progress.get(&lesson);
                progress.map_or("open", |progress| stands(progress, &id, has_goals))
            })
        }
    };
    let open = RwSignal::new(false);
    let close = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(false);
        }
    };
    let sign = |(at, step): (usize, &Step)| {
        let stands = of_step(step);
        let here = (at == now).then_some("true");
        el("i").attr("class", stands).attr("data-here", here)
    };
    let link = |(at, step): (usize, &Step)| {
        let place = Place::Lesson { lesson: lesson.id.clone(), step: Some(step.id.clone()) };
        let stands = of_step(step);
        let here = stands.clone();
        let name =
            el("span").child(format!("{}. {}", at + 1, step.title)).child(move || word(here()));
        let link = el("a")
            .attr("href", place.to_string())
            .attr("aria-current", (at == now).then_some("step"))
            .child(name);
        el("li").attr("class", stands).child(link)
    };
    let steps = || lesson.steps.iter().enumerate();
    let button = el("button")
        .class("pips-button")
        .attr("aria-label", format!("Steps: {} of {}", now + 1, lesson.steps.len()))
        .attr("aria-expanded", move || yes(open.get()))
        .press(move || open.update(|open| *open = !*open))
        .child(steps().map(sign).collect::<Vec<_>>());
    el("nav")
        .class("pips")
        .class_if("open", move || open.get())
        .is("aria-label", "Steps")
        .on("keydown", close)
        .child(button)
        .child(el("ol").child(steps().map(link).collect::<Vec<_>>()))
}

/// How a step stands, for the ear and for the list.
fn word(stands: &str) -> &'static str {
    match stands {
        "solved" => ", done",
        "seen" => ", solution seen",
        _ => "",
    }
}

/// How a step stands in one word. One without goals is solved by being read.
fn stands(progress: &Progress, step: &str, has_goals: bool) -> &'static str {
    if progress.solved.contains(step) || (!has_goals && progress.visited.contains(step)) {
        "solved"
    } else if progress.seen.contains(step) {
        "seen"
    } else {
        "open"
    }
}
