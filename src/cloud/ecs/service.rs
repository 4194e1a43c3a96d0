//! A service: a wish for a number of tasks, the deployments that fulfil it, and how AWS shows them.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{self, Cluster};
use super::deployment::{Deployment, Rules, Spec};
use super::names;
use super::task::{Bucket, LaunchType, Task};
use crate::cloud::account::Account;
use crate::cloud::elbv2::target_group::TargetGroup;
use crate::cloud::map::Set;
use crate::cloud::shape::Shape;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::{Millis, SECOND, SimTime};

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// `arn:aws:ecs:…:service/<cluster>/<name>`.
    pub arn: Arc<str>,
    /// Unique in its cluster.
    pub name: Arc<str>,
    /// Its cluster.
    pub cluster: Id<Cluster>,
    /// The cluster's name.
    pub cluster_name: Arc<str>,
    /// Whether it still works.
    pub status: ServiceStatus,
    /// How many tasks it wants. A daemon wants one on every active instance.
    pub desired: u32,
    /// One task on every active instance instead of a number.
    pub daemon: bool,
    /// How deployments go.
    pub rules: Rules,
    /// How long after its start a task's bad health is overlooked.
    pub grace: Millis,
    /// Tasks are moved between zones for balance.
    pub rebalances: bool,
    /// Deployments: the newest is PRIMARY, the others are being replaced.
    pub deployments: Vec<Deployment>,
    /// The number of the newest deployment there has been.
    pub numbers: u32,
    /// The newest deployment that came to its end well: what a rollback returns to.
    pub last_good: Option<(Arc<str>, Arc<Spec>)>,
    /// Where its tasks are registered as targets.
    pub balancers: Vec<Balancer>,
    /// The newest events, newest first.
    pub events: VecDeque<ServiceEvent>,
    /// Tasks that have not stopped.
    pub tasks: Set<Id<Task>>,
    /// A task more than it wants, started in an empty zone; one in a full zone goes when it is healthy.
    pub rebalancing: Option<Id<Task>>,
    /// What it wants is there, and was said to be.
    pub steady: bool,
    /// The last complaint and when it was made: the same one is not made again at once.
    pub complaint: Option<(Arc<str>, SimTime)>,
    /// When the scheduler looks next because something is going on.
    pub wake: Option<SimTime>,
    /// When it looks next to try again what failed.
    pub retry: Option<SimTime>,
    /// When it was made.
    pub created: SimTime,
    /// Who made it.
    pub created_by: Arc<str>,
    /// Members of the requests that are only kept: tags, settings without an effect here.
    pub given: Arc<Value>,
}

/// Whether a service still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceStatus {
    /// It does.
    Active,
    /// It was deleted and its tasks stop.
    Draining,
    /// It was deleted and none is left; it is shown for a while.
    Inactive,
}

/// A target group that a service's tasks are registered with.
#[derive(Clone, Debug)]
pub struct Balancer {
    /// The target group.
    pub group: Id<TargetGroup>,
    /// Its ARN.
    pub arn: Arc<str>,
    /// The container that serves.
    pub container: Arc<str>,
    /// Its port.
    pub port: u16,
}

/// One line of a service's event list.
#[derive(Clone, Debug)]
pub struct ServiceEvent {
    /// A UUID.
    pub id: Arc<str>,
    /// When.
    pub at: SimTime,
    /// What AWS says.
    pub message: Arc<str>,
}

impl Row for Service {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl ServiceStatus {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// The ARN of a service.
pub fn arn(cluster: &str, name: &str) -> String {
    names::arn(&format!("service/{cluster}/{name}"))
}

impl Service {
    /// Fewest healthy and most tasks of all, as a deployment may have them (facts/ecs §4, "Rolling arithmetic").
    pub fn bounds(&self) -> (u32, u32) {
        let (least, most) = (self.rules.least_percent, self.rules.most_percent);
        let desired = u64::from(self.desired);
        let floor = (desired * u64::from(least)).div_ceil(100);
        let ceiling = desired * u64::from(most) / 100;
        (u32::try_from(floor).unwrap_or(u32::MAX), u32::try_from(ceiling).unwrap_or(u32::MAX))
    }

    /// The newest deployment.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.first()
    }

    /// Its tasks that are not to stop, with their rows.
    pub fn live<'a>(&'a self, account: &'a Account) -> impl Iterator<Item = (Id<Task>, &'a Task)> {
        let rows = self.tasks.iter().filter_map(|id| Some((*id, &**account.tasks.get(*id)?)));
        rows.filter(|(_, task)| task.stop.is_none())
    }

