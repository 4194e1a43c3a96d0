//! The life of a task, from PROVISIONING to STOPPED (facts: DG/task-lifecycle-explanation).
//!
//! A task goes through its states in order; a job for a state that it has left does nothing. What happens inside
//! ACTIVATING, RUNNING and STOPPING is the business of its containers (`container_life`).

use std::borrow::Cow;
use std::sync::Arc;

use super::awsvpc::{self, TaskEni};
use super::capacity::{leaving, waiting};
use super::cluster::Cluster;
use super::container::{Container, State};
use super::instance::ContainerInstance;
use super::placement::Wishes;
use super::refusal::Refusal;
use super::task::{LaunchType, Owner, Request, Status, StopCause, StopCode, Task, Times};
use super::task_def::{Needs, TaskDefinition};
use super::verdict::Placement;
use super::{EcsJob, container_life, cost, names, service_tasks, startup};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::rng::Stream;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::Millis;

/// The next step of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskStep {
    /// Its network interface is there.
    Provisioned,
    /// Its agent has taken it.
    HandedOver,
    /// It is out of its target groups.
    Deactivated,
    /// Its network interface is gone.
    Deprovisioned,
    /// It is no longer shown.
    Forgotten,
    /// It has waited for what it needs before its containers.
    Prepared,
}

/// A task to be made; that it may be made was checked.
#[derive(Clone, Debug)]
pub(super) struct NewTask {
    pub(super) cluster: Id<Cluster>,
    pub(super) definition: Arc<TaskDefinition>,
    pub(super) launch: LaunchType,
    pub(super) request: Arc<Request>,
    pub(super) needs: Arc<Needs>,
    pub(super) instance: Option<Id<ContainerInstance>>,
    /// How the instance was found.
    pub(super) placement: Option<Arc<Placement>>,
    /// It finds no place now and may wait for one: what it wants of it.
    pub(super) waits: Option<Arc<Wishes>>,
    /// The service it works for.
    pub(super) owner: Option<Owner>,
    /// The zone it is to be in, on Fargate.
    pub(super) zone: Option<Arc<str>>,
}

/// Makes a task and starts it on its way. On an instance its resources are reserved at once.
pub(super) fn launch(cx: &mut Ctx<'_>, new: NewTask) -> Option<Id<Task>> {
    let cluster = cx.account.clusters.get(new.cluster)?;
    let cluster_name = Arc::clone(&cluster.name);
    let id = names::new_id(cx.rng);
    let host = new.instance.and_then(|id| cx.account.container_instances.get(id));
    let zone = host.and_then(|host| host.attributes.get(super::hosts::ZONE)?.clone());
    let wanted = zone.clone().or(new.zone);
    let group = Arc::clone(&new.request.group);
    let network = new.request.network.as_ref();
    let waits = new.waits.is_some();
    let network = network.filter(|_| !waits);
    let subnet = network.and_then(|network| network.subnet(cx.account, wanted.as_deref()));
    let eni = subnet.map(|subnet| TaskEni::wanted(cx, &subnet));
    let definitions = &new.definition.containers;
    let containers = definitions.iter().map(|_| Container::new(names::new_uuid(cx.rng))).collect();
    let status = if waits || eni.is_some() { Status::Provisioning } else { Status::Pending };
    let task = cx.account.tasks.insert(Task {
        id: Arc::clone(&id),
        cluster: new.cluster,
        cluster_name,
        definition: new.definition,
        launch: new.launch,
        request: new.request,
        needs: Arc::clone(&new.needs),
        waits: new.waits,
        instance: new.instance,
        zone,
        status,
        stop: None,
        containers,
        eni,
        times: Times { created: cx.now, ..Times::default() },
        placement: new.placement,
        owner: new.owner,
        targets: Vec::new(),
        version: 1,
    });
    forget_search(cx.account, task);
    if let Some(cluster) = cx.account.clusters.edit(new.cluster) {
        cluster.live_tasks += 1;
        cluster.count(new.launch).add(status.bucket());
    }
    let host = new.instance.and_then(|id| cx.account.container_instances.edit(id));
    if let Some(host) = host {
        host.reserve(task, &group, &new.needs);
        host.counts.add(status.bucket());
    }
    cx.tell(Tone::Change, "task", &id, status.word());
    match status {
        _ if waits => waiting::begin(cx, new.cluster, task),
        Status::Provisioning => later(cx, task, TaskStep::Provisioned, limits::ENI_ATTACH_MS),
        _ => hand_over(cx, task, new.launch),
    }
    Some(task)
}

