//! The fault `load`: what the tasks of a service use.

use std::sync::Arc;

use serde_json::json;

use super::number::{Milli, ONE};
use super::wake;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::names::short;
use crate::cloud::ecs::service::{self, Service, ServiceStatus};
use crate::cloud::ecs::task::Status;
use crate::cloud::error::ApiError;
use crate::cloud::input::{Fault, Reply};
use crate::cloud::limits;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

/// What a service's clients ask of all its tasks together: percent of one task, in thousandths. More tasks, less each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Of CPU.
    pub cpu: Milli,
    /// Of memory.
    pub memory: Milli,
}

/// What each task of a service uses, in percent, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Each {
    /// CPU.
    pub cpu: Milli,
    /// Memory.
    pub memory: Milli,
    /// What it cannot use more of, whatever it has to do.
    pub most: Option<Milli>,
}

/// What each of `running` tasks of a service uses without any request.
pub fn each(account: &Account, id: Id<Service>, running: u32) -> Each {
    let most = bounded(account, id).then_some(100 * ONE);
    let tasks = i64::from(running.max(1));
    let idle = (limits::IDLE_CPU_PERCENT * ONE, limits::IDLE_MEMORY_PERCENT * ONE);
    let load = account.loads.get(&id).map(|load| (load.cpu / tasks, load.memory / tasks));
    let (cpu, memory) = load.unwrap_or(idle);
    Each { cpu, memory, most }
}

/// Running tasks of a service.
pub fn running(account: &Account, id: Id<Service>) -> u32 {
    let Some(service) = account.services.get(id) else { return 0 };
    let tasks = service.live(account).filter(|(_, task)| task.status == Status::Running);
    u32::try_from(tasks.count()).unwrap_or(u32::MAX)
}

/// A task with a size of its own cannot use more than that; containers without a limit can (facts: DG/service_utilization).
fn bounded(account: &Account, id: Id<Service>) -> bool {
    let primary = account.services.get(id).and_then(|service| service.primary());
    primary.is_some_and(|one| one.spec.definition.cpu.is_some())
}

pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    let Fault::Load { service, cluster, cpu_percent, memory_percent } = fault else { return None };
    let cluster = short(cluster.as_deref().unwrap_or("default"));
    let name = short(service);
    let id = cx.account.services.id(&service::arn(cluster, name));
    let active = |id: &Id<Service>| {
        let service = cx.account.services.get(*id);
        service.is_some_and(|service| service.status == ServiceStatus::Active)
    };
    let Some(id) = id.filter(active) else {
        let text = format!("There is no active service '{name}' in the cluster '{cluster}'.");
        return Some(Err(ApiError::invalid(text)));
    };
    let tasks = i64::from(running(cx.account, id).max(1));
    let all = |percent: u32| i64::from(percent) * ONE * tasks;
    let memory = memory_percent.map_or(limits::IDLE_MEMORY_PERCENT * ONE * tasks, all);
    cx.account.loads.insert(id, Load { cpu: all(*cpu_percent), memory });
    let text = format!("load of {cpu_percent} % CPU on each of {tasks} running");
    cx.tell(Tone::Change, "service", &Arc::from(name), text);
    wake(cx);
    Some(Ok(Arc::new(json!({}))))
}
