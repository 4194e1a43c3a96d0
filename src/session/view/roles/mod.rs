//! Who each running container is to AWS: the credentials that its code reaches and why, what came of its last call, what
//! it may do all in all, and the lines that change any of it.

mod lines;
#[cfg(test)]
mod tests;
use std::sync::Arc;

pub use lines::Line;

use super::calls::who;
use super::picture::Names;
use super::rows::short;
use super::why::{Answer, denied_inside};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::container::State;
use crate::cloud::ecs::task::{Bucket, LaunchType, Task};
use crate::cloud::ecs::task_def::NetworkMode;
use crate::cloud::iam::credentials::{self, Found, Place};
use crate::cloud::iam::decision::Decision;
use crate::cloud::iam::{grants, tasks};
use crate::cloud::input::Principal;
use crate::cloud::inside::Asked;
use crate::cloud::map::Map;
use crate::cloud::story::Cause;
use crate::cloud::time::SimTime;

/// All running containers, oldest task first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// One for each running container.
    pub cards: Vec<Card>,
    /// So many tasks do not run yet.
    pub starting: usize,
}

/// A running container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The task's ARN, as in `data-id`.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// Its definition and the task's letter: `loader:1, task a`.
    pub title: String,
    /// Where it runs, and in which network mode.
    pub place: String,
    /// Whose credentials its code reaches.
    pub reach: Reached,
    /// Its newest call.
    pub last: Option<Last>,
    /// What the role behind the credentials may do.
    pub may: May,
    /// Calls that its code can make.
    pub calls: Vec<Line>,
    /// Closes the metadata service to it, or opens it again. None where the hop limit decides nothing.
    pub door: Option<Line>,
    /// Runs the task again, as it is and with other task roles.
    pub runs: Vec<Line>,
}

/// The credentials that the code in a container reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// `task`, `instance`, `key` (an access key in its environment) or `none`, as in `data-role`.
    pub word: &'static str,
    /// Whose they are: `Task role cargo-reader`.
    pub says: String,
    /// Why, in one sentence.
    pub why: String,
    /// The places that were looked at, in order, with whether there were credentials.
    pub looks: Vec<(bool, String)>,
}

/// The newest call of a container's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// `allowed`, `denied`, `no-credentials`, `unreachable` or `failed`, as in `data-decision`.
    pub word: &'static str,
    /// When.
    pub at: SimTime,
    /// `s3:ListObjectsV2`.
    pub call: String,
    /// What decided it, by statement where one did.
    pub says: Vec<String>,
    /// Why it failed.
    pub answer: Option<Answer>,
}

/// What a role may do with the data that the account holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Actions with the end of their resource's ARN.
    pub all: Vec<(&'static str, String)>,
    /// Of so many that there are; 0 where there is no role.
    pub of: usize,
}

/// Every running container of the account.
pub fn roles(cloud: &Cloud) -> Roles {
    let account = cloud.account();
    let names = Names::of(account);
    // Tasks share roles, and a role is asked many questions.
    let mut known: Map<String, May> = Map::new();
    let mut roles = Roles::default();
    for task in account.tasks.values() {
        roles.starting += usize::from(task.status.bucket() == Bucket::Pending);
        let containers = task.definition.containers.iter().zip(&task.containers);
        for (definition, _) in containers.filter(|(_, one)| one.state == State::Running) {
            let found = credentials::find(account, task, &definition.name);
            let may = role_of(&found)
                .and_then(|role| known.at(role.clone(), || may(cloud, &role)).cloned());
            let card = card(account, &names, task, &definition.name);
            let reach = reached(&found);
            roles.cards.push(Card { reach, may: may.unwrap_or_default(), ..card });
        }
    }
    roles
}

fn card(account: &Account, names: &Names, task: &Task, container: &str) -> Card {
    Card {
        task: task.arn(),
        container: container.to_owned(),
        title: format!("{}, task {}", task.definition.name, names.letter(&task.id)),
        place: place(account, task),
        last: last(account, task, container),
        calls: lines::calls(account, task, container),
        door: lines::door(account, task),
        runs: lines::runs(account, task),
        ..Card::default()
    }
}

fn place(account: &Account, task: &Task) -> String {
    let mode = match task.definition.network {
        NetworkMode::Bridge => "bridge",
        NetworkMode::Host => "host",
        NetworkMode::Awsvpc => "awsvpc",
        NetworkMode::None => "none",
    };
    let on = match (task.launch, tasks::host(account, task)) {
        (LaunchType::Fargate, _) => "On Fargate".to_owned(),
        (_, Some(instance)) => format!("On instance {}", short(&instance.id)),
        (_, None) => "On a machine outside of AWS".to_owned(),
    };
    format!("{on}, network mode {mode}")
}

/// The name of the role whose session was found.
fn role_of(found: &Found) -> Option<String> {
    found.identity.as_deref().map(|identity| who(&Principal(Arc::from(identity))))
}

fn reached(found: &Found) -> Reached {
    let role = role_of(found).unwrap_or_default();
    let (word, says) = match found.looks.iter().find(|look| look.found).map(|look| look.place) {
        Some(Place::ContainerEndpoint) => ("task", format!("Task role {role}")),
        Some(Place::InstanceMetadata) => ("instance", format!("Instance role {role}")),
        Some(Place::Environment) => ("key", "An access key".to_owned()),
        None => ("none", "No credentials".to_owned()),
    };
    Reached {
        word,
        says,
        // Where none had any, the place that was the last hope says why.
        why: found.looks.last().map(|look| look.says.clone()).unwrap_or_default(),
        looks: found.looks.iter().map(|look| (look.found, look.says.clone())).collect(),
    }
}

fn may(cloud: &Cloud, role: &str) -> May {
    let account = cloud.account();
    let granted = grants::of_role(account, cloud.now(), role);
    let end =
        |arn: &str| arn.rsplit_once(":::").or(arn.rsplit_once(':')).map(|(_, end)| end.to_owned());
    May {
        all: granted
            .into_iter()
            .map(|grant| (grant.action, end(&grant.resource).unwrap_or(grant.resource)))
            .collect(),
        of: grants::possible(account).len(),
    }
}

fn last(account: &Account, task: &Task, container: &str) -> Option<Last> {
    let mine = |asked: &&Arc<Asked>| *asked.task == *task.id && *asked.container == *container;
    let asked = account.inside.iter().rev().find(mine)?;
    let answer = denied_inside(account, asked);
    let made: Vec<&Decision> = asked.record.map_or_else(Vec::new, |no| {
        account.decisions.of(Cause::Call(no)).map(|decision| &**decision).collect()
    });
    let no = made.iter().copied().find(|decision| !decision.allowed());
    let error = asked.reply.as_ref().err();
    let word = match (error.map(|error| &*error.code), no) {
        (_, Some(_)) => "denied",
        (None, None) => "allowed",
        (Some("NoCredentials"), None) => "no-credentials",
        (Some("ConnectTimeoutError"), None) => "unreachable",
        // A call that was allowed can fail all the same: there is no such key.
        (Some(_), None) => "failed",
    };
    let mut says: Vec<String> = match no {
        Some(no) => vec![decided(no)],
        None => made.into_iter().map(decided).collect(),
    };
    if let Some(error) = error.filter(|_| no.is_none()) {
        says.push(answer.as_ref().map_or_else(|| error.to_string(), |answer| answer.says.clone()));
    }
    let call = format!("{}:{}", asked.call.service, asked.call.operation);
    Some(Last { word, at: asked.at, call, says, answer })
}

fn decided(decision: &Decision) -> String {
    format!("{}: {}", decision.action, decision.says())
}
