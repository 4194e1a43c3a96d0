//! What was done to a target, and what was not and why.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::target::service_of;
use super::{DIMENSION, page, resource};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::names::new_uuid;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::time::SimTime;
use crate::cloud::watch::load;

/// The newest activities and decisions of a target, each bounded.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Newest last.
    pub activities: VecDeque<Activity>,
    /// Newest last.
    pub decisions: VecDeque<Decision>,
    /// How many activities there have been.
    pub count: u64,
}

/// One scaling activity.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Counts up from 1 in its target.
    pub no: u64,
    /// A UUID.
    pub id: Arc<str>,
    /// What.
    pub description: Arc<str>,
    /// Why.
    pub cause: Arc<str>,
    /// When it began.
    pub start: SimTime,
    /// When it ended.
    pub end: Option<SimTime>,
    /// How it stands.
    pub status: Status,
    /// About the status.
    pub message: Arc<str>,
    /// The desired count that it set.
    pub to: Option<u32>,
    /// Why nothing was scaled.
    pub not_scaled: Option<Value>,
}

/// How an activity stands (API-aas ScalingActivityStatusCode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Tasks come or go.
    InProgress,
    /// So many run.
    Successful,
    /// Another one came first.
    Overridden,
    /// It could not be.
    Failed,
}

/// One decision, for whoever asks why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When it was first made.
    pub at: SimTime,
    /// When it was last made: the same one in a row is one entry.
    pub last: SimTime,
    /// What asked for it.
    pub cause: Arc<str>,
    /// What came of it.
    pub why: Why,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The desired count was set.
    Scaled(u32),
    /// ECS refused.
    Refused,
    /// There are as many as may be.
    AtMax(u32),
    /// There are as few as may be.
    AtMin(u32),
    /// As many are wanted as there are.
    AtDesired(u32),
    /// One task fewer would set off the other alarm.
    Flapping,
    /// A cooldown goes on until then.
    Cooldown(SimTime),
    /// The alarm's metric has no datapoint.
    NoData,
    /// A deployment goes on: no tasks are taken away.
    Deploying,
    /// Another policy needs the tasks.
    NotAll,
    /// Scaling is suspended.
    Suspended,
    /// No step is for this value.
    NoStep,
}

impl Why {
    /// For the learner.
    pub fn sentence(self) -> String {
        match self {
            Self::Scaled(to) => format!("The desired count was set to {to}."),
            Self::Refused => "ECS refused to change the service.".to_owned(),
            Self::AtMax(n) => format!("The service has {n} tasks: the maximum."),
            Self::AtMin(n) => format!("The service has {n} tasks: the minimum."),
            Self::AtDesired(n) => format!("The service wants {n} tasks already."),
            Self::Flapping => "With one task fewer the metric would be over the target.".to_owned(),
            Self::Cooldown(until) => format!("A cooldown goes on until {}.", until.iso()),
            Self::NoData => "The metric has too few datapoints.".to_owned(),
            Self::Deploying => "A deployment goes on: no tasks are taken away.".to_owned(),
            Self::NotAll => "Another policy does not want fewer tasks.".to_owned(),
            Self::Suspended => "Scaling in this direction is suspended.".to_owned(),
            Self::NoStep => "No step of the policy is for this value.".to_owned(),
        }
    }

    /// AWS's reason, where it has one (API-aas NotScaledReason).
    fn code(self) -> Option<Value> {
        match self {
            Self::AtMax(n) => Some(json!({ "Code": "AlreadyAtMaxCapacity", "MaxCapacity": n })),
            Self::AtMin(n) => Some(json!({ "Code": "AlreadyAtMinCapacity", "MinCapacity": n })),
            Self::AtDesired(n) => {
                Some(json!({ "Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": n }))
            }
            Self::Flapping => Some(json!({ "Code": "AutoScalingAnticipatedFlapping" })),
            _ => None,
        }
    }
}

impl Decision {
    /// A decision of this moment.
    pub fn new(now: SimTime, cause: &str, why: Why) -> Self {
        Self { at: now, last: now, cause: Arc::from(cause), why }
    }
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Overridden => "Overridden",
            Self::Failed => "Failed",
        }
    }
}

impl Activity {
    fn describe(&self, resource: &str) -> Value {
        Shape::with_room(11)
            .text("ActivityId", &self.id)
            .put("ServiceNamespace", "ecs")
            .text("ResourceId", resource)
            .put("ScalableDimension", DIMENSION)
            .text("Description", &self.description)
            .text("Cause", &self.cause)
            .at("StartTime", Some(self.start))
            .at("EndTime", self.end)
            .put("StatusCode", self.status.word())
            .text("StatusMessage", &self.message)
            .maybe("NotScaledReasons", self.not_scaled.as_ref().map(|reason| json!([reason])))
            .done()
    }
}

