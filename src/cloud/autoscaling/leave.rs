//! The way out of a group, and the hooks that hold instances up on their way in or out.

use std::sync::Arc;

use super::activity::{self, Begin, Status};
use super::group::{Hook, Lifecycle};
use super::{AsgJob, balance, change, health};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::{instance::State, life};
use crate::cloud::ecs;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::story::Tone;

/// Protects an instance from scale-in, or not any more.
pub fn protect(cx: &mut Ctx<'_>, instance: &str, protected: bool) {
    let Some(group) = group_of(cx.account, instance) else { return };
    change(cx.account, &group, |group| {
        if let Some(member) = group.member_mut(instance) {
            member.protected = protected;
        }
    });
}

/// Adds a hook to a group; one of the same name is replaced.
pub fn add_hook(cx: &mut Ctx<'_>, group: &str, hook: Hook) {
    change(cx.account, group, |group| {
        group.hooks.retain(|other| other.name != hook.name);
        group.hooks.push(hook);
    });
}

/// Adds a tag to a group, which its new instances get as well.
pub fn add_tag(cx: &mut Ctx<'_>, group: &str, key: &str) {
    change(cx.account, group, |group| {
        if !group.tags.iter().any(|(own, ..)| **own == *key) {
            group.tags.push((Arc::from(key), Arc::from(""), true));
        }
    });
}

/// Takes a hook from a group. Instances that wait for it go on when their time is over.
pub fn remove_hook(cx: &mut Ctx<'_>, group: &str, name: &str) {
    change(cx.account, group, |group| group.hooks.retain(|hook| &*hook.name != name));
}

/// Somebody has done what a hook waited for: the instance goes on, out or in.
pub fn go_on(cx: &mut Ctx<'_>, instance: &Arc<str>) {
    let Some(group) = group_of(cx.account, instance) else { return };
    let state = state_of(cx.account, &group, instance);
    match state {
        Some(Lifecycle::TerminatingWait) => proceed(cx, &group, instance),
        Some(Lifecycle::PendingWait) => health::in_service(cx, &group, instance),
        _ => {}
    }
}

/// Begins to let an instance go: first its hooks, then EC2.
pub(super) fn begin(
    cx: &mut Ctx<'_>,
    name: &Arc<str>,
    instance: &Arc<str>,
    cause: &Arc<str>,
) -> Option<Arc<str>> {
    let group = cx.account.groups.find(name)?;
    let member = group.member(instance).filter(|member| !member.state.is_leaving())?;
    let before = member.activity.clone();
    let hook = group.hooks.iter().find(|hook| hook.on_the_way_out).cloned();
    let row = cx.account.instances.find(instance);
    let gone = row.is_none_or(|row| row.state == State::Terminated);
    // An instance that is gone already has nothing to wait for.
    let hook = hook.filter(|_| row.is_some_and(|row| row.is_up()));
    let subnet = row.map_or_else(|| Arc::from(""), |row| Arc::clone(&row.subnet));
    let place = (subnet, Arc::clone(&member.zone));
    if let Some(before) = before {
        activity::advance(cx, &before, Status::Cancelled);
    }
    let status = if hook.is_some() { Status::MidLifecycleAction } else { Status::InProgress };
    let description = format!("Terminating EC2 instance: {instance}");
    let begin = Begin { description, cause: Arc::clone(cause), status, message: None, place };
    let activity = activity::begin(cx, name, begin);
    let state = if hook.is_some() { Lifecycle::TerminatingWait } else { Lifecycle::Terminating };
    let wait = enter(cx, name, instance, state, Some(Arc::clone(&activity)));
    let came_from = cx.cause;
    cx.tell(Tone::Change, "auto-scaling-group", name, format!("terminating {instance}"));
    match hook {
        Some(hook) => {
            waits(cx, name, instance, wait, &hook);
            ecs::held_at_hook(cx, instance, &hook.name);
        }
        None if gone => health::terminated(cx, instance),
        None => life::terminate(cx, instance),
    }
    cx.cause = came_from;
    Some(activity)
}

/// An instance came up: a hook may hold it before it is in service. True if one does.
pub(super) fn held_on_the_way_in(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>) -> bool {
    let Some(group) = cx.account.groups.find(name) else { return false };
    let Some(hook) = group.hooks.iter().find(|hook| !hook.on_the_way_out).cloned() else {
        return false;
    };
    let activity = group.member(instance).and_then(|member| member.activity.clone());
    if let Some(activity) = &activity {
        activity::advance(cx, activity, Status::MidLifecycleAction);
    }
    let wait = enter(cx, name, instance, Lifecycle::PendingWait, activity);
    waits(cx, name, instance, wait, &hook);
    true
}

pub(super) fn times_out(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>, wait: u32) {
    let Some(group) = cx.account.groups.find(name) else { return };
    let Some(member) = group.member(instance).filter(|member| member.waits == wait) else { return };
    let give_up = group.hooks.iter().any(|hook| !hook.on_the_way_out && !hook.then_continue);
    match member.state {
        Lifecycle::TerminatingWait => proceed(cx, name, instance),
        Lifecycle::PendingWait if give_up => {
            let at = activity::at(cx.now);
            let cause = format!("{at} instance {instance} was abandoned by a lifecycle hook.");
            begin(cx, name, instance, &Arc::from(cause));
            balance::now_soon(cx, name);
        }
        Lifecycle::PendingWait => health::in_service(cx, name, instance),
        _ => {}
    }
}

fn proceed(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>) {
    let group = cx.account.groups.find(name);
    let activity = group.and_then(|group| group.member(instance)?.activity.clone());
    if let Some(activity) = &activity {
        activity::advance(cx, activity, Status::InProgress);
    }
    enter(cx, name, instance, Lifecycle::Terminating, activity);
    life::terminate(cx, instance);
}

/// Puts a member into a state; the number of its wait.
fn enter(
    cx: &mut Ctx<'_>,
    name: &str,
    instance: &str,
    state: Lifecycle,
    activity: Option<Arc<str>>,
) -> u32 {
    let mut wait = 0;
    change(cx.account, name, |group| {
        if let Some(member) = group.member_mut(instance) {
            member.state = state;
            member.activity = activity;
            member.waits += 1;
            wait = member.waits;
        }
    });
    wait
}

fn waits(cx: &mut Ctx<'_>, name: &Arc<str>, instance: &Arc<str>, wait: u32, hook: &Hook) {
    let came_from = cx.cause;
    let text = format!("{instance} waits for the hook {}", hook.name);
    cx.tell(Tone::Change, "auto-scaling-group", name, text);
    let job = AsgJob::HookTimesOut {
        group: Arc::clone(name),
        instance: Arc::clone(instance),
        wait,
        watched: &*hook.name == limits::DRAINING_HOOK,
    };
    cx.after(hook.timeout, Job::Asg(job));
    cx.cause = came_from;
}

fn group_of(account: &Account, instance: &str) -> Option<Arc<str>> {
    account.instances.find(instance)?.group.clone()
}

fn state_of(account: &Account, group: &str, instance: &str) -> Option<Lifecycle> {
    Some(account.groups.find(group)?.member(instance)?.state)
}
