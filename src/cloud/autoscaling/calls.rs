//! The actions of Auto Scaling.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::activity::{self, Activity, Status};
use super::group::{Group, Hook, Policy, Queued, Size};
use super::source::Source;
use super::{balance, change, leave, validation};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::listing::{Listing, page, rows};
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::net::describe::no_subnet;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::time::SECOND;

/// Members of a request that are kept and returned as they came.
const KEPT: &[&str] = &[
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityRebalance",
    "CapacityReservationSpecification",
    "Context",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DeletionProtection",
    "DesiredCapacityType",
    "HealthCheckGracePeriod",
    "HealthCheckType",
    "InstanceLifecyclePolicy",
    "InstanceMaintenancePolicy",
    "LoadBalancerNames",
    "MaxInstanceLifetime",
    "MixedInstancesPolicy",
    "PlacementGroup",
    "ServiceLinkedRoleARN",
    "TargetGroupARNs",
    "TerminationPolicies",
    "TrafficSources",
];

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name: Arc<str> = Arc::from(params.required("AutoScalingGroupName"));
    if cx.account.groups.find(&name).is_some() {
        let text = format!(
            "AutoScalingGroup by this name already exists - A group with the name {name} already exists"
        );
        return Err(ApiError::new("AlreadyExists", text));
    }
    let size = size(params, None)?;
    let source = Source::read(cx.account, params)?.ok_or_else(|| {
        validation(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId \
             or MixedInstancesPolicy parameter.",
        )
    })?;
    let subnets = subnets(cx.account, params)?
        .ok_or_else(|| validation("At least one Availability Zone or VPC Subnet is required."))?;
    let who = "a user request created an AutoScalingGroup";
    let reason = balance::reason(cx, who, 0, size.desired);
    let uuid = activity::uuid(cx);
    let mut given = Map::new();
    keep(&mut given, params);
    if params.value("MixedInstancesPolicy").is_none() {
        given.insert("LaunchTemplate".into(), source.describe(cx.account, None));
    }
    cx.account.groups.insert(Group {
        name: Arc::clone(&name),
        uuid,
        source,
        size,
        subnets,
        protect_new: params.bool("NewInstancesProtectedFromScaleIn").unwrap_or(false),
        policies: policies(params).unwrap_or_else(|| vec![Policy::Default]),
        hooks: params.list("LifecycleHookSpecificationList").iter().map(hook).collect(),
        members: Vec::new(),
        activities: VecDeque::new(),
        tags: tags(params),
        given: Arc::new(given),
        reason: Some(reason),
        extra: 0,
        replacing: false,
        queued: Queued::default(),
        deleting: false,
        created: cx.now,
    });
    cx.tell(Tone::Change, "auto-scaling-group", &name, "created");
    balance::now_soon(cx, &name);
    Ok(json!({}))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    const LISTING: Listing =
        Listing { ids: "", rows: "AutoScalingGroups", filters: &[], missing: balance::not_found };
    let account = &*cx.account;
    let mut found = rows(&LISTING, params, &account.groups, |group| group.describe(account))?;
    let names: Vec<&str> = params.strings("AutoScalingGroupNames").collect();
    // Names that do not exist are left out, as AWS does.
    found.retain(|row| {
        let name = row.get("AutoScalingGroupName").and_then(Value::as_str).unwrap_or_default();
        names.is_empty() || names.contains(&name)
    });
    page(LISTING.rows, params, found)
}

pub(super) fn update(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = find(cx.account, params)?;
    let name = Arc::clone(&group.name);
    let size = size(params, Some(group.size))?;
    let source = Source::read(cx.account, params)?;
    let subnets = subnets(cx.account, params)?;
    let before = group.size.desired;
    let mut given = (*group.given).clone();
    keep(&mut given, params);
    if let Some(source) = source.as_ref().filter(|_| params.value("LaunchTemplate").is_some()) {
        given.remove("MixedInstancesPolicy");
        given.insert("LaunchTemplate".into(), source.describe(cx.account, None));
    }
    let who = format!(
        "a user request update of AutoScalingGroup constraints to min: {}, max: {}, desired: {}",
        size.min, size.max, size.desired
    );
    let reason = balance::reason(cx, &who, before, size.desired);
    change(cx.account, &name, |group| {
        group.size = size;
        group.given = Arc::new(given);
        group.source = source.unwrap_or_else(|| group.source.clone());
        group.subnets = subnets.unwrap_or_else(|| group.subnets.clone());
        group.policies = policies(params).unwrap_or_else(|| group.policies.clone());
        group.protect_new =
            params.bool("NewInstancesProtectedFromScaleIn").unwrap_or(group.protect_new);
        if before != size.desired {
            group.reason = Some(reason);
        }
    });
    cx.tell(Tone::Change, "auto-scaling-group", &name, "updated");
    balance::now_soon(cx, &name);
    Ok(json!({}))
}

