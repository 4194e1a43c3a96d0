//! `lab bench`: how fast the simulator is. One line a figure: what was measured, the figure, its unit, its target.
//!
//! An event is one job of the simulated control plane, such as a step in the life of a task, with everything that it
//! brings about: rows that change, the story that is told, the digest, the jobs that follow. A call is measured from the
//! ready request to the answer: checked, authorized, handled, recorded.

mod board;
mod fleet;
mod past;

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::cloud::input::Input;
use crate::cloud::time::{HOUR, MINUTE};
use board::{Board, Target, timed};
use fleet::{FLEETS, Fleet};

/// Calls a second of RunTask and DescribeTasks.
const CALLS: Target = Target::AtLeast(100_000.0);
/// Events a second with 1,000 tasks.
const EVENTS: Target = Target::AtLeast(1_000_000.0);
/// What an event costs with 5,000 tasks, against 100.
const GROWTH: Target = Target::AtMost(2.0);
/// Milliseconds until a service of 5,000 tasks is steady.
const STEADY: Target = Target::AtMost(1_000.0);
/// Tasks that each measurement works through, in as many rounds as that takes.
const TASKS_IN_ALL: u32 = 5_000;

/// Prints the figures.
pub(super) fn run(out: &mut dyn Write) -> io::Result<u8> {
    let mut board = Board::new(out)?;
    // First: later, memory that was given back would hide what is needed.
    memory(&mut board)?;
    for fargate in [true, false] {
        let mut costs = Vec::new();
        for fleet in FLEETS.map(|fleet| fleet.on(fargate)) {
            costs.push(lives(&mut board, fleet)?);
            service(&mut board, fleet)?;
        }
        if let [small, .., large] = costs.as_slice() {
            let name =
                format!("cost of an event, 5,000 against 100 tasks, {}", fleet::word(fargate));
            board.line(&name, large / small, "times", GROWTH)?;
        }
    }
    past::session(&mut board)?;
    board.end()
}

/// The largest accounts, kept at the same time.
fn memory(board: &mut Board<'_>) -> io::Result<()> {
    let Some(largest) = FLEETS.last() else { return Ok(()) };
    let mut kept = Vec::new();
    for fleet in [true, false].map(|fargate| largest.on(fargate)) {
        let base = fleet.account()?;
        let before = board::resident_kib();
        let mut cloud = base.clone();
        run_tasks(fleet, &mut cloud, &fleet::request("ecs", "RunTask", fleet.task()))?;
        advance(&mut cloud, 10 * MINUTE);
        if let (Some(before), Some(after)) = (before, board::resident_kib()) {
            let mib = f64::from(after.saturating_sub(before)) / 1_024.0;
            board.line(&format!("memory, {fleet}"), mib, "MiB", Target::None)?;
        }
        kept.push((base, cloud));
    }
    Ok(())
}

/// Tasks from RunTask until they are forgotten. The result is the cost of an event in nanoseconds.
fn lives(board: &mut Board<'_>, fleet: Fleet) -> io::Result<f64> {
    let base = fleet.account()?;
    let mut sum = Sum::default();
    let mut last = None;
    let rounds = TASKS_IN_ALL / fleet.tasks;
    for _ in 0..rounds {
        let mut cloud = base.clone();
        let run = fleet::request("ecs", "RunTask", fleet.task());
        let (took, arns) = timed(|| run_tasks(fleet, &mut cloud, &run));
        let arns = arns?;
        sum.run += took;
        let describe: Vec<Input> = arns.iter().map(describe).collect();
        let stop: Vec<Input> = arns.iter().map(stop).collect();
        sum.events(|| advance(&mut cloud, 10 * MINUTE));
        let running = cloud.clone();
        let (took, running_now) = timed(|| describe_each(&mut cloud, &describe));
        sum.describe += took;
        if running_now? != arns.len() {
            return Err(io::Error::other(format!("not every task runs, {fleet}")));
        }
        let (took, answers) = timed(|| describe_many(&mut cloud, &arns));
        answers?;
        sum.describe_many += took;
        let (took, answers) = timed(|| stop_each(&mut cloud, &stop));
        answers?;
        sum.stop += took;
        sum.events(|| advance(&mut cloud, 2 * HOUR));
        if !cloud.account().tasks.is_empty() {
            return Err(io::Error::other(format!("not every task is forgotten, {fleet}")));
        }
        last = Some((running, stop));
    }
    let calls = rounds * fleet.tasks;
    board.rate(&format!("RunTask, {fleet}"), calls, "calls/s", sum.run, CALLS)?;
    board.rate(&format!("DescribeTasks of one, {fleet}"), calls, "calls/s", sum.describe, CALLS)?;
    let many = format!("DescribeTasks of 100, {fleet}");
    board.rate(&many, calls, "tasks/s", sum.describe_many, Target::None)?;
    board.rate(&format!("StopTask, {fleet}"), calls, "calls/s", sum.stop, Target::None)?;
    let target = if fleet.tasks == 1_000 { EVENTS } else { Target::None };
    board.rate(&format!("events, {fleet}"), sum.jobs, "events/s", sum.passing, target)?;
    if let Some((running, stop)) = last {
        snapshots(board, fleet, &running, &stop)?;
    }
    Ok(sum.passing.as_secs_f64() * 1e9 / f64::from(sum.jobs.max(1)))
}

