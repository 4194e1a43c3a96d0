//! Where the code in a container finds credentials, in the order in which an AWS SDK looks (facts:
//! §2).
//!
//! The first that answers is used, alone: with a task role, the role of the instance is not added.

use serde_json::Value;

use super::{caller, names, role, tasks};
use crate::cloud::account::Account;
use crate::cloud::compute::imds::{self, Asker};
use crate::cloud::ecs::task::{LaunchType, Task};
use crate::cloud::ecs::task_def::NetworkMode;

/// What was found, and every place that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whose credentials they are: the ARN of a session. An access key that nobody knows has none.
    pub identity: Option<String>,
    /// The places, in order; after one that had credentials nothing more is looked at.
    pub looks: Vec<Look>,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Where.
    pub place: Place,
    /// There were credentials.
    pub found: bool,
    /// One sentence for the learner.
    pub says: String,
}

/// Where credentials can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `AWS_ACCESS_KEY_ID` in the container's environment.
    Environment,
    /// The agent's endpoint at 169.254.170.2: the task role.
    ContainerEndpoint,
    /// The instance metadata service at 169.254.169.254: the instance role.
    InstanceMetadata,
}

impl Found {
    /// Some place had credentials.
    pub fn any(&self) -> bool {
        self.looks.iter().any(|look| look.found)
    }

    fn look(&mut self, place: Place, found: bool, says: impl Into<String>) -> bool {
        self.looks.push(Look { place, found, says: says.into() });
        found
    }
}

/// Looks for credentials from inside a container.
pub fn find(account: &Account, task: &Task, container: &str) -> Found {
    let mut found = Found::default();
    if has_access_key(task, container) {
        let says = "AWS_ACCESS_KEY_ID is set: it comes before any role.";
        found.look(Place::Environment, true, says);
        return found;
    }
    found.look(Place::Environment, false, "No access key is set in the environment.");
    if !ask_endpoint(account, task, &mut found) {
        ask_metadata(account, task, &mut found);
    }
    found
}

/// An access key among the environment variables of the definition or the overrides.
fn has_access_key(task: &Task, container: &str) -> bool {
    let lists = [
        task.definition.members.get("containerDefinitions"),
        task.request.overrides.get("containerOverrides"),
    ];
    let all = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
    let mine = all.filter(|one| one.get("name").and_then(Value::as_str) == Some(container));
    let pairs = mine.filter_map(|one| one.get("environment")?.as_array()).flatten();
    pairs.filter_map(|pair| pair.get("name")?.as_str()).any(|name| name == "AWS_ACCESS_KEY_ID")
}

fn ask_endpoint(account: &Account, task: &Task, found: &mut Found) -> bool {
    let place = Place::ContainerEndpoint;
    let Some(reference) = tasks::task_role(task) else {
        return found.look(
            place,
            false,
            "The task has no task role, so AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set.",
        );
    };
    if task.definition.network == NetworkMode::None {
        return found.look(place, false, "Network mode none: 169.254.170.2 cannot be reached.");
    }
    let setting = match task.definition.network {
        NetworkMode::Host => "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST",
        _ => "ECS_ENABLE_TASK_IAM_ROLE",
    };
    let agent = tasks::host(account, task).map(|instance| &instance.agent_config);
    if agent.is_some_and(|config| config.get(setting) == Some("false")) {
        let says = format!("The ECS agent does not hand out task roles: {setting} is false.");
        return found.look(place, false, says);
    }
    let name = role::find(account, reference)
        .map_or_else(|| names::last(reference).to_owned(), |role| role.name.to_string());
    found.identity = Some(caller::session_arn(&name, &task.id));
    found.look(place, true, format!("169.254.170.2 hands out the task role {name}."))
}

fn ask_metadata(account: &Account, task: &Task, found: &mut Found) -> bool {
    let place = Place::InstanceMetadata;
    let says = match task.launch {
        LaunchType::Fargate => "On Fargate there is no instance role and no metadata to ask.",
        LaunchType::External => "A machine outside of AWS has no instance metadata.",
        LaunchType::Ec2 => "",
    };
    let Some(instance) = tasks::host(account, task).filter(|_| says.is_empty()) else {
        return found.look(place, false, says);
    };
    let asker = match task.definition.network {
        NetworkMode::Host => Asker::Host,
        NetworkMode::Bridge => Asker::Bridge,
        NetworkMode::Awsvpc => Asker::TaskInterface,
        NetworkMode::None => {
            let says = "Network mode none: 169.254.169.254 cannot be reached.";
            return found.look(place, false, says);
        }
    };
    let reached = match imds::answers(instance, asker) {
        Ok(says) => says,
        Err(says) => return found.look(place, false, says),
    };
    let Some(role) = tasks::instance_role(account, instance) else {
        return found.look(place, false, format!("{reached} But the instance has no role."));
    };
    found.identity = Some(caller::session_arn(&role.name, &instance.id));
    let says = format!("{reached} It hands out the instance role {}.", role.name);
    found.look(place, true, says)
}
