//! The record of every call, as CloudTrail keeps it.

use std::sync::Arc;

use serde_json::Value;

use super::input::{Call, Principal, Reply};
use super::limits;
use super::log::Log;
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
    /// The answer; `null` where it was let go to make room for newer ones.
    pub reply: Reply,
    /// The call only reads: undo does not stop at it.
    pub read_only: bool,
}

/// The newest calls, at most [`limits::TRAIL_RECORDS`], and of their answers at most [`limits::TRAIL_VALUES`] values.
#[derive(Clone, Debug)]
pub struct Trail {
    records: Log<Kept>,
    /// The oldest record whose answer is whole.
    whole_from: u64,
    /// Values in all answers that are whole.
    values: u32,
}

#[derive(Clone, Debug)]
struct Kept {
    record: Arc<Record>,
    /// Values in its answer: what its size in memory goes by.
    values: u32,
}

impl Trail {
    /// The number that the next record will have.
    pub fn next_no(&self) -> u64 {
        self.records.count() + 1
    }

    /// Adds a record. Its answer is kept whatever its size; older answers make room for it.
    pub fn push(&mut self, record: Record) {
        let values = record.reply.as_ref().map_or(0, |reply| count(reply));
        self.values += values;
        while self.values > limits::TRAIL_VALUES && self.whole_from < record.no {
            self.let_go();
        }
        let kept = Kept { record: Arc::new(record), values };
        let gone = self.records.push(kept, limits::TRAIL_RECORDS).unwrap_or_default();
        for kept in gone.iter().filter(|kept| kept.record.no >= self.whole_from) {
            self.values = self.values.saturating_sub(kept.values);
        }
        self.whole_from = self.whole_from.max(self.records.first());
    }

    /// Lets the answer of the oldest record go that has one.
    #[inline(never)]
    fn let_go(&mut self) {
        if let Some(kept) = self.records.edit(self.whole_from) {
            self.values = self.values.saturating_sub(kept.values);
            if kept.record.reply.is_ok() {
                Arc::make_mut(&mut kept.record).reply = Ok(Arc::new(Value::Null));
            }
        }
        self.whole_from += 1;
    }

    /// The record of a number, if it is still kept.
    pub fn get(&self, no: u64) -> Option<&Arc<Record>> {
        self.records.get(no).map(|kept| &kept.record)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.records.iter().map(|kept| &kept.record)
    }

    /// Whether no call was made between two snapshots.
    pub fn same_as(&self, other: &Self) -> bool {
        self.records.same_as(&other.records)
    }

    /// How many calls there have ever been.
    pub fn count(&self) -> u64 {
        self.records.count()
    }
}

impl Default for Trail {
    fn default() -> Self {
        Self { records: Log::default(), whole_from: 1, values: 0 }
    }
}

/// A value and all in it.
fn count(value: &Value) -> u32 {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<u32>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<u32>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(no: u64, reply: Value) -> Record {
        Record {
            no,
            at: SimTime::START,
            by: Principal::administrator(),
            call: Call::new("ecs", "DescribeTasks", json!({})),
            reply: Ok(Arc::new(reply)),
            read_only: true,
        }
    }

    #[test]
    fn large_answers_make_old_ones_go_and_records_stay() {
        let mut trail = Trail::default();
        let large = json!(vec![0; 4_000]);
        trail.push(record(1, json!({ "small": 1 })));
        for no in 2..=9 {
            trail.push(record(no, large.clone()));
        }
        let whole = |no| trail.get(no).is_some_and(|record| record.reply != Ok(Arc::default()));
        assert_eq!(trail.iter().count(), 9);
        assert_eq!([1, 7, 8, 9].map(whole), [false, false, true, true]);
    }

    #[test]
    fn what_is_counted_is_what_is_kept() {
        let mut trail = Trail::default();
        for no in 1..=5_000 {
            trail.push(record(no, json!(vec![0; (no % 97) as usize])));
        }
        let kept = trail.iter().filter(|record| record.no >= trail.whole_from);
        let counted = kept.map(|record| record.reply.as_ref().map_or(0, |reply| count(reply)));
        assert_eq!(counted.sum::<u32>(), trail.values);
        assert!(trail.values <= limits::TRAIL_VALUES);
    }
}
