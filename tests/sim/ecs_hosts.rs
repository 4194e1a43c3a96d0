//! Container instances and the tasks on them: what is registered and reserved, ports, agents, hosts that go.

use drydock::cloud::input::Fault;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::ecs_fargate::{story, task};
use crate::lab::{Lab, rows_conform, text};

/// A cluster `dock` with hosts of the given types, all registered, and the family `web`.
pub(crate) fn harbour(hosts: &[(&str, usize)], container: Value) -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    for (kind, zone) in hosts {
        let mut request = host("dock");
        request["InstanceType"] = json!(kind);
        request["SubnetId"] = json!(start::PUBLIC[*zone]);
        lab.ok("ec2", "RunInstances", request);
    }
    lab.settle();
    register(&mut lab, container);
    lab
}

/// Registers a revision of the family `web` for EC2 with one container.
pub(crate) fn register(lab: &mut Lab, container: Value) {
    let mut whole = json!({ "name": "web", "image": "nginx", "cpu": 256, "memory": 512 });
    for (name, value) in container.as_object().expect("members") {
        whole[name] = value.clone();
    }
    let request = json!({ "family": "web", "containerDefinitions": [whole] });
    lab.ok("ecs", "RegisterTaskDefinition", request);
}

/// RunTask on EC2 with further members: the answer.
pub(crate) fn run(lab: &mut Lab, count: u32, more: Value) -> Value {
    let mut request = json!({ "cluster": "dock", "taskDefinition": "web", "count": count });
    for (name, value) in more.as_object().expect("members") {
        request[name] = value.clone();
    }
    lab.ok("ecs", "RunTask", request)
}

fn run_one(lab: &mut Lab) -> String {
    text(&run(lab, 1, json!({})), "/tasks/0/taskArn")
}

pub(crate) fn hosts(lab: &Lab) -> Vec<Value> {
    lab.all(Kind::ContainerInstance)
}

/// A resource of a container instance as text.
fn resource(host: &Value, list: &str, name: &str) -> String {
    let mut all = host[list].as_array().expect("a list").iter();
    let found = all.find(|one| one["name"] == name).expect("the resource");
    let value = found.get("stringSetValue").unwrap_or(&found["integerValue"]);
    value.to_string()
}

fn check(lab: &Lab, arn: &str, expected: Expect) {
    expected.assert_eq(&story(lab, arn));
}

// AGENT:README.md; DG/memory-management: what an agent registers.
#[test]
fn an_agent_registers_its_machine() {
    let lab = harbour(&[("t3.medium", 0)], json!({}));
    let host = hosts(&lab).remove(0);
    assert_eq!(host["status"], "ACTIVE");
    assert_eq!(host["agentConnected"], true);
    assert_eq!(resource(&host, "registeredResources", "CPU"), "2048");
    assert_eq!(resource(&host, "registeredResources", "MEMORY"), "3960");
    let ports = r#"["22","2375","2376","51678","51679"]"#;
    assert_eq!(resource(&host, "remainingResources", "PORTS"), ports);
    let attributes = host["attributes"].as_array().expect("a list");
    let zone = json!({ "name": "ecs.availability-zone", "value": "us-east-1a" });
    assert!(attributes.contains(&zone));
    assert!(attributes.contains(&json!({ "name": "ecs.capability.task-eni" })));
    let newest = lab.cloud.account().trail.iter().rev();
    let registered = newest.map(|record| (&*record.call.operation, &*record.by.0));
    let registered: Vec<_> =
        registered.filter(|(operation, _)| *operation == "RegisterContainerInstance").collect();
    assert!(registered[0].1.contains(":assumed-role/ecsInstanceRole/i-"), "{registered:?}");
    rows_conform(&lab);
}

