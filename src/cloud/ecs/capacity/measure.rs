//! Instances needed and instances running: CapacityProviderReservation (facts/scaling §5).
use std::sync::Arc;

use super::provider::CapacityProvider;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling::group::{Group, Lifecycle};
use crate::cloud::compute::types::InstanceType;
use crate::cloud::ecs::container_def::Protocol;
use crate::cloud::ecs::instance::ContainerInstance;
use crate::cloud::ecs::task::Task;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::scaling::arithmetic::track;
use crate::cloud::time::SimTime;
use crate::cloud::watch::metrics::{MetricKey, Point};
use crate::cloud::watch::number::{Milli, ONE};

/// M and N of a provider at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Instances that the provider's tasks need: those with tasks, and those that waiting tasks would fill.
    pub needed: u32,
    /// Instances of the group that are in service.
    pub running: u32,
}

/// The namespace of ECS's own metric.
const NAMESPACE: &str = "AWS/ECS/ManagedScaling";
const METRIC: &str = "CapacityProviderReservation";

impl Measure {
    /// M / N × 100, in thousandths. Nothing needed and nothing there is 100; something needed and nothing there is 200.
    pub fn reservation(self) -> Milli {
        match (self.needed, self.running) {
            (0, 0) => 100 * ONE,
            (_, 0) => 200 * ONE,
            (needed, running) => i64::from(needed) * 100 * ONE / i64::from(running),
        }
    }

    /// As many instances that the reservation would be at the target percentage. A group without instances counts as one,
    /// so that a reservation of 200 launches two.
    pub fn wanted(self, target: u32) -> u32 {
        track(self.running.max(1), self.reservation(), i64::from(target) * ONE)
    }
}

/// M and N now.
pub fn of(account: &Account, provider: &CapacityProvider) -> Measure {
    let Some(group) = account.groups.find(&provider.group) else {
        return Measure { needed: 0, running: 0 };
    };
    let running = in_service(group).count();
    let busy = in_service(group).filter(|instance| is_busy(account, instance)).count();
    let more = bins(account, provider, group);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Measure { needed: count(busy).saturating_add(more), running: count(running) }
}

/// The metric's key.
pub fn key(provider: &str, cluster: &str) -> MetricKey {
    let dimensions = [("CapacityProviderName", provider), ("ClusterName", cluster)];
    MetricKey::new(NAMESPACE, METRIC, &dimensions)
}

/// Writes the minute that is over, for each provider that scales. Whether there is one.
#[inline(never)]
pub(in crate::cloud) fn write(cx: &mut Ctx<'_>) -> bool {
    let within = SimTime(cx.now.0.saturating_sub(limits::MEASURED_BEFORE_MS));
    let mut any = false;
    let rows: Vec<_> = cx.account.capacity_providers.iter().map(|(id, _)| id).collect();
    for id in rows {
        let Some(provider) = cx.account.capacity_providers.get(id).cloned() else { continue };
        let cluster = provider.cluster.filter(|_| provider.policy.is_some());
        let Some(cluster) = cluster.and_then(|id| cx.account.clusters.get(id)) else { continue };
        let (measure, key) = (of(cx.account, &provider), key(&provider.name, &cluster.name));
        let point = Point::of(measure.reservation(), 1);
        cx.account.metrics.add(&key, within, "Percent", point);
        if let Some(row) = cx.account.capacity_providers.edit(id) {
            row.measured = Some(measure);
        }
        any = true;
    }
    any
}

/// Instances of a group that run and stay.
pub(super) fn in_service(group: &Group) -> impl Iterator<Item = &Arc<str>> {
    let up = group.members.iter().filter(|member| member.state == Lifecycle::InService);
    up.map(|member| &member.instance)
}

/// It has a task that is no daemon's.
pub(super) fn is_busy(account: &Account, instance: &str) -> bool {
    let host = super::host_of(account, instance);
    let host = host.and_then(|id| account.container_instances.get(id));
    let counts = |host: &ContainerInstance| {
        let mut tasks = host.tasks.iter().filter_map(|id| account.tasks.get(*id));
        tasks.any(|task| !is_daemon(account, task))
    };
    host.is_some_and(|host| counts(host))
}

fn is_daemon(account: &Account, task: &Task) -> bool {
    let owner = task.owner.and_then(|owner| account.services.get(owner.service));
    owner.is_some_and(|service| service.daemon)
}

/// What an instance that is yet to come has left for waiting tasks.
struct Bin {
    cpu: u32,
    memory: u32,
    enis: u32,
    ports: Set<(u16, Protocol)>,
    groups: Set<Arc<str>>,
}

/// How many instances the provider's waiting tasks would fill, each put where it first fits. Tasks too large for an
/// instance of the group do not count.
fn bins(account: &Account, provider: &CapacityProvider, group: &Group) -> u32 {
    let cluster = provider.cluster.and_then(|id| account.clusters.get(id));
    let kind = group.source.launch(account).ok().map(|(spec, _)| spec.kind);
    let (Some(cluster), Some(kind)) = (cluster, kind) else { return 0 };
    let mut bins: Vec<Bin> = Vec::new();
    for task in cluster.waiting.iter().filter_map(|id| account.tasks.get(*id)) {
        let ours = task.request.provider.as_deref() == Some(&*provider.name);
        if !ours || task.stop.is_some() || bins.iter_mut().any(|bin| bin.take(task)) {
            continue;
        }
        let mut bin = Bin::new(kind);
        if bin.take(task) {
            bins.push(bin);
        }
    }
    u32::try_from(bins.len()).unwrap_or(u32::MAX)
}

impl Bin {
    fn new(kind: &InstanceType) -> Self {
        Self {
            cpu: kind.vcpus * 1_024,
            memory: kind.registered_mib,
            enis: kind.awsvpc_tasks(false),
            ports: Set::new(),
            groups: Set::new(),
        }
    }

    /// Takes a task in, if it fits.
    fn take(&mut self, task: &Task) -> bool {
        let needs = &task.needs;
        let alone = task.waits.as_ref().is_some_and(|wishes| wishes.are_distinct());
        let fits = needs.cpu <= self.cpu
            && needs.memory <= self.memory
            && u32::from(needs.eni) <= self.enis
            && needs.ports.iter().all(|port| !self.ports.contains(port))
            && !(alone && self.groups.contains(&task.request.group));
        if fits {
            self.cpu -= needs.cpu;
            self.memory -= needs.memory;
            self.enis -= u32::from(needs.eni);
            self.ports.extend(&needs.ports);
            self.groups.insert(Arc::clone(&task.request.group));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reservation_is_needed_by_running_with_two_special_cases() {
        // Source: facts/scaling §5, "Formula", "Special cases" and the worked examples.
        let of = |needed, running| Measure { needed, running }.reservation();
        assert_eq!([of(0, 0), of(3, 0), of(0, 2)], [100 * ONE, 200 * ONE, 0]);
        assert_eq!([of(2, 3), of(5, 3), of(2, 2)], [66_666, 166_666, 100 * ONE]);
    }
}
