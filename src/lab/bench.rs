//! `lab bench`: how fast the simulator is, one line a figure.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::cloud::input::{Call, Input, Principal};
use crate::cloud::time::MINUTE;
use crate::session::Session;

/// How many tasks each round has.
const ROUNDS: [u32; 3] = [100, 1_000, 5_000];
/// What the simulator should reach natively (ARCHITECTURE.md).
const EVENTS_PER_SECOND: f64 = 1_000_000.0;

/// Prints the figures.
pub(super) fn run(out: &mut dyn Write) -> io::Result<u8> {
    let mut board = Board { out };
    for tasks in ROUNDS {
        account(&mut board, tasks)?;
    }
    session(&mut board)?;
    Ok(0)
}

/// Starting and describing tasks, time passing and snapshots with so many tasks.
fn account(board: &mut Board<'_>, tasks: u32) -> io::Result<()> {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    let memory_before = resident_kib();
    call(&mut cloud, "CreateCluster", json!({ "clusterName": "dock" }))?;
    call(&mut cloud, "RegisterTaskDefinition", definition())?;
    let (took, started) = timed(|| {
        let calls = (0..tasks / 10).map(|_| call(&mut cloud, "RunTask", run_ten()));
        calls.collect::<io::Result<Vec<Value>>>()
    });
    let arns: Vec<Value> = started?.iter().flat_map(task_arns).collect();
    board.rate(&format!("RunTask of 10, {tasks} tasks"), tasks / 10, "calls/s", took, None)?;

    let (took, outcome) = timed(|| {
        let to = cloud.now() + 10 * MINUTE;
        cloud.apply(&Input::Advance { to })
    });
    let name = format!("advance 10 min, {tasks} tasks start");
    board.rate(&name, outcome.jobs_run, "events/s", took, Some(EVENTS_PER_SECOND))?;

    let (took, described) = timed(|| {
        let hundreds = arns.chunks(100);
        hundreds.map(|some| call(&mut cloud, "DescribeTasks", describe(some))).collect()
    });
    let described: io::Result<Vec<Value>> = described;
    let running = described?.iter().flat_map(statuses).filter(|status| status == "RUNNING").count();
    if running != arns.len() || arns.len() != usize::try_from(tasks).unwrap_or(0) {
        return Err(io::Error::other(format!("{running} of {tasks} tasks run")));
    }
    board.rate(&format!("DescribeTasks, {tasks} tasks"), tasks, "tasks/s", took, None)?;

    let repeats = 1_000;
    let (took, ()) = timed(|| (0..repeats).for_each(|_| drop(std::hint::black_box(cloud.clone()))));
    board.rate(&format!("snapshot, {tasks} tasks"), repeats, "snapshots/s", took, None)?;
    let (took, ()) = timed(|| {
        for _ in 0..100 {
            let mut copy = cloud.clone();
            // An error would be the same work.
            let _ = call(&mut copy, "StopTask", stop(arns.first()));
        }
    });
    board.rate(&format!("StopTask on a snapshot, {tasks} tasks"), 100, "calls/s", took, None)?;
    if let (Some(before), Some(after)) = (memory_before, resident_kib()) {
        let figure = after.saturating_sub(before);
        board.line(&format!("memory, {tasks} tasks"), f64::from(figure), "KiB", None)?;
    }
    Ok(())
}

/// Lines, undo and the past in a session as the page has it.
fn session(board: &mut Board<'_>) -> io::Result<()> {
    let mut session = Session::sandbox();
    let lines = 500;
    let (took, ()) = timed(|| {
        for number in 0..lines {
            session.run(&format!("aws ecs create-cluster --cluster-name c{number}"));
            session.tick(1_000);
        }
    });
    board.rate("terminal lines in a session", lines, "lines/s", took, None)?;
    let (start, end) = (session.timeline().start(), session.cloud().now());
    let seeks = 100;
    let (took, ()) = timed(|| {
        for part in 0..seeks {
            let at = start + end.since(start) * part / seeks;
            session.seek(at);
        }
    });
    session.go_live();
    board.rate("seek", 100, "seeks/s", took, None)?;
    let (took, ()) = timed(|| while session.undo().is_some() {});
    board.rate("undo of 500 lines", lines, "undos/s", took, None)
}

struct Board<'a> {
    out: &'a mut dyn Write,
}

impl Board<'_> {
    fn rate(
        &mut self,
        name: &str,
        count: u32,
        unit: &str,
        took: Duration,
        target: Option<f64>,
    ) -> io::Result<()> {
        let figure = f64::from(count) / took.as_secs_f64().max(1e-9);
        self.line(name, figure, unit, target)
    }

    fn line(&mut self, name: &str, figure: f64, unit: &str, target: Option<f64>) -> io::Result<()> {
        let target = target.map_or_else(|| "-".to_owned(), |target| format!("{target:.0}"));
        writeln!(self.out, "{name:<40}{figure:>14.0} {unit:<12} target {target}")
    }
}

#[expect(clippy::disallowed_types, reason = "a benchmark measures the wall clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = std::time::Instant::now();
    let value = work();
    (start.elapsed(), value)
}

fn call(cloud: &mut Cloud, operation: &str, input: Value) -> io::Result<Value> {
    let call = Call::new("ecs", operation, input);
    let outcome = cloud.apply(&Input::Call { by: Principal::administrator(), call });
    let reply = outcome.into_reply().map_err(|error| io::Error::other(error.to_string()))?;
    Ok((*reply).clone())
}

fn definition() -> Value {
    json!({
        "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "256", "memory": "512",
        "containerDefinitions": [{ "name": "web", "image": "nginx" }],
    })
}

fn run_ten() -> Value {
    json!({
        "cluster": "dock", "taskDefinition": "web", "launchType": "FARGATE", "count": 10,
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [
                "subnet-0a1a1a1a1a1a1a1a1", "subnet-0b1b1b1b1b1b1b1b1", "subnet-0c1c1c1c1c1c1c1c1",
            ],
            "assignPublicIp": "ENABLED",
        } },
    })
}

fn describe(arns: &[Value]) -> Value {
    json!({ "cluster": "dock", "tasks": arns })
}

fn stop(arn: Option<&Value>) -> Value {
    json!({ "cluster": "dock", "task": arn })
}

fn task_arns(reply: &Value) -> Vec<Value> {
    members(reply, "taskArn")
}

fn statuses(reply: &Value) -> Vec<Value> {
    members(reply, "lastStatus")
}

fn members(reply: &Value, name: &str) -> Vec<Value> {
    let tasks = reply.get("tasks").and_then(Value::as_array).into_iter().flatten();
    tasks.filter_map(|task| task.get(name).cloned()).collect()
}

/// The memory this process has, where the system says so.
fn resident_kib() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
