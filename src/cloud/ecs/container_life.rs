//! The life of the containers of a task: waiting for one another, pulled, started, checked, stopped.

use std::sync::Arc;

use super::container::{Container, State};
use super::container_def::{Condition, ContainerDef, Dependency};
use super::refusal::Refusal;
use super::task::{LaunchType, Status, StopCode, Task};
use super::{EcsJob, health, output, ports, pull, task_life};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::program::{self, Started, Stop};
use crate::cloud::input::Behaviour;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::Millis;

/// One container of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Which {
    /// The task.
    pub task: Id<Task>,
    /// The container's place in it.
    pub index: u8,
}

/// The next step of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerStep {
    /// The pull of its image ends, well or badly.
    PullEnds,
    /// It is made and starts.
    Starts,
    /// Its process ends with this exit code.
    Ends(i32),
    /// The kernel kills it: it used more memory than it may.
    OutOfMemory,
    /// Its health is checked.
    Checked,
    /// Those that wait for it have waited long enough (`startTimeout`).
    StartTimeout,
}

impl Which {
    /// The container.
    pub(super) fn get(self, account: &Account) -> Option<&Container> {
        account.tasks.get(self.task)?.containers.get(usize::from(self.index))
    }

    /// The container, to be changed.
    pub(super) fn edit(self, account: &mut Account) -> Option<&mut Container> {
        account.tasks.edit(self.task)?.containers.get_mut(usize::from(self.index))
    }

    /// Plans a step; it is dropped if the container's life takes another turn before.
    pub(super) fn after(self, cx: &mut Ctx<'_>, delay: Millis, step: ContainerStep) {
        let Some(turn) = self.get(cx.account).map(|container| container.turn) else { return };
        cx.after(delay, Job::Ecs(EcsJob::Container { which: self, turn, step }));
    }

    /// Takes the container to its next state: steps planned for the one before are dropped.
    fn enter(self, account: &mut Account, state: State) -> Option<&mut Container> {
        let container = self.edit(account)?;
        container.state = state;
        container.turn += 1;
        Some(container)
    }
}

/// Does the next step of a container, if it still makes sense.
pub(super) fn step(cx: &mut Ctx<'_>, which: Which, turn: u32, step: ContainerStep) {
    let Some(container) = which.get(cx.account).filter(|container| container.turn == turn) else {
        return;
    };
    match (step, container.state) {
        (ContainerStep::PullEnds, State::Pulling) => pull_ends(cx, which),
        (ContainerStep::Starts, State::Starting) => starts(cx, which),
        (ContainerStep::Ends(code), State::Running | State::Stopping) => {
            ended(cx, which, Some(code), None);
        }
        (ContainerStep::OutOfMemory, State::Running | State::Stopping) => {
            let reason = "OutOfMemoryError: Container killed due to memory usage";
            ended(cx, which, Some(137), Some(Arc::from(reason)));
        }
        (ContainerStep::Checked, State::Running) => health::checked(cx, which),
        (ContainerStep::StartTimeout, _) => start_timeout(cx, which),
        _ => {}
    }
}

/// What a container waits for, as it stands now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Over,
    Goes,
    Never,
}

/// Begins every container that waits for nothing any more.
pub(super) fn begin_ready(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id) else { return };
    if task.stop.is_some() {
        return;
    }
    let definition = Arc::clone(&task.definition);
    let ready = waiting(task, &definition.containers, Wait::Over);
    let Some(task) = cx.account.tasks.get(id) else { return };
    if let Some(index) = waiting(task, &definition.containers, Wait::Never).first() {
        let name = definition.containers.get(usize::from(*index)).map_or("", |def| &def.name);
        let reason = format!(
            "Task failed to start: container {name} depends on a container that did not reach the \
             required condition"
        );
        return task_life::stop(cx, id, StopCode::TaskFailedToStart, reason);
    }
    for index in ready {
        pull_begins(cx, Which { task: id, index });
    }
}

fn waiting(task: &Task, definitions: &[ContainerDef], wanted: Wait) -> Vec<u8> {
    let numbered = (0_u8..).zip(definitions).zip(&task.containers);
    numbered
        .filter(|((_, definition), container)| {
            let waits = definition.depends_on.iter().map(|on| wait(task, on));
            let answer = waits.fold(Wait::Over, |so_far, next| match (so_far, next) {
                (Wait::Never, _) | (_, Wait::Never) => Wait::Never,
                (Wait::Goes, _) | (_, Wait::Goes) => Wait::Goes,
                _ => Wait::Over,
            });
            container.state == State::Waiting && answer == wanted
        })
        .map(|((index, _), _)| index)
        .collect()
}

