//! Scalable targets: the row, its three actions, and moving a service between its bounds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::activity::{self, History};
use super::decision::Why;
use super::{DIMENSION, ScalingJob, no_target, page, policy, resource, schedule, validation};
use crate::cloud::account::Account;
use crate::cloud::action::{self, Ctx};
use crate::cloud::ecs::service::{self, Service, ServiceStatus};
use crate::cloud::error::ApiError;
use crate::cloud::iam::start::ensure_linked;
use crate::cloud::input::{Call, Principal};
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;
use crate::cloud::watch;

/// A service that may be scaled.
#[derive(Clone, Debug)]
pub struct Target {
    /// `service/<cluster>/<name>`.
    pub resource: Arc<str>,
    /// The end of its ARN.
    pub id: Arc<str>,
    /// Fewest tasks.
    pub min: u32,
    /// Most tasks.
    pub max: u32,
    /// What is held back.
    pub suspended: Suspended,
    /// When it was registered.
    pub created: SimTime,
    /// When a policy last added tasks, and how many there were before.
    pub grown: Option<(SimTime, u32)>,
    /// When a policy last took tasks away.
    pub shrunk: Option<SimTime>,
    /// What was done and decided.
    pub history: History,
}

/// Flags of a target that hold scaling back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suspended {
    /// Policies do not take tasks away.
    pub dynamic_in: bool,
    /// Policies do not add tasks.
    pub dynamic_out: bool,
    /// Scheduled actions do nothing.
    pub scheduled: bool,
}

/// Who changes the desired count: this name stands in the trail.
pub const CALLER: &str = "ecs.application-autoscaling.amazonaws.com";

impl Row for Target {
    fn key(&self) -> &str {
        &self.resource
    }
}

impl Target {
    /// The target as DescribeScalableTargets shows it.
    pub fn describe(&self) -> Value {
        let role = format!(
            "arn:aws:iam::{}:role/aws-service-role/{CALLER}/AWSServiceRoleForApplicationAutoScaling_ECSService",
            limits::ACCOUNT
        );
        Shape::with_room(9)
            .put("ServiceNamespace", "ecs")
            .text("ResourceId", &self.resource)
            .put("ScalableDimension", DIMENSION)
            .put("MinCapacity", self.min)
            .put("MaxCapacity", self.max)
            .put("RoleARN", role)
            .at("CreationTime", Some(self.created))
            .put(
                "SuspendedState",
                json!({
                    "DynamicScalingInSuspended": self.suspended.dynamic_in,
                    "DynamicScalingOutSuspended": self.suspended.dynamic_out,
                    "ScheduledScalingSuspended": self.suspended.scheduled,
                }),
            )
            .put("ScalableTargetARN", self.arn())
            .done()
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        let (region, account) = (limits::REGION, limits::ACCOUNT);
        format!("arn:aws:application-autoscaling:{region}:{account}:scalable-target/{}", self.id)
    }

    /// The service's name.
    pub fn service_name(&self) -> &str {
        self.resource.rsplit('/').next().unwrap_or_default()
    }
}

/// The active service behind a resource id.
pub fn service_of(account: &Account, resource: &str) -> Option<(Id<Service>, Arc<Service>)> {
    let mut parts = resource.split('/').skip(1);
    let id = account.services.id(&service::arn(parts.next()?, parts.next()?))?;
    let service = account.services.get(id)?;
    (service.status == ServiceStatus::Active).then(|| (id, Arc::clone(service)))
}

