//! What ECS does not take: too much of something, or two things that exclude each other.

use serde_json::{Value, json};

use crate::ecs_hosts::{harbour, register, run};
use crate::lab::{Lab, text};

fn reason(answer: &Value) -> String {
    text(answer, "/failures/0/reason")
}

fn create(lab: &mut Lab, more: Value) -> Result<Value, (String, String)> {
    let mut request = json!({ "cluster": "dock", "serviceName": "s", "taskDefinition": "web" });
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
    lab.call("ecs", "CreateService", request)
}

// DG/api_failures_messages; the GPU-optimized machine image is not part of the model.
#[test]
fn no_host_has_a_gpu() {
    let gpu = json!({ "resourceRequirements": [{ "type": "GPU", "value": "1" }] });
    let mut lab = harbour(&[("g4dn.xlarge", 0)], gpu);
    assert_eq!(reason(&run(&mut lab, 1, json!({}))), "RESOURCE:GPU");
}

// API-ecs LaunchType; DG/ecs-anywhere: the attribute that an external instance has.
#[test]
fn external_tasks_go_to_external_machines_only() {
    let mut lab = harbour(&[("t3.small", 0)], json!({}));
    assert_eq!(reason(&run(&mut lab, 1, json!({ "launchType": "EXTERNAL" }))), "ATTRIBUTE");
}

// API-ecs PortMapping: 100 reserved ports at a time, the five of the instance included.
#[test]
fn an_instance_reserves_a_hundred_host_ports() {
    let ports = |first: u32, count: u32| {
        let mapping = |port: u32| json!({ "containerPort": port, "hostPort": port });
        json!({ "portMappings": (first..first + count).map(mapping).collect::<Vec<_>>() })
    };
    let mut lab = harbour(&[("t3.medium", 0)], ports(1_000, 96));
    assert_eq!(reason(&run(&mut lab, 1, json!({}))), "RESOURCE:PORTS");
    register(&mut lab, ports(1_000, 95));
    assert_eq!(run(&mut lab, 1, json!({}))["failures"], json!([]));
    register(&mut lab, ports(5_000, 1));
    assert_eq!(reason(&run(&mut lab, 1, json!({}))), "RESOURCE:PORTS");
    register(&mut lab, json!({ "portMappings": [{ "containerPort": 80 }] }));
    assert_eq!(run(&mut lab, 1, json!({}))["failures"], json!([]), "a dynamic port does not count");
}

// GR/ecs-service: 64 KiB a task definition; API-ecs TaskOverride: 8,192 characters.
#[test]
fn definitions_and_overrides_have_a_size() {
    let mut lab = harbour(&[("t3.small", 0)], json!({}));
    let env = |length: usize| json!([{ "name": "A", "value": "x".repeat(length) }]);
    let definition = json!({ "family": "long", "containerDefinitions": [{
        "name": "web", "image": "nginx", "memory": 128, "environment": env(66_000),
    }] });
    let (code, message) = lab.refused("ecs", "RegisterTaskDefinition", definition);
    assert_eq!(code, "ClientException");
    assert!(message.ends_with("Max allowed length is '65536' bytes."), "{message}");
    let overrides = json!({ "containerOverrides": [{ "name": "web", "environment": env(8_200) }] });
    let request = json!({ "cluster": "dock", "taskDefinition": "web", "overrides": overrides });
    let (_, message) = lab.refused("ecs", "RunTask", request);
    assert_eq!(message, "Container Overrides length must be at most 8192");
}

// facts/ecs §4: a daemon has no strategy and at most 100 percent; DG/service-rebalancing: not with 100 percent.
#[test]
fn daemons_and_rebalancing_exclude_settings() {
    let mut lab = harbour(&[("t3.small", 0)], json!({}));
    let random = json!([{ "type": "random" }]);
    let daemon = json!({ "schedulingStrategy": "DAEMON", "placementStrategy": random });
    assert!(create(&mut lab, daemon).is_err());
    let most = json!({ "maximumPercent": 150 });
    let daemon = json!({ "schedulingStrategy": "DAEMON", "deploymentConfiguration": most });
    assert!(create(&mut lab, daemon).is_err());
    let whole = json!({ "maximumPercent": 100, "minimumHealthyPercent": 0 });
    let moved = json!({ "desiredCount": 1, "availabilityZoneRebalancing": "ENABLED",
        "deploymentConfiguration": whole });
    assert!(create(&mut lab, moved).is_err());
    let daemon = json!({ "schedulingStrategy": "DAEMON", "deploymentConfiguration": whole });
    assert!(create(&mut lab, daemon).is_ok());
    let update = json!({ "cluster": "dock", "service": "s", "deploymentConfiguration": most });
    lab.refused("ecs", "UpdateService", update);
}
