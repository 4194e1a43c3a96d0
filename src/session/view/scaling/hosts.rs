//! Machines that follow tasks: a capacity provider with instances needed and running, and its group.

use super::{Activity, Rule, Scaled, Span, alarm, lanes, numbered};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::autoscaling::activity::{self, Status};
use crate::cloud::autoscaling::group::Group;
use crate::cloud::ecs::capacity::measure::{self, Measure};
use crate::cloud::ecs::capacity::provider::{CapacityProvider, Policy};
use crate::cloud::map::Map;
use crate::cloud::scaling::decision::Why;
use crate::cloud::time::SimTime;
use crate::cloud::watch::number::{Milli, ONE};
use crate::session::view::charts::{short, since, steps_chart};
use crate::session::view::why;

/// M and N of a capacity provider at this moment, and what they make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// M: instances that the provider's tasks need.
    pub needed: u32,
    /// N: instances of the group that are in service.
    pub running: u32,
    /// `CapacityProviderReservation`: `150`.
    pub reservation: String,
    /// What it is kept at.
    pub target: u32,
    /// What the figure means, in a sentence.
    pub says: String,
}

/// A capacity provider that scales its group.
pub(super) fn of(
    cloud: &Cloud,
    provider: &CapacityProvider,
    axis: (SimTime, SimTime),
) -> Option<Scaled> {
    let account = cloud.account();
    let policy = provider.policy.as_ref()?;
    let group = account.groups.find(&provider.group)?;
    let measure = measure::of(account, provider);
    let alarms = alarm::of(account, &policy.arn);
    let watches = alarms.iter().map(|alarm| alarm::watch(account, alarm, axis.1)).collect();
    let rules = [(Rule { alarms: watches, ..rule(provider, policy, measure) }, alarms)];
    let charts = lanes(account, &rules, counts(account, group, measure, axis), axis);
    let activities = group.activities.iter().rev();
    let activities = activities.filter_map(|id| account.scaling_activities.find(id));
    let (size, running) = (group.size, measure.running);
    let rules: Vec<Rule> = rules.into_iter().map(|(rule, _)| rule).collect();
    Some(Scaled {
        kind: "capacity-provider",
        id: provider.name.to_string(),
        title: format!("Instances of {}", group.name),
        says: format!(
            "{} wanted, {running} in service. {} to {} are allowed.",
            size.desired, size.min, size.max
        ),
        desired: size.desired,
        running,
        needs: Some(needs(account, provider, measure)),
        charts,
        spans: warm_ups(provider, policy),
        activities: numbered(activities.map(|one| activity(one)), &rules, axis.0),
        since: group.created,
        rules,
        held: why::not_scaled(cloud, "capacity-provider", &provider.name),
        loads: Vec::new(),
    })
}

fn needs(account: &Account, provider: &CapacityProvider, measure: Measure) -> Needs {
    let Measure { needed, running } = measure;
    let cluster = provider.cluster.and_then(|id| account.clusters.get(id));
    let waiting = cluster.map_or(0, |cluster| cluster.waiting.len());
    let meaning = match (needed, running) {
        (0, 0) => "Nothing is needed and nothing runs: the figure is 100 by definition.",
        (_, 0) => {
            "Instances are needed and none runs: the figure is 200 by definition, and two are launched first."
        }
        (0, _) => "Nothing is needed: every instance is empty.",
        _ if needed > running => "More instances are needed than run.",
        _ if needed < running => "Some instances have no task.",
        _ => "As many run as are needed.",
    };
    let tasks = match waiting {
        0 => String::new(),
        1 => " One task waits in PROVISIONING.".to_owned(),
        more => format!(" {more} tasks wait in PROVISIONING."),
    };
    Needs {
        needed,
        running,
        reservation: short(measure.reservation()),
        target: provider.scaling.target,
        says: format!("{meaning}{tasks}"),
    }
}

/// The policy that ECS made: it holds the reservation (facts/scaling §5).
fn rule(provider: &CapacityProvider, policy: &Policy, measure: Measure) -> Rule {
    Rule {
        kind: "scaling-policy",
        name: policy.name.to_string(),
        sort: "Target tracking, made by ECS",
        says: format!("CapacityProviderReservation at {}", provider.scaling.target),
        wants: Some(match (measure.needed, measure.running) {
            (0, 0) => 0,
            _ => measure.wanted(provider.scaling.target),
        }),
        why: format!(
            "{} × {} ÷ {}, rounded up",
            measure.running.max(1),
            short(measure.reservation()),
            provider.scaling.target
        ),
        alarms: Vec::new(),
    }
}

/// Desired capacity as the story tells it, and instances in service as activities began and ended.
fn counts(
    account: &Account,
    group: &Group,
    measure: Measure,
    (from, to): (SimTime, SimTime),
) -> super::Chart {
    let told = account
        .story
        .iter()
        .filter(|event| event.kind == "auto-scaling-group" && event.id == group.name);
    let said = told.filter_map(|event| {
        let rest = event.text.strip_prefix("desired capacity ")?;
        let (before, after) = rest.split_once(" -> ")?;
        Some((event.at, before.parse::<Milli>().ok()?, after.parse::<Milli>().ok()?))
    });
    let said: Vec<_> = said.collect();
    let now = i64::from(group.size.desired);
    let first = said.first().map_or(now, |(_, before, _)| *before);
    let mut desired = vec![(group.created, first * ONE)];
    desired.extend(said.iter().map(|(at, _, after)| (*at, after * ONE)));
    desired.push((to, now * ONE));

    let mut changes: Map<SimTime, i64> = Map::new();
    let own = group.activities.iter().filter_map(|id| account.scaling_activities.find(id));
    for one in own {
        match (one.description.starts_with("Launching"), one.end) {
            (true, Some(end)) if one.status == Status::Successful => {
                changes.add(end, 1);
            }
            (false, _) => changes.add(one.start, -1),
            _ => {}
        }
    }
    let mut count = i64::from(measure.running) - changes.values().sum::<i64>();
    let mut running = vec![(group.created, count * ONE)];
    for (at, change) in changes {
        count += change;
        running.push((at, count * ONE));
    }
    running.push((to, i64::from(measure.running) * ONE));
    steps_chart(
        format!("{}: instances", group.name),
        ["desired", "in service"],
        [since(desired, from), since(running, from)],
    )
}

/// After each scale-out the next one waits until the new instances are warm.
fn warm_ups(provider: &CapacityProvider, policy: &Policy) -> Vec<Span> {
    let grew = provider.decisions.iter().filter(|decision| {
        matches!(decision.why, Why::Scaled(_)) && decision.cause.contains(&*policy.high)
    });
    let span = |at: SimTime| Span {
        from: at,
        to: at + provider.scaling.warmup,
        says: "Warm-up of new instances",
    };
    grew.map(|decision| span(decision.at)).collect()
}

fn activity(one: &activity::Activity) -> Activity {
    Activity {
        number: 0,
        at: one.start,
        says: one.description.to_string(),
        cause: one.cause.to_string(),
        status: one.status.word(),
        not_scaled: String::new(),
    }
}
