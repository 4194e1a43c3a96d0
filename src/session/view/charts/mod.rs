//! What the simulator measured, as lines over one axis of time: how many tasks a service wants and has, what they use,
//! what passes through load balancers, and the thresholds of alarms. The same as tables.

mod names;
#[cfg(test)]
mod tests;
use std::fmt::Write;

use super::rows::Read;
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::service::{Service, ServiceStatus};
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::time::{MINUTE, SimTime};
use crate::cloud::watch::alarms::{self, Alarm, State};
use crate::cloud::watch::metrics::{MetricKey, Stat};
use crate::cloud::watch::number::{self, Milli, ONE};
use names::{label, title};

/// Charts shown at once.
const CHARTS_MOST: usize = 16;
/// The paper of a chart: across and down. The page stretches it.
pub const PAPER: (u64, u64) = (1_000, 100);
/// Lines of a table, the newest.
const TABLE_MOST: usize = 60;

/// Charts over one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charts {
    /// Where the axis begins.
    pub from: SimTime,
    /// Where it ends: now.
    pub to: SimTime,
    /// The charts.
    pub all: Vec<Chart>,
}

/// One chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What it is about.
    pub title: String,
    /// The unit of its values: `%`, or nothing for a count.
    pub unit: &'static str,
    /// The value at its top, in thousandths.
    pub top: Milli,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Alarms on what it shows.
    pub alarms: Vec<Mark>,
}

/// A line with its points, oldest first. A step keeps its value until the next point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it shows.
    pub label: String,
    /// Moments and values in thousandths.
    pub points: Vec<(SimTime, Milli)>,
    /// It keeps its value from one point to the next.
    pub steps: bool,
}

/// An alarm on a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// Its threshold, in thousandths.
    pub threshold: Milli,
    /// `draught: ALARM, greater than 70, 3 of 3 minutes`.
    pub says: String,
    /// It is in alarm.
    pub ringing: bool,
    /// It rings below its threshold.
    pub below: bool,
    /// The datapoints among those it looks at that are on the wrong side.
    pub breaches: Vec<(SimTime, Milli)>,
}

