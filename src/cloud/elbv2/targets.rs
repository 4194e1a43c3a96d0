//! Targets: registering, checking, draining.
//!
//! A new target is `initial` until its first answer; one good answer is enough then. Afterwards the thresholds count
//! (facts: alb-and-network §2, "Health checks (ALB)"). A target that is deregistered drains for the whole delay.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer;
use super::health_check::{Failure, HealthCheck};
use super::names::{invalid, no_target_group};
use super::target_group::{Health, Target, TargetGroup, TargetKey, TargetType};
use super::{ElbJob, actions, target_group, target_rows};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SECOND, SimTime};
use crate::cloud::watch;

/// The share of a target that is warm.
pub const FULL_SHARE: i64 = 1_000;

pub(super) fn register(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = target_group::of(cx.account, params.required("TargetGroupArn"))?;
    let keys = read_targets(cx.account, group, params.list("Targets"))?;
    for key in keys {
        add(cx, group, key);
    }
    Ok(json!({}))
}

pub(super) fn deregister(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = target_group::of(cx.account, params.required("TargetGroupArn"))?;
    for target in params.list("Targets").iter().map(Params::new) {
        for key in named(cx.account, group, target) {
            remove(cx, group, &key);
        }
    }
    Ok(json!({}))
}

pub(super) fn describe_health(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("TargetGroupArn");
    let id = target_group::of(cx.account, arn)?;
    let group = cx.account.target_groups.get(id).ok_or_else(|| no_target_group(arn))?;
    let asked = params.list("Targets");
    if asked.is_empty() {
        let all =
            group.targets.iter().map(|(key, target)| target_rows::describe(group, key, target));
        return Ok(json!({ "TargetHealthDescriptions": all.collect::<Vec<_>>() }));
    }
    let mut shapes = Vec::new();
    for target in asked.iter().map(Params::new) {
        let keys = named(cx.account, id, target);
        if keys.is_empty() {
            let port = target.int("Port").unwrap_or_else(|| group.port.into());
            shapes.push(json!({
                "Target": { "Id": target.required("Id"), "Port": port },
                "TargetHealth": {
                    "State": "unused",
                    "Reason": "Target.NotRegistered",
                    "Description": "Target is not registered to the target group",
                },
            }));
        }
        for key in keys {
            shapes.extend(
                group.targets.get(&key).map(|target| target_rows::describe(group, &key, target)),
            );
        }
    }
    Ok(json!({ "TargetHealthDescriptions": shapes }))
}

/// Registers a target, or again: its checks begin anew.
pub fn add(cx: &mut Ctx<'_>, id: Id<TargetGroup>, key: TargetKey) {
    let Some(group) = cx.account.target_groups.get(id) else { return };
    let (health, failure) = begins(cx.account, group, &key);
    let Some(group) = cx.account.target_groups.edit(id) else { return };
    if group.targets.get(&key).is_some_and(|target| target.health != Health::Draining) {
        return;
    }
    group.registrations += 1;
    let registration = group.registrations;
    let target = Target { registration, health, failure, ..Target::default() };
    group.targets.insert(key.clone(), target);
    let word = health.word();
    tell(cx, id, &key, Tone::Change, word);
    if health == Health::Initial {
        look_after(cx, id, key, registration, limits::TARGET_FIRST_CHECK_MS, true);
    }
}

/// Deregisters a target: it drains for the group's delay.
pub fn remove(cx: &mut Ctx<'_>, id: Id<TargetGroup>, key: &TargetKey) {
    let Some(group) = cx.account.target_groups.edit(id) else { return };
    let delay = group.deregistration_delay();
    let Some(target) = group.targets.get_mut(key) else { return };
    if target.health == Health::Draining {
        return;
    }
    if target.health == Health::Unused {
        group.targets.remove(key);
        return tell(cx, id, key, Tone::Change, "deregistered");
    }
    target.left = (target.health == Health::Healthy).then_some(cx.now);
    target.health = Health::Draining;
    let registration = target.registration;
    tell(cx, id, key, Tone::Change, "draining");
    let job = ElbJob::Drained { group: id, target: key.clone(), registration };
    cx.after(delay, Job::Elb(job));
}

