//! Tasks that pull from the private registry: who pulls, what has to be reached, and what is said otherwise.

use drydock::cli;
use drydock::cloud::input::Fault;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecs_fargate::{run_one, task};
use crate::ecs_hosts::{harbour, run};
use crate::iam_roles::policy;
use crate::lab::{Lab, text};
use crate::played::play;

/// The registry of the account.
pub(crate) const REGISTRY: &str = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
pub(crate) const EXECUTION: &str = "arn:aws:iam::111122223333:role/ecsTaskExecutionRole";
pub(crate) const FULL: &str =
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/// Builds `web:v1` and pushes it into the new repository `web`.
pub(crate) fn pushed(lab: &mut Lab) {
    lab.ok("ecr", "CreateRepository", json!({ "repositoryName": "web" }));
    for line in [
        "docker build -t web:v1 .".to_owned(),
        format!("docker tag web:v1 {REGISTRY}/web:v1"),
        format!(
            "aws ecr get-login-password --region us-east-1 | docker login --username AWS \
             --password-stdin {REGISTRY}"
        ),
        format!("docker push {REGISTRY}/web:v1"),
    ] {
        let printed = cli::run(&mut lab.cloud, &line);
        assert_eq!((printed.status, &*printed.stderr), (0, ""), "{line}");
    }
    lab.check();
}

/// The cluster `dock` and the family `web` on Fargate with this image; `more` are further members of the container.
pub(crate) fn fargate(lab: &mut Lab, image: &str, more: Value) {
    if lab.all(Kind::Cluster).is_empty() {
        lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    }
    let mut definition = crate::ecs_fargate::definition(image, more);
    definition["executionRoleArn"] = json!(EXECUTION);
    lab.ok("ecs", "RegisterTaskDefinition", definition);
}

/// Runs one task and gives its status and `stoppedReason`.
pub(crate) fn outcome(lab: &mut Lab) -> (String, String) {
    let arn = run_one(lab);
    ended(lab, &arn)
}

pub(crate) fn ended(lab: &mut Lab, arn: &str) -> (String, String) {
    lab.settle();
    let shown = task(lab, arn);
    if shown["lastStatus"] == "STOPPED" {
        assert_eq!(shown["stopCode"], "TaskFailedToStart", "{shown:#}");
    }
    let reason = shown["stoppedReason"].as_str().unwrap_or_default();
    (text(&shown, "/lastStatus"), reason.to_owned())
}

#[track_caller]
pub(crate) fn refused(lab: &mut Lab, parts: &[&str]) {
    let (status, reason) = outcome(lab);
    assert_eq!(status, "STOPPED");
    let mut rest = &*reason;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part}\nis not in\n{reason}"));
        rest = &rest[at + part.len()..];
    }
}

/// Takes the execution role's managed policy and gives it these permissions instead.
pub(crate) fn only(lab: &mut Lab, policies: &[&str]) {
    let role = "ecsTaskExecutionRole";
    lab.ok("iam", "DetachRolePolicy", json!({ "RoleName": role, "PolicyArn": FULL }));
    for (number, document) in policies.iter().enumerate() {
        let name = format!("p{number}");
        let input = json!({ "RoleName": role, "PolicyName": name, "PolicyDocument": document });
        lab.ok("iam", "PutRolePolicy", input);
    }
}

/// facts/ecr §3, §5: the execution role pulls on Fargate; the digest is that of the repository.
#[test]
fn a_private_image_is_pulled_with_the_execution_role() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    fargate(&mut lab, &format!("{REGISTRY}/web:v1"), json!({}));
    let arn = run_one(&mut lab);
    assert_eq!(ended(&mut lab, &arn).0, "RUNNING");
    let image = &lab.all(Kind::Image)[0];
    let shown = task(&mut lab, &arn);
    assert_eq!(shown["containers"][0]["imageDigest"], image["imageDigest"]);
    assert!(image["lastRecordedPullTime"].as_f64() > image["imagePushedAt"].as_f64());
    crate::lab::rows_conform(&lab);
}

