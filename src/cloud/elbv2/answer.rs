//! What a target answers: from a node of the load balancer over the network to a container, and what it does there.

use std::sync::Arc;

use super::load_balancer::LoadBalancer;
use super::target_group::{TargetGroup, TargetKey, TargetType};
use crate::cloud::account::Account;
use crate::cloud::ecs::container::Container;
use crate::cloud::ecs::task::Task;
use crate::cloud::input::Behaviour;
use crate::cloud::limits;
use crate::cloud::net::eni::{self, Eni, EniOwner};
use crate::cloud::net::reach;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};

/// What a target says to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers.
    Status {
        /// The HTTP status.
        status: u16,
        /// How long it took, in milliseconds.
        took_ms: Millis,
        /// The task that answered.
        task: Id<Task>,
    },
    /// Nobody listens on that port.
    Refused,
    /// Nothing comes back: the way is closed or the machine is gone.
    Silent,
}

/// Asks a target as a health check does.
pub fn probe(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Answer {
    let port = group.check.port.parse().unwrap_or(key.port);
    let asked = TargetKey { id: Arc::clone(&key.id), port };
    ask(account, now, group, &asked)
}

/// One connection from a load balancer's node to a target.
pub(super) fn ask(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Answer {
    let Some(to) = interface(account, group.target_type, &key.id) else { return Answer::Silent };
    let Some(node) = node_for(account, group, to) else { return Answer::Silent };
    if !reach::can_connect(account, node, to, key.port).ok() {
        return Answer::Silent;
    }
    match behind(account, group.target_type, to, key) {
        Some((id, container, port)) if container.serves(port, now) => answer(id, container),
        _ => Answer::Refused,
    }
}

/// The node that asks a target: the one in its own zone; without one there, any other (cross-zone balancing is on).
pub(super) fn node_for<'a>(
    account: &'a Account,
    group: &TargetGroup,
    to: &Eni,
) -> Option<&'a Arc<Eni>> {
    let balancers = super::actions::balancers(account, &group.arn);
    let lb = account.load_balancers.get(*balancers.first()?)?;
    nodes(account, lb).min_by_key(|eni| eni.zone != to.zone)
}

/// The task behind a target.
pub(super) fn task(account: &Account, group: &TargetGroup, key: &TargetKey) -> Option<Id<Task>> {
    let to = interface(account, group.target_type, &key.id)?;
    behind(account, group.target_type, to, key).map(|(id, _, _)| id)
}

/// What an application answers, by its behaviour.
fn answer(task: Id<Task>, container: &Container) -> Answer {
    let (status, took_ms) = match container.behaviour {
        Some(Behaviour::Slow) => (200, limits::SLOW_ANSWER_MS),
        Some(Behaviour::Unhealthy) => (503, limits::ANSWER_MS),
        _ => (200, limits::ANSWER_MS),
    };
    Answer::Status { status, took_ms, task }
}

/// The interface of a target.
pub(super) fn interface<'a>(
    account: &'a Account,
    kind: TargetType,
    id: &str,
) -> Option<&'a Arc<Eni>> {
    match kind {
        TargetType::Instance => {
            let instance = account.instances.find(id).filter(|instance| instance.is_up())?;
            account.enis.find(instance.enis.first()?)
        }
        TargetType::Ip => {
            let address: std::net::Ipv4Addr = id.parse().ok()?;
            eni::at(account, address)
        }
    }
}

/// The task and container behind a port of an interface, and the port that the container listens on.
pub(super) fn behind<'a>(
    account: &'a Account,
    kind: TargetType,
    eni: &Eni,
    key: &TargetKey,
) -> Option<(Id<Task>, &'a Container, u16)> {
    if let (TargetType::Ip, EniOwner::Task(arn)) = (kind, &eni.owner) {
        let id = account.tasks.id(arn.rsplit('/').next()?)?;
        let containers = account.tasks.get(id)?.containers.iter();
        let port = key.port;
        let serving = |container: &&Container| container.nature.serves.is_some_and(|s| s.0 == port);
        return { containers }.find(serving).map(|container| (id, container, port));
    }
    let mut hosts = account.container_instances.values();
    let host = hosts.find(|host| match kind {
        TargetType::Instance => *host.ec2_id == *key.id,
        TargetType::Ip => matches!(&eni.owner, EniOwner::Instance(id) if *id == host.ec2_id),
    })?;
    let tasks = host.tasks.iter().filter_map(|id| Some((*id, account.tasks.get(*id)?)));
    let mut found = tasks.flat_map(|(id, task)| {
        let bound = task.containers.iter().flat_map(|container| {
            container.bindings.iter().map(move |binding| (container, binding))
        });
        bound.map(move |(container, binding)| (id, container, binding))
    });
    let (id, container, binding) = found.find(|(_, _, binding)| binding.host == key.port)?;
    Some((id, container, binding.container))
}

/// The network interfaces of a load balancer.
pub(super) fn nodes<'a>(
    account: &'a Account,
    lb: &'a LoadBalancer,
) -> impl Iterator<Item = &'a Arc<Eni>> {
    lb.nodes.iter().filter_map(|id| account.enis.find(id))
}
