//! Tasks on Fargate: from PROVISIONING to STOPPED, and what can go wrong on the way.

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};

/// A cluster `dock` and the image `image` as the one container of the family `web`.
pub(crate) fn dock(image: &str, more: Value) -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    lab.ok("ecs", "RegisterTaskDefinition", definition(image, more));
    lab
}

/// A task definition for Fargate with one container; `more` are further members of the container.
pub(crate) fn definition(image: &str, more: Value) -> Value {
    let mut container = json!({ "name": "web", "image": image });
    for (name, value) in more.as_object().expect("members") {
        container[name] = value.clone();
    }
    json!({
        "family": "web",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
    })
}

/// RunTask on Fargate in the first public subnet, with a public address.
pub(crate) fn run_in_public(count: u32) -> Value {
    json!({
        "cluster": "dock",
        "taskDefinition": "web",
        "count": count,
        "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0]],
            "assignPublicIp": "ENABLED",
        } },
    })
}

/// Runs one task and gives its ARN.
pub(crate) fn run_one(lab: &mut Lab) -> String {
    text(&lab.ok("ecs", "RunTask", run_in_public(1)), "/tasks/0/taskArn")
}

/// The task as DescribeTasks shows it.
pub(crate) fn task(lab: &mut Lab, arn: &str) -> Value {
    let found = lab.ok("ecs", "DescribeTasks", json!({ "cluster": "dock", "tasks": [arn] }));
    found.pointer("/tasks/0").expect("the task").clone()
}

/// What happened to a task, a line an event with the seconds since it was made.
pub(crate) fn story(lab: &Lab, arn: &str) -> String {
    let id = arn.rsplit('/').next().expect("an id");
    let events = lab.cloud.account().story.iter().filter(|event| &*event.id == id);
    let mut first = None;
    let lines = events.map(|event| {
        let first = *first.get_or_insert(event.at);
        format!("{} {}\n", event.at.since(first) / 1_000, event.text)
    });
    lines.collect()
}

fn check(lab: &Lab, arn: &str, expected: Expect) {
    expected.assert_eq(&story(lab, arn));
}

fn stop(lab: &mut Lab, arn: &str) {
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
}

// DG/task-lifecycle-explanation: the states in order; a server stops on its signal with exit code 0.
#[test]
fn a_server_goes_through_every_state() {
    let mut lab = dock("nginx", json!({ "portMappings": [{ "containerPort": 80 }] }));
    let arn = run_one(&mut lab);
    lab.settle();
    stop(&mut lab, &arn);
    lab.settle();
    check(
        &lab,
        &arn,
        expect![[r#"
            0 PROVISIONING
            10 PENDING
            17 ACTIVATING
            23 RUNNING
            23 Task stopped by user
            23 DEACTIVATING
            24 STOPPING
            24 web exited with code 0
            24 DEPROVISIONING
            40 STOPPED
        "#]],
    );
    rows_conform(&lab);
}

// The same page: what DescribeTasks says on the way.
#[test]
fn times_addresses_and_attachment_appear_as_they_come() {
    let mut lab = dock("nginx", json!({}));
    let arn = run_one(&mut lab);
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["lastStatus"], "PROVISIONING");
    assert_eq!(shown["desiredStatus"], "RUNNING");
    assert_eq!(shown["attachments"][0]["status"], "PRECREATED");
    assert_eq!(shown["startedAt"], Value::Null);
    assert_eq!(shown["launchType"], "FARGATE");
    assert_eq!(shown["platformVersion"], "1.4.0");
    lab.settle();
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["lastStatus"], "RUNNING");
    assert_eq!(shown["connectivity"], "CONNECTED");
    assert_eq!(shown["availabilityZone"], "us-east-1a");
    assert_eq!(shown["attachments"][0]["status"], "ATTACHED");
    let ip = text(&shown, "/containers/0/networkInterfaces/0/privateIpv4Address");
    assert!(ip.starts_with("172.31."), "{ip}");
    let order = ["createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt"];
    let times: Vec<f64> = order.iter().map(|name| shown[*name].as_f64().expect("a time")).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(text(&shown, "/containers/0/imageDigest").starts_with("sha256:"));
    let interfaces = lab.all(Kind::NetworkInterface);
    assert_eq!(interfaces.len(), 1);
    stop(&mut lab, &arn);
    assert_eq!(task(&mut lab, &arn)["desiredStatus"], "STOPPED");
    lab.settle();
    assert_eq!(task(&mut lab, &arn)["attachments"][0]["status"], "DELETED");
    assert!(lab.all(Kind::NetworkInterface).is_empty());
}

