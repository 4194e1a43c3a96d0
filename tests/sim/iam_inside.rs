//! The code in a container calls AWS: with whose credentials, over which way, and what comes of it.

use std::sync::Arc;

use drydock::cloud::data::{BUCKET, OTHER_BUCKET};
use drydock::cloud::iam::credentials::Place;
use drydock::cloud::input::Call;
use drydock::cloud::inside::{Asked, container_call};
use drydock::cloud::net::start;
use drydock::lesson::condition::{Since, evaluate};
use drydock::lesson::model::{Condition, Count, Field, Test};
use serde_json::{Value, json};

use crate::ecs_fargate::{definition, dock, run_in_public, run_one};
use crate::iam_access::{APP, call, put};
use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};

const EXECUTION: &str = "arn:aws:iam::111122223333:role/ecsTaskExecutionRole";

/// The task's container lists the objects of the bucket.
fn lists(lab: &mut Lab, task: &str) -> Arc<Asked> {
    let call = Call::new("s3", "ListObjectsV2", json!({ "Bucket": BUCKET }));
    container_call(&mut lab.cloud, task, "web", &call)
}

fn error(asked: &Asked) -> (String, String) {
    let error = asked.reply.as_ref().unwrap_err();
    (error.code.to_string(), error.message.clone())
}

fn role(lab: &mut Lab, name: &str, service: &str) {
    let input = json!({ "RoleName": name, "AssumeRolePolicyDocument": trust(service) });
    lab.ok("iam", "CreateRole", input);
}

/// Registers `web` again, with roles.
fn register(lab: &mut Lab, task_role: Option<&str>, more: Value) {
    let mut input = definition("nginx", more);
    input["executionRoleArn"] = json!(EXECUTION);
    if let Some(role) = task_role {
        input["taskRoleArn"] = json!(role);
    }
    lab.ok("ecs", "RegisterTaskDefinition", input);
}

