//! Which tasks go when a service has too many (facts/ecs §5: "Scale-in choice").

use std::sync::Arc;

use super::scheduler::Member;
use super::service_launch::zone_of;
use crate::cloud::account::Account;
use crate::cloud::map::Set;

/// Chooses `too_many` tasks: those that do not work yet first, then one after the other from the zone, and in it the
/// instance, that has most of them; the newest of these (the last is chosen: AWS says "random").
#[inline(never)]
pub(super) fn choose<'a>(
    account: &Account,
    members: &[&'a Member],
    too_many: usize,
) -> Vec<&'a Member> {
    let zones: Vec<Option<Arc<str>>> =
        members.iter().map(|one| zone_of(account, &one.task)).collect();
    let mut left: Vec<Candidate<'a>> = members
        .iter()
        .zip(numbered(zones))
        .zip(numbered(members.iter().map(|one| one.task.instance).collect()))
        .map(|((member, zone), host)| Candidate { member, zone, host })
        .collect();
    let mut of_zone = tally(left.iter().map(|one| one.zone));
    let mut of_host = tally(left.iter().map(|one| one.host));
    let mut chosen = Vec::new();
    for _ in 0..too_many {
        let count = |counts: &[u32], place: usize| counts.get(place).copied().unwrap_or(0);
        let rank = |(_, one): &(usize, &Candidate<'_>)| {
            let (zone, host) = (count(&of_zone, one.zone), count(&of_host, one.host));
            (!one.member.is_healthy(), zone, host, one.member.id)
        };
        let Some((place, _)) = left.iter().enumerate().max_by_key(rank) else { break };
        let next = left.swap_remove(place);
        for (counts, place) in [(&mut of_zone, next.zone), (&mut of_host, next.host)] {
            if let Some(count) = counts.get_mut(place) {
                *count -= 1;
            }
        }
        chosen.push(next.member);
    }
    chosen
}

/// A task with the numbers of its zone and its instance.
struct Candidate<'a> {
    member: &'a Member,
    zone: usize,
    host: usize,
}

/// Numbers for values: equal ones for equal values, from 0 up.
fn numbered<K: Ord>(values: Vec<K>) -> Vec<usize> {
    let known: Set<&K> = values.iter().collect();
    values.iter().map(|value| known.place(&value).unwrap_or(0)).collect()
}

fn tally(numbers: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut counts = Vec::new();
    for number in numbers {
        if counts.len() <= number {
            counts.resize(number + 1, 0);
        }
        if let Some(count) = counts.get_mut(number) {
            *count += 1;
        }
    }
    counts
}
