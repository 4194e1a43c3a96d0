//! A learner at work, played natively: lines, undo, the past, forks, saves and share links.

use drydock::cloud::time::MINUTE;
use drydock::lesson::model::Step;
use drydock::lesson::{library, solve};
use drydock::session::marks::MarkKind;
use drydock::session::share::Shared;
use drydock::session::view::why::at_moment;
use drydock::session::{Session, StepState};

use crate::played::worked;

const CREATE: &str = "aws ecs create-cluster --cluster-name dock";
const CREATE_TWO: &str = "aws ecs create-cluster --cluster-name quay";

fn clusters(session: &Session) -> Vec<String> {
    let clusters = session.cloud().account().clusters.values();
    clusters.map(|cluster| cluster.name.to_string()).collect()
}

fn sandbox(lines: &[&str]) -> Session {
    let mut session = Session::sandbox();
    for line in lines {
        worked(line, session.run(line));
    }
    session
}

#[test]
fn undo_takes_back_the_last_line_that_changed_something_and_the_clock() {
    let mut session = sandbox(&[CREATE]);
    session.tick(MINUTE);
    let before = session.cloud().digest();
    session.run(CREATE_TWO);
    session.run("aws ecs list-clusters");
    session.tick(MINUTE);

    assert_eq!(session.undo().as_deref(), Some(CREATE_TWO));

    assert_eq!(clusters(&session), ["dock"]);
    assert_eq!(session.cloud().digest(), before);
}

#[test]
fn redo_does_again_what_was_undone_at_its_own_time() {
    let mut session = sandbox(&[CREATE]);
    session.tick(MINUTE);
    session.run(CREATE_TWO);
    let before = session.cloud().digest();
    session.undo();
    session.undo();
    assert!(clusters(&session).is_empty());

    session.redo();
    let (line, printed) = session.redo().unwrap();

    assert_eq!((line.as_str(), printed.status), (CREATE_TWO, 0));
    assert_eq!(session.cloud().digest(), before);
    assert!(session.redo().is_none());
}

#[test]
fn doing_something_else_drops_what_could_have_been_redone() {
    let mut session = sandbox(&[CREATE]);
    session.undo();
    session.run("aws ecs list-clusters");
    assert!(session.can_redo(), "looking keeps it");
    session.run(CREATE_TWO);
    assert!(!session.can_redo());
}

#[test]
fn a_line_that_is_not_understood_leaves_no_trace() {
    let mut session = sandbox(&[]);
    let before = session.saved();
    assert_ne!(session.run("aws ecs creat-cluster").status, 0);
    assert_ne!(session.run("hello").status, 0);
    assert_eq!(session.saved(), before);
    assert!(!session.can_undo());
}

#[test]
fn the_past_can_be_looked_at_and_not_changed() {
    let mut session = sandbox(&[CREATE]);
    session.tick(MINUTE);
    session.run(CREATE_TWO);
    let (start, now) = session.span();
    let present = session.cloud().digest();

    session.seek(start + MINUTE / 2);
    assert!(session.is_past());
    assert_eq!(clusters(&session), ["dock"]);
    assert_eq!(session.run(CREATE_TWO).status, 1);
    assert!(!session.tick(MINUTE));

    session.seek(now);
    assert!(!session.is_past());
    assert_eq!(session.cloud().digest(), present);
}

#[test]
fn forking_goes_on_from_the_past() {
    let mut session = sandbox(&[CREATE]);
    session.tick(MINUTE);
    session.run(CREATE_TWO);
    let (start, _) = session.span();
    session.seek(start + MINUTE / 2);

    assert!(session.fork_here());

    assert!(!session.is_past());
    assert_eq!(session.span().1, start + MINUTE / 2);
    assert_eq!(session.run("aws ecs create-cluster --cluster-name pier").status, 0);
    assert_eq!(clusters(&session), ["dock", "pier"]);
}

#[test]
fn a_saved_run_comes_back_with_the_same_digest_and_time() {
    let mut session = sandbox(&[CREATE, "wait 90s", "aws ecs list-clusters", CREATE_TWO]);
    session.tick(12_345);
    let run = session.saved();

    let mut again = Session::sandbox();
    again.restore(&run);

    assert_eq!(again.cloud().digest(), session.cloud().digest());
    assert_eq!(again.cloud().now(), session.cloud().now());
    assert_eq!(again.saved(), run);
}

#[test]
fn a_share_link_gives_somebody_else_the_same_account() {
    let mut session = sandbox(&[CREATE, "wait 90s"]);
    session.tick(500);
    let mut theirs = Session::sandbox();
    theirs.replay(&Shared::decode(&session.share()).unwrap());
    assert_eq!(theirs.cloud().digest(), session.cloud().digest());
}

#[test]
fn a_reset_can_be_taken_back_until_something_new_is_done() {
    let mut session = sandbox(&[CREATE]);
    session.reset();
    assert!(clusters(&session).is_empty());
    assert!(session.unreset());
    assert_eq!(clusters(&session), ["dock"]);

    session.reset();
    session.run(CREATE_TWO);
    assert!(!session.unreset());
    assert_eq!(clusters(&session), ["quay"]);
}