pub(super) fn set_desired_capacity(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
) -> Result<Value, ApiError> {
    let desired = params.int("DesiredCapacity").unwrap_or(0);
    let desired = u32::try_from(desired)
        .map_err(|_| validation("Desired capacity must be a number that is not negative."))?;
    let name = params.required("AutoScalingGroupName");
    if params.bool("HonorCooldown") == Some(true) {
        check_cooldown(cx, name)?;
    }
    let who = "a user request explicitly set group desired capacity";
    balance::set_desired(cx, name, desired, who)?;
    Ok(json!({}))
}

/// A group that scales, or has done so a short time ago, is left alone (API-asg SetDesiredCapacity.HonorCooldown; the
/// sentence: seen in public logs).
#[inline(never)]
fn check_cooldown(cx: &Ctx<'_>, name: &str) -> Result<(), ApiError> {
    let group = cx.account.groups.find(name).ok_or_else(|| balance::not_found(name))?;
    let seconds = group.given.get("DefaultCooldown").and_then(Value::as_u64);
    let cooldown = seconds.unwrap_or(limits::GROUP_COOLDOWN_S).saturating_mul(SECOND);
    let blocks = |activity: &&Arc<Activity>| match activity.end {
        None => true,
        Some(end) => activity.status == Status::Successful && cx.now.since(end) < cooldown,
    };
    let newest_first = group.activities.iter().rev();
    let mut newest_first = newest_first.filter_map(|id| cx.account.scaling_activities.find(id));
    let Some(activity) = newest_first.find(blocks) else { return Ok(()) };
    let text = format!("Scaling activity {} is in progress and blocks this action", activity.id);
    Err(ApiError::new("ScalingActivityInProgress", text))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = find(cx.account, params)?;
    let name = Arc::clone(&group.name);
    let force = params.bool("ForceDelete").unwrap_or(false);
    if !force && group.members.iter().any(|member| member.activity.is_some()) {
        return Err(ApiError::new(
            "ScalingActivityInProgress",
            "You cannot delete an AutoScalingGroup while there are scaling activities in progress \
             for that group.",
        ));
    }
    if !force && !group.members.is_empty() {
        return Err(ApiError::new(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot \
             instance request(s) still in the group.",
        ));
    }
    change(cx.account, &name, |group| {
        group.deleting = true;
        group.size = Size { min: 0, max: 0, desired: 0 };
    });
    cx.tell(Tone::Change, "auto-scaling-group", &name, "Delete in progress");
    balance::remove_if_empty(cx, &name);
    balance::now_soon(cx, &name);
    Ok(json!({}))
}

pub(super) fn activities(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let account = &*cx.account;
    if let Some(name) = params.str("AutoScalingGroupName") {
        account.groups.find(name).ok_or_else(|| balance::not_found(name))?;
    }
    let ids: Vec<&str> = params.strings("ActivityIds").collect();
    let asked = |activity: &&Arc<Activity>| {
        let ours = params.str("AutoScalingGroupName").is_none_or(|name| *activity.group == *name);
        ours && (ids.is_empty() || ids.contains(&&*activity.id))
    };
    let newest_first = account.scaling_activities.values().rev().filter(asked);
    page("Activities", params, newest_first.map(|activity| activity.describe()).collect())
}

pub(super) fn terminate(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = params.required("InstanceId");
    let unknown = || {
        let text =
            format!("Instance Id not found - No managed instance found for instance ID {id}");
        validation(text)
    };
    let name = cx.account.instances.find(id).and_then(|row| row.group.clone());
    let name = name.ok_or_else(unknown)?;
    let group = cx.account.groups.find(&name).ok_or_else(unknown)?;
    let member = group.member(id).filter(|member| !member.state.is_leaving());
    let instance = Arc::clone(&member.ok_or_else(unknown)?.instance);
    let (size, fewer) = (group.size, params.bool("ShouldDecrementDesiredCapacity") == Some(true));
    if fewer && size.desired <= size.min {
        return Err(validation(format!(
            "Currently, desiredSize equals minSize ({}). Terminating instance without replacement \
             will violate group's min size constraint. Either set shouldDecrementDesiredCapacity \
             flag to false or lower group's min size.",
            size.min
        )));
    }
    let how = if fewer {
        format!("shrinking the capacity from {} to {}", size.desired, size.desired - 1)
    } else {
        format!("keeping the capacity at the current {}", size.desired)
    };
    let at = activity::at(cx.now);
    let cause = format!(
        "{at} instance {id} was taken out of service in response to a user request, {how}."
    );
    if fewer {
        change(cx.account, &name, |group| group.size.desired -= 1);
    }
    let activity = leave::begin(cx, &name, &instance, &Arc::from(cause)).ok_or_else(unknown)?;
    balance::now_soon(cx, &name);
    let shown = cx.account.scaling_activities.find(&activity).map(|activity| activity.describe());
    Ok(json!({ "Activity": shown }))
}

