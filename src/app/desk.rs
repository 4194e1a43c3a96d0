//! The desk: one session with the signals that tell widgets about it. The one prop that widgets take.
//!
//! Every change goes through here: it runs in the session, wakes whoever read something, and is kept.

use std::sync::Arc;

use leptos::prelude::*;

use super::clock::{Clock, FRAME_MAX_MS, after_paint};
use super::notice::Notices;
use super::tools::lower_sheet;
use crate::cli::Printed;
use crate::cloud::Cloud;
use crate::cloud::rows::Kind;
use crate::cloud::time::{Millis, SimTime};
use crate::session::{Session, StepState};
use crate::widgets::sight::Sight;

/// Lines that the terminal's log keeps.
const LOG_MAX: usize = 300;

/// While time runs, widgets are told of changes in each frame, unless the frame after comes later than this: then so
/// seldom that following takes a tenth of the time. The moment and the digest are always those of the frame.
const LATE_MS: f64 = 25.0;
/// What changes without an event or a call, such as a metric, is told of once in so many milliseconds.
const QUIET_MS: f64 = 1_000.0;

/// Something in the account, as `data-kind` and `data-id` name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

/// Who a line of the terminal's log is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The learner's, typed or made by taps.
    You,
    /// Of a demonstration.
    Demo,
    /// The page's own remark, such as what was taken back.
    Page,
}

/// A line of the terminal's log with what it printed.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Numbers count up.
    pub no: u32,
    /// Who it is from.
    pub voice: Voice,
    /// The line, or the remark.
    pub line: String,
    /// What it printed.
    pub printed: Printed,
}

/// One session and the signals around it. Copied freely; it lives as long as the page part that made it.
#[derive(Clone, Copy)]
pub struct Desk {
    session: StoredValue<Session, LocalStorage>,
    changed: Trigger,
    moment: RwSignal<SimTime>,
    telling: StoredValue<Telling>,
    /// Whether time runs, and how fast.
    pub clock: Clock,
    /// The account as rows.
    pub sight: Sight,
    /// Where to say something in passing.
    pub notices: Notices,
    /// The thing that the learner looks at.
    pub selected: RwSignal<Option<Thing>>,
    /// A line put together so far, for the terminal and the command builder. See [`Desk::compose`].
    pub compose: RwSignal<Option<String>>,
    /// The terminal's log, oldest first.
    pub log: RwSignal<Vec<Arc<LogLine>>>,
    /// The tool that is open in the drawer, by its name in the registry of widgets.
    pub tool: RwSignal<Option<&'static str>>,
    /// How many lines the learner has run here: a hint may follow an attempt.
    pub attempts: RwSignal<u32>,
}

/// Who is told of changes, and when it was done.
#[derive(Clone, Copy, Default)]
struct Telling {
    /// Saves, and marks progress.
    keep: Option<Callback<Desk>>,
    /// When widgets were told last while time ran, on the page's clock.
    at: f64,
    /// The next frame shows how long that took.
    fresh: bool,
    /// How long they are left alone.
    pause: f64,
    /// Something has changed since, and something that there is an event or a call of.
    untold: bool,
    loud: bool,
}

impl Telling {
    /// A frame at `page_time`, in which something may have happened. Whether widgets are to be told of it.
    fn is_due(&mut self, page_time: f64, (happened, loud): (bool, bool)) -> bool {
        let since = page_time - self.at;
        if std::mem::take(&mut self.fresh) {
            self.pause = if since > LATE_MS { 10.0 * since.min(FRAME_MAX_MS) } else { 0.0 };
        }
        self.untold |= happened;
        self.loud |= loud;
        let is_due = self.untold && since >= if self.loud { self.pause } else { QUIET_MS };
        if is_due {
            (self.at, self.fresh) = (page_time, true);
        }
        is_due
    }

    fn told(&mut self) {
        (self.untold, self.loud) = (false, false);
    }
}

