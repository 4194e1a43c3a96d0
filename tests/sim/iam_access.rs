//! Every call is authorized: who may, who may not, and in which words.

use drydock::cloud::compute::instance::Agent;
use drydock::cloud::iam::caller;
use drydock::cloud::iam::decision::{Kind, Part, Reason};
use drydock::cloud::iam::operations;
use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::limits;
use drydock::cloud::story::Cause;
use drydock::cloud::{api, authorize};
use serde_json::{Value, json};

use crate::iam_roles::{policy, trust};
use crate::lab::{Lab, text};

pub(crate) const APP: &str = "arn:aws:iam::111122223333:role/app";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/session";

/// A role `app` for tasks with inline policies.
pub(crate) fn with_role(policies: &[String]) -> Lab {
    let mut lab = Lab::new();
    let document = trust("ecs-tasks.amazonaws.com");
    let input = json!({ "RoleName": "app", "AssumeRolePolicyDocument": document });
    lab.ok("iam", "CreateRole", input);
    for (number, document) in policies.iter().enumerate() {
        put(&mut lab, &format!("p{number}"), document);
    }
    lab
}

pub(crate) fn put(lab: &mut Lab, name: &str, document: &str) {
    let input = json!({ "RoleName": "app", "PolicyName": name, "PolicyDocument": document });
    lab.ok("iam", "PutRolePolicy", input);
}

/// A call by somebody other than the administrator: its code and sentence if it is refused.
pub(crate) fn call(
    lab: &mut Lab,
    by: &str,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, (String, String)> {
    let input =
        Input::Call { by: Principal(by.into()), call: Call::new(service, operation, input) };
    let reply = lab.cloud.apply(&input).into_reply();
    reply.map(|value| (*value).clone()).map_err(|error| (error.code.into(), error.message))
}

/// facts: §5; DG/security-iam-troubleshoot.
#[test]
fn ecs_says_who_may_not_do_what_and_why() {
    let mut lab = with_role(&[]);
    let (code, sentence) = call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    assert_eq!(code, "AccessDeniedException");
    assert_eq!(
        sentence,
        format!(
            "User: {SESSION} is not authorized to perform: ecs:ListClusters on resource: * because \
             no identity-based policy allows the ecs:ListClusters action"
        )
    );
    put(&mut lab, "p", &policy("Allow", "ecs:List*", "*"));
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap();
    let name = json!({ "clusterName": "dock" });
    let (_, sentence) = call(&mut lab, APP, "ecs", "CreateCluster", name.clone()).unwrap_err();
    assert!(sentence.contains("on resource: arn:aws:ecs:us-east-1:111122223333:cluster/dock "));
    assert!(lab.cloud.account().clusters.is_empty());
    put(&mut lab, "q", &policy("Deny", "ecs:*", "*"));
    let (_, sentence) = call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    assert!(sentence.ends_with("with an explicit deny in an identity-based policy"));
}

/// Sentence: a report in karpenter-provider-aws #7370.
#[test]
fn ec2_has_a_code_and_sentence_of_its_own() {
    let mut lab = with_role(&[]);
    let (code, sentence) = call(&mut lab, APP, "ec2", "DescribeVpcs", json!({})).unwrap_err();
    assert_eq!(code, "UnauthorizedOperation");
    assert_eq!(
        sentence,
        format!(
            "You are not authorized to perform this operation. User: {SESSION} is not authorized to \
             perform: ec2:DescribeVpcs because no identity-based policy allows the \
             ec2:DescribeVpcs action"
        )
    );
    let input = json!({ "InstanceIds": ["i-0123"] });
    let (_, sentence) = call(&mut lab, APP, "ec2", "StopInstances", input).unwrap_err();
    assert!(sentence.contains("on resource: arn:aws:ec2:us-east-1:111122223333:instance/i-0123 "));
    assert!(sentence.contains(". Encoded authorization failure message: "));
}

/// IAM guide, "Grant a user permissions to pass a role".
#[test]
fn a_role_is_passed_only_by_those_who_may() {
    let mut lab = with_role(&[policy("Allow", "ec2:*", "*")]);
    let launch = crate::ec2_instances::host("dock");
    let (code, sentence) = call(&mut lab, APP, "ec2", "RunInstances", launch.clone()).unwrap_err();
    assert_eq!(code, "UnauthorizedOperation");
    let instance_role = "arn:aws:iam::111122223333:role/ecsInstanceRole";
    assert!(sentence.contains(&format!(
        "is not authorized to perform: iam:PassRole on resource: {instance_role} because no \
         identity-based policy allows the iam:PassRole action"
    )));
    let pass = |service: &str| {
        json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow", "Action": "iam:PassRole", "Resource": instance_role,
                "Condition": { "StringEquals": { "iam:PassedToService": service } },
            },
        })
        .to_string()
    };
    put(&mut lab, "pass", &pass("ecs-tasks.amazonaws.com"));
    call(&mut lab, APP, "ec2", "RunInstances", launch.clone()).unwrap_err();
    put(&mut lab, "pass", &pass("ec2.amazonaws.com"));
    call(&mut lab, APP, "ec2", "RunInstances", launch).unwrap();
}

