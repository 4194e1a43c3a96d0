//! What the conditions of policies can ask about a request.

use serde_json::Value;

use super::caller;
use super::context::Context;
use super::evaluate::Subject;
use super::needs::Need;
use crate::cloud::account::Account;
use crate::cloud::input::Call;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::time::{SECOND, SimTime};

/// The condition keys of a request (IAM guide, "Global condition context keys"; Service
/// Authorization Reference).
pub fn context(
    account: &Account,
    now: SimTime,
    subject: &Subject,
    call: Option<&Call>,
    need: &Need,
) -> Context {
    let mut context = Context::default();
    context.set("aws:CurrentTime", now.iso().replace("+00:00", "Z"));
    context.set("aws:EpochTime", (now.0 / SECOND).to_string());
    context.set("aws:RequestedRegion", limits::REGION);
    context.set("aws:SecureTransport", "true");
    context.set("aws:ResourceAccount", limits::ACCOUNT);
    about_caller(account, subject, &mut context);
    about_resource(account, &need.resource, &mut context);
    if let Some(service) = need.passed_to {
        context.set("iam:PassedToService", service);
    } else if let Some(call) = call {
        about_call(call, &mut context);
    }
    context
}

fn about_caller(account: &Account, subject: &Subject, context: &mut Context) {
    if caller::is_service(&subject.arn) {
        context.set("aws:PrincipalIsAWSService", "true");
        context.set("aws:PrincipalServiceName", &*subject.arn);
        context.set("aws:SourceAccount", limits::ACCOUNT);
        return;
    }
    context.set("aws:PrincipalIsAWSService", "false");
    if let Some(address) = source_address(account, &subject.arn) {
        context.set("aws:SourceIp", address);
    }
    context.set("aws:PrincipalAccount", subject.account().unwrap_or_default());
    context.set("aws:PrincipalArn", subject.role.as_deref().unwrap_or(&subject.arn));
    if let Some((_, user)) = subject.arn.split_once(":user/") {
        context.set("aws:username", super::names::last(user));
        context.set("aws:PrincipalType", "User");
    }
    if let Some(role) = caller::role(account, subject) {
        let session = super::names::last(&subject.arn);
        context.set("aws:PrincipalType", "AssumedRole");
        context.set("aws:userid", format!("{}:{session}", role.id));
        for (key, value) in pairs(&role.tags.describe()) {
            context.set(&format!("aws:PrincipalTag/{key}"), value);
        }
    }
}

/// The public address of the task or instance whose session calls; the learner's for everybody
/// else. What calls from behind a NAT gateway or an endpoint has none in this model.
fn source_address(account: &Account, caller: &str) -> Option<String> {
    let session = super::names::last(caller);
    let task = account.tasks.find(session).map(|task| task.eni.as_ref()?.id.as_ref());
    let instance = account.instances.find(session).map(|instance| instance.enis.first());
    match task.or(instance) {
        None => Some(limits::LEARNER_ADDRESS.to_owned()),
        Some(eni) => Some(account.enis.find(eni?)?.public_ip?.to_string()),
    }
}

#[inline(never)]
fn about_resource(account: &Account, resource: &str, context: &mut Context) {
    let name = super::names::last(resource);
    let tags = if resource.contains(":role/") {
        account.roles.find(name).map(|role| role.tags.describe())
    } else if resource.contains(":instance/") {
        account.instances.find(name).map(|instance| instance.tags.describe())
    } else {
        None
    };
    for (key, value) in pairs(&tags.unwrap_or_default()) {
        context.set(&format!("aws:ResourceTag/{key}"), value);
        context.set(&format!("ec2:ResourceTag/{key}"), value);
    }
}

/// Condition keys that repeat a member of the request: service, key, member.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("iam", "iam:PolicyARN", "PolicyArn"),
    ("iam", "iam:PermissionsBoundary", "PermissionsBoundary"),
    ("sts", "sts:RoleSessionName", "RoleSessionName"),
    ("sts", "sts:ExternalId", "ExternalId"),
    ("s3", "s3:prefix", "Prefix"),
    ("s3", "s3:delimiter", "Delimiter"),
    ("ec2", "ec2:InstanceType", "InstanceType"),
    ("secretsmanager", "secretsmanager:SecretId", "SecretId"),
    ("ecs", "ecs:task-definition", "taskDefinition"),
    ("ecs", "ecs:service", "service"),
];

#[inline(never)]
fn about_call(call: &Call, context: &mut Context) {
    let params = Params::new(&call.input);
    for (service, key, member) in MEMBERS {
        if let Some(value) = params.str(member).filter(|_| *service == &*call.service) {
            context.set(key, value);
        }
    }
    if &*call.service == "ec2" {
        context.set("ec2:Region", limits::REGION);
    }
    if &*call.service == "ecs" {
        let cluster = super::names::last(params.str("cluster").unwrap_or("default"));
        context.set("ecs:cluster", crate::cloud::ecs::cluster::arn(cluster));
    }
    request_tags(params, context);
}

/// Tags that the request gives: `tags` or `Tags`, or those of EC2's tag specifications.
fn request_tags(params: Params<'_>, context: &mut Context) {
    let specifications = params.list("TagSpecifications").iter().filter_map(|one| one.get("Tags"));
    let lists = ["tags", "Tags"].into_iter().filter_map(|name| params.value(name));
    let mut keys = Vec::new();
    for list in lists.chain(specifications) {
        for (key, value) in pairs(list) {
            context.set(&format!("aws:RequestTag/{key}"), value);
            keys.push(key.to_owned());
        }
    }
    if !keys.is_empty() {
        context.set_all("aws:TagKeys", keys);
    }
}

/// Keys and values of a list of tags, in either spelling.
fn pairs(list: &Value) -> Vec<(&str, &str)> {
    let tags = list.as_array().map_or(&[][..], Vec::as_slice).iter();
    tags.filter_map(|tag| {
        let key = tag.get("key").or(tag.get("Key"))?.as_str()?;
        let value = tag.get("value").or(tag.get("Value"))?.as_str()?;
        Some((key, value))
    })
    .collect()
}
