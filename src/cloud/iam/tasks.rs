//! The roles of a task: which it has, whether ECS may assume them, and who acts for it (facts: §1).

use std::sync::Arc;

use super::operations::TASKS;
use super::role::{self, Role};
use super::{caller, profile};
use crate::cloud::account::Account;
use crate::cloud::authorize;
use crate::cloud::compute::instance::Instance;
use crate::cloud::ecs::task::{LaunchType, Task};
use crate::cloud::ecs::task_def::TaskDefinition;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::time::SimTime;

/// What is done for a task outside its containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its images are pulled from a private repository of ECR.
    Pull,
    /// Its output goes to `CloudWatch` Logs.
    Logs,
    /// Secrets are fetched for its environment.
    Secrets,
}

/// The roles that a task will have: `taskRoleArn` and `executionRoleArn` of the overrides, else of
/// the definition.
pub fn roles<'a>(
    definition: &'a TaskDefinition,
    overrides: Params<'a>,
) -> (Option<&'a str>, Option<&'a str>) {
    let of = |name: &str| {
        let own = || definition.members.get(name).and_then(serde_json::Value::as_str);
        overrides.str(name).or_else(own)
    };
    (of("taskRoleArn"), of("executionRoleArn"))
}

/// The task role of a task.
pub fn task_role(task: &Task) -> Option<&str> {
    roles(&task.definition, Params::new(&task.request.overrides)).0
}

/// The task execution role of a task.
pub fn execution_role(task: &Task) -> Option<&str> {
    roles(&task.definition, Params::new(&task.request.overrides)).1
}

/// Refuses to run a task with a role that does not trust `ecs-tasks.amazonaws.com` (facts: §3).
pub fn check_roles(
    account: &Account,
    now: SimTime,
    definition: &TaskDefinition,
    overrides: Params<'_>,
) -> Result<(), ApiError> {
    let (task, execution) = roles(definition, overrides);
    for reference in [task, execution].into_iter().flatten() {
        let role = role::find(account, reference);
        let arn = role.map_or(reference, |role| &role.arn);
        if !authorize::may_assume(account, now, TASKS, arn).allowed() {
            return Err(ApiError::client(format!(
                "ECS was unable to assume the role '{arn}' that was provided for this task. Please \
                 verify that the role being passed has the proper trust relationship and \
                 permissions and that your IAM user has permissions to pass this role."
            )));
        }
    }
    Ok(())
}

/// Who acts for a task: the ARN of a session, or why there is nobody (facts: §1, "Who needs the execution role"). On an
/// instance images are pulled with the task execution role where there is one (its task definitions ask for
/// `ecs.capability.execution-role-ecr-pull`), else with the instance role; logs are written with the instance role,
/// unless the agent's ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE says otherwise.
pub fn acts_for(account: &Account, task: &Task, purpose: Purpose) -> Result<String, &'static str> {
    let own = execution_role(task);
    let by_host = task.launch == LaunchType::Ec2
        && match purpose {
            Purpose::Secrets => false,
            Purpose::Pull => own.is_none(),
            Purpose::Logs => own.is_none() || !overrides_logs(account, task),
        };
    if by_host {
        let instance = host(account, task).ok_or("The task is not on an instance.")?;
        let role = instance_role(account, instance).ok_or("The instance has no role.")?;
        return Ok(caller::session_arn(&role.name, &instance.id));
    }
    let role = own.ok_or("The task has no task execution role.")?;
    let role = role::find(account, role).ok_or("The task execution role does not exist.")?;
    Ok(caller::session_arn(&role.name, &task.id))
}

fn overrides_logs(account: &Account, task: &Task) -> bool {
    let setting = "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE";
    let config = host(account, task).map(|instance| &instance.agent_config);
    config.and_then(|config| config.get(setting)) == Some("true")
}

/// The instance that a task runs on.
pub fn host<'a>(account: &'a Account, task: &Task) -> Option<&'a Arc<Instance>> {
    let host = account.container_instances.get(task.instance?)?;
    account.instances.find(&host.ec2_id)
}

/// The role that an instance hands out at its metadata service.
pub fn instance_role<'a>(account: &'a Account, instance: &Instance) -> Option<&'a Arc<Role>> {
    profile::role_of(account, instance.profile.as_deref()?)
}