    /// The service as DescribeServices shows it, with its tags.
    pub fn describe(&self, account: &Account) -> Value {
        self.shape(account, true)
    }

    pub(super) fn shape(&self, account: &Account, with_tags: bool) -> Value {
        let (counts, of_each) = self.counts(account);
        let Some(spec) = self.primary().map(|one| Arc::clone(&one.spec)) else {
            return self.ended(with_tags);
        };
        let deployments: Vec<Value> = self
            .deployments
            .iter()
            .zip(of_each)
            .map(|(one, counts)| one.describe(self, counts, &one.spec))
            .collect();
        self.common(with_tags)
            .put("runningCount", counts.1)
            .put("pendingCount", counts.0)
            .maybe("launchType", spec.launch_shown())
            .maybe("capacityProviderStrategy", spec.strategy_shown())
            .maybe("platformVersion", spec.platform_shown())
            .maybe("platformFamily", (spec.launch == LaunchType::Fargate).then_some("Linux"))
            .put("taskDefinition", spec.definition.arn())
            .put("deployments", deployments)
            .put("placementConstraints", spec.given("placementConstraints", json!([])))
            .put("placementStrategy", spec.given("placementStrategy", json!([])))
            .maybe("networkConfiguration", spec.network_shown())
            .put("enableExecuteCommand", spec.exec())
            .done()
    }

    /// A deleted service without deployments.
    fn ended(&self, with_tags: bool) -> Value {
        self.common(with_tags)
            .put("runningCount", 0)
            .put("pendingCount", 0)
            .put("deployments", json!([]))
            .done()
    }

    fn common(&self, with_tags: bool) -> Shape {
        let balancers: Vec<Value> = self.balancers.iter().map(Balancer::describe).collect();
        let events: Vec<Value> = self.events.iter().map(ServiceEvent::describe).collect();
        let kept = |name: &str| self.given.get(name).cloned();
        let tags = if with_tags { kept("tags") } else { None };
        let rebalancing = if self.rebalances { "ENABLED" } else { "DISABLED" };
        let grace = self.grace / SECOND;
        let has_grace = grace > 0 || !self.balancers.is_empty();
        Shape::with_room(34)
            .text("serviceArn", &self.arn)
            .text("serviceName", &self.name)
            .put("clusterArn", cluster::arn(&self.cluster_name))
            .put("loadBalancers", balancers)
            .put("serviceRegistries", kept("serviceRegistries").unwrap_or_else(|| json!([])))
            .put("status", self.status.word())
            .put("desiredCount", self.desired)
            .put("deploymentConfiguration", self.rules.describe())
            .put("events", events)
            .at("createdAt", Some(self.created))
            .text("createdBy", &self.created_by)
            .maybe("healthCheckGracePeriodSeconds", has_grace.then_some(grace))
            .put("schedulingStrategy", if self.daemon { "DAEMON" } else { "REPLICA" })
            .put("deploymentController", json!({ "type": "ECS" }))
            .put("tags", tags.unwrap_or_else(|| json!([])))
            .put(
                "enableECSManagedTags",
                kept("enableECSManagedTags").unwrap_or_else(|| json!(false)),
            )
            .put("propagateTags", kept("propagateTags").unwrap_or_else(|| json!("NONE")))
            .put("availabilityZoneRebalancing", rebalancing)
    }

    /// Pending and running tasks, of all deployments and of each.
    fn counts(&self, account: &Account) -> ((u32, u32), Vec<(u32, u32)>) {
        let (mut all, mut of_each) = ((0, 0), vec![(0, 0); self.deployments.len()]);
        for task in self.tasks.iter().filter_map(|id| account.tasks.get(*id)) {
            let (pending, running) = match task.status.bucket() {
                Bucket::Pending => (1, 0),
                Bucket::Running => (0, 1),
                Bucket::Neither => continue,
            };
            all = (all.0 + pending, all.1 + running);
            let ours = task.owner.as_ref().map(|owner| owner.deployment);
            let place = self.deployments.iter().position(|one| Some(one.number) == ours);
            if let Some(counts) = place.and_then(|place| of_each.get_mut(place)) {
                *counts = (counts.0 + pending, counts.1 + running);
            }
        }
        (all, of_each)
    }
}

impl Balancer {
    fn describe(&self) -> Value {
        json!({
            "targetGroupArn": self.arn,
            "containerName": self.container,
            "containerPort": self.port,
        })
    }
}

impl ServiceEvent {
    fn describe(&self) -> Value {
        json!({ "id": self.id, "createdAt": self.at.seconds(), "message": self.message })
    }
}
