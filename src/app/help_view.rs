//! Help that does not take the work away: hints one rung at a time, "Show me", and the ways back.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::desk::Desk;
use super::dom::{El, el};
use super::parts::yes;
use super::workbench::Work;
use super::{parts, prose};
use crate::lesson::model::Hint;
use crate::session::Session;

/// The next rung opens after an attempt or after so many seconds: time to think, and no clicking through.
const RUNG_SECONDS: u32 = 20;

/// When the next rung may be opened.
#[derive(Clone, Copy)]
pub struct Ladder {
    desk: Desk,
    /// Seconds still to wait.
    wait: RwSignal<u32>,
    /// How many attempts there had been when the last rung was opened.
    attempts: StoredValue<u32>,
}

impl Ladder {
    /// The step's hints, with the first one free.
    pub fn new(desk: Desk) -> Self {
        let ladder = Self { desk, wait: RwSignal::new(0), attempts: StoredValue::new(0) };
        if let Ok(timer) = set_interval_with_handle(move || ladder.second(), Duration::from_secs(1))
        {
            on_cleanup(move || timer.clear());
        }
        ladder
    }

    /// The step has hints. A challenge has none.
    pub fn has_rungs(self) -> bool {
        self.rungs().1 > 0
    }

    /// Opens the next rung, or says what it waits for.
    /// True if a rung was opened.
    pub fn climb(self) -> bool {
        let (open, all) = self.rungs();
        if open >= all {
            self.say_again("That was the last hint. “Show me” plays the solution.");
            return false;
        }
        if self.must_wait() {
            let wait = self.wait.get_untracked();
            self.say_again(&format!(
                "The next hint opens in {wait} s, or after you try something."
            ));
            return false;
        }
        let hint = self.desk.change(|session| session.hint().cloned());
        self.attempts.set_value(self.desk.attempts.get_untracked());
        self.wait.set(RUNG_SECONDS);
        if let Some(hint) = hint {
            if let Some(focus) = &hint.focus {
                prose::point_at(self.desk, focus);
            }
            if let Some(said) = self.last_hint() {
                self.desk.notices.say(said);
            }
        }
        true
    }

    /// The hint that was opened last, where the ladder is out of sight: with one column it stands behind the model, or
    /// behind an open tool.
    fn last_hint(self) -> Option<String> {
        let (open, all) = self.rungs();
        let hint = self.desk.peek(|session| session.hints().last().cloned())?;
        parts::is_narrow().then(|| format!("Hint {open} of {all}: {}", prose::plain(&hint.say.0)))
    }

    /// Says something after the last hint, which may have been read too fast.
    fn say_again(self, then: &str) {
        let said = self.last_hint();
        self.desk
            .notices
            .say(said.map_or_else(|| then.to_owned(), |said| format!("{said}\n{then}")));
    }

    fn second(self) {
        if self.wait.try_get_untracked().is_some_and(|wait| wait > 0) {
            self.wait.update(|wait| *wait -= 1);
        }
    }

    fn must_wait(self) -> bool {
        self.wait.get() > 0 && self.desk.attempts.get() == self.attempts.get_value()
    }

    fn rungs(self) -> (usize, usize) {
        self.desk.read(|session| {
            let task = session.current().and_then(|step| step.task.as_ref());
            (session.hints().len(), task.map_or(0, |task| task.hints.len()))
        })
    }
}

/// The hints opened so far, and the buttons.
pub fn panel(work: Work) -> El {
    let Work { desk, ladder, .. } = work;
    let has_goals = desk.peek(|session| !session.goals().is_empty());
    let hints = move || {
        let (_, all) = ladder.rungs();
        let hints = desk.read(|session| session.hints().to_vec());
        let rungs = hints.iter().enumerate().map(|(at, hint)| rung(at + 1, all, hint));
        rungs.collect::<Vec<_>>()
    };
    let waiting = move || {
        let (open, all) = ladder.rungs();
        let wait = ladder.must_wait() && open < all && open > 0;
        wait.then(|| {
            format!("The next hint opens in {} s, or after you try something.", ladder.wait.get())
        })
    };
    let hint = ladder.has_rungs().then(|| {
        let hint = el("button").class("plain in-bar").is("aria-keyshortcuts", "h");
        hint.press(move || work.hint()).says("Hint")
    });
    let show =
        has_goals.then(|| el("button").class("plain").press(move || show_me(desk)).says("Show me"));
    let reset = el("button").class("plain").press(move || desk.reset()).says("Reset step");
    let link = el("button").class("plain").press(move || copy_link(work)).says("Copy link");
    let [undo, redo] = undo_buttons(desk);
    let acts = el("div").class("acts").child(hint).child(show);
    el("section")
        .class("help")
        .is("aria-label", "Help")
        .child(el("div").class("hints").is("aria-live", "polite").child(hints))
        .child(el("p").class("quiet waiting-hint").child(waiting))
        .child(acts.child(undo).child(redo).child(reset).child(link))
}

