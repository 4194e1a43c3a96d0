//! Placement: which instance a task goes to, why not to the others, and what would have helped.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::ecs_hosts::{harbour, hosts, register, run};
use crate::lab::{Lab, text};

const THREE: &[(&str, usize)] = &[("t3.medium", 0), ("t3.medium", 0), ("t3.medium", 1)];

/// Tasks on each host, in the order of the hosts.
fn load(lab: &Lab) -> Vec<u64> {
    let counts = hosts(lab).into_iter().map(|host| {
        let count = |name: &str| host[name].as_u64().expect("a number");
        count("pendingTasksCount") + count("runningTasksCount")
    });
    counts.collect()
}

fn strategy(kind: &str, field: &str) -> Value {
    json!({ "placementStrategy": [{ "type": kind, "field": field }] })
}

/// The failures of a RunTask and what the newest search says about it.
fn check_why(lab: &mut Lab, more: Value, expected: Expect) {
    let failures = run(lab, 1, more)["failures"].clone();
    let mut told = String::new();
    for failure in failures.as_array().expect("a list") {
        told.push_str(&format!("{}\n", text(failure, "/reason")));
    }
    let placements = &lab.cloud.account().placements;
    let newest = placements.iter().next_back().expect("a search");
    for verdict in &newest.verdicts {
        let says: Vec<String> =
            verdict.obstacles.iter().map(drydock::cloud::ecs::verdict::Obstacle::says).collect();
        told.push_str(&format!("- {}\n", says.join(" ")));
    }
    let instead = newest.instead().expect("something would have helped");
    told.push_str(&format!("{}\n", instead.says()));
    expected.assert_eq(&told);
}

// DG/task-placement-strategies.
#[test]
fn strategies_choose_among_the_hosts_that_fit() {
    let cases = [
        (strategy("binpack", "memory"), vec![4, 0, 0]),
        (strategy("spread", "instanceId"), vec![2, 1, 1]),
        (strategy("spread", "attribute:ecs.availability-zone"), vec![2, 0, 2]),
    ];
    for (strategy, expected) in cases {
        let mut lab = harbour(THREE, json!({}));
        run(&mut lab, 4, strategy.clone());
        assert_eq!(load(&lab), expected, "{strategy}");
    }
    let both = json!({ "placementStrategy": [
        { "type": "spread", "field": "attribute:ecs.availability-zone" },
        { "type": "spread", "field": "instanceId" },
    ] });
    let mut lab = harbour(THREE, json!({}));
    run(&mut lab, 4, both);
    assert_eq!(load(&lab), [1, 1, 2]);
    let mut lab = harbour(THREE, json!({}));
    run(&mut lab, 10, json!({ "placementStrategy": [{ "type": "random" }] }));
    assert_eq!(load(&lab).iter().sum::<u64>(), 10);
    assert!(load(&lab).iter().all(|count| *count > 0));
}

// DG23/task-placement-constraints: binding.
#[test]
fn constraints_bind() {
    let mut lab = harbour(THREE, json!({}));
    let distinct = json!({ "placementConstraints": [{ "type": "distinctInstance" }] });
    let made = run(&mut lab, 4, distinct);
    assert_eq!(made["tasks"].as_array().map(Vec::len), Some(3));
    let reason = "DistinctInstance placement constraint unsatisfied.";
    assert_eq!(made["failures"][0]["reason"], reason);
    let member = |expression: &str| json!({ "placementConstraints": [{ "type": "memberOf", "expression": expression }] });
    let cases = [
        ("attribute:ecs.availability-zone == us-east-1b", vec![0, 0, 1]),
        ("attribute:ecs.availability-zone in [us-east-1c, us-east-1b]", vec![0, 0, 1]),
        ("not(task:group == family:web)", vec![1, 0, 0]),
        // Spaces are free.
        ("attribute:ecs.availability-zone==us-east-1b", vec![0, 0, 1]),
        ("attribute:ecs.availability-zone!='us-east-1a' and !(runningTasksCount>0)", vec![0, 0, 1]),
        ("attribute:ecs.availability-zone=~us-east-1[bc] && attribute:x!exists", vec![0, 0, 1]),
        (
            "attribute:ecs.instance-type =~ t3.* and attribute:ecs.availability-zone != us-east-1a",
            vec![0, 0, 1],
        ),
        (
            "runningTasksCount >= 1 or attribute:stack exists or agentConnected == true",
            vec![1, 0, 0],
        ),
    ];
    for (expression, expected) in cases {
        let mut lab = harbour(THREE, json!({}));
        run(&mut lab, 1, member(expression));
        assert_eq!(load(&lab), expected, "{expression}");
    }
    let mut request = member("attribute:stack =");
    request["cluster"] = json!("dock");
    request["taskDefinition"] = json!("web");
    lab.refused("ecs", "RunTask", request);
}

