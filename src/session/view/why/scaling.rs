//! Why a service is not scaled at this moment: the alarm has not seen enough yet, or a policy was asked and held back.

use std::sync::Arc;

use super::{Answer, Link, lasts, link, newest};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::scaling::decision::{Decision, Why};
use crate::cloud::scaling::policy::Policy;
use crate::cloud::scaling::target::Target;
use crate::cloud::time::MINUTE;
use crate::cloud::watch::alarms::{Alarm, Comparison, State};
use crate::session::view::charts::short;

/// A decision that is not made again for so long is of the past: alarms are looked at once a minute.
const STALE_MS: u64 = 2 * MINUTE;

/// The answer for a service or a scalable target by the end of its name, if something asks for more or fewer tasks.
pub(super) fn answer(cloud: &Cloud, name: &str) -> Option<Answer> {
    let account = cloud.account();
    let end = |target: &&Arc<Target>| target.resource.rsplit('/').next() == Some(name);
    let target = account.scalable_targets.values().rev().find(end)?;
    match target.history.decisions.back().filter(|decision| is_fresh(cloud, decision)) {
        Some(decision) => Some(held_back(cloud, target, decision)),
        None => waiting(account, target).or_else(|| unmeasured(account, target)),
    }
}

/// A policy was asked, and nothing was changed.
fn held_back(cloud: &Cloud, target: &Target, decision: &Decision) -> Answer {
    let account = cloud.account();
    let name = target.resource.rsplit('/').next().unwrap_or_default();
    let (says, instead) = held(cloud, decision, "tasks");
    let settings = link::call_about(account, &["RegisterScalableTarget"], &target.resource);
    let last = link::call_about(account, &["UpdateService"], name);
    let own = match decision.why {
        Why::Cooldown(_) | Why::AtDesired(_) => last,
        _ => settings,
    };
    let alarm = policies(account, target).find(|(_, alarm)| decision.cause.contains(&*alarm.name));
    let mut chain: Vec<Link> = own.into_iter().collect();
    chain.extend(alarm.into_iter().flat_map(|(_, alarm)| rang(account, alarm)));
    chain.extend(loaded(account, target));
    Answer {
        title: "Why it is not scaled",
        says,
        aws: decision.cause.to_string(),
        instead,
        chain,
        is_calm: true,
        ..Answer::default()
    }
}

/// The answer for a capacity provider whose group is not scaled although an alarm asks for it.
pub(super) fn of_provider(cloud: &Cloud, name: &str) -> Option<Answer> {
    let account = cloud.account();
    let provider = account.capacity_providers.find(name)?;
    let decision = provider.decisions.back().filter(|decision| is_fresh(cloud, decision))?;
    let (says, instead) = held(cloud, decision, "instances");
    let told = newest(account, |event| {
        matches!(event.kind, "capacity-provider" | "auto-scaling-group")
            && (event.id == provider.name || event.id == provider.group)
    });
    let set =
        link::call_about(account, &["CreateCapacityProvider", "UpdateCapacityProvider"], name);
    let mut chain = told.map_or_else(Vec::new, |event| link::from(account, event));
    chain.extend(set);
    Some(Answer {
        title: "Why its group is not scaled",
        says,
        aws: decision.cause.to_string(),
        instead,
        chain,
        is_calm: true,
        ..Answer::default()
    })
}

/// It was made in the last minutes, and changed nothing.
fn is_fresh(cloud: &Cloud, decision: &Decision) -> bool {
    cloud.now() < decision.last + STALE_MS && !matches!(decision.why, Why::Scaled(_))
}

/// Why a policy that was asked held back, and what would have let it act. `what` is scaled.
fn held(cloud: &Cloud, decision: &Decision, what: &str) -> (String, Option<String>) {
    let says = match decision.why {
        Why::Cooldown(until) => {
            format!("A cooldown goes on for another {}.", lasts(until.since(cloud.now())))
        }
        Why::Warmup(until) => {
            let left = lasts(until.since(cloud.now()));
            format!("The instances that came last warm up for another {left}.")
        }
        Why::AtMax(most) if what == "instances" => {
            format!("The group is at its maximum of {most}.")
        }
        why => why.sentence(),
    };
    let instead = match decision.why {
        Why::Cooldown(_) => "It would be scaled now with a shorter cooldown.".to_owned(),
        Why::Warmup(_) => "It would be scaled now with a shorter warm-up period.".to_owned(),
        Why::AtMax(_) => format!("It would get more {what} with a higher maximum capacity."),
        Why::AtMin(_) => format!("It would lose {what} with a lower minimum capacity."),
        Why::Flapping => {
            format!("It would lose {what} if the metric stayed under the target with one fewer.")
        }
        Why::Deploying => format!("It would lose {what} once the deployment is complete."),
        Why::NotAll => format!("It would lose {what} if every policy agreed."),
        Why::Suspended => {
            "It would be scaled if scaling in this direction were not suspended.".to_owned()
        }
        Why::NoStep => "It would be scaled with a step for this value.".to_owned(),
        Why::NoData => "It would be scaled if its metric were measured.".to_owned(),
        Why::Refused => "It would be scaled if the change were accepted.".to_owned(),
        Why::AtDesired(_) | Why::Scaled(_) => String::new(),
    };
    let says = format!("A policy was asked to scale, and held back. {says}");
    (says, Some(instead).filter(|instead| !instead.is_empty()))
}

