//! CreateCapacityProvider, DescribeCapacityProviders, DeleteCapacityProvider.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::association;
use super::provider::{CapacityProvider, ManagedScaling, arn, own};
use super::strategy::OWN;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling;
use crate::cloud::ecs::container_def::number;
use crate::cloud::ecs::names::{is_valid_name, short};
use crate::cloud::ecs::page;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::time::SECOND;

pub(in crate::cloud::ecs) fn create(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
) -> Result<Value, ApiError> {
    let name = params.required("name");
    let lower = name.to_ascii_lowercase();
    if !is_valid_name(name) || ["aws", "ecs", "fargate"].iter().any(|own| lower.starts_with(own)) {
        return Err(ApiError::client(
            "The specified capacity provider name is invalid. Up to 255 characters are allowed, \
             including letters (upper and lowercase), numbers, underscores, and hyphens. The name \
             cannot be prefixed with \"aws\", \"ecs\", or \"fargate\". Specify a valid name and try \
             again.",
        ));
    }
    if params.value("managedInstancesProvider").is_some() {
        return Err(ApiError::new(
            "NotInThisModel",
            "Capacity providers of Amazon ECS Managed Instances are not part of this model of AWS.",
        ));
    }
    if cx.account.capacity_providers.find(name).is_some() {
        return Err(ApiError::client(
            "The specified capacity provider already exists. To change the configuration of an \
             existing capacity provider, update the capacity provider.",
        ));
    }
    let provider = read(cx, name, params)?;
    let (name, group, scales) =
        (Arc::clone(&provider.name), Arc::clone(&provider.group), provider.scaling.enabled);
    let shown = provider.describe();
    cx.account.capacity_providers.insert(provider);
    if scales {
        autoscaling::add_tag(cx, &group, "AmazonECSManaged");
    }
    cx.tell(Tone::Change, "capacity-provider", &name, "created");
    Ok(json!({ "capacityProvider": shown }))
}

/// How AWS begins to refuse termination protection.
const INVALID: &str = "The managed termination protection setting for the capacity provider is invalid. To \
                       enable managed termination protection for a capacity provider, ";

fn read(cx: &Ctx<'_>, name: &str, params: Params<'_>) -> Result<CapacityProvider, ApiError> {
    let given = params.inner("autoScalingGroupProvider");
    let reference = given.str("autoScalingGroupArn").ok_or_else(|| {
        ApiError::client(
            "An Auto Scaling group provider is required to create a capacity provider.",
        )
    })?;
    let group = cx.account.groups.find(short(reference)).filter(|group| !group.deleting);
    let group = group.ok_or_else(|| {
        ApiError::client(
            "The specified Auto Scaling group ARN is invalid or does not exist. Specify a valid ARN \
             and try again.",
        )
    })?;
    let taken = cx.account.capacity_providers.values().any(|other| other.group == group.name);
    if taken {
        return Err(ApiError::client(
            "The specified Auto Scaling group is already used by another capacity provider.",
        ));
    }
    let scaling = read_scaling(given.inner("managedScaling"))?;
    let on = |member: &str| given.str(member).map(|word| word == "ENABLED");
    let protects = on("managedTerminationProtection").unwrap_or(false);
    if protects && !scaling.enabled {
        return Err(ApiError::client(format!("{INVALID}managed scaling must be enabled.")));
    }
    if protects && !group.protect_new {
        return Err(ApiError::client(format!(
            "{INVALID}the Auto Scaling group must have instance protection from scale in enabled."
        )));
    }
    Ok(CapacityProvider {
        name: Arc::from(name),
        group: Arc::clone(&group.name),
        group_arn: Arc::from(group.arn()),
        scaling,
        protects,
        // On where nothing is said (facts/ecs §6, unconfirmed).
        drains: on("managedDraining").unwrap_or(true),
        cluster: None,
        policy: None,
        measured: None,
        grown: None,
        decisions: VecDeque::new(),
        tags: Arc::new(params.value("tags").cloned().unwrap_or_else(|| json!([]))),
    })
}

