//! Once a minute: what the alarms that are in alarm make of each target.
use std::sync::Arc;

use super::activity;
use super::arithmetic::{step_for, stepped, track};
use super::decision::Why;
use super::policy::{Policy, Rule};
use super::target::{self, Target, service_of};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::service::Service;
use crate::cloud::map::Map;
use crate::cloud::time::{MINUTE, Millis, SimTime};
use crate::cloud::watch::alarms::{Alarm, State};
use crate::cloud::watch::evaluate::Acting;
use crate::cloud::watch::load;
use crate::cloud::watch::number::Milli;

/// One policy that an alarm set off.
struct Wish {
    alarm: Arc<Alarm>,
    policy: Arc<Policy>,
}

/// The service as a decision sees it.
struct Now {
    target: Arc<Target>,
    service: Arc<Service>,
    running: u32,
}

/// A number that a policy wants, with the sentence that says why.
struct Proposal {
    to: u32,
    cause: String,
    cooldown: Millis,
    /// Of a target tracking policy.
    tracks: bool,
}

pub(super) fn minute(cx: &mut Ctx<'_>, acting: &[Acting]) {
    let mut by_target: Map<Arc<str>, Vec<Wish>> = Map::new();
    for one in acting {
        let Some(policy) = cx.account.scaling_policies.find(&one.action).cloned() else { continue };
        let wishes = by_target.at(Arc::clone(&policy.resource), Vec::new);
        if let Some(wishes) = wishes {
            wishes.push(Wish { alarm: Arc::clone(&one.alarm), policy });
        }
    }
    for (resource, wishes) in by_target {
        let Some(target) = cx.account.scalable_targets.find(&resource).cloned() else { continue };
        let Some((id, service)) = service_of(cx.account, &resource) else { continue };
        let running = load::running(cx.account, id);
        decide(cx, &Now { target, service, running }, &wishes);
    }
}

/// Out if any policy wants more; in only if none does and all agree (facts/scaling §4a).
#[inline(never)]
fn decide(cx: &mut Ctx<'_>, now: &Now, wishes: &[Wish]) {
    let (mut out, mut inward): (Option<Proposal>, Option<Proposal>) = (None, None);
    for wish in wishes {
        let (proposal, grows) = match propose(cx.account, cx.now, now, wish) {
            Ok(found) => found,
            Err(why) => {
                note(cx, now, &cause(wish), why);
                continue;
            }
        };
        let best = if grows { &mut out } else { &mut inward };
        // The most tasks win, in both directions.
        if best.as_ref().is_none_or(|best| proposal.to > best.to) {
            *best = Some(proposal);
        }
    }
    if let Some(out) = out {
        return grow(cx, now, &out);
    }
    let Some(inward) = inward else { return };
    if !all_agree(cx, now, wishes) {
        return note(cx, now, &inward.cause, Why::NotAll);
    }
    shrink(cx, now, &inward);
}

/// What a policy would make of its service if this alarm set it off at this moment, before bounds and cooldowns.
pub fn wanted(
    account: &Account,
    at: SimTime,
    policy: &Arc<Policy>,
    alarm: &Arc<Alarm>,
) -> Result<u32, Why> {
    let target = account.scalable_targets.find(&policy.resource).cloned().ok_or(Why::NoData)?;
    let (id, service) = service_of(account, &policy.resource).ok_or(Why::NoData)?;
    let now = Now { target, service, running: load::running(account, id) };
    let wish = Wish { alarm: Arc::clone(alarm), policy: Arc::clone(policy) };
    propose(account, at, &now, &wish).map(|(proposal, _)| proposal.to)
}

/// What a policy wants, and whether it was set off to add tasks.
#[inline(never)]
fn propose(
    account: &Account,
    at: SimTime,
    now: &Now,
    wish: &Wish,
) -> Result<(Proposal, bool), Why> {
    let metric = newest(account, at, &wish.alarm).ok_or(Why::NoData)?;
    let cause = cause(wish);
    match &wish.policy.rule {
        Rule::Track(rule) => {
            let grows = wish.alarm.name == rule.high;
            if !grows && !rule.scales_in {
                return Err(Why::Suspended);
            }
            let to = track(now.running, metric, rule.target);
            // Without a running task there is nothing to reckon with: the least step (DG/service-auto-scaling).
            let to = if grows { to.max(now.running.saturating_add(1)) } else { to };
            let cooldown = if grows { rule.cooldown_out } else { rule.cooldown_in };
            Ok((Proposal { to, cause, cooldown, tracks: true }, grows))
        }
        Rule::Steps { kind, steps, least, cooldown } => {
            let breach = metric.saturating_sub(wish.alarm.threshold);
            let step = step_for(steps, breach).ok_or(Why::NoStep)?;
            // While a cooldown goes on, the tasks that were just added count (facts/scaling §4b).
            let before = now.target.grown.filter(|(grown, _)| at < *grown + *cooldown);
            let base = before.map_or(now.running, |(_, before)| before);
            let to = stepped(base, *kind, step.by, *least);
            let grows = to > base || (to == base && step.by >= 0);
            let to = if grows { to } else { stepped(now.running, *kind, step.by, *least) };
            Ok((Proposal { to, cause, cooldown: *cooldown, tracks: false }, grows))
        }
    }
}