// Process 1 without a handler ignores SIGTERM; SIGKILL follows after stopTimeout, by default 30 s (API-ecs).
#[test]
fn sleep_as_process_1_is_killed_after_the_stop_timeout() {
    let command = json!({ "command": ["sleep", "3600"], "stopTimeout": 12 });
    let mut lab = dock("busybox", command);
    let arn = run_one(&mut lab);
    lab.wait(120);
    stop(&mut lab, &arn);
    lab.settle();
    check(
        &lab,
        &arn,
        expect![[r#"
            0 PROVISIONING
            10 PENDING
            17 ACTIVATING
            19 RUNNING
            120 Task stopped by user
            120 DEACTIVATING
            121 STOPPING
            133 web exited with code 137
            133 DEPROVISIONING
            149 STOPPED
        "#]],
    );
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["containers"][0]["exitCode"], 137);
    assert_eq!(shown["stopCode"], "UserInitiated");
    assert_eq!(shown["stoppedReason"], "Task stopped by user");
}

// UNIX: 143 is 128 + SIGTERM.
#[test]
fn a_worker_leaves_with_143() {
    let mut lab = dock("worker", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    stop(&mut lab, &arn);
    lab.settle();
    assert_eq!(task(&mut lab, &arn)["containers"][0]["exitCode"], 143);
}

// DG23/stopped-task-errors: the text for an essential container.
#[test]
fn a_task_ends_with_its_essential_container() {
    let mut lab = dock("crash", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    check(
        &lab,
        &arn,
        expect![[r#"
            0 PROVISIONING
            10 PENDING
            17 ACTIVATING
            20 RUNNING
            22 web exited with code 1
            22 Essential container in task exited
            22 DEACTIVATING
            22 STOPPING
            22 DEPROVISIONING
            38 STOPPED
        "#]],
    );
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["stopCode"], "EssentialContainerExited");
    assert_eq!(shown["stoppedReason"], "Essential container in task exited");
    assert_eq!(shown["containers"][0]["exitCode"], 1);
    let counts = lab.all(Kind::Cluster)[0].clone();
    assert_eq!(
        (&counts["runningTasksCount"], &counts["pendingTasksCount"]),
        (&json!(0), &json!(0))
    );
}

// DG/task_cannot_pull_image: a tag that does not exist.
#[test]
fn a_wrong_tag_is_not_found() {
    let mut lab = dock("nginx:nope", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["stopCode"], "TaskFailedToStart");
    expect!["CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found"].assert_eq(&text(&shown, "/stoppedReason"));
    assert_eq!(shown["containers"][0]["exitCode"], Value::Null);
    assert_eq!(shown["startedAt"], Value::Null);
}

// The same page: a private subnet without a way out.
#[test]
fn without_a_way_to_the_internet_the_pull_times_out() {
    let mut lab = dock("nginx", json!({}));
    let mut request = run_in_public(1);
    request["networkConfiguration"]["awsvpcConfiguration"] =
        json!({ "subnets": [start::PRIVATE[0]] });
    let arn = text(&lab.ok("ecs", "RunTask", request), "/tasks/0/taskArn");
    lab.settle();
    let reason = text(&task(&mut lab, &arn), "/stoppedReason");
    assert!(reason.starts_with("CannotPullContainerError: "), "{reason}");
    assert!(reason.contains("request canceled while waiting for connection"), "{reason}");
}

// CONTRACT.md §2: the fault blockRegistry.
#[test]
fn a_blocked_registry_stops_new_tasks_until_it_answers_again() {
    let mut lab = dock("nginx", json!({}));
    lab.inject(Fault::BlockRegistry(true));
    let failed = run_one(&mut lab);
    lab.settle();
    assert_eq!(task(&mut lab, &failed)["stopCode"], "TaskFailedToStart");
    lab.inject(Fault::BlockRegistry(false));
    let works = run_one(&mut lab);
    lab.settle();
    assert_eq!(task(&mut lab, &works)["lastStatus"], "RUNNING");
}

// CONTRACT.md §2: the fault app; facts/docker §4: 137 for a container killed for its memory.
#[test]
fn applications_can_be_made_to_misbehave() {
    let cases = [(Behaviour::Crash, 1), (Behaviour::Exit, 0), (Behaviour::Leak, 137)];
    for (behaviour, code) in cases {
        let mut lab = dock("nginx", json!({}));
        let arn = run_one(&mut lab);
        lab.settle();
        lab.inject(Fault::App { task: arn.clone(), behaviour });
        lab.settle();
        let shown = task(&mut lab, &arn);
        assert_eq!(shown["containers"][0]["exitCode"], code, "{behaviour:?}");
        assert_eq!(shown["lastStatus"], "STOPPED");
    }
}

// API-ecs HealthCheck: three failures in a row, 30 s apart; one success is enough.
#[test]
fn a_health_check_turns_with_the_application() {
    let check = json!({ "healthCheck": { "command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"] } });
    let mut lab = dock("nginx", check);
    let arn = run_one(&mut lab);
    lab.wait(60);
    assert_eq!(task(&mut lab, &arn)["healthStatus"], "HEALTHY");
    let unhealthy = Fault::App { task: arn.clone(), behaviour: Behaviour::Unhealthy };
    lab.inject(unhealthy);
    lab.wait(60);
    assert_eq!(task(&mut lab, &arn)["healthStatus"], "HEALTHY");
    lab.wait(31);
    assert_eq!(task(&mut lab, &arn)["healthStatus"], "UNHEALTHY");
    lab.inject(Fault::App { task: arn.clone(), behaviour: Behaviour::Recover });
    lab.wait(31);
    assert_eq!(task(&mut lab, &arn)["healthStatus"], "HEALTHY");
}

// API-ecs ContainerDependency: SUCCESS waits for exit code 0; shutdown goes the other way round.
#[test]
fn containers_wait_for_one_another() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut register = definition("nginx", json!({}));
    register["containerDefinitions"] = json!([
        { "name": "web", "image": "nginx", "dependsOn": [
            { "containerName": "init", "condition": "SUCCESS" },
        ] },
        { "name": "init", "image": "busybox", "essential": false, "command": ["sleep", "20"] },
        { "name": "sidecar", "image": "worker", "essential": false, "dependsOn": [
            { "containerName": "web", "condition": "START" },
        ] },
    ]);
    lab.ok("ecs", "RegisterTaskDefinition", register);
    let arn = run_one(&mut lab);
    lab.settle();
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["lastStatus"], "RUNNING");
    assert_eq!(shown["containers"][1]["exitCode"], 0);
    stop(&mut lab, &arn);
    lab.settle();
    check(
        &lab,
        &arn,
        expect![[r#"
            0 PROVISIONING
            10 PENDING
            17 ACTIVATING
            39 init exited with code 0
            49 RUNNING
            49 Task stopped by user
            49 DEACTIVATING
            50 STOPPING
            52 sidecar exited with code 143
            52 web exited with code 0
            52 DEPROVISIONING
            68 STOPPED
        "#]],
    );
}

// API-ecs ContainerDependency: a dependency that can no longer be met.
#[test]
fn a_task_fails_if_what_it_depends_on_fails() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut register = definition("nginx", json!({}));
    register["containerDefinitions"] = json!([
        { "name": "web", "image": "nginx", "dependsOn": [
            { "containerName": "init", "condition": "SUCCESS" },
        ] },
        { "name": "init", "image": "crash", "essential": false },
    ]);
    lab.ok("ecs", "RegisterTaskDefinition", register);
    let arn = run_one(&mut lab);
    lab.settle();
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["stopCode"], "TaskFailedToStart");
    assert_eq!(shown["lastStatus"], "STOPPED");
}

// DG23/stopped-task-errors: a stopped task can be seen for an hour.
#[test]
fn stopped_tasks_are_shown_for_an_hour() {
    let mut lab = dock("crash", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    lab.wait(3_590);
    assert_eq!(task(&mut lab, &arn)["lastStatus"], "STOPPED");
    lab.wait(60);
    let gone = lab.ok("ecs", "DescribeTasks", json!({ "cluster": "dock", "tasks": [arn] }));
    assert_eq!(gone["failures"], json!([{ "arn": arn, "reason": "MISSING" }]));
}

// docs/fidelity.md: the sentence is the model's own.
#[test]
fn fargate_tasks_in_a_zone_that_fails_are_gone_and_new_ones_start_elsewhere() {
    let mut lab = dock("nginx", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    lab.inject(Fault::LoseZone("us-east-1a".into()));
    let gone = task(&mut lab, &arn);
    assert_eq!(gone["lastStatus"], "STOPPED");
    assert_eq!(gone["stoppedReason"], "The infrastructure under the task failed in us-east-1a.");
    let mut request = run_in_public(4);
    request["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = json!(start::PUBLIC);
    let made = lab.ok("ecs", "RunTask", request);
    lab.settle();
    for n in 0..4 {
        let arn = text(&made, &format!("/tasks/{n}/taskArn"));
        let shown = task(&mut lab, &arn);
        assert_eq!(shown["lastStatus"], "RUNNING");
        assert_ne!(shown["availabilityZone"], "us-east-1a");
    }
    let arn = run_one(&mut lab);
    lab.settle();
    let failed = task(&mut lab, &arn);
    assert_eq!(failed["stopCode"], "TaskFailedToStart");
    let reason = text(&failed, "/stoppedReason");
    assert!(reason.starts_with("Capacity is unavailable at this time."), "{reason}");
}
