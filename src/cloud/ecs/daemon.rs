//! Daemon services: one task on every active container instance (facts: API-ecs schedulingStrategy).

use super::instance::HostStatus;
use super::scheduler::{self, Member, count, forget_replaced};
use super::service::Service;
use super::service_launch::{Whereto, say_started, start_one};
use super::service_tasks::{Standing, replace_failing, stop_tasks};
use super::task::Task;
use super::{deploy, instance::ContainerInstance};
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// One look at a daemon service.
#[inline(never)]
pub(super) fn reconcile(cx: &mut Ctx<'_>, id: Id<Service>) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let members = scheduler::members(cx, &service);
    let hosts: Vec<(Id<ContainerInstance>, HostStatus, usize)> = cx
        .account
        .container_instances
        .iter()
        .filter(|(_, host)| host.cluster == service.cluster && host.status != HostStatus::Inactive)
        .map(|(id, host)| (id, host.status, host.tasks.len()))
        .collect();
    let active = hosts.iter().filter(|(_, status, _)| *status == HostStatus::Active);
    let desired = count(active.count());
    if let Some(service) = cx.account.services.edit(id) {
        service.desired = desired;
        for deployment in service.deployments.iter_mut().take(1) {
            deployment.desired = desired;
        }
    }
    for one in &members {
        if let Standing::Failing(fails) = one.standing {
            replace_failing(cx, id, one.id, fails);
        }
    }
    replace_older(cx, id, &service, &members);
    leave_draining(cx, id, &service, &members, &hosts);
    fill(cx, id, &service, &hosts);
    look_again(cx, id, &members);
    if let Some(service) = cx.account.services.get(id).cloned() {
        forget_replaced(cx, id, &service);
        let alone = service.deployments.len() == 1;
        if alone && members.iter().all(Member::is_healthy) && count(members.len()) == desired {
            deploy::complete(cx, id);
        }
    }
}

/// Stops tasks of older deployments as far as enough healthy ones stay; the new ones take their places.
fn replace_older(cx: &mut Ctx<'_>, id: Id<Service>, service: &Service, members: &[Member]) {
    let Some(primary) = service.primary() else { return };
    let (floor, _) = service.bounds();
    let healthy = count(members.iter().filter(|one| one.is_healthy()).count());
    let mut budget = healthy.saturating_sub(floor);
    let older = members.iter().filter(|one| one.deployment != primary.number);
    let stops: Vec<Id<Task>> = older
        .filter(|one| {
            let free = !one.is_healthy() || budget > 0;
            budget = budget.saturating_sub(u32::from(one.is_healthy()));
            free
        })
        .map(|one| one.id)
        .collect();
    let reason = format!("Scaling activity initiated by (deployment {})", primary.id);
    stop_tasks(cx, id, &stops, &reason);
}

/// On a draining instance daemon tasks are the last to go (facts: DG/container-instance-draining).
fn leave_draining(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    service: &Service,
    members: &[Member],
    hosts: &[(Id<ContainerInstance>, HostStatus, usize)],
) {
    let alone = |host: Option<Id<ContainerInstance>>| {
        hosts.iter().any(|(id, _, tasks)| Some(*id) == host && *tasks == 1)
    };
    let stops: Vec<Id<Task>> = members
        .iter()
        .filter(|one| one.leaving && alone(one.task.instance))
        .map(|one| one.id)
        .collect();
    let deployment = service.primary().map_or("", |primary| &*primary.id);
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    stop_tasks(cx, id, &stops, &reason);
}

/// Starts a task on every active instance that has none, not even one that is still stopping.
fn fill(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    service: &Service,
    hosts: &[(Id<ContainerInstance>, HostStatus, usize)],
) {
    let Some(primary) = service.primary() else { return };
    if primary.not_before > cx.now {
        let wait = primary.not_before.since(cx.now);
        return scheduler::retry(cx, id, wait);
    }
    let mut started = Vec::new();
    let mut blocked = false;
    for (host, _, _) in hosts.iter().filter(|(_, status, _)| *status == HostStatus::Active) {
        let mut own = service.tasks.iter().filter_map(|id| cx.account.tasks.get(*id));
        if own.any(|task| task.instance == Some(*host)) {
            continue;
        }
        let whereto = Whereto { host: Some(*host), zone: None };
        match start_one(cx, id, primary, &whereto) {
            Some(task) => started.push(task),
            None => blocked = true,
        }
    }
    say_started(cx, id, &started);
    if blocked {
        scheduler::retry(cx, id, limits::PLACEMENT_RETRY_MS);
    }
}

fn look_again(cx: &mut Ctx<'_>, id: Id<Service>, members: &[Member]) {
    let now = cx.now;
    let until = members.iter().filter_map(|one| match one.standing {
        Standing::Unsure(until) if until < SimTime(u64::MAX) => Some(until),
        _ => None,
    });
    if let Some(until) = until.min() {
        scheduler::wake(cx, id, until.since(now).max(1));
    }
}
