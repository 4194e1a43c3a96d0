//! The policies of a role: managed ones attached to it, and its own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::check::Use;
use super::policy::Document;
use super::{managed, names, role};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn attach(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = managed::checked_arn(params, "PolicyArn")?;
    let id = role::changeable(cx.account, params)?;
    let policy = managed::find(cx.account, arn).ok_or_else(|| {
        names::no_such(format!("Policy {arn} does not exist or is not attachable."))
    })?;
    if policy.path.starts_with("/aws-service-role/") {
        return Err(ApiError::new(
            "PolicyNotAttachable",
            "Cannot attach a Service Role Policy to a Customer Role.",
        ));
    }
    let (arn, policy) = (Arc::clone(&policy.arn), Arc::clone(&policy.name));
    let Some(role) = cx.account.roles.edit(id) else { return Ok(json!({})) };
    if role.attached.contains(&arn) {
        return Ok(json!({}));
    }
    if role.attached.len() >= limits::POLICIES_PER_ROLE {
        let quota = limits::POLICIES_PER_ROLE;
        return Err(names::limit(format!("Cannot exceed quota for PoliciesPerRole: {quota}")));
    }
    role.attached.push(arn);
    let name = Arc::clone(&role.name);
    cx.tell(Tone::Change, "role", &name, format!("policy {policy} attached"));
    Ok(json!({}))
}

pub(super) fn detach(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = managed::checked_arn(params, "PolicyArn")?;
    let id = role::changeable(cx.account, params)?;
    let was_not = || names::no_such(format!("Policy {arn} was not found."));
    let role = cx.account.roles.get(id).ok_or_else(was_not)?;
    let at = role.attached.iter().position(|own| **own == *arn).ok_or_else(was_not)?;
    let Some(role) = cx.account.roles.edit(id) else { return Ok(json!({})) };
    role.attached.remove(at);
    let name = Arc::clone(&role.name);
    cx.tell(Tone::Change, "role", &name, format!("policy {} detached", names::last(arn)));
    Ok(json!({}))
}

pub(super) fn list_attached(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let role = role::named(cx.account, params)?;
    let prefix = params.str("PathPrefix").unwrap_or("/");
    let policies = role.attached.iter().filter_map(|arn| managed::find(cx.account, arn));
    let shown = policies
        .filter(|policy| policy.path.starts_with(prefix))
        .map(|policy| json!({ "PolicyName": policy.name, "PolicyArn": policy.arn }));
    names::page(params, "AttachedPolicies", shown.collect())
}

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let policy: Arc<str> = Arc::from(names::name(params, "PolicyName", 128)?);
    let id = role::changeable(cx.account, params)?;
    let text = params.required("PolicyDocument");
    let document = Document::parse(text, Use::Inline).map_err(names::malformed)?;
    let role = role::named(cx.account, params)?;
    let others = role.inline.iter().filter(|(name, _)| *name != policy);
    let size: usize = others.map(|(_, document)| size(&document.text)).sum();
    if size + self::size(text) > limits::INLINE_POLICIES_SIZE {
        return Err(names::limit(format!(
            "Maximum policy size of {} bytes exceeded for role {}",
            limits::INLINE_POLICIES_SIZE,
            role.name
        )));
    }
    let Some(role) = cx.account.roles.edit(id) else { return Ok(json!({})) };
    match role.inline.iter_mut().find(|(name, _)| *name == policy) {
        Some((_, old)) => *old = document,
        None => role.inline.push((Arc::clone(&policy), document)),
    }
    let name = Arc::clone(&role.name);
    cx.tell(Tone::Change, "role", &name, format!("inline policy {policy} written"));
    Ok(json!({}))
}

/// White space does not count.
fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let role = role::named(cx.account, params)?;
    let policy = params.required("PolicyName");
    let (name, document) =
        role.inline.iter().find(|(name, _)| **name == *policy).ok_or_else(|| missing(policy))?;
    Ok(json!({
        "RoleName": role.name,
        "PolicyName": name,
        "PolicyDocument": document.value(),
    }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let role = role::named(cx.account, params)?;
    let names: Vec<Value> = role.inline.iter().map(|(name, _)| json!(name)).collect();
    names::page(params, "PolicyNames", names)
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = role::changeable(cx.account, params)?;
    let policy = params.required("PolicyName");
    let role = role::named(cx.account, params)?;
    let at = role
        .inline
        .iter()
        .position(|(name, _)| **name == *policy)
        .ok_or_else(|| missing(policy))?;
    let Some(role) = cx.account.roles.edit(id) else { return Ok(json!({})) };
    role.inline.remove(at);
    let name = Arc::clone(&role.name);
    cx.tell(Tone::Change, "role", &name, format!("inline policy {policy} deleted"));
    Ok(json!({}))
}

fn missing(policy: &str) -> ApiError {
    names::no_such(format!("The role policy with name {policy} cannot be found."))
}
