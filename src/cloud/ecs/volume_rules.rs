//! What RegisterTaskDefinition checks of volumes: each is of one sort, mount points name one, and Fargate takes some sorts only.
//!
//! Sources: API-ecs Volume; DG/fargate-tasks-services. Sentences: `Unknown volume` (dask-cloudprovider #107) and that about
//! `sourcePath` (terraform-aws-ecs-alb-service-task #174) are from reports; the others are worded after them.

use serde_json::Value;

use crate::cloud::error::ApiError;
use crate::cloud::params::Params;

/// The sorts of volumes; of each whether Fargate takes it (facts: fargate-and-ec2 §1).
const SORTS: &[(&str, bool)] = &[
    ("configuredAtLaunch", true),
    ("dockerVolumeConfiguration", false),
    ("efsVolumeConfiguration", true),
    ("fsxWindowsFileServerVolumeConfiguration", false),
];

/// Refuses volumes that contradict themselves, or the launch type that they are wanted for.
pub(super) fn check(task: Params<'_>, containers: &[Value], fargate: bool) -> Result<(), ApiError> {
    let mounts = containers.iter().any(|one| !Params::new(one).list("mountPoints").is_empty());
    if !mounts && task.list("volumes").is_empty() {
        return Ok(());
    }
    check_given(task, containers, fargate)
}

#[inline(never)]
fn check_given(task: Params<'_>, containers: &[Value], fargate: bool) -> Result<(), ApiError> {
    for volume in task.list("volumes").iter().map(Params::new) {
        let name = volume.str("name").unwrap_or_default();
        if sorts(volume).count() > 1 {
            let text = format!("Volume '{name}' may have one configuration only.");
            return Err(ApiError::client(text));
        }
        if let Some(member) = unfit(volume).filter(|_| fargate) {
            let text = format!("Fargate compatible task definitions do not support {member}");
            return Err(ApiError::client(text));
        }
    }
    let at_launch = task.list("volumes").iter().map(Params::new);
    if at_launch.filter(|volume| volume.bool("configuredAtLaunch") == Some(true)).count() > 1 {
        let text = "Only one volume of a task definition can be configured at launch.";
        return Err(ApiError::client(text));
    }
    let points = containers.iter().flat_map(|one| Params::new(one).list("mountPoints"));
    for point in points.map(Params::new) {
        let wanted = point.str("sourceVolume").unwrap_or("null");
        let mut known = task.list("volumes").iter().map(Params::new);
        if !known.any(|volume| volume.str("name") == Some(wanted)) {
            return Err(ApiError::client(format!("Unknown volume '{wanted}'.")));
        }
    }
    Ok(())
}

/// No volume keeps the definition from running on Fargate.
pub(super) fn fit_for_fargate(task: Params<'_>) -> bool {
    task.list("volumes").iter().all(|volume| unfit(Params::new(volume)).is_none())
}

fn sorts(volume: Params<'_>) -> impl Iterator<Item = &'static (&'static str, bool)> {
    let given = move |name: &str| match volume.value(name) {
        Some(Value::Bool(on)) => *on,
        value => value.is_some_and(|value| !value.is_null()),
    };
    SORTS.iter().filter(move |(name, _)| given(name))
}

/// The member of a volume that Fargate does not take.
fn unfit(volume: Params<'_>) -> Option<&'static str> {
    let path = volume.inner("host").str("sourcePath").map(|_| "sourcePath");
    let sort = sorts(volume).find(|(_, fargate)| !fargate).map(|(name, _)| *name);
    path.or(sort)
}
