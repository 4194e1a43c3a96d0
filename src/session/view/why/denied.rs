//! Why a call was denied: who signed it, each statement that was considered, the one that decided, and what would have
//! let the call pass.

use std::sync::Arc;

use super::{Answer, Link, link};
use crate::cloud::account::Account;
use crate::cloud::authorize;
use crate::cloud::iam::decision::{Decision, Kind, Reason, Step};
use crate::cloud::iam::policy::Effect;
use crate::cloud::input::Principal;
use crate::cloud::inside::Asked;
use crate::cloud::story::Cause;
use crate::cloud::time::SimTime;
use crate::cloud::trail::Record;
use crate::session::view::calls::who;
use crate::session::view::rows::{short, tail};

/// Operations that decide what a role may do.
const POLICY_CALLS: &[&str] = &[
    "PutRolePolicy",
    "DeleteRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "CreatePolicyVersion",
    "CreatePolicy",
    "UpdateAssumeRolePolicy",
    "PutRolePermissionsBoundary",
    "CreateRole",
];
/// The sentence of ECS about a role that it cannot assume (facts: iam §3).
const CANNOT_ASSUME: &str = "unable to assume the role '";

/// What it takes to hand a role to a service (facts: iam §3).
const PASS_ROLE: &str = "iam:PassRole";

/// The answer for a call of the trail that was refused because somebody may not do something.
pub fn denied(account: &Account, no: u64) -> Option<Answer> {
    let record = account.trail.get(no)?;
    let error = record.reply.as_ref().err()?;
    let mut kept = account.decisions.of(Cause::Call(no));
    let found = kept.find(|decision| !decision.allowed()).map(|decision| (**decision).clone());
    let decision = found.or_else(|| trust(account, record.at, &error.message))?;
    let caller = who(&record.by);
    let chain = [Link::call(record)]
        .into_iter()
        .chain(link::chain(account, Cause::Call(no)).into_iter().skip(1));
    Some(explain(account, &decision, &caller, error.to_string(), chain.collect()))
}

/// The answer for a call from a container that failed, on whichever way: no credentials, no way, an unknown key, or IAM.
pub fn denied_inside(account: &Account, asked: &Asked) -> Option<Answer> {
    let error = asked.reply.as_ref().err()?;
    if let Some(answer) = asked.record.and_then(|no| denied(account, no)) {
        return Some(Answer { looks: [looked(asked), answer.looks].concat(), ..answer });
    }
    // AWS let it pass and could not do it: there is no such key. Nobody's permissions explain that.
    if asked.record.is_some() {
        return None;
    }
    let call = format!("{}:{}", asked.call.service, asked.call.operation);
    let task = account.tasks.find(&asked.task);
    let (says, instead) = if !asked.credentials.any() {
        let says = format!(
            "{} has no credentials to sign {call} with: none of the places had any.",
            asked.container
        );
        (
            says,
            "It would have a role's credentials if the task definition named a task role."
                .to_owned(),
        )
    } else if let Some(why) = asked.reach.as_ref().and_then(|reach| reach.why_not()) {
        let says = format!("{call} never reached AWS. {why}");
        (
            says,
            "It would reach AWS through a NAT gateway, a public address or a VPC endpoint."
                .to_owned(),
        )
    } else {
        let says = format!("{call} was signed with an access key that AWS does not know.");
        (
            says,
            "It would be signed by the task role if no access key were set in the environment."
                .to_owned(),
        )
    };
    let revision = task.map(|task| task.definition.name.clone()).unwrap_or_default();
    Some(Answer {
        title: "Why its call failed",
        says,
        aws: error.to_string(),
        looks: looked(asked),
        instead: Some(instead),
        chain: link::call_about(account, &["RegisterTaskDefinition"], &revision)
            .into_iter()
            .collect(),
        is_calm: false,
    })
}

/// The newest call of a task's code that failed.
pub(super) fn of_task(account: &Account, id: &str) -> Option<Answer> {
    let newest = account.inside.iter().rev().find(|asked| *asked.task == *tail(id))?;
    denied_inside(account, newest)
}

/// The newest call with a role's credentials that was denied.
pub(super) fn of_role(account: &Account, role: &str) -> Option<Answer> {
    let mine = |record: &&Arc<Record>| record.reply.is_err() && who(&record.by) == role;
    let newest = account.trail.iter().rev().find(mine)?;
    denied(account, newest.no)
}

