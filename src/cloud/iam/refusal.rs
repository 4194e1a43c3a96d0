//! How each service words that something is not allowed.

use std::borrow::Cow;

use super::decision::Decision;
use super::names;
use crate::cloud::error::ApiError;

/// The error of a service for a decision that denies (facts: §5; logs in public issue trackers).
pub fn error(service: &str, decision: &Decision) -> ApiError {
    let (code, status) = match service {
        "ec2" => ("UnauthorizedOperation", 403),
        "iam" | "sts" | "elbv2" | "autoscaling" | "cloudwatch" | "s3" => ("AccessDenied", 403),
        "eks" => ("AccessDeniedException", 403),
        _ => ("AccessDeniedException", 400),
    };
    ApiError { code: Cow::Borrowed(code), message: sentence(service, decision), status }
}

fn sentence(service: &str, decision: &Decision) -> String {
    let Decision { principal, action, resource, .. } = decision;
    let because = decision.because();
    // These services leave the resource out where there is none to name.
    let silent = matches!(service, "ec2" | "s3" | "elbv2" | "autoscaling" | "cloudwatch");
    let on = match &**resource {
        "*" if silent => String::new(),
        resource if service == "s3" => format!(" on resource: \"{resource}\""),
        resource => format!(" on resource: {resource}"),
    };
    let plain = format!("User: {principal} is not authorized to perform: {action}{on} {because}");
    if service != "ec2" {
        return plain;
    }
    let sentence = format!("You are not authorized to perform this operation. {plain}");
    if &**resource == "*" {
        return sentence;
    }
    // AWS adds the decision in a form that only sts:DecodeAuthorizationMessage can read.
    let encoded: Vec<String> =
        ["a", "b", "c"].iter().map(|n| names::unique_id("", &format!("{n}{plain}"))).collect();
    format!("{sentence}. Encoded authorization failure message: {}", encoded.concat())
}
