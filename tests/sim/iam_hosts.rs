//! Containers on instances: the task role, else what the metadata service of the host hands out (facts/iam: §2).

use std::sync::Arc;

use drydock::cloud::data::BUCKET;
use drydock::cloud::input::Call;
use drydock::cloud::inside::{Asked, container_call};
use drydock::cloud::net::start;
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::ecs_hosts::{harbour, run};
use crate::iam_access::{APP, put};
use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};

/// One host in `dock`, changed by `options`, and the role `app` that may list the bucket.
pub(crate) fn with_host(options: Value) -> Lab {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let id = instance(&lab);
    let mut request = json!({ "InstanceId": id });
    for (name, value) in options.as_object().unwrap() {
        request[name] = value.clone();
    }
    lab.ok("ec2", "ModifyInstanceMetadataOptions", request);
    let document = trust("ecs-tasks.amazonaws.com");
    lab.ok("iam", "CreateRole", json!({ "RoleName": "app", "AssumeRolePolicyDocument": document }));
    put(&mut lab, "list", &policy("Allow", "s3:ListBucket", "*"));
    lab
}

fn instance(lab: &Lab) -> String {
    lab.cloud.account().instances.values().next().unwrap().id.to_string()
}

/// Runs a task in a network mode and lists the bucket from its container.
pub(crate) fn ask(lab: &mut Lab, mode: &str, task_role: Option<&str>) -> Arc<Asked> {
    let mut definition = json!({
        "family": mode, "networkMode": mode,
        "containerDefinitions": [{ "name": "web", "image": "nginx", "memory": 128 }],
    });
    if let Some(role) = task_role {
        definition["taskRoleArn"] = json!(role);
    }
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let mut more = json!({ "taskDefinition": mode });
    if mode == "awsvpc" {
        let vpc = json!({ "subnets": [start::PUBLIC[0]] });
        more["networkConfiguration"] = json!({ "awsvpcConfiguration": vpc });
    }
    let task = text(&run(lab, 1, more), "/tasks/0/taskArn");
    lab.settle();
    let call = Call::new("s3", "ListObjectsV2", json!({ "Bucket": BUCKET }));
    container_call(&mut lab.cloud, &task, "web", &call)
}

/// The role whose credentials were found, or the error.
fn found(asked: &Asked) -> String {
    match asked.identity() {
        Some(arn) => arn.split('/').nth(1).unwrap().to_owned(),
        None => asked.reply.as_ref().unwrap_err().code.to_string(),
    }
}

fn closed() -> Value {
    json!({ "HttpTokens": "required", "HttpPutResponseHopLimit": 1 })
}

/// facts: §6.1: without a task role the container calls as the host.
#[test]
fn without_a_task_role_the_container_is_the_host() {
    let mut lab = with_host(json!({ "HttpTokens": "required", "HttpPutResponseHopLimit": 2 }));
    let asked = ask(&mut lab, "bridge", None);
    let id = instance(&lab);
    let session = format!("arn:aws:sts::111122223333:assumed-role/ecsInstanceRole/{id}");
    assert_eq!(asked.identity(), Some(&*session));
    let error = asked.reply.as_ref().unwrap_err();
    assert!(error.message.starts_with(&format!("User: {session} is not authorized")));
    let read = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    let attach = json!({ "RoleName": "ecsInstanceRole", "PolicyArn": read });
    lab.ok("iam", "AttachRolePolicy", attach);
    assert!(ask(&mut lab, "bridge", None).reply.is_ok());
    let says = &asked.credentials.looks.last().unwrap().says;
    assert!(says.ends_with("It hands out the instance role ecsInstanceRole."), "{says}");
}

/// facts: §2, "Is IMDS reachable?"; EC2/configuring-instance-metadata-options.
#[test]
fn the_metadata_service_is_reached_from_some_networks_only() {
    let cases = [
        ("bridge", json!({ "HttpTokens": "optional", "HttpPutResponseHopLimit": 1 }), true),
        ("bridge", closed(), false),
        ("host", closed(), true),
        ("awsvpc", closed(), true),
        ("none", json!({ "HttpTokens": "optional" }), false),
        ("host", json!({ "HttpEndpoint": "disabled" }), false),
    ];
    for (mode, options, reached) in cases {
        let mut lab = with_host(options.clone());
        let expected = if reached { "ecsInstanceRole" } else { "NoCredentials" };
        assert_eq!(found(&ask(&mut lab, mode, None)), expected, "{mode} {options}");
    }
}

/// DG/task-iam-roles: the task role is used alone, and needs no metadata service.
#[test]
fn with_a_task_role_the_host_does_not_count() {
    for mode in ["bridge", "host", "awsvpc"] {
        for options in [closed(), json!({ "HttpPutResponseHopLimit": 2 })] {
            let mut lab = with_host(options);
            let asked = ask(&mut lab, mode, Some(APP));
            assert_eq!(found(&asked), "app", "{mode}");
            if mode != "awsvpc" {
                assert!(asked.reply.is_ok(), "{mode} {:?}", asked.reply);
            }
        }
    }
    let mut lab = with_host(json!({}));
    assert_eq!(found(&ask(&mut lab, "none", Some(APP))), "NoCredentials");
}

/// AGENT:README.md: `ECS_AWSVPC_BLOCK_IMDS`.
#[test]
fn the_agent_can_block_the_metadata_service_for_tasks() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut launch = host("dock");
    let settings = "echo ECS_CLUSTER=dock >> /etc/ecs/ecs.config\n\
                    echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config\n";
    launch["UserData"] = json!(format!("#!/bin/bash\n{settings}"));
    lab.ok("ec2", "RunInstances", launch);
    lab.settle();
    assert_eq!(found(&ask(&mut lab, "awsvpc", None)), "NoCredentials");
    assert_eq!(found(&ask(&mut lab, "bridge", None)), "ecsInstanceRole");
}

/// SYLLABUS iam-roles-4: two tasks on one host, each with a role of its own.
#[test]
fn tasks_on_one_host_have_roles_of_their_own() {
    let mut lab = with_host(json!({}));
    let document = trust("ecs-tasks.amazonaws.com");
    let input = json!({ "RoleName": "other", "AssumeRolePolicyDocument": document });
    lab.ok("iam", "CreateRole", input);
    assert!(ask(&mut lab, "bridge", Some(APP)).reply.is_ok());
    let other = ask(&mut lab, "host", Some("arn:aws:iam::111122223333:role/other"));
    assert_eq!(found(&other), "other");
    assert_eq!(other.reply.as_ref().unwrap_err().code, "AccessDenied");
}

/// A task in awsvpc mode on an instance has no public address: it needs a way of its own (facts: alb-and-network §6).
#[test]
fn a_task_with_its_own_interface_needs_its_own_way() {
    let mut lab = with_host(json!({}));
    let asked = ask(&mut lab, "awsvpc", Some(APP));
    assert_eq!(asked.reply.as_ref().unwrap_err().code, "ConnectTimeoutError");
    let endpoint = json!({
        "VpcId": start::VPC, "ServiceName": "com.amazonaws.us-east-1.s3",
        "VpcEndpointType": "Gateway", "RouteTableIds": [start::PUBLIC_ROUTES],
    });
    lab.ok("ec2", "CreateVpcEndpoint", endpoint);
    assert!(ask(&mut lab, "awsvpc", Some(APP)).reply.is_ok());
}
