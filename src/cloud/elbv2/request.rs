//! Requests from clients to containers, and why they did not arrive.

use std::fmt::Write;
use std::sync::Arc;

use super::actions::Act;
use super::answer::{self, Answer, nodes};
use super::hops::{Hop, Say, Stop, look_closely};
use super::load_balancer::{self, LoadBalancer};
use super::names::no_load_balancer;
use super::requests::Request;
use super::sticky::{self, Cookies};
use super::target_group::{TargetGroup, TargetKey};
use super::{Text, listener, rule, spread, traffic};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Task;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::net::eni::Eni;
use crate::cloud::net::reach;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};
use crate::cloud::watch::work;

/// What a client asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The name it calls the load balancer.
    pub host: &'a str,
    /// The port of its address. Where nobody names one it is 80, or that of the first listener.
    pub port: Option<u16>,
    /// The path, with what follows it.
    pub path: &'a str,
    /// `GET` and the like.
    pub method: &'a str,
    /// What it was given before.
    pub cookies: Cookies<'a>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What the client gets; 0 where not even a connection was made.
    pub status: u16,
    /// The target that was tried.
    pub target: Option<TargetKey>,
    /// The task behind it, if it was reached.
    pub task: Option<Id<Task>>,
    /// How long it took, in milliseconds.
    pub took_ms: Millis,
    /// Lines of the load balancer's own in the head of the answer.
    pub head: String,
    /// The body of its own, where it answers itself.
    pub body: Option<Text>,
    /// Each hop, in order; after one that failed there is none.
    pub hops: Vec<Hop>,
}

/// Requests that came to the same end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many.
    pub count: u32,
    /// The target group they went to, and the target that was tried.
    pub group: Option<Id<TargetGroup>>,
    /// See [`Part::group`].
    pub target: Option<TargetKey>,
    /// The task that answered.
    pub task: Option<Id<Task>>,
    /// Who decided.
    pub by: By,
    /// What the client gets; 0 where not even a connection was made.
    pub status: u16,
    /// How long each took, in milliseconds.
    pub took_ms: Millis,
    /// The action, where that decided.
    pub act: Option<Act>,
}

/// Who decided what the client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The client came to no listener.
    Nobody,
    /// An action of the load balancer: a fixed response or a redirect.
    Action,
    /// The load balancer, because no target answered.
    Balancer,
    /// A target.
    Target,
}

/// One request from a client on the internet to the load balancer of this name.
pub fn request(cloud: &mut Cloud, name: &str, ask: Ask<'_>) -> Result<Sent, ApiError> {
    let balancer = load_balancer::by_name(&cloud.account, name);
    let balancer = balancer.ok_or_else(|| no_load_balancer(name))?;
    let mut hops = Vec::new();
    let say: Say<'_> =
        &mut |stop, passed, says| hops.push(Hop { stop, passed, says: says.to_string() });
    let mut parts = pass(&mut cloud.account, cloud.now, balancer, ask, 1, say);
    for part in &parts {
        traffic::count(&mut cloud.account, balancer, part);
    }
    let part = parts.pop().unwrap_or_else(|| Part::of(1, By::Nobody, 0));
    look_closely(&cloud.account, &part, &mut hops);
    let mut head = own_head(cloud, &part);
    let body = part.act.as_ref().and_then(|act| match act {
        Act::Fixed { kind, body, .. } => {
            let _ = writeln!(head, "Content-Type: {kind}; charset=utf-8");
            Some(Arc::clone(body))
        }
        Act::Redirect { to, .. } => {
            let _ = writeln!(head, "Location: {}", location(to, ask));
            None
        }
        Act::Forward(_) => None,
    });
    let Part { status, target, task, took_ms, .. } = part;
    let sent = Sent { status, target, task, took_ms, head, body, hops };
    let (host, path) = (ask.host, ask.path);
    let task = sent.task.and_then(|id| cloud.account.tasks.get(id));
    let task = task.map(|task| Arc::clone(&task.id));
    let (sent_too, [load_balancer, host_asked, path_asked]) =
        (sent.clone(), [name, host, path].map(Arc::from));
    cloud.account.requests.push(Request {
        no: 0,
        at: cloud.now,
        load_balancer,
        host: host_asked,
        path: path_asked,
        sent: sent_too,
        task,
    });
    cloud.digest.mix(&(cloud.now, name, host, path, sent.status, &sent.target_text()));
    Ok(sent)
}

/// A cookie comes with the answer where the group remembers clients; a load balancer that answers itself says so.
fn own_head(cloud: &Cloud, part: &Part) -> String {
    let mut head = String::new();
    if part.by != By::Target {
        head.push_str("Server: awselb/2.0\n");
    }
    let group = part.group.and_then(|id| cloud.account.target_groups.get(id));
    let group = group.filter(|group| group.sticky_for().is_some());
    if let Some((group, key)) = group.zip(part.target.as_ref()) {
        head.push_str(&sticky::header(&sticky::cookie(group, key, cloud.now), cloud.now));
    }
    head
}

/// The address in which parts of the request's stand where the action has `#{host}` and the like.
fn location(to: &str, ask: Ask<'_>) -> String {
    let (path, query) = ask.path.split_once('?').unwrap_or((ask.path, ""));
    let to = to.replace("#{protocol}", "http").replace("#{port}", "80");
    let to = to.replace("#{host}", ask.host).replace("#{query}", query);
    to.replace("#{path}", path.trim_start_matches('/')).trim_end_matches('?').to_owned()
}

