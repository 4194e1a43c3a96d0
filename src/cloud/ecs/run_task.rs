//! RunTask: tasks that belong to no service.

use std::sync::Arc;

use serde_json::{Value, json};

use super::awsvpc::Network;
use super::cluster::Cluster;
use super::instance::HostStatus;
use super::names;
use super::placement::{self, Seeker, Wishes};
use super::size;
use super::task::{LaunchType, Request, Task};
use super::task_def::{self, NetworkMode, TaskDefinition};
use super::task_def_rules::is_private_ecr;
use super::task_life::{self, NewTask};
use super::verdict::Placement;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::iam::tasks::{check_roles, roles};
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::table::Id;

pub(super) fn run(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let definition = task_def::to_run(cx.account, params.required("taskDefinition"))?;
    let count = params.int("count").unwrap_or(1);
    if !(1..=limits::TASKS_PER_RUN).contains(&count) {
        return Err(ApiError::invalid("Task count must be between 1 and 10."));
    }
    let (launch, provider) = capacity(cx, cluster, params)?;
    check_group(params)?;
    let request = Arc::new(read_request(cx, params, &definition, launch, provider)?);
    let needs = Arc::new(definition.needs(Params::new(&request.overrides)));
    let wishes = Wishes::read(params, &definition)?;
    check_room(cx, count)?;
    let fargate = launch == LaunchType::Fargate;
    if fargate && wishes.are_any() {
        return Err(ApiError::invalid(
            "Placement constraints and strategies are not supported with FARGATE launch type.",
        ));
    }
    if !fargate && !has_instances(cx.account, cluster) {
        return Err(no_instances());
    }
    let zones = request.network.as_ref().map(|network| network.zones(cx.account));
    let zones = zones.unwrap_or_default();
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let seeker = Seeker {
            cluster,
            definition: &definition,
            needs: &needs,
            group: &request.group,
            wishes: &wishes,
            zones: &zones,
        };
        let placement = (!fargate).then(|| placement::place(cx, seeker));
        if let Some(failed) = placement.as_ref().filter(|placement| placement.chosen.is_none()) {
            failures = failures_of(cx.account, failed);
            break;
        }
        let new = NewTask {
            cluster,
            definition: Arc::clone(&definition),
            launch,
            request: Arc::clone(&request),
            needs: Arc::clone(&needs),
            instance: placement.as_ref().and_then(|placement| placement.chosen),
            placement,
            owner: None,
            zone: None,
        };
        tasks.extend(task_life::launch(cx, new));
    }
    Ok(answer(cx.account, &tasks, failures))
}

/// The tasks that a call made, and why it could not make others.
pub(super) fn answer(account: &Account, tasks: &[Id<Task>], failures: Vec<Value>) -> Value {
    let made = tasks.iter().filter_map(|id| account.tasks.get(*id));
    let shown: Vec<Value> = made.map(|task| task.shape(account, true)).collect();
    json!({ "tasks": shown, "failures": failures })
}

/// One failure for each instance that was looked at, with the first thing that stood in the way there (facts/ecs §3).
fn failures_of(account: &Account, placement: &Placement) -> Vec<Value> {
    let looked_at = placement.verdicts.iter().filter_map(|verdict| {
        let host = account.container_instances.get(verdict.host)?;
        let reason = verdict.obstacles.first()?.reason();
        Some(json!({ "arn": host.arn(), "reason": reason }))
    });
    looked_at.collect()
}

fn has_instances(account: &Account, cluster: Id<Cluster>) -> bool {
    let mut hosts = account.container_instances.values();
    hosts.any(|host| host.cluster == cluster && host.status == HostStatus::Active)
}

/// AWS's answer for a launch on instances where there are none (seen in public logs).
pub(super) fn no_instances() -> ApiError {
    ApiError::invalid("No Container Instances were found in your cluster.")
}

/// The account holds as many tasks as it can.
pub(super) fn check_room(cx: &Ctx<'_>, count: i64) -> Result<(), ApiError> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    if cx.account.tasks.len().saturating_add(wanted) > limits::TASKS {
        return Err(ApiError::new(
            "LimitExceededException",
            "You've reached the limit on the number of tasks you can run concurrently",
        ));
    }
    Ok(())
}

/// Launch type or capacity provider strategy; neither means the cluster's default strategy, else EC2 (facts/ecs §6).
pub(super) fn capacity(
    cx: &Ctx<'_>,
    cluster: Id<Cluster>,
    params: Params<'_>,
) -> Result<(LaunchType, Option<Arc<str>>), ApiError> {
    let strategy = params.list("capacityProviderStrategy");
    if let Some(word) = params.str("launchType") {
        if !strategy.is_empty() {
            return Err(ApiError::invalid(
                "Specify either Launch Type or Capacity Provider Strategy, but not both.",
            ));
        }
        let launch = LaunchType::parse(word)
            .ok_or_else(|| ApiError::invalid(format!("Invalid launch type: {word}")))?;
        return Ok((launch, None));
    }
    let given = cx.account.clusters.get(cluster).map(|cluster| Arc::clone(&cluster.given));
    let by_default = given.as_ref().and_then(|given| given.get("defaultCapacityProviderStrategy"));
    let by_default = by_default.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let strategy = if strategy.is_empty() { by_default } else { strategy };
    let first = strategy
        .iter()
        .map(Params::new)
        .max_by_key(|one| (one.int("base").unwrap_or(0) > 0, one.int("weight").unwrap_or(0)));
    match first.and_then(|one| one.str("capacityProvider")) {
        None => Ok((LaunchType::Ec2, None)),
        Some(name @ ("FARGATE" | "FARGATE_SPOT")) => {
            Ok((LaunchType::Fargate, Some(Arc::from(name))))
        }
        Some(_) => Err(ApiError::invalid("The specified capacity provider was not found.")),
    }
}

