//! How requests are shared out in whole numbers: among target groups by weight, among targets by the group's algorithm.
//! One request is the special case of a number of them.

use super::Text;
use super::answer::{self, Answer};
use super::target_group::{Health, Target, TargetGroup, TargetKey};
use crate::cloud::account::Account;
use crate::cloud::limits;
use crate::cloud::table::Id;
use crate::cloud::time::{Millis, SimTime};

/// Shares out `count` requests among the target groups of a forward action. What a whole number leaves over is kept
/// in each group's credit, so that over time each gets its weight's share.
pub(super) fn among_groups(
    account: &mut Account,
    groups: &[(Text, u32)],
    count: u32,
) -> Vec<(Id<TargetGroup>, u32)> {
    let found = groups.iter().filter(|(_, weight)| *weight > 0);
    let found = found.filter_map(|(arn, weight)| Some((account.target_groups.id(arn)?, *weight)));
    let found: Vec<(Id<TargetGroup>, u32)> = found.collect();
    if let [(only, _)] = found.as_slice() {
        return vec![(*only, count)];
    }
    let total: i64 = found.iter().map(|(_, weight)| i64::from(*weight)).sum();
    let mut left = count;
    let mut shares = Vec::with_capacity(found.len());
    for (id, weight) in found {
        let kept = account.target_groups.get(id).map_or(0, |group| group.credit);
        let credit = kept + i64::from(count) * i64::from(weight);
        let whole = u32::try_from(credit.div_euclid(total)).unwrap_or(0).min(left);
        left -= whole;
        shares.push((id, whole, credit - i64::from(whole) * total));
    }
    while left > 0 {
        // The first of those with most credit.
        let Some(next) = shares.iter_mut().rev().max_by_key(|(_, _, credit)| *credit) else {
            break;
        };
        (next.1, next.2, left) = (next.1 + 1, next.2 - total, left - 1);
    }
    for (id, _, credit) in &shares {
        if let Some(group) = account.target_groups.edit(*id) {
            group.credit = *credit;
        }
    }
    shares.into_iter().filter(|(_, n, _)| *n > 0).map(|(id, n, _)| (id, n)).collect()
}

/// Shares out `count` requests among the targets whose turn it is: the healthy ones, or all where none is healthy
/// (fail-open, facts: alb-and-network §2). Nothing where there is none. The nodes learn a moment later of a target that
/// leaves: that is when clients of a task that crashed get 502.
pub(super) fn among_targets(
    account: &mut Account,
    now: SimTime,
    id: Id<TargetGroup>,
    count: u32,
) -> Vec<(TargetKey, u32)> {
    let Some(group) = account.target_groups.get(id).cloned() else { return Vec::new() };
    let leaves = |at: SimTime| now.since(at) < limits::TARGETS_SEEN_AFTER_MS;
    let mut able =
        with(&group, |target| target.health == Health::Healthy || target.left.is_some_and(leaves));
    if able.is_empty() {
        able = with(&group, |t| matches!(t.health, Health::Unhealthy | Health::Initial));
    }
    let Some(number) = u32::try_from(able.len()).ok().filter(|number| *number > 0) else {
        return Vec::new();
    };
    let shares = if group.least_outstanding() {
        by_outstanding(account, now, &group, able, count)
    } else {
        let turn = group.turn % number;
        if let Some(group) = account.target_groups.edit(id) {
            group.turn = group.turn.wrapping_add(count % number) % number;
        }
        let places = (0..number).zip(able);
        let share = |place: u32| {
            count / number + u32::from((place + number - turn) % number < count % number)
        };
        places.map(|(place, (_, key))| (key, share(place))).collect()
    };
    shares.into_iter().filter(|(_, share)| *share > 0).collect()
}

/// Such targets in the order of their registrations, with what they work on.
fn with(group: &TargetGroup, wanted: impl Fn(&Target) -> bool) -> Vec<(u32, TargetKey)> {
    let targets = group.targets.iter().filter(|(_, target)| wanted(target));
    let mut able: Vec<(u32, u32, TargetKey)> =
        targets.map(|(key, t)| (t.registration, t.in_flight, key.clone())).collect();
    able.sort_unstable();
    able.into_iter().map(|(_, in_flight, key)| (in_flight, key)).collect()
}

/// Who works on the fewest requests gets the next one. Where all work on equally many, a target gets as many as it
/// answers; the rest goes to those with the fewest, the first in a tie (facts: alb-and-network §2, model).
fn by_outstanding(
    account: &Account,
    now: SimTime,
    group: &TargetGroup,
    able: Vec<(u32, TargetKey)>,
    count: u32,
) -> Vec<(TargetKey, u32)> {
    const SCALE: u64 = 1_000_000;
    if count == 1 {
        let first = able.into_iter().min_by_key(|(in_flight, _)| *in_flight);
        return first.map(|(_, key)| (key, 1)).into_iter().collect();
    }
    let pace = |key: &TargetKey| SCALE / lasts(account, now, group, key).max(1);
    let paces: Vec<u64> = able.iter().map(|(_, key)| pace(key)).collect();
    let all = paces.iter().sum::<u64>().max(1);
    let mut left = count;
    let mut shares: Vec<(u32, TargetKey, u32)> = Vec::with_capacity(able.len());
    for ((in_flight, key), pace) in able.into_iter().zip(paces) {
        let share = u32::try_from(u64::from(count) * pace / all).unwrap_or(0).min(left);
        left -= share;
        shares.push((in_flight, key, share));
    }
    let mut order: Vec<&mut (u32, TargetKey, u32)> = shares.iter_mut().collect();
    order.sort_by_key(|(in_flight, _, _)| *in_flight);
    for share in order {
        let one = left.min(1);
        (share.2, left) = (share.2 + one, left - one);
    }
    shares.into_iter().map(|(_, key, share)| (key, share)).collect()
}

/// How long a target keeps a request, in milliseconds.
fn lasts(account: &Account, now: SimTime, group: &TargetGroup, key: &TargetKey) -> Millis {
    match answer::ask(account, now, group, key) {
        Answer::Status { took_ms, .. } => took_ms,
        Answer::Refused => 0,
        Answer::Silent => limits::ALB_CONNECT_TIMEOUT_MS,
    }
}