/// The deregistration delay is over.
pub(super) fn drained(cx: &mut Ctx<'_>, id: Id<TargetGroup>, key: &TargetKey, registration: u32) {
    let Some(group) = cx.account.target_groups.edit(id) else { return };
    let ours = group.targets.get(key).is_some_and(|target| {
        target.registration == registration && target.health == Health::Draining
    });
    if ours {
        group.targets.remove(key);
        tell(cx, id, key, Tone::Change, "deregistered");
    }
}

/// One health check, and when the next one is.
pub(super) fn check(cx: &mut Ctx<'_>, id: Id<TargetGroup>, key: &TargetKey, registration: u32) {
    let Some(group) = cx.account.target_groups.get(id).cloned() else { return };
    let Some(target) = group.targets.get(key) else { return };
    let over = matches!(target.health, Health::Draining | Health::Unused);
    if target.registration != registration || over {
        return;
    }
    let answer = answer::probe(cx.account, cx.now, &group, key);
    let failure = group.check.judge(answer);
    let mut after = target.clone();
    after.count(failure, &group.check);
    let changed = after.health != target.health;
    if changed {
        after.warms = warms(&group, after.health, cx.now);
    }
    let tone = if after.health == Health::Healthy { Tone::Success } else { Tone::Failure };
    let word = after.health.word();
    if let Some(group) = cx.account.target_groups.edit(id) {
        group.targets.insert(key.clone(), after);
    }
    if changed {
        tell(cx, id, key, tone, word);
        ecs::target_changed(cx, id);
    }
    let interval = Millis::from(group.check.interval_s) * SECOND;
    look_after(cx, id, key.clone(), registration, interval, false);
}

/// A listener or a rule has changed: groups that are used now are checked, groups that are not are `unused`.
pub(super) fn groups_changed(cx: &mut Ctx<'_>) {
    let all: Vec<_> =
        cx.account.target_groups.iter().map(|(id, group)| (id, Arc::clone(group))).collect();
    for (id, group) in all {
        let used = actions::in_use(cx.account, &group.arn);
        if used {
            watch::wake(cx);
        }
        for (key, target) in &group.targets {
            let (health, why) = begins(cx.account, &group, key);
            match (health, target.health) {
                (Health::Initial, Health::Unused) => {
                    set_health(cx, id, key, health, why);
                    let wait = limits::TARGET_FIRST_CHECK_MS;
                    look_after(cx, id, key.clone(), target.registration, wait, true);
                }
                (Health::Unused, Health::Initial | Health::Healthy | Health::Unhealthy) => {
                    set_health(cx, id, key, health, why);
                }
                _ => {}
            }
        }
    }
}

/// How a target begins: a load balancer that uses its group and stands in its zone checks it (facts: alb-and-network §2,
/// "AZs"). What has no interface here is checked, in vain.
fn begins(account: &Account, group: &TargetGroup, key: &TargetKey) -> (Health, Option<Failure>) {
    let balancers = actions::balancers(account, &group.arn);
    if balancers.is_empty() {
        return (Health::Unused, None);
    }
    let to = answer::interface(account, group.target_type, &key.id);
    let mut users = balancers.iter().filter_map(|id| account.load_balancers.get(*id));
    if to.is_none_or(|to| users.any(|lb| lb.zones.contains_key(&to.zone))) {
        return (Health::Initial, None);
    }
    (Health::Unused, Some(Failure::Zone))
}

/// When the slow start of a target begins that has just become healthy: at once, if another one has its full share
/// already (facts: alb-and-network §2, "slow_start": not for a first batch).
fn warms(group: &TargetGroup, health: Health, now: SimTime) -> Option<SimTime> {
    let mut others = group.targets.values();
    let all = group.slow_start();
    let begins = health == Health::Healthy
        && all > 0
        && others.any(|one| one.health == Health::Healthy && one.share(all, now) == FULL_SHARE);
    begins.then_some(now)
}

impl Target {
    /// Its share of the requests beside that of others, of [`FULL_SHARE`]: it grows evenly for as long as the slow start
    /// takes (facts: alb-and-network §2).
    pub fn share(&self, slow_start: Millis, now: SimTime) -> i64 {
        let grown = self.warms.map(|from| now.since(from) * FULL_SHARE.unsigned_abs());
        let share = grown.and_then(|grown| grown.checked_div(slow_start));
        share.and_then(|share| i64::try_from(share).ok()).unwrap_or(FULL_SHARE).clamp(1, FULL_SHARE)
    }