fn undo_buttons(desk: Desk) -> [El; 2] {
    let can_undo = move || desk.read(Session::can_undo);
    let can_redo = move || desk.read(Session::can_redo);
    let undo = el("button")
        .class("plain in-bar")
        .is("aria-keyshortcuts", "Control+Z")
        .attr("aria-disabled", move || yes(!can_undo()))
        .press(move || desk.undo());
    let redo = el("button")
        .class("plain")
        .is("aria-keyshortcuts", "Control+Shift+Z")
        .attr("aria-disabled", move || yes(!can_redo()))
        .press(move || desk.redo());
    [undo.says("Undo"), redo.says("Redo")]
}

fn rung(number: usize, all: usize, hint: &Hint) -> El {
    el("div")
        .class("rung")
        .child(el("small").child(format!("Hint {number} of {all}")))
        .child(el("p").child(prose::inline(&hint.say.0)))
}

fn show_me(desk: Desk) {
    desk.change(Session::show_me);
    desk.selected.set(None);
    super::workbench::show_model();
}

/// The strip over the model while a demonstration plays: what comes next, and the way out.
pub fn demo_strip(desk: Desk) -> El {
    let view = move || {
        let (title, played, all, line, caption) = desk.read(|session| {
            let demo = session.demo()?;
            let current = demo.played.checked_sub(1).and_then(|last| demo.lines.get(last));
            let caption = current.and_then(|line| line.caption.clone());
            let next = demo.upcoming().map(|line| line.line.clone());
            Some((demo.title.clone(), demo.played, demo.lines.len(), next, caption))
        })?;
        Some(strip(desk, title, (played, all), line, caption.map(|caption| caption.0)))
    };
    el("div").class("demo-place").is("aria-live", "polite").child(view)
}

#[inline(never)]
fn strip(
    desk: Desk,
    title: String,
    (played, all): (usize, usize),
    next: Option<String>,
    caption: Option<String>,
) -> El {
    let done = next.is_none();
    let step = (!done)
        .then(|| el("button").class("go").press(move || desk.demo_next()).says("Next action"));
    let words = match (&caption, done) {
        (Some(caption), _) => prose::inline(caption),
        (None, true) => prose::inline("That was all. Your own account waits as you left it."),
        (None, false) => prose::inline("Played beside your own account, one action a tap."),
    };
    let end = el("button").class("plain").press(move || stop(desk));
    let title = el("p")
        .class("demo-title")
        .child(el("b").child(title))
        .says(" ")
        .child(el("small").child(format!("{played} of {all}")));
    el("div")
        .class("demo")
        .child(title)
        .child(el("p").child(words))
        .child(next.map(|next| el("pre").class("line").child(next)))
        .child(el("div").class("row").child(step).child(end.says(if done {
            "Back to mine"
        } else {
            "Stop"
        })))
}

fn stop(desk: Desk) {
    desk.clock.pause();
    desk.change(Session::demo_stop);
}

/// Puts a link to the present state on the clipboard.
pub fn copy_link(work: Work) {
    let desk = work.desk;
    let here = location().href().unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    let data = desk.peek(Session::share);
    let link = format!("{page}{}?r={data}", work.place());
    leptos::task::spawn_local(async move {
        let notices = desk.notices;
        if write_to_clipboard(&link).await {
            notices.say("The link is copied. It replays what you did, up to this moment.");
        } else {
            notices.warn(format!("The browser does not let Drydock copy. The link is {link}"));
        }
    });
}

/// False where there is no clipboard (pages without https have none) or the browser refuses.
async fn write_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    let there =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| it.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