#[test]
fn a_step_that_was_reset_is_open_until_it_is_solved_again() {
    let lesson = library::embedded("ecs").unwrap();
    let mut session = Session::step(&lesson, "empty-cluster").unwrap();
    worked(CREATE, session.run(CREATE));
    assert_eq!(session.state(), StepState::Solved);
    session.reset();
    assert_eq!(session.state(), StepState::Open);
    assert!(session.unreset());
    assert_eq!(session.state(), StepState::Solved);
}

#[test]
fn however_time_is_cut_into_frames_the_history_is_the_same() {
    let mut coarse = sandbox(&[CREATE]);
    coarse.tick(10_000);
    let mut fine = sandbox(&[CREATE]);
    for _ in 0..625 {
        fine.tick(16);
    }
    assert_eq!(coarse.cloud().digest(), fine.cloud().digest());
    assert_eq!(coarse.saved(), fine.saved());
}

#[test]
fn the_track_is_marked_where_something_was_done() {
    let session = sandbox(&["wait 10s", CREATE, "aws ecs list-clusters"]);
    let acts = session.marks().into_iter().filter(|mark| mark.kind == MarkKind::Action);
    let labels: Vec<String> = acts.map(|mark| mark.label).collect();
    assert_eq!(labels, ["wait 10s", CREATE]);
}

#[test]
fn the_next_failure_is_gone_to_in_the_future_and_in_the_past() {
    let mut session = sandbox(&[
        CREATE,
        "aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE \
         --cpu 256 --memory 512 --container-definitions name=web,image=crash",
        "aws ecs run-task --cluster dock --task-definition web --launch-type FARGATE --network-configuration \
         awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=ENABLED}",
    ]);
    let start = session.cloud().now();
    assert!(session.next_notable());
    let failed = session.cloud().now();
    assert!(failed > start);
    let marks = session.marks();
    assert!(marks.iter().any(|mark| (mark.at, mark.kind) == (failed, MarkKind::Failure)));
    session.tick(MINUTE);
    let now = session.cloud().now();
    assert!(!session.next_notable(), "nothing fails any more");
    assert_eq!(session.cloud().now(), now, "and nothing has moved");
    session.seek(start);
    assert!(session.next_notable());
    assert_eq!(session.cloud().now(), failed);
    assert!(session.is_past());
}

#[test]
fn the_next_event_is_one_that_people_would_call_so() {
    let mut session = sandbox(&[
        CREATE,
        "aws ecs register-task-definition --family w --container-definitions '[{\"name\":\"w\",\"image\":\"busybox\",\"memory\":64}]'",
        "aws ecs create-service --cluster dock --service-name w --task-definition w --desired-count 1",
    ]);
    let mut told = session.cloud().account().story.count();
    let mut events = 0;
    while session.next_event() {
        let now = session.cloud().account().story.count();
        assert!(now > told, "something happened at {}", session.cloud().now().0);
        told = now;
        events += 1;
        assert!(events < 20, "a service that cannot place its task says so once");
    }
    // Its metrics go on minute by minute, and nobody calls that an event.
    assert!(session.next_due().is_some());
    let before = session.cloud().now();
    assert!(!session.next_event());
    assert_eq!(session.cloud().now(), before);
}

/// A goal that was so and broke before it had held for long enough knows when, and the event of that moment is what broke it.
#[test]
fn a_goal_that_breaks_says_which_event_broke_it() {
    let lesson = library::embedded("ecs").unwrap();
    let has_four = |step: &&Step| step.goals().iter().any(|goal| goal.id == "four");
    let step = lesson.steps.iter().find(has_four).unwrap();
    let mut session = Session::step(&lesson, &step.id).unwrap();
    for line in step.task.iter().flat_map(|task| &task.solution) {
        let filled = solve::fill(line.line.trim(), session.cloud()).into_owned();
        worked(&filled, session.run(&filled));
    }
    let four =
        |session: &Session| session.goals().into_iter().find(|goal| goal.id == "four").unwrap();
    while four(&session).got == 0 {
        assert!(session.next_event(), "four tasks come to run");
    }
    session.tick(20_000);
    assert_eq!((four(&session).met, four(&session).broke_at), (false, None));
    let task = session.cloud().account().tasks.values().next_back().unwrap().id.to_string();
    session.run(&format!("fault app {task} crash"));
    while four(&session).broke_at.is_none() {
        assert!(session.next_event(), "it breaks");
    }
    let link = at_moment(session.cloud().account(), four(&session).broke_at.unwrap()).unwrap();
    assert_eq!((link.kind, link.id), ("task", task));
    assert!(link.text.ends_with("Essential container in task exited"), "{}", link.text);
    while !four(&session).met {
        assert!(session.next_event(), "a task comes in its place");
    }
}
