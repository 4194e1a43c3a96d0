//! Names, ids and ARNs of ECS, and how a request's references resolve.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{self, Cluster};
use super::instance::ContainerInstance;
use super::task::Task;
use crate::cloud::account::Account;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::table::Id;

/// The ARN of something of ECS: `cluster/quay`, `task/quay/0123…`.
pub fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:{}:{}:{resource}", limits::REGION, limits::ACCOUNT)
}

/// What follows the last slash of a name or ARN.
pub fn short(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// The cluster that a request names, `default` when it names none; it must be active.
pub fn active_cluster(account: &Account, params: Params<'_>) -> Result<Id<Cluster>, ApiError> {
    let name = short(params.str("cluster").unwrap_or("default"));
    let id = account.clusters.id(name).ok_or_else(cluster::not_found)?;
    match account.clusters.get(id) {
        Some(cluster) if cluster.active => Ok(id),
        _ => Err(ApiError::new("ClusterNotFoundException", "The referenced cluster was inactive.")),
    }
}

/// The task that a reference of a request names, if there is one (sentences: seen in public logs).
pub fn task(
    account: &Account,
    cluster: Id<Cluster>,
    reference: &str,
) -> Result<Option<Id<Task>>, ApiError> {
    let id = resource_of_cluster(account, cluster, reference, "task")?;
    let found = account.tasks.id(id);
    Ok(found.filter(|id| account.tasks.get(*id).is_some_and(|task| task.cluster == cluster)))
}

/// The container instance that a reference of a request names, if there is one.
pub fn container_instance(
    account: &Account,
    cluster: Id<Cluster>,
    reference: &str,
) -> Result<Option<Id<ContainerInstance>>, ApiError> {
    let id = resource_of_cluster(account, cluster, reference, "containerInstance")?;
    let found = account.container_instances.id(id);
    Ok(found.filter(|id| {
        account.container_instances.get(*id).is_some_and(|host| host.cluster == cluster)
    }))
}

/// The failure for something that a request names and that is not there.
pub(super) fn missing(
    account: &Account,
    cluster: Id<Cluster>,
    kind: &str,
    reference: &str,
) -> Value {
    let name = account.clusters.get(cluster).map_or("", |cluster| &cluster.name);
    let arn = arn(&format!("{kind}/{name}/{}", short(reference)));
    json!({ "arn": arn, "reason": "MISSING" })
}

/// A new id of a task or container instance: 32 hexadecimal digits.
pub fn new_id(rng: &mut crate::cloud::rng::Rng) -> Arc<str> {
    Arc::from(rng.hex(32))
}

/// A new UUID, as containers and attachments have them.
pub fn new_uuid(rng: &mut crate::cloud::rng::Rng) -> Arc<str> {
    let hex = rng.hex(32);
    let mut text = String::with_capacity(36);
    for (n, digit) in hex.chars().enumerate() {
        if matches!(n, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    Arc::from(text)
}

/// The id in a reference, with AWS's complaints about ids that cannot be.
fn resource_of_cluster<'a>(
    account: &Account,
    cluster: Id<Cluster>,
    reference: &'a str,
    what: &str,
) -> Result<&'a str, ApiError> {
    let mut parts = reference.rsplit('/');
    let id = parts.next().unwrap_or(reference);
    let in_cluster = parts.next().filter(|_| parts.next().is_some());
    let yours = account.clusters.get(cluster).map_or("", |cluster| &cluster.name);
    match in_cluster {
        Some(named) if named != yours => Err(ApiError::invalid(format!(
            "Invalid identifier: Identifier is for cluster {named}. Your cluster is {yours}"
        ))),
        _ if !matches!(id.len(), 32 | 36) => {
            Err(ApiError::invalid(format!("{what}Id length should be one of [32,36]")))
        }
        _ => Ok(id),
    }
}

/// Letters, digits, hyphens and underscores, 1 to 255: what ECS allows for names of its own.
pub fn is_valid_name(name: &str) -> bool {
    (1..=255).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
