//! Once a minute: what a provider's alarms make of its group (facts/scaling §5).

use std::sync::Arc;

use super::leaving;
use super::provider::CapacityProvider;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling;
use crate::cloud::autoscaling::group::Size;
use crate::cloud::scaling::decision::{self, Why};
use crate::cloud::story::Tone;
use crate::cloud::watch::evaluate::Acting;

/// Protects instances with tasks, then does what the alarms call for.
#[inline(never)]
pub(in crate::cloud) fn minute(cx: &mut Ctx<'_>, acting: &[Acting]) {
    let providers: Vec<Arc<CapacityProvider>> = cx
        .account
        .capacity_providers
        .values()
        .filter(|one| one.policy.is_some())
        .cloned()
        .collect();
    for provider in providers {
        if provider.protects {
            leaving::protect_busy(cx, &provider);
        }
        let Some(policy) = &provider.policy else { continue };
        for one in acting.iter().filter(|one| one.action == policy.arn) {
            cx.cause = one.alarm.cause.unwrap_or(cx.cause);
            let cause = format!(
                "a monitor alarm {} in state ALARM triggered policy {}",
                one.alarm.name, policy.name
            );
            if let Some(why) = scale(cx, &provider, &cause, one.alarm.name == policy.high) {
                note(cx, &provider, &cause, why);
            }
        }
    }
}

#[inline(never)]
fn scale(cx: &mut Ctx<'_>, provider: &CapacityProvider, cause: &str, out: bool) -> Option<Why> {
    let size = cx.account.groups.find(&provider.group)?.size;
    if out { grow(cx, provider, size, cause) } else { shrink(cx, provider, size, cause) }
}

/// As many that the reservation is at the target again, in steps within bounds.
#[inline(never)]
fn grow(cx: &mut Ctx<'_>, provider: &CapacityProvider, size: Size, cause: &str) -> Option<Why> {
    let measured = provider.measured?;
    let scaling = provider.scaling;
    let warm = provider.grown.map(|at| at + scaling.warmup).filter(|until| cx.now < *until);
    if let Some(until) = warm {
        return Some(Why::Warmup(until));
    }
    let step = measured
        .wanted(scaling.target)
        .saturating_sub(measured.running)
        .clamp(scaling.least, scaling.most);
    let to = measured.running.saturating_add(step).min(size.max);
    if to <= size.desired {
        let at_max = size.desired >= size.max;
        return Some(if at_max { Why::AtMax(size.max) } else { Why::AtDesired(size.desired) });
    }
    let set = autoscaling::set_desired(cx, &provider.group, to, cause);
    if set.is_err() {
        return Some(Why::Refused);
    }
    let now = cx.now;
    super::edit(cx.account, &provider.name, |row| row.grown = Some(now));
    Some(Why::Scaled(to))
}

/// Down to what is needed, but no more than half of the instances in a minute (chosen: facts/scaling §5, "Scale-in
/// speed"). With termination protection only instances without tasks can go.
#[inline(never)]
fn shrink(cx: &mut Ctx<'_>, provider: &CapacityProvider, size: Size, cause: &str) -> Option<Why> {
    let measured = provider.measured?;
    let most = (measured.running / 2).max(1);
    let less = measured.running.saturating_sub(measured.wanted(provider.scaling.target)).min(most);
    if less == 0 {
        return Some(Why::Flapping);
    }
    let to = measured.running.saturating_sub(less).max(size.min);
    if to >= size.desired {
        let at_min = size.desired <= size.min;
        return Some(if at_min { Why::AtMin(size.min) } else { Why::AtDesired(size.desired) });
    }
    if provider.protects {
        leaving::release_empty(cx, provider, size.desired.saturating_sub(to));
    }
    let set = autoscaling::set_desired(cx, &provider.group, to, cause);
    Some(if set.is_ok() { Why::Scaled(to) } else { Why::Refused })
}

#[inline(never)]
fn note(cx: &mut Ctx<'_>, provider: &CapacityProvider, cause: &str, why: Why) {
    let (mut new, now) = (false, cx.now);
    super::edit(cx.account, &provider.name, |row| {
        new = decision::keep(&mut row.decisions, now, cause, why);
    });
    if new && !matches!(why, Why::Scaled(_)) {
        let text = format!("{cause}. Nothing is scaled: {}", why.sentence());
        cx.tell(Tone::Change, "capacity-provider", &provider.name, text);
    }
}
