//! Looking at tasks and stopping them: DescribeTasks, ListTasks, StopTask.

use std::borrow::Cow;

use serde_json::Value;

use super::task::{LaunchType, StopCode, Task};
use super::{names, page, services, task_life};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let asked = params.list("tasks");
    if asked.is_empty() {
        return Err(ApiError::invalid("Tasks cannot be empty."));
    }
    if asked.len() > limits::DESCRIBED_AT_ONCE {
        return Err(ApiError::invalid("Tasks cannot have more than 100 elements."));
    }
    let with_tags = params.strings("include").any(|include| include == "TAGS");
    let (mut tasks, mut failures) = (Vec::with_capacity(asked.len()), Vec::new());
    for reference in params.strings("tasks") {
        let found = names::task(cx.account, cluster, reference)?;
        if let Some(task) = found.and_then(|id| cx.account.tasks.get(id)) {
            tasks.push(task.shape(cx.account, with_tags));
        } else {
            failures.push(names::missing(cx.account, cluster, "task", reference));
        }
    }
    Ok(Shape::with_room(2).put("tasks", tasks).put("failures", failures).done())
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let host = match params.str("containerInstance") {
        None => None,
        Some(reference) => {
            Some(names::container_instance(cx.account, cluster, reference)?.ok_or_else(|| {
                ApiError::invalid("The referenced container instance was not found.")
            })?)
        }
    };
    let desired = params.str("desiredStatus").unwrap_or("RUNNING");
    if !matches!(desired, "RUNNING" | "PENDING" | "STOPPED") {
        return Err(ApiError::invalid(format!("Invalid desired status: {desired}")));
    }
    let launch = params.str("launchType").and_then(LaunchType::parse);
    let (family, started_by) = (params.str("family"), params.str("startedBy"));
    if let Some(service) = params.str("serviceName") {
        services::find(cx, cluster, service)?;
    }
    let service = params.str("serviceName").map(names::short);
    let wanted = |task: &Task| {
        task.cluster == cluster
            && task.desired() == desired
            && host.is_none_or(|host| task.instance == Some(host))
            && launch.is_none_or(|launch| task.launch == launch)
            && family.is_none_or(|family| *task.definition.family == *family)
            && started_by.is_none_or(|by| task.request.started_by.as_deref() == Some(by))
            && service.is_none_or(|service| task.service_name() == Some(service))
    };
    let rows = cx.account.tasks.iter().filter(|(_, task)| wanted(task));
    page::of(params, "taskArns", rows.map(|(id, task)| (id.number(), task.arn())))
}

pub(super) fn stop(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let found = names::task(cx.account, cluster, params.required("task"))?;
    let not_found = || ApiError::invalid("The referenced task was not found.");
    let id = found.ok_or_else(not_found)?;
    let reason: Cow<'static, str> = match params.str("reason") {
        Some(reason) => Cow::Owned(reason.to_owned()),
        None => Cow::Borrowed("Task stopped by user"),
    };
    task_life::stop(cx, id, StopCode::UserInitiated, reason);
    let task = cx.account.tasks.get(id).ok_or_else(not_found)?;
    Ok(Shape::with_room(1).put("task", task.shape(cx.account, true)).done())
}
