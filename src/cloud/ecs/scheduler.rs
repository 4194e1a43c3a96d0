//! The service scheduler: compares what a service wants with what there is, and starts and stops tasks
//! (facts/ecs §4). It looks when something changed, a moment later, so that changes that come together are one.

use std::sync::Arc;

use super::deployment::{Deployment, Rollout};
use super::instance::HostStatus;
use super::service::{Service, ServiceStatus};
use super::service_events::complain;
use super::service_launch::{Blocked, start};
use super::service_tasks::{Standing, replace_failing, standing, stop_tasks};
use super::task::Task;
use super::{EcsJob, daemon, deploy, rebalance, victims};
use crate::cloud::action::Ctx;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};

/// A task of a service as the scheduler sees it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: Id<Task>,
    pub(super) task: Arc<Task>,
    pub(super) deployment: u32,
    pub(super) standing: Standing,
    /// Its host is draining.
    pub(super) leaving: bool,
}

impl Member {
    /// It is, or may come to be, one of the tasks that the service wants.
    pub(super) fn stays(&self) -> bool {
        !self.leaving && !matches!(self.standing, Standing::Failing(_))
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.standing == Standing::Healthy
    }
}

/// Looks at a service after `delay`, unless it is looked at before.
pub(super) fn wake(cx: &mut Ctx<'_>, id: Id<Service>, delay: Millis) {
    let at = cx.now + delay;
    let due = |service: &Service| service.wake.is_some_and(|wake| wake <= at);
    let Some(service) = cx.account.services.get(id) else { return };
    if due(service) || service.status == ServiceStatus::Inactive {
        return;
    }
    if let Some(service) = cx.account.services.edit(id) {
        service.wake = Some(at);
    }
    cx.after(delay, Job::Ecs(EcsJob::Schedule { service: id, retry: false }));
}

/// Tries again after `delay` what failed. An account is settled while a service only tries again.
pub(super) fn retry(cx: &mut Ctx<'_>, id: Id<Service>, delay: Millis) {
    let at = cx.now + delay;
    let Some(service) = cx.account.services.edit(id) else { return };
    if service.retry.is_some_and(|retry| retry <= at) {
        return;
    }
    service.retry = Some(at);
    cx.after(delay, Job::Ecs(EcsJob::Schedule { service: id, retry: true }));
}

/// The job: does nothing if the look was moved to another time.
pub(super) fn run(cx: &mut Ctx<'_>, id: Id<Service>, retry: bool) {
    let now = cx.now;
    let Some(service) = cx.account.services.edit(id) else { return };
    let planned = if retry { &mut service.retry } else { &mut service.wake };
    if planned.is_none_or(|at| at != now) {
        return;
    }
    *planned = None;
    match (service.status, service.daemon) {
        (ServiceStatus::Active, false) => reconcile(cx, id),
        (ServiceStatus::Active, true) => daemon::reconcile(cx, id),
        (ServiceStatus::Draining, _) => drain(cx, id),
        (ServiceStatus::Inactive, _) => {}
    }
}

/// The tasks of a service that are not to stop. Those that count as healthy for the first time are marked.
pub(super) fn members(cx: &mut Ctx<'_>, service: &Service) -> Vec<Member> {
    let mut found = Vec::with_capacity(service.tasks.len());
    let mut newly_healthy = Vec::new();
    for id in &service.tasks {
        let Some(task) = cx.account.tasks.get(*id).filter(|task| task.stop.is_none()) else {
            continue;
        };
        let Some(owner) = task.owner else { continue };
        let host = task.instance.and_then(|id| cx.account.container_instances.get(id));
        let standing = standing(cx.account, service, task, cx.now);
        if standing == Standing::Healthy && !owner.was_healthy {
            newly_healthy.push(*id);
        }
        found.push(Member {
            id: *id,
            task: Arc::clone(task),
            deployment: owner.deployment,
            standing,
            leaving: host.is_some_and(|host| host.status == HostStatus::Draining),
        });
    }
    for id in newly_healthy {
        let owner = cx.account.tasks.edit(id).and_then(|task| task.owner.as_mut());
        if let Some(owner) = owner {
            owner.was_healthy = true;
        }
    }
    found
}

