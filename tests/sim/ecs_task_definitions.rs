//! Task definitions: revisions, AWS's defaults, and what AWS refuses.

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::expect;
use serde_json::{Value, json};

use crate::cli_support::screen;
use crate::ecs_fargate::definition;
use crate::lab::{Lab, rows_conform, text};

fn register(lab: &mut Lab, request: Value) -> Value {
    lab.ok("ecs", "RegisterTaskDefinition", request)["taskDefinition"].clone()
}

/// A definition for EC2 with one container.
fn on_ec2(container: Value) -> Value {
    let mut whole = json!({ "name": "web", "image": "nginx", "memory": 128 });
    for (name, value) in container.as_object().expect("members") {
        whole[name] = value.clone();
    }
    json!({ "family": "web", "containerDefinitions": [whole] })
}

// API-ecs RegisterTaskDefinition: every registration makes a new revision; numbers are not used again.
#[test]
fn every_registration_makes_a_revision() {
    let mut lab = Lab::new();
    for revision in 1..=3 {
        assert_eq!(register(&mut lab, on_ec2(json!({})))["revision"], revision);
    }
    lab.ok("ecs", "DeregisterTaskDefinition", json!({ "taskDefinition": "web:3" }));
    let newest = lab.ok("ecs", "DescribeTaskDefinition", json!({ "taskDefinition": "web" }));
    assert_eq!(newest["taskDefinition"]["revision"], 2);
    let gone = lab.ok("ecs", "DescribeTaskDefinition", json!({ "taskDefinition": "web:3" }));
    assert_eq!(gone["taskDefinition"]["status"], "INACTIVE");
    assert_eq!(register(&mut lab, on_ec2(json!({})))["revision"], 4);
    let list =
        lab.ok("ecs", "ListTaskDefinitions", json!({ "familyPrefix": "web", "sort": "DESC" }));
    let arns: Vec<&str> = list["taskDefinitionArns"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let revisions: Vec<&str> = arns.iter().filter_map(|arn| arn.rsplit(':').next()).collect();
    assert_eq!(revisions, ["4", "2", "1"]);
    let families = lab.ok("ecs", "ListTaskDefinitionFamilies", json!({}));
    assert_eq!(families["families"], json!(["web"]));
    rows_conform(&lab);
}

// Seen in public outputs of RegisterTaskDefinition: what AWS fills in.
#[test]
fn defaults_are_filled_in_and_everything_given_is_kept() {
    let mut lab = Lab::new();
    let container = json!({
        "portMappings": [{ "containerPort": 80 }],
        "ulimits": [{ "name": "nofile", "softLimit": 1024, "hardLimit": 4096 }],
        "healthCheck": { "command": ["CMD-SHELL", "true"] },
    });
    let shown = register(&mut lab, definition("nginx", container));
    let web = &shown["containerDefinitions"][0];
    assert_eq!(
        web["portMappings"][0],
        json!({ "containerPort": 80, "hostPort": 80, "protocol": "tcp" })
    );
    assert_eq!((&web["essential"], &web["cpu"]), (&json!(true), &json!(0)));
    assert_eq!(web["ulimits"][0]["hardLimit"], 4096);
    assert_eq!(web["healthCheck"]["interval"], 30);
    assert_eq!(shown["compatibilities"], json!(["EC2", "MANAGED_INSTANCES", "FARGATE"]));
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(text(&shown, "/registeredBy"), "arn:aws:iam::111122223333:user/ada");
    let bridge = register(&mut lab, on_ec2(json!({ "portMappings": [{ "containerPort": 80 }] })));
    assert_eq!(bridge["containerDefinitions"][0]["portMappings"][0]["hostPort"], 0);
    assert_eq!(bridge["compatibilities"], json!(["EXTERNAL", "EC2"]));
}

// facts/ecs §2 and reports of users.
#[test]
fn what_register_task_definition_refuses() {
    let mut lab = Lab::new();
    let fargate = |name: &str, value: Value| {
        let mut request = definition("nginx", json!({}));
        request[name] = value;
        request
    };
    let containers = |list: Value| json!({ "family": "web", "containerDefinitions": list });
    let depends =
        |on: &str, condition: &str| json!([{ "containerName": on, "condition": condition }]);
    let awslogs = json!({ "logConfiguration": { "logDriver": "awslogs", "options": {
        "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1",
    } } });
    let ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1";
    let mut bad_port = definition("nginx", json!({}));
    bad_port["containerDefinitions"][0]["portMappings"] =
        json!([{ "containerPort": 80, "hostPort": 8080 }]);
    let cases = [
        json!({ "family": "a b", "containerDefinitions": [] }),
        containers(json!([])),
        containers(json!([{ "name": "web", "image": "nginx" }])),
        on_ec2(json!({ "essential": false })),
        on_ec2(json!({ "name": "a b" })),
        on_ec2(json!({ "image": "" })),
        on_ec2(json!({ "memory": 4 })),
        on_ec2(json!({ "memoryReservation": 256 })),
        containers(json!([
            { "name": "web", "image": "nginx", "memory": 128 },
            { "name": "web", "image": "nginx", "memory": 128 },
        ])),
        containers(json!([
            { "name": "a", "image": "nginx", "memory": 128, "dependsOn": depends("b", "START") },
            { "name": "b", "image": "nginx", "memory": 128, "dependsOn": depends("a", "START") },
        ])),
        containers(json!([
            { "name": "a", "image": "nginx", "memory": 128, "dependsOn": depends("b", "SUCCESS") },
            { "name": "b", "image": "nginx", "memory": 128 },
        ])),
        on_ec2(json!({ "dependsOn": depends("none", "START") })),
        fargate("cpu", json!("300")),
        fargate("cpu", json!("lots")),
        fargate("memory", Value::Null),
        fargate("networkMode", json!("bridge")),
        bad_port,
        definition("nginx", awslogs),
        definition(ecr, json!({})),
        definition("nginx", json!({ "privileged": true })),
        definition("nginx", json!({ "cpu": 512 })),
        definition("nginx", json!({ "stopTimeout": 121 })),
    ];
    let mut told = String::new();
    for mut case in cases {
        if case["memory"].is_null() {
            case.as_object_mut().expect("members").remove("memory");
        }
        let (code, message) = lab.refused("ecs", "RegisterTaskDefinition", case);
        told.push_str(&format!("{code}: {message}\n"));
    }
    expect![[r#"
        ClientException: Family contains invalid characters.
        ClientException: Container list cannot be empty.
        ClientException: Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.
        ClientException: Task definition does not have any essential container.
        ClientException: Container.name contains invalid characters.
        ClientException: Container.image should not be null or empty.
        ClientException: Invalid setting for container 'web'. 'memory' must be at least 6 MiB.
        ClientException: Invalid setting for container 'web'. 'memory' must be greater than or equal to 'memoryReservation'.
        ClientException: Container.name 'web' is used more than once. Container names must be unique.
        ClientException: Containers' dependencies must not form a cycle.
        ClientException: A dependency container with SUCCESS or COMPLETE condition cannot be an essential container
        ClientException: Cannot depend on container + 'none' because it does not exist
        ClientException: No Fargate configuration exists for given values.
        ClientException: Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.
        ClientException: Fargate requires that 'memory' be defined at the task level.
        ClientException: Fargate only supports network mode ‘awsvpc’.
        ClientException: When networkMode=awsvpc, the host ports and container ports in port mappings must match.
        ClientException: Fargate requires task definition to have execution role ARN to support log driver awslogs.
        ClientException: Fargate requires task definition to have execution role ARN to support ECR images.
        ClientException: Fargate does not support privileged.
        ClientException: The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.
        ClientException: Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.
    "#]].assert_eq(&told);
}

// facts: fargate-and-ec2 §1 (volumes), API-ecs Volume.
#[test]
fn fargate_takes_some_sorts_of_volumes_only() {
    let mut lab = Lab::new();
    let mounted = |volume: Value, fargate: bool| {
        let mount = json!([{ "sourceVolume": "data", "containerPath": "/data" }]);
        let mut whole = if fargate {
            definition("nginx", json!({ "mountPoints": mount }))
        } else {
            on_ec2(json!({ "mountPoints": mount }))
        };
        whole["volumes"] = json!([volume]);
        whole
    };
    let docker = json!({ "name": "data", "dockerVolumeConfiguration": { "scope": "shared" } });
    let efs = json!({ "name": "data", "efsVolumeConfiguration": { "fileSystemId": "fs-1" } });
    let host = json!({ "name": "data", "host": { "sourcePath": "/srv" } });
    assert_eq!(register(&mut lab, mounted(docker.clone(), false))["volumes"][0], docker);
    for (volume, member) in [(docker, "dockerVolumeConfiguration"), (host, "sourcePath")] {
        let (_, said) = lab.refused("ecs", "RegisterTaskDefinition", mounted(volume, true));
        assert_eq!(said, format!("Fargate compatible task definitions do not support {member}"));
    }
    assert_eq!(register(&mut lab, mounted(efs, true))["volumes"][0]["name"], "data");
    let other = json!({ "name": "other" });
    let (_, said) = lab.refused("ecs", "RegisterTaskDefinition", mounted(other, false));
    assert_eq!(said, "Unknown volume 'data'.");
    let launch = json!({ "name": "data", "configuredAtLaunch": true });
    let mut two = mounted(json!({ "name": "data" }), true);
    two["volumes"] = json!([launch, { "name": "more", "configuredAtLaunch": true }]);
    assert!(lab.refused("ecs", "RegisterTaskDefinition", two).1.contains("Only one volume"));
}

// facts/fargate-and-ec2 §2: Windows has sizes of 1, 2 and 4 vCPUs. API-ecs Compatibility.
#[test]
fn fargate_runs_windows_in_some_sizes() {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let mut register = |for_what: &str, cpu: u32, memory: u32| {
        let line = format!(
            "aws ecs register-task-definition --family w --network-mode awsvpc --requires-compatibilities {for_what} \
             --cpu {cpu} --memory {memory} --runtime-platform operatingSystemFamily=WINDOWS_SERVER_2022_CORE \
             --container-definitions name=a,image=nginx --query taskDefinition.compatibilities"
        );
        screen(&mut cloud, &line)
    };
    for (cpu, memory) in [(256, 512), (512, 1_024), (8_192, 16_384)] {
        assert!(register("FARGATE", cpu, memory).contains("No Fargate configuration exists"));
        assert!(!register("EC2", cpu, memory).contains("\"FARGATE\""));
    }
    for (cpu, memory) in [(1_024, 2_048), (4_096, 30_720)] {
        assert!(register("FARGATE", cpu, memory).contains("\"FARGATE\""));
    }
    assert!(register("FARGATES", 1_024, 2_048).contains("requiresCompatibilities"));
}

// facts/fargate-and-ec2 §1: what Fargate rejects; API-ecs LinuxParameters, pidMode.
#[test]
fn fargate_does_not_take_what_needs_a_host() {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let mut register = |flags: &str, linux: &str| {
        let line = format!(
            "aws ecs register-task-definition --family w --network-mode awsvpc --cpu 256 --memory 512 {flags} \
             --container-definitions '[{{\"name\":\"a\",\"image\":\"nginx\",\"linuxParameters\":{{{linux}}}}}]' \
             --query taskDefinition.compatibilities"
        );
        screen(&mut cloud, &line)
    };
    let fargate = "--requires-compatibilities FARGATE";
    let add = |what: &str| format!("\"capabilities\":{{\"add\":[\"{what}\"]}}");
    for (flags, linux) in [
        ("", add("SYS_ADMIN")),
        ("", "\"maxSwap\":64".to_owned()),
        ("", "\"swappiness\":10".to_owned()),
        ("", "\"sharedMemorySize\":64".to_owned()),
        ("--ipc-mode host", String::new()),
        ("--pid-mode host", String::new()),
    ] {
        let said = register(&format!("{flags} {fargate}"), &linux);
        assert!(said.contains("Fargate does not support"), "{said}");
        assert!(!register(flags, &linux).contains("\"FARGATE\""), "{flags} {linux}");
    }
    for linux in [add("SYS_PTRACE"), "\"initProcessEnabled\":true".to_owned()] {
        assert!(register(&format!("--pid-mode task {fargate}"), &linux).contains("\"FARGATE\""));
    }
}

// API-ecs PortMapping; the sentences: seen in public logs.
#[test]
fn two_containers_of_a_task_cannot_have_one_port() {
    let mut lab = Lab::new();
    let two = |mode: &str, first: Value, second: Value| {
        let container = |name: &str, port: Value| json!({ "name": name, "image": "nginx", "memory": 64, "portMappings": [port] });
        json!({
            "family": "web",
            "networkMode": mode,
            "containerDefinitions": [container("a", first), container("b", second)],
        })
    };
    let port = |inside: u16| json!({ "containerPort": inside });
    let on_host = |host: u16| json!({ "containerPort": 80, "hostPort": host });
    let udp = json!({ "containerPort": 80, "protocol": "udp" });
    for (mode, first, second, said) in [
        (
            "awsvpc",
            port(80),
            port(80),
            "TCP container port '80' is used multiple times in task when networkMode=awsvpc.",
        ),
        ("host", port(80), on_host(80), "TCP host port '80' is mapped multiple times in task."),
        (
            "bridge",
            on_host(90),
            on_host(90),
            "TCP host port '90' is mapped multiple times in task.",
        ),
    ] {
        let request = two(mode, first, second);
        let wanted = ("ClientException".to_owned(), said.to_owned());
        assert_eq!(lab.refused("ecs", "RegisterTaskDefinition", request), wanted);
    }
    for (mode, first, second) in [
        ("awsvpc", port(80), port(81)),
        ("awsvpc", port(80), udp),
        ("bridge", port(80), port(80)),
        ("bridge", on_host(0), on_host(0)),
        ("bridge", on_host(90), on_host(91)),
    ] {
        lab.ok("ecs", "RegisterTaskDefinition", two(mode, first, second));
    }
}
