//! Why a task waits for an instance, why a capacity provider does not scale its group, and what Spot means for a task
//! (facts: scaling §5, ecs §6).

use drydock::cloud::input::Fault;
use drydock::cloud::rows::Kind;
use drydock::cloud::time::SimTime;
use drydock::session::view::placed::refused;
use serde_json::json;

use crate::ecs_fargate::dock;
use crate::ecs_hosts::{register, run};
use crate::lab::text;
use crate::scaling_clusters::{minutes, on, quay};
use crate::scaling_spot::fargate_providers;
use crate::session_why::{first, says};

#[test]
fn a_task_waits_for_its_provider() {
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    lab.wait(20);
    let answer = first(&lab, "task");
    says(
        &answer,
        "waits for an instance of capacity provider quay",
        "another container instance",
        "your call ecs:RunTask",
    );
    assert_eq!(refused(lab.cloud.account(), SimTime(0)), [], "what waits was not refused");
    run(&mut lab, 2, json!({}));
    lab.wait(11 * 60);
    let answer = first(&lab, "capacity-provider");
    says(
        &answer,
        "The group is at its maximum of 1",
        "higher maximum capacity",
        "CreateCapacityProvider",
    );
    says(
        &first(&lab, "task"),
        "CPU units left; the task needs 2048",
        "",
        "auto scaling group hosts",
    );
}

/// facts/scaling §5: tasks that find no room wait in PROVISIONING and are placed once an instance has come.
#[test]
fn a_task_that_has_found_its_place_is_no_longer_refused() {
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 10);
    assert_eq!(text(&lab.all(Kind::Task)[0], "/lastStatus"), "RUNNING");
    assert_eq!(refused(lab.cloud.account(), SimTime::START), []);
}

/// facts/scaling §5, "Warm-up": 300 s.
#[test]
fn a_provider_waits_until_the_last_instances_are_warm() {
    let mut lab = quay((0, 0, 9), on(), json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 1);
    run(&mut lab, 3, json!({}));
    minutes(&mut lab, 4);
    says(
        &first(&lab, "capacity-provider"),
        "The instances that came last warm up for another 60 s",
        "shorter warm-up period",
        "CreateCapacityProvider",
    );
}

/// facts/scaling §5, "Task wait limit".
#[test]
fn a_task_that_waited_in_vain_fails_to_start() {
    let mut lab = quay((0, 0, 2), on(), json!({}), json!({}));
    register(&mut lab, json!({ "cpu": 4096 }));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 31);
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("TaskFailedToStart "), "{answer:?}");
    says(&answer, "none came with enough left", "with less to ask for", "your call ecs:RunTask");
}

#[test]
fn a_task_on_spot_is_interrupted() {
    let mut lab = dock("nginx", json!({}));
    fargate_providers(&mut lab);
    let mut request = crate::ecs_fargate::run_in_public(1);
    request.as_object_mut().unwrap().remove("launchType");
    request["capacityProviderStrategy"] =
        json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]);
    lab.ok("ecs", "RunTask", request);
    lab.settle();
    let task = text(&lab.all(Kind::Task)[0], "/taskArn");
    lab.inject(Fault::InterruptSpot(task));
    lab.settle();
    let answer = first(&lab, "task");
    assert_eq!(answer.aws, "SpotInterruption Your Spot Task was interrupted.");
    says(&answer, "took the Spot capacity back", "on-demand capacity", "a fault that was injected");
}
