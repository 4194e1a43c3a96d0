//! Why a service is not scaled, although something asks for it (facts: scaling §4).

use serde_json::{Value, json};

use crate::ecs_fargate::dock;
use crate::ecs_services::{fargate_service, update};
use crate::lab::Lab;
use crate::session_why::{answers, first, says};
use crate::watch_metrics::{load, running_service};

/// A service that keeps its CPU at 60 %, between bounds, with a load.
fn tracked((tasks, min, max): (u32, u32, u32), cpu: u32) -> Lab {
    let mut lab = running_service(tasks);
    track(&mut lab, (min, max));
    load(&mut lab, cpu);
    lab
}

/// Keeps the service's CPU at 60 %, between bounds.
fn track(lab: &mut Lab, (min, max): (u32, u32)) {
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

#[test]
fn scaling_in_waits_for_a_deployment() {
    let mut lab = tracked((4, 1, 10), 20);
    lab.wait(14 * 60);
    let rules = json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 });
    update(&mut lab, json!({ "forceNewDeployment": true, "deploymentConfiguration": rules }));
    lab.wait(4 * 60);
    says(
        &answers(&lab, "service")[1],
        "A deployment goes on: no tasks are taken away",
        "once the deployment is complete",
        "RegisterScalableTarget",
    );
}

/// Target tracking takes no task away if the rest would be over the target again (API-aas NotScaledReason).
#[test]
fn target_tracking_does_not_take_a_task_that_it_would_have_to_add_again() {
    let mut lab = tracked((2, 1, 10), 50);
    lab.wait(16 * 60);
    says(
        &first(&lab, "service"),
        "With one fewer the metric would be over the target",
        "if the metric stayed under the target with one fewer",
        "AlarmLow",
    );
}

/// CW/AlarmThatSendsEmail: an alarm without datapoints is INSUFFICIENT_DATA, and sets nothing off.
#[test]
fn scaling_waits_for_the_first_datapoints() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 2, json!({}));
    track(&mut lab, (1, 10));
    let answer = answers(&lab, "scalable-target").remove(0);
    assert!(answer.is_calm);
    says(
        &answer,
        "Policy cpu cannot act: its alarm is INSUFFICIENT_DATA",
        "once CPUUtilization was measured for 3 min",
        "your call application-autoscaling:PutScalingPolicy",
    );
}

#[test]
fn suspended_scaling_says_so() {
    let mut lab = tracked((3, 1, 4), 200);
    let flags = json!({ "ServiceNamespace": "ecs", "ResourceId": "service/dock/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "SuspendedState": { "DynamicScalingOutSuspended": true } });
    lab.ok("application-autoscaling", "RegisterScalableTarget", flags);
    lab.wait(5 * 60);
    says(
        &first(&lab, "service"),
        "Scaling in this direction is suspended",
        "were not suspended",
        "RegisterScalableTarget",
    );
}