/// facts/ecr §7 and facts/ecs §3: each permission that is missing has its own sentence.
#[test]
fn each_permission_that_is_missing_for_a_pull_is_named() {
    let image = format!("{REGISTRY}/web:v1");
    let mut lab = Lab::new();
    pushed(&mut lab);
    fargate(&mut lab, &image, json!({}));
    only(&mut lab, &[&policy("Allow", "logs:*", "*")]);
    refused(
        &mut lab,
        &[
            "ResourceInitializationError: unable to pull secrets or registry auth: execution \
             resource retrieval failed: unable to retrieve ecr registry auth: service call has been \
             retried 1 time(s): AccessDeniedException: User: \
             arn:aws:sts::111122223333:assumed-role/ecsTaskExecutionRole/",
            "is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no \
             identity-based policy allows the ecr:GetAuthorizationToken action",
        ],
    );
    let decided = lab.cloud.account().decisions.iter().last().expect("a decision is kept");
    assert_eq!(&*decided.1.action, "ecr:GetAuthorizationToken");
    let document = policy("Allow", "ecr:GetAuthorizationToken", "*");
    let input = json!({
        "RoleName": "ecsTaskExecutionRole", "PolicyName": "token", "PolicyDocument": document,
    });
    lab.ok("iam", "PutRolePolicy", input);
    refused(
        &mut lab,
        &[
            "CannotPullContainerError: The task can’t pull the image. Check that the role has the \
             permissions to pull images from the registry.",
            "pull access denied for 111122223333.dkr.ecr.us-east-1.amazonaws.com/web, repository \
             does not exist or may require 'docker login': denied: User: ",
            "is not authorized to perform: ecr:BatchGetImage on resource: \
             arn:aws:ecr:us-east-1:111122223333:repository/web because no identity-based policy \
             allows the ecr:BatchGetImage action",
        ],
    );
}

/// facts/iam §4: a deny in the repository's own policy is final.
#[test]
fn a_repository_policy_can_deny_the_pull() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    fargate(&mut lab, &format!("{REGISTRY}/web:v1"), json!({}));
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage",
    }] });
    let input = json!({ "repositoryName": "web", "policyText": document.to_string() });
    lab.ok("ecr", "SetRepositoryPolicy", input);
    refused(&mut lab, &["with an explicit deny in a resource-based policy"]);
}

/// facts/ecs §3: a wrong tag, a repository that is not there, a registry that is blocked.
#[test]
fn a_missing_image_or_a_blocked_registry_has_its_reason() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    for (image, end) in [("web:v9", "/web:v9: not found"), ("wed:v1", "/wed:v1: not found")] {
        fargate(&mut lab, &format!("{REGISTRY}/{image}"), json!({}));
        let start = "CannotPullContainerError: pull image manifest has been retried 5 time(s): \
                     failed to resolve ref";
        refused(&mut lab, &[start, end]);
    }
    fargate(&mut lab, &format!("{REGISTRY}/web:v1"), json!({}));
    lab.inject(Fault::BlockRegistry(true));
    refused(&mut lab, &["CannotPullContainerError: ", "503 Service Unavailable"]);
    lab.inject(Fault::BlockRegistry(false));
    assert_eq!(outcome(&mut lab).0, "RUNNING");
}

/// facts/ecr §13: a private subnet without NAT needs three endpoints; each that is missing fails in its own way
/// (aws/copilot-cli #5927 for the first).
#[test]
fn a_private_subnet_needs_three_endpoints() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    fargate(&mut lab, &format!("{REGISTRY}/web:v1"), json!({}));
    let vpc = json!({ "subnets": [start::PRIVATE[0]] });
    let request = json!({
        "cluster": "dock", "taskDefinition": "web", "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": vpc },
    });
    let reason = |lab: &mut Lab| {
        let arn = text(&lab.ok("ecs", "RunTask", request.clone()), "/tasks/0/taskArn");
        let (status, reason) = ended(lab, &arn);
        if status == "RUNNING" { status } else { reason }
    };
    let endpoint = |lab: &mut Lab, service: &str| {
        let input = if service == "s3" {
            json!({ "VpcEndpointType": "Gateway", "RouteTableIds": [start::MAIN_ROUTES] })
        } else {
            json!({ "VpcEndpointType": "Interface", "SubnetIds": [start::PRIVATE[0]] })
        };
        let mut input = input;
        input["VpcId"] = json!(start::VPC);
        input["ServiceName"] = json!(format!("com.amazonaws.us-east-1.{service}"));
        lab.ok("ec2", "CreateVpcEndpoint", input);
        lab.settle();
    };
    let said = reason(&mut lab);
    assert!(
        said.starts_with(
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot \
             pull registry auth from Amazon ECR: There is a connection issue between the task and \
             Amazon ECR. Check your task network configuration. RequestError: send request failed \
             caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp "
        ),
        "{said}"
    );
    endpoint(&mut lab, "ecr.api");
    let said = reason(&mut lab);
    assert!(said.contains("failed to do request: Head \"https://111122223333.dkr.ecr"), "{said}");
    endpoint(&mut lab, "ecr.dkr");
    let said = reason(&mut lab);
    assert!(said.contains("Get \"https://prod-us-east-1-starport-layer-bucket.s3."), "{said}");
    endpoint(&mut lab, "s3");
    assert_eq!(reason(&mut lab), "RUNNING");
}

