//! Clusters: made, described, deleted.

use expect_test::expect;
use serde_json::{Value, json};

use crate::ecs_fargate::{dock, run_one};
use crate::lab::{Lab, rows_conform};

fn described(lab: &mut Lab, include: Value) -> Value {
    let request = json!({ "clusters": ["dock"], "include": include });
    lab.ok("ecs", "DescribeClusters", request)["clusters"][0].clone()
}

// API-ecs CreateCluster: `default` where no name is given; the same name twice is the same cluster.
#[test]
fn a_cluster_has_a_name_or_is_the_default() {
    let mut lab = Lab::new();
    let made = lab.ok("ecs", "CreateCluster", json!({}));
    assert_eq!(made["cluster"]["clusterName"], "default");
    let again = lab.ok("ecs", "CreateCluster", json!({ "clusterName": "default" }));
    assert_eq!(again["cluster"]["clusterArn"], made["cluster"]["clusterArn"]);
    let list = lab.ok("ecs", "ListClusters", json!({}));
    assert_eq!(list["clusterArns"].as_array().map(Vec::len), Some(1));
    lab.refused("ecs", "CreateCluster", json!({ "clusterName": "no spaces" }));
    rows_conform(&lab);
}

// API-ecs DescribeClusters.include: what is not asked for is empty.
#[test]
fn counts_follow_the_tasks_and_statistics_come_on_request() {
    let mut lab = dock("nginx", json!({}));
    run_one(&mut lab);
    let shown = described(&mut lab, json!([]));
    assert_eq!(shown["pendingTasksCount"], 1);
    assert_eq!(shown["statistics"], json!([]));
    lab.settle();
    let shown = described(&mut lab, json!(["STATISTICS", "SETTINGS"]));
    assert_eq!((&shown["runningTasksCount"], &shown["pendingTasksCount"]), (&json!(1), &json!(0)));
    let running = json!({ "name": "runningFargateTasksCount", "value": "1" });
    assert!(shown["statistics"].as_array().expect("a list").contains(&running), "{shown:#}");
    assert_eq!(shown["settings"][0]["value"], "disabled");
}

// Seen in public logs: ClusterContainsTasksException; a deleted cluster is INACTIVE for a while.
#[test]
fn a_cluster_with_tasks_cannot_be_deleted() {
    let mut lab = dock("nginx", json!({}));
    let arn = run_one(&mut lab);
    let (code, message) = lab.refused("ecs", "DeleteCluster", json!({ "cluster": "dock" }));
    expect!["ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active."]
        .assert_eq(&format!("{code}: {message}"));
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    lab.ok("ecs", "DeleteCluster", json!({ "cluster": "dock" }));
    assert_eq!(described(&mut lab, json!([]))["status"], "INACTIVE");
    assert_eq!(lab.ok("ecs", "ListClusters", json!({}))["clusterArns"], json!([]));
    let (code, message) = lab.refused("ecs", "ListTasks", json!({ "cluster": "dock" }));
    expect!["ClusterNotFoundException: The referenced cluster was inactive."]
        .assert_eq(&format!("{code}: {message}"));
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    lab.wait(3_700);
    assert_eq!(described(&mut lab, json!([]))["status"], "ACTIVE");
}
