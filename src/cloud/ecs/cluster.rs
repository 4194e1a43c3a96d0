//! Clusters: CreateCluster, DescribeClusters, ListClusters, DeleteCluster.
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::capacity::association;
use super::names::{self, short};
use super::service::Service;
use super::task::{Bucket, LaunchType, Task};
use super::{EcsJob, page};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::iam::start::ensure_linked;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// A logical group of tasks, services and capacity; it may hold no instance at all (facts: DG/clusters).
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Up to 255 letters, digits, hyphens and underscores.
    pub name: Arc<str>,
    /// It can be used. A deleted cluster is shown as `INACTIVE` for a while.
    pub active: bool,
    /// Tasks by what runs them.
    pub counts: [Counts; 3],
    /// Tasks that have not stopped yet, in whatever state.
    pub live_tasks: u32,
    /// Services that are `ACTIVE` or `DRAINING`.
    pub services: u32,
    /// Services that look for a place in vain: they look again when there may be one.
    pub starving: Set<Id<Service>>,
    /// Tasks that wait for a place in `PROVISIONING`.
    pub waiting: Set<Id<Task>>,
    /// When they look for one.
    pub looks: Option<SimTime>,
    /// Container instances that are `ACTIVE` or `DRAINING`.
    pub instances: u32,
    /// What the request gave and ECS only keeps: settings, tags, configuration, capacity providers.
    pub given: Arc<Value>,
}

/// How many tasks are on their way and how many are up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// On their way to `RUNNING`.
    pub pending: u32,
    /// `RUNNING`.
    pub running: u32,
}

impl Counts {
    /// Counts one task more in a bucket.
    pub fn add(&mut self, bucket: Bucket) {
        if let Some(count) = self.of(bucket) {
            *count += 1;
        }
    }

    /// Counts one task less in a bucket.
    pub fn take(&mut self, bucket: Bucket) {
        if let Some(count) = self.of(bucket) {
            *count = count.saturating_sub(1);
        }
    }

    fn of(&mut self, bucket: Bucket) -> Option<&mut u32> {
        match bucket {
            Bucket::Pending => Some(&mut self.pending),
            Bucket::Running => Some(&mut self.running),
            Bucket::Neither => None,
        }
    }
}

impl Row for Cluster {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Cluster {
    /// The counts of a launch type.
    pub(super) fn count(&mut self, launch: LaunchType) -> &mut Counts {
        let [ec2, fargate, external] = &mut self.counts;
        match launch {
            LaunchType::Ec2 => ec2,
            LaunchType::Fargate => fargate,
            LaunchType::External => external,
        }
    }