/// A task that waited has found a place: it goes on as one that had it from the beginning.
pub(super) fn placed(
    cx: &mut Ctx<'_>,
    id: Id<Task>,
    host: Id<ContainerInstance>,
    placement: Arc<Placement>,
) {
    let Some(task) = cx.account.tasks.get(id).cloned() else { return };
    let Some(row) = cx.account.container_instances.edit(host) else { return };
    row.reserve(id, &task.request.group, &task.needs);
    row.counts.add(task.status.bucket());
    let (zone, instance) =
        (row.attributes.get(super::hosts::ZONE).cloned(), Arc::clone(&row.ec2_id));
    let zone = zone.flatten();
    let network = task.request.network.as_ref();
    let subnet = network.and_then(|network| network.subnet(cx.account, zone.as_deref()));
    let eni = subnet.map(|subnet| TaskEni::wanted(cx, &subnet));
    let has_eni = eni.is_some();
    if let Some(task) = cx.account.tasks.edit(id) {
        (task.instance, task.placement) = (Some(host), Some(placement));
        (task.zone, task.eni, task.waits) = (zone, eni, None);
        task.version += 1;
    }
    cx.tell(Tone::Change, "task", &task.id, format!("placed on {instance}"));
    if has_eni {
        later(cx, id, TaskStep::Provisioned, limits::ENI_ATTACH_MS);
    } else {
        set_status(cx, id, Status::Pending);
        hand_over(cx, id, task.launch);
    }
}

/// How an instance was found is kept for the newest tasks: for so many that there are not too many verdicts.
fn forget_search(account: &mut Account, newest: Id<Task>) {
    let search = account.tasks.get(newest).and_then(|task| task.placement.as_ref());
    let Some(verdicts) = search.map(|search| search.verdicts.len()) else { return };
    let kept = limits::VERDICTS / u32::try_from(verdicts).unwrap_or(u32::MAX).max(1);
    let old = newest.earlier(kept.max(1));
    if account.tasks.get(old).is_some_and(|task| task.placement.is_some() && task.waits.is_none())
        && let Some(task) = account.tasks.edit(old)
    {
        task.placement = None;
    }
}

/// Does the next step of a task, if it still makes sense.
pub(super) fn step(cx: &mut Ctx<'_>, id: Id<Task>, step: TaskStep) {
    let Some(status) = cx.account.tasks.get(id).map(|task| task.status) else { return };
    match (step, status) {
        (TaskStep::Provisioned, Status::Provisioning) => provisioned(cx, id),
        (TaskStep::HandedOver, Status::Pending) => handed_over(cx, id),
        (TaskStep::Prepared, Status::Activating) => prepared(cx, id),
        (TaskStep::Deactivated, Status::Deactivating) if agent_answers(cx.account, id) => {
            set_status(cx, id, Status::Stopping);
            container_life::stop_next(cx, id);
        }
        (TaskStep::Deprovisioned, Status::Deprovisioning) => {
            awsvpc::detach(cx, id);
            stopped(cx, id);
        }
        (TaskStep::Forgotten, Status::Stopped) => {
            forget(cx, id);
        }
        _ => {}
    }
}

#[inline(never)]
fn forget(cx: &mut Ctx<'_>, id: Id<Task>) {
    cx.account.tasks.remove(id);
}

fn provisioned(cx: &mut Ctx<'_>, id: Id<Task>) {
    if let Err(reason) = awsvpc::attach(cx, id) {
        return stop(cx, id, StopCode::TaskFailedToStart, reason);
    }
    set_status(cx, id, Status::Pending);
    let launch = cx.account.tasks.get(id).map_or(LaunchType::Fargate, |task| task.launch);
    hand_over(cx, id, launch);
}

