//! A group compares what it has with what it is to have: it launches, or it lets go.
use std::sync::Arc;

use super::activity::{self, Begin, Status};
use super::group::{Group, Lifecycle, Member};
use super::{AsgJob, change, leave, validation, victim};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::launch;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::net::eni;
use crate::cloud::sort;
use crate::cloud::story::Tone;

/// Asks for another number of instances. `who` says who asked, in a sentence without its beginning and end: `a user
/// request explicitly set group desired capacity`. AWS's error if the number is outside the bounds.
pub fn set_desired(cx: &mut Ctx<'_>, name: &str, desired: u32, who: &str) -> Result<(), ApiError> {
    let group = cx.account.groups.find(name).ok_or_else(|| not_found(name))?;
    let (name, size) = (Arc::clone(&group.name), group.size);
    if desired > size.max {
        return Err(validation(format!(
            "New SetDesiredCapacity value {desired} is above max value {} for the AutoScalingGroup.",
            size.max
        )));
    }
    if desired < size.min {
        return Err(validation(format!(
            "New SetDesiredCapacity value {desired} is below min value {} for the AutoScalingGroup.",
            size.min
        )));
    }
    if desired != size.desired {
        let reason = reason(cx, who, size.desired, desired);
        change(cx.account, &name, |group| {
            group.size.desired = desired;
            group.reason = Some(reason);
        });
        let text = format!("desired capacity {} -> {desired}", size.desired);
        cx.tell(Tone::Change, "auto-scaling-group", &name, text);
    }
    now_soon(cx, &name);
    Ok(())
}

/// The sentence for a change of the desired capacity.
pub(super) fn reason(cx: &Ctx<'_>, who: &str, from: u32, to: u32) -> Arc<str> {
    let at = activity::at(cx.now);
    Arc::from(format!("{at} {who} changing the desired capacity from {from} to {to}."))
}

/// The group looks at itself shortly.
pub fn now_soon(cx: &mut Ctx<'_>, name: &Arc<str>) {
    let Some(group) = cx.account.groups.find(name) else { return };
    if !group.queued.balance {
        change(cx.account, name, |group| group.queued.balance = true);
        let job = AsgJob::Balance { group: Arc::clone(name) };
        cx.after(limits::GROUP_REACTS_MS, Job::Asg(job));
    }
}

/// A zone failed or came back: every group looks at itself.
pub fn rebalance_all(cx: &mut Ctx<'_>) {
    let names: Vec<Arc<str>> =
        cx.account.groups.values().map(|group| Arc::clone(&group.name)).collect();
    for name in names {
        now_soon(cx, &name);
    }
}

pub(super) fn retry(cx: &mut Ctx<'_>, name: &Arc<str>) {
    change(cx.account, name, |group| group.queued.retry = false);
    run(cx, name);
}

pub(super) fn run(cx: &mut Ctx<'_>, name: &Arc<str>) {
    change(cx.account, name, |group| group.queued.balance = false);
    let Some(group) = cx.account.groups.find(name).cloned() else { return };
    if group.deleting {
        let all: Vec<Arc<str>> = group.staying().map(|m| Arc::clone(&m.instance)).collect();
        let cause =
            Arc::from(format!("{} a user request force deleted the group.", activity::at(cx.now)));
        for instance in all {
            leave::begin(cx, name, &instance, &cause);
        }
        remove_if_empty(cx, name);
        return;
    }
    let (have, want) = (group.count(), group.size.desired);
    let starting = group.staying().any(|member| member.state != Lifecycle::InService);
    if have < want {
        grow(cx, name, &group, want - have);
    } else if have > want && !(group.extra > 0 && starting) {
        shrink(cx, name, &group, have - want);
    } else if have == want && !starting {
        even_out(cx, name, &group);
    }
}

/// A group that was asked to go is gone once its last instance is.
pub(super) fn remove_if_empty(cx: &mut Ctx<'_>, name: &Arc<str>) {
    let empty = cx.account.groups.find(name).is_some_and(|g| g.deleting && g.members.is_empty());
    if let Some(row) = cx.account.groups.id(name).filter(|_| empty) {
        cx.account.groups.remove(row);
        cx.tell(Tone::Change, "auto-scaling-group", name, "deleted");
    }
}