/// The view of a refusal: each statement, each part, and why.
#[test]
fn the_decision_of_a_call_is_kept_under_its_number() {
    let mut lab = with_role(&[policy("Allow", "ecs:Describe*", "*")]);
    call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    let account = lab.cloud.account();
    let decisions: Vec<_> = account.decisions.of(Cause::Call(account.trail.count())).collect();
    let [decision] = decisions.as_slice() else { panic!("{decisions:?}") };
    assert_eq!(decision.reason, Reason::ImplicitDeny(Kind::Identity));
    assert_eq!((&*decision.action, &*decision.resource), ("ecs:ListClusters", "*"));
    let step = &decision.steps[0];
    assert_eq!((&*step.policy, step.number, step.applies), ("p0", 1, false));
    let parts: Vec<(Part, bool)> =
        step.tests.iter().map(|test| (test.part, test.matched)).collect();
    assert_eq!(parts, [(Part::Action, false), (Part::Resource, true)]);
    assert_eq!(step.tests[0].why, "ecs:ListClusters is not in Action: ecs:Describe*");
    assert_eq!(account.trail.get(account.trail.count()).unwrap().by.0.as_ref(), APP);
}

#[test]
fn decisions_are_bounded() {
    let mut lab = with_role(&[]);
    for _ in 0..limits::DECISIONS + 10 {
        call(&mut lab, APP, "ecs", "ListClusters", json!({})).unwrap_err();
    }
    assert_eq!(lab.cloud.account().decisions.iter().count(), limits::DECISIONS);
}

/// The administrator and AWS's services pass without a decision.
#[test]
fn the_administrator_and_services_pass() {
    let mut lab = with_role(&[]);
    assert_eq!(caller::ADMINISTRATOR, &*Principal::administrator().0);
    for by in [caller::ADMINISTRATOR, caller::ROOT, "ecs.amazonaws.com"] {
        call(&mut lab, by, "ecs", "ListClusters", json!({})).unwrap();
    }
    assert_eq!(lab.cloud.account().decisions.iter().count(), 0);
    let bob = "arn:aws:iam::111122223333:user/bob";
    call(&mut lab, bob, "ecs", "ListClusters", json!({})).unwrap_err();
}

/// facts: §4, conditions; the key `ecs:cluster` (Service Authorization Reference, Amazon ECS).
#[test]
fn conditions_read_the_request() {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": "ecs:*", "Resource": "*",
            "Condition": { "ArnEquals": { "ecs:cluster": "arn:aws:ecs:*:*:cluster/dock" } },
        },
    });
    let mut lab = with_role(&[document.to_string()]);
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "quay" }));
    call(&mut lab, APP, "ecs", "DeleteCluster", json!({ "cluster": "quay" })).unwrap_err();
    call(&mut lab, APP, "ecs", "DeleteCluster", json!({ "cluster": "dock" })).unwrap();
}

