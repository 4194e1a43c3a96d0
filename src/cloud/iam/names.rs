//! Names, paths, ids and lists of IAM: what they look like, and IAM's errors about them.

use serde_json::{Value, json};

use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;

/// The ARN of something of the account in IAM. `path` begins and ends with a slash.
pub fn arn(kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{}:{kind}{path}{name}", limits::ACCOUNT)
}

/// A unique id such as `AROA…`, made from `seed` so that it is the same wherever it is made.
pub fn unique_id(prefix: &str, seed: &str) -> String {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let letters = (0..17_u32).map(|n| {
        let digit = u8::try_from(state.rotate_left(n * 5) % 32).unwrap_or(0);
        char::from(if digit < 26 { b'A' + digit } else { b'2' + digit - 26 })
    });
    format!("{prefix}{}", letters.collect::<String>())
}

/// The last part of an ARN or path: `a/b/name`.
pub fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// The name in `member`, at most `limit` characters long.
pub fn name<'a>(params: Params<'a>, member: &str, limit: usize) -> Result<&'a str, ApiError> {
    let name = params.required(member);
    let member = lower_first(member);
    let fine = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if !name.chars().all(fine) || name.is_empty() {
        return Err(validation(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        )));
    }
    if name.chars().count() > limit {
        return Err(validation(format!(
            "1 validation error detected: Value '{name}' at '{member}' failed to satisfy \
             constraint: Member must have length less than or equal to {limit}"
        )));
    }
    Ok(name)
}

/// The path, `/` where none is given.
pub fn path(params: Params<'_>) -> Result<&str, ApiError> {
    let path = params.str("Path").unwrap_or("/");
    let fine = path.starts_with('/')
        && path.ends_with('/')
        && path.len() <= limits::IAM_PATH_LENGTH
        && path.bytes().all(|byte| byte.is_ascii_graphic());
    if fine {
        return Ok(path);
    }
    Err(validation(
        "The specified value for path is invalid. It must begin and end with / and contain only \
         alphanumeric characters and/or / characters."
            .to_owned(),
    ))
}

/// A page of a list: `{ <list>: […], IsTruncated, Marker }`.
pub fn page(params: Params<'_>, list: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let start = match params.str("Marker") {
        Some(marker) => marker
            .parse()
            .map_err(|_| validation("Invalid value for parameter Marker".to_owned()))?,
        None => 0_usize,
    };
    let size = params.int("MaxItems").unwrap_or(100).clamp(1, 1_000);
    let size = usize::try_from(size).unwrap_or(100);
    let end = start.saturating_add(size);
    let more = items.len() > end;
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let mut reply = json!({ list: shown, "IsTruncated": more });
    if let Some(members) = reply.as_object_mut().filter(|_| more) {
        members.insert("Marker".into(), json!(end.to_string()));
    }
    Ok(reply)
}

/// A parameter that is not right.
pub fn validation(sentence: String) -> ApiError {
    ApiError::new("ValidationError", sentence)
}

/// Something that does not exist.
pub fn no_such(sentence: String) -> ApiError {
    ApiError { status: 404, ..ApiError::new("NoSuchEntity", sentence) }
}

/// Something that is there already.
pub fn exists(sentence: String) -> ApiError {
    ApiError { status: 409, ..ApiError::new("EntityAlreadyExists", sentence) }
}

/// Something that still has something else.
pub fn conflict(sentence: &str) -> ApiError {
    ApiError { status: 409, ..ApiError::new("DeleteConflict", sentence) }
}

/// More than there may be.
pub fn limit(sentence: String) -> ApiError {
    ApiError { status: 409, ..ApiError::new("LimitExceeded", sentence) }
}

/// A policy document with a mistake.
pub fn malformed(sentence: String) -> ApiError {
    ApiError::new("MalformedPolicyDocument", sentence)
}

fn lower_first(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
