//! Logging in to a registry, and the calls that Docker makes there with the login.

use serde_json::Value;

use super::Fail;
use crate::cli::shell::Shell;
use crate::cloud::compute::images::Reference;
use crate::cloud::ecr::{caller_of_token, names};
use crate::cloud::error::ApiError;
use crate::cloud::input::{Call, Principal};

/// `docker login --username AWS --password-stdin <registry>`.
pub(super) fn login(
    shell: &mut Shell<'_>,
    words: &[String],
    input: Option<&str>,
) -> Result<(), Fail> {
    let (mut user, mut password, mut registry, mut from_input) = (None, None, None, false);
    let mut rest = words.iter().map(String::as_str);
    while let Some(word) = rest.next() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("--username" | "-u", "") => user = rest.next(),
            ("--username", value) => user = Some(value),
            ("--password" | "-p", "") => password = rest.next(),
            ("--password", value) => password = Some(value),
            ("--password-stdin", _) => from_input = true,
            (flag, _) if flag.starts_with('-') => {
                return Err(Fail::honest(format_args!("unknown flag: {flag}"), 125));
            }
            (place, _) => registry = Some(place),
        }
    }
    if from_input && user.is_none() {
        return Err(Fail::honest("must provide --username with --password-stdin", 1));
    }
    let password = if from_input { input.map(str::trim) } else { password };
    let (Some(user), Some(password)) = (user, password.filter(|text| !text.is_empty())) else {
        return Err(Fail::honest(
            "Error: Cannot perform an interactive login from a non TTY device",
            1,
        ));
    };
    let registry = registry.unwrap_or("docker.io");
    let registry = registry.trim_start_matches("https://").trim_end_matches('/');
    let known = user == "AWS" && caller_of_token(password, shell.cloud.now()).is_some();
    if registry != names::registry() || !known {
        let text = format_args!(
            "Error response from daemon: login attempt to https://{registry}/v2/ failed with status: \
             400 Bad Request"
        );
        return Err(Fail::honest(text, 1));
    }
    shell.docker(words).log_in(registry, password);
    shell.print("Login Succeeded\n");
    Ok(())
}

/// Somebody logged in to the private registry.
pub(super) struct Registry {
    by: Principal,
    /// The repository.
    pub(super) name: String,
}

impl Registry {
    /// The login for the registry of a reference (facts/ecr §7: without one, and after twelve hours).
    pub(super) fn of(shell: &Shell<'_>, reference: &Reference) -> Result<Self, Fail> {
        let password = shell.cloud.account().docker.password(&reference.registry);
        let by = password.and_then(|password| caller_of_token(password, shell.cloud.now()));
        let by = by.ok_or_else(|| {
            let expired =
                "denied: Your authorization token has expired. Reauthenticate and try again.";
            let text = if password.is_some() { expired } else { "no basic auth credentials" };
            Fail::honest(text, 1)
        })?;
        Ok(Self { by, name: reference.repository.clone() })
    }

    /// One call, with the repository's name in it. What ECR refuses is worded as Docker words it.
    pub(super) fn call(
        &self,
        shell: &mut Shell<'_>,
        operation: &str,
        mut input: Value,
    ) -> Result<Value, Fail> {
        if let Some(members) = input.as_object_mut() {
            members.insert("repositoryName".into(), self.name.as_str().into());
        }
        let reply = shell.call_as(&self.by, Call::new("ecr", operation, input));
        reply.map(|reply| Value::clone(&reply)).map_err(|error| Fail::honest(worded(&error), 1))
    }
}

/// Facts/ecr §7.
fn worded(error: &ApiError) -> String {
    let kind = match &*error.code {
        "RepositoryNotFoundException" => "name unknown",
        "ImageTagAlreadyExistsException" => "tag invalid",
        "AccessDeniedException" => "denied",
        _ => "unknown",
    };
    format!("{kind}: {}", error.message)
}
