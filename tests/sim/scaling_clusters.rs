//! Capacity providers of Auto Scaling groups: tasks wait, instances come and go. Sources: facts/scaling §5, facts/ecs §6.

use drydock::cloud::compute::ami;
use drydock::cloud::input::Input;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use drydock::cloud::time::{MINUTE, SimTime};
use serde_json::{Value, json};

use crate::ecs_fargate::task;
use crate::ecs_hosts::{register, run};
use crate::ecs_services::ec2_service;
use crate::lab::{Lab, rows_conform, text};

/// `echo ECS_CLUSTER=dock >> /etc/ecs/ecs.config` as a shell script.
const JOINS_DOCK: &str =
    "IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj1kb2NrID4+IC9ldGMvZWNzL2Vjcy5jb25maWcK";

/// A group `hosts` of so many t3.medium for the cluster `dock`; `more` are members of its request.
pub(crate) fn group(lab: &mut Lab, (min, desired, max): (u32, u32, u32), more: Value) -> String {
    let data = json!({
        "ImageId": ami::ECS_AL2023,
        "InstanceType": "t3.medium",
        "IamInstanceProfile": { "Name": "ecsInstanceRole" },
        "UserData": JOINS_DOCK,
    });
    let template = json!({ "LaunchTemplateName": "hosts", "LaunchTemplateData": data });
    lab.ok("ec2", "CreateLaunchTemplate", template);
    let mut request = json!({
        "AutoScalingGroupName": "hosts",
        "LaunchTemplate": { "LaunchTemplateName": "hosts", "Version": "$Latest" },
        "MinSize": min, "MaxSize": max, "DesiredCapacity": desired,
        "VPCZoneIdentifier": start::PUBLIC.join(","),
    });
    add(&mut request, &more);
    lab.ok("autoscaling", "CreateAutoScalingGroup", request);
    let shown = lab.ok("autoscaling", "DescribeAutoScalingGroups", json!({}));
    text(&shown, "/AutoScalingGroups/0/AutoScalingGroupARN")
}

fn add(request: &mut Value, more: &Value) {
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
}

pub(crate) fn provider(arn: &str, scaling: Value, more: Value) -> Value {
    let mut inner = json!({ "autoScalingGroupArn": arn, "managedScaling": scaling });
    add(&mut inner, &more);
    json!({ "name": "quay", "autoScalingGroupProvider": inner })
}

pub(crate) fn put(lab: &mut Lab, providers: Value) -> Value {
    let strategy: Vec<Value> = providers
        .as_array()
        .expect("a list")
        .iter()
        .map(|name| json!({ "capacityProvider": name, "weight": 1 }))
        .collect();
    let request = json!({
        "cluster": "dock", "capacityProviders": providers, "defaultCapacityProviderStrategy": strategy,
    });
    lab.ok("ecs", "PutClusterCapacityProviders", request)
}

pub(crate) fn on() -> Value {
    json!({ "status": "ENABLED" })
}

/// A cluster `dock` with the provider `quay` as its default; every task fills an instance.
pub(crate) fn quay(size: (u32, u32, u32), scaling: Value, more: Value, of_group: Value) -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let arn = group(&mut lab, size, of_group);
    lab.ok("ecs", "CreateCapacityProvider", provider(&arn, scaling, more));
    put(&mut lab, json!(["quay"]));
    register(&mut lab, json!({ "cpu": 2048 }));
    lab.settle();
    minutes(&mut lab, 1);
    lab
}

pub(crate) fn minutes(lab: &mut Lab, minutes: u64) {
    let to = SimTime((lab.cloud.now().0 / MINUTE + minutes) * MINUTE);
    lab.cloud.apply(&Input::Advance { to });
    lab.check();
}

/// Desired capacity and instances of the group by state.
pub(crate) fn fleet(lab: &mut Lab) -> (i64, Vec<String>) {
    let shown = lab.ok("autoscaling", "DescribeAutoScalingGroups", json!({}));
    let group = &shown["AutoScalingGroups"][0];
    let states = group["Instances"].as_array().expect("a list");
    let states = states.iter().map(|one| text(one, "/LifecycleState")).collect();
    (group["DesiredCapacity"].as_i64().expect("a number"), states)
}

pub(crate) fn statuses(lab: &Lab) -> Vec<String> {
    let tasks = lab.all(Kind::Task);
    tasks.iter().map(|task| text(task, "/lastStatus")).collect()
}

/// M and N as last measured.
pub(crate) fn measured(lab: &Lab) -> (u32, u32) {
    let row = lab.cloud.account().capacity_providers.find("quay").expect("a provider");
    let measured = row.measured.expect("measured");
    (measured.needed, measured.running)
}

/// The newest decision in words.
pub(crate) fn why(lab: &Lab) -> String {
    let row = lab.cloud.account().capacity_providers.find("quay").expect("a provider");
    row.decisions.back().expect("a decision").why.sentence()
}

