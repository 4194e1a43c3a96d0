//! What a service does for its tasks as they come and go: targets are registered and taken out, failures are counted.

use std::sync::Arc;

use super::container::{Container, Health};
use super::instance::ContainerInstance;
use super::service::{Balancer, Service};
use super::service_events::{say, task_list};
use super::task::{Status, StopCode, Task};
use super::task_def::NetworkMode;
use super::{deploy, scheduler};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::elbv2::health_check::Failure;
use crate::cloud::elbv2::target_group::{self, TargetGroup, TargetKey, TargetType};
use crate::cloud::elbv2::{target_rows, targets};
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};

/// How a service sees one of its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not begun to work.
    Coming,
    /// It runs, but not for long enough, or was not found healthy yet; it may be from this moment on.
    Unsure(SimTime),
    /// It counts.
    Healthy,
    /// It fails its checks and is to be replaced.
    Failing(Fails),
}

/// Which check it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fails {
    /// A load balancer's, in this target group.
    Balancer(Id<TargetGroup>),
    /// A container's own.
    Container,
}

/// A task of a service runs: it is registered with the service's target groups (facts: DG/alb).
pub(super) fn running(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some((service_id, task)) = of_task(cx.account, id) else { return };
    let Some(service) = cx.account.services.get(service_id) else { return };
    if !service.balancers.is_empty() {
        let balancers = service.balancers.clone();
        register(cx, service_id, (id, &task), &balancers);
    }
    deploy::task_runs(cx, service_id, &task);
    scheduler::wake(cx, service_id, limits::SCHEDULER_REACTS_MS);
}

#[inline(never)]
fn register(
    cx: &mut Ctx<'_>,
    service: Id<Service>,
    (id, task): (Id<Task>, &Task),
    balancers: &[Balancer],
) {
    let host = task.instance.and_then(|id| cx.account.container_instances.get(id)).cloned();
    for balancer in balancers {
        let Some(key) = target_of(task, host.as_deref(), balancer) else { continue };
        targets::add(cx, balancer.group, key.clone());
        if let Some(task) = cx.account.tasks.edit(id) {
            task.targets.push((balancer.group, key));
        }
        let text = format!("registered 1 targets in (target-group {})", balancer.arn);
        say(cx, service, &text);
    }
}

/// A task begins to stop: it leaves its target groups, and is counted if it failed. The result is how long the slowest of them drains it.
pub(super) fn stopping(cx: &mut Ctx<'_>, id: Id<Task>) -> Millis {
    let Some((service_id, task)) = of_task(cx.account, id) else { return 0 };
    let Some(service) = cx.account.services.get(service_id) else { return 0 };
    let name = Arc::clone(&service.name);
    let mut longest = 0;
    for (group, key) in &task.targets {
        let Some(row) = cx.account.target_groups.get(*group) else { continue };
        let drains = row
            .targets
            .get(key)
            .is_some_and(|target| target.health != target_group::Health::Unused);
        let (delay, arn) = (row.deregistration_delay(), Arc::clone(&row.arn));
        targets::remove(cx, *group, key);
        say(cx, service_id, &format!("deregistered 1 targets in (target-group {arn})"));
        longest = longest.max(if drains { delay } else { 0 });
    }
    if longest > 0 {
        let deployment = task.request.started_by.as_deref().unwrap_or_default();
        let text = format!(
            "(service {name}, taskSet {deployment}) has begun draining connections on 1 tasks."
        );
        super::service_events::say_whole(cx, service_id, text);
    }
    if let Some(owner) = task.owner {
        deploy::task_stops(cx, owner, &task);
    }
    scheduler::wake(cx, service_id, limits::SCHEDULER_REACTS_MS);
    longest
}

/// A task is over: it is forgotten by its service.
pub(super) fn stopped(cx: &mut Ctx<'_>, id: Id<Task>, task: &Task) {
    if let Some(cluster) = cx.account.clusters.get(task.cluster).cloned() {
        for service in &cluster.starving {
            scheduler::wake(cx, *service, limits::SCHEDULER_REACTS_MS);
        }
    }
    let Some(owner) = task.owner else { return };
    if let Some(service) = cx.account.services.edit(owner.service) {
        service.tasks.remove(&id);
    }
    scheduler::wake(cx, owner.service, limits::SCHEDULER_REACTS_MS);
}

/// A container's health has changed.
pub(super) fn health_changed(cx: &mut Ctx<'_>, id: Id<Task>) {
    if let Some(owner) = cx.account.tasks.get(id).and_then(|task| task.owner) {
        scheduler::wake(cx, owner.service, limits::SCHEDULER_REACTS_MS);
    }
}

