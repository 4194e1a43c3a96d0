//! Deployments begin, complete, fail and are rolled back (facts: DG/deployment-type-ecs, DG/deployment-circuit-breaker).
use std::sync::Arc;

use super::deployment::{Deployment, Rollout, Spec};
use super::scheduler;
use super::service::Service;
use super::service_events::{complain, say};
use super::service_request::requests;
use super::task::{Owner, StopCode, Task};
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::rng::Stream;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};

/// Makes a deployment of `spec` the newest one.
pub(super) fn begin(cx: &mut Ctx<'_>, id: Id<Service>, spec: Arc<Spec>) {
    let deployment = new_id(cx);
    let reason = format!("ECS deployment {deployment} in progress.");
    push(cx, id, deployment, spec, reason, false);
}

/// Puts a deployment in front. Older ones keep what they have until it is taken from them.
fn push(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    deployment: Arc<str>,
    spec: Arc<Spec>,
    reason: String,
    rollback: bool,
) {
    let now = cx.now;
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let mut older = service.deployments.clone();
    for one in &mut older {
        let live = service.live(cx.account);
        let mine =
            live.filter(|(_, task)| task.owner.is_some_and(|by| by.deployment == one.number));
        one.desired = one.desired.min(u32::try_from(mine.count()).unwrap_or(0));
        one.updated = now;
    }
    older.retain(|one| one.id != deployment);
    let number = older.iter().map(|one| one.number).max().unwrap_or(0).max(service.numbers) + 1;
    let requests = requests(&spec, &deployment);
    let newest = Deployment {
        id: deployment,
        number,
        spec,
        rollout: Rollout::InProgress,
        reason: Arc::from(reason),
        desired: service.desired,
        failed: 0,
        failed_in_a_row: 0,
        not_before: now,
        has_run: false,
        breaker_count: 0,
        rollback,
        requests,
        digests: Map::new(),
        created: now,
        updated: now,
    };
    older.insert(0, newest);
    if let Some(service) = cx.account.services.edit(id) {
        service.deployments = older;
        service.numbers = number;
        service.steady = false;
        service.complaint = None;
    }
}

/// `ecs-svc/` and 19 digits.
fn new_id(cx: &mut Ctx<'_>) -> Arc<str> {
    let high = cx.rng.between(Stream::Ids, 1_000_000_000, 3_999_999_999);
    let low = cx.rng.between(Stream::Ids, 0, 999_999_999);
    Arc::from(format!("ecs-svc/{high}{low:09}"))
}

/// A task of a deployment runs.
pub(super) fn task_runs(cx: &mut Ctx<'_>, id: Id<Service>, task: &Task) {
    let Some(owner) = task.owner else { return };
    edit(cx, id, owner.deployment, |deployment, _| {
        deployment.has_run = true;
        deployment.failed_in_a_row = 0;
    });
}

/// A task of a deployment stops. One that never ran makes the next attempt wait; one that ended by itself before
/// it counted as healthy counts for the circuit breaker all the same (seen in public logs of 2026).
pub(super) fn task_stops(cx: &mut Ctx<'_>, owner: Owner, task: &Task) {
    let by_itself = task.stop.as_ref().and_then(|stop| stop.code).is_some_and(|code| {
        matches!(code, StopCode::TaskFailedToStart | StopCode::EssentialContainerExited)
    });
    if !by_itself || owner.was_healthy {
        return;
    }
    let ran = task.times.started.is_some();
    let rows = edit(cx, owner.service, owner.deployment, |deployment, now| {
        deployment.failed = deployment.failed.saturating_add(1);
        deployment.breaker_count = deployment.breaker_count.saturating_add(1);
        if !ran {
            deployment.failed_in_a_row = deployment.failed_in_a_row.saturating_add(1);
            deployment.not_before = now + throttle(deployment.failed_in_a_row);
        }
        deployment.failed_in_a_row
    });
    if rows.is_some_and(|in_a_row| in_a_row >= limits::INCONSISTENT_STARTS) {
        complain(cx, owner.service, "is unable to consistently start tasks successfully.");
    }
    check_breaker(cx, owner.service, owner.deployment);
}