impl Desk {
    /// A desk for a session.
    pub fn new(session: Session, notices: Notices) -> Self {
        let moment = RwSignal::new(session.cloud().now());
        let (session, changed) = (StoredValue::new_local(session), Trigger::new());
        Self {
            moment,
            session,
            changed,
            sight: Sight::new(session, changed),
            telling: StoredValue::new(Telling::default()),
            clock: Clock::default(),
            notices,
            selected: RwSignal::new(None),
            compose: RwSignal::new(None),
            log: RwSignal::new(Vec::new()),
            tool: RwSignal::new(None),
            attempts: RwSignal::new(0),
        }
    }

    /// Calls `keep` after every change, to save and to mark progress.
    pub fn keep_with(self, keep: Callback<Desk>) {
        self.telling.update_value(|telling| telling.keep = Some(keep));
    }

    // ---- reading

    /// Reads the session and follows its changes. Time passing without an event is not a change: see [`Desk::now`].
    pub fn read<R>(self, look: impl FnOnce(&Session) -> R) -> R {
        self.changed.track();
        self.peek(look)
    }

    /// Reads the session without following it.
    pub fn peek<R>(self, look: impl FnOnce(&Session) -> R) -> R {
        self.session.with_value(look)
    }

    /// The moment shown; follows it from frame to frame.
    pub fn now(self) -> SimTime {
        self.moment.get()
    }

    /// The moment shown, without following it.
    pub fn now_untracked(self) -> SimTime {
        self.moment.get_untracked()
    }

    // ---- changing

    /// Runs a terminal line. What was said of the one before it goes.
    pub fn run(self, line: &str) -> Printed {
        self.notices.go_on();
        let printed = self.edit(|session| session.run(line));
        self.note(Voice::You, line, &printed);
        self.attempts.update(|attempts| *attempts += 1);
        self.commit_soon();
        printed
    }

    /// Runs a line that was made by a tap: what it has to say about a refusal is said where the learner looks.
    pub fn tap(self, line: &str) -> Printed {
        let printed = self.run(line);
        if printed.status != 0 {
            self.notices.warn(printed.stderr.trim());
        }
        printed
    }

    /// The same for a line that a form put together. Where its sheet covers the model, it makes room once the line has
    /// worked: what came of it is seen there.
    pub fn tap_and_show(self, line: &str) -> Printed {
        let printed = self.tap(line);
        if printed.status == 0 {
            lower_sheet();
        }
        printed
    }

    /// Puts a line into the terminal and the command builder, and opens the tool for it.
    pub fn compose(self, line: impl Into<String>) {
        self.compose.set(Some(line.into()));
        if self.tool.get_untracked().is_none() {
            self.tool.set(Some("terminal"));
        }
    }

    /// Says something in passing.
    pub fn notice(self, text: impl Into<String>) {
        self.notices.say(text);
    }

    /// Changes the session otherwise than by a line (hints, demonstrations, the past), and tells everybody.
    pub fn change<R>(self, act: impl FnOnce(&mut Session) -> R) -> R {
        let result = self.edit(act);
        self.commit();
        result
    }

    /// Takes the last line back that changed something.
    pub fn undo(self) {
        if let Some(line) = self.change(Session::undo) {
            self.remark(format!("Taken back: {line}"));
        } else {
            self.notices.say("There is nothing to undo.");
        }
    }

    /// Runs the line again that was taken back last.
    pub fn redo(self) {
        if let Some((line, printed)) = self.change(Session::redo) {
            self.note(Voice::You, &line, &printed);
        } else {
            self.notices.say("There is nothing to redo.");
        }
    }

    /// Puts the step back to its start, and offers for ten seconds to take that back.
    pub fn reset(self) {
        self.change(Session::reset);
        self.clock.pause();
        self.selected.set(None);
        let back = Callback::new(move |()| {
            if self.change(Session::unreset) {
                self.notices.say("Your work is back.");
            }
        });
        self.notices.offer("The step is back at its start.", "Take that back", back);
    }

    /// Plays the next line of the demonstration.
    pub fn demo_next(self) {
        self.change(Session::demo_next);
        let played = self.peek(|session| {
            let demo = session.demo()?;
            let last = demo.played.checked_sub(1)?;
            Some((demo.lines.get(last)?.line.clone(), demo.printed.get(last)?.clone()))
        });
        if let Some((line, printed)) = played {
            self.note(Voice::Demo, &line, &printed);
        }
        self.clock.play(self);
    }

