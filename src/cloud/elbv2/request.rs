//! One request from a client to a container, and why it did not arrive.

use std::sync::Arc;

use super::actions::Act;
use super::load_balancer::{self, LoadBalancer};
use super::names::no_load_balancer;
use super::requests::Request;
use super::target_group::{Health, TargetGroup, TargetKey, TargetType};
use super::{listener, rule};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::container::Container;
use crate::cloud::ecs::task::Task;
use crate::cloud::error::ApiError;
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

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What the client gets; 0 where not even a connection was made.
    pub status: u16,
    /// The target that was tried.
    pub target: Option<TargetKey>,
    /// The task behind it, if it was reached.
    pub task: Option<Id<Task>>,
    /// How long it took, in milliseconds.
    pub took_ms: Millis,
    /// Each hop in a sentence, in order.
    pub hops: Vec<String>,
}

/// One request from a client on the internet to the load balancer of this name.
pub fn request(cloud: &mut Cloud, name: &str, host: &str, path: &str) -> Result<Sent, ApiError> {
    let balancer = load_balancer::by_name(&cloud.account, name);
    let balancer = balancer.ok_or_else(|| no_load_balancer(name))?;
    let sent = send(&mut cloud.account, cloud.now, balancer, host, path);
    let task = sent.task.and_then(|id| cloud.account.tasks.get(id));
    let task = task.map(|task| Arc::clone(&task.id));
    let (sent_too, [load_balancer, host_asked, path_asked]) =
        (sent.clone(), [name, host, path].map(Arc::from));
    cloud.account.requests.push(Request {
        no: 0,
        at: cloud.now,
        load_balancer,
        host: host_asked,
        path: path_asked,
        sent: sent_too,
        task,
    });
    cloud.digest.mix(&(cloud.now, name, host, path, sent.status, &sent.target_text()));
    Ok(sent)
}

/// Sends a request to port 80 of a load balancer, or to its first listener where none listens there.
fn send(
    account: &mut Account,
    now: SimTime,
    balancer: Id<LoadBalancer>,
    host: &str,
    path: &str,
) -> Sent {
    let mut sent = Sent { status: 0, target: None, task: None, took_ms: 0, hops: Vec::new() };
    let Some(act) = to_listener(account, balancer, host, path, &mut sent) else { return sent };
    let group = match act {
        Act::Fixed { status } | Act::Redirect { status } => {
            sent.hops.push(format!("The load balancer answers {status} itself."));
            sent.status = status;
            return sent;
        }
        Act::Forward(groups) => groups.into_iter().max_by_key(|(_, weight)| *weight),
    };
    let Some(id) = group.and_then(|(arn, _)| account.target_groups.id(&arn)) else { return sent };
    let Some(key) = choose(account, id) else {
        sent.hops.push("The target group has no target that could take the request.".to_owned());
        sent.status = 503;
        return sent;
    };
    sent.hops.push(format!("The target group chooses {}:{}.", key.id, key.port));
    deliver(account, now, id, &key, &mut sent);
    sent.target = Some(key);
    sent
}

