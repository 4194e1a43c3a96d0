//! What the map does without: the simulated account and the course's texts. In release builds the program comes in
//! parts, cut by what a first visit runs (`src/bin/cut`), so that the map answers without the account, and a lesson without
//! the rest of the course.
//!
//! A function of a part that is not there yet is fetched on the spot, and the page stands still meanwhile. So pages wait
//! for the part that they need before they call anything in it, and what is left is fetched behind a page that answers.

use leptos::prelude::*;

use super::bar::bar;
use super::dom::{El, View, el};
use super::{Shell, page_glossary, page_lesson, page_sandbox, prose};
use crate::lesson::library;
use crate::session::route::{Place, Route};

/// A part's name, as `src/bin/cut` knows it.
pub type Part = &'static str;

/// The parts that everybody needs in the end, each with what those before it lack: what opening the first step of the first
/// lesson runs, what solving it runs and the settings, what doing that lesson runs, and everything else.
const CHAIN: [Part; 4] = [OPENING, STEP, LESSON, REST];
const OPENING: Part = "opening";
const STEP: Part = "step";
const LESSON: Part = "lesson";
const REST: Part = "rest";
/// What else has a part of its own, as each lesson but the first has: copies of what opening it runs.
pub const DOCK: Part = "dock";
const SANDBOX: Part = "sandbox";
const GLOSSARY: Part = "glossary";

const MISSING: &str = "Its program could not be loaded. The connection may be gone, or the site was renewed while this \
                       page was open.";

/// What was asked for, and whether it comes.
#[derive(Clone, Copy)]
struct State {
    /// What was needed last.
    needed: Option<Part>,
    /// How many parts of the chain are to be fetched although nobody needs them yet.
    behind: usize,
    attempt: Attempt,
}

/// The last attempt to fetch a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Over,
    Running,
    Failed,
}

/// The parts of the program, fetched when they are first needed.
#[derive(Clone, Copy)]
pub struct Simulator {
    state: RwSignal<State>,
}

impl Default for Simulator {
    /// With what is there from the start.
    fn default() -> Self {
        let state = State { needed: None, behind: 0, attempt: Attempt::Over };
        Self { state: RwSignal::new(state) }
    }
}

impl Simulator {
    /// Fetches a part, and those that it stands on, unless they are there or on their way.
    pub fn fetch(self, part: Part) {
        self.state.update_untracked(|state| state.needed = Some(part));
        self.go_on();
    }

    /// Fetches what the map's own tools and the first step need. More could be in the way of a page that is chosen next.
    pub fn fetch_early(self) {
        self.fetch_behind(STEP);
    }

    /// Fetches the rest behind a page that answers. The map needs nothing of it, and is left alone with the connection.
    pub fn fetch_rest(self) {
        if has(OPENING) {
            self.fetch_behind(REST);
        }
    }

    fn fetch_behind(self, part: Part) {
        // A page that offers "Try again" must not vanish under the reader's finger.
        if !self.state.with_untracked(State::is_refused) {
            let length = CHAIN.iter().take_while(|it| **it != part).count() + 1;
            self.state.update_untracked(|state| state.behind = state.behind.max(length));
            self.go_on();
        }
    }

    /// A part is there. Follows that until it is: what is there stays.
    pub fn has(self, part: Part) -> bool {
        if !has(part) {
            self.state.track();
        }
        has(part)
    }

    /// What was needed last could not be fetched. Follows that.
    pub fn failed(self) -> bool {
        self.state.with(State::is_refused)
    }

    fn go_on(self) {
        let Some(part) = self.state.with_untracked(State::next) else { return };
        self.state.update(|state| state.attempt = Attempt::Running);
        leptos::task::spawn_local(async move {
            let came = load(part).await.is_ok();
            if self.state.try_update(|state| state.end(came)).is_some() && came {
                self.go_on();
            }
        });
    }
}

impl State {
    /// The part to fetch now: what is needed, then the others in order.
    fn next(&self) -> Option<Part> {
        if self.attempt == Attempt::Running {
            return None;
        }
        let behind = CHAIN.iter().take(self.behind).copied();
        self.needed.into_iter().chain(behind).find(|part| !has(part))
    }

