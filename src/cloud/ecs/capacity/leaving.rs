//! Instances that go: managed draining holds them until their tasks are gone, managed termination protection keeps those
//! with tasks (facts/scaling §5, DG/managed-instance-draining, DG/managed-termination-protection).

use std::sync::Arc;

use super::measure::{in_service, is_busy};
use super::provider::CapacityProvider;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling;
use crate::cloud::autoscaling::group::{Hook, Lifecycle};
use crate::cloud::ecs::instance::{ContainerInstance, HostStatus};
use crate::cloud::ecs::instances;
use crate::cloud::limits;
use crate::cloud::table::Id;

/// The hook that ECS adds to a provider's group. ECS keeps it waiting for up to 48 hours.
pub(super) fn add_hook(cx: &mut Ctx<'_>, group: &str) {
    let hook = Hook {
        name: Arc::from(limits::DRAINING_HOOK),
        on_the_way_out: true,
        timeout: limits::MANAGED_DRAINING_MS,
        then_continue: true,
    };
    autoscaling::add_hook(cx, group, hook);
}

pub(super) fn remove_hook(cx: &mut Ctx<'_>, group: &str) {
    autoscaling::remove_hook(cx, group, limits::DRAINING_HOOK);
}

/// An instance waits at a hook on its way out. At ECS's own it is drained; one without tasks goes on at once.
pub(in crate::cloud) fn held(cx: &mut Ctx<'_>, instance: &Arc<str>, hook: &str) {
    if hook != limits::DRAINING_HOOK {
        return;
    }
    let Some(id) = super::host_of(cx.account, instance) else {
        return autoscaling::go_on(cx, instance);
    };
    let cause = cx.cause;
    instances::set_status(cx, id, HostStatus::Draining);
    cx.cause = cause;
    left(cx, id);
}

/// A task has left an instance: a drained one without tasks goes on.
pub(in crate::cloud::ecs) fn left(cx: &mut Ctx<'_>, id: Id<ContainerInstance>) {
    let Some(host) = cx.account.container_instances.get(id) else { return };
    if host.status != HostStatus::Draining || !host.tasks.is_empty() {
        return;
    }
    let instance = Arc::clone(&host.ec2_id);
    let name = cx.account.instances.find(&instance).and_then(|row| row.group.clone());
    let group = name.and_then(|name| cx.account.groups.find(&name));
    let Some(group) = group.filter(|group| group.hooks.iter().any(is_ours)) else { return };
    let waits = |state: Lifecycle| state == Lifecycle::TerminatingWait;
    if group.member(&instance).is_some_and(|member| waits(member.state)) {
        autoscaling::go_on(cx, &instance);
    }
}

fn is_ours(hook: &Hook) -> bool {
    &*hook.name == limits::DRAINING_HOOK
}

/// Instances with tasks are protected from scale-in.
pub(super) fn protect_busy(cx: &mut Ctx<'_>, provider: &CapacityProvider) {
    for instance in instances_of(cx, provider) {
        if is_busy(cx.account, &instance) {
            autoscaling::protect(cx, &instance, true);
        }
    }
}

/// Takes the protection from up to `most` instances without tasks, the newest first. How many there were.
pub(super) fn release_empty(cx: &mut Ctx<'_>, provider: &CapacityProvider, most: u32) -> u32 {
    let mut released = 0;
    for instance in instances_of(cx, provider).iter().rev() {
        if released < most && !is_busy(cx.account, instance) {
            autoscaling::protect(cx, instance, false);
            released += 1;
        }
    }
    released
}

fn instances_of(cx: &Ctx<'_>, provider: &CapacityProvider) -> Vec<Arc<str>> {
    let group = cx.account.groups.find(&provider.group);
    group.map_or_else(Vec::new, |group| in_service(group).cloned().collect())
}
