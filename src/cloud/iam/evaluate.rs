//! From policies and a request to a decision.
//!
//! An explicit deny in any policy is final. Otherwise a resource's own policy or the caller's
//! policies have to allow, and a permissions boundary, where there is one, has to allow as well
//! (facts: §4; IAM guide, "Policy evaluation logic"). A role's trust policy always has to allow.

use std::sync::Arc;

use super::context::Context;
use super::decision::{Decision, Kind, Part, Reason, Step, Test};
use super::pattern::{Case, Pattern};
use super::policy::{Effect, Listed, Policy, Statement, Who};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The ARN of a user or session, or the name of an AWS service.
    pub arn: Arc<str>,
    /// The role behind a session.
    pub role: Option<Arc<str>>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who.
    pub subject: &'a Subject,
    /// What: `ecs:RunTask`.
    pub action: &'a str,
    /// To what: an ARN or `*`.
    pub resource: &'a str,
    /// What else is known.
    pub context: &'a Context,
}

/// A policy that takes part.
#[derive(Clone, Debug)]
pub struct Applied {
    /// As what.
    pub kind: Kind,
    /// Its name or ARN.
    pub name: Arc<str>,
    /// What it says.
    pub policy: Arc<Policy>,
}

/// Decides. The order of `policies` is that of the steps.
pub fn decide(request: &Request<'_>, policies: &[Applied]) -> Decision {
    let mut steps = Vec::new();
    for applied in policies {
        for (number, statement) in (1..).zip(applied.policy.statements()) {
            steps.push(consider(request, applied, number, statement));
        }
    }
    Decision {
        principal: Arc::clone(&request.subject.arn),
        action: Arc::from(request.action),
        resource: Arc::from(request.resource),
        reason: reason(request.subject, policies, &steps),
        steps,
    }
}

fn reason(subject: &Subject, policies: &[Applied], steps: &[Step]) -> Reason {
    let first = |wanted: &dyn Fn(&Step) -> bool| {
        (0_u32..).zip(steps).find(|(_, step)| step.applies && wanted(step)).map(|(at, _)| at)
    };
    if let Some(step) = first(&|step| step.effect == Effect::Deny) {
        return Reason::ExplicitDeny(step);
    }
    let allows = |kind: Kind| first(&|step| step.kind == kind);
    let present = |kind: Kind| policies.iter().any(|applied| applied.kind == kind);
    if present(Kind::Trust) && allows(Kind::Trust).is_none() {
        return Reason::ImplicitDeny(Kind::Trust);
    }
    // A caller from elsewhere has policies that this account cannot see: they are taken to allow.
    let elsewhere = subject.is_elsewhere();
    let own = first(&|step| {
        matches!(step.kind, Kind::Resource | Kind::Trust) && (elsewhere || !step.by_account)
    });
    let Some(step) = own.or_else(|| allows(Kind::Identity)) else {
        // Only what is called could let somebody from elsewhere in.
        let kind = if elsewhere { Kind::Resource } else { Kind::Identity };
        return Reason::ImplicitDeny(kind);
    };
    if present(Kind::Boundary) && allows(Kind::Boundary).is_none() {
        return Reason::ImplicitDeny(Kind::Boundary);
    }
    Reason::Allowed(step)
}

fn consider(request: &Request<'_>, applied: &Applied, number: u32, it: &Statement) -> Step {
    let mut tests = Vec::with_capacity(3 + it.conditions.len());
    let mut by_account = false;
    if let Some(principals) = &it.principals {
        let (test, account) = principal_test(request.subject, principals);
        by_account = account;
        tests.push(test);
    }
    tests.push(action_test(request, &it.actions));
    tests.extend(it.resources.as_ref().map(|resources| resource_test(request, resources)));
    tests.extend(it.conditions.iter().map(|condition| Test {
        part: Part::Condition,
        matched: condition.holds(request.context),
        why: condition.why(request.context),
    }));
    Step {
        kind: applied.kind,
        policy: Arc::clone(&applied.name),
        number,
        sid: it.sid.clone(),
        effect: it.effect,
        applies: tests.iter().all(|test| test.matched),
        by_account,
        tests,
        span: it.span,
    }
}

