//! Which providers a cluster uses: PutClusterCapacityProviders, and what ECS makes and takes away with it: a policy with
//! two alarms, and a hook that lets instances drain (facts/scaling §5).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::leaving;
use super::measure::key;
use super::provider::{CapacityProvider, Policy};
use super::strategy::{self, OWN};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::cluster::{self, Cluster};
use crate::cloud::ecs::names::{self, new_uuid, short};
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::watch::alarms::{self, Alarm};

/// The providers of a cluster.
pub(in crate::cloud::ecs) fn names(cluster: &Cluster) -> Vec<&str> {
    let listed = cluster.given.get("capacityProviders").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(in crate::cloud::ecs) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::active_cluster(cx.account, params)?;
    let given = check(cx.account, Some(id), params)?;
    let row = cx.account.clusters.get(id).cloned().ok_or_else(cluster::not_found)?;
    let wanted: Vec<&str> = params.strings("capacityProviders").map(short).collect();
    let removed = names(&row).into_iter().filter(|name| !wanted.contains(name));
    let removed: Vec<Arc<str>> = removed.map(Arc::from).collect();
    if removed.iter().any(|name| in_use(cx.account, id, name)) {
        return Err(ApiError::new(
            "ResourceInUseException",
            "The specified capacity provider is in use and cannot be removed.",
        ));
    }
    for name in &removed {
        detach(cx, name);
    }
    if let Some(row) = cx.account.clusters.edit(id) {
        let mut members = row.given.as_object().cloned().unwrap_or_default();
        members.extend(given);
        row.given = Arc::new(Value::Object(members));
    }
    cx.tell(Tone::Change, "cluster", &row.name, "capacity providers changed");
    attach_all(cx, id)?;
    Ok(json!({ "cluster": shown(cx.account, id) }))
}

/// The members of a request about providers, names instead of ARNs, if they make sense together.
pub(in crate::cloud::ecs) fn check(
    account: &Account,
    cluster: Option<Id<Cluster>>,
    params: Params<'_>,
) -> Result<Map<String, Value>, ApiError> {
    let given =
        ["capacityProviders", "defaultCapacityProviderStrategy"].map(|name| params.list(name));
    if given.iter().all(|list| list.is_empty()) {
        return Ok(members(Value::Array(Vec::new()), Value::Array(Vec::new())));
    }
    check_given(account, cluster, params)
}

fn members(providers: Value, strategy: Value) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("capacityProviders".into(), providers);
    members.insert("defaultCapacityProviderStrategy".into(), strategy);
    members
}

#[inline(never)]
fn check_given(
    account: &Account,
    cluster: Option<Id<Cluster>>,
    params: Params<'_>,
) -> Result<Map<String, Value>, ApiError> {
    let wanted: Vec<&str> = params.strings("capacityProviders").map(short).collect();
    for name in &wanted {
        let row = account.capacity_providers.find(name);
        if row.is_none() && !OWN.contains(name) {
            return Err(ApiError::invalid(
                "The specified capacity provider was not found. Specify a valid name or ARN and try \
                 again.",
            ));
        }
        let elsewhere = row.and_then(|row| row.cluster).is_some_and(|of| Some(of) != cluster);
        if elsewhere {
            return Err(ApiError::invalid(format!(
                "The capacity provider {name} has managed scaling turned on and is associated with \
                 another cluster."
            )));
        }
    }
    let strategy = params.list("defaultCapacityProviderStrategy");
    let providers = strategy::read(strategy);
    strategy::check(account, &providers, &wanted)?;
    let part = |one: &strategy::Provider| json!({ "capacityProvider": one.name, "weight": one.weight, "base": one.base });
    Ok(members(json!(wanted), providers.iter().map(part).collect()))
}

/// The cluster as the call that changed it answers, with its attachments.
fn shown(account: &Account, id: Id<Cluster>) -> Option<Value> {
    let cluster = account.clusters.get(id)?;
    let mut shown = cluster.answer();
    add_attachments(account, cluster, &mut shown);
    Some(shown)
}

/// What `ATTACHMENTS` shows of a cluster.
pub(in crate::cloud::ecs) fn add_attachments(
    account: &Account,
    cluster: &Cluster,
    shown: &mut Value,
) {
    let providers = names(cluster).into_iter();
    let providers = providers.filter_map(|name| account.capacity_providers.find(name));
    let all: Vec<Value> = providers.flat_map(|provider| provider.attachments()).collect();
    if let Some(members) = shown.as_object_mut().filter(|_| !all.is_empty()) {
        members.insert("attachments".into(), Value::Array(all));
        members.insert("attachmentsStatus".into(), json!("UPDATE_COMPLETE"));
    }
}

/// Services whose deployments name it, or tasks that have not stopped.
fn in_use(account: &Account, cluster: Id<Cluster>, name: &str) -> bool {
    let mut services = account.services.values().filter(|service| service.cluster == cluster);
    let mut tasks = account.tasks.values().filter(|task| task.cluster == cluster);
    services.any(|service| {
        let mut specs = service.deployments.iter().map(|one| &one.spec);
        specs.any(|spec| spec.providers.iter().any(|one| *one.name == *name))
    }) || tasks
        .any(|task| task.times.stopped.is_none() && task.request.provider.as_deref() == Some(name))
}

