//! Targets as rows: what DescribeTargetHealth says of each, with what else a picture of it needs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::target_group::{TargetGroup, TargetKey};
use super::{answer, targets};
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Status;
use crate::cloud::table::Id;

/// What the rows have beside AWS's members: an id (`web/10.0.1.5:80`), the group's name, the task registered there, and
/// the requests of the last second of traffic: those sent to it, and those that wait for its answer.
pub const OWN_MEMBERS: &[&str] =
    &["TargetId", "TargetGroupName", "TaskArn", "RequestsPerSecond", "RequestsInFlight"];

/// A row for each target, group by group.
pub fn rows(account: &Account) -> Vec<Value> {
    let mut tasks = BTreeMap::new();
    for (id, task) in account.tasks.iter().filter(|(_, task)| task.status != Status::Stopped) {
        tasks.extend(task.targets.iter().map(|(group, key)| ((*group, key), id)));
    }
    let mut sent: BTreeMap<(Id<TargetGroup>, &TargetKey), u32> = BTreeMap::new();
    for part in account.traffic.values().flat_map(|traffic| &traffic.last) {
        if let (Some(group), Some(target)) = (part.group, &part.target) {
            *sent.entry((group, target)).or_default() += part.count;
        }
    }
    let mut rows = Vec::new();
    for (id, group) in account.target_groups.iter() {
        for (key, target) in &group.targets {
            let mut row = targets::describe(group, key, target);
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
