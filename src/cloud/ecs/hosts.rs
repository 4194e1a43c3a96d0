//! Container instances come and go: their agent registers, falls silent, comes back; their machine stops.
use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, Counts};
use super::instance::{Amount, Attributes, ContainerInstance, HostStatus};
use super::{EcsJob, names, task_life};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::instance::{Agent, Instance};
use crate::cloud::iam::{caller, profile};
use crate::cloud::input::{Call, Principal};
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::{Map, Set};
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::trail::Record;

/// The attribute with an instance's Availability Zone.
pub const ZONE: &str = "ecs.availability-zone";

/// Instances that a new one is compared with: those of the last few launches.
const KINDS_COMPARED: usize = 12;

/// What the agent of the ECS-optimized image can do, without the common start `com.amazonaws.ecs.capability.` (seen in
/// public outputs of DescribeContainerInstances).
const CAPABILITIES: &[&str] = &[
    "privileged-container",
    "docker-remote-api.1.17",
    "docker-remote-api.1.18",
    "docker-remote-api.1.19",
    "docker-remote-api.1.20",
    "docker-remote-api.1.21",
    "docker-remote-api.1.22",
    "docker-remote-api.1.23",
    "docker-remote-api.1.24",
    "docker-remote-api.1.25",
    "docker-remote-api.1.29",
    "docker-remote-api.1.30",
    "docker-remote-api.1.32",
    "docker-remote-api.1.44",
    "ecr-auth",
    "task-iam-role",
    "task-iam-role-network-host",
    "logging-driver.awslogs",
    "logging-driver.json-file",
    "logging-driver.none",
    "logging-driver.syslog",
    "logging-driver.awsfirelens",
];

/// The newer ones start with `ecs.capability.`.
const NEW_CAPABILITIES: &[&str] = &[
    "container-health-check",
    "container-ordering",
    "execution-role-awslogs",
    "execution-role-ecr-pull",
    "env-files.s3",
    "secrets.asm.environment-variables",
    "secrets.ssm.environment-variables",
    "private-registry-authentication.secretsmanager",
    "full-sync",
    "pid-ipc-namespace-sharing",
    "task-cpu-mem-limit",
    "task-eni",
];

/// The ECS agent of an instance has come into another state.
pub fn agent_changed(cx: &mut Ctx<'_>, ec2_id: &Arc<str>, agent: &Agent) {
    match agent {
        Agent::Connected(cluster) => connected(cx, ec2_id, cluster),
        Agent::Disconnected(_) => disconnected(cx, ec2_id),
        Agent::None | Agent::Failed(_) => {}
    }
}

/// An instance has left service. A connected one that is terminated is deregistered; a stopped one stays, with its agent
/// out of touch (facts/ecs §1).
pub fn host_gone(cx: &mut Ctx<'_>, ec2_id: &Arc<str>, terminated: bool) {
    let Some(id) = row_of(cx.account, ec2_id) else { return };
    let Some(host) = cx.account.container_instances.get(id).cloned() else { return };
    let what = if terminated { "terminated" } else { "stopped" };
    let reason = format!("Host EC2 (instance {ec2_id}) {what}.");
    let was_connected = host.connected;
    disconnected(cx, ec2_id);
    for task in &host.tasks {
        task_life::lost(cx, *task, &reason);
    }
    if let Some(host) = cx.account.container_instances.edit(id).filter(|_| terminated) {
        host.images = Set::new();
    }
    if terminated && was_connected {
        leave(cx, id);
    }
}

/// An agent registers, or comes back to the container instance that it was (its state is kept on disk).
fn connected(cx: &mut Ctx<'_>, ec2_id: &Arc<str>, cluster: &str) {
    if let Some(id) = row_of(cx.account, ec2_id) {
        let Some(host) = cx.account.container_instances.edit(id) else { return };
        host.connected = true;
        host.version += 1;
        let (name, tasks) = (Arc::clone(&host.id), host.tasks.clone());
        let cluster = host.cluster;
        cx.tell(Tone::Success, "container-instance", &name, "agent connected");
        super::hosts_changed(cx, cluster);
        return task_life::agent_is_back(cx, tasks);
    }
    let instance = cx.account.instances.find(ec2_id).cloned();
    let cluster = cx.account.clusters.id(cluster);
    if let (Some(instance), Some(cluster)) = (instance, cluster) {
        let made = register(cx, cluster, &instance);
        let row = made.and_then(|id| cx.account.container_instances.get(id).cloned());
        if let Some(host) = row {
            record(cx, &instance, &host);
        }
    }
}

/// The agent's call as the trail shows it.
fn record(cx: &mut Ctx<'_>, instance: &Instance, host: &ContainerInstance) {
    let profile = instance.profile.as_deref().unwrap_or_default();
    let Some(role) = profile::role_of(cx.account, profile) else { return };
    let by = Principal(Arc::from(caller::session_arn(&role.name, &instance.id)));
    let document = json!({ "instanceId": instance.id, "instanceType": instance.kind.name });
    let input = json!({
        "cluster": host.cluster_name,
        "instanceIdentityDocument": document.to_string(),
    });
    cx.account.trail.push(Record {
        no: cx.account.trail.next_no(),
        at: cx.now,
        by,
        call: Call::new("ecs", "RegisterContainerInstance", input),
        reply: Ok(Arc::new(json!({ "containerInstance": host.describe() }))),
        read_only: false,
    });
}

