//! Scaling activities: what a group did and why, in AWS's sentences.

use std::sync::Arc;

use serde_json::{Value, json};

use super::change;
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::net::nat::without_nulls;
use crate::cloud::table::Row;
use crate::cloud::time::{SECOND, SimTime};

/// One launch or termination of a group.
#[derive(Clone, Debug)]
pub struct Activity {
    /// A UUID.
    pub id: Arc<str>,
    /// The group's name.
    pub group: Arc<str>,
    /// The group's ARN.
    pub arn: Arc<str>,
    /// What: `Launching a new EC2 instance: i-…`.
    pub description: Arc<str>,
    /// Why.
    pub cause: Arc<str>,
    /// When it began.
    pub start: SimTime,
    /// When it ended.
    pub end: Option<SimTime>,
    /// How far it is.
    pub status: Status,
    /// Why it failed.
    pub message: Option<Arc<str>>,
    /// Subnet and zone.
    pub place: (Arc<str>, Arc<str>),
}

/// How far an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An instance starts.
    PreInService,
    /// A hook holds it up.
    MidLifecycleAction,
    /// An instance goes.
    InProgress,
    /// Done.
    Successful,
    /// Given up.
    Failed,
    /// Overtaken by something else.
    Cancelled,
}

impl Row for Activity {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Status {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::PreInService => "PreInService",
            Self::MidLifecycleAction => "MidLifecycleAction",
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    fn progress(self) -> u8 {
        match self {
            Self::PreInService => 30,
            Self::MidLifecycleAction => 60,
            Self::InProgress => 50,
            Self::Successful | Self::Failed | Self::Cancelled => 100,
        }
    }
}

impl Activity {
    /// The activity as `DescribeScalingActivities` shows it.
    pub fn describe(&self) -> Value {
        let (subnet, zone) = &self.place;
        without_nulls(json!({
            "ActivityId": self.id,
            "AutoScalingGroupName": self.group,
            "Description": self.description,
            "Cause": self.cause,
            "StartTime": self.start.seconds(),
            "EndTime": self.end.map(SimTime::seconds),
            "StatusCode": self.status.word(),
            "StatusMessage": self.message,
            "Progress": self.status.progress(),
            "Details": json!({ "Subnet ID": subnet, "Availability Zone": zone }).to_string(),
            "AutoScalingGroupARN": self.arn,
        }))
    }
}

/// What an activity says at its beginning.
pub(super) struct Begin {
    pub(super) description: String,
    pub(super) cause: Arc<str>,
    pub(super) status: Status,
    pub(super) message: Option<Arc<str>>,
    pub(super) place: (Arc<str>, Arc<str>),
}

/// Begins an activity of a group; one that has failed is over at once.
pub(super) fn begin(cx: &mut Ctx<'_>, group: &Arc<str>, begin: Begin) -> Arc<str> {
    let id = uuid(cx);
    let arn = cx.account.groups.find(group).map_or_else(String::new, |group| group.arn());
    let now = cx.now;
    cx.account.scaling_activities.insert(Activity {
        id: Arc::clone(&id),
        group: Arc::clone(group),
        arn: Arc::from(arn),
        description: Arc::from(begin.description),
        cause: begin.cause,
        start: now,
        end: (begin.status.progress() == 100).then_some(now),
        status: begin.status,
        message: begin.message,
        place: begin.place,
    });
    let mut forgotten = None;
    change(cx.account, group, |group| {
        group.activities.push_back(Arc::clone(&id));
        if group.activities.len() > limits::SCALING_ACTIVITIES {
            forgotten = group.activities.pop_front();
        }
    });
    if let Some(row) = forgotten.and_then(|id| cx.account.scaling_activities.id(&id)) {
        cx.account.scaling_activities.remove(row);
    }
    id
}

/// Moves an activity on; at its end it gets its end time.
pub(super) fn advance(cx: &mut Ctx<'_>, id: &str, status: Status) {
    let now = cx.now;
    let row = cx.account.scaling_activities.id(id);
    if let Some(activity) = row.and_then(|row| cx.account.scaling_activities.edit(row)) {
        activity.status = status;
        if status.progress() == 100 {
            activity.end = Some(now);
        }
    }
}

/// `At 2026-01-05T09:00:00Z`: how AWS's sentences begin.
pub(super) fn at(time: SimTime) -> String {
    let whole = SimTime(time.0 / SECOND * SECOND);
    format!("At {}", whole.iso().replace("+00:00", "Z"))
}

/// A random UUID.
pub(super) fn uuid(cx: &mut Ctx<'_>) -> Arc<str> {
    let hex = cx.rng.hex(32);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
    Arc::from(parts.join("-"))
}