// facts/ecs §3: the reasons; the one change that would help is computed from the verdicts.
#[test]
fn a_task_that_does_not_fit_is_told_why_and_what_would_help() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 80 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports);
    run(&mut lab, 1, json!({}));
    check_why(
        &mut lab,
        json!({}),
        expect![[r#"
        RESOURCE:PORTS
        - Port 80/tcp is taken.
        It would be placed if its host port were 0.
    "#]],
    );
    register(&mut lab, json!({ "memory": 3800 }));
    check_why(
        &mut lab,
        json!({}),
        expect![[r#"
        RESOURCE:MEMORY
        - It has 3448 MiB left; the task needs 3800.
        It would be placed if it asked for at most 3448 MiB.
    "#]],
    );
    register(&mut lab, json!({ "cpu": 2000 }));
    check_why(
        &mut lab,
        json!({}),
        expect![[r#"
        RESOURCE:CPU
        - It has 1792 CPU units left; the task needs 2000.
        It would be placed if it asked for at most 1792 CPU units.
    "#]],
    );
    register(&mut lab, json!({ "cpu": 2000, "memory": 3800 }));
    check_why(
        &mut lab,
        json!({}),
        expect![[r#"
        RESOURCE:CPU
        - It has 1792 CPU units left; the task needs 2000. It has 3448 MiB left; the task needs 3800.
        It would be placed if there were another container instance.
    "#]],
    );
    register(&mut lab, json!({ "cpu": 4096, "memory": 3800 }));
    check_why(
        &mut lab,
        json!({}),
        expect![[r#"
        RESOURCE:CPU
        - It has 1792 CPU units left; the task needs 4096. It has 3448 MiB left; the task needs 3800.
        It would be placed if there were a larger container instance.
    "#]],
    );
    register(&mut lab, json!({}));
    let member = json!({ "placementConstraints": [
        { "type": "memberOf", "expression": "attribute:stack == prod" },
    ] });
    check_why(
        &mut lab,
        member,
        expect![[r#"
        MemberOf placement constraint unsatisfied.
        - It does not meet `attribute:stack == prod`.
        It would be placed if it did without the constraint `attribute:stack == prod`.
    "#]],
    );
}

// DG/task-networking-awsvpc: one interface is the host's own; facts/ecs §3: LOCATION for a subnet in another zone.
#[test]
fn interfaces_and_zones_limit_tasks_in_awsvpc_mode() {
    use drydock::cloud::net::start;
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let container = json!([{ "name": "web", "image": "nginx", "memory": 64 }]);
    let request =
        json!({ "family": "vpc", "networkMode": "awsvpc", "containerDefinitions": container });
    lab.ok("ecs", "RegisterTaskDefinition", request);
    let more = |subnet: &str| {
        json!({ "taskDefinition": "vpc", "networkConfiguration": {
            "awsvpcConfiguration": { "subnets": [subnet] },
        } })
    };
    let made = run(&mut lab, 3, more(start::PUBLIC[0]));
    assert_eq!(made["tasks"].as_array().map(Vec::len), Some(2));
    assert_eq!(made["failures"][0]["reason"], "RESOURCE:ENI");
    let arn = text(&made, "/tasks/0/taskArn");
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    check_why(
        &mut lab,
        more(start::PUBLIC[2]),
        expect![[r#"
        LOCATION
        - It is in us-east-1a, where the task has no subnet.
        It would be placed if it had a subnet in us-east-1a.
    "#]],
    );
}

// Seen in public logs.
#[test]
fn a_cluster_without_hosts_refuses() {
    let mut lab = harbour(&[], json!({}));
    let request = json!({ "cluster": "dock", "taskDefinition": "web" });
    let (code, message) = lab.refused("ecs", "RunTask", request);
    expect!["InvalidParameterException: No Container Instances were found in your cluster."]
        .assert_eq(&format!("{code}: {message}"));
}