/// A running Fargate task with a task role `app` that may list the bucket.
fn with_task_role() -> (Lab, String) {
    let mut lab = dock("nginx", json!({}));
    role(&mut lab, "app", "ecs-tasks.amazonaws.com");
    put(&mut lab, "read", &policy("Allow", "s3:ListBucket", &format!("arn:aws:s3:::{BUCKET}")));
    register(&mut lab, Some(APP), json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    (lab, task)
}

/// facts: §2, the decision table: Fargate with a task role.
#[test]
fn the_task_role_answers_at_the_endpoint_of_the_agent() {
    let (mut lab, task) = with_task_role();
    let asked = lists(&mut lab, &task);
    let id = task.rsplit('/').next().unwrap();
    let session = format!("arn:aws:sts::111122223333:assumed-role/app/{id}");
    assert_eq!(asked.identity(), Some(&*session));
    assert_eq!(asked.reply.as_ref().unwrap()["KeyCount"], 3);
    let places: Vec<_> = asked.credentials.looks.iter().map(|l| (l.place, l.found)).collect();
    assert_eq!(places, [(Place::Environment, false), (Place::ContainerEndpoint, true)]);
    let record = lab.cloud.account().trail.get(asked.record.unwrap()).unwrap().clone();
    assert_eq!((&*record.by.0, &*record.call.operation), (&*session, "ListObjectsV2"));
    let call = Call::new("s3", "ListObjectsV2", json!({ "Bucket": OTHER_BUCKET }));
    let asked = container_call(&mut lab.cloud, &task, "web", &call);
    let (code, sentence) = error(&asked);
    assert_eq!(code, "AccessDenied");
    assert!(sentence.starts_with(&format!("User: {session} is not authorized")), "{sentence}");
    assert_eq!(lab.cloud.account().inside.iter().count(), 2);
}

/// facts: §6.4: the execution role is not usable by code.
#[test]
fn without_a_task_role_fargate_has_no_credentials() {
    let mut lab = dock("nginx", json!({}));
    register(&mut lab, None, json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    let calls = lab.cloud.account().trail.count();
    let asked = lists(&mut lab, &task);
    assert_eq!(asked.identity(), None);
    assert_eq!(error(&asked), ("NoCredentials".into(), "Unable to locate credentials".into()));
    assert_eq!(lab.cloud.account().trail.count(), calls);
    let says: Vec<&str> = asked.credentials.looks.iter().map(|look| &*look.says).collect();
    assert_eq!(
        says,
        [
            "No access key is set in the environment.",
            "The task has no task role, so AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set.",
            "On Fargate there is no instance role and no metadata to ask.",
        ]
    );
    let id = task.rsplit('/').next().unwrap();
    assert_eq!(
        lab.story(id).pop().unwrap(),
        "web: s3:ListObjectsV2 failed: Unable to locate credentials"
    );
}

/// DG/task-iam-roles: the role can be overridden when the task is run.
#[test]
fn run_task_overrides_the_role() {
    let (mut lab, _) = with_task_role();
    role(&mut lab, "other", "ecs-tasks.amazonaws.com");
    let mut run = run_in_public(1);
    run["overrides"] = json!({ "taskRoleArn": "arn:aws:iam::111122223333:role/other" });
    let task = text(&lab.ok("ecs", "RunTask", run), "/tasks/0/taskArn");
    lab.settle();
    let asked = lists(&mut lab, &task);
    assert!(asked.identity().unwrap().contains(":assumed-role/other/"));
    assert_eq!(error(&asked).0, "AccessDenied");
}

/// facts: §3, §6.6.
#[test]
fn a_role_that_does_not_trust_tasks_cannot_be_used() {
    let mut lab = dock("nginx", json!({}));
    role(&mut lab, "app", "ec2.amazonaws.com");
    register(&mut lab, Some(APP), json!({}));
    let (code, sentence) = lab.refused("ecs", "RunTask", run_in_public(1));
    assert_eq!(code, "ClientException");
    assert_eq!(
        sentence,
        format!(
            "ECS was unable to assume the role '{APP}' that was provided for this task. Please \
             verify that the role being passed has the proper trust relationship and permissions \
             and that your IAM user has permissions to pass this role."
        )
    );
}

/// facts: §2: plain access keys beat the task role.
#[test]
fn an_access_key_in_the_environment_comes_first() {
    let (mut lab, _) = with_task_role();
    let environment = json!([{ "name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE" }]);
    register(&mut lab, Some(APP), json!({ "environment": environment }));
    let task = run_one(&mut lab);
    lab.settle();
    let asked = lists(&mut lab, &task);
    assert_eq!(asked.identity(), None);
    assert_eq!(error(&asked).0, "InvalidAccessKeyId");
}

/// facts: alb-and-network §6: a private subnet without a way out.
#[test]
fn a_call_needs_a_way_to_the_service() {
    let (mut lab, task) = with_task_role();
    assert!(lists(&mut lab, &task).reply.is_ok());
    let gone = json!({
        "RouteTableId": start::PUBLIC_ROUTES, "DestinationCidrBlock": "0.0.0.0/0",
    });
    lab.ok("ec2", "DeleteRoute", gone);
    let asked = lists(&mut lab, &task);
    assert!(asked.identity().is_some());
    assert_eq!(
        error(&asked),
        (
            "ConnectTimeoutError".into(),
            "Connect timeout on endpoint URL: \"https://s3.us-east-1.amazonaws.com/\"".into()
        )
    );
    assert!(asked.reach.as_ref().unwrap().why_not().is_some());
}

#[test]
fn only_a_running_container_calls() {
    let (mut lab, task) = with_task_role();
    let call = Call::new("s3", "ListBuckets", json!({}));
    let asked = container_call(&mut lab.cloud, &task, "sidecar", &call);
    assert_eq!(error(&asked).0, "InvalidParameterException");
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": task }));
    lab.settle();
    assert_eq!(error(&lists(&mut lab, &task)).0, "InvalidParameterException");
    assert_eq!(error(&lists(&mut lab, "no-such-task")).0, "InvalidParameterException");
}

/// Service Authorization Reference, `RunTask`: the revision is the resource, and its roles are passed.
#[test]
fn running_a_task_passes_its_roles() {
    let (mut lab, _) = with_task_role();
    put(&mut lab, "run", &policy("Allow", "ecs:RunTask", "arn:aws:ecs:*:*:task-definition/web:2"));
    let run = run_in_public(1);
    let (code, sentence) = call(&mut lab, APP, "ecs", "RunTask", run.clone()).unwrap_err();
    assert_eq!(code, "AccessDeniedException");
    assert!(sentence.contains(&format!("iam:PassRole on resource: {APP} because")), "{sentence}");
    put(&mut lab, "pass", &policy("Allow", "iam:PassRole", APP));
    let (_, sentence) = call(&mut lab, APP, "ecs", "RunTask", run.clone()).unwrap_err();
    assert!(sentence.contains(&format!("iam:PassRole on resource: {EXECUTION} because")));
    put(&mut lab, "pass", &policy("Allow", "iam:PassRole", "*"));
    call(&mut lab, APP, "ecs", "RunTask", run.clone()).unwrap();
    register(&mut lab, Some(APP), json!({}));
    let (_, sentence) = call(&mut lab, APP, "ecs", "RunTask", run).unwrap_err();
    assert!(sentence.contains(
        "ecs:RunTask on resource: arn:aws:ecs:us-east-1:111122223333:task-definition/web:3 "
    ));
}

/// `inside web aws …` prints what the AWS CLI prints in a container.
#[test]
fn the_terminal_can_stand_inside_of_a_container() {
    let (mut lab, _) = with_task_role();
    let mut run = |line: &str| drydock::cli::run(&mut lab.cloud, line);
    let me = run("inside web aws sts get-caller-identity --query Arn --output text");
    assert!(me.stdout.starts_with("arn:aws:sts::111122223333:assumed-role/app/"), "{me:?}");
    let listed = run(&format!("inside web web aws s3api list-objects-v2 --bucket {BUCKET}"));
    // It only read, but it happened: undo, links and goals know of it.
    assert!(listed.stdout.contains("crane.txt") && listed.changed);
    let denied = run("inside web aws s3api list-buckets");
    assert_eq!(denied.status, 254);
    assert!(denied.stderr.starts_with("\nAn error occurred (AccessDenied) when calling the"));
    assert_eq!(run("inside nowhere aws s3api list-buckets").status, 1);
    assert_eq!(run("inside web ls").status, 2);
    register(&mut lab, None, json!({}));
    run_one(&mut lab);
    lab.settle();
    let none = drydock::cli::run(&mut lab.cloud, "inside web aws s3api list-buckets");
    assert_eq!(none.status, 253);
    assert_eq!(
        none.stderr,
        "\nUnable to locate credentials. You can configure credentials by running \"aws \
         configure\".\n"
    );
}

/// Goals count what containers call, also where AWS never saw it.
#[test]
fn goals_see_who_called_and_who_could_not() {
    let (mut lab, task) = with_task_role();
    let since = Since::now(&lab.cloud);
    let calls = |result: &str, by: &str| Condition::Calls {
        service: "s3".into(),
        operation: "ListObjectsV2".into(),
        result: Some(result.into()),
        fields: vec![Field { path: "by".into(), test: Test::Contains(by.into()) }],
        count: Count { at_least: Some(1), at_most: None },
    };
    let app = calls("ok", ":assumed-role/app/");
    assert_eq!(drydock::lesson::fields::unknown(&app), Vec::<String>::new());
    assert!(!evaluate(&app, &lab.cloud, since).done);
    lists(&mut lab, &task);
    assert!(evaluate(&app, &lab.cloud, since).done);
    assert!(!evaluate(&calls("ok", ":assumed-role/other/"), &lab.cloud, since).done);
    assert!(!evaluate(&app, &lab.cloud, Since::now(&lab.cloud)).done);
    register(&mut lab, None, json!({}));
    let task = run_one(&mut lab);
    lab.settle();
    let none = calls("NoCredentials", "");
    assert!(!evaluate(&none, &lab.cloud, since).done);
    lists(&mut lab, &task);
    assert!(evaluate(&none, &lab.cloud, since).done);
    assert!(!evaluate(&none, &lab.cloud, Since::now(&lab.cloud)).done);
}

/// IAM guide, "Global condition context keys": the address from which a request came.
#[test]
fn a_task_calls_from_its_own_address() {
    let (mut lab, task) = with_task_role();
    let id = task.rsplit('/').next().unwrap();
    let account = lab.cloud.account();
    let eni = account.tasks.find(id).unwrap().eni.as_ref().unwrap().id.clone().unwrap();
    let address = account.enis.find(&eni).unwrap().public_ip.unwrap();
    let only_from = |address: &str| {
        json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": { "IpAddress": { "aws:SourceIp": address } },
            },
        })
        .to_string()
    };
    put(&mut lab, "read", &only_from("203.0.113.25"));
    assert!(lists(&mut lab, &task).reply.is_err());
    put(&mut lab, "read", &only_from(&address.to_string()));
    assert!(lists(&mut lab, &task).reply.is_ok());
}
