//! Targets as rows: what DescribeTargetHealth says of each, with what else a picture of it needs.

use serde_json::{Value, json};

use super::answer;
use super::health_check::Failure;
use super::target_group::{Health, Target, TargetGroup, TargetKey};
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Status;
use crate::cloud::map::Map;
use crate::cloud::table::Id;

/// What the rows have beside AWS's members: an id (`web/10.0.1.5:80`), the group's name, the task registered there, and
/// the requests of the last second of traffic: those sent to it, and those that wait for its answer.
pub const OWN_MEMBERS: &[&str] =
    &["TargetId", "TargetGroupName", "TaskArn", "RequestsPerSecond", "RequestsInFlight"];

/// A row for each target, group by group.
pub fn rows(account: &Account) -> Vec<Value> {
    let mut tasks = Map::new();
    for (id, task) in account.tasks.iter().filter(|(_, task)| task.status != Status::Stopped) {
        tasks.extend(task.targets.iter().map(|(group, key)| ((*group, key), id)));
    }
    let mut sent: Map<(Id<TargetGroup>, &TargetKey), u32> = Map::new();
    for part in account.traffic.values().flat_map(|traffic| &traffic.last) {
        if let (Some(group), Some(target)) = (part.group, &part.target) {
            sent.add((group, target), part.count);
        }
    }
    let mut rows = Vec::new();
    for (id, group) in account.target_groups.iter() {
        for (key, target) in &group.targets {
            let mut row = describe(group, key, target);
            let Some(members) = row.as_object_mut() else { continue };
            members.insert("TargetId".into(), json!(name(group, key)));
            members.insert("TargetGroupName".into(), json!(group.name));
            // What a service did not register is found by the way that a request takes.
            let task = tasks.get(&(id, key)).copied();
            let task = task.or_else(|| answer::task(account, group, key));
            if let Some(task) = task.and_then(|id| account.tasks.get(id)) {
                members.insert("TaskArn".into(), json!(task.arn()));
            }
            let per_second = sent.get(&(id, key)).copied().unwrap_or(0);
            members.insert("RequestsPerSecond".into(), json!(per_second));
            members.insert("RequestsInFlight".into(), json!(target.in_flight));
            rows.push(row);
        }
    }
    rows
}

/// What events and pictures know a target by.
pub fn name(group: &TargetGroup, key: &TargetKey) -> String {
    format!("{}/{}:{}", group.name, key.id, key.port)
}

impl Health {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Draining => "draining",
            Self::Unused => "unused",
        }
    }
}

/// A target as DescribeTargetHealth shows it.
pub fn describe(group: &TargetGroup, key: &TargetKey, target: &Target) -> Value {
    let mut health = json!({ "State": target.health.word() });
    if let (Some((reason, description)), Some(shape)) = (reason(target), health.as_object_mut()) {
        shape.insert("Reason".into(), json!(reason));
        shape.insert("Description".into(), json!(description));
    }
    let port = match &*group.check.port {
        "traffic-port" => key.port.to_string(),
        port => port.to_owned(),
    };
    json!({
        "Target": { "Id": key.id, "Port": key.port },
        "HealthCheckPort": port,
        "TargetHealth": health,
    })
}

/// AWS's reason code and sentence (facts: alb-and-network §2).
pub fn reason(target: &Target) -> Option<(&'static str, String)> {
    match (target.health, target.failure) {
        (Health::Healthy, _) => None,
        (Health::Initial, None) => {
            Some(("Elb.RegistrationInProgress", "Target registration is in progress".to_owned()))
        }
        (Health::Initial, Some(_)) => {
            Some(("Elb.InitialHealthChecking", "Initial health checks in progress".to_owned()))
        }
        (Health::Unhealthy, Some(Failure::Code(code))) => Some((
            "Target.ResponseCodeMismatch",
            format!("Health checks failed with these codes: [{code}]"),
        )),
        (Health::Unhealthy, Some(Failure::Timeout)) => {
            Some(("Target.Timeout", "Request timed out".to_owned()))
        }
        (Health::Unhealthy, _) => {
            Some(("Target.FailedHealthChecks", "Health checks failed".to_owned()))
        }
        (Health::Draining, _) => Some((
            "Target.DeregistrationInProgress",
            "Target deregistration is in progress".to_owned(),
        )),
        (Health::Unused, Some(Failure::Zone)) => Some((
            "Target.NotInUse",
            "Target is in an Availability Zone that is not enabled for the load balancer"
                .to_owned(),
        )),
        (Health::Unused, _) => Some((
            "Target.NotInUse",
            "Target group is not configured to receive traffic from the load balancer".to_owned(),
        )),
    }
}