/// Asks a target as a health check does.
pub fn probe(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Answer {
    let port = group.check.port.parse().unwrap_or(key.port);
    let asked = TargetKey { id: Arc::clone(&key.id), port };
    ask(account, now, group, &asked)
}

impl Sent {
    /// The target as `<id>:<port>`.
    pub fn target_text(&self) -> Option<String> {
        self.target.as_ref().map(|key| format!("{}:{}", key.id, key.port))
    }
}

/// From the client to the listener's rule that speaks of the request.
fn to_listener(
    account: &Account,
    balancer: Id<LoadBalancer>,
    host: &str,
    path: &str,
    sent: &mut Sent,
) -> Option<Act> {
    let lb = account.load_balancers.get(balancer)?;
    let listeners = listener::of_load_balancer(account, balancer);
    let mut rows = listeners.into_iter().filter_map(|id| Some((id, account.listeners.get(id)?)));
    let on_http = rows.clone().find(|(_, row)| row.port == 80);
    let Some((id, row)) = on_http.or_else(|| rows.next()) else {
        sent.hops.push(format!("{} has no listener: the connection is refused.", lb.name));
        return None;
    };
    // A node whose zone has failed is taken out of the name (ELB/application-load-balancers, "zonal health").
    let works = |eni: &&Arc<Eni>| !account.lost_zones.contains(&eni.zone);
    let node = nodes(account, lb).find(works).or_else(|| nodes(account, lb).next())?;
    let reach = reach::can_be_reached_from_internet(account, node, row.port);
    if let Some(why) = reach.why_not() {
        sent.hops.push(why.to_owned());
        return None;
    }
    sent.hops.push(format!("The client reaches {} on port {}.", lb.name, row.port));
    let rules = rule::of_listener(account, id);
    let Some(rule) = rules.iter().find(|rule| rule.matches(host, path)) else {
        sent.hops.push("No rule speaks of it: the default action decides.".to_owned());
        return Some(row.act.clone());
    };
    sent.hops.push(format!("Rule {} speaks of it.", rule.priority));
    Some(rule.act.clone())
}

/// The target whose turn it is: among the healthy ones, or among all where none is healthy (fail-open).
fn choose(account: &mut Account, id: Id<TargetGroup>) -> Option<TargetKey> {
    let group = account.target_groups.get(id)?;
    let with = |wanted: &dyn Fn(Health) -> bool| -> Vec<(u32, u32, TargetKey)> {
        let targets = group.targets.iter().filter(|(_, target)| wanted(target.health));
        targets.map(|(key, t)| (t.registration, t.in_flight, key.clone())).collect()
    };
    let mut able = with(&|health| health == Health::Healthy);
    if able.is_empty() {
        able = with(&|health| matches!(health, Health::Unhealthy | Health::Initial));
    }
    able.sort();
    if group.least_outstanding() {
        return able.into_iter().min_by_key(|(_, in_flight, _)| *in_flight).map(|(_, _, key)| key);
    }
    let turn = group.turn;
    let count = u32::try_from(able.len()).ok().filter(|count| *count > 0)?;
    let chosen = usize::try_from(turn % count).ok()?;
    if let Some(group) = account.target_groups.edit(id) {
        group.turn = turn.wrapping_add(1);
    }
    able.into_iter().nth(chosen).map(|(_, _, key)| key)
}

/// From the load balancer to the target, and what the client gets (facts: alb-and-network §4).
fn deliver(account: &Account, now: SimTime, id: Id<TargetGroup>, key: &TargetKey, sent: &mut Sent) {
    let Some(group) = account.target_groups.get(id) else { return };
    (sent.status, sent.took_ms) = match ask(account, now, group, key) {
        Answer::Status { took_ms, .. } if took_ms > limits::ALB_IDLE_TIMEOUT_MS => {
            sent.hops.push("The target is slower than the load balancer waits: 504.".to_owned());
            (504, limits::ALB_IDLE_TIMEOUT_MS)
        }
        Answer::Status { status, took_ms, task } => {
            sent.task = Some(task);
            sent.hops.push(format!("The container answers {status} after {took_ms} ms."));
            (status, took_ms)
        }
        Answer::Refused => {
            sent.hops.push("Nobody listens on that port of the target: 502.".to_owned());
            (502, 0)
        }
        Answer::Silent => {
            sent.hops.push("The target does not answer the connection: 504.".to_owned());
            (504, limits::ALB_CONNECT_TIMEOUT_MS)
        }
    };
}

/// One connection from a load balancer's node to a target.
fn ask(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Answer {
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

fn nodes<'a>(account: &'a Account, lb: &'a LoadBalancer) -> impl Iterator<Item = &'a Arc<Eni>> {
    lb.nodes.iter().filter_map(|id| account.enis.find(id))
}