/// One look at a service of a number of tasks.
fn reconcile(cx: &mut Ctx<'_>, id: Id<Service>) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let members = members(cx, &service);
    let (floor, ceiling) = service.bounds();
    let mut room = ceiling.saturating_sub(count(members.len()));
    let mut acted = false;
    let mut blocked = None;
    // Older deployments first: they replace what they lost with their own revision (facts: DG/deployment-type-ecs).
    for deployment in service.deployments.iter().rev() {
        let missing = missing(&service, deployment, &members);
        let wanted = missing.min(room);
        if wanted == 0 || deployment.rollout == Rollout::Failed {
            continue;
        }
        match start(cx, id, deployment, wanted) {
            Ok(started) => {
                acted = true;
                room = room.saturating_sub(started);
            }
            Err(Blocked { started, why }) => {
                acted = acted || started > 0;
                room = room.saturating_sub(started);
                blocked = Some(why);
            }
        }
    }
    acted |= stop_some(cx, id, &service, &members, (floor, room));
    look_again(cx, id, &members, blocked);
    settle(cx, id, &members);
    if !acted && blocked.is_none() && is_stuck(cx, id, &members) {
        complain(
            cx,
            id,
            "was unable to stop or start tasks during a deployment because of the service \
             deployment configuration. Update the minimumHealthyPercent or maximumPercent value \
             and try again.",
        );
    }
}

/// A deployment is under way, and nothing is on its way that could let it go on.
fn is_stuck(cx: &Ctx<'_>, id: Id<Service>, members: &[Member]) -> bool {
    let Some(service) = cx.account.services.get(id) else { return false };
    let on_its_way =
        members.iter().any(|one| matches!(one.standing, Standing::Coming | Standing::Unsure(_)));
    let failed = service.primary().is_some_and(|primary| primary.rollout == Rollout::Failed);
    let stopping = service.tasks.len() > members.len();
    service.deployments.len() > 1 && !failed && !on_its_way && !stopping
}

/// How many tasks a deployment lacks.
fn missing(service: &Service, deployment: &Deployment, members: &[Member]) -> u32 {
    let primary = service.primary().is_some_and(|one| one.number == deployment.number);
    let extra = u32::from(primary && service.rebalancing.is_some());
    let desired = if primary { service.desired + extra } else { deployment.desired };
    let has = members.iter().filter(|one| one.deployment == deployment.number && one.stays());
    desired.saturating_sub(count(has.count()))
}

/// Stops what may be stopped: failing tasks, older revisions, tasks on draining hosts, tasks too many.
fn stop_some(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    service: &Service,
    members: &[Member],
    (floor, room): (u32, u32),
) -> bool {
    let healthy = count(members.iter().filter(|one| one.is_healthy()).count());
    let mut budget = healthy.saturating_sub(floor);
    let mut acted = false;
    let coming = members.iter().any(|one| one.stays() && !one.is_healthy());
    let failing = members.iter().filter_map(|one| match one.standing {
        Standing::Failing(fails) => Some((one.id, fails)),
        _ => None,
    });
    let stuck = room == 0 && !coming;
    let most = if healthy >= floor { usize::MAX } else { usize::from(stuck) };
    for (task, fails) in failing.take(most) {
        replace_failing(cx, id, task, fails);
        acted = true;
    }
    let Some(primary) = service.primary() else { return acted };
    let mut stops = Vec::new();
    let mut take = |one: &Member, budget: &mut u32| {
        if one.is_healthy() {
            if *budget == 0 {
                return;
            }
            *budget -= 1;
        }
        stops.push((one.id, one.deployment));
    };
    let living = || members.iter().filter(|one| !matches!(one.standing, Standing::Failing(_)));
    if primary.rollout != Rollout::Failed {
        let mut older: Vec<&Member> =
            living().filter(|one| one.deployment != primary.number).collect();
        sort::by_key(&mut older, |one| one.is_healthy());
        for one in older {
            take(one, &mut budget);
        }
    }
    let of_primary = || living().filter(|one| one.deployment == primary.number);
    for one in of_primary().filter(|one| one.leaving) {
        take(one, &mut budget);
    }
    if service.rebalancing.is_none() {
        let staying: Vec<&Member> = of_primary().filter(|one| !one.leaving).collect();
        let too_many = staying.len().saturating_sub(usize::try_from(service.desired).unwrap_or(0));
        if too_many > 0 {
            for one in victims::choose(cx.account, &staying, too_many) {
                take(one, &mut budget);
            }
        }
    }
    for (_, deployment) in stops.iter().filter(|(_, deployment)| *deployment != primary.number) {
        deploy::edit(cx, id, *deployment, |older, _| {
            older.desired = older.desired.saturating_sub(1);
        });
    }
    let stops: Vec<Id<Task>> = stops.into_iter().map(|(task, _)| task).collect();
    let reason = format!("Scaling activity initiated by (deployment {})", primary.id);
    stop_tasks(cx, id, &stops, &reason);
    acted || !stops.is_empty()
}

