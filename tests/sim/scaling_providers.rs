//! Capacity providers themselves: what ECS makes for them, what is refused, and how instances leave. Sources: facts/scaling
//! §5, facts/ecs §6.

use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecs_hosts::{register, run};
use crate::ecs_services::ec2_service;
use crate::lab::{Lab, text};
use crate::scaling_clusters::{
    fleet, group, measured, minutes, on, provider, put, quay, statuses, why,
};

#[test]
fn fifteen_minutes_below_the_target_take_instances_away() {
    // Source: facts/scaling §5: N=3, M=2 → 2; at most half of them in a minute; a group's minimum holds.
    let more = json!({ "managedTerminationProtection": "ENABLED" });
    let protected = json!({ "NewInstancesProtectedFromScaleIn": true });
    let mut lab = quay((1, 4, 9), on(), more, protected);
    let tasks = run(&mut lab, 2, json!({}));
    minutes(&mut lab, 10);
    assert_eq!((fleet(&mut lab).0, measured(&lab)), (4, (2, 4)));
    minutes(&mut lab, 7);
    assert_eq!(fleet(&mut lab).0, 2);
    for task in tasks["tasks"].as_array().expect("a list") {
        lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task["taskArn"] }));
    }
    minutes(&mut lab, 20);
    assert_eq!(fleet(&mut lab).0, 1);
    assert_eq!(why(&lab), "1 is the minimum, and there are no more.");
}

#[test]
fn termination_protection_lets_only_empty_instances_go() {
    // Source: facts/scaling §5, "Who is terminated"; DG/managed-termination-protection.
    let more = json!({ "managedTerminationProtection": "ENABLED", "managedDraining": "DISABLED" });
    let protected = json!({ "NewInstancesProtectedFromScaleIn": true, "TerminationPolicies": ["NewestInstance"] });
    let mut lab = quay((0, 3, 9), on(), more, protected);
    let last = lab.all(Kind::ContainerInstance)[2]["containerInstanceArn"].clone();
    let request =
        json!({ "cluster": "dock", "taskDefinition": "web", "containerInstances": [last] });
    lab.ok("ecs", "StartTask", request);
    minutes(&mut lab, 40);
    assert_eq!(fleet(&mut lab), (1, vec!["InService".to_owned()]));
    assert_eq!(statuses(&lab), ["RUNNING"]);
    assert_eq!(measured(&lab), (1, 1));
}

#[test]
fn an_instance_drains_before_it_is_terminated() {
    // Source: facts/scaling §5, "Managed draining"; DG/managed-instance-draining.
    let mut lab = quay((0, 2, 2), json!({ "status": "DISABLED" }), json!({}), json!({}));
    register(&mut lab, json!({ "cpu": 512 }));
    ec2_service(&mut lab, 2, json!({}));
    lab.settle();
    let size = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": 1 });
    lab.ok("autoscaling", "SetDesiredCapacity", size);
    lab.wait(8);
    assert!(fleet(&mut lab).1.contains(&"Terminating:Wait".to_owned()));
    let draining = |lab: &Lab| {
        lab.all(Kind::ContainerInstance).iter().filter(|host| host["status"] == "DRAINING").count()
    };
    assert_eq!(draining(&lab), 1);
    lab.settle();
    assert_eq!(fleet(&mut lab).1, ["InService"]);
    let running = statuses(&lab).iter().filter(|status| *status == "RUNNING").count();
    assert_eq!((running, draining(&lab)), (2, 0));
}