fn hand_over(cx: &mut Ctx<'_>, id: Id<Task>, launch: LaunchType) {
    let delay = match launch {
        LaunchType::Fargate => limits::FARGATE_HANDOVER_MS,
        LaunchType::Ec2 | LaunchType::External => limits::AGENT_HANDOVER_MS,
    };
    later(cx, id, TaskStep::HandedOver, delay);
}

/// The agent has the task. An agent that is out of touch asks again later: the task stays PENDING until then.
fn handed_over(cx: &mut Ctx<'_>, id: Id<Task>) {
    let now = cx.now;
    if !agent_answers(cx.account, id) {
        return;
    }
    if let Some(task) = cx.account.tasks.edit(id) {
        task.times.connected = Some(now);
    }
    set_status(cx, id, Status::Activating);
    cost::begins(cx, id);
    let Some(task) = cx.account.tasks.get(id) else { return };
    match startup::check(cx.account, now, task) {
        Ok(()) => container_life::begin_ready(cx, id),
        Err(Refusal { after, .. }) => later(cx, id, TaskStep::Prepared, (after, after)),
    }
}

/// What was missing was tried for long enough: it is there now, or the task fails to start.
fn prepared(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id).filter(|task| task.stop.is_none()) else { return };
    match startup::check(cx.account, cx.now, task) {
        Ok(()) => container_life::begin_ready(cx, id),
        Err(refusal) => {
            let reason = refusal.record(cx);
            stop(cx, id, StopCode::TaskFailedToStart, reason);
        }
    }
}

/// Fargate always answers; on an instance the agent must be connected.
fn agent_answers(account: &Account, id: Id<Task>) -> bool {
    let host = account.tasks.get(id).and_then(|task| task.instance);
    host.and_then(|id| account.container_instances.get(id)).is_none_or(|host| host.connected)
}

/// An agent is back in touch: it goes on with the tasks that wait for it.
pub(super) fn agent_is_back(cx: &mut Ctx<'_>, tasks: impl IntoIterator<Item = Id<Task>>) {
    for id in tasks {
        let status = cx.account.tasks.get(id).map(|task| task.status);
        let step = match status {
            Some(Status::Pending) => TaskStep::HandedOver,
            Some(Status::Deactivating) => TaskStep::Deactivated,
            _ => continue,
        };
        later(cx, id, step, limits::AGENT_HANDOVER_MS);
    }
}

/// A task is gone with its host: nothing is left to stop.
pub(super) fn lost(cx: &mut Ctx<'_>, id: Id<Task>, reason: &str) {
    let now = cx.now;
    let Some(task) = cx.account.tasks.edit(id) else { return };
    if task.status == Status::Stopped {
        return;
    }
    if task.stop.is_none() {
        task.stop = Some(StopCause { code: None, reason: Cow::Owned(reason.to_owned()) });
        task.times.stopping = Some(now);
    }
    task.times.execution_stopped.get_or_insert(now);
    let name = Arc::clone(&task.id);
    container_life::all_gone(cx.account, id);
    cx.tell(Tone::Failure, "task", &name, reason.to_owned());
    service_tasks::stopping(cx, id);
    awsvpc::detach(cx, id);
    stopped(cx, id);
}

/// All containers run, or have run: the task is RUNNING.
pub(super) fn running(cx: &mut Ctx<'_>, id: Id<Task>) {
    let now = cx.now;
    if let Some(task) = cx.account.tasks.edit(id) {
        task.times.started = Some(now);
    }
    set_status(cx, id, Status::Running);
    service_tasks::running(cx, id);
}

