//! What was done to a target, and what was not and why.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::decision::{self, Decision, Why};
use super::target::service_of;
use super::{DIMENSION, page, resource};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::names::new_uuid;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
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

impl Status {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
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

/// Keeps a decision and tells it if it is a new one. AWS shows the first of each run as an activity.
pub(super) fn decided(cx: &mut Ctx<'_>, resource: &Arc<str>, cause: &str, why: Why) {
    let now = cx.now;
    let row = cx.account.scalable_targets.id(resource);
    let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) else { return };
    if !decision::keep(&mut target.history.decisions, now, cause, why) {
        return;
    }
    if !matches!(why, Why::Scaled(_)) {
        let text = format!("{cause}. Nothing is scaled: {}", why.sentence());
        cx.tell(Tone::Change, "scalable-target", resource, text);
    }
    if let Some(reason) = why.code() {
        let text = "Attempting to scale due to alarm triggered".to_owned();
        push(cx, resource, text, cause, (Status::Failed, String::new()), None, Some(reason));
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
