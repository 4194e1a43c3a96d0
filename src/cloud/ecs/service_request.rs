//! What CreateService and UpdateService ask for, checked (sentences: facts/ecs §3 and §4).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::capacity::strategy::{self, Provider};
use super::cluster::Cluster;
use super::deployment::{Rules, Spec, Threshold};
use super::placement::Wishes;
use super::run_task;
use super::service::Balancer;
use super::task::{LaunchType, Request};
use super::task_def::{self, Needs, NetworkMode, TaskDefinition};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::elbv2::target_group::TargetType;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::table::Id;

/// Members that, when an update gives them, begin a new deployment (facts: API-ecs UpdateService).
pub(super) const DEPLOYS: &[&str] = &[
    "taskDefinition",
    "capacityProviderStrategy",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "enableExecuteCommand",
    "volumeConfigurations",
    "serviceConnectConfiguration",
];

/// Reads what the tasks of a deployment are made from. `members` are those of the service's request, updates included.
pub(super) fn read_spec(
    cx: &Ctx<'_>,
    cluster: Id<Cluster>,
    name: &str,
    members: Value,
) -> Result<Spec, ApiError> {
    let params = Params::new(&members);
    let Some(reference) = params.str("taskDefinition") else {
        return Err(ApiError::invalid("TaskDefinition can not be blank."));
    };
    let definition = task_def::to_run(cx.account, reference)?;
    let (launch, providers) = strategy::of_request(cx.account, cluster, params)?;
    // A service may not choose the group of its tasks and overrides nothing.
    let mut request = run_task::read_request(cx, params, &definition, launch)?;
    request.group = Arc::from(format!("service:{name}"));
    request.started_by = None;
    if params.str("propagateTags").is_none() {
        request.tags = json!([]);
    }
    let wishes = Wishes::read(params, &definition)?;
    if launch == LaunchType::Fargate && wishes.are_any() {
        return Err(ApiError::invalid(
            "Placement constraints and strategies are not supported with FARGATE launch type.",
        ));
    }
    let external = launch == LaunchType::External;
    let needs = definition.needs(Params::new(&Value::Null));
    let needs = Arc::new(Needs { external, ..needs });
    let daemon = params.str("schedulingStrategy") == Some("DAEMON");
    if daemon && !params.list("placementStrategy").is_empty() {
        // API-ecs schedulingStrategy; worded after the sentence about the desired count.
        return Err(ApiError::invalid(
            "The daemon scheduling strategy does not support placement strategies for services. \
             Remove the placement strategy and try again.",
        ));
    }
    let wishes = Arc::new(if daemon { wishes } else { wishes.or_spread() });
    Ok(Spec { definition, launch, providers, request, needs, wishes, members: Arc::new(members) })
}

/// `deploymentConfiguration` over what held before.
pub(super) fn read_rules(params: Params<'_>, before: Option<&Rules>) -> Result<Rules, ApiError> {
    let daemon = params.str("schedulingStrategy") == Some("DAEMON");
    let by_default = Rules {
        least_percent: if daemon { 0 } else { 100 },
        most_percent: if daemon { 100 } else { 200 },
        breaker: false,
        rollback: false,
        threshold: Threshold::Bounded(50),
        given: Arc::new(json!({})),
    };
    let rules = before.cloned().unwrap_or(by_default);
    match params.value("deploymentConfiguration") {
        None => Ok(rules),
        Some(given) => changed(rules, given),
    }
}

