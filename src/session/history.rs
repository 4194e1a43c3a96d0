//! One timeline: the lines that were run with their times, which are the truth, and keyframes, which are a cache.

use std::sync::Arc;

use crate::cli::{self, Printed};
use crate::cloud::Cloud;
use crate::cloud::time::{Millis, SimTime};
use crate::lesson::goal::GoalWatch;
use crate::lesson::model::Goal;

/// Keyframes kept, at most. Above that every second one goes.
const KEYFRAMES_MAX: usize = 200;
/// A keyframe is taken when this much virtual time has passed without one.
const KEYFRAME_EVERY_MS: Millis = 60_000;

/// A line that was run: the unit of undo, replay, save and share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was run, in milliseconds after the timeline's start.
    pub at: Millis,
    /// The terminal line.
    pub line: String,
}

/// An account at a moment, with how the goals stand there.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The account.
    pub cloud: Cloud,
    /// The goals.
    pub watch: GoalWatch,
}

/// A timeline that begins with a given account.
#[derive(Clone, Debug)]
pub struct History {
    goals: Arc<[Goal]>,
    base: Moment,
    live: Moment,
    done: Vec<Done>,
    undone: Vec<Entry>,
    keyframes: Vec<Keyframe>,
}

/// A line in a timeline with what came of it.
#[derive(Clone, Debug)]
struct Done {
    entry: Entry,
    /// The virtual time when the line had finished: a `wait` takes time.
    ends: SimTime,
    changed: bool,
}

#[derive(Clone, Debug)]
struct Keyframe {
    /// How many lines had been run.
    entries: usize,
    moment: Moment,
}

impl History {
    /// A timeline in which nothing has been done yet.
    pub fn new(cloud: Cloud, goals: Arc<[Goal]>) -> Self {
        let watch = GoalWatch::begin(&goals, &cloud);
        let base = Moment { cloud, watch };
        Self {
            goals,
            live: base.clone(),
            base,
            done: Vec::new(),
            undone: Vec::new(),
            keyframes: Vec::new(),
        }
    }

