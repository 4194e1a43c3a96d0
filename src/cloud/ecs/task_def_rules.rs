//! What AWS refuses in a task definition, in its words, and what it fills in.
//!
//! Sentences: facts/ecs §2 and reports of users; those that no source gives are worded after them (docs/fidelity.md).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::container_def::ContainerDef;
use super::container_rules;
use super::names::is_valid_name;
use super::size;
use super::task_def::NetworkMode;
use super::volume_rules;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;

/// A request that passed all checks, with AWS's defaults filled in.
pub(super) struct Completed {
    /// The members as DescribeTaskDefinition shows them, without those that the registration gives.
    pub(super) members: Map<String, Value>,
    pub(super) network: NetworkMode,
    pub(super) cpu: Option<u32>,
    pub(super) memory: Option<u32>,
    pub(super) fargate: bool,
    pub(super) containers: Vec<ContainerDef>,
    pub(super) attributes: Vec<Arc<str>>,
}

/// Checks a request and completes it.
pub(super) fn complete(params: Params<'_>) -> Result<Completed, ApiError> {
    let family = params.required("family");
    if !is_valid_name(family) {
        return Err(ApiError::client("Family contains invalid characters."));
    }
    let length = params.members().map_or(0, |all| Value::Object(all.clone()).to_string().len());
    if length > limits::TASK_DEFINITION_BYTES {
        let most = limits::TASK_DEFINITION_BYTES;
        let text = format!("Actual length: '{length}'. Max allowed length is '{most}' bytes.");
        return Err(ApiError::client(text));
    }
    let (cpu, memory) = task_size(params)?;
    let required: Vec<&str> = params.strings("requiresCompatibilities").collect();
    let for_fargate = required.contains(&"FARGATE");
    let network = network_mode(params)?;
    if for_fargate {
        check_fargate(params, network, cpu, memory)?;
    }
    let given = params.list("containerDefinitions");
    container_rules::check_list(given, params, network, memory.is_some(), for_fargate)?;
    volume_rules::check(params, given, for_fargate)?;
    check_sums(given, cpu, memory)?;
    let completed: Vec<Value> =
        given.iter().map(|one| container_rules::filled_in(one, network)).collect();
    let names: Vec<&str> = given.iter().filter_map(|one| one.get("name")?.as_str()).collect();
    let containers: Vec<ContainerDef> =
        completed.iter().map(|one| ContainerDef::read(one, &names)).collect();
    let attributes = required_attributes(params, network, &containers);
    let fargate = network == NetworkMode::Awsvpc
        && cpu.zip(memory).is_some_and(|(cpu, memory)| offered(params, cpu, memory))
        && !shares_with_the_host(params)
        && container_rules::fit_for_fargate(given)
        && volume_rules::fit_for_fargate(params);
    let mut members = Map::new();
    members.insert("containerDefinitions".into(), Value::Array(completed));
    for (name, value) in params.members().into_iter().flatten() {
        if !matches!(&**name, "containerDefinitions" | "tags") && !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
    for (name, size) in [("cpu", cpu), ("memory", memory)] {
        if let Some(size) = size {
            members.insert(name.into(), json!(size.to_string()));
        }
    }
    members.entry("volumes").or_insert_with(|| json!([]));
    members.entry("placementConstraints").or_insert_with(|| json!([]));
    let wanted = attributes.iter().map(|one| json!({ "name": one }));
    members.insert("requiresAttributes".into(), wanted.collect());
    members.insert("compatibilities".into(), json!(compatibilities(network, fargate)));
    Ok(Completed { members, network, cpu, memory, fargate, containers, attributes })
}

fn task_size(params: Params<'_>) -> Result<(Option<u32>, Option<u32>), ApiError> {
    let read = |name: &str, read: fn(&str) -> Option<u32>| match params.str(name) {
        None => Ok(None),
        Some(text) => read(text).map(Some).ok_or_else(|| {
            ApiError::client(format!(
                "Invalid '{name}' setting for task. For more information, see the Troubleshooting \
                 section of the Amazon ECS Developer Guide."
            ))
        }),
    };
    let (cpu, memory) = (read("cpu", size::cpu_units)?, read("memory", size::mebibytes)?);
    // Facts: API-ecs RegisterTaskDefinition.cpu (128 to 196608 units on EC2).
    if cpu.is_some_and(|cpu| !(128..=196_608).contains(&cpu)) {
        return Err(ApiError::client(
            "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section \
             of the Amazon ECS Developer Guide.",
        ));
    }
    Ok((cpu, memory))
}

fn network_mode(params: Params<'_>) -> Result<NetworkMode, ApiError> {
    match params.str("networkMode") {
        None | Some("bridge") => Ok(NetworkMode::Bridge),
        Some("host") => Ok(NetworkMode::Host),
        Some("awsvpc") => Ok(NetworkMode::Awsvpc),
        Some("none") => Ok(NetworkMode::None),
        Some(_) => Err(ApiError::client("Invalid network mode.")),
    }
}

fn check_fargate(
    params: Params<'_>,
    network: NetworkMode,
    cpu: Option<u32>,
    memory: Option<u32>,
) -> Result<(), ApiError> {
    if network != NetworkMode::Awsvpc {
        return Err(ApiError::client("Fargate only supports network mode ‘awsvpc’."));
    }
    let Some(cpu) = cpu else {
        return Err(ApiError::client("Fargate requires that 'cpu' be defined at the task level."));
    };
    let Some(memory) = memory else {
        return Err(ApiError::client(
            "Fargate requires that 'memory' be defined at the task level.",
        ));
    };
    if !offered(params, cpu, memory) {
        return Err(ApiError::client("No Fargate configuration exists for given values."));
    }
    if !params.list("placementConstraints").is_empty() {
        return Err(ApiError::client("Fargate does not support placement constraints."));
    }
    if shares_with_the_host(params) {
        return Err(ApiError::client("Fargate does not support ipcMode, nor pidMode host."));
    }
    if params.value("ephemeralStorage").is_some() {
        // Facts: API-ecs EphemeralStorage.
        let size = params.inner("ephemeralStorage").int("sizeInGiB").unwrap_or(0);
        if !(21..=200).contains(&size) {
            return Err(ApiError::client("Ephemeral storage size must be between 21 and 200 GiB."));
        }
    }
    Ok(())
}

/// API-ecs RegisterTaskDefinition.ipcMode and pidMode: on Fargate there is no host to share with.
fn shares_with_the_host(params: Params<'_>) -> bool {
    params.str("ipcMode").is_some() || params.str("pidMode") == Some("host")
}

/// Whether Fargate has a size for the operating system of a request (facts: DG/fargate-tasks-services: Windows from one to
/// four vCPUs).
fn offered(params: Params<'_>, cpu: u32, memory: u32) -> bool {
    let family = params.inner("runtimePlatform").str("operatingSystemFamily").unwrap_or("LINUX");
    let fits = !family.starts_with("WINDOWS") || (1_024..=4_096).contains(&cpu);
    fits && size::fargate_offers(cpu, memory)
}

/// The containers together may not ask for more than the task (seen in public logs).
fn check_sums(given: &[Value], cpu: Option<u32>, memory: Option<u32>) -> Result<(), ApiError> {
    let sum = |name: &str| -> i64 {
        given.iter().filter_map(|one| Params::new(one).int(name)).fold(0, i64::saturating_add)
    };
    if cpu.is_some_and(|cpu| sum("cpu") > i64::from(cpu)) {
        return Err(ApiError::client(
            "The sum of all container 'cpu' values cannot be greater than the value of the task \
             'cpu'.",
        ));
    }
    let too_big = |one: &Value| {
        let memory_of = Params::new(one).int("memory").unwrap_or(0);
        memory.is_some_and(|memory| memory_of > i64::from(memory))
    };
    if let Some(one) = given.iter().find(|one| too_big(one)) {
        return Err(ApiError::client(format!(
            "Invalid setting for container '{}'. The 'memory' value cannot be greater than the \
             value of the task 'memory'.",
            Params::new(one).required("name")
        )));
    }
    if memory.is_some_and(|memory| sum("memoryReservation") > i64::from(memory)) {
        return Err(ApiError::client(
            "The sum of all container 'memoryReservation' values cannot be greater than the value \
             of the task 'memory'.",
        ));
    }
    Ok(())
}

/// Where a definition could run, in AWS's order (seen in public outputs of 2025 and 2026).
fn compatibilities(network: NetworkMode, fargate: bool) -> Vec<&'static str> {
    match network {
        NetworkMode::Awsvpc if fargate => vec!["EC2", "MANAGED_INSTANCES", "FARGATE"],
        NetworkMode::Awsvpc => vec!["EC2", "MANAGED_INSTANCES"],
        NetworkMode::Host => vec!["EXTERNAL", "EC2", "MANAGED_INSTANCES"],
        NetworkMode::Bridge | NetworkMode::None => vec!["EXTERNAL", "EC2"],
    }
}

