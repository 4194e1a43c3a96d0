//! What keeps a task from starting: AWS's sentence, and what is asked before there is one.

use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::authorize;
use crate::cloud::iam::decision::Decision;
use crate::cloud::limits;
use crate::cloud::net::endpoint::AwsService;
use crate::cloud::net::reach::can_reach_service;
use crate::cloud::time::{Millis, SimTime};

use super::awsvpc;
use super::task::Task;

/// Why something that a task needs cannot be had.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// AWS's sentence.
    pub(super) reason: String,
    /// How long it takes until that is known.
    pub(super) after: Millis,
    /// The decision that denied, where one did.
    pub(super) denied: Option<Box<Decision>>,
}

impl Refusal {
    /// What answers at once.
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), after: limits::REFUSED_START_MS, denied: None }
    }

    /// What is tried for so long.
    pub(super) fn slow(reason: impl Into<String>, after: Millis) -> Self {
        Self { reason: reason.into(), after, denied: None }
    }

    /// A denial; `worded` makes the whole sentence of IAM's.
    pub(super) fn denied(decision: Decision, worded: impl FnOnce(String) -> String) -> Self {
        let reason = worded(decision.sentence());
        let denied = Some(Box::new(decision));
        Self { reason, after: limits::REFUSED_START_MS, denied }
    }

    /// Keeps the decision for whoever asks why, and gives the sentence.
    pub(super) fn record(self, cx: &mut Ctx<'_>) -> String {
        if let Some(decision) = self.denied {
            cx.account.decisions.push(cx.cause, *decision);
        }
        self.reason
    }
}

/// Whether a role's session may do something: the decision that denies, otherwise.
pub(super) fn ask(
    account: &Account,
    now: SimTime,
    by: &str,
    action: &str,
    resource: &str,
) -> Result<(), Decision> {
    let decision = authorize::would(account, now, by, action, resource);
    if decision.allowed() { Ok(()) } else { Err(decision) }
}

/// Whether an AWS service can be reached from where the task's images are pulled and its secrets are fetched.
pub(super) fn reaches(account: &Account, task: &Task, service: AwsService) -> bool {
    let from = awsvpc::pulls_through(account, task);
    from.is_none_or(|eni| can_reach_service(account, eni, service).ok())
}

/// A request to a service that nothing answers, in the words of the SDK for Go. The address is one for documentation.
pub(super) fn timeout(service: AwsService) -> String {
    format!(
        "RequestError: send request failed caused by: Post \"https://{}/\": dial tcp \
         203.0.113.10:443: i/o timeout",
        service.host_name()
    )
}

/// The end of an error of the SDK for Go.
pub(super) const STATUS: &str =
    "status code: 400, request id: 2f0c5c1e-7f0a-4b1e-9d57-0c1f5f6f7a10";