/// Ties each provider of a cluster to it: policy, alarms, hook, and the instances that are there already.
pub(in crate::cloud::ecs) fn attach_all(cx: &mut Ctx<'_>, id: Id<Cluster>) -> Result<(), ApiError> {
    if cx.account.capacity_providers.is_empty() { Ok(()) } else { attach_each(cx, id) }
}

#[inline(never)]
fn attach_each(cx: &mut Ctx<'_>, id: Id<Cluster>) -> Result<(), ApiError> {
    let Some(cluster) = cx.account.clusters.get(id).cloned() else { return Ok(()) };
    for name in names(&cluster) {
        let provider = cx.account.capacity_providers.find(name).cloned();
        let Some(provider) = provider.filter(|provider| provider.policy.is_none()) else {
            continue;
        };
        attach(cx, id, &cluster.name, &provider)?;
    }
    mark_hosts(cx, id);
    Ok(())
}

#[inline(never)]
fn attach(
    cx: &mut Ctx<'_>,
    id: Id<Cluster>,
    cluster: &str,
    provider: &CapacityProvider,
) -> Result<(), ApiError> {
    if provider.drains {
        leaving::add_hook(cx, &provider.group);
    }
    let policy = new_policy(cx, &provider.group);
    if provider.scaling.enabled {
        let cause = cx.cause;
        for alarm in two_alarms(cx, cluster, provider, &policy)? {
            cx.cause = cause;
            alarms::set(cx, alarm)?;
        }
        cx.cause = cause;
    }
    super::edit(cx.account, &provider.name, |row| {
        row.cluster = row.scaling.enabled.then_some(id);
        row.policy = Some(policy);
    });
    Ok(())
}

fn new_policy(cx: &mut Ctx<'_>, group: &str) -> Policy {
    let mut uuid = || new_uuid(cx.rng);
    let (of_name, of_arn, high, low) = (uuid(), uuid(), uuid(), uuid());
    let attachments = (uuid(), uuid());
    let name = format!("ECSManagedAutoScalingPolicy-{of_name}");
    let arn = format!(
        "arn:aws:autoscaling:{}:{}:scalingPolicy:{of_arn}:autoScalingGroupName/{group}:policyName/{name}",
        limits::REGION,
        limits::ACCOUNT
    );
    Policy {
        name: Arc::from(name),
        arn: Arc::from(arn),
        high: Arc::from(format!("TargetTracking-{group}-AlarmHigh-{high}")),
        low: Arc::from(format!("TargetTracking-{group}-AlarmLow-{low}")),
        attachments,
    }
}

/// Above the target for one minute, below it for fifteen (facts/scaling §5).
fn two_alarms(
    cx: &Ctx<'_>,
    cluster: &str,
    provider: &CapacityProvider,
    policy: &Policy,
) -> Result<[Alarm; 2], ApiError> {
    let metric = key(&provider.name, cluster);
    let alarm = |name: &str, comparison: &str, periods: u32| {
        let request = json!({
            "AlarmName": name,
            "AlarmDescription":
                format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.", policy.arn),
            "AlarmActions": [policy.arn],
            "Namespace": metric.namespace, "MetricName": metric.name, "Statistic": "Average",
            "Dimensions": metric.dimensions(),
            "Period": 60,
            "EvaluationPeriods": periods,
            "Threshold": provider.scaling.target,
            "ComparisonOperator": comparison,
        });
        Alarm::read(cx.now, request)
    };
    Ok([
        alarm(&policy.high, "GreaterThanThreshold", limits::CAPACITY_HIGH_PERIODS)?,
        alarm(&policy.low, "LessThanThreshold", limits::LOW_ALARM_PERIODS)?,
    ])
}

/// Unties a provider from its cluster: what ECS made for it goes.
pub(in crate::cloud::ecs) fn detach(cx: &mut Ctx<'_>, name: &str) {
    let Some(provider) = cx.account.capacity_providers.find(name).cloned() else { return };
    if let Some(policy) = &provider.policy {
        alarms::remove(cx, &policy.high);
        alarms::remove(cx, &policy.low);
    }
    leaving::remove_hook(cx, &provider.group);
    super::edit(cx.account, name, |row| {
        row.cluster = None;
        row.policy = None;
        row.measured = None;
        row.grown = None;
    });
}

/// Container instances say which provider of their cluster they belong to.
fn mark_hosts(cx: &mut Ctx<'_>, cluster: Id<Cluster>) {
    let hosts = cx.account.container_instances.iter().filter(|(_, host)| host.cluster == cluster);
    let found: Vec<_> = hosts
        .map(|(id, host)| {
            let group = cx.account.instances.find(&host.ec2_id).and_then(|row| row.group.clone());
            (id, super::of_group(cx.account, cluster, group.as_ref()))
        })
        .collect();
    for (id, provider) in found {
        if let Some(host) = cx.account.container_instances.edit(id) {
            host.provider = provider;
        }
    }
}
