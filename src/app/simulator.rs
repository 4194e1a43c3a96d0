//! The second half of the page: everything that needs the simulated account or the course's texts. In release builds it
//! is a wasm module of its own, so that the map and the settings answer before it has arrived.
//!
//! The boundary is one value: [`Doors`], the functions that the first half may call once the second is there. Nothing
//! else in the first half may name what is behind them, or the splitter finds it needed there.

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;

use super::bar::bar;
use super::dom::{El, View, el};
use super::hero::{self, Hull, Touch};
use super::{Shell, page_glossary, page_lesson, page_sandbox, prose};
use crate::lesson::library;
use crate::session::route::{Place, Route};

const MISSING: &str = "Its program could not be loaded. The connection may be gone, or the site was renewed while this \
                       page was open.";

/// What the first half calls in the second.
#[derive(Clone, Copy)]
pub struct Doors {
    /// The page of an address that is not the map.
    pub page: fn(Shell, Route) -> View,
    /// Brings the dock on the map to life: its hulls from now on, and what a touch does.
    pub dock: fn(Shell, RwSignal<Vec<Hull>>) -> Callback<Touch>,
}

/// How far the second half is.
#[derive(Clone, Copy)]
enum Stage {
    /// Nobody has asked for it, or the last attempt to fetch it failed.
    Away {
        failed: bool,
    },
    Coming,
    Here(Doors),
}

/// The second half, fetched when it is first needed.
#[derive(Clone, Copy)]
pub struct Simulator {
    stage: RwSignal<Stage>,
}

impl Default for Simulator {
    /// Not fetched yet.
    fn default() -> Self {
        Self { stage: RwSignal::new(Stage::Away { failed: false }) }
    }
}

impl Simulator {
    /// Fetches it before anybody asks. After a failure it waits to be asked: a page that offers "Try again" must not
    /// vanish under the reader's finger.
    pub fn fetch_early(self) {
        if matches!(self.stage.get_untracked(), Stage::Away { failed: false }) {
            self.fetch();
        }
    }

    /// Fetches it unless it is here or on its way.
    pub fn fetch(self) {
        if !matches!(self.stage.get_untracked(), Stage::Away { .. }) {
            return;
        }
        self.stage.set(Stage::Coming);
        leptos::task::spawn_local(async move {
            let stage = doors().await.map_or(Stage::Away { failed: true }, Stage::Here);
            self.stage.try_set(stage);
        });
    }

    /// The doors, once they are here. Follows that.
    pub fn doors(self) -> Option<Doors> {
        match self.stage.get() {
            Stage::Here(doors) => Some(doors),
            Stage::Away { .. } | Stage::Coming => None,
        }
    }

    /// The last attempt to fetch it has failed. Follows that.
    pub fn failed(self) -> bool {
        matches!(self.stage.get(), Stage::Away { failed: true })
    }
}

/// The page of an address in the second half, as soon as it can be shown.
pub fn page(shell: Shell, route: Route) -> View {
    let simulator = shell.simulator;
    simulator.fetch();
    let shown = move || {
        if let Some(doors) = simulator.doors() {
            let route = route.clone();
            untrack(|| (doors.page)(shell, route))
        } else if simulator.failed() {
            missing(shell)
        } else {
            coming(shell, &route)
        }
    };
    shown.into()
}

/// What can be read while the second half is on its way: what the lesson is about.
fn coming(shell: Shell, route: &Route) -> View {
    let head = match &route.place {
        Place::Lesson { lesson, .. } => library::lessons().iter().find(|head| head.id == *lesson),
        _ => None,
    };
    let Some(head) = head else {
        // Before the first page, the static shell still says the same.
        return shell.has_moved().then(|| waiting(View::Nothing)).into();
    };
    if let Some(shell) = document().get_element_by_id("shell") {
        let _ = shell.set_attribute("hidden", "");
    }
    let steps = head.steps.iter().map(|step| el("li").child(step.title.clone()));
    let above = vec![
        el("h1").child(head.title.clone()),
        el("p").child(prose::inline(&head.summary.0)),
        el("ol").child(steps.collect::<Vec<_>>()),
    ];
    View::List(vec![bar(shell, View::Nothing), waiting(above).into()])
}

fn waiting(above: impl Into<View>) -> El {
    let says = "Loading the simulated account. It is kept for the next visit.";
    let main = el("main").is("id", "main").class("plain-page").child(above);
    main.child(el("p").is("role", "status").says(says))
}

/// A page that says that the second half could not be fetched.
#[inline(never)]
fn missing(shell: Shell) -> View {
    shell.arrive("Not loaded");
    let again = el("button").class("go").press(move || shell.simulator.fetch()).says("Try again");
    let main = el("main")
        .is("id", "main")
        .class("plain-page")
        .child(el("h1").is("tabindex", "-1").says("The simulated account did not arrive"))
        .child(el("p").is("role", "alert").says(MISSING))
        .child(el("p").child(again))
        .child(el("p").says("If that does not help, reload the page. Your progress is kept."));
    View::List(vec![bar(shell, View::Nothing), main.into()])
}

/// The second half. Everything that only this function names goes into its module.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(simulator, wasm_split_path = leptos::wasm_split, fallible)]
#[allow(clippy::unnecessary_wraps, reason = "what can fail is written around it")]
fn doors() -> Result<Doors, SplitLoaderError> {
    Ok(DOORS)
}

/// The second half, which in a build in one piece is always here.
#[cfg(not(feature = "split"))]
fn doors() -> std::future::Ready<Result<Doors, SplitLoaderError>> {
    std::future::ready(Ok(DOORS))
}

const DOORS: Doors = Doors { page: far_page, dock: hero::wake };

fn far_page(shell: Shell, Route { place, replay }: Route) -> View {
    match place {
        Place::Lesson { lesson, step } => page_lesson::page(shell, lesson, step, replay),
        Place::Glossary(term) => page_glossary::page(shell, term.as_deref()),
        _ => page_sandbox::page(shell, replay),
    }
}