/// Facts: API-ecs ContainerDependency.
fn wait(task: &Task, on: &Dependency) -> Wait {
    use super::container::Health;
    let Some(other) = task.containers.get(usize::from(on.on)) else { return Wait::Over };
    let ran = other.started.is_some();
    let ended = other.state == State::Stopped;
    let met = match on.condition {
        Condition::Start => ran,
        Condition::Complete => ended && ran,
        Condition::Success => ended && other.exit_code == Some(0),
        Condition::Healthy => other.health == Health::Healthy,
    };
    match (met, ended) {
        (true, _) => Wait::Over,
        (false, true) => Wait::Never,
        (false, false) => Wait::Goes,
    }
}

fn pull_begins(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    if let Some(task) = cx.account.tasks.edit(which.task) {
        task.times.pull_started.get_or_insert(now);
    }
    which.enter(cx.account, State::Pulling);
    let delay = pull::duration(cx.account, now, which);
    which.after(cx, delay, ContainerStep::PullEnds);
}

fn pull_ends(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    if let Some(task) = cx.account.tasks.edit(which.task) {
        task.times.pull_stopped = Some(now);
    }
    let (nature, digest) = match pull::outcome(cx, which) {
        Ok(pulled) => (pulled.nature, pulled.digest),
        Err(reason) => return failed(cx, which, &reason),
    };
    pull::remember(cx.account, which, &digest);
    if let Err(refusal) = log_driver(cx, which) {
        let reason = refusal.record(cx);
        return failed(cx, which, &reason);
    }
    match program::start(nature, &pull::command(cx.account, which)) {
        Started::Runs(nature) => {
            let Some(container) = which.enter(cx.account, State::Starting) else { return };
            container.nature = nature;
            container.digest = Some(digest);
            which.after(cx, limits::CONTAINER_START_MS, ContainerStep::Starts);
        }
        Started::NotFound(program) => failed(
            cx,
            which,
            &format!(
                "CannotStartContainerError: Error response from daemon: failed to create task for \
                 container: exec: \"{program}\": executable file not found in $PATH: unknown"
            ),
        ),
    }
}

/// Docker makes the log stream when a container starts; on Fargate that was checked before the pull.
fn log_driver(cx: &Ctx<'_>, which: Which) -> Result<(), Refusal> {
    let Some(task) = cx.account.tasks.get(which.task) else { return Ok(()) };
    let definition = task.definition.containers.get(usize::from(which.index));
    definition.map_or(Ok(()), |definition| output::check(cx.account, cx.now, task, definition))
}

/// A container that never ran. Without an essential one the task fails to start.
fn failed(cx: &mut Ctx<'_>, which: Which, reason: &str) {
    let Some(task) = cx.account.tasks.get(which.task) else { return };
    let definition = task.definition.containers.get(usize::from(which.index));
    if definition.is_some_and(|definition| definition.essential) {
        task_life::stop(cx, which.task, StopCode::TaskFailedToStart, reason.to_owned());
    }
    ended(cx, which, None, Some(Arc::from(reason)));
}

fn starts(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    let Some(task) = cx.account.tasks.get(which.task) else { return };
    let (whole, host) = (Arc::clone(&task.definition), task.instance);
    let Some(definition) = whole.containers.get(usize::from(which.index)) else { return };
    let runtime_id = match task.launch {
        LaunchType::Fargate => {
            let number = cx.rng.between(crate::cloud::rng::Stream::Ids, 0, 3_999_999_999);
            format!("{}-{number:010}", task.id)
        }
        LaunchType::Ec2 | LaunchType::External => cx.rng.hex(64),
    };
    let bindings = ports::bind(cx.account, host, whole.network, definition);
    let Some(container) = which.enter(cx.account, State::Running) else { return };
    container.runtime_id = Some(Arc::from(runtime_id));
    container.started = Some(now);
    container.bindings = bindings;
    output::begin(cx, which);
    plan_end(cx, which);
    health::begin(cx, which);
    if let Some(timeout) = definition.start_timeout {
        which.after(cx, timeout, ContainerStep::StartTimeout);
    }
    begin_ready(cx, which.task);
    run_if_complete(cx, which.task);
}

/// Plans the end that the process comes to by itself, or that a fault brings it.
pub(super) fn plan_end(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    let Some(container) = which.get(cx.account) else { return };
    let Some(started) = container.started else { return };
    match (container.behaviour, container.nature.ends) {
        (Some(Behaviour::Crash), _) => which.after(cx, limits::CRASH_MS, ContainerStep::Ends(1)),
        (Some(Behaviour::Exit), _) => which.after(cx, limits::CRASH_MS, ContainerStep::Ends(0)),
        (Some(Behaviour::Leak), _) => which.after(cx, limits::LEAK_MS, ContainerStep::OutOfMemory),
        (_, Some((after, code))) => {
            let left = (started + after).since(now);
            which.after(cx, left, ContainerStep::Ends(code));
        }
        _ => {}
    }
}

/// The task runs once each of its containers runs or has run (facts: AGENT taskstatus.go).
fn run_if_complete(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id) else { return };
    let all = task.containers.iter().all(|container| container.state >= State::Running);
    if task.status == Status::Activating && task.stop.is_none() && all {
        task_life::running(cx, id);
    }
}

