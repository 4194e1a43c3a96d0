//! Amazon EC2 Auto Scaling: groups that keep a number of instances running, spread over zones, and replace those that
//! fail. One file an idea; ECS capacity providers drive it through [`set_desired`], [`protect`] and hooks.

pub mod activity;
pub mod group;
pub mod source;

mod balance;
mod calls;
mod health;
mod leave;
mod victim;

use std::sync::Arc;

pub use balance::{now_soon, rebalance_all, set_desired};
pub use health::{impaired, left, started, terminated};
pub use leave::{add_hook, add_tag, go_on, protect, remove_hook};

use super::account::Account;
use super::action::{Action, Ctx, read, write};
use super::error::ApiError;
use group::Group;

/// The actions of Auto Scaling in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateAutoScalingGroup", calls::create),
    read("DescribeAutoScalingGroups", calls::describe),
    write("UpdateAutoScalingGroup", calls::update),
    write("SetDesiredCapacity", calls::set_desired_capacity),
    write("DeleteAutoScalingGroup", calls::delete),
    read("DescribeScalingActivities", calls::activities),
    write("TerminateInstanceInAutoScalingGroup", calls::terminate),
];

/// What Auto Scaling does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AsgJob {
    /// A group compares what it has with what it is to have.
    Balance {
        /// Which.
        group: Arc<str>,
    },
    /// A group that could not launch tries again.
    Retry {
        /// Which.
        group: Arc<str>,
    },
    /// A health check finds an instance that does not run any more.
    Check {
        /// Which.
        instance: Arc<str>,
    },
    /// A hook has waited long enough.
    HookTimesOut {
        /// In which group.
        group: Arc<str>,
        /// For which instance.
        instance: Arc<str>,
        /// Which of its waits.
        wait: u32,
        /// Somebody ends the wait before, as a rule.
        watched: bool,
    },
}

impl AsgJob {
    /// Neither trying again nor the time limit of a wait that ECS ends by itself keeps an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::Retry { .. } | Self::HookTimesOut { watched: true, .. })
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &AsgJob) {
    match job {
        AsgJob::Balance { group } => balance::run(cx, group),
        AsgJob::Retry { group } => balance::retry(cx, group),
        AsgJob::Check { instance } => health::check(cx, instance),
        AsgJob::HookTimesOut { group, instance, wait, .. } => {
            leave::times_out(cx, group, instance, *wait);
        }
    }
}

/// Changes a group, if it is there.
fn change(account: &mut Account, name: &str, edit: impl FnOnce(&mut Group)) {
    let row = account.groups.id(name);
    if let Some(group) = row.and_then(|row| account.groups.edit(row)) {
        edit(group);
    }
}

/// Auto Scaling's general error of the caller.
fn validation(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", text)
}
