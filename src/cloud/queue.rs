//! What the control plane will do later, in the order in which it will do it.

use std::cmp::Reverse;
use std::sync::Arc;

use super::job::Job;
use super::limits;
use super::sort;
use super::story::Cause;
use super::time::{Millis, SimTime};

/// A job with what led to it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What to do.
    pub job: Job,
    /// The call, event or fault that asked for it.
    pub cause: Cause,
}

/// How long a span is. Short, so that few jobs have to be in order at a time and few are copied after a snapshot.
const SPAN_MS: Millis = 64;

/// Jobs by time; those due at the same moment run in the order in which they were asked for. Only the jobs of the span
/// that has begun are in order.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Jobs up to the end of the span that has begun, the first one last.
    begun: Arc<Vec<Planned>>,
    /// The number of that span.
    span: u64,
    /// Later spans, the first one first.
    later: Arc<Vec<Span>>,
    next_seq: u64,
    jobs: u32,
    /// Jobs in the queue that are work to wait for, not a repetition for ever.
    work: u32,
}

#[derive(Clone, Debug)]
struct Planned {
    at: SimTime,
    seq: u64,
    entry: Entry,
}

/// The jobs of some milliseconds, in the order in which they were asked for.
#[derive(Clone, Debug)]
struct Span {
    number: u64,
    first: SimTime,
    jobs: Arc<Vec<Planned>>,
}

impl Queue {
    /// Puts a job at `at`. A full queue refuses (false): a simulated account has bounds, see [`limits::QUEUE_JOBS`].
    pub fn push(&mut self, at: SimTime, job: Job, cause: Cause) -> bool {
        if self.jobs >= limits::QUEUE_JOBS {
            return false;
        }
        self.jobs += 1;
        if !job.repeats_for_ever() {
            self.work += 1;
        }
        let planned = Planned { at, seq: self.next_seq, entry: Entry { job, cause } };
        self.next_seq += 1;
        let number = at.0 / SPAN_MS;
        if number <= self.span {
            let begun = Arc::make_mut(&mut self.begun);
            let place = begun.partition_point(|other| other.at > at);
            begun.insert(place, planned);
            return true;
        }
        let later = Arc::make_mut(&mut self.later);
        let place = later.partition_point(|span| span.number < number);
        match later.get_mut(place).filter(|span| span.number == number) {
            Some(span) => {
                span.first = span.first.min(at);
                Arc::make_mut(&mut span.jobs).push(planned);
            }
            None => later.insert(place, Span { number, first: at, jobs: Arc::new(vec![planned]) }),
        }
        true
    }

    /// Takes the first job due at or before `to`.
    pub fn pop_due(&mut self, to: SimTime) -> Option<(SimTime, Entry)> {
        self.next_due().filter(|due| *due <= to)?;
        if self.begun.is_empty() {
            self.begin_span();
        }
        let Planned { at, entry, .. } = Arc::make_mut(&mut self.begun).pop()?;
        self.jobs = self.jobs.saturating_sub(1);
        if !entry.job.repeats_for_ever() {
            self.work = self.work.saturating_sub(1);
        }
        Some((at, entry))
    }

    /// When the first job is due.
    pub fn next_due(&self) -> Option<SimTime> {
        let begun = self.begun.last().map(|planned| planned.at);
        begun.or_else(|| self.later.first().map(|span| span.first))
    }

    /// When the first job is due, if there is work among the jobs.
    pub fn next_work(&self) -> Option<SimTime> {
        (self.work > 0).then(|| self.next_due()).flatten()
    }

    /// Puts the jobs of the next span in order.
    fn begin_span(&mut self) {
        if self.later.is_empty() {
            return;
        }
        let span = Arc::make_mut(&mut self.later).remove(0);
        self.span = span.number;
        self.begun = span.jobs;
        let jobs = Arc::make_mut(&mut self.begun);
        sort::by_key(jobs, |planned| Reverse((planned.at, planned.seq)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::net::NetJob;
    use std::collections::BTreeMap;

    fn job(number: u64) -> Job {
        Job::Net(NetJob::NatGone { nat: Arc::from(number.to_string()) })
    }

    /// Against the plain way to say it: a map by time and number.
    #[test]
    fn jobs_run_by_time_and_then_in_the_order_in_which_they_were_asked_for() {
        let (mut queue, mut plain) = (Queue::default(), BTreeMap::new());
        let mut snapshots = Vec::new();
        let (mut now, mut number) = (SimTime::START, 0_u64);
        for round in 0..2_000_u64 {
            for step in 0..round % 4 {
                let at = now + (round * 7_919 + step * 104_729) % 1_000 * (round % 3);
                assert!(queue.push(at, job(number), Cause::Call(number)));
                plain.insert((at, number), number);
                number += 1;
            }
            if round % 100 == 0 {
                snapshots.push((queue.clone(), plain.clone()));
            }
            let to = now + round % 50;
            while let Some((at, entry)) = queue.pop_due(to) {
                assert_eq!(
                    plain.pop_first().map(|((at, _), cause)| (at, Cause::Call(cause))),
                    Some((at, entry.cause))
                );
            }
            assert_eq!(queue.next_due(), plain.first_key_value().map(|((at, _), _)| *at));
            assert!(queue.next_due().is_none_or(|due| due > to));
            now = to;
        }
        assert!(number > 1_000);
        for (mut queue, plain) in snapshots {
            let left = std::iter::from_fn(|| queue.pop_due(SimTime(u64::MAX)));
            let left: Vec<_> = left.map(|(at, entry)| (at, entry.cause)).collect();
            let plain: Vec<_> = plain.iter().map(|((at, _), no)| (*at, Cause::Call(*no))).collect();
            assert_eq!(left, plain);
        }
    }
}