/// facts: §2, §3: who may assume which role.
#[test]
fn a_trust_policy_says_which_service_may_assume_the_role() {
    let lab = with_role(&[]);
    let (account, now) = (lab.cloud.account(), lab.cloud.now());
    let tasks = authorize::may_assume(account, now, "ecs-tasks.amazonaws.com", APP);
    assert!(tasks.allowed());
    let host = authorize::may_assume(account, now, "ec2.amazonaws.com", APP);
    assert_eq!(host.reason, Reason::ImplicitDeny(Kind::Trust));
    assert_eq!(
        host.steps[0].tests[0].why,
        "ec2.amazonaws.com is not in Principal: ecs-tasks.amazonaws.com"
    );
    let nobody = format!("{APP}-x");
    assert!(!authorize::may_assume(account, now, "ecs-tasks.amazonaws.com", &nobody).allowed());
}

/// DG/task_execution_IAM_role: pulls and logs, and no secrets.
#[test]
fn the_execution_role_may_pull_and_log_and_no_more() {
    let lab = Lab::new();
    let (account, now) = (lab.cloud.account(), lab.cloud.now());
    let may = |action: &str| {
        authorize::would(account, now, "ecsTaskExecutionRole", action, "*").allowed()
    };
    assert!(
        may("ecr:BatchGetImage") && may("ecr:GetAuthorizationToken") && may("logs:PutLogEvents")
    );
    assert!(!may("logs:CreateLogGroup") && !may("secretsmanager:GetSecretValue"));
    assert!(!authorize::would(account, now, "nobody", "ecr:BatchGetImage", "*").allowed());
}

/// API-sts.
#[test]
fn a_session_is_its_role_with_a_name() {
    let mut lab = with_role(&[policy("Deny", "*", "*")]);
    let me = lab.ok("sts", "GetCallerIdentity", json!({}));
    assert_eq!(text(&me, "/Arn"), caller::ADMINISTRATOR);
    let ask = json!({ "RoleArn": APP, "RoleSessionName": "ada" });
    let (code, sentence) = lab.refused("sts", "AssumeRole", ask.clone());
    assert_eq!(code, "AccessDenied");
    assert_eq!(
        sentence,
        format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {APP} because no \
             role trust policy allows the sts:AssumeRole action",
            caller::ADMINISTRATOR
        )
    );
    let statement = json!({
        "Effect": "Allow", "Principal": { "AWS": limits::ACCOUNT }, "Action": "sts:AssumeRole",
    });
    let document = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    let change = json!({ "RoleName": "app", "PolicyDocument": document });
    lab.ok("iam", "UpdateAssumeRolePolicy", change);
    let given = lab.ok("sts", "AssumeRole", ask);
    let session = "arn:aws:sts::111122223333:assumed-role/app/ada";
    assert_eq!(text(&given, "/AssumedRoleUser/Arn"), session);
    let expires = given["Credentials"]["Expiration"].as_f64().unwrap();
    assert!((expires - 1_767_607_200.0).abs() < 0.5);
    let me = call(&mut lab, session, "sts", "GetCallerIdentity", json!({})).unwrap();
    assert_eq!(text(&me, "/Arn"), session);
    assert!(text(&me, "/UserId").ends_with(":ada"));
    let (_, sentence) = lab.refused(
        "sts",
        "AssumeRole",
        json!({ "RoleArn": APP, "RoleSessionName": "ada", "DurationSeconds": 7_200 }),
    );
    assert_eq!(
        sentence,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
}

/// API-iam, `SimulatePrincipalPolicy`: the decision for each action and resource, with the statements that matched.
#[test]
fn the_simulator_names_the_statements_that_matched() {
    let both = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
            { "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::vault/*" },
        ],
    });
    let mut lab = with_role(&[both.to_string()]);
    let found = lab.ok(
        "iam",
        "SimulatePrincipalPolicy",
        json!({
            "PolicySourceArn": APP,
            "ActionNames": ["s3:PutObject", "dynamodb:GetItem"],
            "ResourceArns": ["arn:aws:s3:::vault/a", "arn:aws:s3:::pier/a"],
        }),
    );
    let results = found["EvaluationResults"].as_array().unwrap();
    let words: Vec<&str> =
        results.iter().map(|result| result["EvalDecision"].as_str().unwrap()).collect();
    assert_eq!(words, ["explicitDeny", "allowed", "implicitDeny", "implicitDeny"]);
    let matched = &results[0]["MatchedStatements"];
    assert_eq!(matched.as_array().unwrap().len(), 2);
    assert_eq!(matched[0]["SourcePolicyType"], "role");
    assert_eq!(matched[0]["StartPosition"], json!({ "Line": 1, "Column": 38 }));
    assert_eq!(results[2]["MatchedStatements"], json!([]));
    let (code, _) = lab.refused(
        "iam",
        "SimulatePrincipalPolicy",
        json!({ "PolicySourceArn": format!("{APP}-x"), "ActionNames": ["s3:GetObject"] }),
    );
    assert_eq!(code, "NoSuchEntity");
}

