//! The marks on the time track.

use crate::cloud::sort;
use crate::cloud::story::{Event, Tone};
use crate::cloud::time::{HOUR, Millis, SimTime};
use crate::lesson::goal::Standing;
use crate::lesson::model::Goal;

use super::Session;
use super::history::History;
use super::view::picture::Names;
use super::view::rows::short;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A line of the learner's that changed something.
    Action,
    /// A change of state.
    Change,
    /// Something came right.
    Success,
    /// Something failed.
    Failure,
    /// A goal was met.
    Goal,
}

/// A moment worth marking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: SimTime,
    /// What it stands for.
    pub kind: MarkKind,
    /// In words.
    pub label: String,
}

/// A mark where it stands on the track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// Its place.
    pub place: u64,
    /// The first of its kind there.
    pub mark: Mark,
}

impl Session {
    /// The marks of the timeline shown, in order of time.
    pub fn marks(&self) -> Vec<Mark> {
        of(self.timeline())
    }

    /// The marks of the timeline shown as the track shows them: in each place the first of each kind.
    pub fn signs(&self, place: &dyn Fn(SimTime) -> u64) -> Vec<Sign> {
        signs(self.timeline(), self.timeline().start(), place)
    }

    /// The timeline's first and last moment.
    pub fn span(&self) -> (SimTime, SimTime) {
        let timeline = self.timeline();
        let now = timeline.live().cloud.now();
        (timeline.start(), self.beside_end().map_or(now, |end| end.max(now)))
    }

    /// The mark before (or after) the moment shown, among those that `wanted` lets through.
    pub fn mark_from_here(&self, forward: bool, wanted: impl Fn(MarkKind) -> bool) -> Option<Mark> {
        let now = self.cloud().now();
        let marks = self.marks().into_iter().filter(|mark| wanted(mark.kind));
        if forward {
            marks.into_iter().find(|mark| mark.at > now)
        } else {
            marks.into_iter().rfind(|mark| mark.at < now)
        }
    }
}

/// How far ahead is looked for a failure or a goal.
const AHEAD_MS: Millis = HOUR;
/// And how many events.
const AHEAD_EVENTS: u32 = 2_000;

impl MarkKind {
    /// A failure or a goal: what is worth going to.
    pub fn is_notable(self) -> bool {
        matches!(self, Self::Failure | Self::Goal)
    }
}

impl Session {
    /// Goes to the next failure or goal: in the past to its mark, from the present on into the future. False if there is
    /// none within an hour; nothing has moved then.
    pub fn next_notable(&mut self) -> bool {
        if self.is_past() {
            match self.mark_from_here(true, MarkKind::is_notable) {
                Some(mark) => self.seek(mark.at),
                None => self.go_live(),
            }
            return true;
        }
        let Some(to) = self.notable_ahead() else { return false };
        self.tick(to.since(self.cloud().now()));
        true
    }

    /// When something fails or a goal is met or breaks, as far as the present says.
    fn notable_ahead(&self) -> Option<SimTime> {
        let mut ahead = self.timeline().clone();
        let (start, seen) = (ahead.live().cloud.now(), ahead.live().cloud.account().story.count());
        let goals = ahead.live().watch.standings().to_vec();
        for _ in 0..AHEAD_EVENTS {
            let live = ahead.live();
            let due = [live.cloud.next_due(), live.watch.next_deadline(ahead.goals())];
            let due = due.into_iter().flatten().min().filter(|due| due.since(start) <= AHEAD_MS)?;
            ahead.advance(due);
            let live = ahead.live();
            let new = live.cloud.account().story.iter().rev().take_while(|event| event.no > seen);
            let turned = |(now, then): (&Standing, &Standing)| {
                (now.met_at, now.broke_at) != (then.met_at, then.broke_at)
            };
            if { new }.any(|event| event.tone == Tone::Failure)
                || live.watch.standings().iter().zip(&goals).any(turned)
            {
                return Some(live.cloud.now());
            }
        }
        None
    }
}

/// The marks of a timeline, in order of time.
pub(super) fn of(timeline: &History) -> Vec<Mark> {
    let names = names(timeline);
    bare(timeline).into_iter().map(|mark| mark.worded(&names)).collect()
}

/// The marks of a timeline from a moment on, as a track of this many places shows them: of several of one kind in one place the first.
pub(super) fn signs(
    timeline: &History,
    from: SimTime,
    place: &dyn Fn(SimTime) -> u64,
) -> Vec<Sign> {
    let mut bare = bare(timeline);
    bare.retain(|mark| mark.at >= from);
    bare.dedup_by_key(|mark| (place(mark.at), mark.kind));
    let names = names(timeline);
    let sign = |mark: Bare| Sign { place: place(mark.at), mark: mark.worded(&names) };
    { bare }.into_iter().map(sign).collect()
}

/// A mark before it is put into words, which takes longer than all else.
struct Bare<'a> {
    at: SimTime,
    kind: MarkKind,
    what: What<'a>,
}

enum What<'a> {
    Line(&'a str),
    Event(&'a Event),
    Goal(&'a Goal),
}

impl Bare<'_> {
    fn worded(self, names: &Names) -> Mark {
        let label = match self.what {
            What::Line(line) => line.to_owned(),
            What::Event(event) => {
                // As the chart writes them.
                let name = match event.kind {
                    "task" => names.letter(&event.id),
                    "container-instance" => short(&event.id).to_owned(),
                    _ => event.id.to_string(),
                };
                format!("{} {name}: {}", event.kind, event.text)
            }
            What::Goal(goal) => format!("Goal met: {}", goal.say.text()),
        };
        Mark { at: self.at, kind: self.kind, label }
    }
}

fn names(timeline: &History) -> Names {
    Names::of(timeline.live().cloud.account())
}

fn bare(timeline: &History) -> Vec<Bare<'_>> {
    let start = timeline.start();
    let acts = timeline.entries().filter(|(_, changed)| *changed).map(|(entry, _)| Bare {
        at: start + entry.at,
        kind: MarkKind::Action,
        what: What::Line(&entry.line),
    });
    let live = timeline.live();
    let story = live.cloud.account().story.iter().filter(|event| event.at >= start);
    let events = story.map(|event| Bare {
        at: event.at,
        kind: match event.tone {
            Tone::Change => MarkKind::Change,
            Tone::Failure => MarkKind::Failure,
            Tone::Success => MarkKind::Success,
        },
        what: What::Event(event),
    });
    let goals = timeline.goals().iter().zip(live.watch.standings());
    let met = goals.filter_map(|(goal, standing)| {
        Some(Bare { at: standing.met_at?, kind: MarkKind::Goal, what: What::Goal(goal) })
    });
    let mut marks: Vec<_> = acts.chain(events).chain(met).collect();
    sort::by_key(&mut marks, |mark| mark.at);
    marks
}
