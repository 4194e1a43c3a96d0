//! What alarms make of their metrics, once a minute (CloudWatch guide, "Alarm evaluation").

use std::sync::Arc;

use serde_json::{Value, json};

use super::alarms::{self, Alarm, Missing, State};
use super::metrics::{Metrics, Point};
use super::number;
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::{MINUTE, SimTime};

/// An alarm that is in alarm and sets something off.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The alarm.
    pub alarm: Arc<Alarm>,
    /// The ARN of what it sets off.
    pub action: Arc<str>,
}

/// A judgement with what it rests on.
struct Verdict {
    state: State,
    reason: String,
    data: Option<Value>,
}

/// Judges every alarm. Alarms act for as long as they are in alarm, not only when they come to it: that is how a policy
/// scales again after its cooldown (CloudWatch guide, "Alarm actions").
#[inline(never)]
pub(super) fn all(cx: &mut Ctx<'_>) -> Vec<Acting> {
    let ids: Vec<Id<Alarm>> = cx.account.alarms.iter().map(|(id, _)| id).collect();
    let mut acting = Vec::new();
    for id in ids {
        let Some(alarm) = cx.account.alarms.get(id).cloned() else { continue };
        let verdict = judge(&alarm, &cx.account.metrics, cx.now);
        if verdict.state != alarm.state {
            change(cx, id, &alarm, verdict);
        }
        let alarm = cx.account.alarms.get(id).filter(|alarm| alarm.acts);
        if let Some(alarm) = alarm.filter(|alarm| alarm.state == State::Alarm) {
            acting.extend(
                alarm
                    .actions
                    .iter()
                    .map(|action| Acting { alarm: Arc::clone(alarm), action: Arc::clone(action) }),
            );
        }
    }
    acting
}

#[inline(never)]
fn change(cx: &mut Ctx<'_>, id: Id<Alarm>, alarm: &Alarm, verdict: Verdict) {
    let now = cx.now;
    if let Some(row) = cx.account.alarms.edit(id) {
        row.state = verdict.state;
        row.reason = Arc::from(verdict.reason);
        row.reason_data = verdict.data.map(|data| Arc::from(data.to_string()));
        row.updated = now;
    }
    let tone = match verdict.state {
        State::Ok => Tone::Success,
        State::Alarm => Tone::Failure,
        State::InsufficientData => Tone::Change,
    };
    let came_from = cx.cause;
    cx.tell(tone, "alarm", &alarm.name, verdict.state.word());
    let told = std::mem::replace(&mut cx.cause, came_from);
    if let Some(row) = cx.account.alarms.edit(id) {
        row.cause = Some(told);
    }
}

/// AWS looks at a few more periods than it needs, and fills gaps only when even those do not hold enough data.
#[inline(never)]
fn judge(alarm: &Alarm, metrics: &Metrics, now: SimTime) -> Verdict {
    let wanted = u64::from(alarm.periods);
    let series = metrics.get(&alarm.metric);
    let starts = alarms::starts(alarm, now, wanted + limits::ALARM_EXTRA_PERIODS);
    let found: Vec<(u64, u64, Point)> = (1_u64..)
        .zip(starts)
        .filter_map(|(age, start)| Some((age, start, series?.over(start, start + alarm.period)?)))
        .take(usize::try_from(wanted).unwrap_or(usize::MAX))
        .collect();
    let breaches = |(_, _, point): &(u64, u64, Point)| {
        alarm.comparison.breached(point.get(alarm.stat), alarm.threshold)
    };
    let bad = found.iter().filter(|one| breaches(one)).count() as u64;
    let gaps = wanted - found.len() as u64;
    let needed = u64::from(alarm.to_alarm);
    let oldest_bad = found.iter().filter(|one| breaches(one)).map(|(age, _, _)| *age).max();
    let state = match alarm.missing {
        Missing::Breaching => of(bad + gaps >= needed),
        Missing::NotBreaching => of(bad >= needed),
        Missing::Missing if found.is_empty() => State::InsufficientData,
        Missing::Ignore if found.is_empty() => alarm.state,
        _ if gaps == 0 || bad >= needed => of(bad >= needed),
        // Enough good data that no gap could hide an alarm.
        _ if bad + gaps < needed || bad == 0 => State::Ok,
        // An alarm does not come early: the bad data have to reach back far enough (the same page, "premature").
        Missing::Missing if bad == found.len() as u64 && oldest_bad >= Some(needed) => State::Alarm,
        _ => alarm.state,
    };
    explain(alarm, state, &found, gaps, now)
}

