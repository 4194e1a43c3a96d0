//! Random histories of ECS: whatever people and faults do, counts are right, nothing is given twice, and the same
//! history gives the same account.

use std::sync::{Arc, OnceLock};

use drydock::cloud::Cloud;
use drydock::cloud::input::{Behaviour, Call, Fault, Input, Principal};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use drydock::cloud::table::{Row, Table};
use drydock::cloud::time::SECOND;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::lab::{Lab, rows_conform};

/// One thing that somebody does; numbers pick among what there is.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Run { family: usize, fargate: bool, count: u32, strategy: usize },
    StartOn { family: usize, host: usize },
    StopTask(usize),
    Create { name: usize, family: usize, fargate: bool, desired: u32, rules: usize },
    Scale { name: usize, desired: u32 },
    Deploy { name: usize, family: usize },
    Delete { name: usize, force: bool },
    Drain { host: usize, on: bool },
    Deregister { host: usize, force: bool },
    StopHost(usize),
    StartHost(usize),
    TerminateHost(usize),
    LaunchHost(usize),
    Agent { host: usize, connected: bool },
    App { task: usize, behaviour: Behaviour },
    Registry(bool),
    Permit(bool),
    Zone { which: usize, lost: bool },
    Wait(u64),
}

const FAMILIES: [&str; 9] =
    ["web", "fixed", "own", "crash", "slow", "chain", "missing", "sleeper", "private"];

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let family = 0..FAMILIES.len();
    let yes = prop_oneof![Just(true), Just(false)];
    let behaviour = prop_oneof![
        Just(Behaviour::Crash),
        Just(Behaviour::Exit),
        Just(Behaviour::Leak),
        Just(Behaviour::Unhealthy),
        Just(Behaviour::Slow),
        Just(Behaviour::Recover),
    ];
    let run = (family.clone(), yes.clone(), 1..4_u32, 0..4_usize);
    let create = (0..3_usize, family.clone(), yes.clone(), 0..4_u32, 0..4_usize);
    prop_oneof![
        3 => run.prop_map(|(family, fargate, count, strategy)| Step::Run { family, fargate, count, strategy }),
        1 => (family.clone(), 0..4_usize).prop_map(|(family, host)| Step::StartOn { family, host }),
        2 => (0..20_usize).prop_map(Step::StopTask),
        3 => create.prop_map(|(name, family, fargate, desired, rules)| Step::Create { name, family, fargate, desired, rules }),
        2 => (0..3_usize, 0..5_u32).prop_map(|(name, desired)| Step::Scale { name, desired }),
        2 => (0..3_usize, family).prop_map(|(name, family)| Step::Deploy { name, family }),
        1 => (0..3_usize, yes.clone()).prop_map(|(name, force)| Step::Delete { name, force }),
        2 => (0..4_usize, yes.clone()).prop_map(|(host, on)| Step::Drain { host, on }),
        1 => (0..4_usize, yes.clone()).prop_map(|(host, force)| Step::Deregister { host, force }),
        1 => (0..4_usize).prop_map(Step::StopHost),
        1 => (0..4_usize).prop_map(Step::StartHost),
        1 => (0..4_usize).prop_map(Step::TerminateHost),
        1 => (0..2_usize).prop_map(Step::LaunchHost),
        2 => (0..4_usize, yes.clone()).prop_map(|(host, connected)| Step::Agent { host, connected }),
        2 => (0..20_usize, behaviour).prop_map(|(task, behaviour)| Step::App { task, behaviour }),
        1 => yes.clone().prop_map(Step::Registry),
        1 => yes.clone().prop_map(Step::Permit),
        1 => (0..3_usize, yes).prop_map(|(which, lost)| Step::Zone { which, lost }),
        4 => (1..90_u64).prop_map(Step::Wait),
        1 => (300..4_000_u64).prop_map(Step::Wait),
    ]
}

