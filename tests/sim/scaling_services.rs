//! Application Auto Scaling for services. Sources: facts/scaling §2, §4; API-aas.

use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::time::{MINUTE, SimTime};
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};
use crate::watch_metrics::{load, running_service};

const RESOURCE: &str = "service/dock/web";
const CALLER: &str = "ecs.application-autoscaling.amazonaws.com";

fn aas(lab: &mut Lab, operation: &str, more: Value) -> Value {
    lab.ok("application-autoscaling", operation, request(more))
}

fn request(more: Value) -> Value {
    let mut request = json!({
        "ServiceNamespace": "ecs", "ResourceId": RESOURCE, "ScalableDimension": "ecs:service:DesiredCount",
    });
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
    request
}

/// `web` with so many tasks, scalable between bounds.
fn scalable(tasks: u32, min: u32, max: u32) -> Lab {
    let mut lab = running_service(tasks);
    aas(&mut lab, "RegisterScalableTarget", json!({ "MinCapacity": min, "MaxCapacity": max }));
    lab
}

/// Keeps average CPU at 60 %.
fn track(lab: &mut Lab, more: Value) -> Value {
    let mut configuration = json!({
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" },
    });
    for (name, value) in more.as_object().expect("members") {
        configuration[name] = value.clone();
    }
    let policy = json!({
        "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": configuration,
    });
    aas(lab, "PutScalingPolicy", policy)
}

fn desired(lab: &mut Lab) -> i64 {
    let request = json!({ "cluster": "dock", "services": ["web"] });
    let shown = lab.ok("ecs", "DescribeServices", request);
    shown["services"][0]["desiredCount"].as_i64().expect("a number")
}

fn activities(lab: &mut Lab) -> Vec<Value> {
    let more = json!({ "ServiceNamespace": "ecs", "IncludeNotScaledActivities": true });
    let shown = lab.ok("application-autoscaling", "DescribeScalingActivities", more);
    shown["ScalingActivities"].as_array().expect("a list").clone()
}

/// The newest decision in words.
fn why(lab: &Lab) -> String {
    let target = lab.cloud.account().scalable_targets.find(RESOURCE).expect("a target");
    target.history.decisions.back().expect("a decision").why.sentence()
}

fn minutes(lab: &mut Lab, minutes: u64) {
    let to = SimTime((lab.cloud.now().0 / MINUTE + minutes) * MINUTE);
    lab.cloud.apply(&Input::Advance { to });
}

#[test]
fn a_target_moves_the_service_between_its_bounds_as_a_call_of_its_own() {
    // Source: facts/scaling §2, "Register/update".
    let mut lab = scalable(1, 2, 4);
    lab.wait(1);
    assert_eq!(desired(&mut lab), 2);
    let trail = lab.cloud.account().trail.clone();
    let call =
        trail.iter().rev().find(|record| *record.call.operation == *"UpdateService").unwrap();
    assert_eq!(&*call.by.0, CALLER);
    assert!(trail.get(call.no).is_some_and(|same| same.no == call.no));
    let numbers: Vec<u64> = trail.iter().map(|record| record.no).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
    let shown = activities(&mut lab);
    assert_eq!(text(&shown[0], "/Description"), "Setting desired count to 2.");
    assert_eq!(text(&shown[0], "/Cause"), "minimum capacity was set to 2");
    rows_conform(&lab);
}

#[test]
fn a_target_needs_a_service_and_both_bounds() {
    let mut lab = running_service(1);
    let nothing =
        request(json!({ "ResourceId": "service/dock/none", "MinCapacity": 1, "MaxCapacity": 2 }));
    let refused = lab.refused("application-autoscaling", "RegisterScalableTarget", nothing);
    assert_eq!(refused.1, "ECS service doesn't exist: service/dock/none");
    let half = request(json!({ "MinCapacity": 1 }));
    assert_eq!(
        lab.refused("application-autoscaling", "RegisterScalableTarget", half).0,
        "ValidationException"
    );
    let none = request(json!({ "PolicyName": "cpu" }));
    assert_eq!(
        lab.refused("application-autoscaling", "PutScalingPolicy", none).1,
        "No scalable target registered for service namespace: ecs, resource ID: service/dock/web, scalable \
         dimension: ecs:service:DesiredCount"
    );
}

