//! A place to work: text, model, time and tools around one desk. A step of a lesson and the sandbox are both one.

use std::time::Duration;

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::desk::Desk;
use super::dom::{El, View, el};
use super::goal_view;
use super::help_view::{self, Ladder};
use super::parts::{self, icon, icon_button};
use super::{Shell, prose, router, time_bar, tools};
use crate::lesson::model::Task;
use crate::session::route::Place;
use crate::session::save::Answer;
use crate::session::share::Shared;
use crate::session::{Session, StepState};
use crate::widgets::{self, Area};

/// What the parts of a workbench share.
#[derive(Clone, Copy)]
pub struct Work {
    /// The page around it.
    pub shell: Shell,
    /// The session at work.
    pub desk: Desk,
    /// The step's hints.
    pub ladder: Ladder,
    /// How many of the desk's attempts progress knows of.
    counted: StoredValue<u32>,
}

impl Work {
    /// Begins with a session: what was kept of it comes back, or what a share link carries.
    pub fn begin(shell: Shell, mut session: Session, replay: Option<&str>) -> Self {
        let mut earlier = None;
        let mut broken = None;
        match replay {
            Some(link) => broken = follow_link(&mut session, link).err(),
            None => earlier = kept_run(shell, &session),
        }
        if let Some(run) = &earlier {
            session.restore(run);
        }
        let desk = Desk::new(session, shell.notices);
        let work = Self { shell, desk, ladder: Ladder::new(desk), counted: StoredValue::new(0) };
        if let Some(sentence) = broken {
            shell.notices.warn(sentence);
        } else if earlier.is_some_and(|run| !run.inputs.is_empty()) {
            let again = Callback::new(move |()| desk.reset());
            shell.notices.offer("You were here.", "Restart step", again);
        }
        desk.keep_with(Callback::new(move |_| work.keep()));
        shell.store.work_on(Callback::new(move |()| desk.peek(Session::saved)));
        on_cleanup(move || {
            shell.store.leave();
            // What was said here is about what is left, and its buttons act on it.
            shell.notices.go_on();
        });
        work
    }

    /// The address of this workbench.
    pub fn place(self) -> Place {
        self.ids()
            .map_or(Place::Sandbox, |(lesson, step)| Place::Lesson { lesson, step: Some(step) })
    }

    /// Opens the next hint.
    pub fn hint(self) {
        if let Some((lesson, _)) = self.ids().filter(|_| self.ladder.climb()) {
            self.shell.store.progress(&lesson, |progress| progress.hints += 1);
        }
    }

    /// The answer that was given to a question of this step. Follows it.
    pub fn answer(self, question: &str) -> Option<Answer> {
        let (lesson, step) = self.ids()?;
        let key = format!("{step}/{question}");
        self.shell.store.read(|save| save.progress.get(&lesson)?.answers.get(&key).cloned())
    }

    /// Keeps the answer to a question. The first one counts.
    pub fn keep_answer(self, question: &str, answer: Answer) {
        if let Some((lesson, step)) = self.ids() {
            self.shell.store.progress(&lesson, |progress| {
                progress.answers.at(format!("{step}/{question}"), || answer);
            });
        }
    }

    /// The lesson's and the step's id; none in the sandbox.
    pub fn ids(self) -> Option<(String, String)> {
        self.desk
            .peek(|session| Some((session.lesson()?.id.clone(), session.current()?.id.clone())))
    }

    fn count_attempts(self) {
        let attempts = self.desk.attempts.get_untracked();
        let more = attempts.saturating_sub(self.counted.get_value());
        self.counted.set_value(attempts);
        let has_goals = self.desk.peek(|session| !session.goals().is_empty());
        if let Some((lesson, _)) = self.ids().filter(|_| has_goals && more > 0) {
            self.shell.store.progress(&lesson, |progress| progress.attempts += more);
        }
    }

    /// After every change: progress is marked, and the run is written soon.
    fn keep(self) {
        self.shell.store.touch();
        self.count_attempts();
        let state = self.desk.peek(Session::state);
        let Some((lesson, step)) = self.ids().filter(|_| state != StepState::Open) else { return };
        if state == StepState::Solved {
            self.shell.store.ask_to_stay();
        }
        self.shell.store.progress(&lesson, |progress| {
            let set =
                if state == StepState::Solved { &mut progress.solved } else { &mut progress.seen };
            set.insert(step);
        });
    }
}

/// Does what a share link carries.
#[inline(never)]
fn follow_link(session: &mut Session, link: &str) -> Result<(), String> {
    session.replay(&Shared::decode(link)?);
    Ok(())
}

/// What was kept of a session's step.
fn kept_run(shell: Shell, session: &Session) -> Option<crate::session::save::Run> {
    let lesson = session.lesson().map(|lesson| lesson.id.as_str());
    let step = session.current().map(|step| step.id.as_str());
    shell.store.run_of(lesson, step)
}

