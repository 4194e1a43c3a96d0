//! Tasks that found no place and wait for one in PROVISIONING, because ECS scales their provider's group (facts/ecs §6,
//! "Placement when no room"; facts/scaling §5, "Task wait limit").

use std::sync::Arc;

use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::EcsJob;
use crate::cloud::ecs::cluster::Cluster;
use crate::cloud::ecs::placement::{self, Seeker};
use crate::cloud::ecs::task::{StopCode, Task};
use crate::cloud::ecs::task_life;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::Millis;

/// Whether the cluster's waiting room has a place left.
pub(in crate::cloud::ecs) fn has_room(account: &Account, cluster: Id<Cluster>) -> bool {
    let row = account.clusters.get(cluster);
    row.is_some_and(|row| row.waiting.len() < limits::WAITING_TASKS_PER_CLUSTER)
}

/// A new task begins to wait.
pub(in crate::cloud::ecs) fn begin(cx: &mut Ctx<'_>, cluster: Id<Cluster>, task: Id<Task>) {
    if let Some(row) = cx.account.clusters.edit(cluster) {
        row.waiting.insert(task);
    }
    look_after(cx, cluster, limits::PLACEMENT_RETRY_MS);
}

/// Looks for places after `delay`, unless somebody looks before.
pub(in crate::cloud::ecs) fn look_after(cx: &mut Ctx<'_>, cluster: Id<Cluster>, delay: Millis) {
    let at = cx.now + delay;
    let Some(row) = cx.account.clusters.get(cluster) else { return };
    if row.waiting.is_empty() || row.looks.is_some_and(|looks| looks <= at) {
        return;
    }
    if let Some(row) = cx.account.clusters.edit(cluster) {
        row.looks = Some(at);
    }
    cx.after(delay, Job::Ecs(EcsJob::PlaceWaiting(cluster)));
}

/// The job: does nothing if the look was moved to another time. The oldest task first; one that has waited too long
/// stops.
#[inline(never)]
pub(in crate::cloud::ecs) fn look(cx: &mut Ctx<'_>, cluster: Id<Cluster>) {
    let now = cx.now;
    let Some(row) = cx.account.clusters.edit(cluster) else { return };
    if row.looks.is_none_or(|at| at != now) {
        return;
    }
    row.looks = None;
    let waiting: Vec<Id<Task>> = row.waiting.iter().copied().collect();
    let cause = cx.cause;
    for id in waiting {
        cx.cause = cause;
        let Some(task) = cx.account.tasks.get(id).cloned() else { continue };
        if !place(cx, id, &task) && now.since(task.times.created) >= limits::WAITING_MS {
            let reason = "No capacity became available for the task in time.";
            task_life::stop(cx, id, StopCode::TaskFailedToStart, reason);
        }
    }
    cx.cause = cause;
    look_after(cx, cluster, limits::PLACEMENT_RETRY_MS);
}

/// Puts a waiting task on an instance of its provider, if one has room.
fn place(cx: &mut Ctx<'_>, id: Id<Task>, task: &Task) -> bool {
    let Some(wishes) = task.waits.as_ref().filter(|_| task.stop.is_none()) else { return true };
    let zones = task.request.network.as_ref().map(|network| network.zones(cx.account));
    let zones = zones.unwrap_or_default();
    let seeker = Seeker {
        cluster: task.cluster,
        definition: &task.definition,
        needs: &task.needs,
        group: &task.request.group,
        wishes,
        zones: &zones,
        provider: task.request.provider.as_deref(),
    };
    let placement = placement::place(cx, seeker);
    let Some(host) = placement.chosen else { return false };
    forget(cx.account, task.cluster, id);
    task_life::placed(cx, id, host, Arc::clone(&placement));
    true
}

/// A task does not wait any more.
pub(in crate::cloud::ecs) fn forget(account: &mut Account, cluster: Id<Cluster>, id: Id<Task>) {
    let waits = account.clusters.get(cluster).is_some_and(|row| row.waiting.contains(&id));
    if let Some(row) = account.clusters.edit(cluster).filter(|_| waits) {
        row.waiting.remove(&id);
    }
}
