//! Which instance goes first on scale-in (ASG guide, "Configure termination policies").
use std::sync::Arc;

use super::group::{Group, Member, Policy};
use crate::cloud::account::Account;
use crate::cloud::map::Map;
use crate::cloud::time::{HOUR, SimTime};

/// The instance to let go: of the zone with the most instances that has one to spare, by the group's policies in turn.
/// Nothing if all are protected.
pub(super) fn choose(account: &Account, group: &Group, now: SimTime) -> Option<Arc<str>> {
    let mut counts: Map<&str, u32> = Map::new();
    for member in group.staying() {
        counts.add(&member.zone, 1);
    }
    let free = || group.staying().filter(|member| !member.protected);
    let fullest = free().filter_map(|member| counts.get(&*member.zone)).max().copied()?;
    let mut left: Vec<&Member> =
        free().filter(|member| counts.get(&*member.zone) == Some(&fullest)).collect();
    for policy in &group.policies {
        for key in keys(*policy) {
            let rank = |member: &&Member| rank(account, *key, member, now);
            let first = left.iter().map(rank).min();
            left.retain(|member| Some(rank(member)) == first);
        }
    }
    left.first().map(|member| Arc::clone(&member.instance))
}

/// What a policy compares; the smallest value goes first.
#[derive(Clone, Copy)]
enum Key {
    Version,
    ToNextHour,
    Oldest,
    Newest,
}

fn keys(policy: Policy) -> &'static [Key] {
    match policy {
        Policy::Default => &[Key::Version, Key::ToNextHour],
        Policy::NewestInstance => &[Key::Newest],
        Policy::OldestInstance => &[Key::Oldest],
        Policy::OldestLaunchTemplate => &[Key::Version],
        Policy::ClosestToNextInstanceHour => &[Key::ToNextHour],
    }
}

fn rank(account: &Account, key: Key, member: &Member, now: SimTime) -> u64 {
    let launched = account.instances.find(&member.instance).map_or(now, |row| row.launched);
    match key {
        Key::Version => u64::from(member.version),
        Key::ToNextHour => HOUR - now.since(launched) % HOUR,
        Key::Oldest => launched.0,
        Key::Newest => u64::MAX - launched.0,
    }
}
