//! What tasks need besides their images: secrets, streams for their logs, a kernel that fits.

use drydock::cli;
use drydock::cloud::data::SECRET;
use drydock::cloud::data::parameters::PARAMETER;
use drydock::cloud::net::start;
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::ecs_hosts::{harbour, run};
use crate::ecs_start::{EXECUTION, ended, fargate, only, outcome, refused};
use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};
use crate::played::play;

/// facts/iam §1; sentences: aws/copilot-cli #5752.
#[test]
fn secrets_are_fetched_with_the_execution_role() {
    let mut lab = Lab::new();
    let secret = lab.ok("secretsmanager", "GetSecretValue", json!({ "SecretId": SECRET }));
    let arn = text(&secret, "/ARN");
    let with = |from: &str| json!({ "secrets": [{ "name": "PASSWORD", "valueFrom": from }] });
    fargate(&mut lab, "nginx", with(&arn));
    refused(
        &mut lab,
        &[
            "ResourceInitializationError: unable to pull secrets or registry auth: execution \
             resource retrieval failed: unable to retrieve secret from asm: service call has been \
             retried 1 time(s): failed to fetch secret ",
            &arn,
            " from secrets manager: AccessDeniedException: User: ",
            "is not authorized to perform: secretsmanager:GetSecretValue on resource: ",
            "because no identity-based policy allows the secretsmanager:GetSecretValue action \
             status code: 400, request id: ",
        ],
    );
    let attach = |lab: &mut Lab, name: &str, action: &str, resource: &str| {
        let document = policy("Allow", action, resource);
        let role = "ecsTaskExecutionRole";
        let input = json!({ "RoleName": role, "PolicyName": name, "PolicyDocument": document });
        lab.ok("iam", "PutRolePolicy", input);
    };
    attach(&mut lab, "secrets", "secretsmanager:GetSecretValue", "*");
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    // With the key of a JSON member behind the ARN (API-ecs Secret).
    fargate(&mut lab, "nginx", with(&format!("{arn}:password::")));
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    fargate(
        &mut lab,
        "nginx",
        with("arn:aws:secretsmanager:us-east-1:111122223333:secret:no-abcdef"),
    );
    refused(
        &mut lab,
        &["ResourceNotFoundException: Secrets Manager can't find the specified secret."],
    );
    fargate(&mut lab, "nginx", with(PARAMETER.0));
    refused(
        &mut lab,
        &[
            "unable to retrieve secrets from ssm: service call has been retried 1 time(s): \
             AccessDeniedException: ",
            "ssm:GetParameters on resource: \
             arn:aws:ssm:us-east-1:111122223333:parameter/harbor/tide-url",
        ],
    );
    attach(&mut lab, "parameters", "ssm:GetParameters", "*");
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    fargate(&mut lab, "nginx", with("/harbor/none"));
    refused(&mut lab, &["invalid ssm parameters: /harbor/none"]);
}

/// facts/iam §1: secrets need the execution role on instances too.
#[test]
fn on_an_instance_the_host_has_no_secrets_for_its_tasks() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let secret = lab.ok("secretsmanager", "GetSecretValue", json!({ "SecretId": SECRET }));
    let definition = json!({
        "family": "secret", "executionRoleArn": EXECUTION,
        "containerDefinitions": [{
            "name": "web", "image": "nginx", "memory": 128,
            "secrets": [{ "name": "PASSWORD", "valueFrom": secret["ARN"] }],
        }],
    });
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let arn = text(&run(&mut lab, 1, json!({ "taskDefinition": "secret" })), "/tasks/0/taskArn");
    let (_, reason) = ended(&mut lab, &arn);
    let start = "Fetching secret data from AWS Secrets Manager in region us-east-1: secret \
                 arn:aws:secretsmanager:us-east-1:111122223333:secret:harbor/db-password-";
    assert!(reason.starts_with(start), "{reason}");
    assert!(reason.contains("assumed-role/ecsTaskExecutionRole/"), "{reason}");
}

fn logging(create: bool) -> Value {
    let mut options = json!({
        "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "quay",
    });
    if create {
        options["awslogs-create-group"] = json!("true");
    }
    json!({ "logConfiguration": { "logDriver": "awslogs", "options": options } })
}

/// facts/iam §1, facts/ecs §3: the group has to be there, and the role may not make it (doctorray117/minecraft-ondemand
/// #12 for the sentence).
#[test]
fn a_log_group_has_to_be_there_or_to_be_made() {
    let mut lab = Lab::new();
    fargate(&mut lab, "nginx", logging(false));
    refused(
        &mut lab,
        &["ResourceInitializationError: failed to validate logger args: create stream has been \
             retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: \
             The specified log group does not exist."],
    );
    fargate(&mut lab, "nginx", logging(true));
    refused(
        &mut lab,
        &[
            "failed to create Cloudwatch log group: AccessDeniedException: User: ",
            "is not authorized to perform: logs:CreateLogGroup on resource: \
             arn:aws:logs:us-east-1:111122223333:log-group:/ecs/web:log-stream: because no \
             identity-based policy allows the logs:CreateLogGroup action",
        ],
    );
    let document = policy("Allow", "logs:CreateLogGroup", "*");
    let input = json!({
        "RoleName": "ecsTaskExecutionRole", "PolicyName": "g", "PolicyDocument": document,
    });
    lab.ok("iam", "PutRolePolicy", input);
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    let groups = lab.ok("logs", "DescribeLogGroups", json!({}));
    assert_eq!(text(&groups, "/logGroups/0/logGroupName"), "/ecs/web");
    let tail = cli::run(&mut lab.cloud, "aws logs tail /ecs/web --since 1h");
    assert!(tail.stdout.contains(" quay/web/"), "{}{}", tail.stdout, tail.stderr);
    assert!(tail.stdout.ends_with(" nginx started\n"), "{}", tail.stdout);
    // A group that is there need not be made.
    let document = policy("Deny", "logs:CreateLogGroup", "*");
    let input = json!({
        "RoleName": "ecsTaskExecutionRole", "PolicyName": "g", "PolicyDocument": document,
    });
    lab.ok("iam", "PutRolePolicy", input);
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    only(&mut lab, &[&policy("Allow", "ecr:*", "*")]);
    refused(&mut lab, &["failed to create Cloudwatch log stream: AccessDeniedException: User: "]);
}

