//! What AWS refuses in a container definition, and what it fills in.

use serde_json::{Map, Value, json};

use super::names::is_valid_name;
use super::task_def::NetworkMode;
use super::task_def_rules::is_private_ecr;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;

/// Checks all container definitions of a task definition.
pub(super) fn check_list(
    given: &[Value],
    task: Params<'_>,
    network: NetworkMode,
    task_has_memory: bool,
    fargate: bool,
) -> Result<(), ApiError> {
    if given.is_empty() {
        return Err(ApiError::client("Container list cannot be empty."));
    }
    if given.len() > limits::CONTAINERS_PER_TASK_DEFINITION {
        return Err(ApiError::client("Too many containers."));
    }
    let (mut names, mut taken) = (Set::new(), Set::new());
    for container in given.iter().map(Params::new) {
        let name = container.required("name");
        check_names(container)?;
        if !names.insert(name) {
            return Err(ApiError::client(format!(
                "Container.name '{name}' is used more than once. Container names must be unique."
            )));
        }
        check_memory(container, task_has_memory)?;
        check_ports(container, network, &mut taken)?;
        check_timeouts(container, fargate)?;
        check_health(container)?;
        check_logs(container, task, fargate)?;
        if fargate {
            check_fargate(container, task)?;
        }
    }
    let essential = |one: &Value| Params::new(one).bool("essential").unwrap_or(true);
    if !given.iter().any(essential) {
        return Err(ApiError::client("Task definition does not have any essential container."));
    }
    check_dependencies(given)
}

fn check_names(container: Params<'_>) -> Result<(), ApiError> {
    let name = container.required("name");
    if name.is_empty() {
        return Err(ApiError::client("Container.name should not be null or empty."));
    }
    if !is_valid_name(name) {
        return Err(ApiError::client("Container.name contains invalid characters."));
    }
    let image = container.required("image");
    if image.is_empty() {
        return Err(ApiError::client("Container.image should not be null or empty."));
    }
    if image.contains(char::is_whitespace) {
        return Err(ApiError::client("Container.image contains invalid characters."));
    }
    Ok(())
}

/// On EC2 a container needs a memory limit if the task has none (facts: MOTO; API-ecs ContainerDefinition.memory).
fn check_memory(container: Params<'_>, task_has_memory: bool) -> Result<(), ApiError> {
    let refuse = |what: &str| {
        let name = container.required("name");
        Err(ApiError::client(format!("Invalid setting for container '{name}'. {what}")))
    };
    let (memory, reservation) = (container.int("memory"), container.int("memoryReservation"));
    if memory.is_none() && reservation.is_none() && !task_has_memory {
        return refuse("At least one of 'memory' or 'memoryReservation' must be specified.");
    }
    // Docker's floor (facts/docker §2).
    if memory.is_some_and(|memory| memory < limits::CONTAINER_MEMORY_MIN_MIB) {
        return refuse("'memory' must be at least 6 MiB.");
    }
    if memory.zip(reservation).is_some_and(|(memory, reservation)| memory < reservation) {
        return refuse("'memory' must be greater than or equal to 'memoryReservation'.");
    }
    if container.int("cpu").is_some_and(|cpu| cpu < 0) {
        return refuse("'cpu' must not be negative.");
    }
    Ok(())
}

/// `taken` are the ports of the containers before, each once in what they share: the host, or the task's network interface.
fn check_ports<'a>(
    container: Params<'a>,
    network: NetworkMode,
    taken: &mut Set<(i64, &'a str)>,
) -> Result<(), ApiError> {
    let ports = container.list("portMappings");
    if network == NetworkMode::None && !ports.is_empty() {
        return Err(ApiError::client("Port mappings are not supported when networkMode=none."));
    }
    for port in ports.iter().map(Params::new) {
        let protocol = port.str("protocol").unwrap_or("tcp");
        if !matches!(protocol, "tcp" | "udp") {
            return Err(ApiError::client(format!("Invalid port mapping protocol '{protocol}'.")));
        }
        let (inside, host) = (port.int("containerPort"), port.int("hostPort"));
        let valid = |number: i64, least| (least..=65_535).contains(&number);
        if inside.is_some_and(|port| !valid(port, 1)) || host.is_some_and(|port| !valid(port, 0)) {
            return Err(ApiError::client("Port mappings must be between 0 and 65535."));
        }
        let own = matches!(network, NetworkMode::Host | NetworkMode::Awsvpc);
        if own && host.is_some_and(|host| host != 0 && Some(host) != inside) {
            let mode = if network == NetworkMode::Host { "host" } else { "awsvpc" };
            return Err(ApiError::client(format!(
                "When networkMode={mode}, the host ports and container ports in port mappings must \
                 match."
            )));
        }
        let shared = if own { inside } else { host.filter(|host| *host != 0) };
        if let Some(port) = shared.filter(|port| !taken.insert((*port, protocol))) {
            return Err(port_taken(port, protocol, network));
        }
    }
    Ok(())
}

