//! The fault `traffic`: clients that send requests to a load balancer all the time.
//!
//! Requests are counted, not simulated one by one: once a second, those of a second take the way of [`request::pass`]
//! together, as whole numbers, each from a client that keeps its cookies. So a second costs as much at 1,000 requests as at ten. Answers that take longer than
//! that second wait in [`Traffic::waiting`]. A few single requests are kept to be looked at.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use super::load_balancer::{self, LoadBalancer};
use super::names::no_load_balancer;
use super::request::{self, Ask, By, Part};
use super::sticky::Cookies;
use super::tally::Tally;
use super::target_group::{TargetGroup, TargetKey};
use super::{ElbJob, Text};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::container::State;
use crate::cloud::ecs::task::Task;
use crate::cloud::error::ApiError;
use crate::cloud::input::{Fault, Reply};
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::{SECOND, SimTime};

/// What passes through a load balancer.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Requests of clients each second; 0 once they have stopped.
    pub rate: u32,
    /// The host they ask for.
    pub host: Text,
    /// The path they ask for.
    pub path: Text,
    /// What came of the requests of the last second.
    pub last: Vec<Part>,
    /// Some single requests, newest last.
    pub sample: VecDeque<One>,
    /// What came of this minute's requests, by target group.
    pub(in crate::cloud) tallies: Map<Option<Id<TargetGroup>>, Tally>,
    waiting: Vec<Waiting>,
    ticking: bool,
    ticks: u32,
    /// When a client last got an error, while clients are told of it.
    troubled: Option<(SimTime, u16)>,
}

/// A single request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct One {
    /// When it was sent.
    pub at: SimTime,
    /// What came of it.
    pub part: Part,
}

/// Requests that wait for their answer.
#[derive(Clone, Debug)]
struct Waiting {
    until: SimTime,
    registration: u32,
    part: Part,
}

/// Clients begin, change their pace, or end; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    let Fault::Traffic { load_balancer: name, requests_per_second: rate, path, host } = fault
    else {
        return None;
    };
    let Some(id) = load_balancer::by_name(cx.account, name) else {
        return Some(Err(no_load_balancer(name)));
    };
    if *rate > limits::TRAFFIC_PER_SECOND {
        let most = limits::TRAFFIC_PER_SECOND;
        let text = format!("The most that can be sent is {most} requests a second.");
        return Some(Err(ApiError::invalid(text)));
    }
    let dns = cx.account.load_balancers.get(id).map(|lb| Arc::clone(&lb.dns_name));
    let traffic = edit(cx.account, id)?;
    traffic.rate = *rate;
    traffic.path = Arc::from(path.as_deref().unwrap_or("/"));
    traffic.host = host.as_deref().map(Arc::from).or(dns).unwrap_or_default();
    let begins = !traffic.ticking && *rate > 0;
    let text = match rate {
        0 => "clients send no more requests".to_owned(),
        rate => format!("clients send {rate} requests a second"),
    };
    cx.tell(Tone::Change, "load-balancer", &Arc::from(name.as_str()), text);
    if begins {
        second(cx, id);
    }
    Some(Ok(Arc::new(json!({}))))
}

/// What one request came to, or several.
pub(super) fn count(account: &mut Account, balancer: Id<LoadBalancer>, part: &Part) {
    let traffic = edit(account, balancer);
    if let Some(tally) = traffic.and_then(|it| it.tallies.at(part.group, Tally::default)) {
        tally.sent(part);
        tally.ended(part);
    }
}

/// A second of requests.
pub(super) fn second(cx: &mut Ctx<'_>, id: Id<LoadBalancer>) {
    let Some(lb) = cx.account.load_balancers.get(id).cloned() else {
        cx.account.traffic.remove(&id);
        return;
    };
    let Some(mut traffic) = edit(cx.account, id).map(std::mem::take) else { return };
    let mut errors = traffic.answers(cx.account, cx.now);
    traffic.last.clear();
    if traffic.rate > 0 {
        let (host, path) = (&*traffic.host, &*traffic.path);
        let ask = Ask { host, port: None, path, method: "GET", cookies: Cookies::Kept };
        traffic.last = request::pass(cx.account, cx.now, id, ask, traffic.rate, &mut |_, _, _| {});
        errors = errors.or(traffic.send(cx.account, cx.now));
        traffic.keep_some(cx.now);
    }
    traffic.tell(cx, &lb.name, errors);
    traffic.ticking = traffic.rate > 0 || !traffic.waiting.is_empty();
    traffic.ticks = traffic.ticks.wrapping_add(1);
    set_in_flight(cx.account, id, &traffic.waiting);
    if traffic.ticking {
        cx.after(SECOND, Job::Elb(ElbJob::Second(id)));
    }
    cx.account.traffic.insert(id, Arc::new(traffic));
}

fn edit(account: &mut Account, id: Id<LoadBalancer>) -> Option<&mut Traffic> {
    account.traffic.at(id, Arc::default).map(Arc::make_mut)
}

