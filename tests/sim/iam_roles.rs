//! Roles, policies and instance profiles through the API.

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::iam::check::Use;
use drydock::cloud::iam::policy::Document;
use drydock::cloud::iam::{prepared, profile};
use drydock::cloud::rows::Kind;
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};

const READ_S3: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

/// A trust policy for a service.
pub(crate) fn trust(service: &str) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole",
    });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// A policy with one statement.
pub(crate) fn policy(effect: &str, action: &str, resource: &str) -> String {
    let statement = json!({ "Effect": effect, "Action": action, "Resource": resource });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

fn role(name: &str) -> Value {
    json!({ "RoleName": name })
}

fn create(lab: &mut Lab, name: &str) -> Value {
    let document = trust("ecs-tasks.amazonaws.com");
    let input = json!({ "RoleName": name, "AssumeRolePolicyDocument": document });
    lab.ok("iam", "CreateRole", input)
}

/// CONTRACT §2; facts: DG/task_execution_IAM_role, DG/instance_IAM_role.
#[test]
fn an_account_begins_with_the_roles_that_ecs_needs() {
    let mut lab = Lab::new();
    rows_conform(&lab);
    let names: Vec<String> = lab.all(Kind::Role).iter().map(|row| text(row, "/RoleName")).collect();
    assert_eq!(
        names,
        [
            "ecsTaskExecutionRole",
            "ecsInstanceRole",
            "AWSServiceRoleForECS",
            "AWSServiceRoleForAutoScaling",
            "AWSServiceRoleForElasticLoadBalancing",
        ]
    );
    let found = lab.ok("iam", "ListAttachedRolePolicies", role("ecsTaskExecutionRole"));
    assert_eq!(
        text(&found, "/AttachedPolicies/0/PolicyArn"),
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    );
    let host = profile::role_of(lab.cloud.account(), "ecsInstanceRole").unwrap();
    assert_eq!(&*host.arn, "arn:aws:iam::111122223333:role/ecsInstanceRole");
    let empty = Cloud::new(1, Start::Empty);
    assert!(empty.account().roles.is_empty() && empty.account().instance_profiles.is_empty());
}

#[test]
fn the_prepared_policies_are_all_read() {
    assert_eq!(prepared::prepared().count(), 32);
    for policy in prepared::prepared() {
        Document::parse(&policy.document.text, Use::Managed).unwrap();
        assert!(!policy.document.policy.statements().is_empty(), "{}", policy.name);
    }
    for role in Cloud::new(1, Start::DefaultVpc).account().roles.values() {
        Document::parse(&role.trust.text, Use::Trust).unwrap();
        assert_eq!(role.trust.policy.statements().len(), 1);
    }
    let mut lab = Lab::new();
    let page = lab.ok("iam", "ListPolicies", json!({ "Scope": "AWS", "MaxItems": 30 }));
    assert_eq!((&page["IsTruncated"], &page["Marker"]), (&json!(true), &json!("30")));
    let rest = lab.ok("iam", "ListPolicies", json!({ "Marker": "30" }));
    assert_eq!(rest["Policies"].as_array().unwrap().len(), 2);
    let used = lab.ok("iam", "ListPolicies", json!({ "OnlyAttached": true }));
    assert_eq!(used["Policies"].as_array().unwrap().len(), 5);
}

/// API-iam: CreateRole, GetRole, UpdateAssumeRolePolicy, DeleteRole.
#[test]
fn a_role_is_made_shown_changed_and_deleted() {
    let mut lab = Lab::new();
    let made = create(&mut lab, "app");
    assert_eq!(text(&made, "/Role/Arn"), "arn:aws:iam::111122223333:role/app");
    assert!(text(&made, "/Role/RoleId").starts_with("AROA"));
    let (code, sentence) = lab.refused(
        "iam",
        "CreateRole",
        json!({ "RoleName": "App", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com") }),
    );
    assert_eq!(code, "EntityAlreadyExists");
    assert_eq!(sentence, "Role with name App already exists.");
    let change = json!({ "RoleName": "app", "PolicyDocument": trust("ec2.amazonaws.com") });
    lab.ok("iam", "UpdateAssumeRolePolicy", change);
    let shown = lab.ok("iam", "GetRole", role("app"));
    let trusted = "/Role/AssumeRolePolicyDocument/Statement/0/Principal/Service";
    assert_eq!(text(&shown, trusted), "ec2.amazonaws.com");
    lab.ok("iam", "DeleteRole", role("app"));
    let (code, sentence) = lab.refused("iam", "GetRole", role("app"));
    assert_eq!(code, "NoSuchEntity");
    assert_eq!(sentence, "The role with name app cannot be found.");
    assert_eq!(lab.story("app"), ["created", "trust policy changed", "deleted"]);
}

/// Sentences: reports in public issue trackers (terraform #35086, ucx #2269).
#[test]
fn a_trust_policy_is_refused_if_its_principals_do_not_exist() {
    let mut lab = Lab::new();
    let mut attempt = |principal: Value| {
        let statement =
            json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        let document = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let input = json!({ "RoleName": "app", "AssumeRolePolicyDocument": document });
        lab.refused("iam", "CreateRole", input)
    };
    let (code, sentence) = attempt(json!({ "Service": "ecs-tasks" }));
    assert_eq!(code, "MalformedPolicyDocument");
    assert_eq!(sentence, "Invalid principal in policy: \"SERVICE\":\"ecs-tasks\"");
    let (_, sentence) = attempt(json!({ "AWS": "arn:aws:iam::111122223333:role/nobody" }));
    assert_eq!(
        sentence,
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/nobody\""
    );
    let (_, sentence) = attempt(json!({}));
    assert!(sentence.ends_with("The passed in policy has a statement with no principals!"));
}

#[test]
fn names_and_paths_are_checked() {
    let mut lab = Lab::new();
    let document = trust("ecs-tasks.amazonaws.com");
    let mut attempt = |name: &str, path: &str| {
        let input = json!({ "RoleName": name, "Path": path, "AssumeRolePolicyDocument": document });
        lab.refused("iam", "CreateRole", input)
    };
    let (code, sentence) = attempt("my role", "/");
    assert_eq!(code, "ValidationError");
    assert_eq!(
        sentence,
        "The specified value for roleName is invalid. It must contain only alphanumeric characters \
         and/or the following: +=,.@_-"
    );
    assert!(attempt(&"a".repeat(65), "/").1.ends_with("less than or equal to 64"));
    assert!(attempt("a", "pier").1.starts_with("The specified value for path is invalid."));
}

/// API-iam: DeleteRole; sentences as AWS gives them.
#[test]
fn a_role_with_something_attached_cannot_be_deleted() {
    let mut lab = Lab::new();
    create(&mut lab, "app");
    let attach = json!({ "RoleName": "app", "PolicyArn": READ_S3 });
    lab.ok("iam", "AttachRolePolicy", attach.clone());
    lab.ok("iam", "AttachRolePolicy", attach.clone());
    let found = lab.ok("iam", "ListAttachedRolePolicies", role("app"));
    assert_eq!(found["AttachedPolicies"].as_array().unwrap().len(), 1);
    let (code, sentence) = lab.refused("iam", "DeleteRole", role("app"));
    assert_eq!(code, "DeleteConflict");
    assert_eq!(sentence, "Cannot delete entity, must detach all policies first.");
    lab.ok("iam", "DetachRolePolicy", attach.clone());
    let (code, sentence) = lab.refused("iam", "DetachRolePolicy", attach);
    assert_eq!(
        (&*code, &*sentence),
        ("NoSuchEntity", &*format!("Policy {READ_S3} was not found."))
    );
    let put = json!({
        "RoleName": "app", "PolicyName": "read", "PolicyDocument": policy("Allow", "s3:Get*", "*"),
    });
    lab.ok("iam", "PutRolePolicy", put);
    let (_, sentence) = lab.refused("iam", "DeleteRole", role("app"));
    assert_eq!(sentence, "Cannot delete entity, must delete policies first.");
    let shown = lab.ok("iam", "GetRolePolicy", json!({ "RoleName": "app", "PolicyName": "read" }));
    assert_eq!(text(&shown, "/PolicyDocument/Statement/0/Action"), "s3:Get*");
    assert_eq!(lab.ok("iam", "ListRolePolicies", role("app"))["PolicyNames"], json!(["read"]));
    lab.ok("iam", "DeleteRolePolicy", json!({ "RoleName": "app", "PolicyName": "read" }));
    lab.ok("iam", "DeleteRole", role("app"));
}

/// API-iam: CreatePolicy; IAM guide, quotas.
#[test]
fn an_own_policy_is_made_once_and_can_be_attached() {
    let mut lab = Lab::new();
    create(&mut lab, "app");
    let input = json!({ "PolicyName": "read", "PolicyDocument": policy("Allow", "s3:Get*", "*") });
    let made = lab.ok("iam", "CreatePolicy", input.clone());
    let arn = text(&made, "/Policy/Arn");
    assert_eq!(arn, "arn:aws:iam::111122223333:policy/read");
    let (code, sentence) = lab.refused("iam", "CreatePolicy", input);
    assert_eq!(code, "EntityAlreadyExists");
    assert_eq!(sentence, "A policy called read already exists. Duplicate names are not allowed.");
    lab.ok("iam", "AttachRolePolicy", json!({ "RoleName": "app", "PolicyArn": arn }));
    let shown = lab.ok("iam", "GetPolicy", json!({ "PolicyArn": arn }));
    assert_eq!(shown["Policy"]["AttachmentCount"], 1);
    let missing = json!({ "RoleName": "app", "PolicyArn": format!("{arn}-x") });
    let (_, sentence) = lab.refused("iam", "AttachRolePolicy", missing);
    assert_eq!(sentence, format!("Policy {arn}-x does not exist or is not attachable."));
    let big = policy("Allow", &format!("s3:{}", "a".repeat(6_144)), "*");
    let (code, sentence) =
        lab.refused("iam", "CreatePolicy", json!({ "PolicyName": "b", "PolicyDocument": big }));
    assert_eq!((&*code, &*sentence), ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144"));
}

#[test]
fn aws_own_roles_cannot_be_changed() {
    let mut lab = Lab::new();
    let (code, sentence) = lab.refused("iam", "DeleteRole", role("AWSServiceRoleForECS"));
    assert_eq!(code, "UnmodifiableEntity");
    assert_eq!(
        sentence,
        "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is \
         only modifiable by AWS"
    );
}

/// EC2 guide, "IAM roles for Amazon EC2": one role a profile.
#[test]
fn an_instance_profile_takes_one_role() {
    let mut lab = Lab::new();
    create(&mut lab, "app");
    lab.ok("iam", "CreateInstanceProfile", json!({ "InstanceProfileName": "host" }));
    let add = json!({ "InstanceProfileName": "host", "RoleName": "app" });
    lab.ok("iam", "AddRoleToInstanceProfile", add.clone());
    let shown = lab.ok("iam", "GetInstanceProfile", json!({ "InstanceProfileName": "host" }));
    assert_eq!(text(&shown, "/InstanceProfile/Roles/0/RoleName"), "app");
    let (code, sentence) = lab.refused("iam", "AddRoleToInstanceProfile", add);
    assert_eq!(code, "LimitExceeded");
    assert_eq!(sentence, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    let (_, sentence) = lab.refused("iam", "DeleteRole", role("app"));
    assert_eq!(sentence, "Cannot delete entity, must remove roles from instance profile first.");
    let missing = json!({ "InstanceProfileName": "x" });
    let (_, sentence) = lab.refused("iam", "GetInstanceProfile", missing);
    assert_eq!(sentence, "Instance Profile x cannot be found.");
}

/// DG/using-service-linked-roles: made with the first cluster.
#[test]
fn ecs_makes_its_own_role_where_there_is_none() {
    let mut lab = Lab { cloud: Cloud::new(1, Start::Empty) };
    lab.ok("ecs", "CreateCluster", json!({}));
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let roles = lab.all(Kind::Role);
    assert_eq!(roles.len(), 1);
    assert_eq!(text(&roles[0], "/RoleName"), "AWSServiceRoleForECS");
    assert_eq!(text(&roles[0], "/Path"), "/aws-service-role/ecs.amazonaws.com/");
}