/// A decision that was made on behalf of a role, outside of any call that is in the trail.
pub(super) fn of_decision(account: &Account, decision: &Decision) -> Answer {
    let caller = who(&Principal(decision.principal.clone()));
    explain(account, decision, &caller, String::new(), Vec::new())
}

/// Where credentials were looked for.
fn looked(asked: &Asked) -> Vec<(bool, String)> {
    asked.credentials.looks.iter().map(|look| (look.found, look.says.clone())).collect()
}

/// What the trust policy says of a role that ECS could not assume.
fn trust(account: &Account, now: SimTime, message: &str) -> Option<Decision> {
    let (_, rest) = message.split_once(CANNOT_ASSUME)?;
    let (role, _) = rest.split_once('\'')?;
    let decision = authorize::may_assume(account, now, "ecs-tasks.amazonaws.com", role);
    (!decision.allowed()).then_some(decision)
}

fn explain(
    account: &Account,
    decision: &Decision,
    caller: &str,
    aws: String,
    mut chain: Vec<Link>,
) -> Answer {
    let Decision { action, resource, .. } = decision;
    let on = if **resource == *"*" { String::new() } else { format!(" on {}", short(resource)) };
    // Whose policies decide: the role that is called, or the role behind the caller.
    let decider = match decision.reason {
        Reason::ImplicitDeny(Kind::Trust) => short(resource).to_owned(),
        Reason::ExplicitDeny(_) => {
            decision.deciding().map_or(String::new(), |step| tail(&step.policy).to_owned())
        }
        _ => caller.to_owned(),
    };
    let rule = match &**action {
        PASS_ROLE => " Whoever hands a role to an AWS service needs this permission for that role.",
        _ => "",
    };
    let asker = if decider == short(resource) { tail(&decision.principal) } else { caller };
    chain.extend(link::call_about(account, POLICY_CALLS, &decider));
    Answer {
        title: "Why it was denied",
        says: format!("{asker} may not do {action}{on}. {}{rule}", decision.says()),
        aws,
        looks: decision.steps.iter().map(look).collect(),
        instead: Some(instead(decision, caller)),
        chain,
        is_calm: false,
    }
}

/// One statement with the part that decided about it.
fn look(step: &Step) -> (bool, String) {
    let effect = if step.effect == Effect::Allow { "Allow" } else { "Deny" };
    let missed = step.tests.iter().find(|test| !test.matched).or(step.tests.first());
    let why = missed.map_or("", |test| &test.why);
    let good = (step.effect == Effect::Allow) == step.applies;
    let word = if step.applies { "applies" } else { "does not apply" };
    (good, format!("{effect}, statement {} of {}, {word}: {why}", step.number, tail(&step.policy)))
}

/// What would have let the call pass.
fn instead(decision: &Decision, caller: &str) -> String {
    let Decision { action, resource, principal, .. } = decision;
    let allow = |step: &&Step| step.effect == Effect::Allow;
    let named = |step: &Step| format!("statement {} of {}", step.number, tail(&step.policy));
    match decision.reason {
        Reason::ExplicitDeny(_) => {
            match decision.steps.iter().filter(allow).find(|step| step.applies) {
                Some(step) => format!(
                    "Without that statement it would be allowed: {} allows it.",
                    named(step)
                ),
                None => {
                    "Without that statement it would still be denied, because nothing allows it."
                        .to_owned()
                }
            }
        }
        Reason::ImplicitDeny(kind @ (Kind::Identity | Kind::Resource)) => {
            let by_one = |step: &&Step| step.tests.iter().filter(|test| !test.matched).count() == 1;
            let nearest = decision.steps.iter().filter(allow).find(by_one);
            let missed = nearest
                .and_then(|step| Some((step, step.tests.iter().find(|test| !test.matched)?)));
            let whose = if kind == Kind::Resource { short(resource) } else { caller };
            match missed {
                // A statement about another service is no place for it.
                Some((step, test)) if **action != *PASS_ROLE => format!(
                    "It would be allowed if {} fitted in one more part: {}.",
                    named(step),
                    test.why
                ),
                _ => format!(
                    "It would be allowed if a policy of {whose} allowed {action} on {resource}."
                ),
            }
        }
        Reason::ImplicitDeny(Kind::Trust) => {
            format!(
                "It would be allowed if the trust policy of {} named {principal}.",
                short(resource)
            )
        }
        Reason::ImplicitDeny(Kind::Boundary) => {
            format!("It would be allowed if the permissions boundary allowed {action} as well.")
        }
        Reason::Administrator | Reason::Allowed(_) => String::new(),
    }
}
