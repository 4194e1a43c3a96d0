//! Where a task went or could not go: each container instance against each requirement.

use crate::cloud::account::Account;
use crate::cloud::ecs::task::{LaunchType, Task};
use crate::cloud::ecs::verdict::{Obstacle, Placement, Verdict};
use crate::cloud::time::SimTime;

use super::rows::{Read, Row, short, tail};

/// One search for a place, as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// When.
    pub at: SimTime,
    /// The task was placed.
    pub placed: bool,
    /// The requirements.
    pub columns: Vec<&'static str>,
    /// One line for each container instance.
    pub lines: Vec<HostLine>,
}

/// One container instance in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLine {
    /// Its EC2 instance.
    pub name: String,
    /// It is the one that was taken.
    pub chosen: bool,
    /// One cell a column: what is wrong there, or nothing.
    pub cells: Vec<Option<String>>,
    /// What stands in the way, in sentences.
    pub says: Vec<String>,
}

/// A group of tasks whose newest search found no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The kind of thing that knows more: a service or a task definition.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What stood in the way on the instance that came closest, in a few words.
    pub because: String,
}

/// Requirements that are always shown.
const COLUMNS: &[&str] = &["CPU", "Mem", "Port", "Attr"];

/// The newest search that a thing is about: a task's own, or the newest for tasks of a service or a definition.
pub fn search(account: &Account, kind: &str, row: &Row) -> Option<Search> {
    if kind == "task" {
        let task = account.tasks.values().find(|task| *task.id == *tail(&row.id))?;
        return task.placement.as_ref().map(|placement| table(account, placement));
    }
    refusal(account, kind, row).map(|found| table(account, found))
}

/// The newest search for tasks of a service or a definition, if it found no place.
pub(super) fn refusal<'a>(account: &'a Account, kind: &str, row: &Row) -> Option<&'a Placement> {
    let group = match kind {
        "service" => format!("service:{}", row.json.text("serviceName")),
        "task-definition" => format!("family:{}", row.json.text("family")),
        _ => return None,
    };
    refusals(account).into_iter().find(|placement| *placement.group == *group)
}

/// The newest search of each group that found no place, unless the group has got a task since, or one that waits.
fn refusals(account: &Account) -> Vec<&Placement> {
    let mut newest: Vec<&Placement> = Vec::new();
    for placement in account.placements.iter().rev() {
        let known = newest.iter().any(|known| known.group == placement.group);
        let since = |task: &Task| {
            let placed = task.placement.as_ref().map_or(task.times.created, |found| found.at);
            task.request.group == placement.group && (placed > placement.at || is_waiting(task))
        };
        if !known && placement.chosen.is_none() && !account.tasks.values().any(|task| since(task)) {
            newest.push(placement);
        }
    }
    newest
}

/// It waits for its capacity provider to have an instance for it.
pub(super) fn is_waiting(task: &Task) -> bool {
    task.launch == LaunchType::Ec2 && task.instance.is_none() && task.stop.is_none()
}

/// Groups whose newest search found no place. Of RunTask nothing waits: what it could not place before `since` is past.
pub fn refused(account: &Account, since: SimTime) -> Vec<Refused> {
    let refused = refusals(account).into_iter().rev().filter_map(|placement| {
        let (kind, name) = match placement.group.split_once(':') {
            Some(("service", name)) => ("service", name),
            Some(("family", name)) if placement.at >= since => ("task-definition", name),
            _ => return None,
        };
        let first = placement.closest().and_then(|verdict| verdict.obstacles.first());
        let because = first.map_or_else(|| "no host".to_owned(), in_short);
        Some(Refused { kind, name: name.to_owned(), because })
    });
    refused.collect()
}