/// Seen in public logs.
#[inline(never)]
fn port_taken(port: i64, protocol: &str, network: NetworkMode) -> ApiError {
    let protocol = protocol.to_uppercase();
    if network == NetworkMode::Awsvpc {
        return ApiError::client(format!(
            "{protocol} container port '{port}' is used multiple times in task when \
             networkMode=awsvpc."
        ));
    }
    ApiError::client(format!("{protocol} host port '{port}' is mapped multiple times in task."))
}

fn check_timeouts(container: Params<'_>, fargate: bool) -> Result<(), ApiError> {
    let name = container.required("name");
    for (member, word) in [("startTimeout", "start"), ("stopTimeout", "stop")] {
        let Some(seconds) = container.int(member) else { continue };
        if seconds < 2 {
            return Err(ApiError::client(format!(
                "Granular {word} timeout on container '{name}' must be at least 2 seconds."
            )));
        }
        if fargate && seconds > 120 {
            return Err(ApiError::client(format!(
                "Tasks using the Fargate launch type must have a container {word} timeout of less \
                 than 120 seconds."
            )));
        }
    }
    Ok(())
}

/// Bounds: facts: API-ecs HealthCheck.
fn check_health(container: Params<'_>) -> Result<(), ApiError> {
    container.value("healthCheck").map_or(Ok(()), |check| check_command(Params::new(check)))
}