pub(super) fn register(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let resource: Arc<str> = Arc::from(resource(params)?);
    let Some((_, service)) = service_of(cx.account, &resource) else {
        return Err(validation(format!("ECS service doesn't exist: {resource}")));
    };
    if service.daemon {
        return Err(validation(
            "ECS services with the scheduling strategy DAEMON cannot be scaled",
        ));
    }
    let before = cx.account.scalable_targets.find(&resource).cloned();
    let bound = |name: &str, before: Option<u32>| match (params.int(name), before) {
        (Some(given), _) => {
            u32::try_from(given).map_err(|_| validation(format!("{name} must not be negative")))
        }
        (None, Some(before)) => Ok(before),
        (None, None) => Err(validation(
            "MinCapacity and MaxCapacity are required when registering a new scalable target",
        )),
    };
    let min = bound("MinCapacity", before.as_ref().map(|target| target.min))?;
    let max = bound("MaxCapacity", before.as_ref().map(|target| target.max))?;
    if min > max {
        return Err(validation("Maximum capacity cannot be less than minimum capacity"));
    }
    let suspended =
        suspended(params, before.as_ref().map_or_else(Suspended::default, |t| t.suspended));
    if before.is_none() {
        let id = Arc::from(cx.rng.hex(32));
        cx.account.scalable_targets.insert(Target {
            resource: Arc::clone(&resource),
            id,
            min,
            max,
            suspended,
            created: cx.now,
            grown: None,
            shrunk: None,
            history: History::default(),
        });
    }
    let row = cx.account.scalable_targets.id(&resource);
    if let Some(target) = row.and_then(|row| cx.account.scalable_targets.edit(row)) {
        (target.min, target.max, target.suspended) = (min, max, suspended);
    }
    ensure_linked(cx, CALLER);
    cx.tell(Tone::Change, "scalable-target", &resource, format!("{min} to {max} tasks"));
    bound_soon(cx, &resource, service.desired, (min, max));
    watch::wake(cx);
    let arn = cx.account.scalable_targets.find(&resource).map(|target| target.arn());
    Ok(json!({ "ScalableTargetARN": arn }))
}

fn suspended(params: Params<'_>, before: Suspended) -> Suspended {
    let given = params.inner("SuspendedState");
    Suspended {
        dynamic_in: given.bool("DynamicScalingInSuspended").unwrap_or(before.dynamic_in),
        dynamic_out: given.bool("DynamicScalingOutSuspended").unwrap_or(before.dynamic_out),
        scheduled: given.bool("ScheduledScalingSuspended").unwrap_or(before.scheduled),
    }
}

/// Moves a desired count that is out of bounds, at once but as a call of its own.
pub(super) fn bound_soon(
    cx: &mut Ctx<'_>,
    resource: &Arc<str>,
    desired: u32,
    (min, max): (u32, u32),
) {
    let cause = if desired < min {
        format!("minimum capacity was set to {min}")
    } else if desired > max {
        format!("maximum capacity was set to {max}")
    } else {
        return;
    };
    let job = ScalingJob::Bound { resource: Arc::clone(resource), cause: Arc::from(cause) };
    cx.after(0, Job::Scaling(job));
}

pub(super) fn bound(cx: &mut Ctx<'_>, resource: &Arc<str>, cause: &Arc<str>) {
    let Some(target) = cx.account.scalable_targets.find(resource).cloned() else { return };
    let Some((_, service)) = service_of(cx.account, resource) else { return };
    let to = service.desired.clamp(target.min, target.max);
    if to != service.desired {
        set_desired(cx, resource, to, cause);
    }
}

/// Calls UpdateService on the target's behalf and notes the activity. Whether it worked.
pub(super) fn set_desired(cx: &mut Ctx<'_>, resource: &Arc<str>, to: u32, cause: &str) -> bool {
    let mut parts = resource.split('/').skip(1);
    let input = json!({
        "cluster": parts.next().unwrap_or_default(),
        "service": parts.next().unwrap_or_default(),
        "desiredCount": to,
    });
    cx.tell(
        Tone::Change,
        "scalable-target",
        resource,
        format!("sets the desired count to {to}: {cause}"),
    );
    let call = Call::new("ecs", "UpdateService", input);
    let reply = action::by_service(cx, &Principal::service(CALLER), &call);
    let refused = reply.as_ref().err().map(|error| error.message.clone());
    activity::set(cx, resource, to, cause, refused);
    let why = if reply.is_ok() { Why::Scaled(to) } else { Why::Refused };
    activity::decided(cx, resource, cause, why);
    reply.is_ok()
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let wanted: Vec<&str> = params.strings("ResourceIds").collect();
    let ours = params.str("ServiceNamespace") == Some("ecs");
    let rows =
        cx.account.scalable_targets.iter().filter(|(_, target)| {
            ours && (wanted.is_empty() || wanted.contains(&&*target.resource))
        });
    let rows = rows.map(|(id, target)| (u64::from(id.number()), target.describe()));
    page(params, "ScalableTargets", rows)
}

/// Its policies and scheduled actions go with it (API-aas DeregisterScalableTarget).
pub(super) fn deregister(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let resource: Arc<str> = Arc::from(resource(params)?);
    let row = cx.account.scalable_targets.id(&resource).ok_or_else(|| no_target(&resource))?;
    policy::remove_all(cx, &resource);
    schedule::remove_all(cx, &resource);
    cx.account.scalable_targets.remove(row);
    cx.tell(Tone::Change, "scalable-target", &resource, "deregistered");
    Ok(json!({}))
}
