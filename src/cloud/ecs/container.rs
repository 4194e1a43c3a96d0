//! A container of a task, and how AWS shows it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::awsvpc::TaskEni;
use super::container_def::{ContainerDef, Protocol};
use super::names;
use super::task::Task;
use crate::cloud::compute::program::Nature;
use crate::cloud::input::Behaviour;
use crate::cloud::shape::Shape;
use crate::cloud::time::SimTime;

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// The end of its ARN.
    pub uuid: Arc<str>,
    /// Where it is in its life.
    pub state: State,
    /// Counts the turns its life took: a job that was meant for an earlier turn does nothing.
    pub turn: u32,
    /// The container runtime's id, once it exists.
    pub runtime_id: Option<Arc<str>>,
    /// The image's digest, once it was pulled.
    pub digest: Option<Arc<str>>,
    /// What it exited with.
    pub exit_code: Option<i32>,
    /// Why it failed, where AWS says so.
    pub reason: Option<Arc<str>>,
    /// Its ports on the host (bridge and host mode).
    pub bindings: Vec<Binding>,
    /// What its health check says.
    pub health: Health,
    /// Checks that failed in a row.
    pub failed_checks: u32,
    /// Another health check is due. When its outcome cannot change by itself, none is.
    pub checking: bool,
    /// What runs in it.
    pub nature: Nature,
    /// When it started.
    pub started: Option<SimTime>,
    /// What a fault makes it do.
    pub behaviour: Option<Behaviour>,
}

/// Where a container is in its life (facts: AGENT container status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It has not begun; perhaps it waits for another container.
    Waiting,
    /// Its image is pulled.
    Pulling,
    /// It is made and started.
    Starting,
    /// It runs.
    Running,
    /// It was told to stop.
    Stopping,
    /// It has ended, or never ran and never will.
    Stopped,
}

/// What a health check says; the worst is the greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// It passed.
    Healthy,
    /// There is none, or it has not said anything yet.
    #[default]
    Unknown,
    /// It failed too often in a row.
    Unhealthy,
}

/// A port of a container on its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The port inside.
    pub container: u16,
    /// The port on the host.
    pub host: u16,
    /// The protocol.
    pub protocol: Protocol,
}

impl Health {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Unknown => "UNKNOWN",
            Self::Unhealthy => "UNHEALTHY",
        }
    }
}

impl Container {
    /// A container that has not begun.
    pub fn new(uuid: Arc<str>) -> Self {
        Self {
            uuid,
            state: State::Waiting,
            turn: 0,
            runtime_id: None,
            digest: None,
            exit_code: None,
            reason: None,
            bindings: Vec::new(),
            health: Health::Unknown,
            failed_checks: 0,
            checking: false,
            nature: Nature::ends(0, 0),
            started: None,
            behaviour: None,
        }
    }

    /// The agent reports little: everything before `RUNNING` is `PENDING` (facts: AGENT taskstatus.go).
    pub fn status(&self) -> &'static str {
        match self.state {
            State::Waiting | State::Pulling | State::Starting => "PENDING",
            State::Running | State::Stopping => "RUNNING",
            State::Stopped => "STOPPED",
        }
    }

    /// Whether something listens on this port at this moment.
    pub fn serves(&self, port: u16, now: SimTime) -> bool {
        let up = matches!(self.state, State::Running | State::Stopping);
        let listening = self
            .nature
            .serves
            .zip(self.started)
            .is_some_and(|(serves, started)| serves.0 == port && now >= started + serves.1);
        up && listening
    }

    /// The agent of ECS Exec, which runs beside the application.
    fn exec_agent(&self) -> Value {
        let agent = Shape::with_room(3)
            .put("name", "ExecuteCommandAgent")
            .put("lastStatus", self.status())
            .at("lastStartedAt", self.started)
            .done();
        json!([agent])
    }

    /// The container as DescribeTasks shows it inside its task.
    pub(super) fn describe(&self, task: &Task, task_arn: &str, definition: &ContainerDef) -> Value {
        let resource = format!("container/{}/{}/{}", task.cluster_name, task.id, self.uuid);
        let bindings: Vec<Value> = self.bindings.iter().map(|binding| binding.describe()).collect();
        let interfaces = task.eni.iter().map(TaskEni::of_container).collect::<Vec<_>>();
        Shape::with_room(15)
            .put("containerArn", names::arn(&resource))
            .text("taskArn", task_arn)
            .text("name", &definition.name)
            .text("image", &definition.image)
            .maybe("imageDigest", self.digest.as_deref())
            .maybe("runtimeId", self.runtime_id.as_deref())
            .put("lastStatus", self.status())
            .maybe("exitCode", self.exit_code)
            .maybe("reason", self.reason.as_deref())
            .put("networkBindings", bindings)
            .put("networkInterfaces", interfaces)
            .put("healthStatus", self.health.word())
            .maybe("managedAgents", task.request.exec.then(|| self.exec_agent()))
            .put("cpu", definition.cpu.to_string())
            .maybe("memory", definition.memory.map(|mib| mib.to_string()))
            .maybe("memoryReservation", definition.reservation.map(|mib| mib.to_string()))
            .done()
    }
}

impl Binding {
    fn describe(self) -> Value {
        json!({
            "bindIP": "0.0.0.0",
            "containerPort": self.container,
            "hostPort": self.host,
            "protocol": self.protocol.word(),
        })
    }
}
