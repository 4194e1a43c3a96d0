//! Auto Scaling groups: they keep a number of instances, spread them over zones and replace those that fail.

use drydock::cloud::compute::ami;
use drydock::cloud::input::Fault;
use drydock::cloud::net::start;
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};

pub(crate) fn template(lab: &mut Lab) {
    let data = json!({
        "ImageId": ami::ECS_AL2023,
        "InstanceType": "t3.medium",
        "IamInstanceProfile": { "Name": "ecsInstanceRole" },
    });
    let request = json!({ "LaunchTemplateName": "hosts", "LaunchTemplateData": data });
    lab.ok("ec2", "CreateLaunchTemplate", request);
}

pub(crate) fn group_of(min: u32, max: u32, desired: u32) -> Value {
    json!({
        "AutoScalingGroupName": "hosts",
        "LaunchTemplate": { "LaunchTemplateName": "hosts", "Version": "$Latest" },
        "MinSize": min,
        "MaxSize": max,
        "DesiredCapacity": desired,
        "VPCZoneIdentifier": start::PUBLIC.join(","),
    })
}

/// A group that has what it wants.
fn with_group(min: u32, max: u32, desired: u32) -> Lab {
    let mut lab = Lab::new();
    template(&mut lab);
    lab.ok("autoscaling", "CreateAutoScalingGroup", group_of(min, max, desired));
    lab.settle();
    lab
}

fn group(lab: &mut Lab) -> Value {
    let found = lab.ok("autoscaling", "DescribeAutoScalingGroups", json!({}));
    found["AutoScalingGroups"][0].clone()
}

/// Id, zone and state of each instance.
fn members(lab: &mut Lab) -> Vec<(String, String, String)> {
    let group = group(lab);
    let instances = group["Instances"].as_array().expect("instances").clone();
    let read = |row: &Value| {
        let of = |name: &str| text(row, name);
        (of("/InstanceId"), of("/AvailabilityZone"), of("/LifecycleState"))
    };
    instances.iter().map(read).collect()
}

fn zones(lab: &mut Lab) -> Vec<String> {
    let mut zones: Vec<String> = members(lab).into_iter().map(|member| member.1).collect();
    zones.sort();
    zones
}

/// Descriptions, causes and states of the activities, newest first.
fn activities(lab: &mut Lab) -> Vec<(String, String, String)> {
    let request = json!({ "AutoScalingGroupName": "hosts" });
    let found = lab.ok("autoscaling", "DescribeScalingActivities", request);
    let all = found["Activities"].as_array().expect("activities").clone();
    let of = |row: &Value, name: &str| text(row, name);
    all.iter().map(|a| (of(a, "/Description"), of(a, "/Cause"), of(a, "/StatusCode"))).collect()
}

fn desire(lab: &mut Lab, desired: u32) {
    let request = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": desired });
    lab.ok("autoscaling", "SetDesiredCapacity", request);
}

// ASG guide, "Distribute instances across Availability Zones".
#[test]
fn a_group_launches_what_it_is_to_have_and_spreads_it_over_its_zones() {
    let mut lab = Lab::new();
    template(&mut lab);
    lab.ok("autoscaling", "CreateAutoScalingGroup", group_of(0, 6, 4));
    lab.wait(6);
    let states = members(&mut lab);
    assert!(states.iter().all(|member| member.2 == "Pending"), "{states:?}");
    lab.settle();
    let states = members(&mut lab);
    assert!(states.iter().all(|member| member.2 == "InService"), "{states:?}");
    assert_eq!(zones(&mut lab), ["us-east-1a", "us-east-1a", "us-east-1b", "us-east-1c"]);
    rows_conform(&lab);
    let told = activities(&mut lab);
    assert_eq!(told.len(), 4);
    assert!(told[0].0.starts_with("Launching a new EC2 instance: i-"), "{told:?}");
    assert_eq!(
        told[0].1,
        "At 2026-01-05T09:00:00Z a user request created an AutoScalingGroup changing the desired \
         capacity from 0 to 4.  At 2026-01-05T09:00:05Z an instance was started in response to a \
         difference between desired and actual capacity, increasing the capacity from 0 to 4."
    );
    assert_eq!(told[0].2, "Successful");
    let instances = lab.ok("ec2", "DescribeInstances", json!({}));
    let tags = &instances["Reservations"][0]["Instances"][0]["Tags"];
    assert_eq!(tags[0], json!({ "Key": "aws:autoscaling:groupName", "Value": "hosts" }));
}

