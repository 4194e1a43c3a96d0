//! One request followed from its client to a container: what can be asked for, the stations of the newest request, and
//! which port of which machine leads to which container now.

mod hosts;
#[cfg(test)]
mod tests;

pub use hosts::{Host, Port};

use super::builder::quoted;
use super::picture::Names;
use super::placed::{Refused, refused};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::elbv2::hops::{Hop, Stop};
use crate::cloud::elbv2::listener::of_load_balancer;
use crate::cloud::elbv2::load_balancer::by_name;
use crate::cloud::elbv2::requests::Request;
use crate::cloud::elbv2::rule::{Condition, Rule, of_listener};
use crate::cloud::time::SimTime;

/// Requests listed beside the one that is followed.
const EARLIER_MOST: usize = 6;
/// The stations, with their names for the learner and for `data-hop`.
const STATIONS: [(Stop, &str, &str); 6] = [
    (Stop::Listener, "listener", "Client to listener"),
    (Stop::Rule, "rule", "Rule"),
    (Stop::Group, "group", "Target group"),
    (Stop::Target, "target", "To the target"),
    (Stop::Container, "container", "To the container"),
    (Stop::Answer, "answer", "Answer"),
];

/// What a learner sees of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// What can be asked for.
    pub choices: Vec<Choice>,
    /// The newest request.
    pub newest: Option<Journey>,
    /// Those before it, newest first: what was asked, and what came back.
    pub earlier: Vec<(u64, String)>,
    /// Machines and addresses with their ports.
    pub hosts: Vec<Host>,
    /// Tasks that found no place.
    pub refused: Vec<Refused>,
}

/// Something that can be asked of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// `Rule 10: path-pattern /api*`.
    pub label: String,
    /// The load balancer's address.
    pub address: String,
    /// The host asked for; empty for the load balancer's own name.
    pub host: String,
    /// The path asked for.
    pub path: String,
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its number.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// `front/api`.
    pub asked: String,
    /// What the client got; 0 where no connection was made.
    pub status: u16,
    /// The target that was tried: `i-0a1…:32768`.
    pub target: String,
    /// The id of the task that answered.
    pub task: String,
    /// ` from task a`; nothing where none answered.
    pub from: String,
    /// All stations.
    pub stations: Vec<Station>,
}

/// A station of a request's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// As in `data-hop`.
    pub word: &'static str,
    /// Its name.
    pub label: &'static str,
    /// `passed`, `failed` or `missed` (the request never came here), as in `data-result`.
    pub result: &'static str,
    /// What happened there.
    pub says: String,
}

/// Everything about the requests of an account.
pub fn routes(cloud: &Cloud) -> Routes {
    let account = cloud.account();
    let names = Names::of(account);
    let mut requests = account.requests.iter().rev();
    let newest = requests.next().map(|one| journey(one, &names));
    let earlier = requests.take(EARLIER_MOST).map(|one| (one.no, in_short(one, &names))).collect();
    Routes {
        choices: choices(account),
        newest,
        earlier,
        hosts: hosts::hosts(account, &names),
        refused: refused(account, SimTime(0)),
    }
}

impl Choice {
    /// The line that sends it: `curl http://…/api`.
    pub fn line(&self) -> String {
        let path = self.path.trim();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let url = quoted(&format!("http://{}{slash}{path}", self.address));
        match self.host.trim() {
            "" => format!("curl {url}"),
            host => format!("curl -H {} {url}", quoted(&format!("Host: {host}"))),
        }
    }
}

/// For each load balancer what its rules speak of, and what none does.
fn choices(account: &Account) -> Vec<Choice> {
    let mut choices = Vec::new();
    for balancer in account.load_balancers.values() {
        let Some(id) = by_name(account, &balancer.name) else { continue };
        let address = balancer.dns_name.to_string();
        let listeners = of_load_balancer(account, id);
        let rules = listeners.into_iter().flat_map(|listener| of_listener(account, listener));
        let own = Choice {
            label: format!("{}, default action", balancer.name),
            address: address.clone(),
            path: "/".to_owned(),
            ..Choice::default()
        };
        choices.push(own.clone());
        choices.extend(rules.map(|rule| asked(&rule, own.clone())));
    }
    choices
}

/// A request that a rule speaks of: a wildcard stands for nothing.
fn asked(rule: &Rule, own: Choice) -> Choice {
    let value = |field: &str| {
        let conditions = rule.conditions.iter().map(Condition::parts);
        let mut fitting = conditions.filter(|(name, _)| *name == field);
        let first = fitting.next()?.1.first()?;
        Some(first.replace(['*', '?'], ""))
    };
    Choice {
        label: format!("Rule {}: {}", rule.priority, rule.words()),
        host: value("host-header").map_or_else(String::new, |host| match host.strip_prefix('.') {
            Some(rest) => format!("www.{rest}"),
            None => host,
        }),
        path: value("path-pattern").unwrap_or_else(|| own.path.clone()),
        ..own
    }
}

fn journey(request: &Request, names: &Names) -> Journey {
    let from = request.task.as_ref().map(|task| format!(" from task {}", names.letter(task)));
    Journey {
        no: request.no,
        at: request.at,
        asked: format!("{}{}", request.load_balancer, request.path),
        status: request.sent.status,
        target: request.sent.target_text().unwrap_or_default(),
        task: request.task.as_deref().unwrap_or_default().to_owned(),
        from: from.unwrap_or_default(),
        stations: STATIONS.iter().map(|one| station(one, &request.sent.hops)).collect(),
    }
}

fn station((stop, word, label): &(Stop, &'static str, &'static str), hops: &[Hop]) -> Station {
    let hop = hops.iter().find(|hop| hop.stop == *stop);
    let result = match hop.map(|hop| hop.passed) {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "missed",
    };
    let says = hop.map_or_else(|| "It did not come here.".to_owned(), |hop| hop.says.clone());
    Station { word, label, result, says }
}

fn in_short(request: &Request, names: &Names) -> String {
    let from = match (&request.task, request.sent.target_text()) {
        (Some(task), Some(target)) => format!(", task {} at {target}", names.letter(task)),
        (None, Some(target)) => format!(", {target}"),
        _ => String::new(),
    };
    format!("{}{} → {}{from}", request.load_balancer, request.path, status(request.sent.status))
}

/// `504`, or what the client meets where nobody sends a number.
pub fn status(status: u16) -> String {
    if status == 0 { "no connection".to_owned() } else { status.to_string() }
}