    /// The same beginning, with nothing done yet.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::new(self.base.cloud.clone(), Arc::clone(&self.goals))
    }

    /// How it stands now.
    pub fn live(&self) -> &Moment {
        &self.live
    }

    /// When the timeline began.
    pub fn start(&self) -> SimTime {
        self.base.cloud.now()
    }

    /// The virtual time now, in milliseconds after the start.
    pub fn elapsed(&self) -> Millis {
        self.live.cloud.now().since(self.start())
    }

    /// The goals it is watched for.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// Lines run so far, oldest first, and whether each changed something.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&Entry, bool)> {
        self.done.iter().map(|done| (&done.entry, done.changed))
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.done.iter().any(|done| done.changed)
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Runs a line now. A line that changes something drops what could have been redone.
    pub fn run(&mut self, line: &str) -> Printed {
        let printed = self.step(line);
        if printed.changed {
            self.undone.clear();
        }
        printed
    }

    /// Lets virtual time pass up to `to`; gives the number of jobs that ran.
    pub fn advance(&mut self, to: SimTime) -> u32 {
        let jobs_run = self.live.pass(&self.goals, to);
        let last = self.keyframes.last().map_or(self.start(), |frame| frame.moment.cloud.now());
        if to.since(last) >= KEYFRAME_EVERY_MS {
            self.keep();
        }
        jobs_run
    }

    /// The next moment, at most `ahead` from now, at which the story goes on or a goal is met or broken.
    pub fn next_event(&self, ahead: Millis) -> Option<SimTime> {
        let mut probe = self.live.clone();
        let (end, before) = (probe.cloud.now() + ahead, probe.sign());
        while let Some(due) = probe.next_due(&self.goals).filter(|due| *due <= end) {
            probe.pass(&self.goals, due.max(probe.cloud.now() + 1));
            if probe.sign() != before {
                return Some(probe.cloud.now());
            }
        }
        None
    }

    /// Takes back the last line that changed something, with everything after it, the clock too.
    pub fn undo(&mut self) -> Option<Entry> {
        let last = self.done.iter().rposition(|done| done.changed)?;
        let entry = self.done.get(last)?.entry.clone();
        self.cut(last, self.start() + entry.at);
        self.undone.push(entry.clone());
        Some(entry)
    }

    /// Runs the line again that was taken back last, at the time at which it was run.
    pub fn redo(&mut self) -> Option<(Entry, Printed)> {
        let entry = self.undone.pop()?;
        self.advance(self.start() + entry.at);
        let printed = self.step(&entry.line);
        Some((entry, printed))
    }

    /// How it stood at `at`, for looking at.
    pub fn at(&self, at: SimTime) -> Moment {
        let upto = self.done.iter().take_while(|done| done.ends <= at).count();
        let frame = self
            .keyframes
            .iter()
            .rev()
            .find(|frame| frame.entries <= upto && frame.moment.cloud.now() <= at);
        let (first, mut moment) =
            frame.map_or((0, self.base.clone()), |frame| (frame.entries, frame.moment.clone()));
        for done in self.done.get(first..upto).unwrap_or_default() {
            moment.pass(&self.goals, self.start() + done.entry.at);
            moment.run(&self.goals, &done.entry.line);
        }
        moment.pass(&self.goals, at);
        moment
    }

    /// Goes on from a moment of the past: what came after it is dropped.
    pub fn fork(&mut self, at: SimTime) {
        let upto = self.done.iter().take_while(|done| done.ends <= at).count();
        self.cut(upto, at);
        self.undone.clear();
    }

    /// Goes on from just before the line of this number: it and what came after are dropped.
    pub fn fork_before(&mut self, line: usize) {
        let Some(done) = self.done.get(line) else { return };
        let at = self.start() + done.entry.at;
        self.cut(line, at);
        self.undone.clear();
    }

    /// Runs saved lines again, then lets time pass up to `now` (milliseconds after the start).
    pub fn replay(&mut self, entries: &[Entry], now: Millis) {
        for entry in entries {
            self.advance(self.start() + entry.at);
            self.step(&entry.line);
        }
        self.advance(self.start() + now);
    }

    fn step(&mut self, line: &str) -> Printed {
        let at = self.elapsed();
        let calls = self.live.cloud.account().trail.count();
        let printed = self.live.run(&self.goals, line);
        // A line that neither called nor changed anything leaves no trace: a typing error needs no undo.
        if printed.changed || self.live.cloud.account().trail.count() > calls {
            self.done.push(Done {
                entry: Entry { at, line: line.to_owned() },
                ends: self.live.cloud.now(),
                changed: printed.changed,
            });
        }
        if printed.changed {
            self.keep();
        }
        printed
    }

    fn cut(&mut self, entries: usize, at: SimTime) {
        self.done.truncate(entries);
        self.keyframes.retain(|frame| frame.entries <= entries && frame.moment.cloud.now() <= at);
        self.live = self.at(at);
    }

    fn keep(&mut self) {
        if self.keyframes.len() >= KEYFRAMES_MAX {
            let mut odd = false;
            self.keyframes.retain(|_| {
                odd = !odd;
                odd
            });
        }
        self.keyframes.push(Keyframe { entries: self.done.len(), moment: self.live.clone() });
    }
}

impl Moment {
    /// When something happens next by itself: a job is due, or a goal will have held for long enough.
    pub fn next_due(&self, goals: &[Goal]) -> Option<SimTime> {
        [self.cloud.next_due(), self.watch.next_deadline(goals)].into_iter().flatten().min()
    }

    /// What is other after an event: how long the story is, and since when goals are so or met.
    fn sign(&self) -> (u64, Vec<[Option<SimTime>; 2]>) {
        let goals = self.watch.standings().iter().map(|goal| [goal.since, goal.met_at]);
        (self.cloud.account().story.count(), goals.collect())
    }

    fn pass(&mut self, goals: &[Goal], to: SimTime) -> u32 {
        let Self { cloud, watch } = self;
        cloud.pass(to, &mut |cloud| watch.observe(goals, cloud))
    }

    fn run(&mut self, goals: &[Goal], line: &str) -> Printed {
        let before = self.cloud.clone();
        let printed = cli::run(&mut self.cloud, line);
        self.watch.follow(goals, before, &self.cloud);
        printed
    }
}