/// How long everything took in all rounds.
#[derive(Default)]
struct Sum {
    run: Duration,
    describe: Duration,
    describe_many: Duration,
    stop: Duration,
    passing: Duration,
    jobs: u32,
}

impl Sum {
    fn events(&mut self, pass: impl FnOnce() -> u32) {
        let (took, jobs) = timed(pass);
        self.passing += took;
        self.jobs += jobs;
    }
}

/// A snapshot, and the first change after one, which copies what the two no longer share.
fn snapshots(board: &mut Board<'_>, fleet: Fleet, cloud: &Cloud, stop: &[Input]) -> io::Result<()> {
    let times = 10_000;
    let (took, ()) = timed(|| (0..times).for_each(|_| drop(std::hint::black_box(cloud.clone()))));
    board.each(&format!("snapshot, {fleet}"), times, "ns", took)?;
    let times = 200;
    let mut copies: Vec<Cloud> = (0..times).map(|_| cloud.clone()).collect();
    let (took, answers) = timed(|| {
        let stops =
            copies.iter_mut().map(|copy| stop_each(copy, stop.get(..1).unwrap_or_default()));
        stops.collect::<io::Result<Vec<()>>>()
    });
    answers?;
    board.each(&format!("first change after a snapshot, {fleet}"), times, "us", took)
}

/// From CreateService to a steady state.
fn service(board: &mut Board<'_>, fleet: Fleet) -> io::Result<()> {
    let mut cloud = fleet.account()?;
    let (took, settled) = timed(|| {
        fleet::call(&mut cloud, "ecs", "CreateService", fleet.service())?;
        io::Result::Ok(cloud.settle(HOUR, &mut |_| {}))
    });
    let settled = settled?;
    let steady = |service: &crate::cloud::ecs::service::Service| {
        service.steady && service.tasks.len() == usize::try_from(fleet.tasks).unwrap_or(0)
    };
    if !settled.settled || !cloud.account().services.values().any(|one| steady(one)) {
        return Err(io::Error::other(format!("the service is not steady, {fleet}")));
    }
    let target = if fleet.tasks == 5_000 { STEADY } else { Target::None };
    let name = format!("a service becomes steady, {fleet}");
    board.line(&name, took.as_secs_f64() * 1e3, "ms", target)
}

fn advance(cloud: &mut Cloud, millis: u64) -> u32 {
    let to = cloud.now() + millis;
    cloud.apply(&Input::Advance { to }).jobs_run
}

/// As many calls as there are to be tasks; gives the ARNs.
fn run_tasks(fleet: Fleet, cloud: &mut Cloud, run: &Input) -> io::Result<Vec<Value>> {
    let calls = (0..fleet.tasks).map(|_| {
        let answer = fleet::apply(cloud, run)?;
        let arn = answer.pointer("/tasks/0/taskArn").cloned();
        arn.ok_or_else(|| io::Error::other(format!("no place for a task, {fleet}: {answer}")))
    });
    calls.collect()
}

fn describe(arn: &Value) -> Input {
    fleet::request("ecs", "DescribeTasks", json!({ "cluster": "dock", "tasks": [arn] }))
}

fn stop(arn: &Value) -> Input {
    fleet::request("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }))
}

/// Gives how many of the tasks run.
fn describe_each(cloud: &mut Cloud, calls: &[Input]) -> io::Result<usize> {
    let mut running = 0;
    for call in calls {
        let answer = fleet::apply(cloud, call)?;
        running += usize::from(status(&answer) == Some("RUNNING"));
    }
    Ok(running)
}

fn describe_many(cloud: &mut Cloud, arns: &[Value]) -> io::Result<()> {
    arns.chunks(100).try_for_each(|some| {
        let request = json!({ "cluster": "dock", "tasks": some });
        fleet::call(cloud, "ecs", "DescribeTasks", request).map(drop)
    })
}

fn stop_each(cloud: &mut Cloud, calls: &[Input]) -> io::Result<()> {
    calls.iter().try_for_each(|call| fleet::apply(cloud, call).map(drop))
}

fn status(answer: &Value) -> Option<&str> {
    answer.pointer("/tasks/0/lastStatus")?.as_str()
}
