//! Errors as AWS words them: a code, a sentence, an HTTP status.

use std::borrow::Cow;

/// What a service answers when it refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's code, such as `ClusterNotFoundException`.
    pub code: Cow<'static, str>,
    /// AWS's sentence.
    pub message: String,
    /// HTTP status: 400 for the caller's mistakes, 500 for the service's own.
    pub status: u16,
}

impl ApiError {
    /// An error of the caller (HTTP 400).
    #[inline(never)]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), message: message.into(), status: 400 }
    }

    /// ECS's general error of the caller.
    #[inline(never)]
    pub fn client(message: impl Into<String>) -> Self {
        Self::new("ClientException", message)
    }

    /// ECS's error for a parameter with a wrong value.
    #[inline(never)]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// The simulator found itself in a state that cannot be: its own bug, said as such.
    #[inline(never)]
    pub fn internal(what: &str) -> Self {
        Self {
            code: Cow::Borrowed("ServerException"),
            message: format!("The simulator has a fault of its own: {what}. Please report it."),
            status: 500,
        }
    }
}