/// facts/iam §1: on an instance Docker writes the logs, with the instance role, when the container starts.
#[test]
fn on_an_instance_the_host_writes_the_logs() {
    let mut lab = harbour(&[("t3.medium", 0)], json!({}));
    let mut container = logging(false);
    for (name, value) in [("name", json!("web")), ("image", json!("nginx")), ("memory", json!(128))]
    {
        container[name] = value;
    }
    let definition = json!({ "family": "logged", "containerDefinitions": [container] });
    lab.ok("ecs", "RegisterTaskDefinition", definition);
    let outcome = |lab: &mut Lab| {
        let arn = text(&run(lab, 1, json!({ "taskDefinition": "logged" })), "/tasks/0/taskArn");
        ended(lab, &arn)
    };
    let (_, reason) = outcome(&mut lab);
    let start = "CannotStartContainerError: Error response from daemon: failed to create task for \
                 container: failed to initialize logging driver: failed to create Cloudwatch log \
                 stream: ResourceNotFoundException: The specified log group does not exist.";
    assert_eq!(reason, start);
    lab.ok("logs", "CreateLogGroup", json!({ "logGroupName": "/ecs/web" }));
    assert_eq!(outcome(&mut lab).0, "RUNNING");
    let events = lab.ok("logs", "FilterLogEvents", json!({ "logGroupName": "/ecs/web" }));
    assert_eq!(text(&events, "/events/0/message"), "nginx started");
    let streams = lab.ok("logs", "DescribeLogStreams", json!({ "logGroupName": "/ecs/web" }));
    assert!(text(&streams, "/logStreams/0/logStreamName").starts_with("quay/web/"));
}

/// facts/docker §1, SYLLABUS ecs-9: containers use the kernel of their host.
#[test]
fn a_linux_image_does_not_run_on_a_windows_host() {
    let mut lab = windows();
    let image = |image: &str| {
        json!({
            "family": "web",
            "containerDefinitions": [{ "name": "web", "image": image, "memory": 128 }],
        })
    };
    lab.ok("ecs", "RegisterTaskDefinition", image("nginx"));
    let arn = text(&run(&mut lab, 1, json!({ "taskDefinition": "web" })), "/tasks/0/taskArn");
    let (status, reason) = ended(&mut lab, &arn);
    assert_eq!(status, "STOPPED");
    let said = "CannotPullContainerError: no matching manifest for windows/amd64 10.0.20348 in the \
                manifest list entries";
    assert_eq!(reason, said);
    lab.ok("ecs", "RegisterTaskDefinition", image("mcr.microsoft.com/windows/servercore/iis"));
    let arn = text(&run(&mut lab, 1, json!({ "taskDefinition": "web" })), "/tasks/0/taskArn");
    assert_eq!(ended(&mut lab, &arn).0, "RUNNING");
    // A task that names its platform is not even placed elsewhere (API-ecs RuntimePlatform).
    let mut linux = image("nginx");
    linux["runtimePlatform"] = json!({ "operatingSystemFamily": "LINUX" });
    lab.ok("ecs", "RegisterTaskDefinition", linux);
    let answer = run(&mut lab, 1, json!({ "taskDefinition": "web" }));
    assert_eq!(text(&answer, "/failures/0/reason"), "ATTRIBUTE");
}

/// The cluster `dock` with one Windows instance.
fn windows() -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let line = format!(
        "aws ec2 run-instances --image-id {} --instance-type t3.medium --subnet-id {} \
         --iam-instance-profile Name=ecsInstanceRole --user-data '<powershell>\nInitialize-ECSAgent \
         -Cluster dock\n</powershell>'",
        drydock::cloud::compute::ami::ECS_WINDOWS,
        start::PUBLIC[0]
    );
    play(&mut lab.cloud, &line);
    lab.settle();
    assert_eq!(lab.all(Kind::ContainerInstance).len(), 1);
    lab
}

#[test]
fn a_role_that_trusts_somebody_else_is_refused_before_the_start() {
    let mut lab = Lab::new();
    let document = trust("ec2.amazonaws.com");
    let input = json!({ "RoleName": "wrong", "AssumeRolePolicyDocument": document });
    lab.ok("iam", "CreateRole", input);
    fargate(&mut lab, "nginx", json!({}));
    let mut request = crate::ecs_fargate::run_in_public(1);
    request["overrides"] = json!({ "executionRoleArn": "arn:aws:iam::111122223333:role/wrong" });
    let (_, said) = lab.refused("ecs", "RunTask", request);
    assert!(said.starts_with("ECS was unable to assume the role"), "{said}");
}
