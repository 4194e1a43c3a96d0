//! What happened, for the learner: events on the time track, each with its cause, so that "why?" can walk back.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::limits;
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
pub struct Story {
    events: Arc<VecDeque<Event>>,
    count: u64,
}

impl Story {
    /// Adds an event and gives its number.
    pub fn push(&mut self, mut event: Event) -> u64 {
        self.count += 1;
        event.no = self.count;
        let events = Arc::make_mut(&mut self.events);
        if events.len() >= limits::STORY_EVENTS {
            events.pop_front();
        }
        events.push_back(event);
        self.count
    }

    /// The event of a number, if it is still kept.
    pub fn get(&self, no: u64) -> Option<&Event> {
        let first = self.events.front()?.no;
        self.events.get(usize::try_from(no.checked_sub(first)?).ok()?)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }

    /// How many events there have ever been.
    pub fn count(&self) -> u64 {
        self.count
    }
}
