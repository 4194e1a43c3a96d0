//! The desired count of a service: its target, its policies side by side, what was done.

use std::sync::Arc;

use super::{Activity, Rule, Scaled, Span, alarm, lanes, numbered};
use crate::cloud::account::Account;
use crate::cloud::ecs::service::Service;
use crate::cloud::elbv2::actions::balancers;
use crate::cloud::params::Params;
use crate::cloud::scaling::activity;
use crate::cloud::scaling::decide::{newest, wanted};
use crate::cloud::scaling::decision::Why;
use crate::cloud::scaling::policy::{Policy, Rule as Decides};
use crate::cloud::scaling::schedule::ScheduledAction;
use crate::cloud::scaling::target::{Target, service_of};
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;
use crate::cloud::watch::alarms::Alarm;
use crate::cloud::watch::load;
use crate::cloud::watch::number::ONE;
use crate::session::Session;
use crate::session::view::builder::panel::{rate, traffic_line};
use crate::session::view::charts::{count_chart, short, tenths};
use crate::session::view::fields::hands;
use crate::session::view::roles::Line;
use crate::session::view::rows::Read;
use crate::session::view::why;

/// A scalable target; none if its service is gone.
pub(super) fn of(
    session: &Session,
    target: &Target,
    (from, to): (SimTime, SimTime),
) -> Option<Scaled> {
    let cloud = session.cloud();
    let account = cloud.account();
    let (id, service) = service_of(account, &target.resource)?;
    let running = load::running(account, id);
    let own = account.scaling_policies.values();
    let own = own.filter(|policy| policy.resource == target.resource);
    let rules: Vec<(Rule, Vec<Arc<Alarm>>)> =
        own.map(|policy| rule(account, policy, running, to)).collect();
    let counts = count_chart(account, &service, from, to);
    let charts = lanes(account, &rules, counts, (from, to));
    let scheduled = account.scheduled_actions.values();
    let scheduled = scheduled.filter(|action| action.resource == target.resource);
    let start = session.timeline().start();
    let scheduled = scheduled.map(|action| by_clock(action, service.desired, to, start));
    let Target { min, max, .. } = *target;
    let rules: Vec<Rule> = rules.into_iter().map(|(rule, _)| rule).chain(scheduled).collect();
    let activities = target.history.activities.iter().rev().map(activity);
    Some(Scaled {
        kind: "scalable-target",
        id: target.resource.to_string(),
        title: format!("Service {}", service.name),
        says: format!("{} wanted, {running} run. {min} to {max} are allowed.", service.desired),
        desired: service.desired,
        running,
        needs: None,
        charts,
        spans: cooldowns(account, target),
        activities: numbered(activities, &rules, from),
        since: target.created,
        rules,
        held: why::not_scaled(cloud, "scalable-target", target.service_name()),
        loads: loads(session, id, &service, running),
    })
}

/// A policy with its alarms, and what it would want.
fn rule(
    account: &Account,
    policy: &Arc<Policy>,
    running: u32,
    now: SimTime,
) -> (Rule, Vec<Arc<Alarm>>) {
    let alarms = alarm::of(account, &policy.arn);
    let metric = alarms.first().map_or("its metric", |alarm| &*alarm.metric.name).to_owned();
    let value = alarms.first().and_then(|alarm| newest(account, now, alarm));
    let (sort, says, asked) = match &policy.rule {
        Decides::Track(track) => {
            let side = if value > Some(track.target) { &track.high } else { &track.low };
            let asked = alarms.iter().find(|alarm| alarm.name == *side).or(alarms.first());
            ("Target tracking", format!("{metric} at {}", short(track.target)), asked)
        }
        Decides::Steps { steps, .. } => {
            let says = match alarms.first() {
                Some(alarm) => format!(
                    "{} steps, counted from {metric} {} {}",
                    steps.len(),
                    alarm.comparison.words(),
                    short(alarm.threshold)
                ),
                None => "No alarm calls it.".to_owned(),
            };
            ("Step scaling", says, alarms.first())
        }
    };
    let wants = asked.map_or(Err(Why::NoData), |alarm| wanted(account, now, policy, alarm));
    let why = match (&policy.rule, value, wants) {
        (Decides::Track(track), Some(value), Ok(_)) => {
            format!("{running} × {} ÷ {}, rounded up", tenths(value), short(track.target))
        }
        (_, Some(value), Ok(_)) => {
            let threshold = asked.map_or(0, |alarm| alarm.threshold);
            format!("{} is {} beyond the threshold", tenths(value), tenths(value - threshold))
        }
        (.., Err(why)) => why.sentence(),
        (.., Ok(_)) => String::new(),
    };
    let rule = Rule {
        kind: "scaling-policy",
        name: policy.name.to_string(),
        sort,
        says,
        wants: wants.ok(),
        why,
        alarms: alarms.iter().map(|alarm| alarm::watch(account, alarm, now)).collect(),
    };
    (rule, alarms)
}

