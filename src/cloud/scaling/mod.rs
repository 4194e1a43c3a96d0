//! Application Auto Scaling for services of ECS: targets, policies, scheduled actions, and what was decided each minute.

pub mod activity;
pub mod decide;
pub mod decision;
pub mod policy;
pub mod schedule;
pub mod target;

pub(super) mod arithmetic;
mod cron;

use std::sync::Arc;

use serde_json::Value;

use super::action::{Action, Ctx, read, write};
use super::error::ApiError;
use super::params::Params;
use super::shape::Shape;
use super::watch::evaluate::Acting;

/// The actions of Application Auto Scaling in this model.
pub const ACTIONS: &[Action] = &[
    write("RegisterScalableTarget", target::register),
    read("DescribeScalableTargets", target::describe),
    write("DeregisterScalableTarget", target::deregister),
    write("PutScalingPolicy", policy::put),
    read("DescribeScalingPolicies", policy::describe),
    write("DeleteScalingPolicy", policy::delete),
    read("DescribeScalingActivities", activity::describe),
    write("PutScheduledAction", schedule::put),
    read("DescribeScheduledActions", schedule::describe),
    write("DeleteScheduledAction", schedule::delete),
];

/// What Application Auto Scaling does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ScalingJob {
    /// A service's desired count is moved between its target's bounds.
    Bound {
        /// The target.
        resource: Arc<str>,
        /// What set the bounds.
        cause: Arc<str>,
    },
    /// The time of a scheduled action has come.
    Scheduled {
        /// `resource|name`.
        action: Arc<str>,
        /// Which version of it: one that was changed since does nothing.
        version: u32,
    },
}

impl ScalingJob {
    /// What is planned for later does not keep an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::Scheduled { .. })
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &ScalingJob) {
    match job {
        ScalingJob::Bound { resource, cause } => target::bound(cx, resource, cause),
        ScalingJob::Scheduled { action, version } => schedule::run(cx, action, *version),
    }
}

/// What alarms set off in the minute that is over.
#[inline(never)]
pub(super) fn minute(cx: &mut Ctx<'_>, acting: &[Acting]) {
    activity::fulfil(cx);
    decide::minute(cx, acting);
}

/// The general error of the caller.
fn validation(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}

/// The target's resource id, if the request names a service of ECS.
fn resource(params: Params<'_>) -> Result<&str, ApiError> {
    let namespace = params.str("ServiceNamespace").unwrap_or("ecs");
    let dimension = params.str("ScalableDimension").unwrap_or(DIMENSION);
    let id = params.str("ResourceId").unwrap_or("");
    let parts = id.split('/').collect::<Vec<_>>();
    let fits = matches!(parts.as_slice(), ["service", cluster, name] if !cluster.is_empty() && !name.is_empty());
    if namespace != "ecs" {
        return Err(ApiError::new(
            "NotInThisModel",
            format!("Scaling of {namespace} is not part of this model of AWS."),
        ));
    }
    if dimension != DIMENSION || !fits {
        return Err(validation(
            "Unsupported service namespace, resource type or scalable dimension",
        ));
    }
    Ok(id)
}

/// A target that is not registered.
fn no_target(resource: &str) -> ApiError {
    ApiError::new(
        "ObjectNotFoundException",
        format!(
            "No scalable target registered for service namespace: ecs, resource ID: {resource}, scalable \
             dimension: {DIMENSION}"
        ),
    )
}

/// What of a service is scaled.
const DIMENSION: &str = "ecs:service:DesiredCount";

/// One page of rows; a row's number is what the next page continues after.
fn page(
    params: Params<'_>,
    member: &str,
    rows: impl Iterator<Item = (u64, Value)>,
) -> Result<Value, ApiError> {
    let size = params.int("MaxResults").and_then(|n| usize::try_from(n).ok());
    let size = size.unwrap_or(PAGE).clamp(1, PAGE);
    let after = match params.str("NextToken") {
        None => 0,
        Some(token) => token.parse::<u64>().map_err(|_| {
            ApiError::new("InvalidNextTokenException", "The next token is not valid.")
        })?,
    };
    let mut rows = rows.filter(|(number, _)| *number > after).peekable();
    let (mut page, mut last) = (Vec::new(), 0);
    while let Some((number, row)) = rows.next_if(|_| page.len() < size) {
        page.push(row);
        last = number;
    }
    let more = rows.peek().map(|_| last.to_string());
    Ok(Shape::with_room(2).put(member, page).maybe("NextToken", more).done())
}

/// The most that one page holds (API-aas MaxResults).
const PAGE: usize = 50;
