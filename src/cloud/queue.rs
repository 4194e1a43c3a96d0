//! What the control plane will do later, in the order in which it will do it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::job::Job;
use super::limits;
use super::story::Cause;
use super::time::SimTime;

/// A job with what led to it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What to do.
    pub job: Job,
    /// The call, event or fault that asked for it.
    pub cause: Cause,
}

/// Jobs by time; those due at the same moment run in the order in which they were asked for.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    jobs: Arc<BTreeMap<(SimTime, u64), Entry>>,
    next_seq: u64,
    /// Jobs in the queue that are work to wait for, not a repetition for ever.
    work: u32,
}

impl Queue {
    /// Puts a job at `at`. A full queue refuses (false): a simulated account has bounds, see [`limits::QUEUE_JOBS`].
    pub fn push(&mut self, at: SimTime, job: Job, cause: Cause) -> bool {
        if self.jobs.len() >= limits::QUEUE_JOBS {
            return false;
        }
        if !job.repeats_for_ever() {
            self.work += 1;
        }
        Arc::make_mut(&mut self.jobs).insert((at, self.next_seq), Entry { job, cause });
        self.next_seq += 1;
        true
    }

    /// Takes the first job due at or before `to`.
    pub fn pop_due(&mut self, to: SimTime) -> Option<(SimTime, Entry)> {
        self.next_due().filter(|due| *due <= to)?;
        let ((at, _), entry) = Arc::make_mut(&mut self.jobs).pop_first()?;
        if !entry.job.repeats_for_ever() {
            self.work = self.work.saturating_sub(1);
        }
        Some((at, entry))
    }

    /// When the first job is due.
    pub fn next_due(&self) -> Option<SimTime> {
        self.jobs.first_key_value().map(|((at, _), _)| *at)
    }

    /// When the first job is due, if there is work among the jobs.
    pub fn next_work(&self) -> Option<SimTime> {
        (self.work > 0).then(|| self.next_due()).flatten()
    }
}
