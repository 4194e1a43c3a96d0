//! A deployment of a service: one revision on its way to all tasks, and the rules it follows.
use std::sync::Arc;

use serde_json::{Value, json};

use super::capacity::strategy::{self, Provider};
use super::placement::Wishes;
use super::service::Service;
use super::task::{LaunchType, Request};
use super::task_def::{Needs, TaskDefinition};
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::time::SimTime;

/// What the tasks of a deployment are made from.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The revision.
    pub definition: Arc<TaskDefinition>,
    /// What runs them.
    pub launch: LaunchType,
    /// Capacity providers with base and weight; none for a launch type.
    pub providers: Vec<Provider>,
    /// What all tasks share; the deployment adds its id.
    pub request: Request,
    /// What each takes from an instance.
    pub needs: Arc<Needs>,
    /// Constraints and strategies.
    pub(super) wishes: Arc<Wishes>,
    /// Members of the request that describe shows as they came.
    pub members: Arc<Value>,
}

/// A deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// `ecs-svc/` and 19 digits.
    pub id: Arc<str>,
    /// Its number in the service: tasks carry it.
    pub number: u32,
    /// What its tasks are made from.
    pub spec: Arc<Spec>,
    /// How far it is.
    pub rollout: Rollout,
    /// Why.
    pub reason: Arc<str>,
    /// How many tasks it is to have: for an older deployment what has not been taken from it yet.
    pub desired: u32,
    /// Tasks that failed.
    pub failed: u32,
    /// Tasks that failed to start one after the other: the next attempt waits the longer.
    pub failed_in_a_row: u32,
    /// No task is started before.
    pub not_before: SimTime,
    /// A task of it has run.
    pub has_run: bool,
    /// The circuit breaker's count.
    pub breaker_count: u32,
    /// It is a rollback.
    pub rollback: bool,
    /// The request of its tasks, one for each capacity provider.
    pub(super) requests: Vec<Arc<Request>>,
    /// What the tags of its containers' images meant to its first task, by the container's place.
    pub(super) digests: Map<u8, Arc<str>>,
    /// When it began.
    pub created: SimTime,
    /// When it last changed.
    pub updated: SimTime,
}

/// `rolloutState` (facts: API-ecs Deployment).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rollout {
    /// On its way.
    InProgress,
    /// All tasks are of it and healthy.
    Completed,
    /// The circuit breaker has opened: it starts nothing any more.
    Failed,
}

/// `deploymentConfiguration` of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `minimumHealthyPercent`.
    pub least_percent: u32,
    /// `maximumPercent`.
    pub most_percent: u32,
    /// The circuit breaker is on.
    pub breaker: bool,
    /// It rolls back.
    pub rollback: bool,
    /// How many failures open it.
    pub threshold: Threshold,
    /// Members that are only kept.
    pub given: Arc<Value>,
}

/// How many failures open the circuit breaker (facts: API-ecs `thresholdConfiguration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Percent of the desired count, but 3 at least and 200 at most.
    Bounded(u32),
    /// Percent of the desired count.
    Unbounded(u32),
    /// A number.
    Count(u32),
}

impl Threshold {
    /// The number for a desired count.
    pub fn failures(self, desired: u32) -> u32 {
        let percent = |percent: u32| {
            let share = (u64::from(desired) * u64::from(percent)).div_ceil(100);
            u32::try_from(share).unwrap_or(u32::MAX)
        };
        match self {
            Self::Bounded(share) => percent(share).clamp(3, 200),
            Self::Unbounded(share) => percent(share).max(1),
            Self::Count(count) => count.max(1),
        }
    }
}