impl Traffic {
    /// Sends the requests of a second on their way. The first status among them that is an error.
    fn send(&mut self, account: &Account, now: SimTime) -> Option<u16> {
        let mut error = None;
        for part in &self.last {
            let Some(tally) = self.tallies.at(part.group, Tally::default) else { continue };
            tally.sent(part);
            if part.took_ms > SECOND {
                let registration = registered(account, part).unwrap_or(0);
                let until = now + part.took_ms;
                self.waiting.push(Waiting { until, registration, part: part.clone() });
            } else {
                tally.ended(part);
                error = error.or(part.error());
            }
        }
        error
    }

    /// Answers come, or the connection breaks: its task ends, or its target is gone before it is done (facts:
    /// alb-and-network §4, 502).
    fn answers(&mut self, account: &Account, now: SimTime) -> Option<u16> {
        let mut error = None;
        let tallies = &mut self.tallies;
        self.waiting.retain_mut(|one| {
            let part = &mut one.part;
            let broken = part.task.is_some_and(|id| !works(account, id))
                || registered(account, part) != Some(one.registration);
            if one.until > now && !broken {
                return true;
            }
            if one.until > now {
                (part.by, part.status) = (By::Balancer, 502);
            }
            if let Some(tally) = tallies.at(part.group, Tally::default) {
                tally.ended(part);
            }
            error = error.or(part.error());
            false
        });
        error
    }

    /// Keeps a few requests of this second, each time others.
    fn keep_some(&mut self, at: SimTime) {
        let number = self.last.len().max(1);
        let first = usize::try_from(self.ticks).unwrap_or(0) * limits::TRAFFIC_KEPT_PER_SECOND;
        let some = self.last.iter().cycle().skip(first % number);
        for part in some.take(limits::TRAFFIC_KEPT_PER_SECOND.min(number)) {
            self.sample.push_back(One { at, part: Part { count: 1, ..part.clone() } });
        }
        let more = self.sample.len().saturating_sub(limits::TRAFFIC_KEPT);
        self.sample.drain(..more);
    }

    /// Says when clients begin to get an error, and when they have got none for a while.
    fn tell(&mut self, cx: &mut Ctx<'_>, name: &Text, error: Option<u16>) {
        match (self.troubled, error) {
            (Some((_, told)), Some(status)) if told == status => {
                self.troubled = Some((cx.now, status));
            }
            (_, Some(status)) => {
                self.troubled = Some((cx.now, status));
                let text = match status {
                    0 => "clients cannot connect".to_owned(),
                    status => format!("clients get {status}"),
                };
                cx.tell(Tone::Failure, "load-balancer", name, text);
            }
            (Some((last, _)), None) if cx.now.since(last) >= limits::TRAFFIC_CALM_MS => {
                self.troubled = None;
                cx.tell(Tone::Success, "load-balancer", name, "clients get no more errors");
            }
            _ => {}
        }
    }
}

impl Part {
    /// Its status, if that is an error of a server.
    pub fn error(&self) -> Option<u16> {
        let bad = (self.status == 0 || self.status >= 500) && self.by != By::Action;
        bad.then_some(self.status)
    }
}

/// Which registration of its target a request belongs to.
fn registered(account: &Account, part: &Part) -> Option<u32> {
    let group = account.target_groups.get(part.group?)?;
    group.targets.get(part.target.as_ref()?).map(|target| target.registration)
}

/// A container of the task still serves.
fn works(account: &Account, id: Id<Task>) -> bool {
    account.tasks.get(id).is_some_and(|task| {
        let up = |state| matches!(state, State::Running | State::Stopping);
        task.containers.iter().any(|one| one.nature.serves.is_some() && up(one.state))
    })
}

/// Each target knows how many requests it works on.
fn set_in_flight(account: &mut Account, balancer: Id<LoadBalancer>, waiting: &[Waiting]) {
    let mut now: Map<(Id<TargetGroup>, &TargetKey), u32> = Map::new();
    for Waiting { part, .. } in waiting {
        if let (Some(group), Some(target)) = (part.group, &part.target) {
            now.add((group, target), part.count);
        }
    }
    let groups = account.target_groups.iter();
    let mut changes = Vec::new();
    for (id, group) in groups {
        for (key, target) in &group.targets {
            let count = now.get(&(id, key)).copied().unwrap_or(0);
            if count != target.in_flight {
                changes.push((id, key.clone(), count));
            }
        }
    }
    for (id, key, count) in changes {
        let ours = |group: &TargetGroup| {
            super::actions::balancers(account, &group.arn).contains(&balancer)
        };
        if !account.target_groups.get(id).is_some_and(|group| ours(group)) {
            continue;
        }
        let group = account.target_groups.edit(id);
        if let Some(target) = group.and_then(|group| group.targets.get_mut(&key)) {
            target.in_flight = count;
        }
    }
}