#[test]
fn a_policy_can_be_simulated_before_it_is_written() {
    let mut lab = Lab::new();
    let conditional = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*",
            "Condition": { "StringEquals": { "aws:RequestedRegion": "us-east-1" } },
        },
    });
    let mut simulate = |entries: Value| {
        let input = json!({
            "PolicyInputList": [conditional.to_string()],
            "ActionNames": ["ecs:RunTask"],
            "ContextEntries": entries,
        });
        lab.ok("iam", "SimulateCustomPolicy", input)["EvaluationResults"][0].clone()
    };
    let without = simulate(json!([]));
    assert_eq!(without["EvalDecision"], "implicitDeny");
    assert_eq!(without["MissingContextValues"], json!(["aws:RequestedRegion"]));
    let with = simulate(json!([{
        "ContextKeyName": "aws:RequestedRegion",
        "ContextKeyValues": ["us-east-1"],
        "ContextKeyType": "string",
    }]));
    assert_eq!(with["EvalDecision"], "allowed");
    assert_eq!(with["MatchedStatements"][0]["SourcePolicyId"], "PolicyInputList.1");
}

/// The table of operations names operations and members that exist, and misses no service.
#[test]
fn the_table_of_operations_agrees_with_the_api_model() {
    for model in api::services() {
        let service = operations::service(model.name).unwrap_or_else(|| panic!("{}", model.name));
        for (name, templates) in service.operations {
            let Some(operation) = model.operation(name) else { continue };
            let members = model.inputs(operation);
            for template in *templates {
                for part in template.split('{').skip(1) {
                    let part = part.split(['}', '=', '[']).next().unwrap();
                    let known = members.iter().any(|member| member.name == part);
                    assert!(known, "{}:{name} has no member {part}", model.name);
                }
            }
        }
    }
    for (service, operation, path, _) in operations::PASSED {
        let model = api::service(service).unwrap();
        let Some(operation) = model.operation(operation) else { continue };
        let mut members = model.inputs(operation);
        for name in path.split('.') {
            let member = members.iter().find(|member| member.name == name);
            let member = member.unwrap_or_else(|| panic!("{service} {path}"));
            members = model.structure(member.shape).map_or(&[], |inner| &inner.members);
        }
    }
}

/// facts: §1: the agent registers with the instance role's permissions.
#[test]
fn an_agent_joins_only_with_a_role_that_may() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let document = trust("ec2.amazonaws.com");
    lab.ok("iam", "CreateRole", json!({ "RoleName": "app", "AssumeRolePolicyDocument": document }));
    lab.ok("iam", "CreateInstanceProfile", json!({ "InstanceProfileName": "app" }));
    let add = json!({ "InstanceProfileName": "app", "RoleName": "app" });
    lab.ok("iam", "AddRoleToInstanceProfile", add);
    let mut launch = crate::ec2_instances::host("dock");
    launch["IamInstanceProfile"]["Name"] = json!("app");
    let launched = lab.ok("ec2", "RunInstances", launch);
    let id = text(&launched, "/Instances/0/InstanceId");
    lab.wait(120);
    let said = lab.story(&id).pop().unwrap();
    assert_eq!(
        said,
        format!(
            "the ECS agent cannot register: AccessDeniedException: User: \
             arn:aws:sts::111122223333:assumed-role/app/{id} is not authorized to perform: \
             ecs:RegisterContainerInstance on resource: \
             arn:aws:ecs:us-east-1:111122223333:cluster/dock because no identity-based policy \
             allows the ecs:RegisterContainerInstance action"
        )
    );
    put(&mut lab, "agent", &policy("Allow", "ecs:*", "*"));
    lab.wait(120);
    let instance = lab.cloud.account().instances.find(&id).unwrap();
    assert_eq!(instance.agent, Agent::Connected("dock".into()));
}
