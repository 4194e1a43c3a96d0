//! Clusters: CreateCluster, DescribeClusters, ListClusters, DeleteCluster.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;

/// A logical group of tasks, services and capacity; it may hold no instance at all (facts: DG/clusters).
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Up to 255 letters, digits, hyphens and underscores.
    pub name: Arc<str>,
    /// `ACTIVE` or `INACTIVE`.
    pub status: &'static str,
}

impl Row for Cluster {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Cluster {
    /// The cluster as DescribeClusters shows it.
    pub fn describe(&self, _account: &Account) -> Value {
        json!({
            "clusterArn": arn(&self.name),
            "clusterName": self.name,
            "status": self.status,
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": 0,
            "pendingTasksCount": 0,
            "activeServicesCount": 0,
            "statistics": [],
            "tags": [],
            "settings": [{ "name": "containerInsights", "value": "disabled" }],
            "capacityProviders": [],
            "defaultCapacityProviderStrategy": [],
        })
    }
}

/// The ARN of a cluster.
pub fn arn(name: &str) -> String {
    format!("arn:aws:ecs:{}:{}:cluster/{name}", limits::REGION, limits::ACCOUNT)
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name: Arc<str> = Arc::from(params.str("clusterName").unwrap_or("default"));
    if cx.account.clusters.find(&name).is_none() {
        cx.account.clusters.insert(Cluster { name: Arc::clone(&name), status: "ACTIVE" });
        cx.tell(Tone::Change, "cluster", &name, "created");
    }
    let cluster = cx.account.clusters.find(&name).map(|cluster| cluster.describe(cx.account));
    Ok(json!({ "cluster": cluster }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let asked: Vec<&str> = params.strings("clusters").collect();
    let asked = if asked.is_empty() { vec!["default"] } else { asked };
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for reference in asked {
        match cx.account.clusters.find(short_name(reference)) {
            Some(cluster) => clusters.push(cluster.describe(cx.account)),
            None => {
                failures.push(json!({ "arn": arn(short_name(reference)), "reason": "MISSING" }))
            }
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}

pub(super) fn list(cx: &mut Ctx<'_>, _params: Params<'_>) -> Result<Value, ApiError> {
    let arns: Vec<String> =
        cx.account.clusters.values().map(|cluster| arn(&cluster.name)).collect();
    Ok(json!({ "clusterArns": arns }))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id =
        cx.account.clusters.id(short_name(params.required("cluster"))).ok_or_else(not_found)?;
    let mut gone = cx.account.clusters.remove(id).ok_or_else(not_found)?;
    Arc::make_mut(&mut gone).status = "INACTIVE";
    cx.tell(Tone::Change, "cluster", &gone.name, "deleted");
    Ok(json!({ "cluster": gone.describe(cx.account) }))
}

/// AWS's answer for a cluster that does not exist.
pub fn not_found() -> ApiError {
    ApiError::new("ClusterNotFoundException", "Cluster not found.")
}

/// The name in a name or ARN.
fn short_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
