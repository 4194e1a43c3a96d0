//! Why a deployment does not finish (facts: ecs §4).

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::rows::Kind;
use drydock::session::view::why::at_moment;
use serde_json::json;

use crate::ecs_balanced::fargate;
use crate::ecs_fargate::{definition, dock, run_one};
use crate::ecs_hosts::{harbour, register};
use crate::ecs_services::{ec2_service, fargate_service, update};
use crate::session_why::{answers, first, says};

#[test]
fn a_deployment_says_what_it_waits_for() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "minimumHealthyPercent": 100, "maximumPercent": 150 });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.wait(10);
    says(&first(&lab, "service"), "A new task is", "", "your call ecs:CreateService");
    lab.settle();
    assert_eq!(answers(&lab, "service"), [], "it is steady");
    update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    says(
        &first(&lab, "service"),
        "may neither stop nor start",
        "lower minimumHealthyPercent",
        "your call ecs:UpdateService",
    );
}

#[test]
fn a_deployment_whose_tasks_fail_waits_or_gives_up() {
    let mut lab = dock("nginx:nope", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.wait(300);
    says(
        &first(&lab, "service"),
        "in a row failed to start",
        "came to run",
        "CannotPullContainerError",
    );
    let mut lab = dock("crash", json!({}));
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": false } });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    says(
        &first(&lab, "service"),
        "circuit breaker stopped it",
        "a revision that works",
        "web exited with code 1",
    );
}

#[test]
fn a_deployment_without_a_place_names_the_host() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports.clone());
    ec2_service(&mut lab, 1, json!({}));
    lab.settle();
    register(&mut lab, ports);
    update(&mut lab, json!({ "taskDefinition": "web" }));
    lab.settle();
    let both = answers(&lab, "service");
    says(&both[0], "port 80/tcp is taken", "host port were 0", "holds port 80");
    says(&both[1], "no place for the next task", "host port were 0", "your call ecs:UpdateService");
}

/// A goal that was met and broke names the event that broke it.
#[test]
fn a_moment_names_its_failure_first() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    let kept = task.clone();
    lab.inject(Fault::App { task, behaviour: Behaviour::Unhealthy });
    let link = at_moment(lab.cloud.account(), lab.cloud.now()).expect("an event");
    assert!(link.text.ends_with("the application fails its health checks"), "{link:?}");
    assert_eq!(at_moment(lab.cloud.account(), lab.cloud.now() + 1), None);
    lab.wait(1);
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": kept }));
    let link = at_moment(lab.cloud.account(), lab.cloud.now()).expect("an event");
    assert!(link.text.ends_with("Task stopped by user"), "{link:?}");
}

/// facts/ecs §4: one task at 100/100 leaves no freedom.
#[test]
fn a_deployment_at_100_and_100_percent_says_so() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 });
    fargate_service(&mut lab, 2, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    says(
        &first(&lab, "service"),
        "of 2 running, minimumHealthyPercent 100 keeps 2 and maximumPercent 100 allows 2",
        "a higher maximumPercent",
        "your call ecs:UpdateService",
    );
}

/// facts/ecs §4, "Circuit breaker": it counts, it opens, it rolls back.
#[test]
fn a_circuit_breaker_at_work_says_how_far_it_is() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    lab.ok("ecs", "RegisterTaskDefinition", definition("crash", json!({})));
    update(&mut lab, json!({ "taskDefinition": "web:2" }));
    let mut counts = Vec::new();
    let back = loop {
        lab.wait(1);
        let Some(answer) = answers(&lab, "service").into_iter().next() else { continue };
        if answer.says.contains("rolls the service back") {
            break answer;
        }
        let Some((_, count)) = answer.says.split_once("The circuit breaker counts ") else {
            continue;
        };
        let count = count.to_owned();
        if counts.iter().all(|(old, _)| *old != count) {
            counts.push((count, answer));
        }
    };
    let told: Vec<&str> = counts.iter().map(|(count, _)| count.as_str()).collect();
    assert_eq!(told, ["1 of the 3 failures that open it.", "2 of the 3 failures that open it."]);
    says(
        &counts[0].1,
        "1 of its tasks has failed so far",
        "kept running and passed",
        "web exited with code 1",
    );
    says(
        &back,
        "The circuit breaker has opened and rolls the service back to web:1.",
        "",
        "your call ecs:UpdateService",
    );
    lab.settle();
    assert_eq!(answers(&lab, "service"), [], "it is back");
}

#[test]
fn without_a_circuit_breaker_a_deployment_that_crashes_goes_on() {
    let mut lab = dock("crash", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.wait(180);
    says(
        &first(&lab, "service"),
        "of its tasks have failed so far: each ended or failed its health checks",
        "kept running",
        "web exited with code 1",
    );
    says(&first(&lab, "service"), "The circuit breaker is off", "", "your call ecs:CreateService");
}

/// DG/service-load-balancing: a task counts once its target is healthy.
#[test]
fn a_deployment_whose_targets_are_not_healthy_leads_to_the_target() {
    let (mut lab, _) = fargate("nginx", json!({ "healthCheckGracePeriodSeconds": 900 }));
    lab.settle();
    // Nothing in this image answers on port 80.
    let ports = json!({ "portMappings": [{ "containerPort": 80 }] });
    lab.ok("ecs", "RegisterTaskDefinition", definition("worker", ports));
    update(&mut lab, json!({ "taskDefinition": "web:2" }));
    lab.wait(300);
    let answer = first(&lab, "service");
    says(
        &answer,
        "its target in target group web is unhealthy",
        "passes a health check",
        "your call ecs:UpdateService",
    );
    assert_eq!(answer.chain[0].kind, "target");
}

/// The container's own health check keeps a deployment waiting just as well (DG/healthcheck).
#[test]
fn a_deployment_waits_for_the_health_check_of_a_container() {
    let check = json!({ "command": ["CMD-SHELL", "curl -f http://localhost/"], "interval": 60 });
    let mut lab = dock("nginx", json!({ "healthCheck": check }));
    fargate_service(&mut lab, 1, json!({}));
    lab.wait(60);
    says(
        &first(&lab, "service"),
        "the health check of its container says UNKNOWN",
        "the health check succeeds",
        "your call ecs:CreateService",
    );
}

/// facts/ecs §4: old tasks drain for the deregistration delay before they stop.
#[test]
fn a_deployment_waits_until_old_tasks_have_drained() {
    let (mut lab, _) = fargate("nginx", json!({}));
    lab.settle();
    update(&mut lab, json!({ "forceNewDeployment": true }));
    while lab.all(Kind::Target).iter().all(|row| row["TargetHealth"]["State"] != "draining") {
        lab.wait(1);
    }
    lab.wait(20);
    says(
        &first(&lab, "service"),
        "gives the requests under way 60 s, of which 39 s are left",
        "shorter deregistration delay",
        "your call ecs:UpdateService",
    );
}
