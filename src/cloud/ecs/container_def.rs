//! A container of a task definition, read from its JSON: what the simulator acts on.

use std::sync::Arc;

use serde_json::Value;

use crate::cloud::params::Params;
use crate::cloud::time::{Millis, SECOND};

/// What the simulator needs to know of a container definition. The JSON itself is kept beside it and returned whole.
#[derive(Clone, Debug, Default)]
pub struct ContainerDef {
    /// Unique in its task definition.
    pub name: Arc<str>,
    /// As given: `nginx`, `public.ecr.aws/…`.
    pub image: Arc<str>,
    /// CPU units; 0 where none is given.
    pub cpu: u32,
    /// Hard limit in MiB.
    pub memory: Option<u32>,
    /// Soft limit in MiB: what is taken from the instance if given (facts: DG/memory-management).
    pub reservation: Option<u32>,
    /// GPUs.
    pub gpus: u32,
    /// Its end is the end of the task.
    pub essential: bool,
    /// Its ports.
    pub ports: Vec<PortMapping>,
    /// What it waits for.
    pub depends_on: Vec<Dependency>,
    /// Entry point and command, where the definition gives them.
    pub entry_point: Option<Arc<[Arc<str>]>>,
    /// See `entry_point`.
    pub command: Option<Arc<[Arc<str>]>>,
    /// From SIGTERM to SIGKILL, where given.
    pub stop_timeout: Option<Millis>,
    /// How long it waits for what it depends on, where given.
    pub start_timeout: Option<Millis>,
    /// Its health check.
    pub health: Option<HealthCheck>,
    /// Where its output goes: `awslogs-group`, for containers with the log driver `awslogs`.
    pub log_group: Option<Arc<str>>,
    /// How the streams in it begin: `awslogs-stream-prefix`.
    pub log_prefix: Option<Arc<str>>,
    /// The group is made if it is not there: `awslogs-create-group`.
    pub log_group_made: bool,
    /// A deployment resolves the tag of its image once, for all of its tasks.
    pub consistent: bool,
    /// The secrets that it or its log driver gets, by ARN or name.
    pub secrets: Vec<Arc<str>>,
    /// Its log driver, where given.
    pub log_driver: Option<Arc<str>>,
}

/// `tcp` or `udp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// The default.
    Tcp,
    /// The other.
    Udp,
}

/// One port of a container and its place on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortMapping {
    /// The port inside.
    pub container: u16,
    /// The port on the host; 0 lets the agent choose.
    pub host: u16,
    /// The protocol.
    pub protocol: Protocol,
}

/// What a container waits for (facts: API-ecs ContainerDependency).
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The other container's place in the task definition.
    pub on: u8,
    /// What has to have happened to it.
    pub condition: Condition,
}

/// What has to have happened to a container before another one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It has started.
    Start,
    /// It has ended.
    Complete,
    /// It has ended with exit code 0.
    Success,
    /// Its health check has passed.
    Healthy,
}

/// A container health check; Docker's own `HEALTHCHECK` is ignored by ECS (facts: API-ecs HealthCheck).
#[derive(Clone, Debug)]
pub struct HealthCheck {
    /// The command's words without `CMD` or `CMD-SHELL`.
    pub command: Arc<str>,
    /// From one check to the next.
    pub interval: Millis,
    /// Failures in a row that make it unhealthy.
    pub retries: u32,
    /// Failures in this time after its start do not count.
    pub start_period: Millis,
}

