//! The three things that can happen to an account.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ApiError;
use super::limits;
use super::time::SimTime;

/// Everything that can happen to an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Somebody called an AWS action.
    Call {
        /// Who.
        by: Principal,
        /// What.
        call: Call,
    },
    /// Virtual time moved on.
    Advance {
        /// To when. A moment in the past changes nothing.
        to: SimTime,
    },
    /// Something broke, or was mended.
    Inject {
        /// What.
        fault: Fault,
    },
}

/// One call of an AWS action with its input as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// The service's name in botocore and in the CLI: `ecs`, `elbv2`.
    pub service: Arc<str>,
    /// The action's wire name: `RunTask`.
    pub operation: Arc<str>,
    /// The request's members.
    pub input: Arc<Value>,
}

/// What a service answers: the response's members, or an error.
pub type Reply = Result<Arc<Value>, ApiError>;

/// What came of an input.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answer to a call, or whether a fault could be injected.
    pub reply: Option<Reply>,
    /// The number of the trail's record of a call.
    pub record: Option<u64>,
    /// Jobs of the control plane that ran.
    pub jobs_run: u32,
}

/// Who makes a call: an ARN of a user or a role, or the name of an AWS service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Principal(pub Arc<str>);

impl Principal {
    /// The learner: an administrator of the account.
    pub fn administrator() -> Self {
        Self(Arc::from(format!("arn:aws:iam::{}:user/{}", limits::ACCOUNT, limits::ADMINISTRATOR)))
    }

    /// An AWS service that calls on its own account's behalf.
    pub fn service(name: &str) -> Self {
        Self(Arc::from(name))
    }
}

impl Call {
    /// A call by its names.
    pub fn new(service: &str, operation: &str, input: Value) -> Self {
        Self {
            service: Arc::from(service),
            operation: Arc::from(operation),
            input: Arc::new(input),
        }
    }
}

/// What can be broken or mended from outside. One key names the fault, as in the laboratory's `inject`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// An EC2 instance stops, as if its hardware had failed.
    StopInstance(String),
    /// An Availability Zone fails: nothing in it can be reached.
    LoseZone(String),
    /// A failed Availability Zone works again.
    RestoreZone(String),
    /// The ECS agent of an instance loses its connection to the control plane.
    DisconnectAgent(String),
    /// The ECS agent of an instance finds its connection again.
    ConnectAgent(String),
    /// No image can be pulled from any registry (true), or again (false).
    BlockRegistry(bool),
    /// The tasks of a service have so much to do: what each would use if the demand were spread over those running now.
    #[serde(rename_all = "camelCase")]
    Load {
        /// The service's name.
        service: String,
        /// Its cluster, `default` where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
        /// CPU in percent.
        cpu_percent: u32,
        /// Memory in percent; little where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        memory_percent: Option<u32>,
    },
    /// Fargate Spot takes its capacity back: the task is told to stop.
    InterruptSpot(String),
    /// Clients on the internet send requests to a load balancer from now on; none a second ends it.
    #[serde(rename_all = "camelCase")]
    Traffic {
        /// The load balancer's name.
        load_balancer: String,
        /// How many each second.
        requests_per_second: u32,
        /// The path they ask for; `/` where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The host they ask for; the load balancer's own name where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
    },
    /// The application in a task behaves in a certain way from now on.
    App {
        /// The task's ARN or id.
        task: String,
        /// What it does.
        behaviour: Behaviour,
    },
}

/// What an application can be made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Behaviour {
    /// Exits with code 1.
    Crash,
    /// Exits with code 0.
    Exit,
    /// Answers slowly.
    Slow,
    /// Uses more and more memory until it is killed (exit code 137).
    Leak,
    /// Runs, but fails its health checks.
    Unhealthy,
    /// Behaves well again.
    Recover,
}