// API-asg SetDesiredCapacity.HonorCooldown; the sentence: seen in public logs.
#[test]
fn a_wish_that_honors_the_cooldown_waits_for_it() {
    let mut lab = with_group(0, 6, 1);
    let wish = json!({
        "AutoScalingGroupName": "hosts", "DesiredCapacity": 2, "HonorCooldown": true,
    });
    let (code, told) = lab.refused("autoscaling", "SetDesiredCapacity", wish.clone());
    assert_eq!(code, "ScalingActivityInProgress");
    assert!(told.starts_with("Scaling activity "), "{told}");
    assert!(told.ends_with(" is in progress and blocks this action"), "{told}");
    desire(&mut lab, 3);
    lab.wait(400);
    lab.ok("autoscaling", "SetDesiredCapacity", wish.clone());
    lab.wait(10);
    lab.refused("autoscaling", "SetDesiredCapacity", wish);
}

#[test]
fn a_smaller_wish_takes_instances_from_the_fullest_zone() {
    let mut lab = with_group(0, 6, 4);
    desire(&mut lab, 3);
    lab.wait(6);
    let leaving: Vec<_> = members(&mut lab).into_iter().filter(|m| m.2 == "Terminating").collect();
    assert_eq!(leaving.len(), 1);
    assert_eq!(leaving[0].1, "us-east-1a");
    lab.settle();
    assert_eq!(zones(&mut lab), ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let told = activities(&mut lab);
    assert!(told[0].1.contains("shrinking the capacity from 4 to 3."), "{told:?}");
    let chosen = format!("instance {} was selected for termination.", leaving[0].0);
    assert!(told[0].1.ends_with(&chosen), "{told:?}");
}

#[test]
fn an_instance_that_somebody_terminates_is_replaced_in_its_zone() {
    let mut lab = with_group(0, 6, 3);
    let gone = members(&mut lab)[1].0.clone();
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [gone] }));
    lab.settle();
    let now = members(&mut lab);
    assert_eq!(now.len(), 3);
    assert!(now.iter().all(|member| member.0 != gone && member.2 == "InService"), "{now:?}");
    assert_eq!(zones(&mut lab), ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let told = activities(&mut lab);
    assert!(told[0].1.contains("in response to an unhealthy instance needing to be replaced."));
    assert!(
        told[1].1.contains("an EC2 health check indicating it has been terminated or stopped.")
    );
}

#[test]
fn when_a_zone_fails_its_instances_come_up_in_the_others_and_go_home_when_it_is_back() {
    let mut lab = with_group(0, 6, 3);
    lab.inject(Fault::LoseZone("us-east-1b".into()));
    lab.wait(600);
    assert_eq!(zones(&mut lab).iter().filter(|zone| *zone == "us-east-1b").count(), 0);
    let in_service = members(&mut lab).iter().filter(|member| member.2 == "InService").count();
    assert_eq!(in_service, 3);
    let told = activities(&mut lab);
    let failed = told.iter().find(|activity| activity.2 == "Failed").expect("a failed launch");
    assert!(
        failed.0.contains("We currently do not have sufficient t3.medium capacity"),
        "{failed:?}"
    );
    lab.inject(Fault::RestoreZone("us-east-1b".into()));
    lab.settle();
    assert_eq!(zones(&mut lab), ["us-east-1a", "us-east-1b", "us-east-1c"]);
}

#[test]
fn a_group_tries_again_when_no_zone_has_room() {
    let mut lab = with_group(0, 6, 0);
    for zone in start::ZONES {
        lab.inject(Fault::LoseZone(zone.into()));
    }
    desire(&mut lab, 1);
    lab.wait(130);
    assert_eq!(members(&mut lab).len(), 0);
    assert_eq!(activities(&mut lab).len(), 9);
    lab.inject(Fault::RestoreZone("us-east-1c".into()));
    lab.settle();
    assert_eq!(zones(&mut lab), ["us-east-1c"]);
}

#[test]
fn protected_instances_stay_on_scale_in() {
    let mut lab = Lab::new();
    template(&mut lab);
    let mut request = group_of(0, 6, 2);
    request["NewInstancesProtectedFromScaleIn"] = json!(true);
    lab.ok("autoscaling", "CreateAutoScalingGroup", request);
    lab.settle();
    desire(&mut lab, 1);
    lab.settle();
    assert_eq!(members(&mut lab).len(), 2);
    let told = lab.story("hosts");
    assert!(told.last().unwrap().contains("all remaining instances are protected"), "{told:?}");
}

#[test]
fn one_instance_can_be_terminated_with_or_without_a_replacement() {
    let mut lab = with_group(1, 6, 2);
    let first = members(&mut lab)[0].0.clone();
    let request = |id: &str, fewer: bool| json!({ "InstanceId": id, "ShouldDecrementDesiredCapacity": fewer });
    let operation = "TerminateInstanceInAutoScalingGroup";
    let reply = lab.ok("autoscaling", operation, request(&first, true));
    let cause = text(&reply, "/Activity/Cause");
    assert!(cause.contains("in response to a user request, shrinking the capacity from 2 to 1."));
    lab.settle();
    let left = members(&mut lab);
    assert_eq!(left.len(), 1);
    let (code, message) = lab.refused("autoscaling", operation, request(&left[0].0, true));
    assert_eq!(code, "ValidationError");
    assert!(message.starts_with("Currently, desiredSize equals minSize (1)."), "{message}");
    lab.ok("autoscaling", operation, request(&left[0].0, false));
    lab.settle();
    let now = members(&mut lab);
    assert_eq!(now.len(), 1);
    assert_ne!(now[0].0, left[0].0);
    assert_eq!(lab.refused("autoscaling", operation, request("i-1", false)).0, "ValidationError");
}

