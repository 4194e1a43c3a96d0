//! From a call to what has to be allowed for it.

use serde_json::Value;

use super::operations::{self, INSTANCE, PASSED, Place, Service, TASKS};
use super::{names, profile, role, tasks};
use crate::cloud::account::Account;
use crate::cloud::compute::template;
use crate::cloud::data::secrets;
use crate::cloud::ecs::task_def;
use crate::cloud::input::Call;
use crate::cloud::limits;
use crate::cloud::params::Params;

/// One thing that has to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The action: `ecs:RunTask`.
    pub action: String,
    /// The ARN of the resource, or `*`.
    pub resource: String,
    /// For `iam:PassRole`: the service that gets the role.
    pub passed_to: Option<&'static str>,
}

/// Everything that has to be allowed for a call, in the order in which it is checked.
pub fn of_call(account: &Account, call: &Call) -> Vec<Need> {
    // Anybody may ask who they are (API-sts, GetCallerIdentity).
    if (&*call.service, &*call.operation) == ("sts", "GetCallerIdentity") {
        return Vec::new();
    }
    let service = operations::service(&call.service);
    let prefix = service.map_or(&*call.service, |service| service.prefix);
    let name = operations::action_name(&call.service, &call.operation).unwrap_or(&call.operation);
    let action = format!("{prefix}:{name}");
    let mut resources = service.map_or_else(Vec::new, |service| resources(service, account, call));
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let direct = resources.into_iter().map(|resource| Need {
        action: action.clone(),
        resource,
        passed_to: None,
    });
    direct.chain(passed_roles(account, call)).collect()
}

fn resources(service: &Service, account: &Account, call: &Call) -> Vec<String> {
    let templates = service.operations.iter().find(|(name, _)| *name == &*call.operation);
    let templates = templates.map_or(&[][..], |(_, templates)| templates).iter();
    let expanded = templates.flat_map(|template| expand(template, &call.input));
    expanded.map(|resource| resolved(account, complete(service, resource))).collect()
}

/// Fills in the members of a request; nothing where one is absent, several where one is a list.
fn expand(template: &str, input: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut rest = template;
    while let Some((before, place)) = rest.split_once('{') {
        let (inside, after) = place.split_once('}').unwrap_or((place, ""));
        let values = values(inside, input);
        let whole = after.is_empty();
        let extended = found.iter().flat_map(|start| {
            values.iter().map(move |value| match value.starts_with("arn:") {
                true if whole => value.clone(),
                true => format!("{start}{before}{}", names::last(value)),
                false => format!("{start}{before}{value}"),
            })
        });
        found = extended.collect();
        rest = after;
    }
    found.into_iter().map(|start| format!("{start}{rest}")).collect()
}

/// The values of a placeholder: `name`, `name=default`, `names[]`.
fn values(inside: &str, input: &Value) -> Vec<String> {
    let (name, default) = inside.split_once('=').map_or((inside, None), |(n, d)| (n, Some(d)));
    let value = at(input, name.trim_end_matches("[]"));
    let texts: Vec<String> = match value {
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    if texts.is_empty() { default.into_iter().map(str::to_owned).collect() } else { texts }
}

/// A member of a request, by a path with dots.
fn at<'a>(input: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(input, |value, name| value.get(name))
}

fn complete(service: &Service, resource: String) -> String {
    if resource == "*" || resource.starts_with("arn:") {
        return resource;
    }
    let (region, account) = match service.place {
        Place::Regional => (limits::REGION, limits::ACCOUNT),
        Place::Global => ("", limits::ACCOUNT),
        Place::World => ("", ""),
    };
    format!("arn:aws:{}:{region}:{account}:{resource}", service.prefix)
}

/// The ARN as the account knows it: a role's with its path, a secret's with its ending, a task
/// definition's with its revision.
fn resolved(account: &Account, arn: String) -> String {
    if let Some(secret) = arn.contains(":secret:").then(|| secrets::find(account, &arn)).flatten() {
        return secret.arn();
    }
    if let Some((_, name)) = arn.split_once(":task-definition/").filter(|_| !arn.ends_with('*')) {
        let known = task_def::find(account, name).and_then(|id| account.task_definitions.get(id));
        return known.map_or(arn, |definition| definition.arn());
    }
    match arn.split_once(":role/") {
        Some((_, name)) if !name.is_empty() => {
            let known = account.roles.find(names::last(name));
            known.map_or(arn, |role| role.arn.to_string())
        }
        _ => arn,
    }
}

/// The roles that a call hands to a service (IAM guide, "Grant a user permissions to pass a role").
fn passed_roles(account: &Account, call: &Call) -> Vec<Need> {
    let pass = |reference: &str, passed_to: &'static str| Need {
        action: "iam:PassRole".to_owned(),
        resource: role_arn(account, reference),
        passed_to: Some(passed_to),
    };
    let members = PASSED.iter().filter(|(service, operation, ..)| {
        (*service, *operation) == (&*call.service, &*call.operation)
    });
    let mut needs: Vec<Need> = members
        .filter_map(|(.., path, passed_to)| Some(pass(at(&call.input, path)?.as_str()?, passed_to)))
        .collect();
    needs.extend(roles_of_definition(account, call).iter().map(|role| pass(role, TASKS)));
    if (&*call.service, &*call.operation) == ("ec2", "RunInstances") {
        let specification = Params::new(&call.input).inner("LaunchTemplate");
        let of_template = template::data(account, specification).unwrap_or_default();
        let name = profile_name(&call.input).or_else(|| profile_name(&of_template));
        let role = name.and_then(|name| profile::role_of(account, name));
        needs.extend(role.map(|role| pass(&role.arn, INSTANCE)));
    }
    needs
}

fn profile_name(request: &Value) -> Option<&str> {
    let members = ["IamInstanceProfile.Name", "IamInstanceProfile.Arn"];
    members.iter().find_map(|path| at(request, path)?.as_str())
}

/// Who runs a task definition passes its roles, unless the call overrides them (Service
/// Authorization Reference, RunTask; a report in e1s #429 for UpdateService).
fn roles_of_definition(account: &Account, call: &Call) -> Vec<String> {
    let runs =
        matches!(&*call.operation, "RunTask" | "StartTask" | "CreateService" | "UpdateService");
    let reference = at(&call.input, "taskDefinition").and_then(Value::as_str);
    let Some(reference) = reference.filter(|_| runs && &*call.service == "ecs") else {
        return Vec::new();
    };
    let found = task_def::find(account, reference);
    let Some(definition) = found.and_then(|id| account.task_definitions.get(id)) else {
        return Vec::new();
    };
    let (task, execution) = tasks::roles(definition, Params::new(&Value::Null));
    let overridden = |name: &str| at(&call.input, &format!("overrides.{name}")).is_some();
    let task = task.filter(|_| !overridden("taskRoleArn"));
    let execution = execution.filter(|_| !overridden("executionRoleArn"));
    task.into_iter().chain(execution).map(str::to_owned).collect()
}

fn role_arn(account: &Account, reference: &str) -> String {
    match role::find(account, reference) {
        Some(role) => role.arn.to_string(),
        None if reference.starts_with("arn:") => reference.to_owned(),
        None => names::arn("role", "/", reference),
    }
}