/// `managedScaling` with AWS's defaults (API-ecs ManagedScaling). Without the structure it is on: what the API does where
/// only a group is named is not published.
fn read_scaling(given: Params<'_>) -> Result<ManagedScaling, ApiError> {
    let of = |name: &str, without: u32, most: u32| match number(given, name).unwrap_or(without) {
        value if value <= most => Ok(value),
        _ => Err(ApiError::client(format!(
            "The managed scaling configuration is invalid: {name} must be at most {most}."
        ))),
    };
    let scaling = ManagedScaling {
        enabled: given.str("status") == Some("ENABLED"),
        target: of("targetCapacity", 100, 100)?,
        least: of("minimumScalingStepSize", 1, limits::SCALING_STEP_MAX)?,
        most: of("maximumScalingStepSize", limits::SCALING_STEP_MAX, limits::SCALING_STEP_MAX)?,
        warmup: u64::from(of("instanceWarmupPeriod", limits::WARMUP_S, limits::SCALING_STEP_MAX)?)
            * SECOND,
    };
    if scaling.least > scaling.most {
        return Err(ApiError::client(
            "The managed scaling configuration is invalid: minimumScalingStepSize must not be greater \
             than maximumScalingStepSize.",
        ));
    }
    Ok(scaling)
}

/// AWS's own two come first.
pub(in crate::cloud::ecs) fn describe(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
) -> Result<Value, ApiError> {
    let with_tags = params.strings("include").any(|include| include == "TAGS");
    let asked: Vec<&str> = params.strings("capacityProviders").map(short).collect();
    let all = &cx.account.capacity_providers;
    if asked.is_empty() {
        let owned = (1_u32..).zip(OWN.iter().filter_map(|name| own(name)));
        let rows = all.iter().map(|(id, row)| (id.number() + 2, row.shape(with_tags)));
        let mut shown = page::of_values(params, "capacityProviders", owned.chain(rows))?;
        if let Some(members) = shown.as_object_mut() {
            members.insert("failures".into(), json!([]));
        }
        return Ok(shown);
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in asked {
        match all.find(name).map(|row| row.shape(with_tags)).or_else(|| own(name)) {
            Some(shown) => found.push(shown),
            None => failures.push(json!({ "arn": arn(name), "reason": "MISSING" })),
        }
    }
    Ok(json!({ "capacityProviders": found, "failures": failures }))
}

pub(in crate::cloud::ecs) fn delete(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
) -> Result<Value, ApiError> {
    let name = short(params.required("capacityProvider"));
    if OWN.contains(&name) {
        return Err(ApiError::client(
            "The specified capacity provider is reserved and cannot be deleted.",
        ));
    }
    let Some(row) = cx.account.capacity_providers.id(name) else {
        return Err(ApiError::client(
            "The specified capacity provider does not exist. Specify a valid name or ARN and try \
             again.",
        ));
    };
    if let Some(cluster) = user_of(cx.account, name) {
        return Err(ApiError::client(format!(
            "The capacity provider cannot be deleted because it is associated with cluster: {cluster}. \
             Remove the capacity provider from the cluster and try again."
        )));
    }
    let Some(gone) = cx.account.capacity_providers.remove(row) else { return Ok(json!({})) };
    cx.tell(Tone::Change, "capacity-provider", &gone.name, "deleted");
    let mut shown = gone.describe();
    if let Some(members) = shown.as_object_mut() {
        members.insert("status".into(), json!("INACTIVE"));
        members.insert("updateStatus".into(), json!("DELETE_COMPLETE"));
    }
    Ok(json!({ "capacityProvider": shown }))
}

/// The active cluster that a provider is associated with.
fn user_of(account: &Account, name: &str) -> Option<Arc<str>> {
    let mut clusters = account.clusters.values().filter(|cluster| cluster.active);
    let used = clusters.find(|cluster| association::names(cluster).contains(&name));
    used.map(|cluster| Arc::clone(&cluster.name))
}