/// A task is replaced because it failed a health check.
pub(super) fn check_failed(cx: &mut Ctx<'_>, id: Id<Service>, task: Id<Task>) {
    let Some(owner) = cx.account.tasks.get(task).and_then(|task| task.owner) else { return };
    edit(cx, id, owner.deployment, |deployment, _| {
        deployment.failed = deployment.failed.saturating_add(1);
        deployment.breaker_count = deployment.breaker_count.saturating_add(1);
    });
    check_breaker(cx, id, owner.deployment);
}

/// How long a deployment waits after so many failures in a row (facts/ecs §4, "Launch throttling"; the growth is chosen).
fn throttle(failures: u32) -> Millis {
    let doublings = failures.saturating_sub(1).min(16);
    (limits::THROTTLE_FIRST_MS << doublings).min(limits::THROTTLE_MAX_MS)
}

/// Opens the circuit breaker when enough has failed: the deployment fails, and goes back if it may.
fn check_breaker(cx: &mut Ctx<'_>, id: Id<Service>, number: u32) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let Some(primary) = service.primary().filter(|primary| primary.number == number) else {
        return;
    };
    let threshold = service.rules.threshold.failures(service.desired);
    let open = service.rules.breaker && primary.rollout == Rollout::InProgress;
    if !open || primary.breaker_count < threshold {
        return;
    }
    let why = "ECS deployment circuit breaker: tasks failed to start.";
    edit(cx, id, number, |deployment, now| {
        deployment.rollout = Rollout::Failed;
        deployment.reason = Arc::from(why);
        deployment.updated = now;
    });
    let failed = Arc::clone(&primary.id);
    say(cx, id, &format!("(deployment {failed}) deployment failed: tasks failed to start."));
    let back = service.last_good.as_ref().filter(|(good, _)| *good != failed);
    let Some((good, spec)) = back.filter(|_| service.rules.rollback) else { return };
    // What the failed deployment has is to go.
    edit(cx, id, number, |deployment, _| deployment.desired = 0);
    say(cx, id, &format!("rolling back to (deployment {good})."));
    let reason = format!("ECS deployment circuit breaker: rolling back to deploymentId {good}.");
    push(cx, id, Arc::clone(good), Arc::clone(spec), reason, true);
    adopt(cx, id, good);
    scheduler::wake(cx, id, limits::SCHEDULER_REACTS_MS);
}

/// Tasks that a deployment had before it was rolled back to are its again.
fn adopt(cx: &mut Ctx<'_>, id: Id<Service>, deployment: &Arc<str>) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let Some(number) = service.primary().map(|primary| primary.number) else { return };
    for task in &service.tasks {
        let Some(task) = cx.account.tasks.edit(*task) else { continue };
        if task.request.started_by.as_ref() == Some(deployment) {
            task.owner = task.owner.map(|owner| Owner { deployment: number, ..owner });
        }
    }
}

/// All tasks are of the newest deployment and healthy, and no older one is left.
pub(super) fn complete(cx: &mut Ctx<'_>, id: Id<Service>) {
    let now = cx.now;
    let Some(service) = cx.account.services.edit(id) else { return };
    let was_steady = std::mem::replace(&mut service.steady, true);
    service.complaint = None;
    let Some(primary) = service.deployments.first_mut() else { return };
    let completes = primary.rollout == Rollout::InProgress;
    let name = Arc::clone(&primary.id);
    if completes {
        primary.rollout = Rollout::Completed;
        primary.reason = Arc::from(format!("ECS deployment {name} completed."));
        primary.updated = now;
        primary.breaker_count = 0;
        service.last_good = Some((Arc::clone(&name), Arc::clone(&primary.spec)));
        say(cx, id, &format!("(deployment {name}) deployment completed."));
    }
    if !was_steady {
        say(cx, id, "has reached a steady state.");
    }
}

/// Changes a deployment of a service.
pub(super) fn edit<T>(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    number: u32,
    change: impl FnOnce(&mut Deployment, SimTime) -> T,
) -> Option<T> {
    let now = cx.now;
    let service = cx.account.services.edit(id)?;
    let deployment = service.deployments.iter_mut().find(|one| one.number == number)?;
    Some(change(deployment, now))
}
