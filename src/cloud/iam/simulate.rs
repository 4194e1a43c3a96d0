//! The policy simulator: what would be allowed, and which statements say so.

use serde_json::{Value, json};

use super::check::Use;
use super::context::Context;
use super::decision::{Decision, Kind, Reason, Step};
use super::evaluate::{Applied, Request, Subject, decide};
use super::policy::{Document, position};
use super::{caller, managed, names};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::input::Principal;
use crate::cloud::params::Params;
use crate::cloud::sort;

/// A policy of the simulation with its text, for the places of its statements.
struct Source {
    applied: Applied,
    kind: &'static str,
    text: String,
}

pub(super) fn principal(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("PolicySourceArn");
    let subject = caller::subject(cx.account, &Principal(arn.into()));
    let known = caller::is_administrator(arn)
        || (arn.contains(":role/") && caller::role(cx.account, &subject).is_some());
    if !known {
        return Err(names::no_such(format!("The entity with ARN {arn} cannot be found.")));
    }
    let sources = own_policies(cx.account, &subject);
    simulate(cx, params, &subject, sources)
}

pub(super) fn custom(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.str("CallerArn").unwrap_or(caller::ADMINISTRATOR);
    let subject = caller::subject(cx.account, &Principal(arn.into()));
    simulate(cx, params, &subject, Vec::new())
}

fn own_policies(account: &Account, subject: &Subject) -> Vec<Source> {
    let role = caller::role(account, subject);
    let source = |applied: Applied| {
        let managed = managed::find(account, &applied.name);
        let inline = role.and_then(|role| {
            role.inline.iter().find(|(name, _)| *name == applied.name).map(|(_, text)| text)
        });
        let document = managed.map(|policy| &policy.document).or(inline);
        let kind = match managed {
            Some(policy) if policy.is_of_aws() => "aws-managed",
            Some(_) => "user-managed",
            None => "role",
        };
        let text = document.map_or_else(String::new, |document| document.text.to_string());
        Source { applied, kind, text }
    };
    caller::policies(account, subject).into_iter().map(source).collect()
}

fn simulate(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
    subject: &Subject,
    mut sources: Vec<Source>,
) -> Result<Value, ApiError> {
    add(&mut sources, params.strings("PolicyInputList"), Kind::Identity, "PolicyInputList")?;
    let boundaries = params.strings("PermissionsBoundaryPolicyInputList");
    add(&mut sources, boundaries, Kind::Boundary, "PermissionsBoundaryPolicyInputList")?;
    add(&mut sources, params.str("ResourcePolicy").into_iter(), Kind::Resource, "ResourcePolicy")?;
    let context = context(cx, params);
    let policies: Vec<Applied> = sources.iter().map(|source| source.applied.clone()).collect();
    let mut resources: Vec<&str> = params.strings("ResourceArns").collect();
    if resources.is_empty() {
        resources.push("*");
    }
    let mut results = Vec::new();
    for action in params.strings("ActionNames") {
        if !action.contains(':') {
            return Err(ApiError::new("InvalidInput", format!("Invalid action name: {action}")));
        }
        for resource in &resources {
            let request = Request { subject, action, resource, context: &context };
            let decision = decide(&request, &policies);
            results.push(result(&decision, &sources, &missing(&policies, &context)));
        }
    }
    names::page(params, "EvaluationResults", results)
}

fn add<'a>(
    sources: &mut Vec<Source>,
    texts: impl Iterator<Item = &'a str>,
    kind: Kind,
    list: &str,
) -> Result<(), ApiError> {
    let used = if kind == Kind::Resource { Use::Resource } else { Use::Inline };
    for (number, text) in (1..).zip(texts) {
        let document = Document::parse(text, used)
            .map_err(|sentence| ApiError::new("InvalidInput", sentence))?;
        let name = format!("{list}.{number}").into();
        let applied = Applied { kind, name, policy: document.policy };
        let kind = if kind == Kind::Resource { "resource" } else { "none" };
        sources.push(Source { applied, kind, text: text.to_owned() });
    }
    Ok(())
}

/// Only the keys that the request gives, and the time.
fn context(cx: &Ctx<'_>, params: Params<'_>) -> Context {
    let mut context = Context::default();
    context.set("aws:CurrentTime", cx.now.iso().replace("+00:00", "Z"));
    for entry in params.list("ContextEntries").iter().map(Params::new) {
        let values = entry.strings("ContextKeyValues").map(str::to_owned).collect();
        context.set_all(entry.required("ContextKeyName"), values);
    }
    context
}

/// The condition keys of the policies that the simulation was not given.
fn missing(policies: &[Applied], context: &Context) -> Vec<String> {
    let statements = policies.iter().flat_map(|applied| applied.policy.statements());
    let keys = statements.flat_map(|statement| &statement.conditions);
    let mut missing: Vec<String> = keys
        .filter(|condition| context.get(&condition.key).is_none())
        .map(|condition| condition.key.to_string())
        .collect();
    sort::plain(&mut missing);
    missing.dedup();
    missing
}

fn result(decision: &Decision, sources: &[Source], missing: &[String]) -> Value {
    let word = match decision.reason {
        Reason::Administrator | Reason::Allowed(_) => "allowed",
        Reason::ExplicitDeny(_) => "explicitDeny",
        Reason::ImplicitDeny(_) => "implicitDeny",
    };
    let matched = decision.steps.iter().filter(|step| step.applies);
    let matched: Vec<Value> = matched.filter_map(|step| statement(step, sources)).collect();
    let mut shown = json!({
        "EvalActionName": decision.action,
        "EvalResourceName": decision.resource,
        "EvalDecision": word,
        "MatchedStatements": matched,
        "MissingContextValues": missing,
    });
    let bounded = sources.iter().any(|source| source.applied.kind == Kind::Boundary);
    if let Some(members) = shown.as_object_mut().filter(|_| bounded) {
        let allowed = decision.steps.iter().any(|step| step.applies && step.kind == Kind::Boundary);
        let detail = json!({ "AllowedByPermissionsBoundary": allowed });
        members.insert("PermissionsBoundaryDecisionDetail".into(), detail);
    }
    shown
}

fn statement(step: &Step, sources: &[Source]) -> Option<Value> {
    let source = sources.iter().find(|source| source.applied.name == step.policy)?;
    let place = |at: u32| {
        let (line, column) = position(&source.text, at);
        json!({ "Line": line, "Column": column })
    };
    Some(json!({
        "SourcePolicyId": names::last(&step.policy),
        "SourcePolicyType": source.kind,
        "StartPosition": place(step.span.0),
        "EndPosition": place(step.span.1),
    }))
}
