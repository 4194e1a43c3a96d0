//! The calls about container instances: register, describe, list, drain, deregister.

use std::sync::Arc;

use serde_json::{Value, json};

use super::instance::{ContainerInstance, HostStatus};
use super::query::Query;
use super::{cluster, hosts, names, page, task_life};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

/// What the agent calls. Its machine is known by the identity document that EC2 signs for it.
pub(super) fn register(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = names::short(params.str("cluster").unwrap_or("default"));
    let cluster = cx.account.clusters.id(name).ok_or_else(cluster::not_found)?;
    let document = params.str("instanceIdentityDocument").unwrap_or("{}");
    let document: Value = serde_json::from_str(document).unwrap_or(Value::Null);
    let ec2_id = Params::new(&document).required("instanceId");
    let instance = cx.account.instances.find(ec2_id).filter(|instance| instance.is_up()).cloned();
    let Some(instance) = instance else {
        return Err(ApiError::client("Unable to verify the instance identity document."));
    };
    if hosts::row_of(cx.account, ec2_id).is_some() {
        return Err(ApiError::client("The instance is registered with a cluster already."));
    }
    let made = hosts::register(cx, cluster, &instance);
    let shown = made.and_then(|id| cx.account.container_instances.get(id));
    Ok(json!({ "containerInstance": shown.map(|host| host.describe()) }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let asked = params.list("containerInstances");
    if asked.is_empty() {
        return Err(ApiError::invalid("Container instances cannot be empty."));
    }
    if asked.len() > limits::DESCRIBED_AT_ONCE {
        return Err(ApiError::invalid("Container instances cannot have more than 100 elements."));
    }
    let with_tags = params.strings("include").any(|include| include == "TAGS");
    let (found, failures) = look_up(cx, cluster, params)?;
    let rows = found.iter().filter_map(|id| cx.account.container_instances.get(*id));
    let shown: Vec<Value> = rows.map(|host| host.shape(with_tags)).collect();
    Ok(json!({ "containerInstances": shown, "failures": failures }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let status = params.str("status");
    let filter = match params.str("filter") {
        None => None,
        Some(text) => Some(
            Query::parse(text)
                .map_err(|why| ApiError::invalid(format!("Invalid filter: {text} ({why})")))?,
        ),
    };
    let rows = cx.account.container_instances.iter().filter(|(_, host)| {
        host.cluster == cluster
            && host.status != HostStatus::Inactive
            && status.is_none_or(|status| host.status.word() == status)
            && filter.as_ref().is_none_or(|filter| filter.accepts(host))
    });
    page::of(params, "containerInstanceArns", rows.map(|(id, host)| (id.number(), host.arn())))
}

pub(super) fn update_state(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let status = match params.required("status") {
        "ACTIVE" => HostStatus::Active,
        "DRAINING" => HostStatus::Draining,
        _ => {
            return Err(ApiError::invalid(
                "Container instance status should be one of [ACTIVE,DRAINING]",
            ));
        }
    };
    let asked = params.list("containerInstances").len();
    if !(1..=limits::INSTANCES_PER_START).contains(&asked) {
        return Err(ApiError::invalid("Container instances must have between 1 and 10 elements."));
    }
    let (found, mut failures) = look_up(cx, cluster, params)?;
    let mut shown = Vec::new();
    for id in found {
        let Some(host) = cx.account.container_instances.get(id) else { continue };
        if host.status == HostStatus::Inactive {
            failures.push(json!({ "arn": host.arn(), "reason": "INACTIVE" }));
            continue;
        }
        set_status(cx, id, status);
        shown.extend(cx.account.container_instances.get(id).map(|host| host.shape(false)));
    }
    Ok(json!({ "containerInstances": shown, "failures": failures }))
}

/// Lets an instance take tasks, or drains it.
pub(super) fn set_status(cx: &mut Ctx<'_>, id: Id<ContainerInstance>, status: HostStatus) {
    let Some(host) = cx.account.container_instances.edit(id) else { return };
    if host.status == status || host.status == HostStatus::Inactive {
        return;
    }
    host.status = status;
    host.version += 1;
    let (name, cluster) = (Arc::clone(&host.id), host.cluster);
    cx.tell(Tone::Change, "container-instance", &name, status.word());
    super::hosts_changed(cx, cluster);
}

pub(super) fn deregister(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let reference = params.required("containerInstance");
    let id = one(cx, cluster, reference)?;
    let Some(host) = cx.account.container_instances.get(id).cloned() else {
        return Err(not_found());
    };
    if !host.tasks.is_empty() && !params.bool("force").unwrap_or(false) {
        return Err(ApiError::invalid("Found running tasks on the instance."));
    }
    for task in &host.tasks {
        task_life::lost(cx, *task, "Container instance deregistration forced by user");
    }
    hosts::leave(cx, id);
    let shown = cx.account.container_instances.get(id).map(|host| host.describe());
    Ok(json!({ "containerInstance": shown }))
}

/// The instances that a request names, and a failure for each that is not there.
pub(super) fn look_up(
    cx: &Ctx<'_>,
    cluster: Id<cluster::Cluster>,
    params: Params<'_>,
) -> Result<(Vec<Id<ContainerInstance>>, Vec<Value>), ApiError> {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in params.strings("containerInstances") {
        if let Some(id) = names::container_instance(cx.account, cluster, reference)? {
            found.push(id);
        } else {
            failures.push(names::missing(cx.account, cluster, "container-instance", reference));
        }
    }
    Ok((found, failures))
}

/// The instance that a request names.
pub(super) fn one(
    cx: &Ctx<'_>,
    cluster: Id<cluster::Cluster>,
    reference: &str,
) -> Result<Id<ContainerInstance>, ApiError> {
    names::container_instance(cx.account, cluster, reference)?.ok_or_else(not_found)
}

fn not_found() -> ApiError {
    ApiError::invalid("The referenced container instance was not found.")
}