fn table(account: &Account, placement: &Placement) -> Search {
    let mut columns = COLUMNS.to_vec();
    for obstacle in placement.verdicts.iter().flat_map(|verdict| &verdict.obstacles) {
        let column = column(obstacle);
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let line = |verdict: &Verdict| {
        let host = account.container_instances.get(verdict.host);
        let name = host.map(|host| short(&host.ec2_id).to_owned());
        let cell = |name: &&str| {
            let wrong = verdict.obstacles.iter().find(|obstacle| column(obstacle) == *name);
            wrong.map(in_cell)
        };
        HostLine {
            name: name.unwrap_or_else(|| "gone".to_owned()),
            chosen: placement.chosen == Some(verdict.host),
            cells: columns.iter().map(cell).collect(),
            says: verdict.obstacles.iter().map(Obstacle::says).collect(),
        }
    };
    Search {
        at: placement.at,
        placed: placement.chosen.is_some(),
        lines: placement.verdicts.iter().map(line).collect(),
        columns,
    }
}

fn column(obstacle: &Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Cpu { .. } => "CPU",
        Obstacle::Memory { .. } => "Mem",
        Obstacle::Gpu { .. } => "GPU",
        Obstacle::Port(..) | Obstacle::Ports => "Port",
        Obstacle::Attribute(_) => "Attr",
        Obstacle::Agent => "Agent",
        Obstacle::Eni { .. } => "ENI",
        Obstacle::Zone(_) => "Zone",
        Obstacle::MemberOf(_) | Obstacle::Distinct => "Rule",
    }
}

/// What is wrong, in the room of a cell.
fn in_cell(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Cpu { needed, left, .. } | Obstacle::Memory { needed, left, .. } => {
            format!("{left} < {needed}")
        }
        Obstacle::Port(port, _) => port.to_string(),
        _ => "✕".to_owned(),
    }
}

/// What is wrong, in the room of a hull.
fn in_short(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Cpu { .. } => "too little CPU".to_owned(),
        Obstacle::Memory { .. } => "too little memory".to_owned(),
        Obstacle::Gpu { .. } => "no GPU".to_owned(),
        Obstacle::Port(port, _) => format!("port {port} taken"),
        Obstacle::Ports => "no host port left".to_owned(),
        Obstacle::Attribute(_) => "attribute missing".to_owned(),
        Obstacle::Agent => "agent is away".to_owned(),
        Obstacle::Eni { .. } => "no ENI left".to_owned(),
        Obstacle::Zone(_) => "wrong zone".to_owned(),
        Obstacle::MemberOf(_) => "constraint".to_owned(),
        Obstacle::Distinct => "one on each host".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::played::play;
    use crate::cloud::Cloud;
    use crate::cloud::account::Start;
    use crate::session::view::rows::Rows;

    /// One host, and a definition that takes its port 80.
    fn one_host() -> Cloud {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        let script = "#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config";
        for line in [
            "aws ecs create-cluster --cluster-name dock",
            &format!(
                "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.small \
                 --iam-instance-profile Name=ecsInstanceRole --user-data '{script}'"
            ),
            "aws ecs register-task-definition --family web --network-mode bridge --container-definitions \
             '[{\"name\":\"web\",\"image\":\"nginx\",\"memory\":128,\"portMappings\":[{\"containerPort\":80,\"hostPort\":80}]}]'",
            "wait 5m",
            "aws ecs run-task --cluster dock --task-definition web --count 2 --launch-type EC2",
            "wait 1m",
        ] {
            play(&mut cloud, line);
        }
        cloud
    }

    #[test]
    fn the_failing_cell_is_named_with_what_would_help() {
        let cloud = one_host();
        let rows = Rows::of(cloud.account());
        let definition = &rows.get("task-definition")[0];
        let search = search(cloud.account(), "task-definition", definition).unwrap();
        assert!(!search.placed);
        assert_eq!(search.columns, ["CPU", "Mem", "Port", "Attr"]);
        assert_eq!(search.lines[0].cells, [None, None, Some("80".to_owned()), None]);
        assert_eq!(refused(cloud.account(), cloud.now()), [], "it was a minute ago");
        let refused = refused(cloud.account(), SimTime(0));
        assert_eq!(
            (refused[0].kind, refused[0].because.as_str()),
            ("task-definition", "port 80 taken")
        );
    }

    #[test]
    fn a_task_knows_where_it_was_put() {
        let cloud = one_host();
        let rows = Rows::of(cloud.account());
        assert_eq!(rows.get("task").len(), 1);
        let search = search(cloud.account(), "task", &rows.get("task")[0]).unwrap();
        assert!(search.placed && search.lines[0].chosen);
    }
}