/// A scheduled action: it moves the count between its bounds when its time comes.
fn by_clock(action: &ScheduledAction, desired: u32, now: SimTime, start: SimTime) -> Rule {
    let given = Params::new(&action.given);
    let bounds = given.inner("ScalableTargetAction");
    let bound = |name: &str| bounds.int(name).and_then(|n| u32::try_from(n).ok());
    let (min, max) = (bound("MinCapacity"), bound("MaxCapacity"));
    let to = desired.max(min.unwrap_or(0)).min(max.unwrap_or(u32::MAX));
    let say = |word: &str, n: Option<u32>| n.map(|n| format!("{word} {n}"));
    let bounds: Vec<String> =
        [say("at least", min), say("at most", max)].into_iter().flatten().collect();
    let next = action.next(now).map_or_else(
        || "It does not come again.".to_owned(),
        |at| format!("Next at {} UTC, {} here.", clock(at), hands(at, start)),
    );
    Rule {
        kind: "scheduled-action",
        name: action.name.to_string(),
        sort: "Scheduled",
        says: format!("{}: {}", given.required("Schedule"), bounds.join(", ")),
        wants: Some(to),
        why: next,
        alarms: Vec::new(),
    }
}

/// `12:00`.
fn clock(at: SimTime) -> String {
    let (_, _, _, hour, minute, _) = at.civil();
    format!("{hour:02}:{minute:02}")
}

/// The cooldown after each activity that a policy called for; the next activity begins another.
fn cooldowns(account: &Account, target: &Target) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for one in target.history.activities.iter().filter(|one| one.to.is_some()) {
        let name = one.cause.rsplit_once("triggered policy ").map_or("", |(_, name)| name);
        let mut own = account.scaling_policies.values();
        let policy = own.find(|it| it.resource == target.resource && *it.name == *name);
        let Some(policy) = policy else { continue };
        let (lasts, says) = match &policy.rule {
            Decides::Track(track) if one.cause.contains(&*track.low) => {
                (track.cooldown_in, "Cooldown after taking away")
            }
            Decides::Track(track) => (track.cooldown_out, "Cooldown after adding"),
            Decides::Steps { cooldown, .. } => (*cooldown, "Cooldown"),
        };
        if let Some(last) = spans.last_mut() {
            last.to = last.to.min(one.start);
        }
        spans.push(Span { from: one.start, to: one.start + lasts, says });
    }
    spans
}

fn activity(one: &activity::Activity) -> Activity {
    let reason = one.not_scaled.as_ref().map_or("", |reason| reason.text("Code"));
    Activity {
        number: 0,
        at: one.start,
        says: one.description.to_string(),
        cause: one.cause.to_string(),
        status: one.status.word(),
        not_scaled: reason.to_owned(),
    }
}

/// More and less to do: requests to the load balancer in front of it, or the load of its tasks.
fn loads(session: &Session, id: Id<Service>, service: &Service, running: u32) -> Vec<Line> {
    let account = session.cloud().account();
    let targets = service.live(account).flat_map(|(_, task)| &task.targets);
    let mut groups = targets.filter_map(|(group, _)| account.target_groups.get(*group));
    let balancer = groups.find_map(|group| balancers(account, &group.arn).first().copied());
    if let Some(balancer) = balancer.and_then(|id| account.load_balancers.get(id)) {
        let now = rate(session, &balancer.name);
        return [("Fewer", false), ("More", true)]
            .map(|(word, more)| Line {
                label: format!("{word} requests than {now} a second"),
                line: traffic_line(&balancer.name, now, more),
            })
            .into();
    }
    let each = load::each(account, id, running);
    let (cpu, memory) = (each.cpu / ONE, each.memory / ONE);
    [("Half the work", (cpu / 2).max(1)), ("Twice the work", (cpu * 2).min(CPU_MOST))]
        .map(|(label, cpu)| Line {
            label: label.to_owned(),
            line: format!("fault load {} {cpu} {memory} {}", service.name, service.cluster_name),
        })
        .into()
}

/// Percent of each task's CPU that the work is not doubled beyond.
const CPU_MOST: i64 = 400;
