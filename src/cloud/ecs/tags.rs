//! Tags of ECS's resources: TagResource, UntagResource, ListTagsForResource.

use std::sync::Arc;

use serde_json::{Value, json};

use super::names;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;

/// What can carry tags.
enum Tagged {
    Cluster,
    TaskDefinition,
    Task,
    Service,
    ContainerInstance,
}

pub(super) fn tag(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("resourceArn");
    let mut tags = read(cx.account, arn)?;
    for new in params.list("tags") {
        let key = new.get("key");
        tags.retain(|tag| tag.get("key") != key);
        tags.push(new.clone());
    }
    if tags.len() > limits::TAGS {
        return Err(ApiError::invalid("Too many tags: a resource can have at most 50."));
    }
    write(cx.account, arn, tags)?;
    Ok(json!({}))
}

pub(super) fn untag(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("resourceArn");
    let mut tags = read(cx.account, arn)?;
    let keys: Vec<&str> = params.strings("tagKeys").collect();
    tags.retain(|tag| !keys.contains(&Params::new(tag).required("key")));
    write(cx.account, arn, tags)?;
    Ok(json!({}))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let tags = read(cx.account, params.required("resourceArn"))?;
    Ok(json!({ "tags": tags }))
}

/// What sort of resource an ARN names, and the key of its row.
fn resource(arn: &str) -> Option<(Tagged, &str)> {
    let (_, rest) = arn.split_once(":ecs:")?;
    let (kind, _) = rest.rsplit(':').find_map(|part| part.split_once('/')).or_else(|| {
        // A task definition's revision follows a colon of its own.
        rest.split(':').find_map(|part| part.split_once('/'))
    })?;
    let tagged = match kind {
        "cluster" => Tagged::Cluster,
        "task-definition" => Tagged::TaskDefinition,
        "task" => Tagged::Task,
        "service" => return Some((Tagged::Service, arn)),
        "container-instance" => Tagged::ContainerInstance,
        _ => return None,
    };
    Some((tagged, names::short(arn)))
}

fn read(account: &Account, arn: &str) -> Result<Vec<Value>, ApiError> {
    let (tagged, key) = resource(arn).ok_or_else(|| malformed(arn))?;
    let own = |given: &Value| given.get("tags").cloned();
    let found: Option<Option<Value>> = match tagged {
        Tagged::Cluster => account.clusters.find(key).map(|row| own(&row.given)),
        Tagged::TaskDefinition => {
            account.task_definitions.find(key).map(|row| Some((*row.tags).clone()))
        }
        Tagged::Task => account.tasks.find(key).map(|row| Some(row.request.tags.clone())),
        Tagged::Service => account.services.find(key).map(|row| own(&row.given)),
        Tagged::ContainerInstance => {
            account.container_instances.find(key).map(|row| Some((*row.tags).clone()))
        }
    };
    match found {
        None => Err(missing()),
        Some(Some(Value::Array(tags))) => Ok(tags),
        Some(_) => Ok(Vec::new()),
    }
}

fn write(account: &mut Account, arn: &str, tags: Vec<Value>) -> Result<(), ApiError> {
    let (tagged, key) = resource(arn).ok_or_else(|| malformed(arn))?;
    let tags = Value::Array(tags);
    let into = |given: &mut Arc<Value>, tags: Value| {
        if let Some(members) = Arc::make_mut(given).as_object_mut() {
            members.insert("tags".into(), tags);
        }
    };
    match tagged {
        Tagged::Cluster => {
            let id = account.clusters.id(key).ok_or_else(missing)?;
            into(&mut account.clusters.edit(id).ok_or_else(missing)?.given, tags);
        }
        Tagged::TaskDefinition => {
            let id = account.task_definitions.id(key).ok_or_else(missing)?;
            account.task_definitions.edit(id).ok_or_else(missing)?.tags = Arc::new(tags);
        }
        Tagged::Task => {
            let id = account.tasks.id(key).ok_or_else(missing)?;
            let task = account.tasks.edit(id).ok_or_else(missing)?;
            Arc::make_mut(&mut task.request).tags = tags;
        }
        Tagged::Service => {
            let id = account.services.id(key).ok_or_else(missing)?;
            into(&mut account.services.edit(id).ok_or_else(missing)?.given, tags);
        }
        Tagged::ContainerInstance => {
            let id = account.container_instances.id(key).ok_or_else(missing)?;
            account.container_instances.edit(id).ok_or_else(missing)?.tags = Arc::new(tags);
        }
    }
    Ok(())
}

fn missing() -> ApiError {
    ApiError::new("ResourceNotFoundException", "The specified resource could not be found.")
}

fn malformed(arn: &str) -> ApiError {
    ApiError::invalid(format!("Invalid resource ARN: {arn}"))
}