/// Sends so many equal requests to a load balancer.
pub(super) fn pass(
    account: &mut Account,
    now: SimTime,
    balancer: Id<LoadBalancer>,
    ask: Ask<'_>,
    count: u32,
    say: Say<'_>,
) -> Vec<Part> {
    let act = to_listener(account, balancer, ask, say);
    let groups = match &act {
        None => return vec![Part::of(count, By::Nobody, 0)],
        Some(Act::Fixed { status, .. } | Act::Redirect { status, .. }) => {
            say(Stop::Answer, true, format_args!("The load balancer answers {status} itself."));
            return vec![Part { act: act.clone(), ..Part::of(count, By::Action, *status) }];
        }
        Some(Act::Forward(groups)) => spread::among_groups(account, groups, count),
    };
    if groups.is_empty() {
        say(Stop::Group, false, format_args!("No target group takes the request."));
        return vec![Part::of(count, By::Balancer, 503)];
    }
    let mut parts = Vec::new();
    for (id, count) in groups {
        let targets = spread::among_targets(account, now, id, count, ask.cookies);
        if targets.is_empty() {
            let says = format_args!("The target group has no target that could take the request.");
            say(Stop::Group, false, says);
            parts.push(Part { group: Some(id), ..Part::of(count, By::Balancer, 503) });
        }
        for (key, count) in targets {
            if let Some(group) = account.target_groups.get(id) {
                let (name, by) = (&group.name, group.algorithm());
                let says =
                    format_args!("Target group {name} ({by}) chooses {}:{}.", key.id, key.port);
                say(Stop::Group, true, says);
            }
            deliver(account, now, (id, &key), count, say, &mut parts);
        }
    }
    parts
}

impl Part {
    fn of(count: u32, by: By, status: u16) -> Self {
        Self { count, group: None, target: None, task: None, by, status, took_ms: 0, act: None }
    }
}

impl Sent {
    /// The target as `<id>:<port>`.
    pub fn target_text(&self) -> Option<String> {
        self.target.as_ref().map(|key| format!("{}:{}", key.id, key.port))
    }
}

/// From the client to the listener's rule that speaks of the request.
fn to_listener(
    account: &Account,
    balancer: Id<LoadBalancer>,
    ask: Ask<'_>,
    say: Say<'_>,
) -> Option<Act> {
    let lb = account.load_balancers.get(balancer)?;
    let listeners = listener::of_load_balancer(account, balancer);
    let mut rows = listeners.into_iter().filter_map(|id| Some((id, account.listeners.get(id)?)));
    let on = rows.clone().find(|(_, row)| row.port == ask.port.unwrap_or(80));
    let Some((id, row)) = on.or_else(|| if ask.port.is_none() { rows.next() } else { None }) else {
        let says = format_args!("{} has no listener there: the connection is refused.", lb.name);
        say(Stop::Listener, false, says);
        return None;
    };
    // A node whose zone has failed is taken out of the name (ELB/application-load-balancers, "zonal health").
    let works = |eni: &&Arc<Eni>| !account.lost_zones.contains(&eni.zone);
    let node = nodes(account, lb).find(works).or_else(|| nodes(account, lb).next())?;
    let reach = reach::can_be_reached_from_internet(account, node, row.port);
    if let Some(why) = reach.why_not() {
        say(Stop::Listener, false, format_args!("{why}"));
        return None;
    }
    let says = format_args!("The client reaches {} on port {}.", lb.name, row.port);
    say(Stop::Listener, true, says);
    let rules = rule::of_listener(account, id);
    let Some(rule) = rules.iter().find(|rule| rule.matches(ask.host, ask.path, ask.method)) else {
        say(Stop::Rule, true, format_args!("No rule speaks of it: the default action decides."));
        return Some(row.act.clone());
    };
    let says = format_args!("Rule {} speaks of it: {}.", rule.priority, rule.words());
    say(Stop::Rule, true, says);
    Some(rule.act.clone())
}

/// From the load balancer to a target, and what the clients get (facts: alb-and-network §4).
fn deliver(
    account: &mut Account,
    now: SimTime,
    (id, key): (Id<TargetGroup>, &TargetKey),
    count: u32,
    say: Say<'_>,
    parts: &mut Vec<Part>,
) {
    let Some(group) = account.target_groups.get(id) else { return };
    let answer = answer::ask(account, now, group, key);
    let mut add = |count, by, status, took_ms, task| {
        if count > 0 {
            let target = Some(key.clone());
            parts.push(Part {
                count,
                group: Some(id),
                target,
                task,
                by,
                status,
                took_ms,
                act: None,
            });
        }
    };
    match answer {
        Answer::Status { status, took_ms, task } => {
            let work = work::take(account, now, task, count);
            let took_ms = took_ms + work.wait_ms;
            if took_ms > limits::ALB_IDLE_TIMEOUT_MS {
                let says = format_args!("The target is slower than the load balancer waits: 504.");
                say(Stop::Answer, false, says);
                add(work.taken, By::Balancer, 504, limits::ALB_IDLE_TIMEOUT_MS, Some(task));
            } else if work.taken > 0 {
                let says = format_args!("The container answers {status} after {took_ms} ms.");
                say(Stop::Answer, status < 500, says);
                add(work.taken, By::Target, status, took_ms, Some(task));
            }
            if work.refused > 0 {
                let says = format_args!("The container has more to do than its CPU allows: 503.");
                say(Stop::Answer, false, says);
                add(work.refused, By::Target, 503, limits::ANSWER_MS, Some(task));
            }
        }
        Answer::Refused => {
            let says = format_args!("Nobody listens on that port of the target: 502.");
            say(Stop::Container, false, says);
            add(count, By::Balancer, 502, 0, None);
        }
        Answer::Silent => {
            let says = format_args!("The target does not answer the connection: 504.");
            say(Stop::Target, false, says);
            add(count, By::Balancer, 504, limits::ALB_CONNECT_TIMEOUT_MS, None);
        }
    }
}
