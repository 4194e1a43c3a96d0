//! Fork and compare: two branches of one timeline under one clock.

use drydock::cloud::time::{MINUTE, SECOND};
use drydock::session::Session;
use drydock::session::view::compare::{Difference, differences};

use crate::played::worked;

/// One host, and the second task asks for the same host port as the first.
const BEGIN: &[&str] = &[
    "aws ecs create-cluster --cluster-name dock",
    "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.medium \
     --iam-instance-profile Name=ecsInstanceRole \
     --user-data '#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config'",
    "wait 5m",
];

fn register(port: u16) -> String {
    format!(
        "aws ecs register-task-definition --family web --network-mode bridge --container-definitions \
         '[{{\"name\":\"web\",\"image\":\"nginx\",\"memory\":128,\"portMappings\":[{{\"containerPort\":80,\"hostPort\":{port}}}]}}]'"
    )
}

const SERVE: &str = "aws ecs create-service --cluster dock --service-name web --task-definition web \
                     --desired-count 2 --launch-type EC2";

#[track_caller]
fn run(session: &mut Session, line: &str) {
    worked(line, session.run(line));
}

fn prepared() -> Session {
    let mut session = Session::sandbox();
    for line in BEGIN {
        run(&mut session, line);
    }
    session
}

fn rows(session: &Session) -> Vec<Difference> {
    let branches = session.branches().expect("two branches");
    differences(branches.first, branches.second, session.span().0)
}

fn of(rows: &[Difference], what: &str) -> (String, String) {
    let found = rows.iter().find(|row| row.what == what);
    found.map_or_else(
        || panic!("no {what} in {rows:#?}"),
        |row| (row.first.clone(), row.second.clone()),
    )
}

/// Dynamic against fixed host ports from one fork, the outcome read from both.
#[test]
fn fixed_against_dynamic_host_ports_from_one_fork() {
    let mut session = prepared();
    let fork = session.cloud().now();
    session.tick(SECOND);
    run(&mut session, &register(80));
    run(&mut session, SERVE);
    session.tick(2 * MINUTE);
    session.seek(fork);

    assert!(session.compare_here());
    assert_eq!(session.cloud().now(), fork);
    assert!(session.cloud().account().services.is_empty(), "the second branch begins at the fork");
    run(&mut session, &register(0));
    run(&mut session, SERVE);
    session.tick(2 * MINUTE);

    let branches = session.branches().expect("two branches");
    assert_eq!((branches.forked_at, branches.in_second), (fork, true));
    assert_eq!(branches.first.now(), branches.second.now());
    let rows = rows(&session);
    assert_eq!(of(&rows, "Tasks of web:1 RUNNING"), ("1".to_owned(), "2".to_owned()));
    assert_eq!(of(&rows, "Not placed: web"), ("port 80 taken".to_owned(), "–".to_owned()));
    let port = of(&rows, "Host ports in use");
    assert_eq!(port.0, "80");
    assert_eq!(port.1.split(", ").count(), 2, "{port:?}");
    let hosts = rows.iter().find(|row| row.what == "Instances running").unwrap();
    assert!(!hosts.differs(), "{hosts:?}");
}

/// One clock: the other branch is shown at the moment of the one at work, and goes on with it.
#[test]
fn both_branches_follow_one_clock() {
    let mut session = prepared();
    let fork = session.cloud().now();
    session.tick(SECOND);
    run(&mut session, "aws ecs create-cluster --cluster-name quay");
    session.tick(MINUTE);
    session.seek(fork);
    session.compare_here();
    let first = |session: &Session| {
        let branches = session.branches().unwrap();
        (branches.first.now(), branches.first.account().clusters.len())
    };
    assert_eq!(first(&session), (fork, 1), "what came after the fork has not happened yet");
    session.tick(30 * SECOND);
    assert_eq!(first(&session), (fork + 30 * SECOND, 2));
    session.tick(5 * MINUTE);
    assert_eq!(first(&session), (fork + 330 * SECOND, 2), "beyond its end it goes on");
    let start = session.span().0;
    let signs = session.signs_beside(&|at| at.since(start));
    assert_eq!(signs.len(), 2, "{signs:?}");
    session.seek(fork + 10 * SECOND);
    assert_eq!(first(&session).0, fork + 10 * SECOND);

    session.switch_branch();
    assert!(!session.branches().unwrap().in_second);
    assert_eq!(session.cloud().account().clusters.len(), 2);
    session.compare_stop();
    assert!(session.branches().is_none());
    assert_eq!(session.cloud().account().clusters.len(), 2, "the branch at work stays");
}

/// What is kept and shared is the branch at work; a reset ends the comparison.
#[test]
fn the_branch_at_work_is_the_one_that_is_kept() {
    let mut session = prepared();
    session.compare_here();
    run(&mut session, "aws ecs create-cluster --cluster-name quay");
    assert!(!session.compare_here(), "two at most");
    assert_eq!(session.saved().inputs.len(), BEGIN.len() + 1);
    session.undo();
    assert_eq!(session.branches().unwrap().second.account().clusters.len(), 1);
    session.reset();
    assert!(session.branches().is_none());
}

/// Time stands still while lines are written: a fork can be made before each of them.
#[test]
fn a_fork_can_be_made_before_a_line() {
    let mut session = prepared();
    let fork = session.cloud().now();
    run(&mut session, &register(80));
    run(&mut session, SERVE);
    assert!(session.compare_before(BEGIN.len()));
    assert_eq!(session.cloud().now(), fork);
    assert!(session.cloud().account().task_definitions.is_empty());
    let branches = session.branches().unwrap();
    assert_eq!(branches.first.account().services.len(), 1);
}
