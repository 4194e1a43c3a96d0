//! The record of every call, as CloudTrail keeps it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::input::{Call, Principal, Reply};
use super::limits;
use super::time::SimTime;

/// One call with its answer.
#[derive(Clone, Debug)]
pub struct Record {
    /// Numbers count up from 1 and are never given twice.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// Who called.
    pub by: Principal,
    /// What.
    pub call: Call,
    /// The answer.
    pub reply: Reply,
    /// The call only reads: undo does not stop at it.
    pub read_only: bool,
}

/// The newest calls, at most [`limits::TRAIL_RECORDS`].
#[derive(Clone, Debug, Default)]
pub struct Trail {
    records: Arc<VecDeque<Arc<Record>>>,
    count: u64,
}

impl Trail {
    /// The number that the next record will have.
    pub fn next_no(&self) -> u64 {
        self.count + 1
    }

    /// Adds a record.
    pub fn push(&mut self, record: Record) {
        self.count = record.no;
        let records = Arc::make_mut(&mut self.records);
        if records.len() >= limits::TRAIL_RECORDS {
            records.pop_front();
        }
        records.push_back(Arc::new(record));
    }

    /// The record of a number, if it is still kept.
    pub fn get(&self, no: u64) -> Option<&Arc<Record>> {
        let first = self.records.front()?.no;
        self.records.get(usize::try_from(no.checked_sub(first)?).ok()?)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.records.iter()
    }

    /// How many calls there have ever been.
    pub fn count(&self) -> u64 {
        self.count
    }
}
