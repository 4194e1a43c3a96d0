//! Why a deployment does not finish (facts: ecs §4), and why a service is not scaled.

use drydock::cloud::input::{Behaviour, Fault};
use drydock::session::view::why::at_moment;
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, run_one};
use crate::ecs_hosts::{harbour, register};
use crate::ecs_services::{ec2_service, fargate_service, update};
use crate::lab::Lab;
use crate::session_why::{answers, first, says};
use crate::watch_metrics::{load, running_service};

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
    lab.inject(Fault::App { task, behaviour: Behaviour::Unhealthy });
    let link = at_moment(lab.cloud.account(), lab.cloud.now()).expect("an event");
    assert!(link.text.ends_with("the application fails its health checks"), "{link:?}");
    assert_eq!(at_moment(lab.cloud.account(), lab.cloud.now() + 1), None);
}

// ---- scaling that waits (facts: scaling §4)

/// A service that keeps its CPU at 60 %, between bounds, with a load.
fn tracked((tasks, min, max): (u32, u32, u32), cpu: u32) -> Lab {
    let mut lab = running_service(tasks);
    let target = json!({ "ServiceNamespace": "ecs", "ResourceId": "service/dock/web",
        "ScalableDimension": "ecs:service:DesiredCount" });
    let with = |more: Value| {
        let mut request = target.clone();
        more.as_object().unwrap().iter().for_each(|(name, value)| request[name] = value.clone());
        request
    };
    let bounds = with(json!({ "MinCapacity": min, "MaxCapacity": max }));
    lab.ok("application-autoscaling", "RegisterScalableTarget", bounds);
    let policy = with(json!({ "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 60.0,
            "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" } } }));
    lab.ok("application-autoscaling", "PutScalingPolicy", policy);
    load(&mut lab, cpu);
    lab
}

#[test]
fn scaling_waits_for_its_alarm() {
    let mut lab = tracked((2, 1, 10), 90);
    lab.wait(61);
    let answer = first(&lab, "service");
    assert!(answer.is_calm);
    says(
        &answer,
        "Policy cpu waits for its alarm: 1 of 3 minutes in a row are greater than 60",
        "rings in about",
        "load",
    );
    lab.wait(60);
    says(
        &first(&lab, "service"),
        "2 of 3 minutes",
        "about 60 s",
        "your call application-autoscaling:PutScalingPolicy",
    );
}

#[test]
fn scaling_is_held_back_by_a_bound_or_a_cooldown() {
    let mut lab = tracked((1, 1, 2), 200);
    lab.wait(600);
    let answer = first(&lab, "service");
    says(
        &answer,
        "2 is the maximum, and there are as many",
        "higher maximum capacity",
        "RegisterScalableTarget",
    );
    says(&answer, "", "", "alarm TargetTracking-service/dock/web-AlarmHigh");
    assert_eq!(first(&lab, "scalable-target"), answer);
    let mut lab = tracked((4, 2, 10), 60);
    lab.wait(16 * 60);
    load(&mut lab, 40);
    lab.wait(15 * 60);
    load(&mut lab, 1);
    lab.wait(4 * 60);
    let answer = first(&lab, "service");
    says(&answer, "A cooldown goes on for another", "shorter cooldown", "ecs:UpdateService");
}