/// A container has ended, or was given up before it ran (no exit code).
pub(super) fn ended(cx: &mut Ctx<'_>, which: Which, code: Option<i32>, reason: Option<Arc<str>>) {
    let id = which.task;
    let Some(container) = which.enter(cx.account, State::Stopped) else { return };
    container.exit_code = code;
    container.reason = reason;
    let bindings = container.bindings.clone();
    let Some(task) = cx.account.tasks.get(id) else { return };
    // The row itself is let go before it is changed: a row that somebody holds is copied.
    let (whole, name, host) = (Arc::clone(&task.definition), Arc::clone(&task.id), task.instance);
    let (stops, status) = (task.stop.is_some(), task.status);
    let Some(definition) = whole.containers.get(usize::from(which.index)) else { return };
    ports::unbind(cx.account, host, definition, &bindings);
    if let Some(code) = code {
        output::write(cx, which, &format!("{} ended with exit code {code}", definition.image));
        let tone = if code == 0 || stops { Tone::Change } else { Tone::Failure };
        cx.tell(tone, "task", &name, format!("{} exited with code {code}", definition.name));
    }
    if !stops && definition.essential {
        let reason = "Essential container in task exited";
        task_life::stop(cx, id, StopCode::EssentialContainerExited, reason);
    } else if !stops {
        begin_ready(cx, id);
        run_if_complete(cx, id);
    } else if status == Status::Stopping {
        stop_next(cx, id);
    }
}

/// All containers of a task are gone at once, and what they held is free.
pub(super) fn all_gone(account: &mut Account, id: Id<Task>) {
    let Some(task) = account.tasks.get(id).cloned() else { return };
    for (definition, container) in task.definition.containers.iter().zip(&task.containers) {
        ports::unbind(account, task.instance, definition, &container.bindings);
    }
    drop(task);
    let Some(task) = account.tasks.edit(id) else { return };
    for container in &mut task.containers {
        container.state = State::Stopped;
        container.turn += 1;
    }
}

/// Stops the containers that no running container depends on (facts: API-ecs dependsOn: shutdown in reverse order);
/// when none is left, the execution has stopped.
pub(super) fn stop_next(cx: &mut Ctx<'_>, id: Id<Task>) {
    let Some(task) = cx.account.tasks.get(id) else { return };
    let up = |container: &Container| matches!(container.state, State::Running | State::Stopping);
    let mut next = Vec::with_capacity(task.containers.len());
    for (index, container) in (0_u8..).zip(&task.containers) {
        let mut others = task.definition.containers.iter().zip(&task.containers);
        let needed = others.any(|(definition, other)| {
            up(other) && definition.depends_on.iter().any(|on| on.on == index)
        });
        if container.state < State::Running || (container.state == State::Running && !needed) {
            next.push((Which { task: id, index }, container.state));
        }
    }
    for (which, state) in next {
        match state {
            State::Running => signal(cx, which),
            _ => {
                which.enter(cx.account, State::Stopped);
            }
        }
    }
    let left = cx.account.tasks.get(id).is_some_and(|task| task.containers.iter().any(up));
    if !left {
        task_life::execution_stopped(cx, id);
    }
}

/// Sends the stop signal. SIGKILL follows after the stop timeout (facts: API-ecs stopTimeout).
fn signal(cx: &mut Ctx<'_>, which: Which) {
    let now = cx.now;
    let task = cx.account.tasks.get(which.task);
    let definition = task.and_then(|task| task.definition.containers.get(usize::from(which.index)));
    let timeout = definition.and_then(|definition| definition.stop_timeout);
    let timeout = timeout.unwrap_or(limits::STOP_TIMEOUT_MS);
    let Some(container) = which.enter(cx.account, State::Stopping) else { return };
    let by_itself = container.nature.ends.zip(container.started).and_then(|(ends, started)| {
        let left = (started + ends.0).since(now);
        (left < timeout).then_some((left, ends.1))
    });
    let (delay, code) = match container.nature.stop {
        Stop::Exits(code, after) if after < timeout => (after, code),
        _ => by_itself.unwrap_or((timeout, 137)),
    };
    which.after(cx, delay, ContainerStep::Ends(code));
}

/// Those that still wait for this container give up (facts: API-ecs ContainerDefinition.startTimeout).
#[inline(never)]
fn start_timeout(cx: &mut Ctx<'_>, which: Which) {
    let Some(task) = cx.account.tasks.get(which.task) else { return };
    let place = usize::from(which.index);
    let mut containers = task.definition.containers.iter().zip(&task.containers);
    let given_up = containers.any(|(definition, container)| {
        container.state == State::Waiting
            && definition.depends_on.iter().any(|on| on.on == which.index)
    });
    if given_up {
        let name = task.definition.containers.get(place).map_or("", |def| &def.name);
        let reason = format!("Task failed to start: container {name} exceeded its start timeout");
        task_life::stop(cx, which.task, StopCode::TaskFailedToStart, reason);
    }
}
