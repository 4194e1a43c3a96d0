//! What happened, for the learner: events on the time track, each with its cause, so that "why?" can walk back.

use std::borrow::Cow;
use std::sync::Arc;

use super::limits;
use super::log::Log;
use super::time::SimTime;

/// What led to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A call, by its number in the trail.
    Call(u64),
    /// An earlier event, by its number.
    Event(u64),
    /// An injected fault.
    Fault,
}

/// How an event is marked on the time track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// A change of state.
    Change,
    /// Something failed.
    Failure,
    /// Something came right.
    Success,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Numbers count up from 1 and are never given twice.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// Failure, success or neither.
    pub tone: Tone,
    /// What it happened to: a kind as in `data-kind`.
    pub kind: &'static str,
    /// And its id as in `data-id`.
    pub id: Arc<str>,
    /// One sentence or status word.
    pub text: Cow<'static, str>,
    /// What led to it.
    pub cause: Cause,
}

/// The newest events, at most [`limits::STORY_EVENTS`].
#[derive(Clone, Debug, Default)]
pub struct Story(Log<Event>);

impl Story {
    /// Adds an event and gives its number.
    pub fn push(&mut self, mut event: Event) -> u64 {
        event.no = self.0.count() + 1;
        self.0.push(event, limits::STORY_EVENTS);
        self.0.count()
    }

    /// The event of a number, if it is still kept.
    pub fn get(&self, no: u64) -> Option<&Event> {
        self.0.get(no)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// How many events there have ever been.
    pub fn count(&self) -> u64 {
        self.0.count()
    }
}
