//! Parameters of AWS Systems Manager that tasks can have as secrets: one is prepared, and nothing calls the service.

use crate::cloud::limits;

/// The prepared parameter: the address of a service, as plain text.
pub const PARAMETER: (&str, &str) = ("/harbor/tide-url", "https://tides.example.com/v1");

/// The value of a parameter, by its name or ARN.
pub fn value(reference: &str) -> Option<&'static str> {
    (arn(reference) == arn(PARAMETER.0)).then_some(PARAMETER.1)
}

/// The ARN of a parameter, which has no second slash where the name begins with one.
pub fn arn(reference: &str) -> String {
    if reference.starts_with("arn:") {
        return reference.to_owned();
    }
    let (region, account) = (limits::REGION, limits::ACCOUNT);
    format!("arn:aws:ssm:{region}:{account}:parameter/{}", reference.trim_start_matches('/'))
}
