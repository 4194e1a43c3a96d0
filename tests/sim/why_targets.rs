//! Why a target is not healthy (facts: alb-and-network §2, target states and reasons).

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::json;

use crate::ecs_fargate::{dock, run_one};
use crate::lab::{Lab, text};
use crate::session_why::{answers, first, says};

/// A load balancer whose group `web` of addresses has a running Fargate task behind port 80, and the group's ARN.
fn balanced() -> (Lab, String, String) {
    let mut lab = dock("nginx", json!({}));
    let subnets: Vec<&str> = start::PUBLIC[..2].to_vec();
    let made = lab.ok("elbv2", "CreateLoadBalancer", json!({ "Name": "web", "Subnets": subnets }));
    let lb = text(&made, "/LoadBalancers/0/LoadBalancerArn");
    let vpc = text(&lab.all(Kind::Vpc)[0], "/VpcId");
    let group =
        json!({ "Name": "web", "Protocol": "HTTP", "Port": 80, "TargetType": "ip", "VpcId": vpc });
    let group =
        text(&lab.ok("elbv2", "CreateTargetGroup", group), "/TargetGroups/0/TargetGroupArn");
    let listener = json!({ "LoadBalancerArn": lb, "Protocol": "HTTP", "Port": 80,
        "DefaultActions": [{ "Type": "forward", "TargetGroupArn": group }] });
    lab.ok("elbv2", "CreateListener", listener);
    let task = run_one(&mut lab);
    lab.settle();
    (lab, group, task)
}

fn address(lab: &Lab) -> String {
    let tasks = lab.all(Kind::Task);
    text(tasks.last().unwrap(), "/containers/0/networkInterfaces/0/privateIpv4Address")
}

fn add(lab: &mut Lab, group: &str, port: u16) {
    let targets = json!([{ "Id": address(lab), "Port": port }]);
    lab.ok("elbv2", "RegisterTargets", json!({ "TargetGroupArn": group, "Targets": targets }));
}

fn reason(lab: &Lab) -> String {
    text(lab.all(Kind::Target).last().unwrap(), "/TargetHealth/Reason")
}

#[test]
fn a_new_target_waits_for_its_first_check() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    assert_eq!(reason(&lab), "Elb.RegistrationInProgress");
    says(&first(&lab, "target"), "has not been asked yet", "", "your call elbv2:RegisterTargets");
    lab.settle();
    assert_eq!(answers(&lab, "target"), [], "a healthy target raises no question");
}

#[test]
fn a_port_on_which_nobody_listens() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 81);
    lab.wait(10);
    assert_eq!(reason(&lab), "Elb.InitialHealthChecking");
    says(
        &first(&lab, "target"),
        "1 of 2",
        "listened on the port",
        "your call elbv2:RegisterTargets",
    );
    lab.wait(60);
    assert_eq!(reason(&lab), "Target.FailedHealthChecks");
    says(
        &first(&lab, "target"),
        "nothing listens on port 81",
        "listened on the port",
        "your call elbv2:RegisterTargets",
    );
}

#[test]
fn an_answer_that_the_group_does_not_want() {
    let (mut lab, group, task) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let group = json!({ "TargetGroupArn": group, "Matcher": { "HttpCode": "201" } });
    lab.ok("elbv2", "ModifyTargetGroup", group.clone());
    lab.wait(90);
    assert_eq!(reason(&lab), "Target.ResponseCodeMismatch");
    says(
        &first(&lab, "target"),
        "it answers 200, and the group wants 201",
        "if it answered 201",
        "your call elbv2:ModifyTargetGroup",
    );
    let mut group = group;
    group["Matcher"]["HttpCode"] = json!("200");
    lab.ok("elbv2", "ModifyTargetGroup", group);
    lab.inject(Fault::App { task, behaviour: Behaviour::Unhealthy });
    lab.wait(400);
    says(
        &first(&lab, "target"),
        "it answers 503",
        "if it answered 200",
        "a fault that was injected",
    );
}

#[test]
fn an_answer_that_comes_too_late() {
    let (mut lab, group, task) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    lab.inject(Fault::App { task, behaviour: Behaviour::Slow });
    lab.wait(120);
    assert_eq!(reason(&lab), "Target.Timeout");
    says(
        &first(&lab, "target"),
        "ms to answer, and the check waits 5 s",
        "within 5 s",
        "a fault that was injected",
    );
}

#[test]
fn a_security_group_that_lets_nothing_through() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let own = lab.all(Kind::SecurityGroup)[0].clone();
    let permissions = own["IpPermissions"].clone();
    lab.ok(
        "ec2",
        "RevokeSecurityGroupIngress",
        json!({ "GroupId": own["GroupId"], "IpPermissions": permissions }),
    );
    lab.wait(90);
    assert_eq!(reason(&lab), "Target.Timeout");
    let answer = first(&lab, "target");
    says(
        &answer,
        "lets TCP 80 in from",
        "let TCP 80 through",
        "your call ec2:RevokeSecurityGroupIngress",
    );
    assert!(answer.looks.iter().any(|(passed, _)| !passed), "{answer:?}");
}

/// An address that was registered by hand and under which nothing is any more.
#[test]
fn a_target_whose_machine_is_gone() {
    let (mut lab, group, task) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task }));
    lab.wait(300);
    assert_eq!(reason(&lab), "Target.Timeout");
    says(
        &first(&lab, "target"),
        "there is no machine under that address",
        "if a task or an instance had this address",
        "your call elbv2:RegisterTargets",
    );
}

#[test]
fn a_target_that_is_taken_out_or_not_used() {
    let (mut lab, group, _) = balanced();
    add(&mut lab, &group, 80);
    lab.settle();
    let targets = json!([{ "Id": address(&lab), "Port": 80 }]);
    lab.ok("elbv2", "DeregisterTargets", json!({ "TargetGroupArn": group, "Targets": targets }));
    assert_eq!(reason(&lab), "Target.DeregistrationInProgress");
    says(
        &first(&lab, "target"),
        "has 5 min to finish",
        "shorter deregistration delay",
        "your call elbv2:DeregisterTargets",
    );
    let listener = text(&lab.all(Kind::Listener)[0], "/ListenerArn");
    lab.ok("elbv2", "DeleteListener", json!({ "ListenerArn": listener }));
    lab.settle();
    add(&mut lab, &group, 80);
    assert_eq!(reason(&lab), "Target.NotInUse");
    says(
        &first(&lab, "target"),
        "No listener",
        "if a listener forwarded",
        "your call elbv2:CreateTargetGroup",
    );
}
