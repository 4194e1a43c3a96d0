//! Tags of ECS's resources, and sessions of ECS Exec.

use expect_test::expect;
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, run_in_public, run_one, task};
use crate::ecs_services::{fargate_service, service};
use crate::lab::{Lab, text};

fn tags(lab: &mut Lab, arn: &str) -> Value {
    lab.ok("ecs", "ListTagsForResource", json!({ "resourceArn": arn }))["tags"].clone()
}

// API-ecs TagResource: clusters, task definitions, tasks, services and container instances.
#[test]
fn resources_can_be_tagged_and_untagged() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    let definition = lab.ok("ecs", "DescribeTaskDefinition", json!({ "taskDefinition": "web" }));
    let cluster = lab.ok("ecs", "DescribeClusters", json!({ "clusters": ["dock"] }));
    let arns = [
        text(&cluster, "/clusters/0/clusterArn"),
        text(&definition, "/taskDefinition/taskDefinitionArn"),
        run_one(&mut lab),
        text(&service(&mut lab), "/serviceArn"),
    ];
    for arn in arns {
        let tag = |value: &str| json!({ "resourceArn": arn, "tags": [{ "key": "team", "value": value }] });
        lab.ok("ecs", "TagResource", tag("a"));
        lab.ok("ecs", "TagResource", tag("b"));
        assert_eq!(tags(&mut lab, &arn), json!([{ "key": "team", "value": "b" }]), "{arn}");
        lab.ok("ecs", "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["team"] }));
        assert_eq!(tags(&mut lab, &arn), json!([]), "{arn}");
    }
    let gone = json!({ "resourceArn": "arn:aws:ecs:us-east-1:111122223333:cluster/none" });
    assert_eq!(lab.refused("ecs", "ListTagsForResource", gone).0, "ResourceNotFoundException");
}

// Seen in public logs: ECS Exec must be on when the task is run.
#[test]
fn a_session_needs_a_task_that_allows_it() {
    let mut lab = dock("nginx", json!({}));
    let without = run_one(&mut lab);
    let mut request = run_in_public(1);
    request["enableExecuteCommand"] = json!(true);
    let with = text(&lab.ok("ecs", "RunTask", request), "/tasks/0/taskArn");
    let exec = |task: &str| json!({ "cluster": "dock", "task": task, "command": "sh", "interactive": true });
    let (code, message) = lab.refused("ecs", "ExecuteCommand", exec(&with));
    expect!["TargetNotConnectedException: The execute command failed due to an internal error. Try again later."]
        .assert_eq(&format!("{code}: {message}"));
    lab.settle();
    let session = lab.ok("ecs", "ExecuteCommand", exec(&with));
    assert!(text(&session, "/session/sessionId").starts_with("ecs-execute-command-"));
    let shown = task(&mut lab, &with);
    assert_eq!(shown["containers"][0]["managedAgents"][0]["lastStatus"], "RUNNING");
    let (code, _) = lab.refused("ecs", "ExecuteCommand", exec(&without));
    assert_eq!(code, "InvalidParameterException");
}
