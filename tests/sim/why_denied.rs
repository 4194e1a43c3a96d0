//! Why a call was denied (facts: iam §4 and §5).

use drydock::cloud::data::BUCKET;
use drydock::cloud::input::Call;
use drydock::cloud::inside::container_call;
use drydock::cloud::net::start;
use drydock::session::view::why::{Answer, denied, denied_inside};
use serde_json::{Value, json};

use crate::ecs_fargate::{definition, dock, run_in_public, run_one};
use crate::iam_access::{APP, call, put, with_role};
use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};
use crate::session_why::{answers, says};

fn last(lab: &Lab) -> Answer {
    let account = lab.cloud.account();
    denied(account, account.trail.count()).expect("a denied call")
}

#[test]
fn nothing_allows_it() {
    let mut lab = with_role(&[policy("Allow", "ecs:Describe*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    let answer = last(&lab);
    says(
        &answer,
        "app may not do ecs:ListClusters. No identity-based policy allows it",
        "statement 1 of p0",
        "your call iam:PutRolePolicy",
    );
    assert!(answer.looks[0].1.contains("ecs:ListClusters is not in Action"), "{answer:?}");
    assert!(!answer.looks[0].0);
    let bare = &mut with_role(&[]);
    call(bare, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(bare),
        "What is not allowed is denied",
        "if a policy of app allowed ecs:ListClusters",
        "your call iam:CreateRole",
    );
    assert_eq!(answers(bare, "role").len(), 1, "the role knows of it");
}

#[test]
fn a_statement_denies_it() {
    let mut lab = with_role(&[policy("Allow", "ecs:*", "*"), policy("Deny", "ecs:List*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "A deny is final",
        "statement 1 of p0 allows it",
        "your call iam:PutRolePolicy",
    );
    let mut lab = with_role(&[policy("Deny", "ecs:List*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "Statement 1 of identity-based policy p0 denies it",
        "would still be denied",
        "your call iam:PutRolePolicy",
    );
}

#[test]
fn a_boundary_does_not_allow_it() {
    let mut lab = Lab::new();
    let bound = json!({ "PolicyName": "bound", "PolicyDocument": policy("Allow", "s3:*", "*") });
    let bound = text(&lab.ok("iam", "CreatePolicy", bound), "/Policy/Arn");
    let role = json!({ "RoleName": "app", "PermissionsBoundary": bound,
        "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    put(&mut lab, "all", &policy("Allow", "ecs:*", "*"));
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    says(
        &last(&lab),
        "No permissions boundary allows it",
        "boundary allowed ecs:ListClusters",
        "app called ecs:ListClusters",
    );
}

#[test]
fn a_role_may_not_be_passed() {
    let mut lab = with_role(&[policy("Allow", "ec2:*", "*")]);
    let launch = crate::ec2_instances::host("dock");
    call(&mut lab, APP, "ec2", "RunInstances", launch).unwrap_err();
    says(
        &last(&lab),
        "app may not do iam:PassRole on ecsInstanceRole. No identity-based policy allows it. What is not allowed is \
         denied. Whoever hands a role to an AWS service needs this permission",
        "if a policy of app allowed iam:PassRole on arn:aws:iam::111122223333:role/ecsInstanceRole",
        "your call iam:PutRolePolicy",
    );
}

#[test]
fn a_role_trusts_somebody_else() {
    let mut lab = dock("nginx", json!({}));
    let role = json!({ "RoleName": "app", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    let mut request = definition("nginx", json!({}));
    request["taskRoleArn"] = json!(APP);
    lab.ok("ecs", "RegisterTaskDefinition", request);
    lab.refused("ecs", "RunTask", run_in_public(1));
    let answer = last(&lab);
    says(
        &answer,
        "ecs-tasks.amazonaws.com may not do sts:AssumeRole on app",
        "trust policy of app named ecs-tasks",
        "your call iam:CreateRole",
    );
}

/// A running Fargate task, with further members of its definition and its container.
fn inside(task: Value, container: Value) -> (Lab, String) {
    let mut lab = dock("nginx", json!({}));
    let role =
        json!({ "RoleName": "app", "AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com") });
    lab.ok("iam", "CreateRole", role);
    let mut request = definition("nginx", container);
    for (name, value) in task.as_object().unwrap() {
        request[name] = value.clone();
    }
    lab.ok("ecs", "RegisterTaskDefinition", request);
    let task = run_one(&mut lab);
    lab.settle();
    (lab, task)
}

fn asks(lab: &mut Lab, task: &str) -> Answer {
    let call = Call::new("s3", "ListObjectsV2", json!({ "Bucket": BUCKET }));
    let asked = container_call(&mut lab.cloud, task, "web", &call);
    let answer = denied_inside(lab.cloud.account(), &asked).expect("a failed call");
    assert!(answers(lab, "task").contains(&answer), "the task knows of it");
    answer
}

#[test]
fn code_in_a_container_is_denied_in_four_ways() {
    let (mut lab, task) = inside(json!({}), json!({}));
    says(
        &asks(&mut lab, &task),
        "has no credentials",
        "named a task role",
        "your call ecs:RegisterTaskDefinition",
    );
    let roled = json!({ "taskRoleArn": APP });
    let (mut lab, task) = inside(roled.clone(), json!({}));
    let answer = asks(&mut lab, &task);
    says(
        &answer,
        "app may not do s3:ListBucket",
        "if a policy of app allowed",
        "your call iam:CreateRole",
    );
    assert!(answer.looks[1].0, "the task role was found: {answer:?}");
    let key = json!({ "environment": [{ "name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE" }] });
    let (mut lab, task) = inside(roled.clone(), key);
    says(
        &asks(&mut lab, &task),
        "AWS does not know",
        "no access key",
        "your call ecs:RegisterTaskDefinition",
    );
    let (mut lab, task) = inside(roled, json!({}));
    let route =
        json!({ "RouteTableId": start::PUBLIC_ROUTES, "DestinationCidrBlock": "0.0.0.0/0" });
    lab.ok("ec2", "DeleteRoute", route);
    says(&asks(&mut lab, &task), "never reached AWS", "a NAT gateway", "");
}

/// facts: iam §2, "Is IMDS reachable?": the hop limit keeps a container in bridge mode away from the host's credentials.
#[test]
fn a_container_that_the_metadata_service_does_not_answer() {
    let mut lab = crate::iam_hosts::with_host(
        json!({ "HttpTokens": "required", "HttpPutResponseHopLimit": 1 }),
    );
    let asked = crate::iam_hosts::ask(&mut lab, "bridge", None);
    let answer = denied_inside(lab.cloud.account(), &asked).expect("a failed call");
    says(
        &answer,
        "has no credentials",
        "named a task role",
        "your call ecs:RegisterTaskDefinition",
    );
    let (found, last) = answer.looks.last().expect("where it was looked");
    assert!(!found && last.contains("it ends at Docker's bridge"), "{last}");
}
