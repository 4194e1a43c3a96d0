//! Faults of ECS: applications that misbehave, registries that do not answer.

use std::sync::Arc;

use serde_json::json;

use super::container::State;
use super::container_life::{self, Which};
use super::task::{LaunchType, Status, StopCode, Task};
use super::{health, names, task_life};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::input::{Behaviour, Fault, Reply};
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

/// Breaks or mends an application or the registries; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    let done = match fault {
        Fault::BlockRegistry(blocked) => {
            cx.account.registry_blocked = *blocked;
            Ok(())
        }
        Fault::InterruptSpot(task) => interrupt(cx, task),
        Fault::App { task, behaviour } => application(cx, task, *behaviour),
        _ => return None,
    };
    Some(done.map(|()| Arc::new(json!({}))))
}

/// Fargate's tasks in a zone are gone with it. Tasks on instances are not: ECS only sees agents fall silent.
pub(super) fn zone_lost(cx: &mut Ctx<'_>, zone: &str) {
    let gone = |task: &Task| {
        task.launch == LaunchType::Fargate
            && task.status != Status::Stopped
            && task.zone.as_deref() == Some(zone)
    };
    let tasks = cx.account.tasks.iter().filter(|(_, task)| gone(task));
    let ids: Vec<Id<Task>> = tasks.map(|(id, _)| id).collect();
    let cause = cx.cause;
    for id in ids {
        cx.cause = cause;
        // AWS's own sentence is not known, and its stop code is newer than the API model here (docs/fidelity.md).
        let reason = format!("The infrastructure under the task failed in {zone}.");
        task_life::lost(cx, id, &reason);
    }
    cx.cause = cause;
}

/// Spot capacity is taken back: a warning two minutes ahead, and SIGTERM with it. How much of the two minutes the containers
/// use is their stop timeout's business (facts: fargate-and-ec2 §2, "Fargate Spot").
fn interrupt(cx: &mut Ctx<'_>, reference: &str) -> Result<(), ApiError> {
    let id = cx.account.tasks.id(names::short(reference));
    let task = id.and_then(|id| Some((id, cx.account.tasks.get(id)?)));
    let spot = |task: &Task| task.request.provider.as_deref() == Some("FARGATE_SPOT");
    let Some((id, _)) = task.filter(|(_, task)| spot(task) && task.stop.is_none()) else {
        return Err(ApiError::invalid(format!(
            "There is no task '{reference}' on Fargate Spot that is not to stop already."
        )));
    };
    task_life::stop(cx, id, StopCode::SpotInterruption, "Your Spot Task was interrupted.");
    Ok(())
}

/// The first essential container that runs begins to behave in this way.
fn application(cx: &mut Ctx<'_>, reference: &str, behaviour: Behaviour) -> Result<(), ApiError> {
    let id = cx.account.tasks.id(names::short(reference));
    let which = id.and_then(|id| main_container(cx, id));
    let Some((which, name)) = which else {
        return Err(ApiError::invalid(format!("There is no running task '{reference}'.")));
    };
    let kept = (behaviour != Behaviour::Recover).then_some(behaviour);
    if let Some(container) = which.edit(cx.account) {
        container.behaviour = kept;
        container.turn += 1;
    }
    let tone = if kept.is_some() { Tone::Failure } else { Tone::Success };
    let word = match behaviour {
        Behaviour::Crash => "the application crashes",
        Behaviour::Exit => "the application ends by itself",
        Behaviour::Slow => "the application answers slowly",
        Behaviour::Leak => "the application uses more and more memory",
        Behaviour::Unhealthy => "the application fails its health checks",
        Behaviour::Recover => "the application behaves well again",
    };
    cx.tell(tone, "task", &name, word);
    container_life::plan_end(cx, which);
    health::begin(cx, which);
    Ok(())
}

fn main_container(cx: &Ctx<'_>, id: Id<Task>) -> Option<(Which, Arc<str>)> {
    let task = cx.account.tasks.get(id)?;
    let mut numbered = (0_u8..).zip(&task.definition.containers).zip(&task.containers);
    let ((index, _), _) = numbered.find(|((_, definition), container)| {
        definition.essential && container.state == State::Running
    })?;
    Some((Which { task: id, index }, Arc::clone(&task.id)))
}