#[inline(never)]
fn check_command(check: Params<'_>) -> Result<(), ApiError> {
    let command: Vec<&str> = check.strings("command").collect();
    if !matches!(command.first(), Some(&("CMD" | "CMD-SHELL" | "NONE"))) {
        return Err(ApiError::client(
            "Container health check command must start with CMD, CMD-SHELL or NONE.",
        ));
    }
    let bounds =
        [("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300)];
    for (member, least, most) in bounds {
        if check.int(member).is_some_and(|value| !(least..=most).contains(&value)) {
            return Err(ApiError::client(format!(
                "Container health check {member} must be between {least} and {most}."
            )));
        }
    }
    Ok(())
}

#[inline(never)]
fn check_logs(container: Params<'_>, task: Params<'_>, fargate: bool) -> Result<(), ApiError> {
    let log = container.inner("logConfiguration");
    let Some(driver) = log.str("logDriver") else { return Ok(()) };
    if fargate && !matches!(driver, "awslogs" | "splunk" | "awsfirelens") {
        return Err(ApiError::client(format!(
            "{driver} is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"
        )));
    }
    if driver != "awslogs" {
        return Ok(());
    }
    let options = log.inner("options");
    if options.str("awslogs-group").is_none() || options.str("awslogs-region").is_none() {
        return Err(ApiError::client(
            "Log driver awslogs requires options: awslogs-region, awslogs-group",
        ));
    }
    if fargate && task.str("executionRoleArn").is_none() {
        return Err(ApiError::client(
            "Fargate requires task definition to have execution role ARN to support log driver \
             awslogs.",
        ));
    }
    Ok(())
}

/// What Fargate does not take (facts: DG/fargate-tasks-services).
const NOT_ON_FARGATE: &[&str] = &[
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "links",
    "privileged",
    "resourceRequirements",
];

/// The same of its Linux parameters.
const LINUX_NOT_ON_FARGATE: &[&str] =
    &["devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs"];

fn check_fargate(container: Params<'_>, task: Params<'_>) -> Result<(), ApiError> {
    if is_private_ecr(container.required("image")) && task.str("executionRoleArn").is_none() {
        return Err(ApiError::client(
            "Fargate requires task definition to have execution role ARN to support ECR images.",
        ));
    }
    match refused_on_fargate(container) {
        Some(member) => Err(ApiError::client(format!("Fargate does not support {member}."))),
        None => Ok(()),
    }
}

/// What of a container Fargate does not take (facts: DG/fargate-tasks-services; API-ecs LinuxParameters, KernelCapabilities.add).
fn refused_on_fargate(container: Params<'_>) -> Option<&'static str> {
    let linux = container.inner("linuxParameters");
    let set = |member: &str| {
        linux.value(member).is_some_and(|value| value.as_array().is_none_or(|all| !all.is_empty()))
    };
    let capabilities = linux.inner("capabilities");
    let mut added = capabilities.strings("add");
    let own = NOT_ON_FARGATE.iter().find(|member| is_used(container, member));
    let kernel = || LINUX_NOT_ON_FARGATE.iter().find(|member| set(member));
    let found = own.or_else(kernel).copied();
    found.or_else(|| added.any(|one| one != "SYS_PTRACE").then_some("capabilities.add"))
}

/// Nothing in the containers keeps the definition from running on Fargate.
pub(super) fn fit_for_fargate(given: &[Value]) -> bool {
    let unfit = |one: &Value| {
        let container = Params::new(one);
        refused_on_fargate(container).is_some()
            || container.int("stopTimeout").is_some_and(|seconds| seconds > 120)
    };
    !given.iter().any(unfit)
}

fn is_used(container: Params<'_>, member: &str) -> bool {
    match container.value(member) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Array(items)) => !items.is_empty(),
        _ => false,
    }
}

/// Facts: API-ecs ContainerDependency; sentences seen in public logs.
#[inline(never)]
fn check_dependencies(given: &[Value]) -> Result<(), ApiError> {
    let find = |name: &str| given.iter().map(Params::new).find(|one| one.str("name") == Some(name));
    for container in given.iter().map(Params::new) {
        for dependency in container.list("dependsOn").iter().map(Params::new) {
            let name = dependency.required("containerName");
            let Some(on) = find(name) else {
                return Err(ApiError::client(format!(
                    "Cannot depend on container + '{name}' because it does not exist"
                )));
            };
            let essential = on.bool("essential").unwrap_or(true);
            match dependency.required("condition") {
                "SUCCESS" | "COMPLETE" if essential => {
                    return Err(ApiError::client(
                        "A dependency container with SUCCESS or COMPLETE condition cannot be an \
                         essential container",
                    ));
                }
                "HEALTHY" if on.value("healthCheck").is_none() => {
                    return Err(ApiError::client(
                        "A dependency container with HEALTHY condition must have health check \
                         configured",
                    ));
                }
                "START" | "SUCCESS" | "COMPLETE" | "HEALTHY" => {}
                other => {
                    return Err(ApiError::client(format!(
                        "Invalid dependency condition '{other}'."
                    )));
                }
            }
        }
    }
    if has_cycle(given) {
        return Err(ApiError::client("Containers' dependencies must not form a cycle."));
    }
    Ok(())
}

/// Takes away, again and again, the containers that wait for none of those left: a cycle stays.
fn has_cycle(given: &[Value]) -> bool {
    let mut left: Vec<Params<'_>> = given.iter().map(Params::new).collect();
    loop {
        let names = Set::of(left.iter().filter_map(|one| one.str("name")));
        let before = left.len();
        left.retain(|one| {
            let mut waits = one.list("dependsOn").iter().map(Params::new);
            waits.any(|on| on.str("containerName").is_some_and(|name| names.contains(name)))
        });
        if left.len() == before {
            return before > 0;
        }
    }
}

/// The definition with AWS's defaults (seen in public outputs of RegisterTaskDefinition).
pub(super) fn filled_in(container: &Value, network: NetworkMode) -> Value {
    let mut members: Map<String, Value> =
        container.as_object().cloned().unwrap_or_default().into_iter().collect();
    members.entry("cpu").or_insert_with(|| json!(0));
    members.entry("essential").or_insert_with(|| json!(true));
    for list in ["portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"] {
        members.entry(list).or_insert_with(|| json!([]));
    }
    if let Some(Value::Array(ports)) = members.get_mut("portMappings") {
        for port in ports.iter_mut().filter_map(Value::as_object_mut) {
            let inside = port.get("containerPort").cloned().unwrap_or_else(|| json!(0));
            let own = matches!(network, NetworkMode::Host | NetworkMode::Awsvpc);
            let unset = port.get("hostPort").and_then(Value::as_i64).unwrap_or(0) == 0;
            if unset {
                port.insert("hostPort".into(), if own { inside } else { json!(0) });
            }
            port.entry("protocol").or_insert_with(|| json!("tcp"));
        }
    }
    if let Some(Value::Object(check)) = members.get_mut("healthCheck") {
        for (member, default) in [("interval", 30), ("timeout", 5), ("retries", 3)] {
            check.entry(member).or_insert_with(|| json!(default));
        }
    }
    Value::Object(members)
}
