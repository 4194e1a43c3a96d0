//! What the picture asks of every task, read out of its row once: of a thousand tasks most are drawn as a number.

use serde_json::Value;

use super::Tone;
use crate::session::view::rows::{Read, tail};

/// A task in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Its state as a drawing.
    pub(super) tone: Tone,
    /// The word for it.
    pub(super) state: String,
    /// It has stopped.
    pub(super) stopped: bool,
    /// The task definition, `web:2`.
    pub(super) definition: String,
    /// Its Availability Zone; empty before it has one.
    pub(super) zone: String,
    /// The ARN of its container instance; empty on Fargate.
    pub(super) host: String,
}

impl Brief {
    /// Of a task as AWS describes it.
    pub fn of(task: &Value) -> Self {
        let (tone, state) = state(task);
        Self {
            tone,
            state: state.to_owned(),
            stopped: task.text("lastStatus") == "STOPPED",
            definition: tail(task.text("taskDefinitionArn")).to_owned(),
            zone: task.text("availabilityZone").to_owned(),
            host: task.text("containerInstanceArn").to_owned(),
        }
    }

    /// It runs without a host of the learner's.
    pub(super) fn floats(&self) -> bool {
        !self.stopped && self.host.is_empty() && !self.zone.is_empty()
    }

    /// It has no place yet.
    pub(super) fn waits(&self) -> bool {
        !self.stopped && self.host.is_empty() && self.zone.is_empty()
    }
}

/// A task's state as a drawing, and the word for it.
fn state(task: &Value) -> (Tone, &str) {
    let status = task.text("lastStatus");
    let tone = match status {
        "RUNNING" if task.text("healthStatus") == "UNHEALTHY" => Tone::Failed,
        "RUNNING" => Tone::Running,
        "DEACTIVATING" | "STOPPING" | "DEPROVISIONING" => Tone::Leaving,
        "STOPPED" if failed(task) => Tone::Failed,
        "STOPPED" | "DELETED" => Tone::Ended,
        _ => Tone::Waiting,
    };
    let unhealthy = status == "RUNNING" && tone == Tone::Failed;
    (tone, if unhealthy { "UNHEALTHY" } else { status })
}

/// Whether a stopped task ended otherwise than somebody wanted.
fn failed(task: &Value) -> bool {
    let ended_well = |container: &Value| container.number("exitCode") == Some(0);
    match task.text("stopCode") {
        "" | "UserInitiated" => false,
        "ServiceSchedulerInitiated" => task.text("stoppedReason").contains("failed"),
        "EssentialContainerExited" => !task.list("containers").iter().all(ended_well),
        _ => true,
    }
}