#[test]
fn a_hook_holds_an_instance_up_on_its_way_out() {
    let mut lab = Lab::new();
    template(&mut lab);
    let mut request = group_of(0, 6, 1);
    request["LifecycleHookSpecificationList"] = json!([{
        "LifecycleHookName": "drain",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": 300,
        "DefaultResult": "CONTINUE",
    }]);
    lab.ok("autoscaling", "CreateAutoScalingGroup", request);
    lab.settle();
    desire(&mut lab, 0);
    lab.wait(200);
    let held = members(&mut lab);
    assert_eq!(held[0].2, "Terminating:Wait");
    let shown = lab.ok("ec2", "DescribeInstances", json!({ "InstanceIds": [held[0].0] }));
    assert_eq!(text(&shown, "/Reservations/0/Instances/0/State/Name"), "running");
    lab.settle();
    assert_eq!(members(&mut lab).len(), 0);
}

#[test]
fn a_group_is_deleted_when_it_is_empty_or_by_force() {
    let mut lab = with_group(0, 6, 2);
    let name = json!({ "AutoScalingGroupName": "hosts" });
    let (code, _) = lab.refused("autoscaling", "DeleteAutoScalingGroup", name.clone());
    assert_eq!(code, "ResourceInUse");
    let force = json!({ "AutoScalingGroupName": "hosts", "ForceDelete": true });
    lab.ok("autoscaling", "DeleteAutoScalingGroup", force);
    assert_eq!(group(&mut lab)["Status"], "Delete in progress");
    lab.settle();
    let found = lab.ok("autoscaling", "DescribeAutoScalingGroups", json!({}));
    assert_eq!(found["AutoScalingGroups"], json!([]));
    assert_eq!(lab.refused("autoscaling", "DeleteAutoScalingGroup", name).0, "ValidationError");
}

#[test]
fn new_bounds_move_the_desired_number_and_wrong_ones_are_refused() {
    let mut lab = with_group(0, 6, 2);
    let update = |members: Value| {
        let mut request = members;
        request["AutoScalingGroupName"] = json!("hosts");
        request
    };
    lab.ok("autoscaling", "UpdateAutoScalingGroup", update(json!({ "MinSize": 3 })));
    lab.settle();
    assert_eq!(members(&mut lab).len(), 3);
    assert_eq!(group(&mut lab)["DesiredCapacity"], 3);
    let mut refused =
        |members: Value| lab.refused("autoscaling", "UpdateAutoScalingGroup", update(members)).1;
    let max = refused(json!({ "MaxSize": 2 }));
    assert_eq!(max, "Max bound, 2, must be greater than or equal to min bound, 3");
    let desired = refused(json!({ "DesiredCapacity": 7 }));
    assert_eq!(
        desired,
        "Desired capacity:7 must be between the specified min size:3 and max size:6"
    );
    let request = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": 9 });
    let (code, message) = lab.refused("autoscaling", "SetDesiredCapacity", request);
    assert_eq!(code, "ValidationError");
    let expected = "New SetDesiredCapacity value 9 is above max value 6 for the AutoScalingGroup.";
    assert_eq!(message, expected);
}

#[test]
fn a_group_wants_a_template_that_can_be_launched() {
    let mut lab = Lab::new();
    let (_, message) = lab.refused("autoscaling", "CreateAutoScalingGroup", group_of(0, 1, 1));
    assert!(message.starts_with("You must use a valid fully-formed launch template."), "{message}");
    let data = json!({
        "ImageId": ami::ECS_AL2023,
        "InstanceType": "t3.medium",
        "UserData": "#!/bin/bash",
    });
    let request = json!({ "LaunchTemplateName": "hosts", "LaunchTemplateData": data });
    lab.ok("ec2", "CreateLaunchTemplate", request.clone());
    let (_, message) = lab.refused("autoscaling", "CreateAutoScalingGroup", group_of(0, 1, 1));
    assert!(message.contains("Invalid BASE64 encoding of user data."), "{message}");
    let (code, _) = lab.refused("ec2", "CreateLaunchTemplate", request);
    assert_eq!(code, "InvalidLaunchTemplateName.AlreadyExistsException");
}

#[test]
fn the_same_group_twice_is_refused() {
    let mut lab = with_group(0, 1, 0);
    let (code, _) = lab.refused("autoscaling", "CreateAutoScalingGroup", group_of(0, 1, 0));
    assert_eq!(code, "AlreadyExists");
}