impl Rollout {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

impl Rules {
    /// As DescribeServices shows them.
    pub(super) fn describe(&self) -> Value {
        let mut shown = self.given.as_object().cloned().unwrap_or_default();
        let mut breaker =
            shown.get("deploymentCircuitBreaker").cloned().unwrap_or_else(|| json!({}));
        if let Some(members) = breaker.as_object_mut() {
            members.insert("enable".into(), json!(self.breaker));
            members.insert("rollback".into(), json!(self.rollback));
        }
        shown.insert("deploymentCircuitBreaker".into(), breaker);
        shown.insert("maximumPercent".into(), json!(self.most_percent));
        shown.insert("minimumHealthyPercent".into(), json!(self.least_percent));
        shown.entry("strategy").or_insert_with(|| json!("ROLLING"));
        Value::Object(shown)
    }
}

impl Spec {
    /// A member of the request, or what AWS shows without it.
    pub(super) fn given(&self, name: &str, without: Value) -> Value {
        self.members.get(name).cloned().unwrap_or(without)
    }

    pub(super) fn launch_shown(&self) -> Option<&'static str> {
        self.providers.is_empty().then(|| self.launch.word())
    }

    pub(super) fn strategy_shown(&self) -> Option<Value> {
        (!self.providers.is_empty()).then(|| self.providers_shown())
    }

    #[inline(never)]
    fn providers_shown(&self) -> Value {
        let shown = self.providers.iter().map(
            |one| json!({ "capacityProvider": one.name, "weight": one.weight, "base": one.base }),
        );
        shown.collect()
    }

    pub(super) fn platform_shown(&self) -> Option<Value> {
        let fargate = self.launch == LaunchType::Fargate;
        fargate.then(|| self.given("platformVersion", json!("LATEST")))
    }

    pub(super) fn network_shown(&self) -> Option<Value> {
        let mut shown = self.members.get("networkConfiguration")?.clone();
        let vpc = shown.get_mut("awsvpcConfiguration").and_then(Value::as_object_mut);
        if let Some(vpc) = vpc {
            vpc.entry("securityGroups").or_insert_with(|| json!([]));
            vpc.entry("assignPublicIp").or_insert_with(|| json!("DISABLED"));
        }
        Some(shown)
    }

    pub(super) fn exec(&self) -> bool {
        Params::new(&self.members).bool("enableExecuteCommand").unwrap_or(false)
    }
}

impl Deployment {
    /// As DescribeServices shows it inside its service.
    pub(super) fn describe(
        &self,
        service: &Service,
        (pending, running): (u32, u32),
        spec: &Spec,
    ) -> Value {
        let primary = service.primary().is_some_and(|one| one.number == self.number);
        Shape::with_room(18)
            .text("id", &self.id)
            .put("status", if primary { "PRIMARY" } else { "ACTIVE" })
            .put("taskDefinition", spec.definition.arn())
            .put("desiredCount", self.desired)
            .put("pendingCount", pending)
            .put("runningCount", running)
            .put("failedTasks", self.failed)
            .at("createdAt", Some(self.created))
            .at("updatedAt", Some(self.updated))
            .maybe("capacityProviderStrategy", spec.strategy_shown())
            .maybe("launchType", spec.launch_shown())
            .maybe("platformVersion", spec.request.platform.as_deref())
            .maybe("platformFamily", (spec.launch == LaunchType::Fargate).then_some("Linux"))
            .maybe("networkConfiguration", spec.network_shown())
            .put("rolloutState", self.rollout.word())
            .text("rolloutStateReason", &self.reason)
            .done()
    }

    /// The request of its next task, with its provider. `counts` are its tasks by provider.
    pub(super) fn next_request(&self, counts: &[u32]) -> Option<Arc<Request>> {
        let place = strategy::next(&self.spec.providers, counts).unwrap_or(0);
        self.requests.get(place).map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circuit_breaker_opens_at_half_of_the_desired_count_within_bounds() {
        // Source: facts/ecs §4, "Circuit breaker": samples.
        let samples = [(1, 3), (3, 3), (6, 3), (7, 4), (10, 5), (25, 13), (400, 200), (800, 200)];
        for (desired, failures) in samples {
            assert_eq!(Threshold::Bounded(50).failures(desired), failures, "{desired}");
        }
        assert_eq!(Threshold::Unbounded(10).failures(5), 1);
        assert_eq!(Threshold::Count(7).failures(5), 7);
    }
}