#[inline(never)]
fn grow(cx: &mut Ctx<'_>, now: &Now, wanted: &Proposal) {
    let (target, desired) = (&now.target, now.service.desired);
    if target.suspended.dynamic_out {
        return note(cx, now, &wanted.cause, Why::Suspended);
    }
    let to = wanted.to.clamp(target.min, target.max);
    if to <= desired {
        let cooling = target.grown.map(|(at, _)| at + wanted.cooldown);
        let why = match cooling.filter(|until| cx.now < *until) {
            _ if desired >= target.max => Why::AtMax(target.max),
            Some(until) => Why::Cooldown(until),
            None => Why::AtDesired(desired),
        };
        return note(cx, now, &wanted.cause, why);
    }
    if target::set_desired(cx, &target.resource, to, &wanted.cause) {
        let at = cx.now;
        // A scale-out ends the wait after a scale-in (facts/scaling §4a).
        edit(cx, now, |target| (target.grown, target.shrunk) = (Some((at, desired)), None));
    }
}

#[inline(never)]
fn shrink(cx: &mut Ctx<'_>, now: &Now, wanted: &Proposal) {
    let (target, desired) = (&now.target, now.service.desired);
    if target.suspended.dynamic_in {
        return note(cx, now, &wanted.cause, Why::Suspended);
    }
    if now.service.deployments.len() > 1 {
        return note(cx, now, &wanted.cause, Why::Deploying);
    }
    let cooling = target.shrunk.map(|at| at + wanted.cooldown);
    if let Some(until) = cooling.filter(|until| cx.now < *until) {
        return note(cx, now, &wanted.cause, Why::Cooldown(until));
    }
    let to = wanted.to.clamp(target.min, target.max);
    if to >= desired {
        let why = match () {
            () if desired <= target.min => Why::AtMin(target.min),
            () if wanted.tracks => Why::Flapping,
            () => Why::AtDesired(desired),
        };
        return note(cx, now, &wanted.cause, why);
    }
    if target::set_desired(cx, &target.resource, to, &wanted.cause) {
        let at = cx.now;
        edit(cx, now, |target| target.shrunk = Some(at));
    }
}

/// Every target tracking policy that may take tasks away has its low alarm in alarm.
fn all_agree(cx: &Ctx<'_>, now: &Now, wishes: &[Wish]) -> bool {
    if wishes.iter().all(|wish| matches!(wish.policy.rule, Rule::Steps { .. })) {
        return true;
    }
    let policies = cx.account.scaling_policies.values();
    let mut others = policies.filter(|policy| policy.resource == now.target.resource);
    others.all(|policy| match &policy.rule {
        Rule::Track(track) if track.scales_in => {
            let low = cx.account.alarms.find(&track.low);
            low.is_some_and(|alarm| alarm.state == State::Alarm)
        }
        _ => true,
    })
}

/// The newest value of an alarm's metric among the periods that the alarm looks at.
pub fn newest(account: &Account, at: SimTime, alarm: &Alarm) -> Option<Milli> {
    let series = account.metrics.get(&alarm.metric)?;
    let end = at.0 / MINUTE;
    let found = (1..=u64::from(alarm.periods)).find_map(|n| {
        let start = end.saturating_sub(n * alarm.period);
        series.over(start, start + alarm.period)
    });
    found.map(|point| point.get(alarm.stat))
}

fn cause(wish: &Wish) -> String {
    format!(
        "monitor alarm {} in state ALARM triggered policy {}",
        wish.alarm.name, wish.policy.name
    )
}

fn note(cx: &mut Ctx<'_>, now: &Now, cause: &str, why: Why) {
    activity::decided(cx, &now.target.resource, cause, why);
}

fn edit(cx: &mut Ctx<'_>, now: &Now, change: impl FnOnce(&mut Target)) {
    let row = cx.account.scalable_targets.id(&now.target.resource);
    if let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) {
        change(target);
    }
}