fn action_test(request: &Request<'_>, actions: &Listed<Pattern>) -> Test {
    let action = request.action;
    let hit =
        actions.items.iter().find(|pattern| pattern.matches(action, Case::Folded, request.context));
    listed_test(Part::Action, "Action", action, actions, hit)
}

fn resource_test(request: &Request<'_>, resources: &Listed<Pattern>) -> Test {
    let resource = request.resource;
    let hit = resources.items.iter().find(|item| item.matches_arn(resource, request.context));
    listed_test(Part::Resource, "Resource", resource, resources, hit)
}

fn listed_test(
    part: Part,
    name: &str,
    subject: &str,
    listed: &Listed<Pattern>,
    hit: Option<&Pattern>,
) -> Test {
    let not = if listed.negated { "Not" } else { "" };
    let why = match hit {
        Some(pattern) if pattern.text() == subject => format!("{subject} is in {not}{name}"),
        Some(pattern) => format!("{subject} matches {} in {not}{name}", pattern.text()),
        None => {
            let items = listed.items.iter().map(Pattern::text);
            format!("{subject} is not in {not}{name}: {}", few(items))
        }
    };
    Test { part, matched: hit.is_some() != listed.negated, why }
}

/// The first few of many names.
fn few<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 4;
    let mut names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let shown = names.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

#[inline(never)]
fn not_itself(caller: &str, not: &str, hit: Option<&Who>, principals: &Listed<Who>) -> String {
    if let Some(who) = hit {
        return format!("{caller} belongs to {} in {not}Principal", who.text());
    }
    let names = principals.items.iter().map(Who::text);
    format!("{caller} is not in {not}Principal: {}", few(names))
}

/// Whether a statement is about the caller, and whether only by way of the whole account.
fn principal_test(subject: &Subject, principals: &Listed<Who>) -> (Test, bool) {
    let directly = principals.items.iter().find(|who| subject.is_named_by(who));
    let by_account = principals.items.iter().find(|who| subject.is_of_account(who));
    let hit = directly.or(by_account);
    let not = if principals.negated { "Not" } else { "" };
    let caller = &subject.arn;
    let why = match hit {
        Some(who) if directly.is_some() => format!("{caller} is {} in {not}Principal", who.text()),
        other => not_itself(caller, not, other, principals),
    };
    let test = Test { part: Part::Principal, matched: hit.is_some() != principals.negated, why };
    (test, directly.is_none() && by_account.is_some() && !principals.negated)
}

impl Subject {
    /// An AWS service.
    pub fn service(name: &str) -> Self {
        Self { arn: Arc::from(name), role: None }
    }

    fn is_named_by(&self, who: &Who) -> bool {
        match who {
            Who::Anyone => true,
            Who::Aws(name) => *name == self.arn || Some(name) == self.role.as_ref(),
            Who::Service(name) => *name == self.arn,
            Who::Other(_) => false,
        }
    }

    /// The principal is the account of the caller: its number, or its root.
    fn is_of_account(&self, who: &Who) -> bool {
        let Who::Aws(name) = who else { return false };
        let number = match name.strip_prefix("arn:aws:iam::") {
            Some(rest) => rest.strip_suffix(":root"),
            None => Some(&**name),
        };
        number.is_some() && number == self.account()
    }

    /// The number of the caller's account; services have none.
    pub fn account(&self) -> Option<&str> {
        if self.arn.starts_with("arn:") { self.arn.split(':').nth(4) } else { None }
    }

    fn is_elsewhere(&self) -> bool {
        self.account() != Some(crate::cloud::limits::ACCOUNT)
    }
}
