//! What RunTask refuses, and how tasks are found again.

use drydock::cloud::net::start;
use expect_test::expect;
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, run_in_public, run_one};

// API-ecs RunTask, facts/ecs §3: what is refused and how.
#[test]
fn what_run_task_refuses() {
    let mut lab = dock("nginx", json!({}));
    let with = |name: &str, value: Value| {
        let mut request = run_in_public(1);
        request[name] = value;
        request
    };
    let vpc = |value: Value| with("networkConfiguration", json!({ "awsvpcConfiguration": value }));
    let cases = [
        with("cluster", json!("none")),
        with("taskDefinition", json!("none")),
        with("count", json!(11)),
        with("launchType", json!("EC2")),
        with("networkConfiguration", Value::Null),
        with("capacityProviderStrategy", json!([{ "capacityProvider": "FARGATE" }])),
        with("overrides", json!({ "containerOverrides": [{ "name": "app" }] })),
        with("overrides", json!({ "cpu": "300" })),
        with("platformVersion", json!("9.9")),
        vpc(json!({ "subnets": ["subnet-1"] })),
        vpc(json!({ "subnets": [start::PUBLIC[0]], "securityGroups": ["sg-1"] })),
    ];
    let mut told = String::new();
    for mut case in cases {
        if case["networkConfiguration"].is_null() {
            case.as_object_mut().expect("members").remove("networkConfiguration");
        }
        let (code, message) = lab.refused("ecs", "RunTask", case);
        told.push_str(&format!("{code}: {message}\n"));
    }
    expect![[r#"
        ClusterNotFoundException: Cluster not found.
        ClientException: TaskDefinition not found.
        InvalidParameterException: Task count must be between 1 and 10.
        InvalidParameterException: Assign public IP is not supported for this launch type
        InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.
        InvalidParameterException: Specify either Launch Type or Capacity Provider Strategy, but not both.
        InvalidParameterException: Override for container named app is not a container in the TaskDefinition.
        ClientException: No Fargate configuration exists for given values.
        PlatformUnknownException: The platform version specified is invalid.
        InvalidParameterException: Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)
        InvalidParameterException: Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)
    "#]].assert_eq(&told);
}

// API-ecs ListTasks: filters and pages.
#[test]
fn tasks_are_listed_by_filter_and_in_pages() {
    let mut lab = dock("nginx", json!({}));
    let mut request = run_in_public(3);
    request["startedBy"] = json!("ada");
    lab.ok("ecs", "RunTask", request);
    run_one(&mut lab);
    let mut count = |filter: Value| {
        let mut request = json!({ "cluster": "dock" });
        for (name, value) in filter.as_object().expect("members") {
            request[name] = value.clone();
        }
        lab.ok("ecs", "ListTasks", request)["taskArns"].as_array().expect("a list").len()
    };
    assert_eq!(count(json!({})), 4);
    assert_eq!(count(json!({ "startedBy": "ada" })), 3);
    assert_eq!(count(json!({ "family": "web", "launchType": "FARGATE" })), 4);
    assert_eq!(count(json!({ "launchType": "EC2" })), 0);
    assert_eq!(count(json!({ "desiredStatus": "STOPPED" })), 0);
    let first = lab.ok("ecs", "ListTasks", json!({ "cluster": "dock", "maxResults": 3 }));
    let token = first["nextToken"].clone();
    let request = json!({ "cluster": "dock", "maxResults": 3, "nextToken": token });
    let rest = lab.ok("ecs", "ListTasks", request);
    assert_eq!(rest["taskArns"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest.get("nextToken"), None);
}