fn disconnected(cx: &mut Ctx<'_>, ec2_id: &str) {
    let Some(id) = row_of(cx.account, ec2_id) else { return };
    let Some(host) = cx.account.container_instances.edit(id) else { return };
    if !host.connected {
        return;
    }
    host.connected = false;
    host.version += 1;
    let name = Arc::clone(&host.id);
    cx.tell(Tone::Failure, "container-instance", &name, "agent disconnected");
}

/// The container instance of an EC2 instance that is not deregistered.
pub(super) fn row_of(account: &Account, ec2_id: &str) -> Option<Id<ContainerInstance>> {
    let mut rows = account.container_instances.iter();
    rows.find(|(_, host)| *host.ec2_id == *ec2_id && host.status != HostStatus::Inactive)
        .map(|(id, _)| id)
}

/// Adds an EC2 instance to a cluster.
pub(super) fn register(
    cx: &mut Ctx<'_>,
    cluster: Id<Cluster>,
    instance: &Instance,
) -> Option<Id<ContainerInstance>> {
    let row = cx.account.clusters.edit(cluster)?;
    row.instances += 1;
    let cluster_name = Arc::clone(&row.name);
    let id = names::new_id(cx.rng);
    let provider = super::capacity::of_group(cx.account, cluster, instance.group.as_ref());
    let config = &instance.agent_config;
    let kept_back = config.get("ECS_RESERVED_MEMORY").and_then(|mib| mib.parse().ok());
    let registered = Amount {
        cpu: instance.kind.vcpus * 1_024,
        memory: instance.kind.registered_mib.saturating_sub(kept_back.unwrap_or(0)),
    };
    let attributes = shared(cx.account, attributes(instance));
    let made = cx.account.container_instances.insert(ContainerInstance {
        id: Arc::clone(&id),
        cluster,
        cluster_name,
        ec2_id: Arc::clone(&instance.id),
        provider,
        status: HostStatus::Active,
        connected: true,
        registered,
        reserved: Amount::default(),
        ports: Set::new(),
        dynamic_ports: Set::new(),
        next_port: limits::DYNAMIC_PORT_FIRST,
        eni_slots: instance.kind.awsvpc_tasks(false),
        enis: 0,
        tasks: Set::new(),
        groups: Map::new(),
        counts: Counts::default(),
        attributes,
        images: Set::new(),
        registered_at: cx.now,
        version: 1,
        tags: Arc::new(json!([])),
    });
    cx.tell(Tone::Success, "container-instance", &id, "registered");
    super::hosts_changed(cx, cluster);
    Some(made)
}

/// The attributes as one of the newest instances has them, where they are the same.
fn shared(account: &Account, own: Attributes) -> Arc<Attributes> {
    let newest = account.container_instances.values().rev().take(KINDS_COMPARED);
    let same = newest.map(|host| &host.attributes).find(|known| ***known == own);
    same.map_or_else(|| Arc::new(own), Arc::clone)
}

/// What the agent says of its machine (facts: DG23/task-placement-constraints), and what its configuration adds.
fn attributes(instance: &Instance) -> Attributes {
    let linux = instance.ami.os == crate::cloud::compute::ami::Os::Linux;
    let own = [
        ("ecs.ami-id", instance.ami.id),
        (ZONE, &*instance.zone),
        ("ecs.instance-type", instance.kind.name),
        ("ecs.os-type", if linux { "linux" } else { "windows" }),
        ("ecs.os-family", if linux { "LINUX" } else { "WINDOWS_SERVER_2022_CORE" }),
        ("ecs.cpu-architecture", instance.kind.arch),
        ("ecs.vpc-id", &*instance.vpc),
        ("ecs.subnet-id", &*instance.subnet),
    ];
    let named = own.map(|(name, value)| (Arc::from(name), Some(Arc::from(value))));
    let old = CAPABILITIES.iter().map(|name| format!("com.amazonaws.ecs.capability.{name}"));
    let new = NEW_CAPABILITIES.iter().map(|name| format!("ecs.capability.{name}"));
    let capabilities = old.chain(new).map(|name| (Arc::from(name), None));
    let mut all: Attributes = named.into_iter().chain(capabilities).collect();
    let configured = instance.agent_config.get("ECS_INSTANCE_ATTRIBUTES");
    let configured = configured.and_then(|text| serde_json::from_str::<Value>(text).ok());
    for (name, value) in configured.as_ref().and_then(Value::as_object).into_iter().flatten() {
        all.insert(Arc::from(name.as_str()), value.as_str().map(Arc::from));
    }
    all
}

/// Deregisters an instance; it is described for a while yet.
pub(super) fn leave(cx: &mut Ctx<'_>, id: Id<ContainerInstance>) {
    let Some(host) = cx.account.container_instances.edit(id) else { return };
    if host.status == HostStatus::Inactive {
        return;
    }
    host.status = HostStatus::Inactive;
    host.connected = false;
    host.version += 1;
    let (name, cluster) = (Arc::clone(&host.id), host.cluster);
    if let Some(cluster) = cx.account.clusters.edit(cluster) {
        cluster.instances = cluster.instances.saturating_sub(1);
    }
    cx.tell(Tone::Change, "container-instance", &name, "deregistered");
    super::hosts_changed(cx, cluster);
    cx.after(limits::INACTIVE_CLUSTER_KEPT_MS, Job::Ecs(EcsJob::ForgetInstance(id)));
}

/// A deregistered container instance is no longer shown.
#[inline(never)]
pub(super) fn forget(cx: &mut Ctx<'_>, id: Id<ContainerInstance>) {
    cx.account.container_instances.remove(id);
}
