//! The line that makes a call, and back.

use drydock::cli::{line_for, rehearse};
use drydock::cloud::api::{Service, Shape, ShapeId, service, services};
use drydock::cloud::input::Call;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn line(service: &str, operation: &str, input: Value, expected: Expect) {
    let call = Call::new(service, operation, input);
    let line = line_for(&call);
    expected.assert_eq(&line);
    let (_, calls, _) = rehearse(&line, Vec::new());
    if !IMPOSSIBLE.contains(&line.as_str()) {
        assert_eq!(calls.first(), Some(&call), "{line}");
    }
}

/// Lines for calls that the AWS CLI does not make, because they are wrong or not in the model.
const IMPOSSIBLE: &[&str] = &[
    r#"aws ecs describe-tasks --cli-input-json '{"wrong":1}'"#,
    r#"aws ecs update-cluster --cli-input-json '{"cluster":"quay"}'"#,
    r"aws elsewhere do-this --cli-input-json '{}'",
    r#"aws ec2 run-instances --cli-input-json '{"ImageId":"a","MinCount":1,"MaxCount":4,"UserData":"?"}'"#,
];

// AWS CLI, customizations/toplevelbool.py: a structure that holds one truth value is a flag.
#[test]
fn protection_is_a_flag_with_or_without_a_value() {
    for (flag, on) in [
        ("--disable-api-termination", true),
        ("--disable-api-termination Value=false", false),
        ("--no-disable-api-termination", false),
    ] {
        let line = format!("aws ec2 modify-instance-attribute --instance-id i-1 {flag}");
        let (_, calls, _) = rehearse(&line, Vec::new());
        let input = json!({ "InstanceId": "i-1", "DisableApiTermination": { "Value": on } });
        let wanted = Call::new("ec2", "ModifyInstanceAttribute", input);
        assert_eq!(calls.first(), Some(&wanted), "{line}");
    }
}

