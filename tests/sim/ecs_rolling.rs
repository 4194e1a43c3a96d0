//! Rolling deployments: their bounds, what gets them stuck, the circuit breaker, and starts that fail.

use drydock::cloud::rows::Kind;
use expect_test::expect;
use serde_json::json;

use crate::ecs_fargate::{definition, dock};
use crate::ecs_hosts::{harbour, register};
use crate::ecs_services::{
    check, deployments, ec2_service, events, fargate_service, service, tasks_by_revision, update,
};
use crate::lab::text;

#[test]
fn a_rolling_update_keeps_within_its_bounds() {
    // desired, minimum and maximum percent, least and most tasks ever seen
    let cases = [(4, 100, 200, 4, 8), (4, 50, 100, 2, 4), (2, 0, 100, 0, 2), (5, 100, 120, 5, 6)];
    for (desired, least, most, floor, ceiling) in cases {
        let mut lab = dock("nginx", json!({}));
        let rules = json!({ "minimumHealthyPercent": least, "maximumPercent": most });
        fargate_service(&mut lab, desired, json!({ "deploymentConfiguration": rules }));
        lab.settle();
        lab.ok("ecs", "RegisterTaskDefinition", definition("httpd", json!({})));
        update(&mut lab, json!({ "taskDefinition": "web:2" }));
        let (mut fewest, mut highest) = (u64::MAX, 0);
        for _ in 0..900 {
            lab.wait(1);
            let shown = service(&mut lab);
            let running = shown["runningCount"].as_u64().expect("a number");
            let pending = shown["pendingCount"].as_u64().expect("a number");
            fewest = fewest.min(running);
            highest = highest.max(running + pending);
        }
        assert_eq!((fewest, highest), (floor, ceiling), "{desired} {least}/{most}");
        let done = format!("PRIMARY web:2 {desired}/{desired} COMPLETED");
        assert_eq!(deployments(&mut lab), [done], "{desired} {least}/{most}");
    }
}

// facts/ecs §4: 1 task at 100/100 can neither be stopped nor replaced.
#[test]
fn a_deployment_without_any_freedom_is_stuck_and_says_so() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "minimumHealthyPercent": 100, "maximumPercent": 150 });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    let message = text(&service(&mut lab), "/events/0/message");
    assert!(message.contains("because of the service deployment configuration"), "{message}");
    assert_eq!(tasks_by_revision(&lab), ["web:1"]);
    update(&mut lab, json!({ "deploymentConfiguration": { "maximumPercent": 200 } }));
    lab.settle();
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 1/1 COMPLETED"]);
}

// DG/deployment-circuit-breaker: three failures, then back to the last good deployment.
#[test]
fn the_circuit_breaker_rolls_back() {
    let mut lab = dock("nginx", json!({}));
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    fargate_service(&mut lab, 2, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    let good = text(&service(&mut lab), "/deployments/0/id");
    lab.ok("ecs", "RegisterTaskDefinition", definition("nginx:nope", json!({})));
    update(&mut lab, json!({ "taskDefinition": "web:2" }));
    lab.settle();
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 2/2 COMPLETED"]);
    assert_eq!(text(&service(&mut lab), "/deployments/0/id"), good);
    assert_eq!(tasks_by_revision(&lab), ["web:1", "web:1"]);
    check(
        &mut lab,
        expect![[r#"
            2 (service web) has started 2 tasks: (task 7481) (task eb8d).
            67 (service web) (deployment ecs-svc/2547) deployment completed.
            67 (service web) has reached a steady state.
            69 (service web) has started 2 tasks: (task 5165) (task 9c61).
            114 (service web) has started 2 tasks: (task b517) (task 369a).
            133 (service web) is unable to consistently start tasks successfully.
            133 (service web) (deployment ecs-svc/1701) deployment failed: tasks failed to start.
            133 (service web) rolling back to (deployment ecs-svc/2547).
            135 (service web) has stopped 1 running tasks: (task 369a).
            151 (service web) (deployment ecs-svc/2547) deployment completed.
            151 (service web) has reached a steady state.
        "#]],
    );
}

// The same page: without a completed deployment it stalls.
#[test]
fn without_a_deployment_to_return_to_a_failed_one_stalls() {
    let mut lab = dock("crash", json!({}));
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    fargate_service(&mut lab, 1, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    let shown = service(&mut lab);
    assert_eq!(shown["deployments"][0]["rolloutState"], "FAILED");
    assert_eq!(shown["deployments"][0]["failedTasks"], 3);
    expect!["ECS deployment circuit breaker: tasks failed to start."]
        .assert_eq(&text(&shown, "/deployments/0/rolloutStateReason"));
    assert_eq!(shown["runningCount"], 0);
}

// DG/service-throttle-logic: starts that fail are tried again ever more slowly, up to 27 minutes.
#[test]
fn failing_starts_are_throttled() {
    let mut lab = dock("nginx:nope", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.wait(3_600);
    let tasks = lab.all(Kind::Task);
    let mut created: Vec<f64> =
        tasks.iter().map(|task| task["createdAt"].as_f64().expect("a time")).collect();
    created.sort_by(f64::total_cmp);
    let gaps: Vec<f64> = created.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() > 4 && gaps.is_sorted_by(|a, b| *b > a + 5.0), "{gaps:?}");
    let told = events(&mut lab);
    assert!(told.contains("is unable to consistently start tasks successfully."), "{told}");
}

// DG/service-event-messages-list; facts/ecs §4: a fixed host port needs a second instance or freedom to stop first.
#[test]
fn a_fixed_host_port_leaves_no_place_for_the_next_revision() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports.clone());
    ec2_service(&mut lab, 1, json!({}));
    lab.settle();
    register(&mut lab, ports);
    update(&mut lab, json!({ "taskDefinition": "web" }));
    lab.settle();
    check(
        &mut lab,
        expect![[r#"
        2 (service web) has started 1 tasks: (task e009).
        49 (service web) (deployment ecs-svc/2420) deployment completed.
        49 (service web) has reached a steady state.
        51 (service web) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 18af is already using a port required by your task.
    "#]],
    );
    let rules = json!({ "minimumHealthyPercent": 0, "maximumPercent": 100 });
    update(&mut lab, json!({ "deploymentConfiguration": rules }));
    lab.settle();
    assert_eq!(deployments(&mut lab), ["PRIMARY web:2 1/1 COMPLETED"]);
}
