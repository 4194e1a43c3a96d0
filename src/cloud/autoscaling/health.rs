//! What happens to the instances of a group: they come up, fail, go.

use std::sync::Arc;

use super::activity::{self, Status};
use super::group::{Lifecycle, is_well};
use super::{AsgJob, balance, change, leave};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::instance::State;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::story::Tone;

/// An instance runs: if it is a group's, it goes into service.
pub fn started(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    if let Some((name, Lifecycle::Pending)) = member_of(cx.account, instance) {
        comes(cx, &name, instance);
    }
}

#[inline(never)]
fn comes(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>) {
    if !leave::held_on_the_way_in(cx, name, instance) {
        in_service(cx, name, instance);
    }
}

pub(super) fn in_service(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>) {
    let mut activity = None;
    let mut extra = false;
    change(cx.account, name, |group| {
        extra = group.extra > 0;
        if let Some(member) = group.member_mut(instance) {
            member.state = Lifecycle::InService;
            activity = member.activity.take();
        }
    });
    if let Some(activity) = activity {
        activity::advance(cx, &activity, Status::Successful);
    }
    cx.tell(Tone::Success, "auto-scaling-group", name, format!("{instance} is InService"));
    if extra {
        balance::now_soon(cx, name);
    }
}

/// An instance stops or shuts down: the next health check of its group will see it.
pub fn left(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    check_after(cx, instance, limits::GROUP_HEALTH_CHECK_MS);
}

/// An instance does not answer any more: its status checks fail, and some time later its group believes them.
pub fn impaired(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    check_after(cx, instance, limits::GROUP_STATUS_CHECK_MS);
}

/// An instance is terminated: its group lets go of it.
pub fn terminated(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    let Some((name, state)) = member_of(cx.account, instance) else { return };
    // Where nobody asked the group, its health check will find out.
    if state.is_leaving() {
        let_go(cx, &name, instance);
    }
}

#[inline(never)]
fn let_go(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>) {
    let mut activity = None;
    change(cx.account, name, |group| {
        activity = group.member(instance).and_then(|member| member.activity.clone());
        group.members.retain(|member| member.instance != *instance);
    });
    if let Some(activity) = activity {
        activity::advance(cx, &activity, Status::Successful);
    }
    balance::remove_if_empty(cx, name);
}

/// A health check: an instance that is not well any more is replaced.
pub(super) fn check(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    let Some((name, state)) = member_of(cx.account, instance) else { return };
    let row = cx.account.instances.find(instance).cloned();
    if state.is_leaving() || row.as_ref().is_some_and(|row| is_well(row)) {
        return;
    }
    change(cx.account, &name, |group| {
        group.replacing = true;
        if let Some(member) = group.member_mut(instance) {
            member.healthy = false;
        }
    });
    let runs = row.is_some_and(|row| row.state == State::Running);
    let why = if runs {
        "an EC2 instance status checks failure"
    } else {
        "an EC2 health check indicating it has been terminated or stopped"
    };
    let at = activity::at(cx.now);
    let cause = format!("{at} an instance was taken out of service in response to {why}.");
    cx.tell(Tone::Failure, "auto-scaling-group", &name, format!("{instance} is Unhealthy: {why}"));
    leave::begin(cx, &name, instance, &Arc::from(cause));
    balance::now_soon(cx, &name);
}

fn check_after(cx: &mut Ctx<'_>, instance: &Arc<str>, delay: u64) {
    let member = member_of(cx.account, instance);
    if member.is_some_and(|(_, state)| !state.is_leaving()) {
        let job = AsgJob::Check { instance: Arc::clone(instance) };
        cx.after(delay, Job::Asg(job));
    }
}

/// The group of an instance and where it is in it.
fn member_of(account: &Account, instance: &str) -> Option<(Arc<str>, Lifecycle)> {
    let name = account.instances.find(instance)?.group.clone()?;
    let state = account.groups.find(&name)?.member(instance)?.state;
    Some((name, state))
}
