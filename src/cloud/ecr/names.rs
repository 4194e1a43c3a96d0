//! Names, addresses and common errors of the registry.

use serde_json::Value;

use super::repository::Repository;
use crate::cloud::account::Account;
use crate::cloud::error::ApiError;
use crate::cloud::limits::{ACCOUNT, REGION};
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::table::Id;

/// The address of the account's registry (API AuthorizationData).
pub fn registry() -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com")
}

/// The ARN of a repository.
pub fn arn(name: &str) -> String {
    format!("arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}")
}

/// The name in the ARN of a repository of this account.
pub fn of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix(self::arn("").as_str())
}

/// Whether a repository may be called so (facts/ecr §1).
pub fn is_valid(name: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    // Between words stands `.`, `_`, `__`, or any number of `-`.
    let segment = |text: &str| {
        let mut rest = text;
        while let Some(at) = rest.find(['.', '_', '-']) {
            let (before, after) = rest.split_at(at);
            let separator = if after.starts_with('-') {
                after.len() - after.trim_start_matches('-').len()
            } else if after.starts_with("__") {
                2
            } else {
                1
            };
            let Some(next) = after.get(separator..).filter(|_| word(before)) else { return false };
            rest = next;
        }
        word(rest)
    };
    (2..=256).contains(&name.len()) && name.split('/').all(segment)
}

/// The repository that a request names.
pub(super) fn found(account: &Account, params: Params<'_>) -> Result<Id<Repository>, ApiError> {
    let name = params.required("repositoryName");
    let registry = params.str("registryId").unwrap_or(ACCOUNT);
    let id = account.repositories.id(name).filter(|_| registry == ACCOUNT);
    id.ok_or_else(|| no_repository(name, registry))
}

/// As [`found`], for reading.
pub(super) fn row<'a>(
    account: &'a Account,
    params: Params<'_>,
) -> Result<&'a Repository, ApiError> {
    let id = found(account, params)?;
    let row = account.repositories.get(id).map(|row| &**row);
    row.ok_or_else(|| no_repository(params.required("repositoryName"), ACCOUNT))
}

/// AWS's error for a repository that is not there (MOTO:moto/ecr/exceptions.py).
pub(super) fn no_repository(name: &str, registry: &str) -> ApiError {
    ApiError::new(
        "RepositoryNotFoundException",
        format!(
            "The repository with name '{name}' does not exist in the registry with id '{registry}'"
        ),
    )
}

/// Something that the registry has `what` of, but not this repository.
pub(super) fn none_of(code: &'static str, what: &str, name: &str) -> ApiError {
    ApiError::new(
        code,
        format!(
            "{what} does not exist for the repository with name '{name}' in the registry with id \
             '{ACCOUNT}'"
        ),
    )
}

/// A member that is not as it must be.
pub(super) fn unfit(member: &str, constraint: &str) -> ApiError {
    ApiError::invalid(format!(
        "Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'"
    ))
}

/// A page of a list; the token says how many rows went before (API: at most 1,000 at once, 100 by default).
pub(super) fn page(params: Params<'_>, member: &str, rows: Vec<Value>) -> Result<Shape, ApiError> {
    let start = match params.str("nextToken") {
        None => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| ApiError::invalid("Invalid parameter at 'nextToken'"))?,
    };
    let size = usize::try_from(params.int("maxResults").unwrap_or(100)).unwrap_or(100);
    let end = start.saturating_add(size.clamp(1, 1_000));
    let more = (rows.len() > end).then(|| end.to_string());
    let shown: Vec<Value> = rows.into_iter().skip(start).take(end - start).collect();
    Ok(Shape::with_room(6).put(member, shown).maybe("nextToken", more))
}

/// The members with which most answers about a repository begin.
pub(super) fn about(name: &str) -> Shape {
    Shape::with_room(6).text("registryId", ACCOUNT).text("repositoryName", name)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn names_of_repositories_are_those_of_the_api_model() {
        for name in ["web", "team-a/web", "a.b_c__d---e", "42"] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["w", "Web", "web/", "/web", "-web", "web-", "a..b", "a___b", "a_-b", "we b"] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
