//! Fargate Spot: a share of the tasks, its price, and what happens when the capacity is taken back. Sources: facts/ecs §6,
//! facts/fargate-and-ec2 §2 and §3.

use drydock::cli;
use drydock::cloud::bill::Cost;
use drydock::cloud::input::Fault;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, task};
use crate::lab::{Lab, rows_conform, text};

/// The cluster `dock` may use both providers of Fargate.
pub(crate) fn fargate_providers(lab: &mut Lab) {
    let request = json!({
        "cluster": "dock", "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    });
    lab.ok("ecs", "PutClusterCapacityProviders", request);
}

/// Tasks `web` by base 1 on Fargate and then 1 to 1 with Spot.
fn mixed(count: u32, container: Value) -> Lab {
    let mut lab = dock("nginx", container);
    fargate_providers(&mut lab);
    let request = json!({
        "cluster": "dock", "taskDefinition": "web", "count": count,
        "capacityProviderStrategy": [
            { "capacityProvider": "FARGATE", "base": 1, "weight": 1 },
            { "capacityProvider": "FARGATE_SPOT", "weight": 1 },
        ],
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0]], "assignPublicIp": "ENABLED",
        } },
    });
    lab.ok("ecs", "RunTask", request);
    lab.wait(60);
    lab
}

fn of(lab: &Lab, provider: &str) -> Vec<String> {
    let tasks = lab.all(Kind::Task);
    let ours = tasks.iter().filter(|task| task["capacityProviderName"] == provider);
    ours.map(|task| text(task, "/taskArn")).collect()
}

#[test]
fn tasks_are_shared_out_and_spot_costs_less() {
    let lab = mixed(5, json!({}));
    assert_eq!((of(&lab, "FARGATE").len(), of(&lab, "FARGATE_SPOT").len()), (3, 2));
    // 0.25 vCPU and 0.5 GB: 12,342 micro-dollars an hour, 30 % of it on Spot.
    assert_eq!(lab.cloud.account().bill.rate(Cost::FargateTasks), 3 * 12_342 + 2 * 3_702);
    rows_conform(&lab);
}

#[test]
fn an_interrupted_task_is_told_to_stop_and_may_use_two_minutes() {
    let mut lab =
        mixed(3, json!({ "image": "busybox", "command": ["sleep", "9999"], "stopTimeout": 120 }));
    let arn = of(&lab, "FARGATE_SPOT")[0].clone();
    lab.inject(Fault::InterruptSpot(arn.clone()));
    let told = task(&mut lab, &arn);
    assert_eq!(text(&told, "/stopCode"), "SpotInterruption");
    assert_eq!(text(&told, "/stoppedReason"), "Your Spot Task was interrupted.");
    lab.wait(119);
    assert_eq!(text(&task(&mut lab, &arn), "/lastStatus"), "STOPPING");
    lab.wait(30);
    let over = task(&mut lab, &arn);
    assert_eq!(text(&over, "/lastStatus"), "STOPPED");
    assert_eq!(over["containers"][0]["exitCode"], 137);
    let at = |name: &str| over[name].as_f64().expect("a time");
    let lasted = at("executionStoppedAt") - at("stoppingAt");
    assert!((119.9..120.1).contains(&lasted), "{lasted} s");
    rows_conform(&lab);
}

#[test]
fn the_terminal_interrupts_and_only_spot_tasks_can_be() {
    let mut lab = mixed(3, json!({}));
    let (spot, other) = (of(&lab, "FARGATE_SPOT")[0].clone(), of(&lab, "FARGATE")[0].clone());
    let printed = cli::run(&mut lab.cloud, &format!("fault interrupt-spot {other}"));
    assert_ne!(printed.status, 0, "{}", printed.stdout);
    let printed = cli::run(&mut lab.cloud, &format!("fault interrupt-spot {spot}"));
    assert_eq!(printed.status, 0, "{}", printed.stderr);
    assert_eq!(text(&task(&mut lab, &spot), "/stopCode"), "SpotInterruption");
    assert_eq!(text(&task(&mut lab, &other), "/lastStatus"), "RUNNING");
}

#[test]
fn a_service_replaces_an_interrupted_task_on_spot_again() {
    // Source: facts/fargate-and-ec2 §2: retries on Spot only, never swaps to on-demand.
    let mut lab = dock("nginx", json!({}));
    fargate_providers(&mut lab);
    let request = json!({
        "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2,
        "capacityProviderStrategy": [{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }],
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0]], "assignPublicIp": "ENABLED",
        } },
    });
    lab.ok("ecs", "CreateService", request);
    lab.settle();
    lab.inject(Fault::InterruptSpot(of(&lab, "FARGATE_SPOT")[0].clone()));
    lab.settle();
    let all = lab.all(Kind::Task);
    let running = all.iter().filter(|task| task["lastStatus"] == "RUNNING").count();
    assert_eq!((running, of(&lab, "FARGATE_SPOT").len()), (2, 3));
    let shown =
        lab.ok("ecs", "DescribeServices", json!({ "cluster": "dock", "services": ["web"] }));
    assert_eq!(shown["services"][0]["deployments"][0]["failedTasks"], 0);
}