/// No alarm rings, and one has seen part of what it needs.
fn waiting(account: &Account, target: &Target) -> Option<Answer> {
    let cluster_and_name = target.resource.trim_start_matches("service/");
    let service = account.services.values().find(|one| one.arn.ends_with(cluster_and_name))?;
    let seen = |(policy, alarm): (&Policy, &Arc<Alarm>)| {
        let grows = matches!(alarm.comparison, Comparison::Greater | Comparison::GreaterOrEqual);
        let at_bound =
            if grows { service.desired >= target.max } else { service.desired <= target.min };
        if at_bound {
            return None;
        }
        let series = account.metrics.get(&alarm.metric)?;
        let newest = series.points().next_back()?.0.0 / MINUTE + 1;
        let breaches = |back: &u64| {
            let point = series.over(newest.saturating_sub(*back), newest + 1 - back);
            point.is_some_and(|point| {
                alarm.comparison.breached(point.get(alarm.stat), alarm.threshold)
            })
        };
        let count =
            u32::try_from((1..=u64::from(alarm.periods)).take_while(breaches).count()).ok()?;
        (count > 0 && alarm.state != State::Alarm)
            .then(|| (policy.name.clone(), alarm.clone(), count))
    };
    let (policy, alarm, count) =
        policies(account, target).filter_map(seen).max_by_key(|(_, _, count)| *count)?;
    let says = format!(
        "Policy {policy} waits for its alarm: {count} of {} minutes in a row are {} {}, and it acts after {}.",
        alarm.periods,
        alarm.comparison.words(),
        short(alarm.threshold),
        alarm.to_alarm,
    );
    let left = u64::from(alarm.to_alarm.saturating_sub(count)) * MINUTE;
    let put = link::call_about(account, &["PutScalingPolicy", "PutMetricAlarm"], &alarm.name);
    let chain = loaded(account, target).into_iter().chain(put).collect();
    Some(Answer {
        title: "Why it is not scaled yet",
        says,
        instead: Some(format!(
            "If it goes on like this, the alarm rings in about {}.",
            lasts(left.max(MINUTE))
        )),
        chain,
        is_calm: true,
        ..Answer::default()
    })
}

/// An alarm has no datapoints to go by: its policy cannot act.
fn unmeasured(account: &Account, target: &Target) -> Option<Answer> {
    let (policy, alarm) =
        policies(account, target).find(|(_, alarm)| alarm.state == State::InsufficientData)?;
    let says = format!(
        "Policy {} cannot act: its alarm is INSUFFICIENT_DATA, because there are too few datapoints of {} yet.",
        policy.name, alarm.metric.name
    );
    let put = link::call_about(account, &["PutScalingPolicy", "PutMetricAlarm"], &alarm.name);
    Some(Answer {
        title: "Why it is not scaled yet",
        says,
        instead: Some(format!(
            "It would be judged once {} was measured for {}.",
            alarm.metric.name,
            lasts(u64::from(alarm.to_alarm) * alarm.period * MINUTE)
        )),
        chain: put.into_iter().collect(),
        is_calm: true,
        ..Answer::default()
    })
}

/// The policies of a target, each with each of its alarms.
fn policies<'a>(
    account: &'a Account,
    target: &'a Target,
) -> impl Iterator<Item = (&'a Policy, &'a Arc<Alarm>)> {
    let own = account.scaling_policies.values().filter(|policy| policy.resource == target.resource);
    own.flat_map(|policy| {
        let sets = |alarm: &&Arc<Alarm>| alarm.actions.contains(&policy.arn);
        account.alarms.values().filter(sets).map(move |alarm| (&**policy, alarm))
    })
}

/// When its load last changed.
fn loaded(account: &Account, target: &Target) -> Vec<Link> {
    let name = target.resource.rsplit('/').next().unwrap_or_default();
    let event = newest(account, |event| {
        event.kind == "service" && *event.id == *name && event.text.starts_with("load of")
    });
    event.map_or_else(Vec::new, |event| link::from(account, event))
}

/// When an alarm rang, and what led to it.
fn rang(account: &Account, alarm: &Alarm) -> Vec<Link> {
    let event = newest(account, |event| {
        event.kind == "alarm" && event.id == alarm.name && *event.text == *"ALARM"
    });
    event.map_or_else(Vec::new, |event| link::from(account, event))
}
