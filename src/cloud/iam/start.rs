//! The roles that an account begins with.

use std::sync::Arc;

use super::policy::Document;
use super::profile::InstanceProfile;
use super::role::Role;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::story::Tone;
use crate::cloud::time::SimTime;

/// The task execution role that the console makes (DG/task_execution_IAM_role).
pub const EXECUTION_ROLE: &str = "ecsTaskExecutionRole";
/// The role, and the profile, of ECS hosts (DG/instance_IAM_role).
pub const INSTANCE_ROLE: &str = "ecsInstanceRole";

/// AWS's own roles for its services: service, name, policy.
const LINKED: &[(&str, &str, &str)] = &[
    ("ecs.amazonaws.com", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
    ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy"),
    (
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
    ),
];

/// Those that come only with the first scalable target.
const LINKED_LATER: &[(&str, &str, &str)] = &[(
    "ecs.application-autoscaling.amazonaws.com",
    "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "AWSApplicationAutoscalingECSServicePolicy",
)];

/// The roles of the start `default-vpc`.
pub fn default_roles(account: &mut Account) {
    let now = SimTime::START;
    let policy = "service-role/AmazonECSTaskExecutionRolePolicy";
    add(account, ("/", EXECUTION_ROLE), "ecs-tasks.amazonaws.com", policy, now);
    let policy = "service-role/AmazonEC2ContainerServiceforEC2Role";
    add(account, ("/", INSTANCE_ROLE), "ec2.amazonaws.com", policy, now);
    let profile = InstanceProfile::new(INSTANCE_ROLE, Some(INSTANCE_ROLE), now);
    account.instance_profiles.insert(profile);
    for (service, name, policy) in LINKED {
        add_linked(account, service, name, policy, now);
    }
}

/// Makes AWS's own role for a service, if the account has none yet: services do so when they are
/// first used (DG/using-service-linked-roles).
pub fn ensure_linked(cx: &mut Ctx<'_>, service: &str) {
    let missing = |name: &str| cx.account.roles.find(name).is_none();
    let wanted =
        LINKED.iter().chain(LINKED_LATER).find(|(own, name, _)| *own == service && missing(name));
    if let Some((service, name, policy)) = wanted {
        add_linked(cx.account, service, name, policy, cx.now);
        cx.tell(Tone::Change, "role", &Arc::from(*name), "created");
    }
}

fn add_linked(account: &mut Account, service: &str, name: &str, policy: &str, now: SimTime) {
    let path = format!("/aws-service-role/{service}/");
    add(account, (&path, name), service, &format!("aws-service-role/{policy}"), now);
}

fn add(
    account: &mut Account,
    (path, name): (&str, &str),
    service: &str,
    policy: &str,
    now: SimTime,
) {
    let trust = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":\
         {{\"Service\":\"{service}\"}},\"Action\":\"sts:AssumeRole\"}}]}}"
    );
    let mut role = Role::new(path, name, Document::prepared(&trust), now);
    role.attached.push(format!("arn:aws:iam::aws:policy/{policy}").into());
    account.roles.insert(role);
}
