//! Elastic Load Balancing: what its calls answer, and how a target's health goes.
//!
//! Sources: facts `alb-and-network.md` §2 to §4.

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::api;
use drydock::cloud::input::{Call, Input, Principal};
use serde_json::{Value, json};

fn cloud() -> Cloud {
    Cloud::new(7, Start::DefaultVpc)
}

/// Calls as the administrator; the answer's names and types are those of the API model.
fn call(cloud: &mut Cloud, operation: &str, input: Value) -> Result<Value, String> {
    let call = Call::new("elbv2", operation, input);
    let reply = cloud.apply(&Input::Call { by: Principal::administrator(), call }).into_reply();
    let reply = reply.map_err(|error| format!("{}: {}", error.code, error.message))?;
    let service = api::service("elbv2").unwrap();
    let shape = service.operation(operation).unwrap().output.unwrap();
    assert_eq!(api::conforms(service, shape, &reply), Vec::<String>::new(), "{operation}");
    Ok((*reply).clone())
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A load balancer in two public subnets, a group of instances, a listener on port 80.
fn balanced(cloud: &mut Cloud) -> (String, String, String) {
    let account = cloud.account();
    let public: Vec<String> = account
        .subnets
        .values()
        .filter(|subnet| subnet.map_public_ip)
        .map(|subnet| subnet.id.to_string())
        .take(2)
        .collect();
    let vpc = account.vpcs.values().next().unwrap().id.to_string();
    let lb =
        call(cloud, "CreateLoadBalancer", json!({ "Name": "web", "Subnets": public })).unwrap();
    let lb = text(&lb, "/LoadBalancers/0/LoadBalancerArn");
    let group = json!({ "Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc });
    let group = call(cloud, "CreateTargetGroup", group).unwrap();
    let group = text(&group, "/TargetGroups/0/TargetGroupArn");
    let listener = call(
        cloud,
        "CreateListener",
        json!({
            "LoadBalancerArn": lb, "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{ "Type": "forward", "TargetGroupArn": group }],
        }),
    );
    (lb, group, text(&listener.unwrap(), "/Listeners/0/ListenerArn"))
}

#[test]
fn a_load_balancer_wants_two_zones_and_takes_a_while() {
    let mut cloud = cloud();
    let one = cloud.account().subnets.values().next().unwrap().id.to_string();
    let refused =
        call(&mut cloud, "CreateLoadBalancer", json!({ "Name": "web", "Subnets": [one] }));
    assert_eq!(
        refused.unwrap_err(),
        "ValidationError: At least two subnets in two different Availability Zones must be specified"
    );
    balanced(&mut cloud);
    let described = call(&mut cloud, "DescribeLoadBalancers", json!({ "Names": ["web"] })).unwrap();
    assert_eq!(text(&described, "/LoadBalancers/0/State/Code"), "provisioning");
    let waited = cli::run(&mut cloud, "aws elbv2 wait load-balancer-available --names web");
    assert_eq!((waited.status, waited.stderr.as_str()), (0, ""));
    let described = call(&mut cloud, "DescribeLoadBalancers", json!({ "Names": ["web"] })).unwrap();
    assert_eq!(text(&described, "/LoadBalancers/0/State/Code"), "active");
}

#[test]
fn a_target_group_serves_one_load_balancer_and_cannot_go_while_it_does() {
    let mut cloud = cloud();
    let (_, group, listener) = balanced(&mut cloud);
    let deleted = call(&mut cloud, "DeleteTargetGroup", json!({ "TargetGroupArn": group }));
    assert!(deleted.unwrap_err().starts_with("ResourceInUse: Target group"));
    call(&mut cloud, "DeleteListener", json!({ "ListenerArn": listener })).unwrap();
    call(&mut cloud, "DeleteTargetGroup", json!({ "TargetGroupArn": group })).unwrap();
    let gone = call(&mut cloud, "DescribeTargetGroups", json!({ "TargetGroupArns": [group] }));
    assert!(gone.unwrap_err().starts_with("TargetGroupNotFound"));
}

#[test]
fn rules_have_priorities_of_their_own_and_the_default_comes_last() {
    let mut cloud = cloud();
    let (_, group, listener) = balanced(&mut cloud);
    let rule = |priority: u32, path: &str| {
        json!({
            "ListenerArn": listener, "Priority": priority,
            "Conditions": [{ "Field": "path-pattern", "Values": [path] }],
            "Actions": [{ "Type": "forward", "TargetGroupArn": group }],
        })
    };
    call(&mut cloud, "CreateRule", rule(20, "/b*")).unwrap();
    call(&mut cloud, "CreateRule", rule(10, "/a*")).unwrap();
    let twice = call(&mut cloud, "CreateRule", rule(10, "/c*"));
    assert_eq!(twice.unwrap_err(), "PriorityInUse: Priority '10' is currently in use");
    let rules = call(&mut cloud, "DescribeRules", json!({ "ListenerArn": listener })).unwrap();
    let order: Vec<String> =
        (0..3).map(|n| text(&rules, &format!("/Rules/{n}/Priority"))).collect();
    assert_eq!(order, ["10", "20", "default"]);
}

#[test]
fn a_target_that_nobody_answers_for_becomes_unhealthy_after_two_checks() {
    let mut cloud = cloud();
    let (_, group, _) = balanced(&mut cloud);
    let subnet = cloud.account().subnets.values().find(|s| s.map_public_ip).unwrap().id.to_string();
    let line = format!(
        "aws ec2 run-instances --image-id resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id \
         --instance-type t3.small --subnet-id {subnet}"
    );
    let launched = cli::run(&mut cloud, &line);
    assert_eq!(launched.status, 0, "{}", launched.stderr);
    let instance = cloud.account().instances.values().next().unwrap().id.to_string();
    let target = json!({ "TargetGroupArn": group, "Targets": [{ "Id": instance, "Port": 32768 }] });
    assert!(call(&mut cloud, "RegisterTargets", target.clone()).is_err(), "it does not run yet");
    cli::run(&mut cloud, "wait 2m");
    call(&mut cloud, "RegisterTargets", target.clone()).unwrap();
    let mut states = Vec::new();
    for wait in ["1s", "40s", "1m"] {
        let health = json!({ "TargetGroupArn": group });
        let health = call(&mut cloud, "DescribeTargetHealth", health).unwrap();
        states.push(text(&health, "/TargetHealthDescriptions/0/TargetHealth/State"));
        cli::run(&mut cloud, &format!("wait {wait}"));
    }
    assert_eq!(states, ["initial", "initial", "unhealthy"]);
    call(&mut cloud, "DeregisterTargets", target).unwrap();
    let draining = call(&mut cloud, "DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    let draining = text(&draining.unwrap(), "/TargetHealthDescriptions/0/TargetHealth/Reason");
    assert_eq!(draining, "Target.DeregistrationInProgress");
    cli::run(&mut cloud, "wait 300s");
    let gone = call(&mut cloud, "DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    assert_eq!(gone.unwrap(), json!({ "TargetHealthDescriptions": [] }));
}