/// Stops a task: its desired status is STOPPED from now on. A task that stops already keeps its first reason.
pub(super) fn stop(
    cx: &mut Ctx<'_>,
    id: Id<Task>,
    code: impl Into<Option<StopCode>>,
    reason: impl Into<Cow<'static, str>>,
) {
    let (code, reason) = (code.into(), reason.into());
    let now = cx.now;
    let Some(task) = cx.account.tasks.edit(id) else { return };
    if task.stop.is_some() {
        return;
    }
    task.stop = Some(StopCause { code, reason: reason.clone() });
    task.times.stopping = Some(now);
    task.version += 1;
    let (name, status) = (Arc::clone(&task.id), task.status);
    let still_up = task.containers.iter().any(|container| container.state == State::Running);
    let tone = match code {
        Some(StopCode::UserInitiated | StopCode::ServiceSchedulerInitiated) => Tone::Change,
        _ => Tone::Failure,
    };
    cx.tell(tone, "task", &name, reason);
    if status < Status::Activating {
        service_tasks::stopping(cx, id);
        return container_life::stop_next(cx, id);
    }
    set_status(cx, id, Status::Deactivating);
    let drained = service_tasks::stopping(cx, id);
    // Spot capacity does not wait until connections are drained: the warning is the signal.
    let at_once = !still_up || code == Some(StopCode::SpotInterruption);
    let delay = if at_once { 0 } else { drained.max(limits::DEACTIVATE_MS) };
    later(cx, id, TaskStep::Deactivated, (delay, delay));
}

/// No container is left: the network interface goes, or the task is over at once.
pub(super) fn execution_stopped(cx: &mut Ctx<'_>, id: Id<Task>) {
    let now = cx.now;
    let Some(task) = cx.account.tasks.edit(id) else { return };
    if task.times.execution_stopped.is_some() {
        return;
    }
    task.times.execution_stopped = Some(now);
    if task.eni.is_some() {
        set_status(cx, id, Status::Deprovisioning);
        let delay = limits::ENI_DETACH_MS;
        later(cx, id, TaskStep::Deprovisioned, (delay, delay));
    } else {
        stopped(cx, id);
    }
}

fn stopped(cx: &mut Ctx<'_>, id: Id<Task>) {
    let now = cx.now;
    if let Some(task) = cx.account.tasks.edit(id) {
        task.times.stopped = Some(now);
    }
    set_status(cx, id, Status::Stopped);
    cost::ends(cx, id);
    let Some(task) = cx.account.tasks.get(id).cloned() else { return };
    waiting::forget(cx.account, task.cluster, id);
    if let Some(cluster) = cx.account.clusters.edit(task.cluster) {
        cluster.live_tasks = cluster.live_tasks.saturating_sub(1);
    }
    if let Some(host) = task.instance.and_then(|id| cx.account.container_instances.edit(id)) {
        host.release(id, &task.request.group, &task.needs);
    }
    waiting::look_after(cx, task.cluster, limits::SCHEDULER_REACTS_MS);
    service_tasks::stopped(cx, id, &task);
    if let Some(host) = task.instance {
        leaving::left(cx, host);
    }
    let kept = limits::STOPPED_TASK_KEPT_MS;
    later(cx, id, TaskStep::Forgotten, (kept, kept));
}

/// The one place where a task's status changes: the counts of its cluster and instance follow.
pub(super) fn set_status(cx: &mut Ctx<'_>, id: Id<Task>, status: Status) {
    let Some(task) = cx.account.tasks.edit(id) else { return };
    let (from, to) = (task.status.bucket(), status.bucket());
    task.status = status;
    task.version += 1;
    let (name, launch) = (Arc::clone(&task.id), task.launch);
    let (cluster, host) = (task.cluster, task.instance);
    if from != to {
        if let Some(cluster) = cx.account.clusters.edit(cluster) {
            cluster.count(launch).take(from);
            cluster.count(launch).add(to);
        }
        if let Some(host) = host.and_then(|id| cx.account.container_instances.edit(id)) {
            host.counts.take(from);
            host.counts.add(to);
        }
    }
    let tone = if status == Status::Running { Tone::Success } else { Tone::Change };
    cx.tell(tone, "task", &name, status.word());
}

/// Plans a step for a moment within the bounds.
fn later(cx: &mut Ctx<'_>, task: Id<Task>, step: TaskStep, (least, most): (Millis, Millis)) {
    let delay = if least == most { least } else { cx.rng.between(Stream::Timing, least, most) };
    cx.after(delay, Job::Ecs(EcsJob::Task { task, step }));
}
