//! What requests cost the tasks that answer them: CPU time used, and what waits for it.

use std::sync::Arc;

use super::number::Milli;
use crate::cloud::account::Account;
use crate::cloud::ecs::task::{Status, Task};
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::{MINUTE, Millis, SECOND, SimTime};

/// A task's CPU time in microseconds: what it has used in this minute, and what it still has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    at: SimTime,
    /// CPU time of the last second that nobody wanted.
    spare: u64,
    waiting: u64,
    used: u64,
}

/// What a task makes of some requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// So many it answers.
    pub taken: u32,
    /// So many it turns away, because too many wait.
    pub refused: u32,
    /// So long they wait for its CPU, in milliseconds.
    pub wait_ms: Millis,
}

impl Work {
    /// Works until `now`, at `pace` microseconds of CPU time a millisecond.
    fn pass(&mut self, now: SimTime, pace: u64) {
        let gained = pace.saturating_mul(now.since(self.at));
        let done = gained.min(self.waiting);
        self.at = now;
        self.used = self.used.saturating_add(done);
        self.waiting -= done;
        self.spare = self.spare.saturating_add(gained - done).min(pace * SECOND);
    }

    fn take(&mut self, count: u32, pace: u64) -> Taken {
        let room = self.spare + (pace * limits::OVERLOAD_WAIT_MS).saturating_sub(self.waiting);
        let fits = u32::try_from(room / limits::REQUEST_CPU_US).unwrap_or(u32::MAX);
        let taken = count.min(fits);
        let cost = u64::from(taken) * limits::REQUEST_CPU_US;
        let at_once = cost.min(self.spare);
        self.spare -= at_once;
        self.used = self.used.saturating_add(at_once);
        self.waiting += cost - at_once;
        Taken { taken, refused: count - taken, wait_ms: self.waiting / pace }
    }
}

/// So many requests come to a task.
pub fn take(account: &mut Account, now: SimTime, id: Id<Task>, count: u32) -> Taken {
    let pace = account.tasks.get(id).map_or(1, |task| pace(most(account, task)));
    let all = Arc::make_mut(&mut account.work);
    let idle = Work { at: now, spare: pace * SECOND, waiting: 0, used: 0 };
    let Some(work) = all.at(id, || idle) else {
        return Taken { taken: 0, refused: count, wait_ms: 0 };
    };
    work.pass(now, pace);
    work.take(count, pace)
}

/// The CPU that requests used of a task in the minute that ends now: percent of what its definition says, in thousandths.
pub fn percent(account: &Account, now: SimTime, id: Id<Task>, task: &Task) -> Milli {
    let Some(mut work) = account.work.get(&id).copied() else { return 0 };
    work.pass(now, pace(most(account, task)));
    let units = if task.needs.cpu == 0 { limits::CPU_UNITS_OF_NO_SIZE } else { task.needs.cpu };
    let all = pace(units) * MINUTE;
    i64::try_from(work.used.saturating_mul(100) / (all / 1_000).max(1)).unwrap_or(Milli::MAX)
}

/// A new minute begins; tasks that have ended or have nothing to do are forgotten.
pub(super) fn new_minute(account: &mut Account, now: SimTime) {
    if !account.work.is_empty() {
        recover(account, now);
    }
}

#[inline(never)]
fn recover(account: &mut Account, now: SimTime) {
    let mut kept = (*account.work).clone();
    kept.retain(|id, work| {
        let Some(task) = account.tasks.get(*id) else { return false };
        work.pass(now, pace(most(account, task)));
        work.used = 0;
        task.status < Status::Deprovisioning && work.spare < pace(most(account, task)) * SECOND
    });
    account.work = Arc::new(kept);
}

/// The CPU units that a task can use: its own, or all of its instance where it has no limit (facts: DG/service_utilization).
fn most(account: &Account, task: &Task) -> u32 {
    let host = || account.container_instances.get(task.instance?).map(|host| host.registered.cpu);
    task.definition.cpu.or_else(host).unwrap_or(limits::CPU_UNITS_OF_NO_SIZE)
}

/// Microseconds of CPU time a millisecond: 1,024 units are one processor.
fn pace(units: u32) -> u64 {
    (u64::from(units) * 1_000 / 1_024).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_answers_what_its_cpu_allows_and_keeps_the_rest_waiting_for_a_while() {
        let pace = pace(256);
        let mut work = Work { at: SimTime(0), spare: pace * SECOND, waiting: 0, used: 0 };
        assert_eq!(work.take(50, pace), Taken { taken: 50, refused: 0, wait_ms: 0 });
        // A second more is full; what comes beyond waits, up to the bound.
        assert_eq!(work.take(25, pace), Taken { taken: 25, refused: 0, wait_ms: 500 });
        let rest = work.take(1_000, pace);
        assert_eq!((rest.taken, rest.wait_ms), (75, limits::OVERLOAD_WAIT_MS));
        work.pass(SimTime(500), pace);
        assert_eq!((work.used, work.waiting), (375_000, 375_000));
    }
}