    /// Shows a moment of the timeline.
    pub fn seek(self, at: SimTime) {
        self.change(|session| session.seek(at));
    }

    /// Goes to the next moment at which something happens, in the past or in the future.
    #[inline(never)]
    pub fn next_event(self) {
        let later = self.peek(|session| {
            session.is_past().then(|| session.mark_from_here(true, |_| true).map(|mark| mark.at))
        });
        match later {
            Some(Some(at)) => self.seek(at),
            Some(None) => self.change(Session::go_live),
            None if self.change(Session::next_event) => {}
            None => self.notices.say("Nothing is due. It is your turn."),
        }
    }

    /// Goes to the next failure or goal.
    pub fn next_notable(self) {
        self.clock.pause();
        if !self.change(Session::next_notable) {
            self.notices.say("Nothing fails and no goal is met within an hour, as things stand.");
        }
    }

    /// Goes back to the event before.
    pub fn previous_event(self) {
        self.clock.pause();
        let (before, start) = self.peek(|session| {
            (session.mark_from_here(false, |_| true).map(|mark| mark.at), session.span().0)
        });
        self.seek(before.unwrap_or(start));
    }

    // ---- for the clock

    /// When something is due next; in the past, the next moment is always due.
    pub(super) fn next_moment(self) -> Option<SimTime> {
        self.session.try_with_value(|session| {
            if session.is_past() { Some(session.cloud().now()) } else { session.next_due() }
        })?
    }

    /// Lets virtual time pass in a frame at `page_time`; in the past it moves towards now.
    pub(super) fn pass(self, millis: Millis, page_time: f64) {
        let happened = self.edit(|session| {
            if session.is_past() {
                session.seek(session.cloud().now() + millis);
                return (true, true);
            }
            let before = records(session);
            let happened = session.tick(millis);
            (happened, records(session) != before)
        });
        let is_due = self.telling.try_update_value(|telling| telling.is_due(page_time, happened));
        if is_due == Some(true) {
            self.commit();
        } else {
            self.moment.set(self.peek(|session| session.cloud().now()));
        }
    }

    /// Time stands still: tells what has not been told yet.
    pub(super) fn rest(self) {
        if self.telling.try_with_value(|telling| telling.untold) == Some(true) {
            self.commit();
        }
    }

    fn edit<R>(self, act: impl FnOnce(&mut Session) -> R) -> R {
        act(&mut self.session.write_value())
    }

    fn commit(self) {
        self.moment.set(self.peek(|session| session.cloud().now()));
        self.telling.update_value(Telling::told);
        self.changed.notify();
        if let Some(keep) = self.telling.with_value(|telling| telling.keep) {
            keep.run(self);
        }
        self.clock.wake(self);
    }

    /// Where widgets are slow to follow, what the line printed is on the screen before they do.
    fn commit_soon(self) {
        if self.telling.with_value(|telling| telling.pause == 0.0) {
            self.commit();
            return;
        }
        after_paint(move || {
            if self.session.try_with_value(|_| ()).is_some() {
                self.commit();
            }
        });
    }

    fn note(self, voice: Voice, line: &str, printed: &Printed) {
        self.log.update(|log| {
            let no = log.last().map_or(0, |last| last.no + 1);
            let entry = LogLine { no, voice, line: line.to_owned(), printed: printed.clone() };
            if log.len() >= LOG_MAX {
                log.remove(0);
            }
            log.push(Arc::new(entry));
        });
    }

    fn remark(self, text: String) {
        self.notices.say(text.clone());
        self.note(Voice::Page, &text, &Printed::default());
    }
}

/// How many calls and events there have been, in all branches, and whether the step is solved.
fn records(session: &Session) -> (u64, StepState) {
    let of = |cloud: &Cloud| cloud.account().trail.count() + cloud.account().story.count();
    let both = session.branches().map(|two| of(two.first) + of(two.second));
    (both.unwrap_or_else(|| of(session.cloud())), session.state())
}
