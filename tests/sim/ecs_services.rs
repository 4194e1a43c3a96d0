//! Services: tasks are kept running, draining moves them, strategies share them out. Deployments: `ecs_rolling`.

use drydock::cloud::input::{Behaviour, Fault};
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::ecs_fargate::dock;
use crate::ecs_hosts::{harbour, hosts, register};
use crate::lab::{Lab, rows_conform, text};
use crate::scaling_spot::fargate_providers;

/// CreateService `web` on Fargate with further members.
pub(crate) fn fargate_service(lab: &mut Lab, desired: u32, more: Value) {
    let mut request = json!({
        "cluster": "dock",
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": desired,
        "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0], start::PUBLIC[1]],
            "assignPublicIp": "ENABLED",
        } },
    });
    add(&mut request, more);
    lab.ok("ecs", "CreateService", request);
}

/// CreateService `web` on EC2 with further members.
pub(crate) fn ec2_service(lab: &mut Lab, desired: u32, more: Value) {
    let mut request = json!({
        "cluster": "dock",
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": desired,
    });
    add(&mut request, more);
    lab.ok("ecs", "CreateService", request);
}

fn add(request: &mut Value, more: Value) {
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
}

pub(crate) fn update(lab: &mut Lab, more: Value) -> Value {
    let mut request = json!({ "cluster": "dock", "service": "web" });
    add(&mut request, more);
    lab.ok("ecs", "UpdateService", request)["service"].clone()
}

pub(crate) fn service(lab: &mut Lab) -> Value {
    let request = json!({ "cluster": "dock", "services": ["web"] });
    lab.ok("ecs", "DescribeServices", request)["services"][0].clone()
}

/// The events of the service, oldest first, with ids made short.
pub(crate) fn events(lab: &mut Lab) -> String {
    let shown = service(lab);
    let created = shown["createdAt"].as_f64().expect("a time");
    let mut told = String::new();
    for event in shown["events"].as_array().expect("a list").iter().rev() {
        let at = event["createdAt"].as_f64().expect("a time") - created;
        told.push_str(&format!("{at:.0} {}\n", short(&text(event, "/message"))));
    }
    told
}

/// Ids of tasks and instances and numbers of deployments are cut to four letters.
fn short(message: &str) -> String {
    let words = message.split_inclusive([' ', ')', '/']).map(|word| {
        let id: String = word.chars().take_while(char::is_ascii_hexdigit).collect();
        if id.len() >= 17 { format!("{}{}", &id[..4], &word[id.len()..]) } else { word.to_owned() }
    });
    words.collect()
}

pub(crate) fn check(lab: &mut Lab, expected: Expect) {
    expected.assert_eq(&events(lab));
}

/// `running/desired` of each deployment, newest first, with its state.
pub(crate) fn deployments(lab: &mut Lab) -> Vec<String> {
    let shown = service(lab);
    let all = shown["deployments"].as_array().expect("a list").iter();
    all.map(|one| {
        let revision =
            text(one, "/taskDefinition").rsplit(':').next().expect("a revision").to_owned();
        format!(
            "{} web:{revision} {}/{} {}",
            text(one, "/status"),
            one["runningCount"],
            one["desiredCount"],
            text(one, "/rolloutState")
        )
    })
    .collect()
}

/// Live tasks by the last part of their task definition.
pub(crate) fn tasks_by_revision(lab: &Lab) -> Vec<String> {
    let tasks = lab.all(Kind::Task).into_iter().filter(|task| task["desiredStatus"] == "RUNNING");
    let mut found: Vec<String> = tasks
        .map(|task| {
            text(&task, "/taskDefinitionArn").rsplit('/').next().expect("a name").to_owned()
        })
        .collect();
    found.sort();
    found
}

fn loads(lab: &Lab) -> Vec<u64> {
    hosts(lab).iter().map(|host| host["runningTasksCount"].as_u64().expect("a number")).collect()
}

// facts/ecs §4: the events of a service that comes up; 40 s of running count as healthy.
#[test]
fn a_service_comes_to_its_desired_count_and_says_so() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 2, json!({}));
    let shown = service(&mut lab);
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(shown["deployments"][0]["rolloutState"], "IN_PROGRESS");
    lab.settle();
    check(
        &mut lab,
        expect![[r#"
        2 (service web) has started 2 tasks: (task 7481) (task eb8d).
        67 (service web) (deployment ecs-svc/2547) deployment completed.
        67 (service web) has reached a steady state.
    "#]],
    );
    let shown = service(&mut lab);
    assert_eq!((&shown["runningCount"], &shown["pendingCount"]), (&json!(2), &json!(0)));
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 2/2 COMPLETED"]);
    let task = lab.all(Kind::Task).remove(0);
    assert_eq!(task["group"], "service:web");
    assert_eq!(task["startedBy"], shown["deployments"][0]["id"]);
    let zones: Vec<Value> =
        lab.all(Kind::Task).iter().map(|one| one["availabilityZone"].clone()).collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b"]);
    let list = json!({ "cluster": "dock", "serviceName": "web" });
    let listed = lab.ok("ecs", "ListTasks", list);
    assert_eq!(listed["taskArns"].as_array().map(Vec::len), Some(2));
    rows_conform(&lab);
}

// DG/ecs_services: a task that is lost is replaced.
#[test]
fn a_task_that_ends_is_replaced() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 2, json!({}));
    lab.settle();
    let task = text(&lab.all(Kind::Task)[0], "/taskArn");
    lab.inject(Fault::App { task, behaviour: Behaviour::Crash });
    lab.settle();
    let shown = service(&mut lab);
    assert_eq!(shown["runningCount"], 2);
    assert_eq!(lab.all(Kind::Task).len(), 3);
    assert!(text(&shown, "/events/0/message").ends_with("has reached a steady state."));
}