/// Two hosts in two zones and a family of each sort: made once, and copied for each history.
pub(crate) fn harbour() -> Lab {
    static MADE: OnceLock<Cloud> = OnceLock::new();
    Lab { cloud: MADE.get_or_init(|| made().cloud).clone() }
}

fn made() -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    for zone in 0..2 {
        launch(&mut lab, zone);
    }
    let web = |more: Value| {
        let mut container = json!({ "name": "web", "image": "nginx", "memory": 256, "portMappings": [{ "containerPort": 80 }] });
        for (name, value) in more.as_object().expect("members") {
            container[name] = value.clone();
        }
        json!([container])
    };
    let health = json!({ "command": ["CMD-SHELL", "curl -f http://localhost/"], "interval": 10 });
    let chain = json!([
        { "name": "init", "image": "busybox", "command": ["sleep", "5"], "essential": false, "memory": 32 },
        { "name": "web", "image": "nginx", "memory": 128, "healthCheck": health,
            "dependsOn": [{ "containerName": "init", "condition": "SUCCESS" }] },
        { "name": "side", "image": "worker", "memory": 32, "essential": false,
            "dependsOn": [{ "containerName": "web", "condition": "HEALTHY" }] },
    ]);
    let containers = [
        ("bridge", web(json!({}))),
        ("bridge", web(json!({ "portMappings": [{ "containerPort": 80, "hostPort": 8080 }] }))),
        ("awsvpc", web(json!({ "healthCheck": health }))),
        ("awsvpc", web(json!({ "image": "crash" }))),
        ("awsvpc", web(json!({ "image": "slow", "healthCheck": health }))),
        ("awsvpc", chain),
        ("awsvpc", web(json!({ "image": "nginx:nope" }))),
        ("bridge", web(json!({ "image": "busybox", "command": ["sleep", "70"] }))),
        ("awsvpc", web(private())),
    ];
    crate::ecs_start::pushed(&mut lab);
    lab.ok("logs", "CreateLogGroup", json!({ "logGroupName": "/ecs/web" }));
    for (family, (mode, containers)) in FAMILIES.iter().zip(containers) {
        let mut request =
            json!({ "family": family, "networkMode": mode, "containerDefinitions": containers });
        if *family == "private" {
            request["executionRoleArn"] = json!(crate::ecs_start::EXECUTION);
        }
        if mode == "awsvpc" {
            request["cpu"] = json!("256");
            request["memory"] = json!("512");
        }
        lab.ok("ecs", "RegisterTaskDefinition", request);
    }
    lab.settle();
    lab
}

/// A private image whose output goes to a log group.
fn private() -> Value {
    let options = json!({
        "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "quay",
    });
    json!({
        "image": format!("{}/web:v1", crate::ecs_start::REGISTRY),
        "logConfiguration": { "logDriver": "awslogs", "options": options },
    })
}

fn launch(lab: &mut Lab, zone: usize) {
    call(lab, "ec2", "RunInstances", host_in(zone));
}

fn host_in(zone: usize) -> Value {
    let mut request = host("dock");
    request["SubnetId"] = json!(start::PUBLIC[zone]);
    request
}

/// A call that may be refused; then it must have changed nothing.
fn call(lab: &mut Lab, service: &str, operation: &str, input: Value) {
    perform(lab, Call::new(service, operation, input));
}

fn perform(lab: &mut Lab, call: Call) {
    let before = lab.cloud.clone();
    let by = Principal::administrator();
    let reply = lab.cloud.apply(&Input::Call { by, call: call.clone() }).into_reply();
    if let Err(error) = reply {
        let rows = |account| Kind::ALL.iter().map(|kind| kind.rows(account)).collect::<Vec<_>>();
        let (before, after) = (rows(before.account()), rows(lab.cloud.account()));
        assert_eq!(before, after, "{call:?} was refused ({error}) and changed something");
        assert_ne!(error.code, "ServerException", "{call:?}: {error}");
    }
}