    /// An attempt is over. After a failure nothing more is tried before something is needed, or the next page answers.
    fn end(&mut self, came: bool) {
        self.attempt = if came { Attempt::Over } else { Attempt::Failed };
        if !came {
            self.behind = 0;
        }
    }

    fn is_refused(&self) -> bool {
        self.attempt == Attempt::Failed && self.needed.is_some_and(|part| !has(part))
    }
}

/// The loader of the parts: `tools/parts.js`.
#[cfg(feature = "split")]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    /// Fetches a part, and those that it stands on. One that is unknown is in the rest.
    #[wasm_bindgen(js_namespace = drydock, catch)]
    async fn load(part: &str) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>;
    /// A part is there, or the whole program is.
    #[wasm_bindgen(js_namespace = drydock)]
    fn has(part: &str) -> bool;
}

/// A build in one piece has nothing to fetch.
#[cfg(not(feature = "split"))]
fn load(_part: Part) -> std::future::Ready<Result<(), ()>> {
    std::future::ready(Ok(()))
}

/// A build in one piece lacks nothing.
#[cfg(not(feature = "split"))]
fn has(_part: Part) -> bool {
    true
}

/// The page of an address that is not the map, as soon as it can be shown.
pub fn page(shell: Shell, route: Route) -> View {
    let simulator = shell.simulator;
    let part = part_of(shell, &route);
    simulator.fetch(part);
    let shown = move || {
        if simulator.has(part) {
            let route = route.clone();
            untrack(|| far_page(shell, route))
        } else if simulator.failed() {
            missing(shell, part)
        } else {
            coming(shell, &route)
        }
    };
    shown.into()
}

/// The part that a page needs: at a first visit its own. With something kept, or with a link's lines to replay, it does
/// more than its own part holds.
fn part_of(shell: Shell, route: &Route) -> Part {
    let is_new = |place: &Place| {
        shell.store.peek(|save| match place {
            Place::Lesson { lesson, .. } => !save.progress.contains_key(lesson),
            _ => save.session.is_none(),
        })
    };
    match &route.place {
        _ if route.replay.is_some() => REST,
        Place::Glossary(_) => GLOSSARY,
        Place::Sandbox if is_new(&route.place) => SANDBOX,
        Place::Lesson { lesson, step } => of_lesson(lesson, step.as_ref(), is_new(&route.place)),
        _ => REST,
    }
}

/// The part that a lesson needs. The chain begins with the first lesson; each of the others has a part named as itself.
fn of_lesson(lesson: &str, step: Option<&String>, is_new: bool) -> Part {
    let mut lessons = library::lessons().iter().enumerate();
    let Some((at, head)) = lessons.find(|(_, head)| head.id == lesson) else { return REST };
    let begins =
        is_new && step.is_none_or(|step| head.steps.first().is_some_and(|it| it.id == *step));
    match (at, begins) {
        (0, true) => OPENING,
        (0, false) => LESSON,
        (_, true) => &head.id,
        (_, false) => REST,
    }
}

/// What can be read while a part is on its way: what the lesson is about.
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

/// A page that says that a part could not be fetched.
#[inline(never)]
fn missing(shell: Shell, part: Part) -> View {
    shell.arrive("Not loaded");
    let again =
        el("button").class("go").press(move || shell.simulator.fetch(part)).says("Try again");
    let main = el("main")
        .is("id", "main")
        .class("plain-page")
        .child(el("h1").is("tabindex", "-1").says("The simulated account did not arrive"))
        .child(el("p").is("role", "alert").says(MISSING))
        .child(el("p").child(again))
        .child(el("p").says("If that does not help, reload the page. Your progress is kept."));
    View::List(vec![bar(shell, View::Nothing), main.into()])
}

/// The page itself. A function of its own, as each page is: [`page`] is there before them.
#[inline(never)]
fn far_page(shell: Shell, Route { place, replay }: Route) -> View {
    match place {
        Place::Lesson { lesson, step } => page_lesson::page(shell, lesson, step, replay),
        Place::Glossary(term) => page_glossary::page(shell, term.as_deref()),
        _ => page_sandbox::page(shell, replay),
    }
}
