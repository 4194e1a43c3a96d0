//! What a Fargate task costs: from its first image pull until it has stopped (facts: fargate-and-ec2 §3).

use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::params::Params;
use crate::cloud::prices::{self, FargatePlatform, FargateSize};
use crate::cloud::table::Id;

use super::task::{LaunchType, Task};

/// The task begins to cost money. Tasks on instances cost nothing: their instances do.
pub(super) fn begins(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id).cloned() else { return };
    if task.launch == LaunchType::Fargate {
        let rate = prices::fargate(size(&task));
        cx.account.bill.open(cx.now, &task.arn(), Cost::FargateTasks, rate);
    }
}

/// It costs nothing any more.
pub(super) fn ends(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id).cloned() else { return };
    cx.account.bill.close(cx.now, &task.arn());
}

fn size(task: &Task) -> FargateSize {
    let members = &task.definition.members;
    let platform = members.get("runtimePlatform").map(Params::new);
    let of = |name: &str| platform.and_then(|platform| platform.str(name)).unwrap_or_default();
    let platform = if of("operatingSystemFamily").starts_with("WINDOWS") {
        FargatePlatform::Windows
    } else if of("cpuArchitecture") == "ARM64" {
        FargatePlatform::LinuxArm
    } else {
        FargatePlatform::Linux
    };
    FargateSize {
        cpu: task.needs.cpu,
        memory_mib: task.needs.memory,
        storage_gib: task.storage_gib(),
        platform,
        spot: task.request.provider.as_deref() == Some("FARGATE_SPOT"),
    }
}
