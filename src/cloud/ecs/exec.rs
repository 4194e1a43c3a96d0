//! ECS Exec: ExecuteCommand opens a session with a container (sentences: seen in public logs).

use serde_json::{Value, json};

use super::cluster;
use super::container::State;
use super::names;
use super::task::Task;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;

pub(super) fn execute(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    if !params.bool("interactive").unwrap_or(false) {
        return Err(ApiError::invalid("Interactive is the only mode supported currently."));
    }
    let found = names::task(cx.account, cluster, params.required("task"))?;
    let task = found.and_then(|id| cx.account.tasks.get(id)).cloned();
    let task = task.ok_or_else(|| ApiError::invalid("The referenced task was not found."))?;
    if !task.request.exec {
        return Err(ApiError::invalid(
            "The execute command failed because execute command was not enabled when the task was \
             run or the execute command agent isn’t running. Wait and try again or run a new task \
             with execute command enabled and try again.",
        ));
    }
    let place = container(&task, params.str("container"))?;
    let named = task.definition.containers.get(place).zip(task.containers.get(place));
    let Some((definition, container)) = named.filter(|(_, one)| one.state == State::Running) else {
        return Err(ApiError::new(
            "TargetNotConnectedException",
            "The execute command failed due to an internal error. Try again later.",
        ));
    };
    let session = format!("ecs-execute-command-{}", cx.rng.hex(17));
    let resource = format!("container/{}/{}/{}", task.cluster_name, task.id, container.uuid);
    let region = limits::REGION;
    Ok(json!({
        "clusterArn": cluster::arn(&task.cluster_name),
        "containerArn": names::arn(&resource),
        "containerName": definition.name,
        "interactive": true,
        "session": {
            "sessionId": session,
            "streamUrl": format!("wss://ssmmessages.{region}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"),
            "tokenValue": cx.rng.hex(64),
        },
        "taskArn": task.arn(),
    }))
}

/// The container that is meant: the only one, or the one that is named.
fn container(task: &Task, name: Option<&str>) -> Result<usize, ApiError> {
    let definitions = &task.definition.containers;
    match name {
        Some(name) => definitions.iter().position(|one| *one.name == *name).ok_or_else(|| {
            ApiError::invalid(format!("The container {name} was not found in the task."))
        }),
        None if definitions.len() == 1 => Ok(0),
        None => Err(ApiError::invalid(
            "A container name must be specified for tasks with more than one container.",
        )),
    }
}
