//! Starting tasks for a service, and saying why it cannot be done.
use std::sync::Arc;

use serde_json::Value;

use super::capacity::{self, waiting};
use super::cluster::Cluster;
use super::deployment::Deployment;
use super::instance::ContainerInstance;
use super::placement::{self, Seeker};
use super::scheduler::{Why, count};
use super::service::Service;
use super::service_events::{complain, say, task_list};
use super::task::{LaunchType, Owner, Task};
use super::task_life::{self, NewTask};
use super::verdict::Placement;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::iam::tasks::check_roles;
use crate::cloud::limits;
use crate::cloud::map::{Map, Set};
use crate::cloud::params::Params;
use crate::cloud::table::Id;

/// Not all tasks could be started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked {
    pub(super) started: u32,
    pub(super) why: Why,
}

/// Where a task of a service may go.
#[derive(Clone, Debug, Default)]
pub(super) struct Whereto {
    /// This instance, and no other (daemons).
    pub(super) host: Option<Id<ContainerInstance>>,
    /// This zone, and no other (rebalancing).
    pub(super) zone: Option<Arc<str>>,
}

/// Starts up to `wanted` tasks of a deployment.
pub(super) fn start(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    deployment: &Deployment,
    wanted: u32,
) -> Result<u32, Blocked> {
    if deployment.not_before > cx.now {
        let breaker = cx.account.services.get(id).is_some_and(|service| service.rules.breaker);
        let why = Why::Throttled { until: deployment.not_before, finite: breaker };
        return Err(Blocked { started: 0, why });
    }
    let mut started = Vec::new();
    let mut blocked = false;
    let mut tally = Tally::of(cx.account, id, deployment);
    for _ in 0..wanted {
        let Some(task) = start_counted(cx, id, deployment, &Whereto::default(), &tally) else {
            blocked = true;
            break;
        };
        tally.add(cx.account, deployment, task);
        started.push(task);
    }
    say_started(cx, id, &started);
    let started = count(started.len());
    if blocked { Err(Blocked { started, why: Why::NoPlace }) } else { Ok(started) }
}

/// The event about tasks that were started.
pub(super) fn say_started(cx: &mut Ctx<'_>, id: Id<Service>, started: &[Id<Task>]) {
    if started.is_empty() {
        return;
    }
    let listed = task_list(cx.account, started);
    if let Some(service) = cx.account.services.edit(id) {
        service.complaint = None;
    }
    say(cx, id, &format!("has started {} tasks: {listed}.", started.len()));
}

/// How the live tasks of a service are spread. It is counted once and kept up while tasks are started.
#[derive(Debug, Default)]
struct Tally {
    /// By the providers of a deployment's strategy.
    providers: Vec<u32>,
    /// By zone.
    zones: Map<Arc<str>, u32>,
}

impl Tally {
    fn of(account: &Account, id: Id<Service>, deployment: &Deployment) -> Self {
        let providers = vec![0; deployment.spec.providers.len()];
        let mut tally = Self { providers, zones: Map::new() };
        let service = account.services.get(id);
        for (task, _) in service.iter().flat_map(|service| service.live(account)) {
            tally.add(account, deployment, task);
        }
        tally
    }

    fn add(&mut self, account: &Account, deployment: &Deployment, task: Id<Task>) {
        let Some(task) = account.tasks.get(task) else { return };
        let name = task.request.provider.as_deref();
        let place = deployment.spec.providers.iter().position(|one| Some(&*one.name) == name);
        if let Some(count) = place.and_then(|place| self.providers.get_mut(place)) {
            *count += 1;
        }
        if let Some(zone) = zone_of(account, task) {
            self.zones.add(zone, 1);
        }
    }
}

/// Starts one task, or complains.
pub(super) fn start_one(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    deployment: &Deployment,
    whereto: &Whereto,
) -> Option<Id<Task>> {
    let tally = Tally::of(cx.account, id, deployment);
    start_counted(cx, id, deployment, whereto, &tally)
}

