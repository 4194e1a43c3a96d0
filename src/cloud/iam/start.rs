//! The roles that an account begins with.

use super::check::Use;
use super::policy::Document;
use super::profile::InstanceProfile;
use super::role::Role;
use crate::cloud::account::Account;
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

/// The roles of the start `default-vpc`.
pub fn default_roles(account: &mut Account) {
    let policy = "service-role/AmazonECSTaskExecutionRolePolicy";
    add(account, "/", EXECUTION_ROLE, "ecs-tasks.amazonaws.com", policy);
    let policy = "service-role/AmazonEC2ContainerServiceforEC2Role";
    add(account, "/", INSTANCE_ROLE, "ec2.amazonaws.com", policy);
    let profile = InstanceProfile::new(INSTANCE_ROLE, Some(INSTANCE_ROLE), SimTime::START);
    account.instance_profiles.insert(profile);
    for (service, name, policy) in LINKED {
        let path = format!("/aws-service-role/{service}/");
        add(account, &path, name, service, &format!("aws-service-role/{policy}"));
    }
}

fn add(account: &mut Account, path: &str, name: &str, service: &str, policy: &str) {
    let trust = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":\
         {{\"Service\":\"{service}\"}},\"Action\":\"sts:AssumeRole\"}}]}}"
    );
    let Ok(trust) = Document::parse(&trust, Use::Trust) else { return };
    let mut role = Role::new(path, name, trust, SimTime::START);
    role.attached.push(format!("arn:aws:iam::aws:policy/{policy}").into());
    account.roles.insert(role);
}
