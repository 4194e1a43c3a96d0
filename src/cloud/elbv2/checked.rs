//! A health check looked at closely: what it asks, how far it gets, and who answers. For whoever asks why.

use super::answer::{self, Answer};
use super::target_group::{TargetGroup, TargetKey};
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Task;
use crate::cloud::net::reach::{self, Reach};
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// What a check of a target meets at this moment.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The port that is asked.
    pub port: u16,
    /// What comes back.
    pub answer: Answer,
    /// The way from the load balancer's node to the target, where both are there.
    pub way: Option<Reach>,
    /// The task behind the port.
    pub task: Option<Id<Task>>,
}

/// Asks a target as its health check does, and keeps what was met on the way.
pub fn checked(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Checked {
    let port = group.check.port.parse().unwrap_or(key.port);
    let asked = TargetKey { id: key.id.clone(), port };
    let to = answer::interface(account, group.target_type, &key.id);
    let node = to.and_then(|to| answer::node_for(account, group, to));
    let way = node.zip(to).map(|(from, to)| reach::can_connect(account, from, to, port));
    let behind = |key| Some(answer::behind(account, group.target_type, to?, key)?.0);
    Checked {
        port,
        answer: answer::probe(account, now, group, key),
        way,
        task: behind(&asked).or_else(|| behind(key)),
    }
}
