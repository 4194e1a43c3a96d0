//! How a decision came about: every statement that was considered, and why it applied or not.

use std::sync::Arc;

use super::policy::Effect;

/// Whether somebody may do something, with every step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The ARN of who asks, or the name of an AWS service.
    pub principal: Arc<str>,
    /// What is to be done: `ecs:RunTask`.
    pub action: Arc<str>,
    /// To what: an ARN, or `*` where AWS knows no resource for the action.
    pub resource: Arc<str>,
    /// Why.
    pub reason: Reason,
    /// Every statement of every policy that was considered.
    pub steps: Vec<Step>,
}

/// Why a request is allowed or denied. The numbers are those of the deciding steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The administrator of the account may do everything; an AWS service may do what it is there
    /// for.
    Administrator,
    /// A statement allows it, and nothing denies it.
    Allowed(u32),
    /// A statement denies it: that is final.
    ExplicitDeny(u32),
    /// No policy of this kind allows it.
    ImplicitDeny(Kind),
}

/// The kinds of policies that take part in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Attached to the caller: managed or inline.
    Identity,
    /// Attached to what is called: a repository.
    Resource,
    /// Who may assume a role.
    Trust,
    /// The most that a role may ever be allowed.
    Boundary,
}

/// One statement, considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The kind of its policy.
    pub kind: Kind,
    /// The name of an inline policy, the ARN of a managed one or of the resource that has it.
    pub policy: Arc<str>,
    /// Its number in the policy, from 1.
    pub number: u32,
    /// Its own name.
    pub sid: Option<Arc<str>>,
    /// Allow or deny.
    pub effect: Effect,
    /// It matches the request in every part.
    pub applies: bool,
    /// Its principal is the whole account, which leaves the decision to the caller's own policies.
    pub by_account: bool,
    /// Its parts, in order. A part behind one that does not match is examined all the same.
    pub tests: Vec<Test>,
    /// Where it stands in the policy's text.
    pub span: (u32, u32),
}

/// One part of a statement, compared with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Which part.
    pub part: Part,
    /// It matches.
    pub matched: bool,
    /// In words, such as `s3:GetObject matches s3:Get*`.
    pub why: String,
}

/// The parts of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// One key of `Condition`.
    Condition,
}

impl Decision {
    /// A decision that needs no policy.
    pub fn administrator(principal: &str, action: &str, resource: &str) -> Self {
        Self {
            principal: Arc::from(principal),
            action: Arc::from(action),
            resource: Arc::from(resource),
            reason: Reason::Administrator,
            steps: Vec::new(),
        }
    }

    /// It may be done.
    pub fn allowed(&self) -> bool {
        matches!(self.reason, Reason::Administrator | Reason::Allowed(_))
    }

    /// The statement that decided, where one did.
    pub fn deciding(&self) -> Option<&Step> {
        match self.reason {
            Reason::Allowed(step) | Reason::ExplicitDeny(step) => {
                self.steps.get(usize::try_from(step).ok()?)
            }
            Reason::Administrator | Reason::ImplicitDeny(_) => None,
        }
    }

    /// The decision in one sentence for the learner.
    pub fn says(&self) -> String {
        let statement = self.deciding().map_or_else(String::new, |step| {
            format!("Statement {} of {} {}", step.number, step.kind.name(), step.policy)
        });
        match self.reason {
            Reason::Administrator => "No policy limits this caller.".to_owned(),
            Reason::Allowed(_) => format!("{statement} allows it, and nothing denies it."),
            Reason::ExplicitDeny(_) => {
                format!("{statement} denies it. A deny is final, whatever else allows.")
            }
            Reason::ImplicitDeny(kind) => {
                format!("No {} allows it. What is not allowed is denied.", kind.name())
            }
        }
    }

    /// The last part of AWS's sentence of denial (facts: IAM/troubleshoot_access-denied).
    pub fn because(&self) -> String {
        match self.reason {
            Reason::Administrator | Reason::Allowed(_) => String::new(),
            Reason::ExplicitDeny(_) => {
                let kind = self.deciding().map_or(Kind::Identity, |step| step.kind);
                format!("with an explicit deny in {} {}", kind.article(), kind.name())
            }
            Reason::ImplicitDeny(kind) => {
                format!("because no {} allows the {} action", kind.name(), self.action)
            }
        }
    }

    /// AWS's sentence of denial as most services word it.
    pub fn sentence(&self) -> String {
        let Self { principal, action, resource, .. } = self;
        let because = self.because();
        format!(
            "User: {principal} is not authorized to perform: {action} on resource: {resource} \
             {because}"
        )
    }
}

impl Kind {
    /// AWS's name for it in sentences of denial.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Boundary => "permissions boundary",
        }
    }

    fn article(self) -> &'static str {
        if self == Self::Identity { "an" } else { "a" }
    }
}
