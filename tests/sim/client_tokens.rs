//! Calls that are sent twice with one client token: API-ecs, "Ensuring idempotency"; EC2 guide for developers, "Ensuring
//! idempotency in Amazon EC2 API requests".

use drydock::cloud::net::start;
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::ecs_fargate::{dock, run_in_public};
use crate::lab::{Lab, text};

fn with(mut request: Value, more: &[(&str, Value)]) -> Value {
    for (name, value) in more {
        request[*name] = value.clone();
    }
    request
}

fn service() -> Value {
    json!({
        "cluster": "dock",
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": 0,
        "launchType": "FARGATE",
        "clientToken": "one",
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": [start::PUBLIC[0]] } },
    })
}

// API-ecs RunTask.clientToken, ConflictException.
#[test]
fn run_task_starts_tasks_once_for_a_token() {
    let mut lab = dock("nginx", json!({}));
    let request = with(run_in_public(2), &[("clientToken", json!("one"))]);
    let first = lab.ok("ecs", "RunTask", request.clone());
    lab.wait(60);
    assert_eq!(lab.ok("ecs", "RunTask", request.clone()), first);
    let arn = "arn:aws:ecs:us-east-1:111122223333:cluster/dock";
    let by_arn = with(request.clone(), &[("cluster", json!(arn))]);
    assert_eq!(lab.ok("ecs", "RunTask", by_arn), first);
    let running = |lab: &mut Lab, cluster: &str| {
        let tasks = lab.ok("ecs", "ListTasks", json!({ "cluster": cluster }));
        tasks["taskArns"].as_array().expect("a list").len()
    };
    assert_eq!(running(&mut lab, "dock"), 2);
    let (code, text) = lab.refused("ecs", "RunTask", with(request.clone(), &[("count", json!(1))]));
    assert_eq!(code, "ConflictException");
    assert_eq!(
        text,
        "The provided clientToken is already in use with a different RunTask request."
    );
    // Another cluster is another place, and another token another request.
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "quay" }));
    lab.ok("ecs", "RunTask", with(request.clone(), &[("cluster", json!("quay"))]));
    lab.ok("ecs", "RunTask", with(request.clone(), &[("clientToken", json!("two"))]));
    assert_eq!((running(&mut lab, "dock"), running(&mut lab, "quay")), (4, 2));
    // The token counts for a day.
    lab.wait(24 * 3_600);
    assert_ne!(lab.ok("ecs", "RunTask", request), first);
    assert_eq!(running(&mut lab, "dock"), 6);
}

// API-ecs, "Ensuring idempotency": a day, or an hour longer than the tasks.
#[test]
fn a_token_is_free_again_when_its_tasks_are_forgotten() {
    let mut lab = dock("nginx", json!({}));
    let request = with(run_in_public(1), &[("clientToken", json!("one"))]);
    let first = lab.ok("ecs", "RunTask", request.clone());
    let task = &first["tasks"][0]["taskArn"];
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task }));
    lab.wait(600);
    assert_eq!(lab.ok("ecs", "RunTask", request.clone()), first);
    lab.wait(2 * 3_600);
    assert_ne!(lab.ok("ecs", "RunTask", request), first);
}

// API-ecs RunTask: what made nothing can be tried again under its token.
#[test]
fn a_call_that_failed_uses_no_token() {
    let mut lab = dock("nginx", json!({}));
    let wrong = with(run_in_public(11), &[("clientToken", json!("one"))]);
    lab.refused("ecs", "RunTask", wrong);
    lab.ok("ecs", "RunTask", with(run_in_public(1), &[("clientToken", json!("one"))]));
}

