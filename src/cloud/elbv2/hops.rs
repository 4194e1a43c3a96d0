//! The stations of a request, for whoever follows one: where it went on and where it ended.

use std::fmt;

use super::answer;
use super::request::Part;
use crate::cloud::account::Account;
use crate::cloud::net::reach;

/// A part of a request's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it is.
    pub stop: Stop,
    /// The request went on.
    pub passed: bool,
    /// One sentence for the learner.
    pub says: String,
}

/// The stations of a request, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// From the client to a listener.
    Listener,
    /// The rule that speaks of it.
    Rule,
    /// The target group chooses.
    Group,
    /// From the load balancer to the target.
    Target,
    /// From the target's port to a container's.
    Container,
    /// What comes back.
    Answer,
}

/// Takes a sentence about a station of a request, and whether it went on from there.
pub(super) type Say<'a> = &'a mut dyn FnMut(Stop, bool, fmt::Arguments<'_>);

/// Adds what lies between the target group and the answer: the way to the target, and the container behind its port.
pub(super) fn look_closely(account: &Account, part: &Part, hops: &mut Vec<Hop>) {
    let group = part.group.and_then(|id| account.target_groups.get(id));
    let (Some(group), Some(key)) = (group, &part.target) else { return };
    let Some(last) = hops.pop() else { return };
    let to = answer::interface(account, group.target_type, &key.id);
    let node = to.and_then(|to| answer::node_for(account, group, to));
    let way = node.zip(to).map(|(from, to)| reach::can_connect(account, from, to, key.port));
    let last = match way.as_ref().map(|way| (way.why_not(), way.steps.last())) {
        Some((Some(why), _)) => Hop { says: format!("{} {why}", last.says), ..last },
        Some((None, Some(step))) if last.stop > Stop::Target => {
            hops.push(Hop { stop: Stop::Target, passed: true, says: step.says.clone() });
            last
        }
        _ => last,
    };
    let behind = to.and_then(|to| answer::behind(account, group.target_type, to, key));
    let leads = behind.and_then(|(id, container, port)| {
        let task = account.tasks.get(id)?;
        let mut both = task.definition.containers.iter().zip(&task.containers);
        let (definition, _) = both.find(|(_, one)| std::ptr::eq(*one, container))?;
        Some(format!("Port {} leads to port {port} of container {}.", key.port, definition.name))
    });
    match (leads, last.stop) {
        (Some(says), Stop::Answer) => {
            hops.push(Hop { stop: Stop::Container, passed: true, says });
            hops.push(last);
        }
        (Some(says), Stop::Container) => {
            hops.push(Hop { says: format!("{says} {}", last.says), ..last });
        }
        _ => hops.push(last),
    }
}