// API-ecs UpdateService: the desired count alone begins no deployment.
#[test]
fn scaling_starts_and_stops_tasks_without_a_deployment() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 1, json!({}));
    lab.settle();
    update(&mut lab, json!({ "desiredCount": 3 }));
    lab.settle();
    assert_eq!(service(&mut lab)["runningCount"], 3);
    update(&mut lab, json!({ "desiredCount": 1 }));
    lab.settle();
    assert_eq!(deployments(&mut lab), ["PRIMARY web:1 1/1 COMPLETED"]);
    let stopped = lab.all(Kind::Task).into_iter().find(|task| task["lastStatus"] == "STOPPED");
    let stopped = stopped.expect("a stopped task");
    assert_eq!(stopped["stopCode"], "ServiceSchedulerInitiated");
    let reason = text(&stopped, "/stoppedReason");
    assert!(reason.starts_with("Scaling activity initiated by (deployment ecs-svc/"), "{reason}");
}

// facts/ecs §4, "Rolling arithmetic": never fewer healthy than the floor, never more than the ceiling.
// DG/service-event-messages-list: no instance at all; one that comes is used.
#[test]
fn a_service_waits_for_instances() {
    let mut lab = harbour(&[], json!({}));
    ec2_service(&mut lab, 1, json!({}));
    lab.settle();
    check(
        &mut lab,
        expect![[r#"
        2 (service web) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.
    "#]],
    );
    let host = crate::ec2_instances::host("dock");
    lab.ok("ec2", "RunInstances", host);
    lab.settle();
    assert_eq!(service(&mut lab)["runningCount"], 1);
}

// DG/container-instance-draining: service tasks move, one by one as the bounds allow; other tasks stay.
#[test]
fn draining_moves_the_tasks_of_services() {
    let mut lab = harbour(&[("t3.medium", 0), ("t3.medium", 1)], json!({}));
    ec2_service(&mut lab, 2, json!({}));
    crate::ecs_hosts::run(&mut lab, 1, json!({}));
    lab.settle();
    assert_eq!(loads(&lab), [2, 1]);
    let arn = hosts(&lab)[0]["containerInstanceArn"].clone();
    let drain = json!({ "cluster": "dock", "containerInstances": [arn], "status": "DRAINING" });
    lab.ok("ecs", "UpdateContainerInstancesState", drain);
    lab.settle();
    assert_eq!(loads(&lab), [1, 2]);
}

// API-ecs schedulingStrategy: one task on every active instance, also on those that come later.
#[test]
fn a_daemon_runs_once_on_every_instance() {
    let mut lab = harbour(&[("t3.medium", 0), ("t3.medium", 1)], json!({}));
    let request = json!({
        "cluster": "dock",
        "serviceName": "web",
        "taskDefinition": "web",
        "schedulingStrategy": "DAEMON",
    });
    lab.ok("ecs", "CreateService", request);
    lab.settle();
    assert_eq!(loads(&lab), [1, 1]);
    lab.ok("ec2", "RunInstances", crate::ec2_instances::host("dock"));
    lab.settle();
    assert_eq!(loads(&lab), [1, 1, 1]);
    assert_eq!(service(&mut lab)["desiredCount"], 3);
    register(&mut lab, json!({ "image": "httpd" }));
    update(&mut lab, json!({ "taskDefinition": "web:2" }));
    lab.settle();
    assert_eq!(deployments(&mut lab), ["PRIMARY web:2 3/3 COMPLETED"]);
    assert_eq!(loads(&lab), [1, 1, 1]);
}

// DG/service-rebalancing: a new zone gets its share.
#[test]
fn tasks_are_moved_to_a_zone_that_comes_later() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    ec2_service(&mut lab, 4, json!({}));
    lab.settle();
    assert_eq!(loads(&lab), [4]);
    let mut request = crate::ec2_instances::host("dock");
    request["SubnetId"] = json!(start::PUBLIC[1]);
    lab.ok("ec2", "RunInstances", request.clone());
    lab.settle();
    assert_eq!(loads(&lab), [2, 2]);
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    ec2_service(&mut lab, 4, json!({ "availabilityZoneRebalancing": "DISABLED" }));
    lab.settle();
    lab.ok("ec2", "RunInstances", request);
    lab.settle();
    assert_eq!(loads(&lab), [4, 0]);
}

// API-ecs HealthCheck: a task that fails its container's check is replaced.
#[test]
fn a_task_that_fails_its_health_check_is_replaced() {
    let check = json!({ "healthCheck": { "command": ["CMD-SHELL", "curl -f http://localhost/"] } });
    let mut lab = dock("nginx", check);
    fargate_service(&mut lab, 1, json!({}));
    lab.settle();
    let arn = text(&lab.all(Kind::Task)[0], "/taskArn");
    lab.inject(Fault::App { task: arn, behaviour: Behaviour::Unhealthy });
    lab.settle();
    let tasks = lab.all(Kind::Task);
    assert_eq!(text(&tasks[0], "/stoppedReason"), "Task failed container health checks");
    assert_eq!(tasks[1]["healthStatus"], "HEALTHY");
    assert_eq!(tasks.len(), 2);
}

// facts/ecs §3 and §4: what is refused and how.
#[test]
fn what_services_refuse() {
    let mut lab = dock("nginx", json!({}));
    let mut told = String::new();
    let mut refuse = |lab: &mut Lab, operation: &str, request: Value| {
        let (code, message) = lab.refused("ecs", operation, request);
        told.push_str(&format!("{code}: {message}\n"));
    };
    let base = json!({ "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1 });
    let with = |name: &str, value: Value| {
        let mut request = base.clone();
        request[name] = value;
        request
    };
    refuse(&mut lab, "CreateService", with("cluster", json!("none")));
    refuse(&mut lab, "CreateService", with("taskDefinition", json!("none")));
    refuse(&mut lab, "CreateService", with("serviceName", json!("a b")));
    refuse(&mut lab, "CreateService", base.clone());
    refuse(&mut lab, "CreateService", with("launchType", json!("FARGATE")));
    refuse(&mut lab, "UpdateService", json!({ "cluster": "dock", "service": "web" }));
    fargate_service(&mut lab, 1, json!({}));
    let again = json!({ "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1 });
    refuse(&mut lab, "CreateService", again.clone());
    let delete = json!({ "cluster": "dock", "service": "web" });
    refuse(&mut lab, "DeleteService", delete.clone());
    refuse(&mut lab, "DeleteCluster", json!({ "cluster": "dock" }));
    update(&mut lab, json!({ "desiredCount": 0 }));
    lab.settle();
    lab.ok("ecs", "DeleteService", delete);
    refuse(&mut lab, "CreateService", again);
    lab.settle();
    refuse(&mut lab, "UpdateService", json!({ "cluster": "dock", "service": "web" }));
    expect![[r#"
        ClusterNotFoundException: Cluster not found.
        ClientException: TaskDefinition not found.
        InvalidParameterException: Service names may only contain letters, numbers, underscores, and hyphens.
        InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.
        InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.
        ServiceNotFoundException: Service not found.
        InvalidParameterException: Creation of service was not idempotent.
        InvalidParameterException: The service cannot be stopped while it is scaled above 0.
        ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.
        InvalidParameterException: Unable to Start a service that is still Draining.
        ServiceNotActiveException: Service was not ACTIVE.
    "#]].assert_eq(&told);
    assert_eq!(service(&mut lab)["status"], "INACTIVE");
    fargate_service(&mut lab, 1, json!({}));
    assert_eq!(service(&mut lab)["status"], "ACTIVE");
}

// API-ecs DeleteService: `force` stops the tasks; the service is DRAINING until they are gone.
#[test]
fn a_service_deleted_by_force_drains() {
    let mut lab = dock("nginx", json!({}));
    fargate_service(&mut lab, 2, json!({}));
    lab.settle();
    let delete = json!({ "cluster": "dock", "service": "web", "force": true });
    let shown = lab.ok("ecs", "DeleteService", delete);
    assert_eq!(shown["service"]["status"], "DRAINING");
    lab.settle();
    assert_eq!(service(&mut lab)["status"], "INACTIVE");
    assert_eq!(tasks_by_revision(&lab), Vec::<String>::new());
    assert_eq!(
        lab.ok("ecs", "ListServices", json!({ "cluster": "dock" }))["serviceArns"],
        json!([])
    );
    rows_conform(&lab);
}

// facts/ecs §6: base first, then by weight.
#[test]
fn a_capacity_provider_strategy_is_shared_out() {
    let mut lab = dock("nginx", json!({}));
    fargate_providers(&mut lab);
    let strategy = json!([
        { "capacityProvider": "FARGATE", "base": 1, "weight": 1 },
        { "capacityProvider": "FARGATE_SPOT", "weight": 3 },
    ]);
    let mut whole = json!({
        "cluster": "dock", "serviceName": "web", "taskDefinition": "web", "desiredCount": 5,
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": [start::PUBLIC[0]], "assignPublicIp": "ENABLED",
        } },
    });
    whole["capacityProviderStrategy"] = strategy;
    lab.ok("ecs", "CreateService", whole);
    lab.settle();
    let spot = lab
        .all(Kind::Task)
        .iter()
        .filter(|task| task["capacityProviderName"] == "FARGATE_SPOT")
        .count();
    assert_eq!(spot, 3);
    rows_conform(&lab);
}
