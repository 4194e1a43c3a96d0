//! Services behind a load balancer: targets come and go with the tasks, and their health decides.

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::ecs_fargate::definition;
use crate::ecs_hosts::{harbour, register};
use crate::ecs_services::{check, deployments, ec2_service, fargate_service, service, update};
use crate::lab::{Lab, rows_conform, text};

/// A load balancer and a target group of a type; the group's ARN.
fn balancer(lab: &mut Lab, target_type: &str, delay: u32) -> String {
    let made = lab.ok(
        "elbv2",
        "CreateLoadBalancer",
        json!({ "Name": "web", "Subnets": [start::PUBLIC[0], start::PUBLIC[1]] }),
    );
    let lb = text(&made, "/LoadBalancers/0/LoadBalancerArn");
    let group = json!({ "Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": start::VPC,
        "TargetType": target_type });
    let group =
        text(&lab.ok("elbv2", "CreateTargetGroup", group), "/TargetGroups/0/TargetGroupArn");
    let attributes = json!({ "TargetGroupArn": group, "Attributes": [
        { "Key": "deregistration_delay.timeout_seconds", "Value": delay.to_string() },
    ] });
    lab.ok("elbv2", "ModifyTargetGroupAttributes", attributes);
    lab.ok(
        "elbv2",
        "CreateListener",
        json!({ "LoadBalancerArn": lb, "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{ "Type": "forward", "TargetGroupArn": group }] }),
    );
    lab.settle();
    group
}

fn behind(group: &str) -> Value {
    json!({ "loadBalancers": [
        { "targetGroupArn": group, "containerName": "web", "containerPort": 80 },
    ] })
}

/// A service of one task on Fargate behind a load balancer.
pub(crate) fn fargate(image: &str, more: Value) -> (Lab, String) {
    let mut lab = Lab::new();
    let group = balancer(&mut lab, "ip", 60);
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let ports = json!({ "portMappings": [{ "containerPort": 80 }] });
    lab.ok("ecs", "RegisterTaskDefinition", definition(image, ports));
    let mut members = behind(&group);
    for (name, value) in more.as_object().expect("members") {
        members[name] = value.clone();
    }
    fargate_service(&mut lab, 1, members);
    (lab, group)
}

fn health(lab: &mut Lab, group: &str) -> Vec<String> {
    let shown = lab.ok("elbv2", "DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    let all = shown["TargetHealthDescriptions"].as_array().expect("a list");
    all.iter().map(|one| text(one, "/TargetHealth/State")).collect()
}

fn story(lab: &mut Lab, expected: Expect) {
    check(lab, expected);
}

// facts/ecs §4: the events of one rolling replacement behind a load balancer, in their order.
#[test]
fn targets_follow_the_tasks_of_a_rolling_update() {
    let (mut lab, group) = fargate("nginx", json!({}));
    lab.settle();
    assert_eq!(health(&mut lab, &group), ["healthy"]);
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 1/1 COMPLETED"]);
    update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    assert_eq!(health(&mut lab, &group), ["healthy"]);
    story(
        &mut lab,
        expect![[r#"
        2 (service web) has started 1 tasks: (task ce73).
        25 (service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/c7858de3792f9566)
        32 (service web) (deployment ecs-svc/3823) deployment completed.
        32 (service web) has reached a steady state.
        34 (service web) has started 1 tasks: (task 8f67).
        59 (service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/c7858de3792f9566)
        66 (service web) has stopped 1 running tasks: (task ce73).
        66 (service web) deregistered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/c7858de3792f9566)
        66 (service web, taskSet ecs-svc/3823) has begun draining connections on 1 tasks.
        144 (service web) (deployment ecs-svc/1396) deployment completed.
        144 (service web) has reached a steady state.
    "#]],
    );
    let old = lab.all(Kind::Task).remove(0);
    let at = |name: &str| old[name].as_f64().expect("a time");
    assert!(at("executionStoppedAt") - at("stoppingAt") >= 60.0);
    rows_conform(&lab);
}

// DG/alb: in bridge mode the target is the instance with the host port that Docker chose.
#[test]
fn two_tasks_on_one_instance_are_two_targets() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let group = balancer(&mut lab, "instance", 0);
    register(&mut lab, json!({ "portMappings": [{ "containerPort": 80, "hostPort": 0 }] }));
    ec2_service(&mut lab, 2, behind(&group));
    lab.settle();
    let shown = lab.ok("elbv2", "DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    let ports: Vec<&Value> = shown["TargetHealthDescriptions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["Target"]["Port"])
        .collect();
    assert_eq!(ports, [&json!(32768), &json!(32769)]);
    assert_eq!(service(&mut lab)["runningCount"], 2);
}

// DG23/stopped-task-errors: the text; facts: two failed checks, 30 s apart.
#[test]
fn a_task_that_fails_its_target_check_is_replaced() {
    let (mut lab, _) = fargate("nginx", json!({}));
    lab.settle();
    let arn = text(&lab.all(Kind::Task)[0], "/taskArn");
    lab.inject(Fault::App { task: arn, behaviour: Behaviour::Unhealthy });
    lab.settle();
    lab.wait(120);
    lab.settle();
    let tasks = lab.all(Kind::Task);
    let reason = text(&tasks[0], "/stoppedReason");
    assert!(reason.starts_with("Task failed ELB health checks in (target-group arn:"), "{reason}");
    assert_eq!(tasks.last().expect("a task")["lastStatus"], "RUNNING");
    assert_eq!(service(&mut lab)["runningCount"], 1);
    let told = lab.story("web");
    let told = told.iter().find(|text| text.contains("is unhealthy in")).expect("an event");
    assert!(told.contains(") (port 80) is unhealthy in (target-group arn:"), "{told}");
    assert!(
        told.ends_with(" due to (reason Health checks failed with these codes: [503])"),
        "{told}"
    );
}

// DG/service-unhealthy-event-messages: on an instance, the instance and its port are named.
#[test]
fn an_unhealthy_target_on_an_instance_is_named_with_its_port() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let group = balancer(&mut lab, "instance", 0);
    register(&mut lab, json!({ "portMappings": [{ "containerPort": 80, "hostPort": 0 }] }));
    ec2_service(&mut lab, 1, behind(&group));
    lab.settle();
    let arn = text(&lab.all(Kind::Task)[0], "/taskArn");
    lab.inject(Fault::App { task: arn, behaviour: Behaviour::Slow });
    lab.wait(120);
    let told = lab.story("web");
    let told = told.iter().find(|text| text.contains("is unhealthy in")).expect("an event");
    assert!(
        told.contains(") (instance i-") && told.contains(") (port 32768) is unhealthy"),
        "{told}"
    );
    assert!(told.ends_with(" due to (reason Request timed out)"), "{told}");
}

// API-ecs healthCheckGracePeriodSeconds: an application that takes 90 s to start needs as much patience.
#[test]
fn a_grace_period_lets_a_slow_application_start() {
    let (mut lab, _) = fargate("slow", json!({}));
    lab.wait(600);
    assert!(lab.all(Kind::Task).len() > 2, "without a grace period it is stopped again and again");
    let (mut lab, group) = fargate("slow", json!({ "healthCheckGracePeriodSeconds": 300 }));
    lab.wait(600);
    assert_eq!(lab.all(Kind::Task).len(), 1);
    assert_eq!(health(&mut lab, &group), ["healthy"]);
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 1/1 COMPLETED"]);
}

// DG/deployment-circuit-breaker, stage 2: tasks that run and fail their checks count.
#[test]
fn failing_target_checks_open_the_circuit_breaker() {
    let rules = json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } });
    let (mut lab, _) = fargate("nginx", json!({ "deploymentConfiguration": rules }));
    lab.settle();
    let ports = json!({ "portMappings": [{ "containerPort": 80 }] });
    lab.ok("ecs", "RegisterTaskDefinition", definition("worker", ports));
    update(&mut lab, json!({ "taskDefinition": "web:2" }));
    lab.wait(1_200);
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 1/1 COMPLETED"]);
    let shown = service(&mut lab);
    let events = shown["events"].as_array().expect("a list");
    let failed = |event: &Value| text(event, "/message").contains("deployment failed");
    assert!(events.iter().any(failed), "{events:#?}");
}

