//! What the simulator measured, as lines over one axis of time: how many tasks a service wants and has, what they use,
//! what passes through load balancers, and the thresholds of alarms. The same as tables.

mod names;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::rows::Read;
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::service::{Service, ServiceStatus};
use crate::cloud::limits;
use crate::cloud::time::{MINUTE, SimTime};
use crate::cloud::watch::alarms::{Alarm, State};
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
}

/// Everything that was measured in the last hour.
pub fn charts(cloud: &Cloud, start: SimTime) -> Charts {
    let account = cloud.account();
    let to = cloud.now();
    let from = start.max(SimTime(to.0.saturating_sub(limits::STOPPED_TASK_KEPT_MS)));
    let services = account.services.values().filter(|one| one.status != ServiceStatus::Inactive);
    let counts = services.map(|service| count_chart(account, service, from, to));
    let mut all: Vec<Chart> = counts.collect();
    let mut groups: BTreeMap<(String, &'static str), Vec<&MetricKey>> = BTreeMap::new();
    for (key, series) in account.metrics.iter() {
        let unit = match &*series.unit {
            "Percent" => "%",
            "Seconds" => " s",
            _ => "",
        };
        if let Some(what) = title(key, unit) {
            groups.entry((what, unit)).or_default().push(key);
        }
    }
    for ((what, unit), keys) in groups {
        all.push(metric_chart(account, what, unit, &keys, from));
    }
    all.retain(|chart| chart.lines.iter().any(|line| !line.points.is_empty()));
    all.truncate(CHARTS_MOST);
    Charts { from, to, all }
}

fn metric_chart(
    account: &Account,
    what: String,
    unit: &'static str,
    keys: &[&MetricKey],
    from: SimTime,
) -> Chart {
    let mut alarms = Vec::new();
    let lines = keys.iter().map(|key| {
        let watching = account.alarms.values().filter(|alarm| alarm.metric == **key);
        alarms.extend(watching.map(|alarm| mark(alarm)));
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

fn mark(alarm: &Alarm) -> Mark {
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
    }
}

/// How many tasks a service wants, as its calls said, and how many run.
fn count_chart(account: &Account, service: &Service, from: SimTime, to: SimTime) -> Chart {
    let lines = vec![
        Line {
            label: "desired".to_owned(),
            points: desired(account, service, from, to),
            steps: true,
        },
        Line {
            label: "running".to_owned(),
            points: running(account, service, from, to),
            steps: true,
        },
    ];
    let top = top(&lines, &[], ONE);
    Chart { title: format!("{}: tasks", service.name), unit: "", top, lines, alarms: Vec::new() }
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
    let mut changes: BTreeMap<SimTime, i64> = BTreeMap::new();
    for task in account.tasks.values().filter(ours) {
        let Some(started) = task.times.started else { continue };
        *changes.entry(started).or_default() += 1;
        if let Some(stopped) = task.times.stopping {
            *changes.entry(stopped).or_default() -= 1;
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
fn since(points: Vec<(SimTime, Milli)>, from: SimTime) -> Vec<(SimTime, Milli)> {
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

impl Charts {
    /// How far along the paper a moment is.
    fn across(&self, at: SimTime) -> u64 {
        at.since(self.from) * PAPER.0 / self.to.since(self.from).max(1)
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
        let mut rows: BTreeMap<SimTime, Vec<String>> = BTreeMap::new();
        for (column, line) in chart.lines.iter().enumerate() {
            for (at, value) in &line.points {
                let row = rows.entry(*at).or_insert_with(|| vec![String::new(); chart.lines.len()]);
                if let Some(cell) = row.get_mut(column) {
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
            .map_or_else(|| "–".to_owned(), |(_, value)| format!("{}{}", short(*value), self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::played::play;
    use crate::cloud::account::Start;

    fn service() -> Cloud {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        let subnet =
            cloud.account().subnets.values().find(|one| one.map_public_ip).unwrap().id.clone();
        for line in [
            "aws ecs create-cluster --cluster-name dock",
            "aws ecs register-task-definition --family web --network-mode awsvpc --cpu 256 --memory 512 \
             --requires-compatibilities FARGATE --container-definitions name=web,image=nginx",
            &format!(
                "aws ecs create-service --cluster dock --service-name web --task-definition web --desired-count 2 \
             --launch-type FARGATE --network-configuration awsvpcConfiguration={{subnets=[{subnet}],assignPublicIp=ENABLED}}"
            ),
            "wait 3m",
            "fault load web 80 40 dock",
            "aws cloudwatch put-metric-alarm --alarm-name busy --namespace AWS/ECS --metric-name CPUUtilization \
             --dimensions Name=ClusterName,Value=dock Name=ServiceName,Value=web --statistic Average --period 60 \
             --evaluation-periods 2 --threshold 70 --comparison-operator GreaterThanThreshold",
            "wait 4m",
            "aws ecs update-service --cluster dock --service web --desired-count 3",
            "wait 2m",
        ] {
            play(&mut cloud, line);
        }
        cloud
    }

    #[test]
    fn tasks_use_and_alarms_stand_on_one_axis() {
        let cloud = service();
        let charts = charts(&cloud, SimTime::START);
        assert_eq!((charts.from, charts.to), (SimTime::START, cloud.now()));
        let titles: Vec<_> = charts.all.iter().map(|chart| chart.title.as_str()).collect();
        assert_eq!(titles, ["web: tasks", "web"]);
        let tasks = &charts.all[0];
        assert_eq!(tasks.newest(&tasks.lines[0]), "3");
        assert_eq!(tasks.newest(&tasks.lines[1]), "3");
        let values: Vec<_> = tasks.lines[0].points.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [2_000, 3_000, 3_000]);
        let used = &charts.all[1];
        let labels: Vec<_> = used.lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!((labels, used.top), (vec!["CPU", "Memory"], 100_000));
        assert!(used.lines[0].points.iter().any(|(_, value)| *value == 80_000), "{used:?}");
        assert_eq!(used.alarms[0].threshold, 70_000);
        assert_eq!(used.down(70_000), 30);
        assert!(used.alarms[0].says.starts_with("busy: "), "{:?}", used.alarms);
        let table = charts.table(used);
        assert!(table.iter().any(|(_, cells)| cells[0] == "80%"), "{table:?}");
        assert!(charts.path(tasks, &tasks.lines[0]).starts_with('M'));
    }

    #[test]
    fn the_top_of_a_chart_is_round() {
        let chart = |value| {
            let line =
                Line { label: String::new(), points: vec![(SimTime::START, value)], steps: false };
            top(&[line], &[], ONE)
        };
        assert_eq!(
            [500, 1_000, 1_500, 3_000, 7_000, 12_000, 130_000].map(chart),
            [1_000, 1_000, 2_000, 5_000, 10_000, 20_000, 200_000]
        );
    }
}