fn launched_on(family: usize, fargate: bool, mut request: Value) -> Value {
    request["cluster"] = json!("dock");
    request["taskDefinition"] = json!(FAMILIES[family]);
    if fargate {
        request["launchType"] = json!("FARGATE");
    }
    if !matches!(FAMILIES[family], "web" | "fixed" | "sleeper") {
        let public = if fargate { "ENABLED" } else { "DISABLED" };
        request["networkConfiguration"] = json!({ "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0], start::PUBLIC[1]], "assignPublicIp": public,
        } });
    }
    request
}

/// One row, by a number that may be beyond them all.
fn nth<V: Row>(table: &Table<V>, n: usize) -> Option<&Arc<V>> {
    table.values().nth(n % table.len().max(1))
}

/// What a step is in an account.
pub(crate) fn input(cloud: &Cloud, step: &Step) -> Input {
    let account = cloud.account();
    let task = |n: usize| nth(&account.tasks, n).map_or_else(String::new, |task| task.arn());
    let host_arn =
        |n: usize| nth(&account.container_instances, n).map_or_else(String::new, |host| host.arn());
    let ec2 =
        |n: usize| nth(&account.instances, n).map_or_else(String::new, |row| row.id.to_string());
    let name = |n: usize| format!("service-{n}");
    let ecs = |operation: &'static str, input: Value| ("ecs", operation, input);
    let (service, operation, input) = match step {
        Step::Run { family, fargate, count, strategy } => {
            let strategies = [
                json!([]),
                json!([{ "type": "spread", "field": "instanceId" }]),
                json!([{ "type": "binpack", "field": "memory" }]),
                json!([{ "type": "random" }]),
            ];
            let mut request = launched_on(*family, *fargate, json!({ "count": count }));
            if !fargate {
                request["placementStrategy"] = strategies[*strategy].clone();
            }
            ecs("RunTask", request)
        }
        Step::StartOn { family, host } => {
            let request = json!({ "containerInstances": [host_arn(*host)] });
            ecs("StartTask", launched_on(*family, false, request))
        }
        Step::StopTask(n) => ecs("StopTask", json!({ "cluster": "dock", "task": task(*n) })),
        Step::Create { name: n, family, fargate, desired, rules } => {
            let all = [
                json!({}),
                json!({ "minimumHealthyPercent": 0, "maximumPercent": 100 }),
                json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": true } }),
                json!({ "minimumHealthyPercent": 50, "maximumPercent": 150 }),
            ];
            let request = json!({
                "serviceName": name(*n),
                "desiredCount": desired,
                "deploymentConfiguration": all[*rules],
            });
            ecs("CreateService", launched_on(*family, *fargate, request))
        }
        Step::Scale { name: n, desired } => {
            let request =
                json!({ "cluster": "dock", "service": name(*n), "desiredCount": desired });
            ecs("UpdateService", request)
        }
        Step::Deploy { name: n, family } => {
            let definition = FAMILIES[*family];
            let request = json!({ "cluster": "dock", "service": name(*n), "taskDefinition": definition,
                "forceNewDeployment": true });
            ecs("UpdateService", request)
        }
        Step::Delete { name: n, force } => {
            ecs("DeleteService", json!({ "cluster": "dock", "service": name(*n), "force": force }))
        }
        Step::Drain { host, on } => {
            let status = if *on { "DRAINING" } else { "ACTIVE" };
            let request = json!({ "cluster": "dock", "containerInstances": [host_arn(*host)],
                "status": status });
            ecs("UpdateContainerInstancesState", request)
        }
        Step::Deregister { host, force } => {
            let request =
                json!({ "cluster": "dock", "containerInstance": host_arn(*host), "force": force });
            ecs("DeregisterContainerInstance", request)
        }
        Step::StopHost(n) => ("ec2", "StopInstances", json!({ "InstanceIds": [ec2(*n)] })),
        Step::StartHost(n) => ("ec2", "StartInstances", json!({ "InstanceIds": [ec2(*n)] })),
        Step::TerminateHost(n) => {
            ("ec2", "TerminateInstances", json!({ "InstanceIds": [ec2(*n)] }))
        }
        Step::LaunchHost(zone) => ("ec2", "RunInstances", host_in(*zone)),
        Step::Wait(seconds) => return Input::Advance { to: cloud.now() + seconds * SECOND },
        Step::Agent { host, connected: true } => {
            return fault(Fault::ConnectAgent(ec2(*host)));
        }
        Step::Agent { host, connected: false } => {
            return fault(Fault::DisconnectAgent(ec2(*host)));
        }
        Step::App { task: n, behaviour } => {
            return fault(Fault::App { task: task(*n), behaviour: *behaviour });
        }
        Step::Registry(blocked) => return fault(Fault::BlockRegistry(*blocked)),
        Step::Permit(on) => {
            let input = json!({
                "RoleName": "ecsTaskExecutionRole", "PolicyArn": crate::ecs_start::FULL,
            });
            ("iam", if *on { "AttachRolePolicy" } else { "DetachRolePolicy" }, input)
        }
        Step::Zone { which, lost: true } => {
            return fault(Fault::LoseZone(start::ZONES[*which].into()));
        }
        Step::Zone { which, lost: false } => {
            return fault(Fault::RestoreZone(start::ZONES[*which].into()));
        }
    };
    Input::Call { by: Principal::administrator(), call: Call::new(service, operation, input) }
}

