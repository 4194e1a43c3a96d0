//! What AWS measures by itself: at the end of each minute, what the tasks of services used in it.

use super::load;
use super::metrics::{MetricKey, Point};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::service::{Service, ServiceStatus};
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
    for id in &services {
        service(cx, *id);
    }
    !services.is_empty()
}

/// No metric while no task runs (facts: DG/service_utilization). Every task is one measurement.
fn service(cx: &mut Ctx<'_>, id: Id<Service>) {
    let running = load::running(cx.account, id);
    let Some(service) = cx.account.services.get(id).filter(|_| running > 0) else { return };
    let dimensions = [("ClusterName", &*service.cluster_name), ("ServiceName", &*service.name)];
    let keys =
        ["CPUUtilization", "MemoryUtilization"].map(|n| MetricKey::new("AWS/ECS", n, &dimensions));
    let (cpu, memory) = load::each(cx.account, id, running);
    let within = SimTime(cx.now.0.saturating_sub(limits::MEASURED_BEFORE_MS));
    for (key, value) in keys.iter().zip([cpu, memory]) {
        cx.account.metrics.add(key, within, "Percent", Point::of(value, u64::from(running)));
    }
}
