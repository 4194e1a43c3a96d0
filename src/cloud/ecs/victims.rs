//! Which tasks go when a service has too many (facts/ecs §5: "Scale-in choice").

use std::collections::BTreeMap;

use super::scheduler::Member;
use super::service_launch::zone_of;
use crate::cloud::account::Account;

/// Chooses `too_many` tasks: those that do not work yet first, then one after the other from the zone, and in it the
/// instance, that has most of them; the newest of these (the last is chosen: AWS says "random").
pub(super) fn choose<'a>(
    account: &Account,
    members: &[&'a Member],
    too_many: usize,
) -> Vec<&'a Member> {
    let mut left: Vec<&Member> = members.to_vec();
    let mut chosen = Vec::new();
    for _ in 0..too_many {
        let zones = tally(&left, |one| zone_of(account, &one.task));
        let hosts = tally(&left, |one| one.task.instance);
        let rank = |one: &&Member| {
            let zone = zones.get(&zone_of(account, &one.task)).copied().unwrap_or(0);
            let host = hosts.get(&one.task.instance).copied().unwrap_or(0);
            (!one.is_healthy(), zone, host, one.id)
        };
        let Some(next) = left.iter().copied().max_by_key(rank) else { break };
        left.retain(|one| one.id != next.id);
        chosen.push(next);
    }
    chosen
}

fn tally<K: Ord>(members: &[&Member], key: impl Fn(&Member) -> K) -> BTreeMap<K, u32> {
    let mut counts = BTreeMap::new();
    for one in members {
        *counts.entry(key(one)).or_insert(0) += 1;
    }
    counts
}
