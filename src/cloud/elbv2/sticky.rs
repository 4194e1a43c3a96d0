//! Stickiness: a cookie of the load balancer brings a client back to the target that answered it (facts: alb-and-network §2;
//! ELB guide, "Sticky sessions": each answer renews the cookie; when its target is gone, the client gets another one).

use super::spread::Able;
use super::target_group::{TargetGroup, TargetKey};
use crate::cloud::account::Account;
use crate::cloud::sha256;
use crate::cloud::table::Id;
use crate::cloud::time::{DAY, Millis, SimTime};

/// The cookies of those who ask.
#[derive(Clone, Copy, Debug)]
pub enum Cookies<'a> {
    /// One client with this `Cookie` header.
    Sent(&'a str),
    /// Clients that each send a request a second and keep what they get.
    Kept,
}

/// The cookie's name.
pub const COOKIE: &str = "AWSALB";

/// The cookie that names a target from now on: what it says, then when. AWS's is encrypted.
pub(super) fn cookie(group: &TargetGroup, key: &TargetKey, now: SimTime) -> String {
    let target = sha256::digest(format!("{} {}:{}", group.arn, key.id, key.port).as_bytes());
    format!("{}{:x}", target.trim_start_matches("sha256:"), now.0)
}

/// Its line in the answer: the browser keeps it for seven days, whatever the group says (ELB guide, "Sticky sessions").
pub fn header(cookie: &str, now: SimTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let until = now + 7 * DAY;
    let (year, month, date, hour, minute, second) = until.civil();
    let word = |words: &[&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| words.get(at).copied()).unwrap_or("")
    };
    let (day, month) = (word(&DAYS, until.0 / DAY % 7), word(&MONTHS, month - 1));
    format!(
        "Set-Cookie: {COOKIE}={cookie}; Expires={day}, {date:02} {month} {year} \
         {hour:02}:{minute:02}:{second:02} GMT; Path=/\n"
    )
}

/// The target that a client's cookie names, if it can take requests and the cookie is not too old.
pub(super) fn named(
    group: &TargetGroup,
    able: &Able,
    cookies: &str,
    now: SimTime,
    valid: Millis,
) -> Option<TargetKey> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    let given = SimTime(u64::from_str_radix(value.get(64..)?, 16).ok()?);
    if given > now || now.since(given) > valid {
        return None;
    }
    let mut keys = able.iter().map(|(_, key)| key);
    keys.find(|key| cookie(group, key, given) == value).cloned()
}

/// How many of so many clients come back to each target, and how many are new. Fewer clients than before: each target
/// loses its part of them.
pub(super) fn come_back(
    account: &Account,
    now: SimTime,
    id: Id<TargetGroup>,
    able: &Able,
    count: u32,
    valid: Millis,
) -> (Vec<(TargetKey, u32)>, u32) {
    let group = account.target_groups.get(id).filter(|group| now.since(group.asked) <= valid);
    let clients = |key: &TargetKey| Some(group?.targets.get(key)?.clients);
    let bound = able.iter().map(|(_, key)| (key.clone(), clients(key).unwrap_or(0)));
    let mut bound: Vec<(TargetKey, u32)> = bound.collect();
    let all: u64 = bound.iter().map(|(_, clients)| u64::from(*clients)).sum();
    if all > u64::from(count) {
        for (_, clients) in &mut bound {
            let part = u64::from(*clients) * u64::from(count) / all;
            *clients = u32::try_from(part).unwrap_or(0);
        }
    }
    let back: u32 = bound.iter().map(|(_, clients)| *clients).sum();
    (bound, count.saturating_sub(back))
}

/// Each target knows its clients; those that could take no request have lost theirs.
pub(super) fn keep(
    account: &mut Account,
    now: SimTime,
    id: Id<TargetGroup>,
    shares: &[(TargetKey, u32)],
) {
    let Some(group) = account.target_groups.edit(id) else { return };
    group.asked = now;
    group.targets.values_mut().for_each(|target| target.clients = 0);
    for (key, share) in shares {
        if let Some(target) = group.targets.get_mut(key) {
            target.clients = *share;
        }
    }
}