fn grow(cx: &mut Ctx<'_>, name: &Arc<str>, group: &Group, missing: u32) {
    let cause = Arc::from(why_grow(cx, group));
    for _ in 0..missing {
        if !launch_one(cx, name, &cause) {
            retry_later(cx, name);
            return;
        }
    }
    change(cx.account, name, |group| {
        group.reason = None;
        group.replacing = false;
    });
}

fn why_grow(cx: &Ctx<'_>, group: &Group) -> String {
    let at = activity::at(cx.now);
    let difference = format!(
        "{at} an instance was started in response to a difference between desired and actual capacity, \
         increasing the capacity from {} to {}.",
        group.count(),
        group.size.desired
    );
    match &group.reason {
        Some(reason) => format!("{reason}  {difference}"),
        None if group.replacing => format!(
            "{at} an instance was launched in response to an unhealthy instance needing to be replaced."
        ),
        None => difference,
    }
}

fn retry_later(cx: &mut Ctx<'_>, name: &Arc<str>) {
    if cx.account.groups.find(name).is_some_and(|group| !group.queued.retry) {
        change(cx.account, name, |group| group.queued.retry = true);
        let job = AsgJob::Retry { group: Arc::clone(name) };
        cx.after(limits::GROUP_RETRY_MS, Job::Asg(job));
    }
}

fn shrink(cx: &mut Ctx<'_>, name: &Arc<str>, group: &Group, surplus: u32) {
    let (have, want) = (group.count(), group.size.desired);
    let at = activity::at(cx.now);
    let difference = format!(
        "{at} an instance was taken out of service in response to a difference between desired and \
         actual capacity, shrinking the capacity from {have} to {want}."
    );
    let difference = match &group.reason {
        Some(reason) => format!("{reason}  {difference}"),
        None => difference,
    };
    change(cx.account, name, |group| {
        group.reason = None;
        group.extra = 0;
    });
    for _ in 0..surplus {
        let Some(group) = cx.account.groups.find(name) else { return };
        let Some(instance) = victim::choose(cx.account, group, cx.now) else {
            // AWS says the same once, and leaves the instances alone.
            let text = "Could not scale to desired capacity because all remaining instances are \
                        protected from scale-in.";
            cx.tell(Tone::Failure, "auto-scaling-group", name, text);
            return;
        };
        let cause = format!("{difference}  {at} instance {instance} was selected for termination.");
        leave::begin(cx, name, &instance, &Arc::from(cause));
    }
}

/// Zones differ by more than one instance: one more in the emptiest, and one less in the fullest once it is up (ASG
/// guide, "Rebalancing activities").
fn even_out(cx: &mut Ctx<'_>, name: &Arc<str>, group: &Group) {
    let counts = counts(cx.account, group);
    let open = counts.iter().filter(|(zone, _)| !cx.account.lost_zones.contains(*zone));
    let (least, most) = (open.map(|(_, n)| *n).min(), counts.values().copied().max());
    let (Some(least), Some(most)) = (least, most) else { return };
    if most > least + 1 {
        let cause = format!(
            "{} an instance was launched to balance instances in zones with other zones resulting in \
             more than desired number of instances in the group.",
            activity::at(cx.now)
        );
        change(cx.account, name, |group| group.extra = 1);
        if !launch_one(cx, name, &Arc::from(cause)) {
            change(cx.account, name, |group| group.extra = 0);
        }
    }
}

/// Staying instances by zone, for each zone that the group has a subnet in.
fn counts(account: &Account, group: &Group) -> Map<Arc<str>, u32> {
    let subnets = group.subnets.iter().filter_map(|id| account.subnets.find(id));
    let mut counts = Map::of(subnets.map(|subnet| (Arc::clone(&subnet.zone), 0)));
    for member in group.staying() {
        if let Some(count) = counts.get_mut(&member.zone) {
            *count += 1;
        }
    }
    counts
}