fn find(account: &Account, params: Params<'_>) -> Result<Arc<Group>, ApiError> {
    let name = params.required("AutoScalingGroupName");
    let group = account.groups.find(name).cloned().ok_or_else(|| balance::not_found(name))?;
    if group.deleting {
        let text = "You cannot change an AutoScalingGroup that is being deleted.";
        return Err(ApiError::new("ScalingActivityInProgress", text));
    }
    Ok(group)
}

/// The sizes of a request over those of the group; new bounds move a desired number that nobody gave (API-asg
/// `UpdateAutoScalingGroup`).
fn size(params: Params<'_>, now: Option<Size>) -> Result<Size, ApiError> {
    let read = |name| params.int(name).and_then(|number| u32::try_from(number).ok());
    let min = read("MinSize").or(now.map(|size| size.min)).unwrap_or(0);
    let max = read("MaxSize").or(now.map(|size| size.max)).unwrap_or(0);
    if max < min {
        return Err(validation(format!(
            "Max bound, {max}, must be greater than or equal to min bound, {min}"
        )));
    }
    if max > limits::GROUP_SIZE_MAX {
        return Err(validation(format!(
            "The model keeps at most {} instances in a group.",
            limits::GROUP_SIZE_MAX
        )));
    }
    let desired = match (read("DesiredCapacity"), now) {
        (Some(desired), _) if (min..=max).contains(&desired) => desired,
        (Some(desired), _) => {
            return Err(validation(format!(
                "Desired capacity:{desired} must be between the specified min size:{min} and max \
                 size:{max}"
            )));
        }
        (None, Some(size)) => size.desired.clamp(min, max),
        (None, None) => min,
    };
    Ok(Size { min, max, desired })
}

/// The subnets of `VPCZoneIdentifier`, else the default subnets of the zones named.
fn subnets(account: &Account, params: Params<'_>) -> Result<Option<Vec<Arc<str>>>, ApiError> {
    if let Some(list) = params.str("VPCZoneIdentifier") {
        let ids = list.split(',').map(str::trim).filter(|id| !id.is_empty());
        let known = ids.map(|id| match account.subnets.find(id) {
            Some(subnet) => Ok(Arc::clone(&subnet.id)),
            None => Err(validation(no_subnet(id).message)),
        });
        return known.collect::<Result<Vec<_>, _>>().map(Some);
    }
    let zones: Vec<&str> = params.strings("AvailabilityZones").collect();
    if zones.is_empty() {
        return Ok(None);
    }
    let named = account.subnets.values().filter(|subnet| subnet.default_for_zone);
    let named = named.filter(|subnet| zones.contains(&&*subnet.zone));
    Ok(Some(named.map(|subnet| Arc::clone(&subnet.id)).collect()))
}

fn keep(given: &mut Map<String, Value>, params: Params<'_>) {
    for name in KEPT {
        if let Some(value) = params.value(name) {
            given.insert((*name).to_owned(), value.clone());
        }
    }
}

fn policies(params: Params<'_>) -> Option<Vec<Policy>> {
    params.value("TerminationPolicies")?;
    Some(params.strings("TerminationPolicies").map(Policy::parse).collect())
}

fn tags(params: Params<'_>) -> Vec<(Arc<str>, Arc<str>, bool)> {
    let tags = params.list("Tags").iter().map(Params::new);
    let read = |tag: Params<'_>| {
        let propagate = tag.bool("PropagateAtLaunch").unwrap_or(false);
        (Arc::from(tag.required("Key")), Arc::from(tag.required("Value")), propagate)
    };
    tags.map(read).collect()
}

fn hook(specification: &Value) -> Hook {
    let hook = Params::new(specification);
    let seconds = hook.int("HeartbeatTimeout").and_then(|seconds| u64::try_from(seconds).ok());
    Hook {
        name: Arc::from(hook.required("LifecycleHookName")),
        on_the_way_out: hook.str("LifecycleTransition")
            == Some("autoscaling:EC2_INSTANCE_TERMINATING"),
        timeout: seconds.unwrap_or(limits::HOOK_TIMEOUT_S) * SECOND,
        then_continue: hook.str("DefaultResult") == Some("CONTINUE"),
    }
}