// API-ecs CreateService.clientToken; the sentence: seen in public logs.
#[test]
fn create_service_makes_one_service_for_a_token() {
    let mut lab = dock("nginx", json!({}));
    let first = lab.ok("ecs", "CreateService", service());
    assert_eq!(lab.ok("ecs", "CreateService", service()), first);
    for other in [("desiredCount", json!(1)), ("serviceName", json!("more"))] {
        let (code, text) = lab.refused("ecs", "CreateService", with(service(), &[other]));
        assert_eq!(code, "InvalidParameterException");
        assert_eq!(text, "Creation of service was not idempotent.");
    }
    lab.ok("ecs", "DeleteService", json!({ "cluster": "dock", "service": "web" }));
    lab.wait(600);
    let again = lab.ok("ecs", "CreateService", service());
    assert_ne!(again["service"]["createdAt"], first["service"]["createdAt"]);
}

// EC2 guide, "RunInstances idempotency": in a zone that the request names, else in the Region.
#[test]
fn run_instances_launches_once_for_a_token() {
    let mut lab = Lab::new();
    let request = with(host("dock"), &[("ClientToken", json!("one"))]);
    let first = lab.ok("ec2", "RunInstances", request.clone());
    assert_eq!(text(&first, "/Instances/0/ClientToken"), "one");
    lab.wait(60);
    assert_eq!(lab.ok("ec2", "RunInstances", request.clone()), first);
    let bigger = with(request.clone(), &[("InstanceType", json!("t3.large"))]);
    let (code, sentence) = lab.refused("ec2", "RunInstances", bigger);
    assert_eq!(code, "IdempotentParameterMismatch");
    assert_eq!(
        sentence,
        "Arguments on this idempotent request are inconsistent with arguments used in previous \
         request(s)."
    );
    let elsewhere = with(request.clone(), &[("SubnetId", json!(start::PUBLIC[1]))]);
    lab.ok("ec2", "RunInstances", elsewhere);
    let all = lab.ok("ec2", "DescribeInstances", json!({}));
    assert_eq!(all["Reservations"].as_array().map(Vec::len), Some(2));
    let id = text(&first, "/Instances/0/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    let (code, _) = lab.refused("ec2", "RunInstances", request);
    assert_eq!(code, "IdempotentInstanceTerminated");
}

// API-ec2 ClientToken of CreateLaunchTemplate, CreateNatGateway, CreateVpcEndpoint.
#[test]
fn templates_gateways_and_endpoints_are_made_once_for_a_token() {
    let mut lab = Lab::new();
    let cases = [
        (
            "CreateLaunchTemplate",
            json!({ "LaunchTemplateName": "hosts", "LaunchTemplateData": { "KeyName": "a" } }),
            ("LaunchTemplateData", json!({ "KeyName": "b" })),
        ),
        (
            "CreateNatGateway",
            json!({ "SubnetId": start::PUBLIC[0], "ConnectivityType": "private" }),
            ("SubnetId", json!(start::PUBLIC[1])),
        ),
        (
            "CreateVpcEndpoint",
            json!({ "VpcId": start::VPC, "ServiceName": "com.amazonaws.us-east-1.s3" }),
            ("ServiceName", json!("com.amazonaws.us-east-1.dynamodb")),
        ),
    ];
    for (operation, request, other) in cases {
        let request = with(request, &[("ClientToken", json!("one"))]);
        let first = lab.ok("ec2", operation, request.clone());
        assert_eq!(lab.ok("ec2", operation, request.clone()), first);
        let (code, _) = lab.refused("ec2", operation, with(request, &[other]));
        assert_eq!(code, "IdempotentParameterMismatch", "{operation}");
    }
}

// API-ecs and API-ec2: how long a token may be, and of which characters.
#[test]
fn a_token_has_few_characters_and_no_spaces() {
    let mut lab = dock("nginx", json!({}));
    for token in ["a b".to_owned(), "é".to_owned(), "a".repeat(65)] {
        let run = with(run_in_public(1), &[("clientToken", json!(token))]);
        assert_eq!(lab.refused("ecs", "RunTask", run).0, "InvalidParameterException");
        let launch = with(host("dock"), &[("ClientToken", json!(token))]);
        assert_eq!(lab.refused("ec2", "RunInstances", launch).0, "InvalidParameterValue");
    }
    let long = with(service(), &[("clientToken", json!("a".repeat(37)))]);
    assert_eq!(lab.refused("ecs", "CreateService", long).0, "InvalidParameterException");
}
