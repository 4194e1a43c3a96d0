//! The marks on the time track.

use crate::cloud::story::Tone;
use crate::cloud::time::SimTime;

use super::Session;

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

impl Session {
    /// The marks of the timeline shown, in order of time.
    pub fn marks(&self) -> Vec<Mark> {
        let timeline = self.timeline();
        let start = timeline.start();
        let acts = timeline.entries().filter(|(_, changed)| *changed).map(|(entry, _)| Mark {
            at: start + entry.at,
            kind: MarkKind::Action,
            label: entry.line.clone(),
        });
        let live = timeline.live();
        let story = live.cloud.account().story.iter().filter(|event| event.at >= start);
        let events = story.map(|event| Mark {
            at: event.at,
            kind: match event.tone {
                Tone::Change => MarkKind::Change,
                Tone::Failure => MarkKind::Failure,
                Tone::Success => MarkKind::Success,
            },
            label: format!("{} {}: {}", event.kind, event.id, event.text),
        });
        let goals = timeline.goals().iter().zip(live.watch.standings());
        let met = goals.filter_map(|(goal, standing)| {
            let label = format!("Goal met: {}", goal.say.text());
            Some(Mark { at: standing.met_at?, kind: MarkKind::Goal, label })
        });
        let mut marks: Vec<Mark> = acts.chain(events).chain(met).collect();
        marks.sort_by_key(|mark| mark.at);
        marks
    }

    /// The timeline's first and last moment.
    pub fn span(&self) -> (SimTime, SimTime) {
        let timeline = self.timeline();
        (timeline.start(), timeline.live().cloud.now())
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