/// Everything that was measured in the last hour.
pub fn charts(cloud: &Cloud, start: SimTime) -> Charts {
    let account = cloud.account();
    let to = cloud.now();
    let from = start.max(SimTime(to.0.saturating_sub(limits::STOPPED_TASK_KEPT_MS)));
    let services = account.services.values().filter(|one| one.status != ServiceStatus::Inactive);
    let counts = services.map(|service| count_chart(account, service, from, to));
    let mut all: Vec<Chart> = counts.collect();
    let mut groups: Map<(String, &'static str), Vec<&MetricKey>> = Map::new();
    for (key, series) in account.metrics.iter() {
        let unit = match &*series.unit {
            "Percent" => "%",
            "Seconds" => " s",
            _ => "",
        };
        let group = title(key, unit).and_then(|what| groups.at((what, unit), Vec::new));
        if let Some(group) = group {
            group.push(key);
        }
    }
    for ((what, unit), keys) in groups {
        all.push(metric_chart(account, what, unit, &keys, (from, to)));
    }
    all.retain(|chart| chart.lines.iter().any(|line| !line.points.is_empty()));
    all.truncate(CHARTS_MOST);
    Charts { from, to, all }
}

/// Metrics on one chart, with the alarms that watch them.
pub(super) fn metric_chart(
    account: &Account,
    what: String,
    unit: &'static str,
    keys: &[&MetricKey],
    (from, to): (SimTime, SimTime),
) -> Chart {
    let mut alarms = Vec::new();
    let lines = keys.iter().map(|key| {
        let watching = account.alarms.values().filter(|alarm| alarm.metric == **key);
        alarms.extend(watching.map(|alarm| mark(account, alarm, to)));
        // Counts of events add up; how many hosts there are does not.
        let adds_up = key.name.ends_with("Count") && !key.name.contains("Host");
        let stat = if adds_up { Stat::Sum } else { Stat::Average };
        let series = account.metrics.get(key);
        let points = series.into_iter().flat_map(|series| series.points());
        let points = points.map(|(at, point)| (at, point.get(stat)));
        Line {
            label: label(&key.name),
            points: points.filter(|(at, _)| *at + MINUTE > from).collect(),
            steps: false,
        }
    });
    let lines: Vec<Line> = lines.collect();
    let least = if unit == "%" { 100 * ONE } else { ONE };
    let top = top(&lines, &alarms, least);
    Chart { title: what, unit, top, lines, alarms }
}

/// The datapoints that an alarm looks at, newest first: the moment each period begins, and its value if there is one.
pub(super) fn datapoints(
    account: &Account,
    alarm: &Alarm,
    now: SimTime,
) -> Vec<(SimTime, Option<Milli>)> {
    let series = account.metrics.get(&alarm.metric);
    let value = |start| Some(series?.over(start, start + alarm.period)?.get(alarm.stat));
    let starts = alarms::starts(alarm, now, u64::from(alarm.periods));
    starts.map(|start| (SimTime(start * MINUTE), value(start))).collect()
}

fn mark(account: &Account, alarm: &Alarm, now: SimTime) -> Mark {
    let says = format!(
        "{}: {}, when {} {} for {} of {} × {} min",
        alarm.name,
        alarm.state.word(),
        alarm.comparison.words(),
        short(alarm.threshold),
        alarm.to_alarm,
        alarm.periods,
        alarm.period,
    );
    Mark {
        name: alarm.name.to_string(),
        threshold: alarm.threshold,
        says,
        ringing: alarm.state == State::Alarm,
        below: alarm.comparison.is_below(),
        breaches: datapoints(account, alarm, now)
            .into_iter()
            .filter_map(|(at, value)| Some((at, value?)))
            .filter(|(_, value)| alarm.comparison.breached(*value, alarm.threshold))
            .collect(),
    }
}

/// How many tasks a service wants, as its calls said, and how many run.
pub(super) fn count_chart(
    account: &Account,
    service: &Service,
    from: SimTime,
    to: SimTime,
) -> Chart {
    let title = format!("{}: tasks", service.name);
    let lines = [desired(account, service, from, to), running(account, service, from, to)];
    steps_chart(title, ["desired", "running"], lines)
}

/// Two counts as steps.
pub(super) fn steps_chart(
    title: String,
    labels: [&str; 2],
    points: [Vec<(SimTime, Milli)>; 2],
) -> Chart {
    let line = |(label, points): (&str, _)| Line { label: label.to_owned(), points, steps: true };
    let lines: Vec<Line> = labels.into_iter().zip(points).map(line).collect();
    let top = top(&lines, &[], ONE);
    Chart { title, unit: "", top, lines, alarms: Vec::new() }
}

fn desired(
    account: &Account,
    service: &Service,
    from: SimTime,
    to: SimTime,
) -> Vec<(SimTime, Milli)> {
    let said = account.trail.iter().filter_map(|record| {
        let named = matches!(&*record.call.operation, "CreateService" | "UpdateService");
        let shown = record.reply.as_ref().ok().filter(|_| named)?.get("service")?;
        let ours = shown.text("serviceArn") == &*service.arn;
        let count = shown.number("desiredCount").filter(|_| ours)?;
        Some((record.at, count * ONE))
    });
    let mut points: Vec<_> = said.collect();
    points.push((to, i64::from(service.desired) * ONE));
    since(points, from)
}

fn running(
    account: &Account,
    service: &Service,
    from: SimTime,
    to: SimTime,
) -> Vec<(SimTime, Milli)> {
    let group = format!("service:{}", service.name);
    let ours = |task: &&std::sync::Arc<crate::cloud::ecs::task::Task>| {
        *task.request.group == *group && task.cluster == service.cluster
    };
    let mut changes: Map<SimTime, i64> = Map::new();
    for task in account.tasks.values().filter(ours) {
        let Some(started) = task.times.started else { continue };
        changes.add(started, 1);
        if let Some(stopped) = task.times.stopping {
            changes.add(stopped, -1);
        }
    }
    let mut count = 0;
    let mut points = vec![(service.created, 0)];
    for (at, change) in changes {
        count += change;
        points.push((at, count * ONE));
    }
    points.push((to, count * ONE));
    since(points, from)
}

/// Points from a moment on, and the value that held there.
pub(super) fn since(points: Vec<(SimTime, Milli)>, from: SimTime) -> Vec<(SimTime, Milli)> {
    let before = points.iter().rev().find(|(at, _)| *at <= from).map(|(_, value)| (from, *value));
    let after = points.iter().filter(|(at, _)| *at > from).copied();
    before.into_iter().chain(after).collect()
}

/// A round value above everything that is drawn.
fn top(lines: &[Line], alarms: &[Mark], least: Milli) -> Milli {
    let values = lines.iter().flat_map(|line| line.points.iter().map(|(_, value)| *value));
    let highest = values.chain(alarms.iter().map(|mark| mark.threshold)).max().unwrap_or(0);
    let mut decade = least;
    while decade <= i64::MAX / 50 {
        for top in [decade, decade * 2, decade * 5] {
            if top >= highest {
                return top;
            }
        }
        decade *= 10;
    }
    decade
}

/// A value as it is read: `62.5`, `3`.
pub fn short(value: Milli) -> String {
    let text = number::text(value);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// A value to its tenths, where more would not be read: `91.4`.
pub fn tenths(value: Milli) -> String {
    short(value / 100 * 100)
}

impl Charts {
    /// How far along the paper a moment is.
    pub fn across(&self, at: SimTime) -> u64 {
        at.since(self.from) * PAPER.0 / self.to.since(self.from).max(1)
    }

    /// Single points as an SVG path: each a stroke of no length, which the page draws as a dot.
    pub fn dots(&self, chart: &Chart, points: &[(SimTime, Milli)]) -> String {
        let dot = |(at, value): &(SimTime, Milli)| {
            format!("M{} {}h0", self.across(*at).min(PAPER.0), chart.down(*value))
        };
        points.iter().filter(|(at, _)| *at >= self.from).map(dot).collect()
    }

    /// A line as an SVG path on the paper.
    pub fn path(&self, chart: &Chart, line: &Line) -> String {
        let mut path = String::new();
        for (at, value) in &line.points {
            let (x, y) = (self.across(*at).min(PAPER.0), chart.down(*value));
            // Writing into a text cannot fail.
            let _ = match (path.is_empty(), line.steps) {
                (true, _) => write!(path, "M{x} {y}"),
                (false, true) => write!(path, "H{x}V{y}"),
                (false, false) => write!(path, "L{x} {y}"),
            };
        }
        path
    }

    /// A chart as a table: a head, and a line a moment, newest first.
    pub fn table(&self, chart: &Chart) -> Vec<(SimTime, Vec<String>)> {
        let mut rows: Map<SimTime, Vec<String>> = Map::new();
        for (column, line) in chart.lines.iter().enumerate() {
            for (at, value) in &line.points {
                let row = rows.at(*at, || vec![String::new(); chart.lines.len()]);
                if let Some(cell) = row.and_then(|row| row.get_mut(column)) {
                    *cell = format!("{}{}", short(*value), chart.unit);
                }
            }
        }
        rows.into_iter().rev().take(TABLE_MOST).collect()
    }
}

impl Chart {
    /// How far down the paper a value is.
    pub fn down(&self, value: Milli) -> u64 {
        let height = u64::try_from(value.clamp(0, self.top)).unwrap_or(0) * PAPER.1;
        PAPER.1 - height / u64::try_from(self.top).unwrap_or(1).max(1)
    }

    /// The newest value of a line.
    pub fn newest(&self, line: &Line) -> String {
        line.points
            .last()
            .map_or_else(|| "–".to_owned(), |(_, value)| format!("{}{}", tenths(*value), self.unit))
    }
}
