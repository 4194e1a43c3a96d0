//! Why a task waits for an instance, why a capacity provider does not scale its group, and what Spot means for a task
//! (facts: scaling §5, ecs §6).

use drydock::cloud::input::Fault;
use drydock::cloud::rows::Kind;
use drydock::session::view::placed::refused;
use serde_json::json;

use crate::ecs_fargate::dock;
use crate::ecs_hosts::run;
use crate::lab::text;
use crate::scaling_clusters::{on, quay};
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
    assert_eq!(refused(lab.cloud.account()), [], "what waits was not refused");
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
