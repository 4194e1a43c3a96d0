//! Container instances: machines whose agent has registered with a cluster, and what they have left.
use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Counts};
use super::container_def::Protocol;
use super::names;
use super::task::Task;
use super::task_def::Needs;
use crate::cloud::limits;
use crate::cloud::map::{Map, Set};
use crate::cloud::shape::Shape;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// A machine running the ECS agent, registered with exactly one cluster (facts: API-ecs ContainerInstance).
#[derive(Clone, Debug)]
pub struct ContainerInstance {
    /// 32 hexadecimal digits.
    pub id: Arc<str>,
    /// Its cluster.
    pub cluster: Id<Cluster>,
    /// The cluster's name.
    pub cluster_name: Arc<str>,
    /// The EC2 instance's id, or `mi-…`.
    pub ec2_id: Arc<str>,
    /// The capacity provider of its cluster that it belongs to.
    pub provider: Option<Arc<str>>,
    /// Whether it takes tasks.
    pub status: HostStatus,
    /// Its agent is in touch: only then tasks are placed here.
    pub connected: bool,
    /// CPU units and MiB it registered.
    pub registered: Amount,
    /// CPU units and MiB that its tasks have reserved.
    pub reserved: Amount,
    /// Fixed host ports that its tasks have reserved.
    pub ports: Set<(u16, Protocol)>,
    /// Host ports that Docker chose for containers of its tasks.
    pub dynamic_ports: Set<(u16, Protocol)>,
    /// Where the search for the next free dynamic port begins.
    pub next_port: u16,
    /// How many tasks in awsvpc mode fit by its network interfaces, and how many there are.
    pub eni_slots: u32,
    /// See `eni_slots`.
    pub enis: u32,
    /// Tasks on it that have not stopped.
    pub tasks: Set<Id<Task>>,
    /// How many of them belong to each group.
    pub groups: Map<Arc<str>, u32>,
    /// How many of them are on their way and how many are up.
    pub counts: Counts,
    /// Its attributes; some have no value.
    pub attributes: Arc<Attributes>,
    /// Images that are on its disk: a second pull takes next to no time.
    pub images: Set<Arc<str>>,
    /// When it registered.
    pub registered_at: SimTime,
    /// Counts its changes, as the control plane does.
    pub version: u32,
    /// Tags as given.
    pub tags: Arc<Value>,
}

/// Names with their values, where they have one. Instances of a kind in a subnet share theirs.
pub type Attributes = Map<Arc<str>, Option<Arc<str>>>;

/// CPU units and MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
}

/// `status` of a container instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostStatus {
    /// Takes tasks.
    Active,
    /// Takes none and loses those of services.
    Draining,
    /// Deregistered; described for a while, never listed.
    Inactive,
}

/// Ports that every instance has taken: SSH, Docker, the agent (facts: DG, API-ecs PortMapping).
pub const OWN_PORTS: [u16; 5] = [22, 2375, 2376, 51_678, 51_679];

impl Row for ContainerInstance {
    fn key(&self) -> &str {
        &self.id
    }
}

impl HostStatus {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

impl ContainerInstance {
    /// The ARN.
    pub fn arn(&self) -> String {
        names::arn(&format!("container-instance/{}/{}", self.cluster_name, self.id))
    }

    /// CPU units and MiB that no task has reserved.
    pub fn remaining(&self) -> Amount {
        Amount {
            cpu: self.registered.cpu.saturating_sub(self.reserved.cpu),
            memory: self.registered.memory.saturating_sub(self.reserved.memory),
        }
    }

    /// Whether a fixed host port is free: not the machine's own, not reserved, not chosen for another container.
    pub fn port_is_free(&self, port: (u16, Protocol)) -> bool {
        let own = port.1 == Protocol::Tcp && OWN_PORTS.contains(&port.0);
        !own && !self.ports.contains(&port) && !self.dynamic_ports.contains(&port)
    }

    /// Reserves what a task needs; the caller has looked that it is there.
    pub(super) fn reserve(&mut self, task: Id<Task>, group: &Arc<str>, needs: &Needs) {
        self.groups.add(Arc::clone(group), 1);
        self.reserved.cpu += needs.cpu;
        self.reserved.memory += needs.memory;
        self.ports.extend(&needs.ports);
        self.enis += u32::from(needs.eni);
        self.tasks.insert(task);
        self.version += 1;
    }

