//! How requests are shared out in whole numbers: among target groups by weight, among targets by the group's algorithm.
//! One request is the special case of a number of them.

use super::Text;
use super::answer::{self, Answer};
use super::sticky::{self, Cookies};
use super::target_group::{Health, Target, TargetGroup, TargetKey};
use super::targets::FULL_SHARE;
use crate::cloud::account::Account;
use crate::cloud::limits;
use crate::cloud::sort;
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
    let of = |(id, weight): &(Id<TargetGroup>, u32)| {
        let credit = account.target_groups.get(*id).map_or(0, |group| group.credit);
        Portion { weight: i64::from(*weight), credit, share: 0 }
    };
    let mut portions: Vec<Portion> = found.iter().map(of).collect();
    portion_out(&mut portions, count);
    let mut shares = Vec::with_capacity(found.len());
    for ((id, _), portion) in found.into_iter().zip(portions) {
        if let Some(group) = account.target_groups.edit(id) {
            group.credit = portion.credit;
        }
        shares.push((id, portion.share));
    }
    shares.retain(|(_, share)| *share > 0);
    shares
}

/// What somebody gets of a number of requests, by weight.
struct Portion {
    weight: i64,
    /// What whole numbers have left over so far.
    credit: i64,
    share: u32,
}

fn portion_out(portions: &mut [Portion], count: u32) {
    let total: i64 = portions.iter().map(|portion| portion.weight).sum();
    let mut left = count;
    for portion in portions.iter_mut().filter(|_| total > 0) {
        let credit = portion.credit + i64::from(count) * portion.weight;
        portion.share = u32::try_from(credit.div_euclid(total)).unwrap_or(0).min(left);
        portion.credit = credit - i64::from(portion.share) * total;
        left -= portion.share;
    }
    while left > 0 {
        // The first of those with most credit.
        let Some(next) = portions.iter_mut().rev().max_by_key(|portion| portion.credit) else {
            break;
        };
        (next.share, next.credit, left) = (next.share + 1, next.credit - total, left - 1);
    }
}

/// Shares out `count` requests among the targets whose turn it is: the healthy ones, or all where too few are healthy
/// (fail-open, facts: alb-and-network §2). Nothing where there is none. The nodes learn a moment later of a target that
/// leaves: that is when clients of a task that crashed get 502.
pub(super) fn among_targets(
    account: &mut Account,
    now: SimTime,
    id: Id<TargetGroup>,
    count: u32,
    cookies: Cookies<'_>,
) -> Vec<(TargetKey, u32)> {
    let Some(group) = account.target_groups.get(id).cloned() else { return Vec::new() };
    let leaves = |at: SimTime| now.since(at) < limits::TARGETS_SEEN_AFTER_MS;
    let mut able =
        with(&group, |target| target.health == Health::Healthy || target.left.is_some_and(leaves));
    if (able.len() as u64) < group.healthy_targets_wanted() {
        able = with(&group, |t| {
            matches!(t.health, Health::Healthy | Health::Unhealthy | Health::Initial)
        });
    }
    let shares = match (group.sticky_for(), cookies) {
        (Some(valid), Cookies::Sent(text)) if count == 1 => {
            match sticky::named(&group, &able, text, now, valid) {
                Some(key) => vec![(key, 1)],
                None => by_algorithm(account, now, id, able, count),
            }
        }
        (Some(valid), Cookies::Kept) => {
            let (mut shares, new) = sticky::come_back(account, now, id, &able, count, valid);
            for (key, more) in by_algorithm(account, now, id, able, new) {
                if let Some((_, share)) = shares.iter_mut().find(|(known, _)| *known == key) {
                    *share += more;
                }
            }
            sticky::keep(account, now, id, &shares);
            shares
        }
        _ => by_algorithm(account, now, id, able, count),
    };
    shares.into_iter().filter(|(_, share)| *share > 0).collect()
}

/// As the group's algorithm says. Those that are in their slow start get less.
fn by_algorithm(
    account: &mut Account,
    now: SimTime,
    id: Id<TargetGroup>,
    able: Able,
    count: u32,
) -> Vec<(TargetKey, u32)> {
    let Some(group) = account.target_groups.get(id).cloned() else { return Vec::new() };
    let Some(number) = u32::try_from(able.len()).ok().filter(|number| *number > 0) else {
        return Vec::new();
    };
    if group.least_outstanding() {
        return by_outstanding(account, now, &group, able, count);
    }
    let (targets, slow) = (&group.targets, group.slow_start());
    let of = |(_, key): &(u32, TargetKey)| {
        let target = targets.get(key);
        let weight = target.map_or(FULL_SHARE, |target| target.share(slow, now));
        Portion { weight, credit: target.map_or(0, |target| target.credit), share: 0 }
    };
    let mut portions: Vec<Portion> = able.iter().map(of).collect();
    let Some(group) = account.target_groups.edit(id) else { return Vec::new() };
    if portions.iter().all(|portion| portion.weight == FULL_SHARE) {
        let turn = group.turn % number;
        group.turn = group.turn.wrapping_add(count % number) % number;
        let share = |place: u32| {
            count / number + u32::from((place + number - turn) % number < count % number)
        };
        return (0..number).zip(able).map(|(place, (_, key))| (key, share(place))).collect();
    }
    portion_out(&mut portions, count);
    let mut shares = Vec::with_capacity(able.len());
    for ((_, key), portion) in able.into_iter().zip(portions) {
        if let Some(target) = group.targets.get_mut(&key) {
            target.credit = portion.credit;
        }
        shares.push((key, portion.share));
    }
    shares
}

/// Targets that can take requests, in the order of their registrations, with what they work on.
pub(super) type Able = Vec<(u32, TargetKey)>;

/// Such targets in the order of their registrations, with what they work on.
fn with(group: &TargetGroup, wanted: impl Fn(&Target) -> bool) -> Able {
    let targets = group.targets.iter().filter(|(_, target)| wanted(target));
    let mut able: Vec<(u32, u32, TargetKey)> =
        targets.map(|(key, t)| (t.registration, t.in_flight, key.clone())).collect();
    sort::plain(&mut able);
    able.into_iter().map(|(_, in_flight, key)| (in_flight, key)).collect()
}

/// Who works on the fewest requests gets the next one. Where all work on equally many, a target gets as many as it
/// answers; the rest goes to those with the fewest, the first in a tie (facts: alb-and-network §2, model).
fn by_outstanding(
    account: &Account,
    now: SimTime,
    group: &TargetGroup,
    able: Able,
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
    sort::by_key(&mut order, |(in_flight, _, _)| *in_flight);
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
