//! ARNs of Elastic Load Balancing, and its errors.

use crate::cloud::error::ApiError;
use crate::cloud::limits;

/// An ARN of this account for what stands behind the last colon.
pub fn arn(resource: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{}:{}:{resource}", limits::REGION, limits::ACCOUNT)
}

/// The general error for a value that is not accepted.
pub fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}

/// A load balancer that does not exist.
pub fn no_load_balancer(reference: &str) -> ApiError {
    ApiError::new("LoadBalancerNotFound", format!("Load balancers '[{reference}]' not found"))
}

/// A target group that does not exist.
pub fn no_target_group(reference: &str) -> ApiError {
    ApiError::new("TargetGroupNotFound", format!("Target groups '{reference}' not found"))
}

/// A listener that does not exist.
pub fn no_listener(reference: &str) -> ApiError {
    ApiError::new("ListenerNotFound", format!("Listeners '{reference}' not found"))
}

/// A rule that does not exist.
pub fn no_rule(reference: &str) -> ApiError {
    ApiError::new("RuleNotFound", format!("Rules '{reference}' not found"))
}

/// Names of load balancers and target groups: 1 to 32 letters, digits and hyphens, no hyphen at an end.
pub fn check_name(what: &str, name: &str) -> Result<(), ApiError> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.len() > 32 {
        return Err(invalid(format!("{what} name '{name}' cannot be longer than '32' characters")));
    }
    if !name.chars().all(good) {
        return Err(invalid(format!(
            "The {} name '{name}' contains invalid characters. It can contain only letters, numbers, and dashes.",
            what.to_lowercase()
        )));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err(invalid(format!("{what} name '{name}' cannot begin or end with '-'")));
    }
    Ok(())
}