#[test]
fn a_cluster_shows_what_ecs_made_for_its_providers() {
    // Source: public outputs of DescribeClusters with ATTACHMENTS; API-ecs CapacityProvider.
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    let request = json!({ "clusters": ["dock"], "include": ["ATTACHMENTS"] });
    let shown = lab.ok("ecs", "DescribeClusters", request);
    let cluster = &shown["clusters"][0];
    assert_eq!(cluster["capacityProviders"], json!(["quay"]));
    let kinds = |at: usize| text(cluster, &format!("/attachments/{at}/type"));
    assert_eq!((kinds(0), kinds(1)), ("as_policy".into(), "managed_draining".into()));
    assert_eq!(text(cluster, "/attachmentsStatus"), "UPDATE_COMPLETE");
    let alarms = lab.ok("cloudwatch", "DescribeAlarms", json!({}));
    let of = |at: usize| {
        ["ComparisonOperator", "Threshold", "EvaluationPeriods"]
            .map(|m| alarms["MetricAlarms"][at][m].clone())
    };
    assert_eq!(json!(of(0)), json!(["GreaterThanThreshold", 100.0, 1]));
    assert_eq!(json!(of(1)), json!(["LessThanThreshold", 100.0, 15]));
    let shown = lab.ok("ecs", "DescribeCapacityProviders", json!({}));
    let names: Vec<String> =
        (0..3).map(|at| text(&shown, &format!("/capacityProviders/{at}/name"))).collect();
    assert_eq!(names, ["FARGATE", "FARGATE_SPOT", "quay"]);
    let request = json!({ "capacityProviders": ["quay", "none"] });
    let shown = lab.ok("ecs", "DescribeCapacityProviders", request);
    assert_eq!(text(&shown, "/failures/0/reason"), "MISSING");
    let scaling = &shown["capacityProviders"][0]["autoScalingGroupProvider"]["managedScaling"];
    assert_eq!(
        *scaling,
        json!({ "status": "ENABLED", "targetCapacity": 100, "minimumScalingStepSize": 1,
                "maximumScalingStepSize": 10000, "instanceWarmupPeriod": 300 })
    );
    put(&mut lab, json!([]));
    assert_eq!(lab.ok("cloudwatch", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
    let gone = lab.ok("ecs", "DeleteCapacityProvider", json!({ "capacityProvider": "quay" }));
    assert_eq!(text(&gone, "/capacityProvider/status"), "INACTIVE");
}

#[test]
fn providers_and_strategies_that_make_no_sense_are_refused() {
    // Source: facts/ecs §6, "Strategy"; sentences of public logs.
    let mut lab = quay((0, 0, 1), on(), json!({}), json!({}));
    let arn =
        "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/none";
    let mut refuse = |operation: &str, request: Value, start: &str| {
        let (code, sentence) = lab.refused("ecs", operation, request);
        assert!(sentence.starts_with(start), "{code}: {sentence}");
    };
    let named = |name: &str| {
        let mut request = provider(arn, on(), json!({}));
        request["name"] = json!(name);
        request
    };
    refuse(
        "CreateCapacityProvider",
        named("fargate-two"),
        "The specified capacity provider name is invalid.",
    );
    refuse(
        "CreateCapacityProvider",
        named("quay"),
        "The specified capacity provider already exists.",
    );
    refuse(
        "CreateCapacityProvider",
        named("pier"),
        "The specified Auto Scaling group ARN is invalid",
    );
    refuse(
        "DeleteCapacityProvider",
        json!({ "capacityProvider": "FARGATE" }),
        "The specified capacity provider is reserved",
    );
    refuse(
        "DeleteCapacityProvider",
        json!({ "capacityProvider": "quay" }),
        "The capacity provider cannot be deleted because it is associated with cluster: dock.",
    );
    let strategy = |parts: Value| json!({ "cluster": "dock", "taskDefinition": "web", "capacityProviderStrategy": parts });
    let part =
        |name: &str, base: u32| json!({ "capacityProvider": name, "base": base, "weight": 1 });
    refuse(
        "RunTask",
        strategy(json!([part("FARGATE", 0)])),
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated",
    );
    let both = json!({
        "cluster": "dock", "capacityProviders": ["quay", "FARGATE"],
        "defaultCapacityProviderStrategy": [part("quay", 0), part("FARGATE", 0)],
    });
    refuse(
        "PutClusterCapacityProviders",
        both,
        "A capacity provider strategy cannot contain a mix",
    );
    let mut typed = strategy(json!([part("quay", 0)]));
    typed["launchType"] = json!("EC2");
    refuse("RunTask", typed, "Specify either Launch Type or Capacity Provider Strategy");
    run(&mut lab, 1, json!({}));
    let none = json!({ "cluster": "dock", "capacityProviders": [], "defaultCapacityProviderStrategy": [] });
    assert_eq!(
        lab.refused("ecs", "PutClusterCapacityProviders", none),
        (
            "ResourceInUseException".to_owned(),
            "The specified capacity provider is in use and cannot be removed.".to_owned()
        )
    );
}

#[test]
fn termination_protection_needs_scale_in_protection_of_the_group() {
    // Source: public logs of CreateCapacityProvider.
    let mut lab = Lab::new();
    let arn = group(&mut lab, (0, 0, 1), json!({}));
    let request = provider(&arn, on(), json!({ "managedTerminationProtection": "ENABLED" }));
    assert_eq!(
        lab.refused("ecs", "CreateCapacityProvider", request).1,
        "The managed termination protection setting for the capacity provider is invalid. To enable managed \
         termination protection for a capacity provider, the Auto Scaling group must have instance protection \
         from scale in enabled."
    );
}