/// Plans the next look: when a task may count as healthy, when a throttled start is due, when a place may be free.
fn look_again(cx: &mut Ctx<'_>, id: Id<Service>, members: &[Member], blocked: Option<Why>) {
    let now = cx.now;
    let until = members.iter().filter_map(|one| match one.standing {
        Standing::Unsure(until) if until < SimTime(u64::MAX) => Some(until),
        _ => None,
    });
    if let Some(until) = until.min() {
        // Many tasks are looked at together, a moment later: one look at each would cost the square of their number.
        let together = u64::from(count(members.len())) / limits::TASKS_LOOKED_AT_PER_MS;
        wake(cx, id, until.since(now).max(together).max(1));
    }
    match blocked {
        None => {}
        Some(Why::NoPlace) => retry(cx, id, limits::PLACEMENT_RETRY_MS),
        Some(Why::Throttled { until, finite }) if finite => {
            wake(cx, id, until.since(now).max(1));
        }
        Some(Why::Throttled { until, .. }) => retry(cx, id, until.since(now).max(1)),
    }
}

/// Why nothing more could be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// No instance, no role, no room in the account.
    NoPlace,
    /// Earlier tasks failed to start.
    Throttled {
        /// Until then.
        until: SimTime,
        /// The circuit breaker will put an end to it.
        finite: bool,
    },
}

/// Older deployments without tasks are over; a service that has what it wants is steady.
fn settle(cx: &mut Ctx<'_>, id: Id<Service>, members: &[Member]) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    forget_replaced(cx, id, &service);
    let alone = cx.account.services.get(id).is_some_and(|service| service.deployments.len() == 1);
    let healthy = members.iter().all(Member::is_healthy);
    if alone && healthy && count(members.len()) == service.desired && service.rebalancing.is_none()
    {
        deploy::complete(cx, id);
        rebalance::begin(cx, id, members);
    } else if let Some(service) = cx.account.services.edit(id) {
        service.steady = false;
        if rebalance::go_on(service, members) {
            wake(cx, id, limits::SCHEDULER_REACTS_MS);
        }
    }
}

/// A deployment that is not the newest one and has no task left is fully replaced.
pub(super) fn forget_replaced(cx: &mut Ctx<'_>, id: Id<Service>, service: &Service) {
    let numbers: Vec<u32> = service
        .tasks
        .iter()
        .filter_map(|id| Some(cx.account.tasks.get(*id)?.owner?.deployment))
        .collect();
    let failed = service.primary().is_some_and(|primary| primary.rollout == Rollout::Failed);
    let Some(service) = cx.account.services.edit(id) else { return };
    let newest = service.primary().map(|primary| primary.number);
    service.deployments.retain(|one| {
        let kept = failed && one.desired > 0;
        Some(one.number) == newest || kept || numbers.contains(&one.number)
    });
}

/// A deleted service stops all its tasks and is gone when none is left.
#[inline(never)]
fn drain(cx: &mut Ctx<'_>, id: Id<Service>) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let live: Vec<Id<Task>> = service.live(cx.account).map(|(id, _)| id).collect();
    let deployment = service.primary().map_or("", |primary| &*primary.id);
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    stop_tasks(cx, id, &live, &reason);
    if !service.tasks.is_empty() {
        return;
    }
    if let Some(service) = cx.account.services.edit(id) {
        service.status = ServiceStatus::Inactive;
        service.deployments.clear();
    }
    if let Some(cluster) = cx.account.clusters.edit(service.cluster) {
        cluster.services = cluster.services.saturating_sub(1);
        cluster.starving.remove(&id);
    }
    cx.tell(Tone::Change, "service", &service.name, "INACTIVE");
    cx.after(limits::INACTIVE_SERVICE_KEPT_MS, Job::Ecs(EcsJob::ForgetService(id)));
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