/// The whole page: `bar` on top, `text` beside the model, and the links to the steps before and after.
pub fn view(work: Work, bar: View, text: View, next: Option<String>) -> View {
    let desk = work.desk;
    let digest = move || {
        desk.now();
        desk.read(|session| session.cloud().digest())
    };
    come_back();
    let named = desk.peek(|session| session.current().map(|step| widget_names(step.task.as_ref())));
    let models = widgets::offered(Area::Model, named.as_deref());
    let models: Vec<View> = models.into_iter().map(|widget| (widget.view)(desk)).collect();
    let prose = el("section")
        .class("prose")
        .is("aria-label", "Lesson")
        .on("click", move |event| {
            prose::follow_pointer(desk, &event);
            keep_place();
        })
        .child(text);
    let stage = el("section")
        .class("stage")
        .is("aria-label", "Model")
        .is("tabindex", "-1")
        .is("aria-keyshortcuts", "t")
        .child(help_view::demo_strip(desk))
        .child(el("div").class("chart-place").child(models))
        .child(time_bar::bar(desk));
    let main = el("main")
        .is("id", "main")
        .class("bench")
        .attr("data-digest", digest)
        .attr("data-tool", move || desk.tool.get())
        .child(el("div").class("flow").child(prose).child(stage))
        .child(tools::view(desk, named.as_deref()));
    el("div").class("page").child(bar).child(main).child(thumb_bar(work, next)).into()
}

/// The widgets that a step names: those of its task; with faults to choose from, their panel too.
fn widget_names(task: Option<&Task>) -> Vec<String> {
    let Some(task) = task else { return Vec::new() };
    let faults = (!task.faults.is_empty()).then(|| "fault-panel".to_owned());
    task.widgets.iter().cloned().chain(faults).collect()
}

/// What the thumb reaches on a phone.
fn thumb_bar(work: Work, next: Option<String>) -> El {
    let desk = work.desk;
    let has_goals = desk.peek(|session| !session.goals().is_empty());
    let hint = work.ladder.has_rungs().then(|| {
        let hint = el("button").class("plain").is("aria-keyshortcuts", "h");
        hint.press(move || work.hint()).says("Hint")
    });
    let goals = has_goals.then(|| {
        let show = move || {
            desk.tool.set(None);
            parts::focus_on("#goals");
        };
        el("button").class("plain goals-count").press(show).child(goals_count(desk))
    });
    let solved = move || desk.read(Session::state) == StepState::Solved || !has_goals;
    let next = next.map(|next| {
        let link = el("a").class("plain").class_if("go", solved).attr("href", next);
        link.is("aria-keyshortcuts", "]").says("Next")
    });
    let undo = icon_button("plain", "Undo", "undo", move || desk.undo())
        .is("aria-keyshortcuts", "Control+Z");
    el("nav")
        .class("thumb")
        .is("aria-label", "Actions")
        .child(hint)
        .child(undo)
        .child(thumb_play(desk))
        .child(goals)
        .child(next)
}

/// "Goals 1/2".
pub fn goals_count(desk: Desk) -> impl Fn() -> String + Send + Sync + 'static {
    move || {
        let (met, all) = goal_view::count(desk);
        format!("Goals {met}/{all}")
    }
}

/// Play within the thumb's reach. Assistive technology has the one in the time group, which is always in sight.
fn thumb_play(desk: Desk) -> El {
    el("button")
        .class("plain")
        .is("aria-hidden", "true")
        .is("tabindex", "-1")
        .press(move || desk.clock.toggle(desk))
        .child(move || icon(if desk.clock.playing.get() { "pause" } else { "play" }))
}

/// What scrolls the text.
fn scroller() -> Option<HtmlElement> {
    parts::find(if parts::is_narrow() { ".flow" } else { ".prose" })
}

/// Remembers how far the text was read, with its entry in the browser's history: a click may lead to a word of the
/// glossary, and Back from there to this place.
fn keep_place() {
    if let (Some(text), Ok(history)) = (scroller(), window().history()) {
        let _ = history.replace_state(&text.scroll_top().to_string().into(), "");
    }
}

/// Goes on reading where [`keep_place`] left off, once the text is there.
fn come_back() {
    let kept = router::kept_place();
    let Some(place) = kept.and_then(|kept| kept.parse().ok()) else { return };
    let go = move || {
        if let Some(text) = scroller() {
            text.set_scroll_top(place);
        }
    };
    set_timeout(go, Duration::ZERO);
}

/// Brings the model back to sight on a phone, where text and model are one column.
pub fn show_model() {
    if let Some(flow) = parts::find(".flow") {
        flow.set_scroll_top(0);
    }
}
