//! What AWS measures by itself: at the end of each minute, what the tasks of services used in it.

use super::metrics::{MetricKey, Point};
use super::number::ONE;
use super::{balanced, load, work};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::service::{Service, ServiceStatus};
use crate::cloud::ecs::task::{Status, Task};
use crate::cloud::input::Behaviour;
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// Writes the minute that is over. Whether there is anything that could be measured in the next one.
pub(super) fn write(cx: &mut Ctx<'_>) -> bool {
    let gone = |id: &Id<Service>| {
        let service = cx.account.services.get(*id);
        service.is_none_or(|service| service.status == ServiceStatus::Inactive)
    };
    let over: Vec<Id<Service>> = cx.account.loads.keys().copied().filter(gone).collect();
    for id in over {
        cx.account.loads.remove(&id);
    }
    let services: Vec<Id<Service>> = cx
        .account
        .services
        .iter()
        .filter(|(_, service)| service.status == ServiceStatus::Active)
        .map(|(id, _)| id)
        .collect();
    let within = SimTime(cx.now.0.saturating_sub(limits::MEASURED_BEFORE_MS));
    for id in &services {
        service(cx, within, *id);
    }
    work::new_minute(cx.account, cx.now);
    let balanced = !cx.account.load_balancers.is_empty() && balanced::write(cx, within);
    balanced || !services.is_empty()
}

/// No metric while no task runs (facts: DG/service_utilization). Every task is one measurement.
#[inline(never)]
fn service(cx: &mut Ctx<'_>, within: SimTime, id: Id<Service>) {
    let account = &*cx.account;
    let Some(service) = account.services.get(id) else { return };
    let tasks = service.live(account).filter(|(_, task)| task.status == Status::Running);
    let tasks: Vec<(Id<Task>, &Task)> = tasks.collect();
    let base = load::each(account, id, u32::try_from(tasks.len()).unwrap_or(u32::MAX));
    let used = tasks.iter().map(|(id, task)| {
        let cpu = base.cpu + work::percent(account, cx.now, *id, task);
        let leaks = task.containers.iter().any(|one| one.behaviour == Some(Behaviour::Leak));
        let memory = if leaks { limits::LEAK_MEMORY_PERCENT * ONE } else { base.memory };
        [cpu, memory].map(|used| Point::of(base.most.map_or(used, |most| used.min(most)), 1))
    });
    let Some(points) = used.reduce(|[a, b], [c, d]| [a.and(c), b.and(d)]) else { return };
    let dimensions = [("ClusterName", &*service.cluster_name), ("ServiceName", &*service.name)];
    let keys =
        ["CPUUtilization", "MemoryUtilization"].map(|n| MetricKey::new("AWS/ECS", n, &dimensions));
    for (key, point) in keys.iter().zip(points) {
        cx.account.metrics.add(key, within, "Percent", point);
    }
}
