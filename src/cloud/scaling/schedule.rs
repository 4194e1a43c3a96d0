//! Scheduled actions: at their time they set a target's bounds, and the service is moved between them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::activity;
use super::cron::Schedule;
use super::target::{self, service_of};
use super::{DIMENSION, ScalingJob, no_target, page, resource, validation};
use crate::cloud::action::Ctx;
use crate::cloud::ecs::names::new_uuid;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A scheduled action.
#[derive(Clone, Debug)]
pub struct ScheduledAction {
    /// `resource|name`.
    pub key: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its target.
    pub resource: Arc<str>,
    /// Its ARN.
    pub arn: Arc<str>,
    /// Counts its changes: jobs of an older version do nothing.
    pub version: u32,
    /// The request with everything that held before.
    pub given: Arc<Value>,
    /// When it was put first.
    pub created: SimTime,
}

impl Row for ScheduledAction {
    fn key(&self) -> &str {
        &self.key
    }
}

impl ScheduledAction {
    /// The action as DescribeScheduledActions shows it.
    pub fn describe(&self) -> Value {
        let given = Params::new(&self.given);
        let time = |name: &str| given.value(name).and_then(SimTime::read);
        Shape::with_room(11)
            .text("ScheduledActionName", &self.name)
            .text("ScheduledActionARN", &self.arn)
            .put("ServiceNamespace", "ecs")
            .text("Schedule", given.required("Schedule"))
            .maybe("Timezone", given.str("Timezone"))
            .text("ResourceId", &self.resource)
            .put("ScalableDimension", DIMENSION)
            .at("StartTime", time("StartTime"))
            .at("EndTime", time("EndTime"))
            .maybe("ScalableTargetAction", given.value("ScalableTargetAction").cloned())
            .at("CreationTime", Some(self.created))
            .done()
    }

    /// The next time after `now` between its start and its end.
    pub fn next(&self, now: SimTime) -> Option<SimTime> {
        let given = Params::new(&self.given);
        let time = |name: &str| given.value(name).and_then(SimTime::read);
        let start = time("StartTime").map_or(now, |start| SimTime(start.0.saturating_sub(1)));
        let next = Schedule::read(given.required("Schedule"))?.next(now.max(start))?;
        time("EndTime").is_none_or(|end| next <= end).then_some(next)
    }
}

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let resource: Arc<str> = Arc::from(resource(params)?);
    if cx.account.scalable_targets.id(&resource).is_none() {
        return Err(no_target(&resource));
    }
    let name = params.required("ScheduledActionName");
    let key: Arc<str> = Arc::from(format!("{resource}|{name}"));
    let row = cx.account.scheduled_actions.id(&key);
    let before = cx.account.scheduled_actions.find(&key).cloned();
    let mut given =
        before.as_ref().and_then(|before| before.given.as_object().cloned()).unwrap_or_default();
    given.extend(params.members().cloned().unwrap_or_default());
    let given = Value::Object(given);
    check(Params::new(&given))?;
    let (uuid, now) = (new_uuid(cx.rng), cx.now);
    let action = ScheduledAction {
        arn: before
            .as_ref()
            .map_or_else(|| arn(&uuid, &resource, name), |one| Arc::clone(&one.arn)),
        version: before.as_ref().map_or(1, |before| before.version + 1),
        created: before.as_ref().map_or(now, |before| before.created),
        name: Arc::from(name),
        key: Arc::clone(&key),
        resource,
        given: Arc::new(given),
    };
    plan(cx, &action);
    match row.and_then(|row| cx.account.scheduled_actions.edit(row)) {
        Some(there) => *there = action,
        None => drop(cx.account.scheduled_actions.insert(action)),
    }
    cx.tell(Tone::Change, "scheduled-action", &Arc::from(name), "put");
    Ok(json!({}))
}

fn arn(uuid: &str, resource: &str, name: &str) -> Arc<str> {
    Arc::from(format!(
        "arn:aws:autoscaling:{}:{}:scheduledAction:{uuid}:resource/ecs/{resource}:scheduledActionName/{name}",
        limits::REGION,
        limits::ACCOUNT
    ))
}