// DG/task-lifecycle-explanation: without a network interface of its own a task has no PROVISIONING.
#[test]
fn a_task_in_bridge_mode_goes_its_way_and_gives_back_what_it_had() {
    let ports = json!({ "portMappings": [{ "containerPort": 80, "hostPort": 8080 }] });
    let mut lab = harbour(&[("t3.medium", 0)], ports);
    let arn = run_one(&mut lab);
    let host = hosts(&lab).remove(0);
    assert_eq!(resource(&host, "remainingResources", "CPU"), "1792");
    assert_eq!(resource(&host, "remainingResources", "MEMORY"), "3448");
    assert!(resource(&host, "remainingResources", "PORTS").contains("8080"));
    assert_eq!(host["pendingTasksCount"], 1);
    lab.settle();
    assert_eq!(hosts(&lab)[0]["runningTasksCount"], 1);
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["containerInstanceArn"], hosts(&lab)[0]["containerInstanceArn"]);
    assert_eq!(shown["containers"][0]["networkBindings"][0]["hostPort"], 8080);
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    check(
        &lab,
        &arn,
        expect![[r#"
        0 PENDING
        1 ACTIVATING
        7 RUNNING
        7 Task stopped by user
        7 DEACTIVATING
        8 STOPPING
        8 web exited with code 0
        8 STOPPED
    "#]],
    );
    assert_eq!(resource(&hosts(&lab)[0], "remainingResources", "CPU"), "2048");
    assert!(!resource(&hosts(&lab)[0], "remainingResources", "PORTS").contains("8080"));
}

// API-ecs PortMapping: hostPort 0 takes the next free port of the ephemeral range.
#[test]
fn host_port_0_lets_docker_choose() {
    let mut lab =
        harbour(&[("t3.medium", 0)], json!({ "portMappings": [{ "containerPort": 80 }] }));
    let made = run(&mut lab, 3, json!({}));
    lab.settle();
    let mut ports: Vec<u64> = (0..3)
        .map(|n| {
            let arn = text(&made, &format!("/tasks/{n}/taskArn"));
            task(&mut lab, &arn)["containers"][0]["networkBindings"][0]["hostPort"]
                .as_u64()
                .expect("a port")
        })
        .collect();
    ports.sort_unstable();
    assert_eq!(ports, [32768, 32769, 32770]);
}

// API-ecs: in host mode the container's port is the host's; in awsvpc mode a task has an interface of its own.
#[test]
fn network_modes_differ_in_ports_and_interfaces() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let container = json!([{ "name": "web", "image": "nginx", "memory": 256,
        "portMappings": [{ "containerPort": 80 }] }]);
    for mode in ["host", "awsvpc"] {
        let request =
            json!({ "family": mode, "networkMode": mode, "containerDefinitions": container });
        lab.ok("ecs", "RegisterTaskDefinition", request);
    }
    let made = run(&mut lab, 1, json!({ "taskDefinition": "host" }));
    let in_host = text(&made, "/tasks/0/taskArn");
    let vpc = json!({ "awsvpcConfiguration": { "subnets": [start::PUBLIC[1], start::PUBLIC[0]] } });
    let more = json!({ "taskDefinition": "awsvpc", "networkConfiguration": vpc });
    let own = text(&run(&mut lab, 1, more), "/tasks/0/taskArn");
    lab.settle();
    let shown = task(&mut lab, &in_host);
    assert_eq!(shown["containers"][0]["networkBindings"][0]["hostPort"], 80);
    let shown = task(&mut lab, &own);
    assert_eq!(shown["lastStatus"], "RUNNING");
    assert_eq!(shown["attachments"][0]["details"][0]["value"], start::PUBLIC[0]);
    let interfaces = lab.all(Kind::NetworkInterface);
    let attached: Vec<_> = interfaces.iter().map(|eni| &eni["Attachment"]["DeviceIndex"]).collect();
    assert_eq!(attached, [&json!(0), &json!(1)]);
    rows_conform(&lab);
}

