//! Who calls, and which policies are theirs.

use std::sync::Arc;

use super::decision::Kind;
use super::evaluate::{Applied, Subject};
use super::role::{self, Role};
use super::{managed, names};
use crate::cloud::account::Account;
use crate::cloud::input::Principal;
use crate::cloud::limits;

/// The ARN of the account's administrator.
pub const ADMINISTRATOR: &str = "arn:aws:iam::111122223333:user/ada";
/// The ARN of the account's root.
pub const ROOT: &str = "arn:aws:iam::111122223333:root";
/// The name of a session that was not given one: somebody calls with a role's own ARN.
const SESSION: &str = "session";

/// The administrator or the root of the account: they may do everything, and no policy of the model
/// limits them.
pub fn is_administrator(arn: &str) -> bool {
    arn == ADMINISTRATOR || arn == ROOT
}

/// An AWS service: it is named by its address, not by an ARN.
pub fn is_service(arn: &str) -> bool {
    !arn.starts_with("arn:")
}

/// The ARN under which a role's session calls (IAM guide, "IAM identifiers").
pub fn session_arn(role: &str, session: &str) -> String {
    format!("arn:aws:sts::{}:assumed-role/{role}/{session}", limits::ACCOUNT)
}

/// The caller as policies see it. A role's ARN stands for a session of that role.
pub fn subject(account: &Account, by: &Principal) -> Subject {
    let arn = Arc::clone(&by.0);
    let elsewhere = arn.split(':').nth(4).filter(|account| *account != limits::ACCOUNT);
    if arn.contains(":role/") {
        let session = session_arn(names::last(&arn), SESSION);
        let session = elsewhere.map_or(session.clone(), |it| session.replace(limits::ACCOUNT, it));
        return Subject { arn: Arc::from(session), role: Some(arn) };
    }
    let name = role_of_session(&arn).filter(|_| elsewhere.is_none());
    let role = name.map(|name| match account.roles.find(name) {
        Some(role) => Arc::clone(&role.arn),
        None => Arc::from(names::arn("role", "/", name)),
    });
    Subject { arn, role }
}

/// The role's name in the ARN of a session.
fn role_of_session(arn: &str) -> Option<&str> {
    let (_, session) = arn.split_once(":assumed-role/")?;
    session.split('/').next()
}

/// The role behind a caller, if it exists.
pub fn role<'a>(account: &'a Account, subject: &Subject) -> Option<&'a Arc<Role>> {
    role::find(account, subject.role.as_deref()?)
}

/// The policies of a caller: managed, then inline, then the boundary.
pub fn policies(account: &Account, subject: &Subject) -> Vec<Applied> {
    if is_administrator(&subject.arn) {
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        return managed_policy(account, Kind::Identity, arn).into_iter().collect();
    }
    role(account, subject).map_or_else(Vec::new, |role| of_role(account, role))
}

/// The policies of a role.
pub fn of_role(account: &Account, role: &Role) -> Vec<Applied> {
    let attached = role.attached.iter();
    let mut all: Vec<Applied> =
        attached.filter_map(|arn| managed_policy(account, Kind::Identity, arn)).collect();
    all.extend(role.inline.iter().map(|(name, document)| Applied {
        kind: Kind::Identity,
        name: Arc::clone(name),
        policy: Arc::clone(&document.policy),
    }));
    let boundary = role.boundary.as_ref();
    all.extend(boundary.and_then(|arn| managed_policy(account, Kind::Boundary, arn)));
    all
}

/// Who may assume a role.
pub fn trust_of(role: &Role) -> Applied {
    Applied {
        kind: Kind::Trust,
        name: Arc::clone(&role.arn),
        policy: Arc::clone(&role.trust.policy),
    }
}

fn managed_policy(account: &Account, kind: Kind, arn: &str) -> Option<Applied> {
    let policy = managed::find(account, arn)?;
    Some(Applied {
        kind,
        name: Arc::clone(&policy.arn),
        policy: Arc::clone(&policy.document.policy),
    })
}