/// Notes that the desired count was set, or was to be (texts: AAS/application-auto-scaling-scaling-activities).
pub(super) fn set(cx: &mut Ctx<'_>, resource: &str, to: u32, cause: &str, refused: Option<String>) {
    overtake(cx, resource);
    let (status, message) = match refused {
        Some(why) => {
            (Status::Failed, format!("Failed to set desired count to {to}. Reason: {why}"))
        }
        None => (
            Status::InProgress,
            format!(
                "Successfully set desired count to {to}. Waiting for change to be fulfilled by ecs."
            ),
        ),
    };
    push(
        cx,
        resource,
        format!("Setting desired count to {to}."),
        cause,
        (status, message),
        Some(to),
        None,
    );
}

/// Notes that the bounds were set.
pub(super) fn bounds(cx: &mut Ctx<'_>, resource: &str, what: &str, cause: &str) {
    let told = (Status::Successful, format!("Successfully set {what}"));
    push(cx, resource, format!("Setting {what}"), cause, told, None, None);
}

/// Keeps a decision; one like the newest only moves its time. AWS shows the first of each run as an activity.
pub(super) fn decided(cx: &mut Ctx<'_>, resource: &str, decision: Decision) {
    let row = cx.account.scalable_targets.id(resource);
    let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) else { return };
    let decisions = &mut target.history.decisions;
    let newest = decisions
        .back_mut()
        .filter(|newest| newest.cause == decision.cause && newest.why == decision.why);
    if let Some(newest) = newest {
        newest.last = decision.last;
        return;
    }
    if decisions.len() >= limits::SCALING_DECISIONS {
        decisions.pop_front();
    }
    let (cause, reason) = (Arc::clone(&decision.cause), decision.why.code());
    decisions.push_back(decision);
    if reason.is_some() {
        let text = "Attempting to scale due to alarm triggered".to_owned();
        push(cx, resource, text, &cause, (Status::Failed, String::new()), None, reason);
    }
}

/// Activities whose number of tasks runs are fulfilled.
pub(super) fn fulfil(cx: &mut Ctx<'_>) {
    let open = cx.account.scalable_targets.iter().filter_map(|(row, target)| {
        let last = target.history.activities.iter().rev().find(|one| one.to.is_some())?;
        let to = last.to.filter(|_| last.status == Status::InProgress)?;
        let (service, _) = service_of(cx.account, &target.resource)?;
        (load::running(cx.account, service) == to).then_some((row, last.no, to))
    });
    for (row, no, to) in open.collect::<Vec<_>>() {
        let now = cx.now;
        let Some(target) = cx.account.scalable_targets.edit(row) else { continue };
        if let Some(one) = target.history.activities.iter_mut().find(|one| one.no == no) {
            one.status = Status::Successful;
            one.end = Some(now);
            one.message = Arc::from(format!(
                "Successfully set desired count to {to}. Change successfully fulfilled by ecs."
            ));
        }
    }
}

fn overtake(cx: &mut Ctx<'_>, resource: &str) {
    let (row, now) = (cx.account.scalable_targets.id(resource), cx.now);
    let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) else { return };
    for one in target.history.activities.iter_mut().filter(|one| one.status == Status::InProgress) {
        one.status = Status::Overridden;
        one.end = Some(now);
    }
}

fn push(
    cx: &mut Ctx<'_>,
    resource: &str,
    description: String,
    cause: &str,
    (status, message): (Status, String),
    to: Option<u32>,
    not_scaled: Option<Value>,
) {
    let (id, now) = (new_uuid(cx.rng), cx.now);
    let row = cx.account.scalable_targets.id(resource);
    let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) else { return };
    let history = &mut target.history;
    history.count += 1;
    if history.activities.len() >= limits::SCALING_ACTIVITIES {
        history.activities.pop_front();
    }
    history.activities.push_back(Activity {
        no: history.count,
        id,
        description: Arc::from(description),
        cause: Arc::from(cause),
        start: now,
        end: (status != Status::InProgress).then_some(now),
        status,
        message: Arc::from(message),
        to,
        not_scaled,
    });
}

/// Newest first; those that scaled nothing only where they are asked for.
pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let wanted = params.str("ResourceId").map(|_| resource(params)).transpose()?;
    let with_idle = params.bool("IncludeNotScaledActivities").unwrap_or(false);
    let targets = cx.account.scalable_targets.values();
    let targets = targets.filter(|target| wanted.is_none_or(|id| id == &*target.resource));
    let rows = targets.flat_map(|target| {
        let shown = target.history.activities.iter().rev();
        let shown = shown.filter(|one| with_idle || one.not_scaled.is_none());
        shown.map(|one| one.describe(&target.resource))
    });
    page(params, "ScalingActivities", (1_u64..).zip(rows))
}
