//! "Why?": each question that a learner can ask has an answer with its sentence, its cause and what would have helped. All of
//! it is computed from what the simulator recorded. Here: tasks that were not placed or stopped. Beside: `why_targets`,
//! `why_denied`, `why_services`.

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use drydock::session::view::rows::{Row, Rows};
use drydock::session::view::why::{Answer, why};
use serde_json::json;

use crate::ecs_fargate::{definition, dock, run_in_public, run_one};
use crate::ecs_hosts::{harbour, register, run};
use crate::ecs_services::{fargate_service, update};
use crate::lab::{Lab, text};

/// The answers about the newest thing of a kind.
pub(crate) fn answers(lab: &Lab, kind: &str) -> Vec<Answer> {
    let rows = Rows::of(lab.cloud.account());
    let row = rows.get(kind).last().expect("a row");
    why(&lab.cloud, kind, row).answers
}

#[track_caller]
pub(crate) fn first(lab: &Lab, kind: &str) -> Answer {
    answers(lab, kind).into_iter().next().expect("an answer")
}

/// The sentence has this in it, the counterfactual that, and the way back ends there.
#[track_caller]
pub(crate) fn says(answer: &Answer, sentence: &str, instead: &str, cause: &str) {
    assert!(answer.says.contains(sentence), "{answer:#?}");
    assert!(answer.instead.as_deref().unwrap_or("").contains(instead), "{answer:#?}");
    assert!(answer.chain.iter().any(|link| link.text.contains(cause)), "{answer:#?}");
    assert!(answer.chain.iter().all(|link| !link.id.is_empty() && link.at.0 > 0), "{answer:#?}");
}

// ---- a task that was not placed (facts: ecs §3, the reasons of failures)

#[test]
fn a_taken_port_names_the_task_that_holds_it() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports);
    run(&mut lab, 2, json!({}));
    let answer = first(&lab, "task-definition");
    says(&answer, "port 80/tcp is taken", "if its host port were 0", "holds port 80");
    says(&answer, "came closest", "", "your call ecs:RunTask");
    assert_eq!(answer.aws, "RESOURCE:PORTS");
    let holder = &answer.chain[0];
    assert_eq!((holder.kind, holder.at), ("task", lab.cloud.now()));
    assert!(Rows::of(lab.cloud.account()).find("task", &holder.id).is_some());
}

#[test]
fn cpu_and_memory_name_the_task_that_took_most() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    run(&mut lab, 1, json!({}));
    register(&mut lab, json!({ "memory": 3800 }));
    run(&mut lab, 1, json!({}));
    says(
        &first(&lab, "task-definition"),
        "3448 MiB left; the task needs 3800",
        "at most 3448 MiB",
        "MiB on i-",
    );
    register(&mut lab, json!({ "cpu": 2000 }));
    run(&mut lab, 1, json!({}));
    says(
        &first(&lab, "task-definition"),
        "1792 CPU units left; the task needs 2000",
        "at most 1792",
        "CPU units on i-",
    );
}

#[test]
fn an_attribute_that_no_host_has_leads_to_the_plan() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    // Agents tell which log drivers they have, and this is none of them.
    register(&mut lab, json!({ "logConfiguration": { "logDriver": "splunk" } }));
    run(&mut lab, 1, json!({}));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "it lacks the attribute com.amazonaws.ecs.capability.logging-driver.splunk",
        "had the attribute",
        "your call ecs:RegisterTaskDefinition",
    );
}

#[test]
fn interfaces_and_zones_are_named() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let container = json!([{ "name": "web", "image": "nginx", "memory": 64 }]);
    let request =
        json!({ "family": "vpc", "networkMode": "awsvpc", "containerDefinitions": container });
    lab.ok("ecs", "RegisterTaskDefinition", request);
    let more = |subnet: &str| {
        json!({ "taskDefinition": "vpc", "networkConfiguration": {
            "awsvpcConfiguration": { "subnets": [subnet] },
        } })
    };
    let made = run(&mut lab, 3, more(start::PUBLIC[0]));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "network interfaces for tasks are in use",
        "another container instance",
        "took the last network interface",
    );
    let arn = text(&made, "/tasks/0/taskArn");
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    run(&mut lab, 1, more(start::PUBLIC[2]));
    let answer = first(&lab, "task-definition");
    says(
        &answer,
        "us-east-1a, where the task has no subnet",
        "a subnet in us-east-1a",
        "your call ecs:RunTask",
    );
}

#[test]
fn an_agent_that_is_away_leads_to_the_fault() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let id = text(&lab.all(Kind::Instance)[0], "/InstanceId");
    lab.inject(Fault::DisconnectAgent(id));
    lab.settle();
    run(&mut lab, 1, json!({}));
    let answer = first(&lab, "task-definition");
    says(&answer, "its agent is not connected", "were connected", "a fault that was injected");
}