/// What an instance's agent must be able to do (seen in public outputs of RegisterTaskDefinition).
fn required_attributes(
    params: Params<'_>,
    network: NetworkMode,
    containers: &[ContainerDef],
) -> Vec<Arc<str>> {
    let mut wanted: Vec<String> = Vec::new();
    let mut want = |yes: bool, name: &str| {
        let name = name.to_owned();
        if yes && !wanted.contains(&name) {
            wanted.push(name);
        }
    };
    let roles = (params.str("taskRoleArn").is_some(), params.str("executionRoleArn").is_some());
    let private = containers.iter().any(|def| is_private_ecr(&def.image));
    let agent = |name: &str| format!("com.amazonaws.ecs.capability.{name}");
    for driver in containers.iter().filter_map(|def| def.log_driver.as_deref()) {
        want(true, &agent(&format!("logging-driver.{driver}")));
        want(driver == "awslogs" && roles.1, "ecs.capability.execution-role-awslogs");
        want(true, &agent("docker-remote-api.1.19"));
    }
    want(private, &agent("ecr-auth"));
    want(private && roles.1, "ecs.capability.execution-role-ecr-pull");
    let role =
        if network == NetworkMode::Host { "task-iam-role-network-host" } else { "task-iam-role" };
    want(roles.0, &agent(role));
    want(containers.iter().any(|def| def.reservation.is_some()), &agent("docker-remote-api.1.21"));
    let checked = containers.iter().any(|def| def.health.is_some());
    want(checked, "ecs.capability.container-health-check");
    let ordered = |def: &ContainerDef| {
        !def.depends_on.is_empty() || def.stop_timeout.is_some() || def.start_timeout.is_some()
    };
    want(containers.iter().any(ordered), "ecs.capability.container-ordering");
    want(network == NetworkMode::Awsvpc, &agent("docker-remote-api.1.18"));
    want(network == NetworkMode::Awsvpc, "ecs.capability.task-eni");
    wanted.into_iter().map(Arc::from).collect()
}

/// An image of a private ECR registry of any account.
pub(super) fn is_private_ecr(image: &str) -> bool {
    let host = image.split('/').next().unwrap_or("");
    host.contains(".dkr.ecr.") && host.ends_with(".amazonaws.com")
}
