//! Lets virtual time pass while the page is watched: the only animation-frame loop.
//!
//! Time stands still until somebody presses Play. While it runs, stretches in which nothing is due are skipped. The loop
//! sleeps when nothing is due at all, when time is stopped and when the page is hidden.

use std::time::Duration;

use leptos::prelude::*;

use super::desk::Desk;
use crate::cloud::time::{MINUTE, Millis, SimTime};

/// A frame never counts for more than this, so that a stalled page does not leap.
pub const FRAME_MAX_MS: f64 = 100.0;
/// A wait that is shorter than this is watched, as that of a task for its next status. In a longer one nothing is seen.
const SHORT_MS: Millis = MINUTE / 2;
/// A short wait takes no longer than this on the learner's own clock: time enough to read a word. The rest is skipped.
const READ_MS: f64 = 1_200.0;
/// A longer one takes no longer than this, so that the next event is seen coming.
const RUN_UP_MS: f64 = 400.0;
/// Longer waits are nothing to watch for: the clock rests, and "Next event" still goes there.
pub const WORTH_WAITING_MS: Millis = 20 * MINUTE;
/// With nothing due, the clock is seen to run this long before it rests.
const IDLE_MS: f64 = 2_000.0;

/// How fast virtual time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// As shown and as the value of the choice.
    pub name: &'static str,
    quarters: u16,
}

/// The speeds, slowest first.
pub const SPEEDS: [Speed; 5] = [
    Speed { name: "0.25×", quarters: 1 },
    Speed { name: "1×", quarters: 4 },
    Speed { name: "4×", quarters: 16 },
    Speed { name: "16×", quarters: 64 },
    Speed { name: "64×", quarters: 256 },
];

/// A desk's clock.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Time is running, or would be if something were due.
    pub playing: RwSignal<bool>,
    /// Its place in [`SPEEDS`].
    pub speed: RwSignal<usize>,
    /// Time runs, but nothing is due.
    pub idle: RwSignal<bool>,
    /// Time was let run here before.
    pub started: RwSignal<bool>,
    /// How much was skipped last, in virtual milliseconds; zero once that is old.
    pub skipped: RwSignal<Millis>,
    looping: StoredValue<Option<Frame>>,
}

/// What the loop remembers from one frame to the next.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// The page's clock at the last frame.
    at: f64,
    /// Virtual time that was less than a millisecond.
    rest: f64,
    /// Until when the page says that something was skipped.
    say_until: f64,
    /// How long nothing has been due, on the page's clock.
    idle: f64,
}

impl Default for Clock {
    /// A clock that stands still.
    fn default() -> Self {
        Self {
            playing: RwSignal::new(false),
            speed: RwSignal::new(1),
            idle: RwSignal::new(false),
            started: RwSignal::new(false),
            skipped: RwSignal::new(0),
            looping: StoredValue::new(None),
        }
    }
}

impl Clock {
    /// Starts or stops time.
    pub fn toggle(self, desk: Desk) {
        self.playing.update(|playing| *playing = !*playing);
        self.wake(desk);
    }

    /// Lets time run.
    pub fn play(self, desk: Desk) {
        self.playing.set(true);
        self.wake(desk);
    }

    /// Stops time.
    pub fn pause(self) {
        self.playing.set(false);
    }

    /// One speed up or down.
    pub fn shift(self, up: bool) {
        self.speed.update(|speed| {
            *speed = if up { (*speed + 1).min(SPEEDS.len() - 1) } else { speed.saturating_sub(1) };
        });
    }

    /// Runs the loop if time is running and the loop sleeps. Called after whatever may have made something due.
    pub fn wake(self, desk: Desk) {
        let asleep = matches!(self.looping.try_get_value(), Some(None));
        if asleep && self.playing.get_untracked() {
            set_if_other(self.started, true);
            self.looping.set_value(Some(Frame { at: page_time(), ..Frame::default() }));
            next_frame(self, desk);
        }
    }

    fn sleep(self) {
        self.looping.set_value(None);
        self.skipped.set(0);
    }

    fn factor(self) -> f64 {
        let speed = SPEEDS.get(self.speed.get_untracked());
        f64::from(speed.map_or(4, |speed| speed.quarters)) / 4.0
    }
}

/// How much virtual time passes in a frame, and how much of that is skipped, if something is due after `wait`.
fn plan(frame: &mut Frame, elapsed: f64, factor: f64, wait: Millis) -> (Millis, Millis) {
    let wanted = elapsed * factor + frame.rest;
    let passed = wanted.floor();
    frame.rest = wanted - passed;
    let watched = factor * if wait < SHORT_MS { READ_MS } else { RUN_UP_MS };
    let skipped = (lossless(wait) - watched - passed).max(0.0);
    (whole(passed + skipped), whole(skipped))
}

fn next_frame(clock: Clock, desk: Desk) {
    request_animation_frame(move || {
        if clock.looping.try_get_value().is_none() {
            return; // the page with this desk is gone
        }
        if frame(clock, desk) {
            next_frame(clock, desk);
        } else {
            clock.sleep();
            desk.rest();
        }
    });
}

/// Does something once the next frame has been painted.
pub(super) fn after_paint(act: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(act, Duration::ZERO));
}

/// One frame. False when the loop may sleep.
fn frame(clock: Clock, desk: Desk) -> bool {
    let hidden = document().hidden();
    let Some(mut frame) = clock.looping.get_value() else { return false };
    if hidden || !clock.playing.get_untracked() {
        return false;
    }
    let now = page_time();
    let elapsed = (now - frame.at).clamp(0.0, FRAME_MAX_MS);
    frame.at = now;
    let wait = desk.next_moment().map(|due| due.since(desk.now_untracked()));
    let wait = wait.filter(|wait| *wait <= WORTH_WAITING_MS);
    frame.idle = if wait.is_none() { frame.idle + elapsed } else { 0.0 };
    set_if_other(clock.idle, wait.is_none());
    if frame.idle > IDLE_MS {
        return false;
    }
    let (passed, skipped) = plan(&mut frame, elapsed, clock.factor(), wait.unwrap_or(0));
    if skipped > 0 {
        frame.say_until = now + 2_000.0;
        clock.skipped.set(skipped);
    } else if now > frame.say_until {
        set_if_other(clock.skipped, 0);
    }
    clock.looping.set_value(Some(frame));
    desk.pass(passed, now);
    true
}

fn set_if_other<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// Milliseconds since the page was opened.
fn page_time() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// A length of virtual time in the learner's words: `45 s`, `4 min`, `2 h`.
pub fn in_words(millis: Millis) -> String {
    match millis / 1_000 {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// A moment as hours, minutes and seconds since `start`: `00:04:12`.
pub fn hands(start: SimTime, now: SimTime) -> String {
    let seconds = now.since(start) / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[allow(clippy::cast_precision_loss, reason = "no run lasts 2^52 milliseconds")]
fn lossless(millis: Millis) -> f64 {
    millis as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to what the integer holds, and nothing negative comes here"
)]
fn whole(millis: f64) -> Millis {
    millis as Millis
}