/// Launches one instance in the zone with the fewest; if there is no room, in the next. False if nowhere.
fn launch_one(cx: &mut Ctx<'_>, name: &Arc<str>, cause: &Arc<str>) -> bool {
    let Some(group) = cx.account.groups.find(name).cloned() else { return false };
    let counts = counts(cx.account, &group);
    let subnets = group.subnets.iter().filter_map(|id| cx.account.subnets.find(id).cloned());
    let mut subnets: Vec<_> = subnets.collect();
    // A stable sort: subnets of equally full zones keep the order in which they were given.
    sort::by_key(&mut subnets, |subnet| counts.get(&subnet.zone).copied());
    for subnet in subnets {
        match launch_in(cx, &group, &subnet.id, cause) {
            Ok(()) => return true,
            Err(error) => {
                failed(cx, name, cause, &error, (Arc::clone(&subnet.id), Arc::clone(&subnet.zone)));
                if error.code == "ValidationError" {
                    return false;
                }
            }
        }
    }
    false
}

fn launch_in(
    cx: &mut Ctx<'_>,
    group: &Group,
    subnet: &Arc<str>,
    cause: &Arc<str>,
) -> Result<(), ApiError> {
    let (mut spec, version) = group.source.launch(cx.account)?;
    spec.subnet = Some(Arc::clone(subnet));
    spec.zone = None;
    for (key, value, _) in group.tags.iter().filter(|(_, _, propagate)| *propagate) {
        spec.tags.set(key, value);
    }
    spec.tags.set("aws:autoscaling:groupName", &group.name);
    spec.tags.set("aws:ec2launchtemplate:id", &group.source.template);
    spec.tags.set("aws:ec2launchtemplate:version", &version.to_string());
    launch::place(cx.account, &spec, 1)?;
    let came_from = cx.cause;
    let reservation: Arc<str> = Arc::from(format!("r-{}", cx.rng.hex(17)));
    let instance = launch::launch(cx, &spec, subnet, &reservation, 0)?;
    let row = cx.account.instances.id(&instance);
    if let Some(instance) = row.and_then(|row| cx.account.instances.edit(row)) {
        instance.group = Some(Arc::clone(&group.name));
    }
    let (_, subnet) = eni::subnet_of(cx.account, subnet)?;
    let begin = Begin {
        description: format!("Launching a new EC2 instance: {instance}"),
        cause: Arc::clone(cause),
        status: Status::PreInService,
        message: None,
        place: (Arc::clone(&subnet.id), Arc::clone(&subnet.zone)),
    };
    let activity = activity::begin(cx, &group.name, begin);
    change(cx.account, &group.name, |group| {
        group.members.push(Member {
            instance: Arc::clone(&instance),
            zone: Arc::clone(&subnet.zone),
            state: Lifecycle::Pending,
            healthy: true,
            protected: group.protect_new,
            version,
            activity: Some(activity),
            waits: 0,
        });
    });
    cx.cause = came_from;
    let text = format!("launching {instance} in {}", subnet.zone);
    cx.tell(Tone::Change, "auto-scaling-group", &group.name, text);
    Ok(())
}

fn failed(
    cx: &mut Ctx<'_>,
    name: &Arc<str>,
    cause: &Arc<str>,
    error: &ApiError,
    place: (Arc<str>, Arc<str>),
) {
    let message = format!("{} Launching EC2 instance failed.", error.message);
    let text = format!("could not launch in {}: {}", place.1, error.message);
    let begin = Begin {
        description: format!("Launching a new EC2 instance.  Status Reason: {message}"),
        cause: Arc::clone(cause),
        status: Status::Failed,
        message: Some(Arc::from(message)),
        place,
    };
    activity::begin(cx, name, begin);
    let came_from = cx.cause;
    cx.tell(Tone::Failure, "auto-scaling-group", name, text);
    cx.cause = came_from;
}

/// AWS's answer for a group that does not exist.
pub(super) fn not_found(name: &str) -> ApiError {
    validation(format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"))
}