/// What the call says of its tasks, checked (sentences: facts/ecs §3).
pub(super) fn read_request(
    cx: &Ctx<'_>,
    params: Params<'_>,
    definition: &TaskDefinition,
    launch: LaunchType,
    provider: Option<Arc<str>>,
) -> Result<Request, ApiError> {
    check_launch(definition, launch)?;
    let group = params.str("group");
    let network = match (definition.network, params.value("networkConfiguration")) {
        (NetworkMode::Awsvpc, None) => {
            return Err(ApiError::invalid(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            ));
        }
        (NetworkMode::Awsvpc, Some(given)) => {
            Some(Network::read(cx.account, Params::new(given), launch)?)
        }
        (_, Some(_)) => {
            return Err(ApiError::invalid(
                "Network Configuration is not valid for the given networkMode of this task \
                 definition.",
            ));
        }
        (_, None) => None,
    };
    check_overrides(params.inner("overrides"), definition, launch)?;
    check_roles(cx.account, cx.now, definition, params.inner("overrides"))?;
    check_execution_role(definition, params.inner("overrides"), launch)?;
    let fargate = launch == LaunchType::Fargate;
    let platform = match params.str("platformVersion") {
        Some(_) if !fargate => {
            return Err(ApiError::invalid(
                "Platform version is only supported for the Fargate launch type.",
            ));
        }
        None | Some("LATEST") => limits::FARGATE_PLATFORM,
        Some(known @ ("1.4.0" | "1.3.0")) => known,
        Some(_) => {
            return Err(ApiError::new(
                "PlatformUnknownException",
                "The platform version specified is invalid.",
            ));
        }
    };
    let mut overrides = params.value("overrides").cloned().unwrap_or_else(|| json!({}));
    if let Some(members) = overrides.as_object_mut() {
        members.entry("containerOverrides").or_insert_with(|| json!([]));
        members.entry("inferenceAcceleratorOverrides").or_insert_with(|| json!([]));
    }
    Ok(Request {
        group: group.map_or_else(|| Arc::from(format!("family:{}", definition.family)), Arc::from),
        started_by: params.str("startedBy").map(Arc::from),
        provider,
        platform: fargate.then(|| Arc::from(platform)),
        overrides,
        tags: params.value("tags").cloned().unwrap_or_else(|| json!([])),
        exec: params.bool("enableExecuteCommand").unwrap_or(false),
        network,
    })
}

/// What RegisterTaskDefinition asks of definitions for Fargate holds for all others that are run there.
fn check_execution_role(
    definition: &TaskDefinition,
    overrides: Params<'_>,
    launch: LaunchType,
) -> Result<(), ApiError> {
    let private = definition.containers.iter().any(|one| is_private_ecr(&one.image));
    let has_role = roles(definition, overrides).1.is_some();
    if launch == LaunchType::Fargate && private && !has_role {
        return Err(ApiError::client(
            "Fargate requires task definition to have execution role ARN to support ECR images.",
        ));
    }
    Ok(())
}

/// Groups of services are theirs alone.
fn check_group(params: Params<'_>) -> Result<(), ApiError> {
    match params.str("group") {
        Some(group) if group.starts_with("service:") => Err(ApiError::invalid(
            "Invalid namespace for group: the namespace 'service' is reserved.",
        )),
        _ => Ok(()),
    }
}

fn check_launch(definition: &TaskDefinition, launch: LaunchType) -> Result<(), ApiError> {
    let fits = match launch {
        LaunchType::Ec2 => true,
        LaunchType::Fargate => definition.fargate,
        LaunchType::External => definition.network != NetworkMode::Awsvpc,
    };
    if fits {
        return Ok(());
    }
    let word = launch.word();
    Err(ApiError::invalid(format!("Task definition does not support launch_type {word}.")))
}

fn check_overrides(
    overrides: Params<'_>,
    definition: &TaskDefinition,
    launch: LaunchType,
) -> Result<(), ApiError> {
    for one in overrides.list("containerOverrides").iter().map(Params::new) {
        let name = one.required("name");
        if !definition.containers.iter().any(|container| *container.name == *name) {
            return Err(ApiError::invalid(format!(
                "Override for container named {name} is not a container in the TaskDefinition."
            )));
        }
    }
    let (cpu, memory) = (overrides.str("cpu"), overrides.str("memory"));
    let size_of = |text: Option<&str>, read: fn(&str) -> Option<u32>, own: Option<u32>| match text {
        None => Ok(own),
        Some(text) => read(text)
            .map(Some)
            .ok_or_else(|| ApiError::client("Invalid 'cpu' or 'memory' setting in overrides.")),
    };
    let cpu_units = size_of(cpu, size::cpu_units, definition.cpu)?;
    let mib = size_of(memory, size::mebibytes, definition.memory)?;
    let changed = cpu.is_some() || memory.is_some();
    let offered = cpu_units.zip(mib).is_some_and(|(cpu, mib)| size::fargate_offers(cpu, mib));
    if changed && launch == LaunchType::Fargate && !offered {
        return Err(ApiError::client("No Fargate configuration exists for given values."));
    }
    Ok(())
}
