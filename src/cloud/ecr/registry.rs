//! The registry as a whole: tokens, replication, and what a pull leaves behind.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{cache, names};
use crate::cloud::action::Ctx;
use crate::cloud::base64;
use crate::cloud::error::ApiError;
use crate::cloud::input::Principal;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::time::{SECOND, SimTime};

/// A token is good for twelve hours and lets its bearer do what the caller may (facts/ecr §3).
#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
pub(super) fn token(cx: &mut Ctx<'_>, _: Params<'_>) -> Result<Value, ApiError> {
    let expires = cx.now + limits::TOKEN_VALID_MS;
    let password = base64::encode(
        json!({
            "payload": base64::encode(cx.by.0.as_bytes()),
            "version": "2",
            "type": "DATA_KEY",
            "expiration": expires.0 / SECOND,
        })
        .to_string(),
    );
    Ok(json!({ "authorizationData": [{
        "authorizationToken": base64::encode(format!("AWS:{password}")),
        "expiresAt": expires.seconds(),
        "proxyEndpoint": format!("https://{}", names::registry()),
    }] }))
}

/// Who a password of the registry stands for; nobody once it has expired.
pub fn caller_of_token(password: &str, now: SimTime) -> Option<Principal> {
    let decoded = |text: &str| String::from_utf8(base64::decode(text)?).ok();
    let token: Value = serde_json::from_str(&decoded(password)?).ok()?;
    let expires = token.get("expiration")?.as_u64()?;
    let caller = decoded(token.get("payload")?.as_str()?)?;
    (now.0 < expires * SECOND).then(|| Principal(Arc::from(caller)))
}

/// Kept and returned; other Regions are no part of this model.
pub(super) fn put_replication(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let configuration = params.value("replicationConfiguration").cloned().unwrap_or(json!({}));
    let rules = Params::new(&configuration).list("rules");
    let mut destinations = rules.iter().flat_map(|rule| Params::new(rule).list("destinations"));
    let here = |to: &Value| {
        let to = Params::new(to);
        to.str("region") == Some(limits::REGION) && to.str("registryId") == Some(limits::ACCOUNT)
    };
    if destinations.any(here) {
        return Err(names::unfit(
            "replicationConfiguration",
            "Replication destination cannot be the same as the source registry",
        ));
    }
    cx.account.replication = Arc::new(configuration.clone());
    Ok(json!({ "replicationConfiguration": configuration }))
}

/// An image was pulled. `tag` is one of a repository that a pull-through cache fills, where the image is not there yet.
#[inline(never)]
pub fn pull(cx: &mut Ctx<'_>, repository: &str, tag: &str, digest: &str) {
    cache::import(cx, repository, tag);
    let now = cx.now;
    let Some(id) = cx.account.repositories.id(repository) else { return };
    let Some(row) = cx.account.repositories.edit(id) else { return };
    if let Some(image) = row.images.iter_mut().find(|image| *image.digest == *digest) {
        image.pulled = Some(now);
    }
}
