//! A session as the page has it: lines, the past, undo.

use std::io;

use super::board::{Board, Target, timed};
use crate::cloud::time::{HOUR, MINUTE, SECOND};
use crate::session::Session;

/// Milliseconds for going to any moment of an hour with 1,000 tasks.
const SEEK: Target = Target::AtMost(50.0);
/// Lines that start ten tasks each, one every half minute from the start.
const RUNS: u32 = 100;
/// Moments that are gone to.
const SEEKS: u32 = 200;

const SETUP: [&str; 2] = [
    "aws ecs create-cluster --cluster-name dock",
    "aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE \
     --cpu 256 --memory 512 --container-definitions name=web,image=nginx",
];
const RUN: &str = "aws ecs run-task --cluster dock --task-definition web --launch-type FARGATE --count 10 \
     --network-configuration awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=ENABLED}";

/// An hour in which 1,000 tasks are started, then the ways back.
pub(super) fn session(board: &mut Board<'_>) -> io::Result<()> {
    let mut session = Session::sandbox();
    let mut status = 0;
    for line in SETUP {
        status |= session.run(line).status;
    }
    let (took, ()) = timed(|| {
        for _ in 0..RUNS {
            status |= session.run(RUN).status;
            for _ in 0..30 {
                session.tick(SECOND);
            }
        }
    });
    let of_tasks = session.cloud().account().tasks.len();
    if status != 0 || of_tasks != 1_000 {
        return Err(io::Error::other(format!("{of_tasks} of 1,000 tasks in the session")));
    }
    board.each("line of run-task with its half minute, in a session", RUNS, "us", took)?;
    while session.timeline().elapsed() < HOUR {
        session.tick(MINUTE);
    }
    seek(board, &mut session)?;
    undo(board, &mut session)
}

fn seek(board: &mut Board<'_>, session: &mut Session) -> io::Result<()> {
    let start = session.timeline().start();
    let (mut slowest, mut sum) = (0.0_f64, 0.0);
    for number in 0..SEEKS {
        // Not in order, and not at round moments.
        let part = u64::from(number * 77 % SEEKS);
        let at = start + HOUR * part / u64::from(SEEKS) + 313;
        let (took, ()) = timed(|| session.seek(at));
        let took = took.as_secs_f64() * 1e3;
        slowest = slowest.max(took);
        sum += took;
    }
    session.go_live();
    board.line("seek in an hour with 1,000 tasks, the slowest", slowest, "ms", SEEK)?;
    board.line("seek, on average", sum / f64::from(SEEKS), "ms", Target::None)
}

fn undo(board: &mut Board<'_>, session: &mut Session) -> io::Result<()> {
    let times = RUNS / 2;
    let (took, undone) = timed(|| (0..times).filter_map(|_| session.undo()).count());
    if undone != usize::try_from(times).unwrap_or(0) {
        return Err(io::Error::other(format!("{undone} of {times} lines were undone")));
    }
    board.each("undo of a line, 1,000 tasks", times, "us", took)?;
    let (took, _) = timed(|| (0..times).filter_map(|_| session.redo()).count());
    board.each("redo of a line, 1,000 tasks", times, "us", took)
}