fn reservation(lab: &mut Lab) -> f64 {
    let now = lab.cloud.now().0 / 1_000;
    let request = json!({
        "Namespace": "AWS/ECS/ManagedScaling", "MetricName": "CapacityProviderReservation",
        "Dimensions": [
            { "Name": "CapacityProviderName", "Value": "quay" }, { "Name": "ClusterName", "Value": "dock" },
        ],
        "Period": 60, "Statistics": ["Average"], "StartTime": now - 60, "EndTime": now,
    });
    let shown = lab.ok("cloudwatch", "GetMetricStatistics", request);
    shown["Datapoints"][0]["Average"].as_f64().expect("a datapoint")
}

#[test]
fn tasks_wait_in_provisioning_until_instances_come() {
    // Source: facts/scaling §5: nothing needed, nothing there: 100; something needed: 200, and two instances.
    let mut lab = quay((0, 0, 5), on(), json!({}), json!({}));
    assert_eq!((reservation(&mut lab), measured(&lab)), (100.0, (0, 0)));
    let answer = run(&mut lab, 1, json!({}));
    assert_eq!(answer["failures"], json!([]));
    assert_eq!(answer["tasks"][0]["capacityProviderName"], "quay");
    assert_eq!(statuses(&lab), ["PROVISIONING"]);
    minutes(&mut lab, 1);
    assert_eq!((reservation(&mut lab), measured(&lab)), (200.0, (1, 0)));
    assert_eq!(fleet(&mut lab).0, 2);
    minutes(&mut lab, 4);
    assert_eq!(statuses(&lab), ["RUNNING"]);
    assert_eq!((reservation(&mut lab), measured(&lab)), (50.0, (1, 2)));
    let host = &lab.all(Kind::ContainerInstance)[0];
    assert_eq!(host["capacityProviderName"], "quay");
    let shown = lab.ok("autoscaling", "DescribeScalingActivities", json!({}));
    let cause = text(&shown, "/Activities/0/Cause");
    assert!(cause.contains(" a monitor alarm TargetTracking-hosts-AlarmHigh-"), "{cause}");
    assert!(
        cause.contains(" in state ALARM triggered policy ECSManagedAutoScalingPolicy-"),
        "{cause}"
    );
    assert!(cause.contains(" changing the desired capacity from 0 to 2."), "{cause}");
    rows_conform(&lab);
}

#[test]
fn as_many_instances_come_as_waiting_tasks_would_fill() {
    // Source: facts/scaling §5, worked examples; "How M is computed": packed by vCPU, memory, ports.
    let mut lab = quay((0, 1, 9), on(), json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 3);
    assert_eq!((statuses(&lab), measured(&lab)), (vec!["RUNNING".to_owned()], (1, 1)));
    // Four of these fit on an instance, two with port 80 do not: two instances, and two more for the second and the third.
    register(&mut lab, json!({ "cpu": 512 }));
    run(&mut lab, 5, json!({}));
    register(
        &mut lab,
        json!({ "cpu": 128, "portMappings": [{ "containerPort": 80, "hostPort": 80 }] }),
    );
    run(&mut lab, 3, json!({}));
    minutes(&mut lab, 1);
    assert_eq!(measured(&lab), (5, 1));
    assert_eq!(fleet(&mut lab).0, 5);
    minutes(&mut lab, 5);
    assert!(statuses(&lab).iter().all(|status| status == "RUNNING"), "{:?}", statuses(&lab));
    assert_eq!((reservation(&mut lab), measured(&lab)), (100.0, (5, 5)));
}

#[test]
fn a_target_below_100_keeps_instances_in_reserve() {
    // Source: facts/scaling §5, worked example: target 50, N=3, M=2 → 4.
    let half = json!({ "status": "ENABLED", "targetCapacity": 50 });
    let mut lab = quay((3, 3, 9), half, json!({}), json!({}));
    run(&mut lab, 2, json!({ "placementConstraints": [{ "type": "distinctInstance" }] }));
    minutes(&mut lab, 1);
    assert_eq!((measured(&lab), fleet(&mut lab).0), ((2, 3), 4));
    minutes(&mut lab, 10);
    assert_eq!((reservation(&mut lab), fleet(&mut lab).0), (50.0, 4));
}

#[test]
fn a_scale_out_waits_until_the_last_one_is_warm() {
    // Source: facts/scaling §5, "Warm-up": 300 s.
    let mut lab = quay((0, 0, 9), on(), json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 1);
    assert_eq!(fleet(&mut lab).0, 2);
    run(&mut lab, 3, json!({}));
    minutes(&mut lab, 4);
    assert_eq!(fleet(&mut lab).0, 2);
    assert!(why(&lab).starts_with("New instances warm up until 2026-01-05T"), "{}", why(&lab));
    minutes(&mut lab, 2);
    assert_eq!(fleet(&mut lab).0, 4);
    let steps =
        json!({ "status": "ENABLED", "minimumScalingStepSize": 3, "maximumScalingStepSize": 4 });
    let mut lab = quay((0, 0, 9), steps, json!({}), json!({}));
    run(&mut lab, 1, json!({}));
    minutes(&mut lab, 1);
    assert_eq!(fleet(&mut lab).0, 3);
}

