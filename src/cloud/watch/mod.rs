//! Amazon CloudWatch and what else watches: metrics and alarms, logs, the record of calls.
//!
//! `metrics` holds what was measured, `own` and `balanced` measure what AWS measures by itself, `work` is what requests
//! cost tasks, `evaluate` decides about alarms once
//! a minute; `logs` and `lookup` read what is known already.

pub mod alarms;
pub mod evaluate;
pub mod load;
pub mod logs;
pub mod metrics;
pub mod number;
pub mod work;

mod balanced;
mod lookup;
mod metric_calls;
mod own;

use super::action::{Action, Ctx, read, write};
use super::ecs::capacity;
use super::error::ApiError;
use super::input::{Fault, Reply};
use super::job::Job;
use super::scaling;
use super::time::MINUTE;

/// The actions of CloudWatch in this model.
pub const ACTIONS: &[Action] = &[
    write("PutMetricAlarm", alarms::put),
    read("DescribeAlarms", alarms::describe),
    write("DeleteAlarms", alarms::delete),
    write("PutMetricData", metric_calls::put),
    read("GetMetricStatistics", metric_calls::statistics),
];

/// The actions of CloudWatch Logs in this model.
pub const LOGS: &[Action] = &[
    write("CreateLogGroup", logs::create_group),
    read("DescribeLogGroups", logs::describe_groups),
    read("DescribeLogStreams", logs::describe_streams),
    read("GetLogEvents", logs::events),
    read("FilterLogEvents", logs::filter),
];

/// The actions of CloudTrail in this model.
pub const TRAIL: &[Action] = &[read("LookupEvents", lookup::events)];

/// What CloudWatch does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WatchJob {
    /// A minute is over: metrics are written, alarms judged, and those in alarm act.
    Minute,
}

/// Sees to it that every minute is looked at from now on. It stops by itself when there is nothing to look at.
pub fn wake(cx: &mut Ctx<'_>) {
    if !cx.account.watching {
        cx.account.watching = true;
        cx.after(MINUTE - cx.now.0 % MINUTE, Job::Watch(WatchJob::Minute));
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &WatchJob) {
    match job {
        WatchJob::Minute => minute(cx),
    }
}

fn minute(cx: &mut Ctx<'_>) {
    let mut measured = own::write(cx);
    let has_targets = !cx.account.scalable_targets.is_empty();
    let has_providers = !cx.account.capacity_providers.is_empty();
    let has_alarms = !cx.account.alarms.is_empty();
    if has_providers {
        measured |= capacity::measure::write(cx);
    }
    let acting = if has_alarms { evaluate::all(cx) } else { Vec::new() };
    if has_targets {
        scaling::minute(cx, &acting);
    }
    if has_providers {
        capacity::minute(cx, &acting);
    }
    cx.account.watching = measured || has_targets || has_alarms;
    if cx.account.watching {
        cx.after(MINUTE, Job::Watch(WatchJob::Minute));
    }
}

/// Puts load on a service; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    load::inject(cx, fault)
}

/// A value that is not accepted.
fn value_error(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", text)
}

/// Values that do not go together.
fn combination(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterCombination", text)
}

fn not_here(what: &str) -> ApiError {
    ApiError::new("NotInThisModel", format!("{what} are not part of this model of AWS."))
}