// facts/docker §5: layers stay on the host, so a second task starts sooner.
#[test]
fn the_second_pull_of_an_image_is_quick() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let mut pull = || {
        let arn = run_one(&mut lab);
        lab.settle();
        let shown = task(&mut lab, &arn);
        let at = |name: &str| shown[name].as_f64().expect("a time");
        at("pullStoppedAt") - at("pullStartedAt")
    };
    assert!(pull() > 3.0);
    assert!(pull() < 1.0);
}

// API-ecs ContainerInstance.agentConnected: no placements without it; what is there runs on.
#[test]
fn a_silent_agent_gets_no_tasks_and_goes_on_when_it_is_back() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let runs = run_one(&mut lab);
    lab.settle();
    let waits = run_one(&mut lab);
    let ec2_id = text(&hosts(&lab)[0], "/ec2InstanceId");
    lab.inject(Fault::DisconnectAgent(ec2_id.clone()));
    lab.wait(60);
    assert_eq!(hosts(&lab)[0]["agentConnected"], false);
    assert_eq!(task(&mut lab, &runs)["lastStatus"], "RUNNING");
    assert_eq!(task(&mut lab, &waits)["lastStatus"], "PENDING");
    let refused = run(&mut lab, 1, json!({}));
    assert_eq!(refused["failures"][0]["reason"], "AGENT");
    assert_eq!(refused["tasks"], json!([]));
    lab.inject(Fault::ConnectAgent(ec2_id));
    lab.settle();
    assert_eq!(task(&mut lab, &waits)["lastStatus"], "RUNNING");
}

// DG23/stopped-task-errors: the text; facts/ecs §1: a stopped instance stays registered, out of touch.
#[test]
fn a_stopped_host_takes_its_tasks_with_it() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    let ec2_id = text(&hosts(&lab)[0], "/ec2InstanceId");
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [ec2_id] }));
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["lastStatus"], "STOPPED");
    let reason = text(&shown, "/stoppedReason");
    assert_eq!(reason, format!("Host EC2 (instance {ec2_id}) stopped."));
    assert_eq!(shown.get("stopCode"), None);
    let host = hosts(&lab).remove(0);
    assert_eq!((&host["status"], &host["agentConnected"]), (&json!("ACTIVE"), &json!(false)));
    assert_eq!(resource(&host, "remainingResources", "CPU"), "2048");
    lab.settle();
    lab.ok("ec2", "StartInstances", json!({ "InstanceIds": [ec2_id] }));
    lab.settle();
    let again = hosts(&lab).remove(0);
    assert_eq!(again["agentConnected"], true);
    assert_eq!(again["containerInstanceArn"], host["containerInstanceArn"]);
}

// API-ecs DeregisterContainerInstance: terminating a connected instance deregisters it.
#[test]
fn a_terminated_host_is_deregistered() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let ec2_id = text(&hosts(&lab)[0], "/ec2InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [ec2_id] }));
    assert_eq!(hosts(&lab)[0]["status"], "INACTIVE");
    let list = lab.ok("ecs", "ListContainerInstances", json!({ "cluster": "dock" }));
    assert_eq!(list["containerInstanceArns"], json!([]));
    lab.ok("ecs", "DeleteCluster", json!({ "cluster": "dock" }));
    lab.wait(3_700);
    assert_eq!(hosts(&lab), Vec::<Value>::new());
}