fn check(given: Params<'_>) -> Result<(), ApiError> {
    if given.str("Timezone").is_some_and(|zone| !matches!(zone, "UTC" | "Etc/UTC" | "GMT")) {
        return Err(ApiError::new(
            "NotInThisModel",
            "Time zones other than UTC are not part of this model of AWS.",
        ));
    }
    let Some(schedule) = given.str("Schedule") else {
        return Err(validation("Schedule is required when creating a new scheduled action"));
    };
    if Schedule::read(schedule).is_none() {
        return Err(validation(format!("Invalid schedule expression: {schedule}")));
    }
    let bounds = given.inner("ScalableTargetAction");
    let (min, max) = (bounds.int("MinCapacity"), bounds.int("MaxCapacity"));
    if min.is_none() && max.is_none() {
        return Err(validation("At least one of MinCapacity and MaxCapacity is required"));
    }
    if min.zip(max).is_some_and(|(min, max)| min > max) || min.or(max).is_some_and(|n| n < 0) {
        return Err(validation("Maximum capacity cannot be less than minimum capacity"));
    }
    Ok(())
}

fn plan(cx: &mut Ctx<'_>, action: &ScheduledAction) {
    if let Some(next) = action.next(cx.now) {
        let (key, version) = (Arc::clone(&action.key), action.version);
        let job = ScalingJob::Scheduled { action: key, version };
        cx.after(next.since(cx.now), Job::Scaling(job));
    }
}

/// Cooldowns do not hold it back (facts/scaling §4a).
pub(super) fn run(cx: &mut Ctx<'_>, key: &Arc<str>, version: u32) {
    let Some(action) = cx.account.scheduled_actions.find(key).cloned() else { return };
    if action.version != version {
        return;
    }
    plan(cx, &action);
    let Some(row) = cx.account.scalable_targets.id(&action.resource) else { return };
    let Some(target) = cx.account.scalable_targets.get(row).cloned() else { return };
    if target.suspended.scheduled {
        return;
    }
    let given = Params::new(&action.given).inner("ScalableTargetAction");
    let bound = |name: &str| given.int(name).and_then(|number| u32::try_from(number).ok());
    let min = bound("MinCapacity").unwrap_or(target.min);
    let max = bound("MaxCapacity").unwrap_or(target.max);
    // One bound alone takes the other along, so that they stay in order. Chosen.
    let (min, max) =
        if bound("MinCapacity").is_some() { (min, max.max(min)) } else { (min.min(max), max) };
    if let Some(target) = cx.account.scalable_targets.edit(row) {
        (target.min, target.max) = (min, max);
    }
    let cause = format!("scheduled action name {} was triggered", action.name);
    cx.tell(Tone::Change, "scalable-target", &action.resource, cause.clone());
    let what = format!("min capacity to {min} and max capacity to {max}");
    activity::bounds(cx, &action.resource, &what, &cause);
    if let Some((_, service)) = service_of(cx.account, &action.resource) {
        target::bound_soon(cx, &action.resource, service.desired, (min, max));
    }
}

pub(super) fn remove_all(cx: &mut Ctx<'_>, resource: &str) {
    let ours = cx.account.scheduled_actions.iter().filter(|(_, one)| *one.resource == *resource);
    for row in ours.map(|(row, _)| row).collect::<Vec<_>>() {
        cx.account.scheduled_actions.remove(row);
    }
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (resource, name) = (resource(params)?, params.required("ScheduledActionName"));
    let Some(row) = cx.account.scheduled_actions.id(&format!("{resource}|{name}")) else {
        return Err(ApiError::new(
            "ObjectNotFoundException",
            format!(
                "No scheduled action found for service namespace: ecs, resource ID: {resource}, scalable \
                 dimension: {DIMENSION}, scheduled action name: {name}"
            ),
        ));
    };
    cx.account.scheduled_actions.remove(row);
    cx.tell(Tone::Change, "scheduled-action", &Arc::from(name), "deleted");
    Ok(json!({}))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let wanted: Vec<&str> = params.strings("ScheduledActionNames").collect();
    let of = params.str("ResourceId").map(|_| resource(params)).transpose()?;
    let ours = params.str("ServiceNamespace") == Some("ecs");
    let rows = cx.account.scheduled_actions.iter().filter(|(_, action)| {
        ours && (wanted.is_empty() || wanted.contains(&&*action.name))
            && of.is_none_or(|of| of == &*action.resource)
    });
    let rows = rows.map(|(id, action)| (u64::from(id.number()), action.describe()));
    page(params, "ScheduledActions", rows)
}