#[test]
fn the_groups_maximum_holds_and_a_task_too_large_is_not_counted() {
    // Source: facts/scaling §5: ECS never changes Min/Max; a task that fits on no instance is ignored and waits.
    let mut lab = quay((0, 0, 2), on(), json!({}), json!({}));
    run(&mut lab, 4, json!({}));
    minutes(&mut lab, 8);
    assert_eq!((fleet(&mut lab).0, measured(&lab)), (2, (4, 2)));
    assert_eq!(why(&lab), "2 is the maximum, and there are as many.");
    let mut lab = quay((0, 0, 2), on(), json!({}), json!({}));
    register(&mut lab, json!({ "cpu": 4096 }));
    let arn = text(&run(&mut lab, 1, json!({})), "/tasks/0/taskArn");
    minutes(&mut lab, 10);
    assert_eq!((fleet(&mut lab).0, measured(&lab)), (0, (0, 0)));
    assert_eq!(statuses(&lab), ["PROVISIONING"]);
    // Source: facts/scaling §5, "Task wait limit": 10 to 30 minutes.
    minutes(&mut lab, 21);
    let stopped = task(&mut lab, &arn);
    assert_eq!(
        (text(&stopped, "/lastStatus"), text(&stopped, "/stopCode")),
        ("STOPPED".into(), "TaskFailedToStart".into())
    );
}

#[test]
fn five_hundred_tasks_may_wait() {
    // Source: GR/ecs-service: tasks in PROVISIONING per cluster.
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    register(&mut lab, json!({ "cpu": 4096 }));
    for _ in 0..50 {
        run(&mut lab, 10, json!({}));
    }
    let answer = run(&mut lab, 1, json!({}));
    assert_eq!(answer["tasks"], json!([]));
    assert_eq!(
        text(&answer, "/failures/0/reason"),
        "The tasks provisioning capacity limit was exceeded."
    );
    ec2_service(&mut lab, 1, json!({}));
    lab.wait(10);
    let shown =
        lab.ok("ecs", "DescribeServices", json!({ "cluster": "dock", "services": ["web"] }));
    let event = text(&shown, "/services/0/events/0/message");
    assert!(
        event.ends_with("because the tasks provisioning capacity limit was exceeded."),
        "{event}"
    );
}

#[test]
fn without_managed_scaling_nothing_waits() {
    // Source: facts/ecs §6, "Placement when no room".
    let mut lab = quay((0, 1, 2), json!({ "status": "DISABLED" }), json!({}), json!({}));
    lab.wait(180);
    run(&mut lab, 1, json!({}));
    let answer = run(&mut lab, 1, json!({}));
    assert_eq!(answer["tasks"], json!([]));
    assert_eq!(text(&answer, "/failures/0/reason"), "RESOURCE:CPU");
    assert_eq!(lab.ok("cloudwatch", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
    let size = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": 0 });
    lab.ok("autoscaling", "SetDesiredCapacity", size);
    let stop = lab.all(Kind::Task)[0]["taskArn"].clone();
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": stop }));
    lab.wait(300);
    let none = json!({ "cluster": "dock", "taskDefinition": "web" });
    assert_eq!(
        lab.refused("ecs", "RunTask", none).1,
        "No Container Instances were found in your capacity provider."
    );
    ec2_service(&mut lab, 1, json!({}));
    lab.wait(10);
    let shown =
        lab.ok("ecs", "DescribeServices", json!({ "cluster": "dock", "services": ["web"] }));
    let event = text(&shown, "/services/0/events/0/message");
    assert!(
        event.ends_with("Reason: No Container Instances were found in your capacity provider."),
        "{event}"
    );
}

#[test]
fn a_waiting_task_can_be_stopped_and_a_service_scales_down() {
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    let arn = text(&run(&mut lab, 1, json!({})), "/tasks/0/taskArn");
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    assert_eq!(text(&task(&mut lab, &arn), "/lastStatus"), "STOPPED");
    ec2_service(&mut lab, 3, json!({}));
    lab.wait(10);
    let waiting = statuses(&lab).iter().filter(|status| *status == "PROVISIONING").count();
    assert_eq!(waiting, 3);
    lab.ok(
        "ecs",
        "UpdateService",
        json!({ "cluster": "dock", "service": "web", "desiredCount": 0 }),
    );
    lab.wait(10);
    assert!(statuses(&lab).iter().all(|status| status == "STOPPED"));
}
