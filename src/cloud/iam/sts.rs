//! AWS Security Token Service: who am I, and becoming a role.

use serde_json::{Value, json};

use super::{caller, names, role};
use crate::cloud::action::{Action, Ctx, read};
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::time::SECOND;

/// The actions of STS in this model.
pub const ACTIONS: &[Action] =
    &[read("GetCallerIdentity", get_caller_identity), read("AssumeRole", assume_role)];

#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
fn get_caller_identity(cx: &mut Ctx<'_>, _params: Params<'_>) -> Result<Value, ApiError> {
    let subject = caller::subject(cx.account, cx.by);
    let user = match caller::role(cx.account, &subject) {
        Some(role) => format!("{}:{}", role.id, names::last(&subject.arn)),
        None if *subject.arn == *caller::ROOT => limits::ACCOUNT.to_owned(),
        None => names::unique_id("AIDA", &subject.arn),
    };
    let account = subject.account().unwrap_or(limits::ACCOUNT);
    Ok(json!({ "UserId": user, "Account": account, "Arn": subject.arn }))
}

/// The trust policy was asked when the call was authorized.
fn assume_role(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("RoleArn");
    let role = role::find(cx.account, arn)
        .ok_or_else(|| names::validation(format!("{arn} is invalid")))?;
    let session = params.required("RoleSessionName");
    let fine = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if !session.chars().all(fine) || session.len() > 64 {
        return Err(names::validation(format!(
            "1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )));
    }
    let seconds = params.int("DurationSeconds").unwrap_or(i64::from(limits::SESSION_DEFAULT_S));
    let seconds = u64::try_from(seconds).unwrap_or(0);
    if seconds > u64::from(role.max_session) {
        return Err(names::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
                .to_owned(),
        ));
    }
    if cx.by.0.contains(":assumed-role/") && seconds > u64::from(limits::SESSION_DEFAULT_S) {
        return Err(names::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining"
                .to_owned(),
        ));
    }
    let user = caller::session_arn(&role.name, session);
    let seed = format!("{user} {}", cx.now.0);
    let secret: Vec<String> =
        ["a", "b", "c"].iter().map(|n| names::unique_id("", &format!("{n}{seed}"))).collect();
    let secret = secret.concat();
    Ok(json!({
        "Credentials": {
            "AccessKeyId": names::unique_id("ASIA", &seed).get(..20),
            "SecretAccessKey": secret.get(..40),
            "SessionToken": format!("IQoJb3JpZ2luX2Vj{secret}"),
            "Expiration": (cx.now + seconds * SECOND).seconds(),
        },
        "AssumedRoleUser": {
            "AssumedRoleId": format!("{}:{session}", role.id),
            "Arn": user,
        },
    }))
}
