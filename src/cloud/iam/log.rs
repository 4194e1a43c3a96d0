//! Decisions that were made, kept for "Why?".

use std::collections::VecDeque;
use std::sync::Arc;

use super::decision::Decision;
use crate::cloud::limits;
use crate::cloud::story::Cause;

/// The newest decisions about callers who are not the administrator, at most [`limits::DECISIONS`]
/// calls or events.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    kept: Arc<VecDeque<(Cause, Arc<Decision>)>>,
}

impl Decisions {
    /// Keeps a decision under the call or event in which it was made.
    pub fn push(&mut self, cause: Cause, decision: Decision) {
        let kept = Arc::make_mut(&mut self.kept);
        if kept.len() >= limits::DECISIONS {
            kept.pop_front();
        }
        kept.push_back((cause, Arc::new(decision)));
    }

    /// The decisions of a call or event, in the order in which they were made.
    pub fn of(&self, cause: Cause) -> impl Iterator<Item = &Arc<Decision>> {
        self.kept.iter().filter(move |(own, _)| *own == cause).map(|(_, decision)| decision)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(Cause, Arc<Decision>)> {
        self.kept.iter()
    }
}