// API-ecs UpdateContainerInstancesState and DeregisterContainerInstance.
#[test]
fn a_draining_host_takes_no_tasks_and_can_be_deregistered_by_force() {
    let mut lab = harbour(&[("t3.medium", 0), ("t3.medium", 1)], json!({}));
    let arns: Vec<Value> =
        hosts(&lab).iter().map(|host| host["containerInstanceArn"].clone()).collect();
    let arn = text(&run(&mut lab, 1, json!({})), "/tasks/0/taskArn");
    assert_eq!(task(&mut lab, &arn)["containerInstanceArn"], arns[0]);
    let drain = json!({ "cluster": "dock", "containerInstances": [arns[0]], "status": "DRAINING" });
    lab.ok("ecs", "UpdateContainerInstancesState", drain);
    let other = text(&run(&mut lab, 1, json!({})), "/tasks/0/taskArn");
    assert_eq!(task(&mut lab, &other)["containerInstanceArn"], arns[1]);
    let deregister = json!({ "cluster": "dock", "containerInstance": arns[0] });
    let (code, message) = lab.refused("ecs", "DeregisterContainerInstance", deregister.clone());
    expect!["InvalidParameterException: Found running tasks on the instance."]
        .assert_eq(&format!("{code}: {message}"));
    let mut forced = deregister;
    forced["force"] = json!(true);
    lab.ok("ecs", "DeregisterContainerInstance", forced);
    let reason = text(&task(&mut lab, &arn), "/stoppedReason");
    assert_eq!(reason, "Container instance deregistration forced by user");
}

// API-ecs StartTask: the caller chooses; failures name what is missing.
#[test]
fn start_task_goes_where_it_is_told() {
    let mut lab = harbour(&[("t3.medium", 0), ("t3.medium", 1)], json!({ "memory": 3000 }));
    let arn = hosts(&lab)[1]["containerInstanceArn"].clone();
    let request = |on: Value| json!({ "cluster": "dock", "taskDefinition": "web", "containerInstances": [on] });
    let made = lab.ok("ecs", "StartTask", request(arn.clone()));
    assert_eq!(made["tasks"][0]["containerInstanceArn"], arn);
    let full = lab.ok("ecs", "StartTask", request(arn));
    assert_eq!(full["failures"][0]["reason"], "RESOURCE:MEMORY");
    let missing = lab.ok("ecs", "StartTask", request(json!("0".repeat(32))));
    assert_eq!(missing["failures"][0]["reason"], "MISSING");
}

// API-ecs PutAttributes, ListAttributes.
#[test]
fn attributes_of_ones_own_can_be_put_and_listed() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let target = hosts(&lab)[0]["containerInstanceArn"].clone();
    let put = |name: &str| {
        json!({ "cluster": "dock", "attributes": [
            { "name": name, "value": "prod", "targetId": target, "targetType": "container-instance" },
        ] })
    };
    lab.ok("ecs", "PutAttributes", put("stack"));
    let list =
        json!({ "cluster": "dock", "targetType": "container-instance", "attributeName": "stack" });
    let shown = lab.ok("ecs", "ListAttributes", list.clone());
    assert_eq!(
        shown["attributes"][0],
        json!({ "name": "stack", "value": "prod", "targetId": target })
    );
    lab.refused("ecs", "PutAttributes", put("ecs.instance-type"));
    lab.ok("ecs", "DeleteAttributes", put("stack"));
    assert_eq!(lab.ok("ecs", "ListAttributes", list)["attributes"], json!([]));
}

// API-ecs RegisterContainerInstance: a machine that somebody registered with a call goes as others go.
#[test]
fn a_machine_registered_by_a_call_takes_its_tasks_with_it() {
    let mut lab = harbour(&[], json!({}));
    let mut bare = host("dock");
    bare.as_object_mut().expect("members").remove("IamInstanceProfile");
    let ec2 = text(&lab.ok("ec2", "RunInstances", bare), "/Instances/0/InstanceId");
    lab.wait(180);
    let document = json!({ "instanceId": ec2 }).to_string();
    let request = json!({ "cluster": "dock", "instanceIdentityDocument": document });
    lab.ok("ecs", "RegisterContainerInstance", request);
    let arn = run_one(&mut lab);
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [ec2] }));
    lab.wait(120);
    let task = task(&mut lab, &arn);
    assert_eq!(task["lastStatus"], "STOPPED");
    assert_eq!(task["stoppedReason"], format!("Host EC2 (instance {ec2}) terminated."));
    assert!(hosts(&lab).iter().all(|host| host["status"] == "INACTIVE"));
}
