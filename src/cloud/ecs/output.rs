//! What containers with the log driver `awslogs` need and write (facts/iam §1; facts/ecs §3).

use std::sync::Arc;

use super::container_def::ContainerDef;
use super::container_life::Which;
use super::refusal::{Refusal, STATUS, ask, reaches, timeout};
use super::task::{LaunchType, Task};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::iam::tasks::{Purpose, acts_for};
use crate::cloud::limits;
use crate::cloud::net::endpoint::AwsService;
use crate::cloud::time::SimTime;
use crate::cloud::watch::logs;

/// What keeps the log driver of a container from its stream, if anything.
pub(super) fn check(
    account: &Account,
    now: SimTime,
    task: &Task,
    definition: &ContainerDef,
) -> Result<(), Refusal> {
    match group_of(definition) {
        None => Ok(()),
        Some(group) => check_stream(account, now, task, definition, group),
    }
}

#[inline(never)]
fn check_stream(
    account: &Account,
    now: SimTime,
    task: &Task,
    definition: &ContainerDef,
    group: &str,
) -> Result<(), Refusal> {
    // The parts that the error of a missing stream is made of.
    let (before, after) = match task.launch {
        LaunchType::Fargate => (
            "ResourceInitializationError: failed to validate logger args: create stream has been \
             retried 1 times: failed to create Cloudwatch log stream:",
            " : exit status 1",
        ),
        LaunchType::Ec2 | LaunchType::External => (
            "CannotStartContainerError: Error response from daemon: failed to create task for \
             container: failed to initialize logging driver: failed to create Cloudwatch log stream:",
            "",
        ),
    };
    let by = acts_for(account, task, Purpose::Logs)
        .map_err(|why| Refusal::new(format!("{before} NoCredentialProviders: {why}{after}")))?;
    if !reaches(account, task, AwsService::LOGS) {
        let reason = format!("{before} {}{after}", timeout(AwsService::LOGS));
        return Err(Refusal::slow(reason, limits::UNREACHABLE_SERVICE_MS));
    }
    let name = stream_of(task, definition, "");
    let stream = format!("{}:log-stream:{name}", logs::arn(group));
    let creates = definition.log_group_made;
    let missing = account.log_groups.id(group).is_none();
    let group_arn = format!("{}:log-stream:", logs::arn(group));
    // Docker tries the stream first, and makes the group only where it is not there.
    let wanted = [
        ("logs:CreateLogStream", &stream, true),
        ("logs:CreateLogGroup", &group_arn, missing && creates),
        ("logs:PutLogEvents", &stream, true),
    ];
    for (action, resource, _) in wanted.into_iter().filter(|(.., wanted)| *wanted) {
        let of_group = action == "logs:CreateLogGroup";
        ask(account, now, &by, action, resource).map_err(|decision| {
            Refusal::denied(decision, |denial| {
                let before = if of_group { &before.replace("stream:", "group:") } else { before };
                format!("{before} AccessDeniedException: {denial} {STATUS}{after}")
            })
        })?;
    }
    if missing && !creates {
        let missing = "ResourceNotFoundException: The specified log group does not exist.";
        return Err(Refusal::new(format!("{before} {missing}{after}")));
    }
    Ok(())
}

/// Makes the stream of a container that starts, and writes its first line.
pub(super) fn begin(cx: &mut Ctx<'_>, which: Which) {
    let Some((_, definition)) = parts(cx, which) else { return };
    if let Some(group) = group_of(&definition).filter(|_| definition.log_group_made) {
        logs::make_group(cx.account, group, cx.now);
    }
    write(cx, which, &format!("{} started", definition.image));
}

/// Writes a line to the stream of a container, where it has one.
pub(super) fn write(cx: &mut Ctx<'_>, which: Which, line: &str) {
    let Some((task, definition)) = parts(cx, which) else { return };
    let Some(group) = group_of(&definition) else { return };
    let container = which.get(cx.account);
    let runtime_id = container.and_then(|container| container.runtime_id.clone());
    let stream = stream_of(&task, &definition, runtime_id.as_deref().unwrap_or(""));
    logs::write(cx.account, group, &stream, cx.now, Some(line));
}

fn parts(cx: &Ctx<'_>, which: Which) -> Option<(Arc<Task>, ContainerDef)> {
    let task = cx.account.tasks.get(which.task)?;
    let definition = task.definition.containers.get(usize::from(which.index))?;
    group_of(definition)?;
    Some((Arc::clone(task), definition.clone()))
}

fn group_of(definition: &ContainerDef) -> Option<&str> {
    definition.log_group.as_deref().filter(|_| definition.log_driver.as_deref() == Some("awslogs"))
}

/// `prefix/container/task`; without a prefix Docker's id of the container (ECS guide, "awslogs-stream-prefix").
fn stream_of(task: &Task, definition: &ContainerDef, runtime_id: &str) -> String {
    match &definition.log_prefix {
        Some(prefix) => format!("{prefix}/{}/{}", definition.name, task.id),
        None => runtime_id.to_owned(),
    }
}