/// facts/iam §1, SYLLABUS iam-roles-5: on an instance the execution role pulls where there is one, else the host's.
#[test]
fn on_an_instance_either_role_pulls() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    pushed(&mut lab);
    let mut definition = json!({
        "family": "private",
        "containerDefinitions": [
            { "name": "web", "image": format!("{REGISTRY}/web:v1"), "memory": 128 },
        ],
    });
    let read = json!({ "taskDefinition": "private" });
    let outcome = |lab: &mut Lab| {
        let arn = text(&run(lab, 1, read.clone()), "/tasks/0/taskArn");
        ended(lab, &arn)
    };
    lab.ok("ecs", "RegisterTaskDefinition", definition.clone());
    let host = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
    let detach = json!({ "RoleName": "ecsInstanceRole", "PolicyArn": host });
    lab.ok("iam", "DetachRolePolicy", detach);
    let (_, reason) = outcome(&mut lab);
    let start = "CannotPullECRContainerError: AccessDeniedException: User: \
                 arn:aws:sts::111122223333:assumed-role/ecsInstanceRole/i-";
    assert!(reason.starts_with(start), "{reason}");
    let attach = json!({ "RoleName": "ecsInstanceRole", "PolicyArn": host });
    lab.ok("iam", "AttachRolePolicy", attach.clone());
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    // facts/docker §5: a pull that fails falls back to what is on the disk.
    lab.ok("iam", "DetachRolePolicy", attach);
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    definition["executionRoleArn"] = json!(EXECUTION);
    definition["containerDefinitions"][0]["image"] = json!(format!("{REGISTRY}/web:v9"));
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let (_, reason) = outcome(&mut lab);
    // The execution role got past the login (aws/amazon-ecs-agent #3008).
    assert!(reason.contains("manifest unknown: Requested image not found"), "{reason}");
}

/// facts/ecs §4, facts/ecr §8: a deployment knows a tag by the digest that its first task found; another one looks anew.
#[test]
fn a_tag_that_moves_changes_nothing_until_the_next_deployment() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    fargate(&mut lab, &format!("{REGISTRY}/web:v1"), json!({}));
    crate::ecs_services::fargate_service(&mut lab, 1, json!({}));
    lab.settle();
    let digests = |lab: &Lab| -> Vec<String> {
        let tasks = lab.all(Kind::Task);
        let live = tasks.iter().filter(|task| task["lastStatus"] == "RUNNING");
        live.map(|task| text(task, "/containers/0/imageDigest")).collect()
    };
    let first = digests(&lab);
    let build = format!("docker build -t {REGISTRY}/web:v1 --build-arg VERSION=v2 .");
    for line in [build, format!("docker push {REGISTRY}/web:v1")] {
        play(&mut lab.cloud, &line);
    }
    crate::ecs_services::update(&mut lab, json!({ "desiredCount": 2 }));
    lab.settle();
    assert_eq!(digests(&lab), [first[0].clone(), first[0].clone()]);
    crate::ecs_services::update(&mut lab, json!({ "forceNewDeployment": true }));
    lab.settle();
    let newest = digests(&lab);
    assert_eq!((newest.len(), &newest[0]), (2, &newest[1]));
    assert_ne!(newest[0], first[0]);
}

/// SYLLABUS ecr-8: another account's registry asks for a login of that account.
#[test]
fn another_accounts_image_is_forbidden() {
    let mut lab = Lab::new();
    let image = "444455556666.dkr.ecr.us-east-1.amazonaws.com/web:v1";
    fargate(&mut lab, image, json!({}));
    refused(&mut lab, &["CannotPullContainerError: ", "[manifests v1]: 403 Forbidden"]);
}

/// facts/ecs §2: seen in public logs; also for definitions that do not ask for Fargate by themselves.
#[test]
fn fargate_pulls_nothing_private_without_an_execution_role() {
    let mut lab = Lab::new();
    let mut definition = crate::ecs_fargate::definition(&format!("{REGISTRY}/web:v1"), json!({}));
    let sentence = "Fargate requires task definition to have execution role ARN to support ECR \
                    images.";
    let (code, said) = lab.refused("ecs", "RegisterTaskDefinition", definition.clone());
    assert_eq!((&*code, &*said), ("ClientException", sentence));
    definition.as_object_mut().unwrap().remove("requiresCompatibilities");
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let (_, said) = lab.refused("ecs", "RunTask", crate::ecs_fargate::run_in_public(1));
    assert_eq!(said, sentence);
}