fn start_counted(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    deployment: &Deployment,
    whereto: &Whereto,
    tally: &Tally,
) -> Option<Id<Task>> {
    let cluster = cx.account.services.get(id)?.cluster;
    let spec = &deployment.spec;
    let checked = check_roles(cx.account, cx.now, &spec.definition, Params::new(&Value::Null));
    if let Err(error) = checked {
        complain(cx, id, &format!("failed to launch a task with (error {}).", error.message));
        return None;
    }
    if cx.account.tasks.len() >= limits::TASKS {
        complain(
            cx,
            id,
            "was unable to place a task. Reason: You've reached the limit on the number of tasks \
             you can run concurrently.",
        );
        return None;
    }
    let request = deployment.next_request(&tally.providers)?;
    let fargate = spec.launch == LaunchType::Fargate;
    let zone = if fargate { emptiest(cx.account, deployment, whereto, tally) } else { None };
    let provider = request.provider.clone().filter(|_| !fargate);
    let placement =
        (!fargate).then(|| look_for_place(cx, cluster, deployment, whereto, provider.as_deref()));
    let mut waits = None;
    if let Some(failed) = placement.as_ref().filter(|placement| placement.chosen.is_none()) {
        if whereto.host.is_some() || whereto.zone.is_some() {
            return None;
        }
        if !capacity::may_wait(cx.account, provider.as_deref()) {
            say_no_place(cx, id, cluster, failed, provider.is_some());
            return None;
        }
        if !waiting::has_room(cx.account, cluster) {
            say_too_many_wait(cx, id);
            return None;
        }
        waits = Some(Arc::clone(&spec.wishes));
    }
    let new = NewTask {
        cluster,
        definition: Arc::clone(&spec.definition),
        launch: spec.launch,
        request,
        needs: Arc::clone(&spec.needs),
        instance: placement.as_ref().and_then(|placement| placement.chosen),
        placement,
        waits,
        owner: Some(Owner { service: id, deployment: deployment.number, was_healthy: false }),
        zone,
    };
    let task = task_life::launch(cx, new)?;
    if let Some(service) = cx.account.services.edit(id) {
        service.tasks.insert(task);
    }
    if let Some(cluster) = cx.account.clusters.edit(cluster) {
        cluster.starving.remove(&id);
    }
    Some(task)
}

#[inline(never)]
fn look_for_place(
    cx: &mut Ctx<'_>,
    cluster: Id<Cluster>,
    deployment: &Deployment,
    whereto: &Whereto,
    provider: Option<&str>,
) -> Arc<Placement> {
    let spec = &deployment.spec;
    let network = spec.request.network.as_ref();
    let zones = match &whereto.zone {
        Some(zone) => only(zone),
        None => network.map_or_else(Set::new, |network| network.zones(cx.account)),
    };
    let seeker = Seeker {
        cluster,
        definition: &spec.definition,
        needs: &spec.needs,
        group: &spec.request.group,
        wishes: &spec.wishes,
        zones: &zones,
        provider,
    };
    match whereto.host {
        None => placement::place(cx, seeker),
        Some(host) => placement::place_on(cx, seeker, host),
    }
}

#[inline(never)]
fn only(zone: &Arc<str>) -> Set<Arc<str>> {
    Set::of([Arc::clone(zone)])
}

#[inline(never)]
fn say_too_many_wait(cx: &mut Ctx<'_>, id: Id<Service>) {
    complain(
        cx,
        id,
        "was unable to place tasks in your cluster because the tasks provisioning capacity limit \
         was exceeded.",
    );
}

/// AWS's words for a task that finds no place (facts: DG/service-event-messages-list).
#[inline(never)]
fn say_no_place(
    cx: &mut Ctx<'_>,
    id: Id<Service>,
    cluster: Id<Cluster>,
    placement: &Placement,
    of_provider: bool,
) {
    let closest = placement.closest().and_then(|verdict| {
        let host = cx.account.container_instances.get(verdict.host)?;
        Some((Arc::clone(&host.id), verdict.obstacles.first()?.event()))
    });
    let reason = match closest {
        None => {
            let place = if of_provider { "capacity provider" } else { "cluster" };
            format!("Reason: No Container Instances were found in your {place}.")
        }
        Some((host, what)) => format!("The closest matching container-instance {host} {what}."),
    };
    let text = format!(
        "was unable to place a task because no container instance met all of its requirements. \
         {reason}"
    );
    complain(cx, id, &text);
    if let Some(cluster) = cx.account.clusters.edit(cluster) {
        cluster.starving.insert(id);
    }
}

/// On Fargate tasks are spread over the zones of the subnets: the one with the fewest tasks of the service.
#[inline(never)]
fn emptiest(
    account: &Account,
    deployment: &Deployment,
    whereto: &Whereto,
    tally: &Tally,
) -> Option<Arc<str>> {
    if whereto.zone.is_some() {
        return whereto.zone.clone();
    }
    let zones = deployment.spec.request.network.as_ref()?.zones(account);
    let works = |zone: &Arc<str>| !account.lost_zones.contains(zone);
    zones.into_iter().filter(works).min_by_key(|zone| tally.zones.get(zone).copied().unwrap_or(0))
}

/// Live tasks of a service by zone; one that has no network interface yet counts where it will have it.
pub(super) fn by_zone(account: &Account, service: &Service) -> Map<Arc<str>, u32> {
    let mut zones = Map::new();
    for (_, task) in service.live(account) {
        if let Some(zone) = zone_of(account, task) {
            zones.add(zone, 1);
        }
    }
    zones
}

/// The zone in which a task is or will be.
pub(super) fn zone_of(account: &Account, task: &Task) -> Option<Arc<str>> {
    let by_subnet = || {
        let subnet = account.subnets.find(&task.eni.as_ref()?.subnet)?;
        Some(Arc::clone(&subnet.zone))
    };
    task.zone.clone().or_else(by_subnet)
}