#[test]
fn a_tracking_policy_owns_two_alarms_that_come_and_go_with_it() {
    // Source: facts/scaling §4a, the table of the two alarms.
    let mut lab = scalable(1, 1, 4);
    let put = track(&mut lab, json!({}));
    let (high, low) = (text(&put, "/Alarms/0/AlarmName"), text(&put, "/Alarms/1/AlarmName"));
    assert!(high.starts_with("TargetTracking-service/dock/web-AlarmHigh-"), "{high}");
    assert!(low.starts_with("TargetTracking-service/dock/web-AlarmLow-"), "{low}");
    let request = json!({ "AlarmNames": [high, low] });
    let shown = lab.ok("cloudwatch", "DescribeAlarms", request);
    let of = |name: &str| {
        let alarms = shown["MetricAlarms"].as_array().unwrap();
        let alarm = alarms.iter().find(|one| one["AlarmName"] == name).unwrap();
        ["ComparisonOperator", "Threshold", "Period", "EvaluationPeriods"].map(|m| alarm[m].clone())
    };
    assert_eq!(json!(of(&high)), json!(["GreaterThanThreshold", 60.0, 60, 3]));
    assert_eq!(json!(of(&low)), json!(["LessThanThreshold", 54.0, 60, 15]));
    rows_conform(&lab);
    aas(&mut lab, "DescribeScalingPolicies", json!({}));
    aas(&mut lab, "DeleteScalingPolicy", json!({ "PolicyName": "cpu" }));
    assert_eq!(lab.ok("cloudwatch", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
}

#[test]
fn three_minutes_above_the_target_add_tasks_until_the_load_is_shared() {
    // Source: facts/scaling §4a: 3 of 3 minutes, ceil(running × metric / target), 300 s of cooldown.
    let mut lab = scalable(2, 1, 10);
    track(&mut lab, json!({}));
    load(&mut lab, 90);
    minutes(&mut lab, 2);
    assert_eq!(desired(&mut lab), 2);
    minutes(&mut lab, 1);
    assert_eq!(desired(&mut lab), 3);
    let shown = activities(&mut lab);
    assert_eq!(text(&shown[0], "/StatusCode"), "InProgress");
    assert!(text(&shown[0], "/Cause").contains("in state ALARM triggered policy cpu"));
    minutes(&mut lab, 3);
    let shown = activities(&mut lab);
    assert_eq!(text(&shown[0], "/StatusCode"), "Successful");
    assert_eq!(
        text(&shown[0], "/StatusMessage"),
        "Successfully set desired count to 3. Change successfully fulfilled by ecs."
    );
    // 2 × 90 % over three tasks is 60 %: at the target.
    minutes(&mut lab, 20);
    assert_eq!(desired(&mut lab), 3);
}

#[test]
fn fifteen_calm_minutes_take_tasks_away_and_the_minimum_holds() {
    // Source: facts/scaling §4a: 15 of 15 minutes below 90 % of the target.
    let mut lab = scalable(4, 2, 10);
    track(&mut lab, json!({}));
    load(&mut lab, 60);
    minutes(&mut lab, 16);
    load(&mut lab, 40);
    minutes(&mut lab, 14);
    assert_eq!(desired(&mut lab), 4);
    minutes(&mut lab, 1);
    assert_eq!(desired(&mut lab), 3);
    minutes(&mut lab, 2);
    load(&mut lab, 1);
    minutes(&mut lab, 2);
    assert!(why(&lab).starts_with("A cooldown goes on until"), "{}", why(&lab));
    assert_eq!(desired(&mut lab), 3);
    minutes(&mut lab, 30);
    assert_eq!(desired(&mut lab), 2);
    assert_eq!(why(&lab), "2 is the minimum, and there are no more.");
    let newest = &activities(&mut lab)[0];
    assert_eq!(
        newest["NotScaledReasons"],
        json!([{ "Code": "AlreadyAtMinCapacity", "MinCapacity": 2 }])
    );
}

#[test]
fn the_maximum_holds_and_says_so() {
    let mut lab = scalable(1, 1, 2);
    track(&mut lab, json!({}));
    load(&mut lab, 200);
    minutes(&mut lab, 3);
    assert_eq!(desired(&mut lab), 2);
    minutes(&mut lab, 5);
    assert_eq!(desired(&mut lab), 2);
    assert_eq!(why(&lab), "2 is the maximum, and there are as many.");
    let reasons = activities(&mut lab)[0]["NotScaledReasons"].clone();
    assert_eq!(reasons, json!([{ "Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2 }]));
}

#[test]
fn suspended_scaling_and_policies_that_only_add_take_nothing_away() {
    let mut lab = scalable(3, 1, 4);
    let flags = json!({ "SuspendedState": { "DynamicScalingInSuspended": true } });
    aas(&mut lab, "RegisterScalableTarget", flags);
    track(&mut lab, json!({}));
    minutes(&mut lab, 20);
    assert_eq!(
        (desired(&mut lab), why(&lab).as_str()),
        (3, "Scaling in this direction is suspended.")
    );
    let flags = json!({ "SuspendedState": { "DynamicScalingInSuspended": false } });
    aas(&mut lab, "RegisterScalableTarget", flags);
    let put = track(&mut lab, json!({ "DisableScaleIn": true }));
    assert_eq!(put["Alarms"].as_array().map(Vec::len), Some(1));
    minutes(&mut lab, 20);
    assert_eq!(desired(&mut lab), 3);
}

#[test]
fn steps_follow_an_alarm_of_ones_own() {
    // Source: facts/scaling §4b.
    let mut lab = scalable(2, 1, 10);
    let policy = aas(
        &mut lab,
        "PutScalingPolicy",
        json!({
            "PolicyName": "steps", "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity", "Cooldown": 600,
                "StepAdjustments": [
                    { "MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1 },
                    { "MetricIntervalLowerBound": 20, "ScalingAdjustment": 3 },
                ],
            },
        }),
    );
    lab.ok("cloudwatch", "PutMetricAlarm", json!({
        "AlarmName": "busy", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 50, "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [policy["PolicyARN"]],
        "Dimensions": [{ "Name": "ClusterName", "Value": "dock" }, { "Name": "ServiceName", "Value": "web" }],
    }));
    load(&mut lab, 60);
    minutes(&mut lab, 1);
    assert_eq!(desired(&mut lab), 3);
    // In the cooldown a step of +3 after +1 adds 2 more: the tasks just added count.
    load(&mut lab, 130);
    minutes(&mut lab, 1);
    assert_eq!(desired(&mut lab), 5);
    let turned = request(json!({
        "PolicyName": "turned", "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": { "AdjustmentType": "ChangeInCapacity", "StepAdjustments": [
            { "MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1 },
        ] },
    }));
    lab.refused("application-autoscaling", "PutScalingPolicy", turned);
    let gap = request(json!({
        "PolicyName": "gap", "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": { "AdjustmentType": "ChangeInCapacity", "StepAdjustments": [
            { "MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1 },
            { "MetricIntervalLowerBound": 20, "ScalingAdjustment": 3 },
        ] },
    }));
    lab.refused("application-autoscaling", "PutScalingPolicy", gap);
}

#[test]
fn a_scheduled_action_sets_the_bounds_at_its_time() {
    // Source: facts/scaling §4c; AAS/application-auto-scaling-scaling-activities for the texts.
    let mut lab = scalable(1, 1, 2);
    let action = json!({
        "ScheduledActionName": "morning", "Schedule": "at(2026-01-05T10:00:00)",
        "ScalableTargetAction": { "MinCapacity": 3, "MaxCapacity": 6 },
    });
    aas(&mut lab, "PutScheduledAction", action);
    aas(&mut lab, "DescribeScheduledActions", json!({}));
    lab.settle();
    assert_eq!(desired(&mut lab), 1);
    lab.wait(3_600);
    assert_eq!(desired(&mut lab), 3);
    let told: Vec<String> = activities(&mut lab).iter().map(|one| text(one, "/Cause")).collect();
    assert_eq!(
        told,
        ["minimum capacity was set to 3", "scheduled action name morning was triggered"]
    );
    aas(&mut lab, "DeleteScheduledAction", json!({ "ScheduledActionName": "morning" }));
    let wrong = request(json!({
        "ScheduledActionName": "a", "Schedule": "cron(0 8 * * *)",
        "ScalableTargetAction": { "MinCapacity": 1 },
    }));
    lab.refused("application-autoscaling", "PutScheduledAction", wrong);
}

#[test]
fn a_target_takes_its_policies_alarms_and_schedules_with_it() {
    let mut lab = scalable(1, 1, 2);
    track(&mut lab, json!({}));
    aas(&mut lab, "DeregisterScalableTarget", json!({}));
    assert_eq!(lab.ok("cloudwatch", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
    let shown = json!({ "ServiceNamespace": "ecs" });
    let shown = lab.ok("application-autoscaling", "DescribeScalableTargets", shown);
    assert_eq!(shown["ScalableTargets"], json!([]));
}

#[test]
fn only_ecs_is_scaled_here_and_requests_need_a_label() {
    let mut lab = scalable(1, 1, 2);
    let other =
        request(json!({ "ServiceNamespace": "dynamodb", "MinCapacity": 1, "MaxCapacity": 2 }));
    let call = Call::new("application-autoscaling", "RegisterScalableTarget", other);
    let by = Principal::administrator();
    assert!(lab.cloud.apply(&Input::Call { by, call }).into_reply().is_err());
    let policy = |label: &str| {
        request(json!({
            "PolicyName": "requests", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 100,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label,
                },
            },
        }))
    };
    lab.refused("application-autoscaling", "PutScalingPolicy", policy("web"));
    let good = policy("app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff");
    lab.ok("application-autoscaling", "PutScalingPolicy", good);
    let alarms = lab.ok("cloudwatch", "DescribeAlarms", json!({}));
    assert_eq!(text(&alarms, "/MetricAlarms/0/Dimensions/0/Value"), "app/web/50dc6c495c0c9188");
}
