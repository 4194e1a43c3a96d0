//! `AWS/ApplicationELB`: what load balancers count by the minute (ELB guide, "CloudWatch metrics for your Application Load
//! Balancer"). Requests are only reported where there are any, numbers of hosts wherever targets are registered.
use std::sync::Arc;

use super::metrics::{MetricKey, Point};
use super::number::{Milli, ONE};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::elbv2::actions;
use crate::cloud::elbv2::load_balancer::{Kind, LoadBalancer};
use crate::cloud::elbv2::tally::{Counted, Tally};
use crate::cloud::elbv2::target_group::{Health, TargetGroup};
use crate::cloud::map::Map;
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// Writes the minute that is over. Whether there is anything that could be measured in the next one.
#[inline(never)]
pub(super) fn write(cx: &mut Ctx<'_>, within: SimTime) -> bool {
    let balancers: Vec<(Id<LoadBalancer>, Arc<LoadBalancer>)> =
        cx.account.load_balancers.iter().map(|(id, lb)| (id, Arc::clone(lb))).collect();
    for (id, lb) in &balancers {
        let tallies = cx.account.traffic.get_mut(id).map(Arc::make_mut);
        let tallies = tallies.map(|traffic| std::mem::take(&mut traffic.tallies));
        if lb.kind == Kind::Application {
            balancer(cx.account, within, *id, lb, &tallies.unwrap_or_default());
        }
    }
    !balancers.is_empty()
}

/// One load balancer with its target groups.
#[inline(never)]
fn balancer(
    account: &mut Account,
    within: SimTime,
    id: Id<LoadBalancer>,
    lb: &LoadBalancer,
    tallies: &Map<Option<Id<TargetGroup>>, Tally>,
) {
    let of_balancer = ("LoadBalancer", lb.path());
    let mut all = Tally::default();
    for tally in tallies.values() {
        all.and(tally);
    }
    counts(account, within, &[of_balancer], &all, true);
    let groups = account.target_groups.iter();
    let groups = groups.filter(|(_, group)| actions::balancers(account, &group.arn).contains(&id));
    let groups: Vec<_> = groups.map(|(id, group)| (id, Arc::clone(group))).collect();
    for (id, group) in groups {
        let of_group = ("TargetGroup", group.path());
        let both = [of_balancer, of_group];
        let hosts = |wanted: Health| {
            let found = group.targets.values().filter(|target| target.health == wanted);
            i64::try_from(found.count()).unwrap_or(i64::MAX)
        };
        let (healthy, unhealthy) = (hosts(Health::Healthy), hosts(Health::Unhealthy));
        if !group.targets.is_empty() {
            one(account, within, "HealthyHostCount", &both, Point::of(healthy * ONE, 1));
            one(account, within, "UnHealthyHostCount", &both, Point::of(unhealthy * ONE, 1));
        }
        let Some(tally) = tallies.get(&Some(id)) else { continue };
        counts(account, within, &both, tally, false);
        if tally.requests > 0 {
            let able = if healthy > 0 { healthy } else { unhealthy.max(1) };
            let each = Point::of(thousandths(tally.requests) / able, 1);
            one(account, within, "RequestCountPerTarget", &[of_group], each);
            one(account, within, "RequestCountPerTarget", &both, each);
        }
    }
}

/// What was counted, each under its name. Answers of the load balancer itself are not counted by target group.
fn counts(
    account: &mut Account,
    within: SimTime,
    dimensions: &[(&str, &str)],
    tally: &Tally,
    of_balancer: bool,
) {
    let mut add = |name: &str, count: u64| {
        if count > 0 {
            one(account, within, name, dimensions, Point::of(ONE, count));
        }
    };
    add("RequestCount", tally.requests);
    for (what, count) in &tally.counts {
        match what {
            Counted::Target(hundreds) => {
                add(&format!("HTTPCode_Target_{hundreds}XX_Count"), *count);
            }
            Counted::NotConnected => add("TargetConnectionErrorCount", *count),
            _ if !of_balancer => {}
            Counted::Balancer(status) => {
                add(&format!("HTTPCode_ELB_{status}_Count"), *count);
                add(&format!("HTTPCode_ELB_{}XX_Count", status / 100), *count);
            }
            Counted::Fixed => add("HTTP_Fixed_Response_Count", *count),
            Counted::Redirect => add("HTTP_Redirect_Count", *count),
        }
    }
    if let Some(point) = tally.answered {
        one(account, within, "TargetResponseTime", dimensions, point);
    }
}

fn one(
    account: &mut Account,
    within: SimTime,
    name: &str,
    dimensions: &[(&str, &str)],
    point: Point,
) {
    let unit = if name == "TargetResponseTime" { "Seconds" } else { "Count" };
    let key = MetricKey::new("AWS/ApplicationELB", name, dimensions);
    account.metrics.add(&key, within, unit, point);
}

fn thousandths(count: u64) -> Milli {
    i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(ONE)
}