// ---- a task that stopped (facts: ecs §3, stopCode)

#[test]
fn an_image_that_is_not_there() {
    let mut lab = dock("nginx:nope", json!({}));
    run_one(&mut lab);
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("TaskFailedToStart CannotPullContainerError"), "{answer:?}");
    says(
        &answer,
        "could not be pulled",
        "an image that exists",
        "your call ecs:RegisterTaskDefinition web:1",
    );
    says(&answer, "", "", "your call ecs:RunTask");
}

#[test]
fn an_image_that_cannot_be_reached() {
    let mut lab = dock("nginx", json!({}));
    let mut request = run_in_public(1);
    request["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = json!("DISABLED");
    lab.ok("ecs", "RunTask", request);
    lab.settle();
    says(
        &first(&lab, "task"),
        "no way from the task to the registry",
        "a NAT gateway",
        "your call ecs:RunTask",
    );
}

#[test]
fn an_essential_container_that_exits() {
    let mut lab = dock("crash", json!({}));
    run_one(&mut lab);
    lab.settle();
    let answer = first(&lab, "task");
    assert_eq!(answer.aws, "EssentialContainerExited Essential container in task exited");
    says(&answer, "exited with an error code", "", "web exited with code 1");
    says(&answer, "the whole task stopped", "", "your call ecs:RunTask");
}

#[test]
fn a_task_that_somebody_stopped() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task }));
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("UserInitiated"));
    says(&answer, "Somebody asked", "would still run without that call", "your call ecs:StopTask");
}

#[test]
fn a_task_that_its_service_stopped() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.settle();
    update(&mut lab, json!({ "desiredCount": 0 }));
    lab.settle();
    let answer = first(&lab, "task");
    assert!(answer.aws.starts_with("ServiceSchedulerInitiated Scaling activity"));
    says(&answer, "wanted fewer tasks", "", "your call ecs:UpdateService");
}

#[test]
fn a_task_whose_memory_ran_out_leads_to_the_fault() {
    let mut lab = dock("nginx", json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::App { task, behaviour: Behaviour::Leak });
    lab.settle();
    says(
        &first(&lab, "task"),
        "more memory than its limit",
        "higher memory limit",
        "a fault that was injected",
    );
}

#[test]
fn a_task_that_went_with_its_host() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    run(&mut lab, 1, json!({}));
    lab.settle();
    let id = text(&lab.all(Kind::Instance)[0], "/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    let answer = first(&lab, "task");
    says(&answer, "the task went with it", "another instance", "your call ec2:TerminateInstances");
}

#[test]
fn a_task_whose_zone_failed() {
    let mut lab = dock("nginx", json!({}));
    run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::LoseZone("us-east-1a".to_owned()));
    lab.settle();
    says(
        &first(&lab, "task"),
        "infrastructure",
        "another Availability Zone",
        "a fault that was injected",
    );
}

/// A code that only AWS itself gives: its words are read off the row, whatever the reason says.
#[test]
fn a_task_that_aws_gave_notice_of() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    run(&mut lab, 1, json!({}));
    lab.settle();
    let id = text(&lab.all(Kind::Instance)[0], "/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    let row = Rows::of(lab.cloud.account()).get("task").last().expect("a task").clone();
    let mut task = row.json.clone();
    task["stopCode"] = json!("TerminationNotice");
    task["stoppedReason"] = json!("Maintenance.");
    let row = Row::new(row.id.clone(), task);
    let answer = &why(&lab.cloud, "task", &row).answers[0];
    assert_eq!(answer.aws, "TerminationNotice Maintenance.");
    says(
        answer,
        "takes the capacity under the task away",
        "on other capacity",
        "TerminateInstances",
    );
}

/// facts: ecs §3, pull and initialisation failures; iam §5.
#[test]
fn a_secret_that_the_role_may_not_read_shows_the_statements() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
    let secrets = json!({ "secrets": [{ "name": "KEY", "valueFrom": secret }] });
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut request = definition("nginx", secrets);
    request["executionRoleArn"] = json!("arn:aws:iam::111122223333:role/ecsTaskExecutionRole");
    lab.ok("ecs", "RegisterTaskDefinition", request);
    run_one(&mut lab);
    lab.settle();
    let answer = first(&lab, "task");
    says(&answer, "a secret", "secretsmanager:GetSecretValue", "your call ecs:RunTask");
    says(&answer, "ecsTaskExecutionRole may not do secretsmanager:GetSecretValue", "", "");
    assert!(
        answer.looks.iter().all(|(passed, _)| !passed) && !answer.looks.is_empty(),
        "{answer:?}"
    );
}
