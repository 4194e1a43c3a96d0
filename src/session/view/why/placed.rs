//! Why a task found no place: what stood in its way on the instance that came closest, who put it there, and what would
//! have let it in.

use super::{Answer, Link, link, newest, not_after};
use crate::cloud::account::Account;
use crate::cloud::ecs::instance::ContainerInstance;
use crate::cloud::ecs::task::Task;
use crate::cloud::ecs::verdict::{Obstacle, Placement};
use crate::session::view::placed::{is_waiting, refusal};
use crate::session::view::rows::{Row, short, tail};

/// The answer for the newest search of a service or a task definition, if it found no place.
pub(super) fn answer(account: &Account, kind: &str, row: &Row) -> Option<Answer> {
    let search = refusal(account, kind, row)?;
    let closest = search.closest();
    let host = closest.and_then(|verdict| account.container_instances.get(verdict.host));
    let obstacle = closest.and_then(|verdict| verdict.obstacles.first());
    let says = said(account, search);
    let mut chain: Vec<Link> = host
        .zip(obstacle)
        .map_or_else(Vec::new, |(host, obstacle)| culprit(account, search, host, obstacle));
    chain.extend(asked(account, search));
    Some(Answer {
        title: "Why it was not placed",
        says,
        aws: obstacle.map_or("", Obstacle::reason).to_owned(),
        instead: search.instead().map(|instead| instead.says()),
        chain,
        ..Answer::default()
    })
}

/// The answer for a task that waits in PROVISIONING until its capacity provider has an instance for it.
pub(super) fn waiting(account: &Account, id: &str) -> Option<Answer> {
    let task = account.tasks.find(tail(id)).filter(|task| is_waiting(task))?;
    let provider = task.request.provider.as_deref().unwrap_or_default();
    let search = account.placements.iter().rev().find(|one| one.group == task.request.group);
    let found = search.map_or_else(String::new, |search| said(account, search));
    let group = account.capacity_providers.find(provider).map(|one| one.group.clone());
    let grows = newest(account, |event| {
        event.kind == "auto-scaling-group" && group.as_ref() == Some(&event.id)
    });
    let made = newest(account, |event| event.kind == "task" && event.id == task.id);
    let events = [grows, made].into_iter().flatten();
    Some(Answer {
        title: "Why it waits",
        says: format!(
            "It waits for an instance of capacity provider {provider}, which looks once a minute. {found}"
        ),
        instead: search.and_then(|search| search.instead()).map(|instead| instead.says()),
        chain: events.flat_map(|event| link::from(account, event)).collect(),
        ..Answer::default()
    })
}

/// What was found in a search, in a sentence.
fn said(account: &Account, search: &Placement) -> String {
    let closest = search.closest();
    let host = closest.and_then(|verdict| account.container_instances.get(verdict.host));
    let obstacle = closest.and_then(|verdict| verdict.obstacles.first());
    match (host, obstacle) {
        (Some(host), Some(obstacle)) => format!(
            "No container instance could take it. On {}, which came closest: {}",
            short(&host.ec2_id),
            small(&obstacle.says())
        ),
        _ => "No container instance could take it: the cluster has none.".to_owned(),
    }
}

/// What put the obstacle there: the task that holds the port or the room, the agent's silence, the plan that asks for it.
fn culprit(
    account: &Account,
    search: &Placement,
    host: &ContainerInstance,
    obstacle: &Obstacle,
) -> Vec<Link> {
    let on_host = || host.tasks.iter().filter_map(|id| account.tasks.get(*id));
    let task = match obstacle {
        Obstacle::Port(port, protocol) => {
            let holds =
                |task: &Task| task.needs.ports.contains(&(*port, *protocol)) || binds(task, *port);
            on_host().find(|task| holds(task)).map(|task| (task, format!("holds port {port}")))
        }
        Obstacle::Cpu { .. } => on_host()
            .max_by_key(|task| task.needs.cpu)
            .map(|task| (task, format!("took {} CPU units", task.needs.cpu))),
        Obstacle::Memory { .. } => on_host()
            .max_by_key(|task| task.needs.memory)
            .map(|task| (task, format!("took {} MiB", task.needs.memory))),
        Obstacle::Eni { .. } => on_host()
            .rfind(|task| task.needs.eni)
            .map(|task| (task, "took the last network interface".to_owned())),
        Obstacle::Distinct => on_host()
            .find(|task| task.request.group == search.group)
            .map(|task| (task, "is of the same group".to_owned())),
        _ => None,
    };
    if let Some((task, does)) = task {
        return vec![Link {
            at: task.times.created,
            kind: "task",
            id: task.arn(),
            text: format!("task {} {does} on {}", short(&task.id), short(&host.ec2_id)),
        }];
    }
    match obstacle {
        Obstacle::Agent => newest(account, |event| {
            event.kind == "container-instance" && event.id == host.id && not_after(event, search.at)
        })
        .map_or_else(Vec::new, |event| link::from(account, event)),
        Obstacle::Attribute(_) => {
            let family = search.group.split_once(':').map_or("", |(_, name)| name);
            link::call_about(account, &["RegisterTaskDefinition"], family).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn binds(task: &Task, port: u16) -> bool {
    task.containers.iter().flat_map(|container| &container.bindings).any(|one| one.host == port)
}

/// Who wanted the task: the call that asked for it, or the service's complaint with what led to it.
fn asked(account: &Account, search: &Placement) -> Vec<Link> {
    if let Some(("service", name)) = search.group.split_once(':') {
        let complains = newest(account, |event| {
            event.kind == "service"
                && *event.id == *name
                && not_after(event, search.at)
                && event.text.contains("unable to place")
        });
        return complains.map_or_else(Vec::new, |event| link::from(account, event));
    }
    let asks = |record: &&std::sync::Arc<crate::cloud::trail::Record>| {
        record.at == search.at && matches!(&*record.call.operation, "RunTask" | "StartTask")
    };
    let found = account.trail.iter().rev().find(asks);
    found.map(|record| Link::call(record)).into_iter().collect()
}

/// A sentence as the end of another.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
