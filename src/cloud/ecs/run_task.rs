//! RunTask: tasks that belong to no service.
use std::sync::Arc;

use serde_json::{Value, json};

use super::awsvpc::Network;
use super::capacity::strategy::{self, Provider};
use super::capacity::{self, waiting};
use super::cluster::Cluster;
use super::instance::{ContainerInstance, HostStatus};
use super::names;
use super::placement::{self, Seeker, Wishes};
use super::size;
use super::task::{LaunchType, Request, Task};
use super::task_def::{self, Needs, NetworkMode, TaskDefinition};
use super::task_def_rules::is_private_ecr;
use super::task_life::{self, NewTask};
use super::verdict::Placement;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::iam::tasks::{check_roles, roles};
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::table::Id;

/// What all tasks of a call share.
struct Order<'a> {
    cluster: Id<Cluster>,
    definition: &'a Arc<TaskDefinition>,
    launch: LaunchType,
    needs: &'a Arc<Needs>,
    wishes: &'a Arc<Wishes>,
    zones: &'a Set<Arc<str>>,
}

pub(super) fn run(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let definition = task_def::to_run(cx.account, params.required("taskDefinition"))?;
    let count = params.int("count").unwrap_or(1);
    if !(1..=limits::TASKS_PER_RUN).contains(&count) {
        return Err(ApiError::invalid("Task count must be between 1 and 10."));
    }
    let (launch, providers) = strategy::of_request(cx.account, cluster, params)?;
    check_group(params)?;
    let request = read_request(cx, params, &definition, launch)?;
    let requests = for_providers(&request, &providers);
    let external = launch == LaunchType::External;
    let needs = definition.needs(Params::new(&request.overrides));
    let needs = Arc::new(Needs { external, ..needs });
    let wishes = Arc::new(Wishes::read(params, &definition)?);
    check_room(cx, count)?;
    let fargate = launch == LaunchType::Fargate;
    if fargate && wishes.are_any() {
        return Err(ApiError::invalid(
            "Placement constraints and strategies are not supported with FARGATE launch type.",
        ));
    }
    if !fargate {
        check_instances(cx.account, cluster, &providers)?;
    }
    let zones = request.network.as_ref().map(|network| network.zones(cx.account));
    let zones = zones.unwrap_or_default();
    let (definition, needs, wishes) = (&definition, &needs, &wishes);
    let order = Order { cluster, definition, launch, needs, wishes, zones: &zones };
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    let mut counts = vec![0_u32; providers.len()];
    for _ in 0..count {
        let place = strategy::next(&providers, &counts).unwrap_or(0);
        let Some(request) = requests.get(place) else { break };
        match start_one(cx, &order, request) {
            Ok(task) => tasks.extend(task),
            Err(why) => {
                failures = why;
                break;
            }
        }
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    Ok(answer(cx.account, &tasks, failures))
}

/// The same request once for each provider; once for a launch type.
fn for_providers(request: &Request, providers: &[Provider]) -> Vec<Arc<Request>> {
    if providers.is_empty() { vec![Arc::new(request.clone())] } else { each(request, providers) }
}

#[inline(never)]
fn each(request: &Request, providers: &[Provider]) -> Vec<Arc<Request>> {
    let with = |one: &Provider| {
        Arc::new(Request { provider: Some(Arc::clone(&one.name)), ..request.clone() })
    };
    providers.iter().map(with).collect()
}

/// Starts one task, or says why not. Without a place it waits for one where ECS scales its provider.
fn start_one(
    cx: &mut Ctx<'_>,
    order: &Order<'_>,
    request: &Arc<Request>,
) -> Result<Option<Id<Task>>, Vec<Value>> {
    let provider = request.provider.as_deref();
    let seeker = Seeker {
        cluster: order.cluster,
        definition: order.definition,
        needs: order.needs,
        group: &request.group,
        wishes: order.wishes,
        zones: order.zones,
        provider,
    };
    let placement = (order.launch != LaunchType::Fargate).then(|| placement::place(cx, seeker));
    let failed = placement.as_ref().filter(|placement| placement.chosen.is_none());
    let waits = failed.is_some() && capacity::may_wait(cx.account, provider);
    if waits && !waiting::has_room(cx.account, order.cluster) {
        let reason = "The tasks provisioning capacity limit was exceeded.";
        return Err(vec![json!({ "reason": reason })]);
    }
    if let Some(failed) = failed.filter(|_| !waits) {
        return Err(failures_of(cx.account, failed));
    }
    let new = NewTask {
        cluster: order.cluster,
        definition: Arc::clone(order.definition),
        launch: order.launch,
        request: Arc::clone(request),
        needs: Arc::clone(order.needs),
        instance: placement.as_ref().and_then(|placement| placement.chosen),
        placement,
        waits: waits.then(|| Arc::clone(order.wishes)),
        owner: None,
        zone: None,
    };
    Ok(task_life::launch(cx, new))
}

/// The tasks that a call made, and why it could not make others.
pub(super) fn answer(account: &Account, tasks: &[Id<Task>], failures: Vec<Value>) -> Value {
    let made = tasks.iter().filter_map(|id| account.tasks.get(*id));
    let shown: Vec<Value> = made.map(|task| task.shape(account, true)).collect();
    Shape::with_room(2).put("tasks", shown).put("failures", failures).done()
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

/// There is an instance, or one that tasks may wait for.
fn check_instances(
    account: &Account,
    cluster: Id<Cluster>,
    providers: &[Provider],
) -> Result<(), ApiError> {
    let mut hosts = account.container_instances.values();
    let active =
        |host: &ContainerInstance| host.cluster == cluster && host.status == HostStatus::Active;
    if providers.is_empty() {
        return if hosts.any(|host| active(host)) { Ok(()) } else { Err(no_instances()) };
    }
    let ours = |host: &ContainerInstance| {
        providers.iter().any(|one| host.provider.as_ref() == Some(&one.name))
    };
    let mut names = providers.iter().map(|one| &*one.name);
    if names.any(|name| capacity::may_wait(account, Some(name)))
        || hosts.any(|host| active(host) && ours(host))
    {
        return Ok(());
    }
    Err(ApiError::invalid("No Container Instances were found in your capacity provider."))
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

/// What the call says of its tasks, checked (sentences: facts/ecs §3).
pub(super) fn read_request(
    cx: &Ctx<'_>,
    params: Params<'_>,
    definition: &TaskDefinition,
    launch: LaunchType,
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
        provider: None,
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
    // API-ecs TaskOverride; the sentence is known from reports.
    let length = overrides.value("containerOverrides").map_or(0, |all| all.to_string().len());
    if length > limits::OVERRIDES_LENGTH {
        let most = limits::OVERRIDES_LENGTH;
        let text = format!("Container Overrides length must be at most {most}");
        return Err(ApiError::invalid(text));
    }
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