/// Rules with a `deploymentConfiguration` over them.
#[inline(never)]
fn changed(mut rules: Rules, given: &Value) -> Result<Rules, ApiError> {
    let configuration = Params::new(given);
    let percent = |name: &str, most: i64| match configuration.int(name) {
        None => Ok(None),
        Some(value) if (0..=most).contains(&value) => Ok(u32::try_from(value).ok()),
        Some(_) => Err(ApiError::invalid(format!("{name} must be between 0 and {most}."))),
    };
    rules.least_percent = percent("minimumHealthyPercent", 100)?.unwrap_or(rules.least_percent);
    rules.most_percent = percent("maximumPercent", 200)?.unwrap_or(rules.most_percent);
    if rules.most_percent < 100 {
        return Err(ApiError::invalid("maximumPercent must be between 100 and 200."));
    }
    let breaker = configuration.inner("deploymentCircuitBreaker");
    rules.breaker = breaker.bool("enable").unwrap_or(rules.breaker);
    rules.rollback = breaker.bool("rollback").unwrap_or(rules.rollback);
    let threshold = breaker.inner("thresholdConfiguration");
    let value = super::container_def::number(threshold, "value");
    rules.threshold = match threshold.str("type") {
        Some("COUNT") => Threshold::Count(value.unwrap_or(3)),
        Some("UNBOUNDED_PERCENT") => Threshold::Unbounded(value.unwrap_or(50)),
        Some("BOUNDED_PERCENT") => Threshold::Bounded(value.unwrap_or(50)),
        _ => rules.threshold,
    };
    let mut kept: Map<String, Value> = rules.given.as_object().cloned().unwrap_or_default();
    for (name, value) in given.as_object().into_iter().flatten() {
        kept.insert(name.clone(), value.clone());
    }
    rules.given = Arc::new(Value::Object(kept));
    Ok(rules)
}

/// `loadBalancers`, checked against the target groups and the task definition (facts: alb-and-network §1).
#[inline(never)]
pub(super) fn read_balancers(
    account: &Account,
    params: Params<'_>,
    spec: &Spec,
) -> Result<Vec<Balancer>, ApiError> {
    let given = params.list("loadBalancers");
    if given.len() > limits::TARGET_GROUPS_PER_SERVICE {
        return Err(ApiError::invalid("load balancers can have at most 5 items."));
    }
    given.iter().map(|one| balancer(account, Params::new(one), &spec.definition)).collect()
}

#[inline(never)]
fn balancer(
    account: &Account,
    one: Params<'_>,
    definition: &TaskDefinition,
) -> Result<Balancer, ApiError> {
    let arn = one.required("targetGroupArn");
    let found = account.target_groups.id(arn);
    let Some((id, group)) = found.and_then(|id| Some((id, account.target_groups.get(id)?))) else {
        return Err(ApiError::invalid(format!(
            "The specified target group does not exist. (targetGroupArn: {arn})"
        )));
    };
    if !crate::cloud::elbv2::actions::in_use(account, arn) {
        return Err(ApiError::invalid(format!(
            "The target group with targetGroupArn {arn} does not have an associated load balancer."
        )));
    }
    let (container, port) = (one.required("containerName"), one.int("containerPort").unwrap_or(0));
    let definition_of = definition.containers.iter().find(|def| *def.name == *container);
    let Some(of) = definition_of else {
        return Err(ApiError::invalid(format!(
            "The container {container} does not exist in the task definition."
        )));
    };
    let mapped = of.ports.iter().find(|mapping| i64::from(mapping.container) == port);
    let Some(mapped) = mapped else {
        return Err(ApiError::invalid(format!(
            "The container {container} did not have a container port {port} defined."
        )));
    };
    let own = definition.network == NetworkMode::Awsvpc;
    if own != (group.target_type == TargetType::Ip) {
        let (kind, mode) = if own { ("instance", "awsvpc") } else { ("ip", "bridge or host") };
        return Err(ApiError::invalid(format!(
            "The provided target group {arn} has target type {kind}, which is incompatible with \
             the {mode} network mode specified in the task definition."
        )));
    }
    let port = mapped.container;
    Ok(Balancer { group: id, arn: Arc::from(arn), container: Arc::from(container), port })
}

/// The requests of a deployment's tasks: each carries the deployment's id, and its provider if there are any.
pub(super) fn requests(spec: &Spec, deployment: &Arc<str>) -> Vec<Arc<Request>> {
    let with = |provider: Option<&Provider>| {
        Arc::new(Request {
            started_by: Some(Arc::clone(deployment)),
            provider: provider.map(|one| Arc::clone(&one.name)),
            ..spec.request.clone()
        })
    };
    if spec.providers.is_empty() {
        return vec![with(None)];
    }
    spec.providers.iter().map(|one| with(Some(one))).collect()
}
