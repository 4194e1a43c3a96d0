//! May the caller do this? The second step of every call, after its names were checked and before
//! anything happens.

use std::sync::Arc;

use super::account::Account;
use super::action::Ctx;
use super::ecr;
use super::error::ApiError;
use super::iam::decision::{Decision, Kind};
use super::iam::evaluate::{Applied, Request, Subject, decide};
use super::iam::needs::{self, Need};
use super::iam::{caller, refusal, request, role};
use super::input::{Call, Principal};
use super::time::SimTime;

/// Lets a call pass or refuses it in its service's own words. What was decided about callers who
/// are not the administrator is kept in [`Account::decisions`].
pub fn call(cx: &mut Ctx<'_>, call: &Call) -> Result<(), ApiError> {
    let assumes = (&*call.service, &*call.operation) == ("sts", "AssumeRole");
    if caller::is_service(&cx.by.0) || (caller::is_administrator(&cx.by.0) && !assumes) {
        return Ok(());
    }
    consider_all(cx, call)
}

#[inline(never)]
fn consider_all(cx: &mut Ctx<'_>, call: &Call) -> Result<(), ApiError> {
    let subject = caller::subject(cx.account, cx.by);
    for need in needs::of_call(cx.account, call) {
        let decision = consider(cx.account, cx.now, &subject, Some(call), &need);
        let refused = (!decision.allowed()).then(|| refusal::error(&call.service, &decision));
        cx.account.decisions.push(cx.cause, decision);
        if let Some(error) = refused {
            return Err(error);
        }
    }
    Ok(())
}

/// Whether a role may do something to a resource: what agents, image pulls and log drivers ask. A
/// denial is kept in [`Account::decisions`] under the call or event that led here. `role` is a name
/// or an ARN.
pub fn may(cx: &mut Ctx<'_>, role: &str, action: &str, resource: &str) -> Decision {
    let decision = would(cx.account, cx.now, role, action, resource);
    if !decision.allowed() {
        cx.account.decisions.push(cx.cause, decision.clone());
    }
    decision
}

/// Whether the caller may do something more: for what a handler finds out on its way.
pub fn caller_may(cx: &mut Ctx<'_>, action: &str, resource: &str) -> Decision {
    if caller::is_service(&cx.by.0) {
        return Decision::administrator(&cx.by.0, action, resource);
    }
    let subject = caller::subject(cx.account, cx.by);
    let need = Need { action: action.to_owned(), resource: resource.to_owned(), passed_to: None };
    let decision = consider(cx.account, cx.now, &subject, None, &need);
    if !decision.allowed() {
        cx.account.decisions.push(cx.cause, decision.clone());
    }
    decision
}

/// As [`may`], for reading: nothing is kept.
pub fn would(
    account: &Account,
    now: SimTime,
    role: &str,
    action: &str,
    resource: &str,
) -> Decision {
    let arn = match role::find(account, role) {
        Some(role) => role.arn.to_string(),
        None => role.to_owned(),
    };
    let subject = caller::subject(account, &Principal(arn.into()));
    let need = Need { action: action.to_owned(), resource: resource.to_owned(), passed_to: None };
    consider(account, now, &subject, None, &need)
}

/// Whether an AWS service may assume a role: what the role's trust policy says (facts: §3).
pub fn may_assume(account: &Account, now: SimTime, service: &str, role: &str) -> Decision {
    let need =
        Need { action: "sts:AssumeRole".to_owned(), resource: role.to_owned(), passed_to: None };
    consider(account, now, &Subject::service(service), None, &need)
}

fn consider(
    account: &Account,
    now: SimTime,
    subject: &Subject,
    call: Option<&Call>,
    need: &Need,
) -> Decision {
    let mut policies = caller::policies(account, subject);
    if need.action == "sts:AssumeRole" {
        policies.push(trust(account, &need.resource));
    }
    policies.extend(resource_policy(account, &need.resource));
    let context = request::context(account, now, subject, call, need);
    let request =
        Request { subject, action: &need.action, resource: &need.resource, context: &context };
    decide(&request, &policies)
}

/// The policy of what is called: repositories have one.
fn resource_policy(account: &Account, arn: &str) -> Option<Applied> {
    let repository = account.repositories.find(ecr::names::of_arn(arn)?)?;
    let policy = Arc::clone(&repository.policy.as_ref()?.policy);
    Some(Applied { kind: Kind::Resource, name: arn.into(), policy })
}

/// A role that does not exist trusts nobody.
fn trust(account: &Account, arn: &str) -> Applied {
    role::find(account, arn).map_or_else(
        || Applied { kind: Kind::Trust, name: arn.into(), policy: Arc::default() },
        |role| caller::trust_of(role),
    )
}
