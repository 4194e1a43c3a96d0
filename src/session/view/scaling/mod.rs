//! Everything about scaling on one axis of time: what is measured, the alarms with their datapoints, cooldowns, what was
//! done and why, how many are wanted and run; beside it what each policy would want at this moment. Services and the
//! groups of instances that follow them are told in the same words.

mod alarm;
mod hosts;
mod service;
#[cfg(test)]
mod tests;

pub use alarm::{Cell, Watch};
pub use hosts::Needs;

use super::charts::{Chart, Charts};
use super::roles::Line;
use super::why::Answer;
use crate::cloud::account::Account;
use crate::cloud::time::{MINUTE, Millis, SimTime};
use crate::session::Session;

/// So much of the past is shown.
const WINDOW_MS: Millis = 40 * MINUTE;
/// Activities shown of one thing, the newest.
const ACTIVITIES_MOST: usize = 8;

/// Something that is scaled: the desired count of a service, or the desired capacity of a group of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// `scalable-target` or `capacity-provider`, as in `data-kind`.
    pub kind: &'static str,
    /// As in `data-id`.
    pub id: String,
    /// `Service shop`.
    pub title: String,
    /// `4 wanted, 4 run. 2 to 8 are allowed.`
    pub says: String,
    /// Since when it is scaled.
    pub since: SimTime,
    /// How many are wanted.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// Instances needed and running.
    pub needs: Option<Needs>,
    /// What is measured, then the counts.
    pub charts: Charts,
    /// Cooldowns and warm-ups.
    pub spans: Vec<Span>,
    /// What was done, and what was not and why; newest first.
    pub activities: Vec<Activity>,
    /// Its policies and scheduled actions, in the order in which they were made.
    pub rules: Vec<Rule>,
    /// Why nothing is scaled although something asks for it.
    pub held: Option<Answer>,
    /// Lines that change what it has to do.
    pub loads: Vec<Line>,
}

/// A stretch of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: SimTime,
    /// Its end, which may be still to come.
    pub to: SimTime,
    /// `Cooldown after adding`.
    pub says: &'static str,
}

/// A scaling activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its number in the list, 1 for the oldest that is shown.
    pub number: usize,
    /// When it began.
    pub at: SimTime,
    /// `Setting desired count to 4.`
    pub says: String,
    /// Why, in AWS's words.
    pub cause: String,
    /// `Successful`, as in `data-status`.
    pub status: &'static str,
    /// Why nothing was scaled: `AlreadyAtMaxCapacity`.
    pub not_scaled: String,
}

/// A policy or a scheduled action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `scaling-policy` or `scheduled-action`, as in `data-kind`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `Target tracking`.
    pub sort: &'static str,
    /// What it holds, or when it acts.
    pub says: String,
    /// How many it would want now.
    pub wants: Option<u32>,
    /// How it comes to that, or why it wants nothing.
    pub why: String,
    /// The alarms that set it off.
    pub alarms: Vec<Watch>,
}

/// Everything of the account that is scaled, what came last first.
pub fn scaled(session: &Session) -> Vec<Scaled> {
    let cloud = session.cloud();
    let to = cloud.now();
    let from = SimTime::START.max(SimTime(to.0.saturating_sub(WINDOW_MS)));
    let account = cloud.account();
    let services = account.scalable_targets.values();
    let services = services.filter_map(|target| service::of(session, target, (from, to)));
    let providers = account.capacity_providers.values();
    let hosts = providers.filter_map(|provider| hosts::of(cloud, provider, (from, to)));
    let mut all: Vec<Scaled> = Vec::new();
    for one in services.chain(hosts) {
        let at = all.iter().position(|other| other.since < one.since).unwrap_or(all.len());
        all.insert(at, one);
    }
    all
}

impl Scaled {
    /// How far along the axis a moment is, in tenths of a percent.
    pub fn across(&self, at: SimTime) -> u64 {
        self.charts.across(at.max(self.charts.from)).min(1_000)
    }
}

/// The charts of the metrics that alarms watch, each metric once, and below them the counts.
fn lanes(
    account: &Account,
    rules: &[(Rule, Vec<std::sync::Arc<crate::cloud::watch::alarms::Alarm>>)],
    counts: Chart,
    (from, to): (SimTime, SimTime),
) -> Charts {
    let mut keys = Vec::new();
    for alarm in rules.iter().flat_map(|(_, alarms)| alarms) {
        if !keys.contains(&&alarm.metric) {
            keys.push(&alarm.metric);
        }
    }
    let chart = |key: &&crate::cloud::watch::metrics::MetricKey| {
        let unit = if key.name.starts_with("Request") { "" } else { "%" };
        super::charts::metric_chart(account, key.name.to_string(), unit, &[*key], (from, to))
    };
    let all = keys.iter().map(chart).chain([counts]).collect();
    Charts { from, to, all }
}

/// The newest activities, numbered from the oldest shown, newest first. What target tracking calls an alarm is too long
/// to be read: its label stands for it.
fn numbered(
    newest_first: impl Iterator<Item = Activity>,
    rules: &[Rule],
    from: SimTime,
) -> Vec<Activity> {
    let shown = newest_first.take_while(|activity| activity.at >= from);
    let mut all: Vec<Activity> = shown.take(ACTIVITIES_MOST).collect();
    for watch in rules.iter().flat_map(|rule| &rule.alarms) {
        for activity in &mut all {
            activity.cause = activity.cause.replace(&watch.name, &watch.label);
        }
    }
    let count = all.len();
    for (at, activity) in all.iter_mut().enumerate() {
        activity.number = count - at;
    }
    all
}