fn of(alarm: bool) -> State {
    if alarm { State::Alarm } else { State::Ok }
}

/// `StateReason` and `StateReasonData` in AWS's words (seen in public notifications of alarms).
fn explain(
    alarm: &Alarm,
    state: State,
    found: &[(u64, u64, Point)],
    gaps: u64,
    now: SimTime,
) -> Verdict {
    let periods = alarm.periods;
    let s = |count: u64| if count == 1 { "" } else { "s" };
    let was = |count: u64| if count == 1 { "was" } else { "were" };
    let reason = if state == State::InsufficientData {
        let n = u64::from(periods);
        format!("Insufficient Data: {n} datapoint{} {} unknown.", s(n), was(n))
    } else if found.is_empty() {
        let n = u64::from(periods);
        let how = if state == State::Alarm { "Breaching" } else { "NonBreaching" };
        format!(
            "Threshold Crossed: no datapoints were received for {n} period{} and {gaps} missing datapoint{} {} treated as [{how}].",
            s(n),
            s(gaps),
            was(gaps)
        )
    } else {
        crossed(alarm, state, found)
    };
    let shown: Vec<Value> =
        found.iter().rev().map(|(_, _, point)| number::value(point.get(alarm.stat))).collect();
    let evaluated: Vec<Value> = found
        .iter()
        .map(|(_, start, point)| {
            json!({
                "timestamp": stamp(SimTime(start * MINUTE)),
                "sampleCount": number::value(point.get(super::metrics::Stat::SampleCount)),
                "value": number::value(point.get(alarm.stat)),
            })
        })
        .collect();
    let first = found.last().map(|(_, start, _)| stamp(SimTime(start * MINUTE)));
    let mut data = json!({
        "version": "1.0",
        "queryDate": stamp(now),
        "statistic": alarm.stat.word(),
        "period": alarm.period * 60,
        "recentDatapoints": shown,
        "threshold": number::value(alarm.threshold),
        "evaluatedDatapoints": evaluated,
    });
    if let (Some(first), Some(members)) = (first, data.as_object_mut()) {
        members.insert("startDate".to_owned(), Value::from(first));
    }
    Verdict { state, reason, data: Some(data) }
}

/// The sentence about data: those that speak for the new state, newest first.
fn crossed(alarm: &Alarm, state: State, found: &[(u64, u64, Point)]) -> String {
    let to_alarm = state == State::Alarm;
    let speaking: Vec<String> = found
        .iter()
        .map(|(_, start, point)| (start, point.get(alarm.stat)))
        .filter(|(_, value)| alarm.comparison.breached(*value, alarm.threshold) == to_alarm)
        .map(|(start, value)| format!("{} ({})", number::text(value), day(SimTime(start * MINUTE))))
        .collect();
    let count = speaking.len();
    let not = if to_alarm { "" } else { "not " };
    let needed = if to_alarm { alarm.to_alarm } else { alarm.periods - alarm.to_alarm + 1 };
    let way = if to_alarm { "OK -> ALARM" } else { "ALARM -> OK" };
    let plural = |n: u32| if n == 1 { "" } else { "s" };
    let values = speaking.join(", ");
    let compared = format!(
        "{} {not}{} the threshold ({})",
        if count == 1 { "was" } else { "were" },
        alarm.comparison.words(),
        number::text(alarm.threshold),
    );
    if !to_alarm && alarm.state == State::InsufficientData {
        let s = if count == 1 { "" } else { "s" };
        return format!("Threshold Crossed: {count} datapoint{s} [{values}] {compared}.");
    }
    format!(
        "Threshold Crossed: {count} out of the last {} datapoints [{values}] {compared} (minimum {needed} datapoint{} for {way} transition).",
        found.len(),
        plural(needed),
    )
}

/// `2026-01-05T09:03:00.000+0000`.
fn stamp(time: SimTime) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000+0000")
}

/// `05/01/26 09:03:00`.
fn day(time: SimTime) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    format!("{day:02}/{month:02}/{:02} {hour:02}:{minute:02}:{second:02}", year % 100)
}