#[test]
fn lines_are_short() {
    line("ecs", "ListClusters", json!({}), expect!["aws ecs list-clusters"]);
    line(
        "ecs",
        "CreateCluster",
        json!({ "clusterName": "quay" }),
        expect!["aws ecs create-cluster --cluster-name quay"],
    );
    line(
        "ecs",
        "StopTask",
        json!({ "task": "t", "reason": "it's time" }),
        expect![[r#"aws ecs stop-task --task t --reason 'it'\''s time'"#]],
    );
    line(
        "ecs",
        "DescribeTasks",
        json!({ "cluster": "quay", "tasks": ["a", "b"] }),
        expect!["aws ecs describe-tasks --cluster quay --tasks a b"],
    );
    line(
        "ecs",
        "RunTask",
        json!({ "taskDefinition": "web", "count": 2, "enableExecuteCommand": true,
            "enableECSManagedTags": false, "launchType": "FARGATE",
            "networkConfiguration": { "awsvpcConfiguration":
                { "subnets": ["subnet-1", "subnet-2"], "assignPublicIp": "ENABLED" } } }),
        expect![
            "aws ecs run-task --task-definition web --count 2 --enable-execute-command --no-enable-ecs-managed-tags --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-1,subnet-2],assignPublicIp=ENABLED}'"
        ],
    );
    line(
        "ecs",
        "RegisterTaskDefinition",
        json!({ "family": "web", "containerDefinitions": [
            { "name": "web", "image": "nginx", "memory": 64, "essential": true },
            { "name": "log", "image": "busybox", "command": ["sleep", "60"] }] }),
        expect![
            "aws ecs register-task-definition --family web --container-definitions name=web,image=nginx,memory=64,essential=true name=log,image=busybox,command=sleep,60"
        ],
    );
    line(
        "ecs",
        "RegisterTaskDefinition",
        json!({ "family": "web", "containerDefinitions": [
            { "name": "web", "image": "nginx", "command": ["sh", "-c", "echo \"a, b\""] }] }),
        expect![[
            r#"aws ecs register-task-definition --family web --container-definitions '[{"name":"web","image":"nginx","command":["sh","-c","echo \"a, b\""]}]'"#
        ]],
    );
    line(
        "ecs",
        "UpdateService",
        json!({ "service": "web", "desiredCount": 0 }),
        expect!["aws ecs update-service --service web --desired-count 0"],
    );
    line(
        "ecs",
        "ListTasks",
        json!({ "maxResults": 5 }),
        expect!["aws ecs list-tasks --max-results 5"],
    );
    line("ecs", "StopTask", json!({ "task": "-x" }), expect!["aws ecs stop-task --task=-x"]);
    line(
        "ecs",
        "StopTask",
        json!({ "task": "file://x" }),
        expect![[r#"aws ecs stop-task --cli-input-json '{"task":"file://x"}'"#]],
    );
    line("ecs", "StopTask", json!({ "task": "" }), expect!["aws ecs stop-task --task ''"]);
    line("ecs", "DescribeTasks", json!({ "tasks": [] }), expect!["aws ecs describe-tasks --tasks"]);
    line(
        "ecs",
        "DescribeTasks",
        json!({ "tasks": ["-a", "b"] }),
        expect![[r#"aws ecs describe-tasks --tasks '["-a","b"]'"#]],
    );
    line(
        "ecs",
        "DescribeTasks",
        json!({ "wrong": 1 }),
        expect![[r#"aws ecs describe-tasks --cli-input-json '{"wrong":1}'"#]],
    );
    line(
        "ecs",
        "UpdateCluster",
        json!({ "cluster": "quay" }),
        expect![[r#"aws ecs update-cluster --cli-input-json '{"cluster":"quay"}'"#]],
    );
    line("elsewhere", "DoThis", json!({}), expect!["aws elsewhere do-this --cli-input-json '{}'"]);
}

#[test]
fn lines_of_other_services() {
    line(
        "ec2",
        "RunInstances",
        json!({ "ImageId": "ami-1", "MinCount": 2, "MaxCount": 2, "UserData": "IyEvYmluL2Jhc2gKZWNobyBoaQo=",
            "IamInstanceProfile": { "Name": "ecsInstanceRole" } }),
        expect![[
            r#"aws ec2 run-instances --count 2 --image-id ami-1 --iam-instance-profile Name=ecsInstanceRole --user-data $'#!/bin/bash\necho hi\n'"#
        ]],
    );
    line(
        "ec2",
        "RunInstances",
        json!({ "ImageId": "ami-1", "MinCount": 1, "MaxCount": 1 }),
        expect!["aws ec2 run-instances --image-id ami-1"],
    );
    line(
        "ec2",
        "RunInstances",
        json!({ "ImageId": "a", "MinCount": 1, "MaxCount": 4, "UserData": "?" }),
        expect![[
            r#"aws ec2 run-instances --cli-input-json '{"ImageId":"a","MinCount":1,"MaxCount":4,"UserData":"?"}'"#
        ]],
    );
    line(
        "ec2",
        "DescribeInstances",
        json!({ "Filters": [{ "Name": "tag:Name", "Values": ["quay", "dock"] }] }),
        expect!["aws ec2 describe-instances --filters Name=tag:Name,Values=quay,dock"],
    );
    line(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        json!({ "GroupId": "sg-1", "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
            "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] }),
        expect![
            "aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]'"
        ],
    );
    line(
        "iam",
        "CreateRole",
        json!({ "RoleName": "r", "AssumeRolePolicyDocument": "{\"Version\":\"2012-10-17\"}" }),
        expect![[
            r#"aws iam create-role --role-name r --assume-role-policy-document '{"Version":"2012-10-17"}'"#
        ]],
    );
    line(
        "iam",
        "ListRoles",
        json!({ "MaxItems": 5 }),
        expect![[r#"aws iam list-roles --cli-input-json '{"MaxItems":5}'"#]],
    );
    line(
        "eks",
        "CreateCluster",
        json!({ "name": "q", "version": "1.35", "roleArn": "r",
        "resourcesVpcConfig": { "subnetIds": ["a"] } }),
        expect![
            "aws eks create-cluster --name q --kubernetes-version 1.35 --role-arn r --resources-vpc-config subnetIds=a"
        ],
    );
    line("s3", "ListBuckets", json!({}), expect!["aws s3api list-buckets"]);
    line(
        "cloudwatch",
        "PutMetricAlarm",
        json!({ "AlarmName": "a", "Threshold": 75.5,
        "EvaluationPeriods": 2, "ComparisonOperator": "GreaterThanThreshold" }),
        expect![
            "aws cloudwatch put-metric-alarm --alarm-name a --threshold 75.5 --evaluation-periods 2 --comparison-operator GreaterThanThreshold"
        ],
    );
    line(
        "dynamodb",
        "PutItem",
        json!({ "TableName": "cargo", "Item": { "id": { "S": "1" } } }),
        expect!["aws dynamodb put-item --table-name cargo --item 'id={S=1}'"],
    );
    line(
        "ecr",
        "UploadLayerPart",
        json!({ "repositoryName": "web", "uploadId": "u", "partFirstByte": 0,
        "partLastByte": 2, "layerPartBlob": "YWJj" }),
        expect![
            "aws ecr upload-layer-part --repository-name web --upload-id u --part-first-byte 0 --part-last-byte 2 --layer-part-blob YWJj"
        ],
    );
}

/// Draws values of a shape that `validate` accepts.
struct Draw {
    state: u64,
}

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    fn text(&mut self, least: i64) -> String {
        const LETTERS: &[&str] = &[
            "a", "web", "0", "-", "=", ",", " ", "'", "\"", "\\", "\n", "\t", "[", "]", "{", "}",
            "$", "`", "é", "😀", "file://", ":", "#", "true", "\u{7}", "~", "*",
        ];
        let wanted = usize::try_from(least).unwrap() + usize::try_from(self.next(4)).unwrap();
        let mut text = String::new();
        while text.chars().count() < wanted {
            let at = usize::try_from(self.next(u64::try_from(LETTERS.len()).unwrap())).unwrap();
            text.push_str(LETTERS[at]);
        }
        text
    }

    fn value(&mut self, service: &Service, shape: ShapeId, depth: u32) -> Value {
        match service.shape(shape) {
            Shape::Structure(structure) => {
                let mut members = Map::new();
                let last = structure.members.len();
                for (at, member) in structure.members.iter().enumerate() {
                    let only_choice = structure.union && members.is_empty() && at + 1 == last;
                    let wanted = only_choice || member.required || depth < 4 && self.next(6) == 0;
                    if wanted && (!structure.union || members.is_empty()) {
                        members.insert(
                            member.name.into(),
                            self.value(service, member.shape, depth + 1),
                        );
                    }
                }
                Value::Object(members)
            }
            Shape::List { member, min } => {
                let count = u64::try_from(min.unwrap_or(0)).unwrap() + self.next(3);
                (0..count).map(|_| self.value(service, *member, depth + 1)).collect()
            }
            Shape::Map { key, value } => {
                let mut members = Map::new();
                for _ in 0..self.next(3) {
                    if let Value::String(key) = self.value(service, *key, depth + 1) {
                        members.insert(key, self.value(service, *value, depth + 1));
                    }
                }
                Value::Object(members)
            }
            Shape::String { values, min } => match values.first() {
                Some(word) if self.next(2) == 0 => json!(word),
                _ => json!(self.text(min.unwrap_or(0))),
            },
            Shape::Integer(min) | Shape::Long(min) => {
                json!(min.unwrap_or(-5) + i64::try_from(self.next(100)).unwrap())
            }
            Shape::Float(_) | Shape::Double(_) => {
                json!(f64::from(u32::try_from(self.next(400)).unwrap()) / 4.0)
            }
            Shape::Boolean => json!(self.next(2) == 0),
            Shape::Timestamp => json!("2026-01-05T09:00:00Z"),
            Shape::Blob => json!("YWJj"),
            Shape::Document => json!({ "a": [1, null] }),
        }
    }
}

#[test]
fn every_operation_comes_back() {
    for service in services() {
        for operation in &service.operations {
            for state in 0..40 {
                round_trip(service, operation.name, state);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn big_inputs_come_back(state in any::<u64>(), pick in 0_usize..4) {
        let (name, operation) = [
            ("ecs", "RegisterTaskDefinition"),
            ("ecs", "CreateService"),
            ("ec2", "RunInstances"),
            ("elbv2", "CreateRule"),
        ][pick];
        round_trip(service(name).unwrap(), operation, state);
    }
}

fn round_trip(service: &Service, operation: &str, state: u64) {
    let shape = service.operation(operation).unwrap().input;
    let mut draw = Draw { state };
    let input = shape.map_or(json!({}), |shape| draw.value(service, shape, 0));
    let call = Call::new(service.name, operation, input);
    let line = line_for(&call);
    let (printed, calls, _) = rehearse(&line, Vec::new());
    let made = calls.first().map(|call| &call.input);
    // The AWS CLI changes some requests for instances, whatever was typed.
    let changed = ["UserData", "NetworkInterfaces"];
    if operation != "RunInstances" || changed.iter().all(|name| call.input.get(name).is_none()) {
        assert_eq!(made, Some(&call.input), "{line}\n{}", printed.stderr);
    }
}