    /// Gives back what a stopped task needed.
    pub(super) fn release(&mut self, task: Id<Task>, group: &Arc<str>, needs: &Needs) {
        if !self.tasks.remove(&task) {
            return;
        }
        match self.groups.get_mut(group) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.groups.remove(group);
            }
        }
        self.reserved.cpu = self.reserved.cpu.saturating_sub(needs.cpu);
        self.reserved.memory = self.reserved.memory.saturating_sub(needs.memory);
        for port in &needs.ports {
            self.ports.remove(port);
        }
        self.enis = self.enis.saturating_sub(u32::from(needs.eni));
        self.version += 1;
    }

    /// The next free host port for a container that leaves the choice to Docker: one after the other (facts: the
    /// ephemeral range of Linux).
    pub(super) fn take_dynamic_port(&mut self, protocol: Protocol) -> Option<u16> {
        let range = limits::DYNAMIC_PORT_FIRST..=limits::DYNAMIC_PORT_LAST;
        let start = self.next_port.max(limits::DYNAMIC_PORT_FIRST);
        let candidates = (start..=limits::DYNAMIC_PORT_LAST).chain(range);
        let port = candidates.into_iter().find(|port| self.port_is_free((*port, protocol)))?;
        self.dynamic_ports.insert((port, protocol));
        self.next_port = if port == limits::DYNAMIC_PORT_LAST { 0 } else { port + 1 };
        Some(port)
    }

    /// The instance as DescribeContainerInstances shows it, with its tags.
    pub fn describe(&self) -> Value {
        self.shape(true)
    }

    pub(super) fn shape(&self, with_tags: bool) -> Value {
        let remaining = self.remaining();
        let taken = |protocol| self.ports.iter().filter(move |port| port.1 == protocol);
        let own = OWN_PORTS.iter().copied();
        let tcp: Vec<u16> = own.clone().chain(taken(Protocol::Tcp).map(|port| port.0)).collect();
        let udp: Vec<u16> = taken(Protocol::Udp).map(|port| port.0).collect();
        let own: Vec<u16> = own.collect();
        Shape::with_room(16)
            .put("containerInstanceArn", self.arn())
            .text("ec2InstanceId", &self.ec2_id)
            .maybe("capacityProviderName", self.provider.as_deref())
            .put("version", self.version)
            .put(
                "versionInfo",
                json!({
                    "agentVersion": limits::AGENT_VERSION,
                    "agentHash": limits::AGENT_HASH,
                    "dockerVersion": limits::DOCKER_VERSION,
                }),
            )
            .put("remainingResources", resources(remaining, &tcp, &udp))
            .put("registeredResources", resources(self.registered, &own, &[]))
            .put("status", self.status.word())
            .put("agentConnected", self.connected)
            .put("runningTasksCount", self.counts.running)
            .put("pendingTasksCount", self.counts.pending)
            .put("attributes", self.attributes.iter().map(attribute).collect::<Vec<_>>())
            .at("registeredAt", Some(self.registered_at))
            .put("attachments", json!([]))
            .put("tags", if with_tags { (*self.tags).clone() } else { json!([]) })
            .done()
    }
}

fn attribute((name, value): (&Arc<str>, &Option<Arc<str>>)) -> Value {
    Shape::with_room(2).text("name", name).maybe("value", value.as_deref()).done()
}

/// `Resources` of an instance: two numbers and two lists of ports (facts: API-ecs).
fn resources(amount: Amount, tcp: &[u16], udp: &[u16]) -> Value {
    let one = |name: &str, kind: &str, value: u32| {
        Shape::with_room(6)
            .text("name", name)
            .text("type", kind)
            .put("doubleValue", 0.0)
            .put("longValue", 0)
            .put("integerValue", value)
    };
    let ports = |name: &str, ports: &[u16]| {
        let texts: Vec<String> = ports.iter().map(u16::to_string).collect();
        one(name, "STRINGSET", 0).put("stringSetValue", texts).done()
    };
    Value::Array(vec![
        one("CPU", "INTEGER", amount.cpu).done(),
        one("MEMORY", "INTEGER", amount.memory).done(),
        ports("PORTS", tcp),
        ports("PORTS_UDP", udp),
    ])
}