fn act(lab: &mut Lab, step: &Step) {
    match input(&lab.cloud, step) {
        Input::Call { call, .. } => perform(lab, call),
        other => drop(lab.cloud.apply(&other)),
    }
}

fn fault(fault: Fault) -> Input {
    Input::Inject { fault }
}

fn inject(lab: &mut Lab, fault: Fault) {
    lab.cloud.apply(&Input::Inject { fault });
}

fn run(steps: &[Step]) -> Lab {
    let mut lab = harbour();
    for step in steps {
        act(&mut lab, step);
        lab.check();
    }
    lab
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_happens_the_account_stays_consistent(steps in prop::collection::vec(step(), 1..60)) {
        let mut lab = run(&steps);
        rows_conform(&lab);
        // In the end all services can be deleted, and nothing is left of their tasks.
        for name in 0..3 {
            let request = json!({ "cluster": "dock", "service": format!("service-{name}"), "force": true });
            call(&mut lab, "ecs", "DeleteService", request);
        }
        for zone in start::ZONES {
            inject(&mut lab, Fault::RestoreZone(zone.into()));
        }
        for n in 0..8 {
            act(&mut lab, &Step::Agent { host: n, connected: true });
            act(&mut lab, &Step::StartHost(n));
        }
        lab.wait(1_200);
        lab.check();
        let left = lab.all(Kind::Task).into_iter().filter(|task| {
            let of_service = task["group"].as_str().is_some_and(|group| group.starts_with("service:"));
            of_service && task["lastStatus"] != "STOPPED"
        });
        prop_assert_eq!(left.collect::<Vec<_>>(), Vec::<Value>::new());
    }

    #[test]
    fn the_same_steps_give_the_same_history(steps in prop::collection::vec(step(), 1..30)) {
        prop_assert_eq!(run(&steps).cloud.digest(), run(&steps).cloud.digest());
    }

    #[test]
    fn time_may_be_cut_into_pieces(steps in prop::collection::vec(step(), 1..20), piece in 1..50_u64) {
        let whole = run(&steps);
        let mut cut = harbour();
        for step in &steps {
            if let Step::Wait(seconds) = step {
                let end = cut.cloud.now() + seconds * SECOND;
                while cut.cloud.now() + piece * SECOND < end {
                    cut.wait(piece);
                }
                cut.cloud.apply(&Input::Advance { to: end });
            } else {
                act(&mut cut, step);
            }
        }
        prop_assert_eq!(whole.cloud.digest(), cut.cloud.digest());
    }
}