impl Protocol {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

impl ContainerDef {
    /// Reads a container definition that was checked and completed before; `names` are those of all containers.
    pub(super) fn read(json: &Value, names: &[&str]) -> Self {
        let params = Params::new(json);
        let log = params.inner("logConfiguration");
        Self {
            name: Arc::from(params.required("name")),
            image: Arc::from(params.required("image")),
            cpu: number(params, "cpu").unwrap_or(0),
            memory: number(params, "memory"),
            reservation: number(params, "memoryReservation"),
            gpus: gpus(params),
            essential: params.bool("essential").unwrap_or(true),
            ports: params.list("portMappings").iter().filter_map(port_mapping).collect(),
            depends_on: params
                .list("dependsOn")
                .iter()
                .filter_map(|one| dependency(one, names))
                .collect(),
            entry_point: words(params, "entryPoint"),
            command: words(params, "command"),
            stop_timeout: seconds(params, "stopTimeout"),
            start_timeout: seconds(params, "startTimeout"),
            health: params.value("healthCheck").map(health_check),
            log_group: log.inner("options").str("awslogs-group").map(Arc::from),
            log_prefix: log.inner("options").str("awslogs-stream-prefix").map(Arc::from),
            log_group_made: log.inner("options").str("awslogs-create-group") == Some("true"),
            consistent: params.str("versionConsistency") != Some("disabled"),
            secrets: [params.list("secrets"), log.list("secretOptions")]
                .into_iter()
                .flatten()
                .map(|one| Arc::from(Params::new(one).required("valueFrom")))
                .collect(),
            log_driver: log.str("logDriver").map(Arc::from),
        }
    }

    /// The memory that is taken from an instance for this container when the task gives none.
    pub fn reserved_memory(&self) -> u32 {
        self.reservation.or(self.memory).unwrap_or(0)
    }
}

/// A member that is a whole number of zero or more.
pub(super) fn number(params: Params<'_>, name: &str) -> Option<u32> {
    u32::try_from(params.int(name)?).ok()
}

/// How many GPUs a container asks for (API-ecs ResourceRequirement: the value is a text).
fn gpus(params: Params<'_>) -> u32 {
    let wanted = params.list("resourceRequirements").iter().map(Params::new);
    let mut wanted = wanted.filter(|one| one.str("type") == Some("GPU"));
    wanted.find_map(|one| one.required("value").parse().ok()).unwrap_or(0)
}

/// A member that is a list of words; absent and empty are the same.
pub(super) fn words(params: Params<'_>, name: &str) -> Option<Arc<[Arc<str>]>> {
    let words: Vec<Arc<str>> = params.strings(name).map(Arc::from).collect();
    (!words.is_empty()).then(|| words.into())
}

fn seconds(params: Params<'_>, name: &str) -> Option<Millis> {
    number(params, name).map(|seconds| u64::from(seconds) * SECOND)
}

fn port_mapping(json: &Value) -> Option<PortMapping> {
    let params = Params::new(json);
    let port = |name: &str| params.int(name).and_then(|port| u16::try_from(port).ok());
    let protocol =
        if params.str("protocol") == Some("udp") { Protocol::Udp } else { Protocol::Tcp };
    Some(PortMapping {
        container: port("containerPort")?,
        host: port("hostPort").unwrap_or(0),
        protocol,
    })
}

fn dependency(json: &Value, names: &[&str]) -> Option<Dependency> {
    let params = Params::new(json);
    let wanted = params.str("containerName")?;
    let condition = match params.str("condition")? {
        "COMPLETE" => Condition::Complete,
        "SUCCESS" => Condition::Success,
        "HEALTHY" => Condition::Healthy,
        _ => Condition::Start,
    };
    let (on, _) = (0_u8..).zip(names).find(|(_, name)| **name == wanted)?;
    Some(Dependency { on, condition })
}

#[inline(never)]
fn health_check(json: &Value) -> HealthCheck {
    let params = Params::new(json);
    let command: Vec<&str> = params.strings("command").collect();
    let command = match command.split_first() {
        Some((&("CMD" | "CMD-SHELL"), rest)) => rest.join(" "),
        _ => command.join(" "),
    };
    HealthCheck {
        command: Arc::from(command),
        interval: seconds(params, "interval").unwrap_or(30 * SECOND),
        retries: number(params, "retries").unwrap_or(3),
        start_period: seconds(params, "startPeriod").unwrap_or(0),
    }
}
