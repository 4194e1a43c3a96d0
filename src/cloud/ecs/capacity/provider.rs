//! A capacity provider of an Auto Scaling group: the row and how AWS shows it (facts/ecs §6).

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::measure::Measure;
use crate::cloud::ecs::cluster::Cluster;
use crate::cloud::ecs::names;
use crate::cloud::limits;
use crate::cloud::scaling::decision::Decision;
use crate::cloud::shape::Shape;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::{Millis, SECOND, SimTime};

/// Capacity for tasks that comes from an Auto Scaling group. `FARGATE` and `FARGATE_SPOT` need no row: AWS has them.
#[derive(Clone, Debug)]
pub struct CapacityProvider {
    /// Unique in the account.
    pub name: Arc<str>,
    /// The group's name.
    pub group: Arc<str>,
    /// The group's ARN.
    pub group_arn: Arc<str>,
    /// How it scales the group.
    pub scaling: ManagedScaling,
    /// Instances with tasks are protected from scale-in.
    pub protects: bool,
    /// Instances that go are drained first.
    pub drains: bool,
    /// The cluster whose tasks it scales for, once it is associated with one.
    pub cluster: Option<Id<Cluster>>,
    /// What ECS made for it in Auto Scaling and CloudWatch.
    pub policy: Option<Policy>,
    /// Instances needed and running, as last measured.
    pub measured: Option<Measure>,
    /// When its policy last added instances.
    pub grown: Option<SimTime>,
    /// The newest decisions, newest last.
    pub decisions: VecDeque<Decision>,
    /// Tags as given.
    pub tags: Arc<Value>,
}

/// `managedScaling` (defaults: API-ecs ManagedScaling).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagedScaling {
    /// ECS scales the group.
    pub enabled: bool,
    /// The percentage that the reservation is kept at.
    pub target: u32,
    /// The fewest instances of one scale-out.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// After a scale-out the next one waits so long.
    pub warmup: Millis,
}

/// The target tracking policy that ECS makes for a provider, and its two alarms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `ECSManagedAutoScalingPolicy-<uuid>`.
    pub name: Arc<str>,
    /// What the alarms set off.
    pub arn: Arc<str>,
    /// The name of the alarm that adds instances.
    pub high: Arc<str>,
    /// The name of the alarm that takes instances away.
    pub low: Arc<str>,
    /// The ids of the attachments that the cluster shows: policy and draining.
    pub attachments: (Arc<str>, Arc<str>),
}

impl Row for CapacityProvider {
    fn key(&self) -> &str {
        &self.name
    }
}

/// The ARN of a capacity provider.
pub fn arn(name: &str) -> String {
    names::arn(&format!("capacity-provider/{name}"))
}

impl CapacityProvider {
    /// The provider as DescribeCapacityProviders shows it, with its tags.
    pub fn describe(&self) -> Value {
        self.shape(true)
    }

    pub(super) fn shape(&self, with_tags: bool) -> Value {
        let word = |on: bool| if on { "ENABLED" } else { "DISABLED" };
        let tags = if with_tags { (*self.tags).clone() } else { json!([]) };
        shape(
            &self.name,
            "EC2_AUTOSCALING",
            Some(json!({
                "autoScalingGroupArn": self.group_arn,
                "managedScaling": {
                    "status": word(self.scaling.enabled),
                    "targetCapacity": self.scaling.target,
                    "minimumScalingStepSize": self.scaling.least,
                    "maximumScalingStepSize": self.scaling.most,
                    "instanceWarmupPeriod": self.scaling.warmup / SECOND,
                },
                "managedTerminationProtection": word(self.protects),
                "managedDraining": word(self.drains),
            })),
            tags,
        )
    }

    /// What the cluster shows of it with `ATTACHMENTS` (seen in public outputs).
    pub(super) fn attachments(&self) -> Vec<Value> {
        let Some(policy) = &self.policy else { return Vec::new() };
        let of = |id: &str, kind: &str, name: &str, value: &str| {
            json!({
                "id": id, "type": kind, "status": "CREATED",
                "details": [
                    { "name": "capacityProviderName", "value": self.name },
                    { "name": name, "value": value },
                ],
            })
        };
        let (scales, drains) = &policy.attachments;
        let scales = self
            .scaling
            .enabled
            .then(|| of(scales, "as_policy", "scalingPolicyName", &policy.name));
        let hook = limits::DRAINING_HOOK;
        let drains = self
            .drains
            .then(|| of(drains, "managed_draining", "autoScalingLifecycleHookName", hook));
        scales.into_iter().chain(drains).collect()
    }
}

/// AWS's own two, which every account has.
pub(super) fn own(name: &str) -> Option<Value> {
    let kind = super::strategy::OWN.iter().find(|own| **own == name)?;
    Some(shape(kind, kind, None, json!([])))
}

fn shape(name: &str, kind: &str, group: Option<Value>, tags: Value) -> Value {
    Shape::with_room(6)
        .put("capacityProviderArn", arn(name))
        .text("name", name)
        .put("status", "ACTIVE")
        .maybe("autoScalingGroupProvider", group)
        .put("tags", tags)
        .text("type", kind)
        .done()
}