/// How a task stands (facts/ecs §4: "healthy = counts toward min").
pub(super) fn standing(
    account: &Account,
    service: &Service,
    task: &Task,
    now: SimTime,
) -> Standing {
    let Some(started) = task.times.started.filter(|_| task.status == Status::Running) else {
        return Standing::Coming;
    };
    let overlooked_until = started + service.grace;
    let fails = |fails: Fails| {
        let overlooked = now < overlooked_until;
        if overlooked { Standing::Unsure(overlooked_until) } else { Standing::Failing(fails) }
    };
    let health = task.health();
    if health == Health::Unhealthy.word() {
        return fails(Fails::Container);
    }
    let checked =
        task.definition.containers.iter().any(|one| one.essential && one.health.is_some());
    let far = SimTime(u64::MAX);
    for (group, key) in &task.targets {
        let target = account.target_groups.get(*group).and_then(|group| group.targets.get(key));
        let closed = target.is_some_and(|target| target.failure == Some(Failure::Zone));
        match target.map(|target| target.health) {
            Some(target_group::Health::Unhealthy) => return fails(Fails::Balancer(*group)),
            Some(target_group::Health::Unused) if closed => {
                return fails(Fails::Balancer(*group));
            }
            // Out of use or taken out by hand: nothing says that it is bad.
            Some(target_group::Health::Healthy | target_group::Health::Unused) | None => {}
            Some(_) => return Standing::Unsure(far),
        }
    }
    if checked && health != Health::Healthy.word() {
        return Standing::Unsure(far);
    }
    let sure = started + limits::HEALTHY_AFTER_MS;
    if task.targets.is_empty() && !checked && now < sure {
        return Standing::Unsure(sure);
    }
    Standing::Healthy
}

/// Stops a task that fails its checks.
pub(super) fn replace_failing(cx: &mut Ctx<'_>, service: Id<Service>, id: Id<Task>, fails: Fails) {
    let reason = match fails {
        Fails::Container => "Task failed container health checks".to_owned(),
        Fails::Balancer(group) => {
            let Some(group) = cx.account.target_groups.get(group).cloned() else { return };
            let Some(task) = cx.account.tasks.get(id).cloned() else { return };
            let mut found = task.targets.iter();
            let found = found.find_map(|(_, key)| Some((key, group.targets.get(key)?)));
            let (instance, port) = match found {
                Some((key, _)) if group.target_type == TargetType::Instance => {
                    (format!(" (instance {})", key.id), key.port)
                }
                Some((key, _)) => (String::new(), key.port),
                None => (String::new(), 0),
            };
            let why = found.and_then(|(_, target)| target_rows::reason(target));
            let why = why.map_or_else(|| "Health checks failed".to_owned(), |(_, why)| why);
            let text = format!(
                "(task {}){instance} (port {port}) is unhealthy in (target-group {}) due to \
                 (reason {why})",
                task.id, group.arn
            );
            say(cx, service, &text);
            format!("Task failed ELB health checks in (target-group {})", group.arn)
        }
    };
    deploy::check_failed(cx, service, id);
    stop_tasks(cx, service, &[id], &reason);
}

/// Stops tasks of a service and says so.
pub(super) fn stop_tasks(cx: &mut Ctx<'_>, service: Id<Service>, tasks: &[Id<Task>], reason: &str) {
    if tasks.is_empty() {
        return;
    }
    let listed = task_list(cx.account, tasks);
    say(cx, service, &format!("has stopped {} running tasks: {listed}.", tasks.len()));
    for id in tasks {
        let code = StopCode::ServiceSchedulerInitiated;
        super::task_life::stop(cx, *id, code, reason.to_owned());
    }
}

fn of_task(account: &Account, id: Id<Task>) -> Option<(Id<Service>, Arc<Task>)> {
    let task = account.tasks.get(id)?;
    Some((task.owner?.service, Arc::clone(task)))
}

/// Address and port in awsvpc mode, instance and host port otherwise (facts: DG/alb).
fn target_of(
    task: &Task,
    host: Option<&ContainerInstance>,
    balancer: &Balancer,
) -> Option<TargetKey> {
    if task.definition.network == NetworkMode::Awsvpc {
        let address = task.eni.as_ref()?.private_ip?;
        return Some(TargetKey { id: Arc::from(address.to_string()), port: balancer.port });
    }
    let mut containers = task.definition.containers.iter().zip(&task.containers);
    let (_, container) =
        containers.find(|(definition, _)| definition.name == balancer.container)?;
    let on_host = |container: &Container| {
        let mut bindings = container.bindings.iter();
        bindings.find(|binding| binding.container == balancer.port).map(|binding| binding.host)
    };
    Some(TargetKey { id: Arc::clone(&host?.ec2_id), port: on_host(container)? })
}