    /// The cluster as DescribeClusters shows it with everything included.
    pub fn describe(&self) -> Value {
        self.shape(&["CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])
    }

    /// The cluster as the calls that change one answer.
    pub(super) fn answer(&self) -> Value {
        self.shape(&["CONFIGURATIONS", "SETTINGS", "TAGS"])
    }

    /// The cluster with what `include` asks for; the rest is empty (facts: API-ecs DescribeClusters).
    fn shape(&self, include: &[&str]) -> Value {
        let kept = |option: &str, member: &str| {
            if include.contains(&option) { self.kept(member) } else { json!([]) }
        };
        let statistics =
            if include.contains(&"STATISTICS") { self.statistics() } else { json!([]) };
        let sum = |count: fn(&Counts) -> u32| self.counts.iter().map(count).sum::<u32>();
        let configuration =
            include.contains(&"CONFIGURATIONS").then(|| self.given.get("configuration")).flatten();
        Shape::with_room(14)
            .put("clusterArn", arn(&self.name))
            .text("clusterName", &self.name)
            .maybe("configuration", configuration.cloned())
            .put("status", if self.active { "ACTIVE" } else { "INACTIVE" })
            .put("registeredContainerInstancesCount", self.instances)
            .put("runningTasksCount", sum(|counts| counts.running))
            .put("pendingTasksCount", sum(|counts| counts.pending))
            .put("activeServicesCount", self.services)
            .put("statistics", statistics)
            .put("tags", kept("TAGS", "tags"))
            .put("settings", kept("SETTINGS", "settings"))
            .put("capacityProviders", self.kept("capacityProviders"))
            .put("defaultCapacityProviderStrategy", self.kept("defaultCapacityProviderStrategy"))
            .maybe("serviceConnectDefaults", self.given.get("serviceConnectDefaults").cloned())
            .done()
    }

    fn kept(&self, member: &str) -> Value {
        match self.given.get(member) {
            Some(value) => value.clone(),
            None if member == "settings" => {
                json!([{ "name": "containerInsights", "value": "disabled" }])
            }
            None => json!([]),
        }
    }

    /// Name and value pairs by launch type (facts: API-ecs DescribeClusters.include).
    fn statistics(&self) -> Value {
        let names = [
            (LaunchType::Ec2, "runningEC2TasksCount", "pendingEC2TasksCount"),
            (LaunchType::Fargate, "runningFargateTasksCount", "pendingFargateTasksCount"),
            (LaunchType::External, "runningExternalTasksCount", "pendingExternalTasksCount"),
        ];
        let rows = names.iter().zip(&self.counts).flat_map(|((_, running, pending), counts)| {
            [(running, counts.running), (pending, counts.pending)]
        });
        rows.map(|(name, value)| json!({ "name": name, "value": value.to_string() })).collect()
    }
}

/// The ARN of a cluster.
pub fn arn(name: &str) -> String {
    names::arn(&format!("cluster/{name}"))
}

/// CreateCluster; the agent makes the cluster `default` in this way as well.
pub(in crate::cloud) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.str("clusterName").unwrap_or("default");
    if !names::is_valid_name(name) {
        return Err(ApiError::invalid("Identifier had invalid characters"));
    }
    let providers = association::check(cx.account, None, params)?;
    let existing = cx.account.clusters.id(name);
    let id = match existing.and_then(|id| Some((id, cx.account.clusters.get(id)?.active))) {
        Some((id, true)) => id,
        Some((id, false)) => {
            cx.account.clusters.remove(id);
            insert(cx, name, params, providers)
        }
        None => insert(cx, name, params, providers),
    };
    association::attach_all(cx, id)?;
    let cluster = cx.account.clusters.get(id).map(|cluster| cluster.answer());
    Ok(json!({ "cluster": cluster }))
}

/// Adds a cluster. Callers have looked that none of this name is there.
fn insert(
    cx: &mut Ctx<'_>,
    name: &str,
    params: Params<'_>,
    providers: Map<String, Value>,
) -> Id<Cluster> {
    let name: Arc<str> = Arc::from(name);
    let mut given = params.members().cloned().unwrap_or_default();
    given.extend(providers);
    let id = cx.account.clusters.insert(Cluster {
        name: Arc::clone(&name),
        active: true,
        counts: [Counts::default(); 3],
        live_tasks: 0,
        services: 0,
        starving: Set::new(),
        waiting: Set::new(),
        looks: None,
        instances: 0,
        given: Arc::new(Value::Object(given)),
    });
    cx.tell(Tone::Change, "cluster", &name, "created");
    ensure_linked(cx, "ecs.amazonaws.com");
    id
}

#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let asked: Vec<&str> = params.strings("clusters").collect();
    let asked = if asked.is_empty() { vec!["default"] } else { asked };
    let include: Vec<&str> = params.strings("include").collect();
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for reference in asked {
        match cx.account.clusters.find(short(reference)) {
            Some(cluster) => {
                let mut shown = cluster.shape(&include);
                if include.contains(&"ATTACHMENTS") {
                    association::add_attachments(cx.account, cluster, &mut shown);
                }
                clusters.push(shown);
            }
            None => failures.push(json!({ "arn": arn(short(reference)), "reason": "MISSING" })),
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let active = cx.account.clusters.iter().filter(|(_, cluster)| cluster.active);
    page::of(params, "clusterArns", active.map(|(id, cluster)| (id.number(), arn(&cluster.name))))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = short(params.required("cluster"));
    let id = cx.account.clusters.id(name).ok_or_else(not_found)?;
    let cluster = cx.account.clusters.get(id).ok_or_else(not_found)?;
    refuse_if_used(cluster)?;
    let was_active = cluster.active;
    if let Some(cluster) = cx.account.clusters.edit(id).filter(|_| was_active) {
        cluster.active = false;
        let name = Arc::clone(&cluster.name);
        let providers = association::names(cluster).into_iter().map(Arc::<str>::from);
        for provider in providers.collect::<Vec<_>>() {
            association::detach(cx, &provider);
        }
        cx.after(limits::INACTIVE_CLUSTER_KEPT_MS, Job::Ecs(EcsJob::ForgetCluster(id)));
        cx.tell(Tone::Change, "cluster", &name, "deleted");
    }
    let cluster = cx.account.clusters.get(id).map(|cluster| cluster.answer());
    Ok(json!({ "cluster": cluster }))
}

/// AWS's sentences for a cluster that still holds something.
fn refuse_if_used(cluster: &Cluster) -> Result<(), ApiError> {
    if cluster.instances > 0 {
        return Err(ApiError::new(
            "ClusterContainsContainerInstancesException",
            "The Cluster cannot be deleted while Container Instances are active or draining.",
        ));
    }
    if cluster.services > 0 {
        return Err(ApiError::new(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        ));
    }
    if cluster.live_tasks > 0 {
        return Err(ApiError::new(
            "ClusterContainsTasksException",
            "The Cluster cannot be deleted while Tasks are active.",
        ));
    }
    Ok(())
}

/// A deleted cluster is no longer shown, unless it was made anew.
#[inline(never)]
pub(super) fn forget(cx: &mut Ctx<'_>, id: Id<Cluster>) {
    if cx.account.clusters.get(id).is_some_and(|cluster| !cluster.active) {
        cx.account.clusters.remove(id);
    }
}

/// AWS's answer for a cluster that does not exist.
pub fn not_found() -> ApiError {
    ApiError::new("ClusterNotFoundException", "Cluster not found.")
}