    /// Counts one check.
    fn count(&mut self, failure: Option<Failure>, check: &HealthCheck) {
        self.failure = failure;
        if failure.is_none() {
            (self.good, self.bad) = (self.good.saturating_add(1), 0);
            let enough = if self.health == Health::Initial { 1 } else { check.healthy };
            if self.good >= enough {
                self.health = Health::Healthy;
            }
        } else {
            (self.good, self.bad) = (0, self.bad.saturating_add(1));
            if self.bad >= check.unhealthy {
                self.health = Health::Unhealthy;
            }
        }
    }
}

fn look_after(
    cx: &mut Ctx<'_>,
    group: Id<TargetGroup>,
    target: TargetKey,
    registration: u32,
    delay: Millis,
    first: bool,
) {
    cx.after(delay, Job::Elb(ElbJob::Check { group, target, registration, first }));
}

fn set_health(
    cx: &mut Ctx<'_>,
    id: Id<TargetGroup>,
    key: &TargetKey,
    health: Health,
    why: Option<Failure>,
) {
    let Some(group) = cx.account.target_groups.edit(id) else { return };
    let Some(target) = group.targets.get_mut(key) else { return };
    (target.health, target.good, target.bad, target.failure) = (health, 0, 0, why);
    target.warms = None;
    tell(cx, id, key, Tone::Change, health.word());
}

fn tell(cx: &mut Ctx<'_>, group: Id<TargetGroup>, key: &TargetKey, tone: Tone, text: &'static str) {
    let id = cx.account.target_groups.get(group).map(|group| target_rows::name(group, key));
    cx.tell(tone, "target", &Arc::from(id.unwrap_or_default()), text);
}

/// The registered targets that a request names; without a port all of that id.
fn named(account: &Account, group: Id<TargetGroup>, target: Params<'_>) -> Vec<TargetKey> {
    let Some(group) = account.target_groups.get(group) else { return Vec::new() };
    let (id, port) = (target.required("Id"), target.int("Port"));
    let keys = group.targets.keys().filter(|key| *key.id == *id);
    keys.filter(|key| port.is_none_or(|port| port == i64::from(key.port))).cloned().collect()
}

/// The targets of a RegisterTargets request.
fn read_targets(
    account: &Account,
    id: Id<TargetGroup>,
    list: &[Value],
) -> Result<Vec<TargetKey>, ApiError> {
    let Some(group) = account.target_groups.get(id) else { return Ok(Vec::new()) };
    let mut keys = Vec::new();
    for target in list.iter().map(Params::new) {
        let id = target.required("Id");
        let port = target.int("Port").map(target_group::port_number).transpose()?;
        match group.target_type {
            TargetType::Instance => check_instance(account, group, id)?,
            TargetType::Ip if id.parse::<std::net::Ipv4Addr>().is_err() => {
                return Err(invalid(format!("The IP address '{id}' is not a valid IPv4 address")));
            }
            TargetType::Ip => {}
        }
        keys.push(TargetKey { id: Arc::from(id), port: port.unwrap_or(group.port) });
    }
    if group.targets.len() + keys.len() > limits::TARGETS_PER_GROUP {
        return Err(ApiError::new(
            "TooManyTargets",
            "The maximum number of targets has been reached",
        ));
    }
    Ok(keys)
}

fn check_instance(account: &Account, group: &TargetGroup, id: &str) -> Result<(), ApiError> {
    let target = |message: String| ApiError::new("InvalidTarget", message);
    let instance = account.instances.find(id);
    let instance = instance.ok_or_else(|| target(format!("Instance ID '{id}' is not valid")))?;
    if instance.vpc != group.vpc {
        return Err(target(format!(
            "The following targets are not in the target group VPC '{}': '{id}'",
            group.vpc
        )));
    }
    if !instance.is_up() {
        return Err(target(format!(
            "The following targets are not in a running state and cannot be registered: '{id}'"
        )));
    }
    Ok(())
}