// facts: alb-and-network §2, DG/alb: what CreateService refuses.
#[test]
fn a_target_group_must_fit_the_tasks() {
    let mut lab =
        harbour(&[("t3.medium", 0)], json!({ "portMappings": [{ "containerPort": 80 }] }));
    let group = balancer(&mut lab, "ip", 0);
    let mut told = String::new();
    let mut refuse = |lab: &mut Lab, group: &str, container: &str, port: u32| {
        let request = json!({
            "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1,
            "loadBalancers": [
                { "targetGroupArn": group, "containerName": container, "containerPort": port },
            ],
        });
        let (code, message) = lab.refused("ecs", "CreateService", request);
        let message = message.replace(group, "GROUP");
        told.push_str(&format!("{code}: {message}\n"));
    };
    refuse(&mut lab, "arn:aws:elasticloadbalancing:none", "web", 80);
    refuse(&mut lab, &group, "app", 80);
    refuse(&mut lab, &group, "web", 8080);
    refuse(&mut lab, &group, "web", 80);
    let alone = json!({ "Name": "alone", "Protocol": "HTTP", "Port": 80, "VpcId": start::VPC });
    let alone = lab.ok("elbv2", "CreateTargetGroup", alone);
    refuse(&mut lab, &text(&alone, "/TargetGroups/0/TargetGroupArn"), "web", 80);
    expect![[r#"
        InvalidParameterException: The specified target group does not exist. (targetGroupArn: GROUP)
        InvalidParameterException: The container app does not exist in the task definition.
        InvalidParameterException: The container web did not have a container port 8080 defined.
        InvalidParameterException: The provided target group GROUP has target type ip, which is incompatible with the bridge or host network mode specified in the task definition.
        InvalidParameterException: The target group with targetGroupArn GROUP does not have an associated load balancer.
    "#]].assert_eq(&told);
}
