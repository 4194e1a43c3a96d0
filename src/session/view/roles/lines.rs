//! The lines that change who a container is to AWS, or ask what it may do.

use serde_json::Value;

use crate::cloud::account::Account;
use crate::cloud::compute::imds::{self, Asker};
use crate::cloud::ecs::awsvpc::Network;
use crate::cloud::ecs::task::Task;
use crate::cloud::ecs::task_def::{NetworkMode, TaskDefinition};
use crate::cloud::iam::{names, tasks};
use crate::cloud::inside;
use crate::cloud::params::Params;

/// Roles of AWS's own services have this path. No task can have one.
const OF_SERVICES: &str = "/aws-service-role/";

/// A line of the terminal with a name for the learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it does.
    pub label: String,
    /// As it is typed.
    pub line: String,
}

/// Calls from inside a container, to what the account holds: each bucket and each table is read, and tables are written.
pub(super) fn calls(account: &Account, task: &Task, container: &str) -> Vec<Line> {
    let Some(inside) = inside_words(account, task, container) else { return Vec::new() };
    let mut all = Vec::new();
    let mut add = |label: String, call: String| {
        all.push(Line { label, line: format!("{inside} aws {call}") });
    };
    for bucket in account.buckets.values().filter(|bucket| is_word(&bucket.name)) {
        let name = &bucket.name;
        add(format!("List {name}"), format!("s3api list-objects-v2 --bucket {name}"));
        if let Some(key) = bucket.objects.keys().find(|key| is_word(key)) {
            let call = format!("s3api get-object --bucket {name} --key {key} -");
            add(format!("Get {key} of {name}"), call);
        }
    }
    for table in account.data_tables.values() {
        let (name, by) = (&table.name, &table.key_name);
        let mut ids = table.items.keys().filter(|id| is_word(id));
        let (first, last) = (ids.next(), ids.next_back());
        if let Some(id) = first {
            let call = format!(
                "dynamodb get-item --table-name {name} --key '{{\"{by}\":{{\"S\":\"{id}\"}}}}'"
            );
            add(format!("Get item {id} of {name}"), call);
        }
        let next = last.or(first).and_then(|id| id.parse::<u32>().ok()).unwrap_or(1_000) + 1;
        let item = format!("{{\"{by}\":{{\"S\":\"{next}\"}},\"status\":{{\"S\":\"new\"}}}}");
        let call = format!("dynamodb put-item --table-name {name} --item '{item}'");
        add(format!("Put item {next} into {name}"), call);
    }
    all
}

/// The hop limit of its instance, lowered so that no container behind the bridge reaches the metadata service, or
/// raised again. Other network modes do not depend on it (facts: iam §2).
pub(super) fn door(account: &Account, task: &Task) -> Option<Line> {
    let instance = tasks::host(account, task)?;
    if task.definition.network != NetworkMode::Bridge {
        return None;
    }
    let options = instance.metadata;
    let (label, change) = match imds::answers(instance, Asker::Bridge) {
        Ok(_) if options.token_required => ("Close", " --http-put-response-hop-limit 1"),
        Ok(_) => ("Close", " --http-tokens required --http-put-response-hop-limit 1"),
        Err(_) if options.enabled => ("Open", " --http-put-response-hop-limit 2"),
        Err(_) => ("Open", " --http-endpoint enabled --http-put-response-hop-limit 2"),
    };
    Some(Line {
        label: format!("{label} the metadata service to containers"),
        line: format!(
            "aws ec2 modify-instance-metadata-options --instance-id {}{change}",
            instance.id
        ),
    })
}

/// Runs the newest revision of the task's family: as it is, and with each other role of the account. Which of them trust
/// tasks is for the learner to find out.
pub(super) fn runs(account: &Account, task: &Task) -> Vec<Line> {
    let family = &task.definition.family;
    let mut revisions = account.task_definitions.values().rev();
    let newest = revisions.find(|one| one.active && one.family == *family);
    let Some(newest) = newest else { return Vec::new() };
    let line = run_line(task, newest);
    let own = tasks::roles(newest, Params::new(&Value::Null)).0.map(names::last);
    let as_it_is = own.map_or_else(
        || format!("{}, which names no task role", newest.name),
        |role| format!("{} with its own task role {role}", newest.name),
    );
    let others = account.roles.values().filter(|role| {
        !role.path.starts_with(OF_SERVICES) && own.is_none_or(|own| *own != *role.name)
    });
    let others = others.map(|role| Line {
        label: format!("{} with the task role {}", newest.name, role.name),
        line: format!("{line} --overrides taskRoleArn={}", role.arn),
    });
    [Line { label: as_it_is, line: line.clone() }].into_iter().chain(others).collect()
}

/// Runs a definition where and as a task runs.
fn run_line(task: &Task, definition: &TaskDefinition) -> String {
    let launch = match &task.request.provider {
        Some(provider) => format!("--capacity-provider-strategy capacityProvider={provider}"),
        None => format!("--launch-type {}", task.launch.word()),
    };
    let network = match &task.request.network {
        Some(network) if definition.network == NetworkMode::Awsvpc => network_words(network),
        _ => String::new(),
    };
    format!(
        "aws ecs run-task --cluster {} {launch} --task-definition {}{network}",
        task.cluster_name, definition.family
    )
}

fn network_words(network: &Network) -> String {
    let groups = match network.groups.join(",") {
        groups if groups.is_empty() => groups,
        groups => format!("securityGroups=[{groups}],"),
    };
    let subnets = network.subnets.join(",");
    let public = if network.public { "ENABLED" } else { "DISABLED" };
    let words = format!("subnets=[{subnets}],{groups}assignPublicIp={public}");
    format!(" --network-configuration 'awsvpcConfiguration={{{words}}}'")
}

/// `inside loader`: the shortest words that mean this container.
fn inside_words(account: &Account, task: &Task, container: &str) -> Option<String> {
    let is_meant = |name: &str, one: Option<&str>| {
        inside::place(account, name, one)
            .is_some_and(|(id, found)| *id == *task.id && *found == *container)
    };
    for name in [&task.definition.family, &task.id] {
        if is_meant(name, None) {
            return Some(format!("inside {name}"));
        }
        if is_meant(name, Some(container)) {
            return Some(format!("inside {name} {container}"));
        }
    }
    None
}

/// It can stand in a line without quotes.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
}
