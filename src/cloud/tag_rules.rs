//! What no tag may be: each service refuses it in its own words (AWS General Reference, "Tag naming limits"). Where a
//! service's sentence is not published it is worded after the others (docs/fidelity.md).

use std::borrow::Cow;

use serde_json::Value;

use super::error::ApiError;
use super::input::Call;
use super::limits;
use super::map::Set;
use super::params::Params;

/// Characters of a key, at most.
const KEY_LENGTH: usize = 128;
/// Characters of a value, at most.
const VALUE_LENGTH: usize = 256;

/// What is wrong with the tags of a request.
#[derive(Clone, Copy)]
enum Fault<'a> {
    None,
    TooMany,
    LongKey(&'a str),
    LongValue(&'a str),
    Reserved,
    Doubled(&'a str),
    Characters(&'a str),
}

/// Checks the tags that a call gives.
pub(super) fn check(call: &Call) -> Result<(), ApiError> {
    let given = Params::new(&call.input);
    match given.value("tags").or_else(|| given.value("Tags")) {
        Some(tags) => check_all(call, tags)?,
        None if &*call.service != "ec2" => {}
        None => {
            for specification in given.list("TagSpecifications") {
                check_all(call, specification.get("Tags").unwrap_or(&Value::Null))?;
            }
        }
    }
    Ok(())
}

#[inline(never)]
fn check_all(call: &Call, tags: &Value) -> Result<(), ApiError> {
    let pairs: Vec<(&str, &str)> = match tags {
        Value::Array(tags) => tags.iter().map(pair).collect(),
        Value::Object(tags) => {
            tags.iter().map(|(key, value)| (&**key, value.as_str().unwrap_or_default())).collect()
        }
        _ => return Ok(()),
    };
    if pairs.is_empty() && &*call.operation == "RegisterTaskDefinition" {
        return Err(ApiError::client("Tags can not be empty."));
    }
    if pairs.len() > limits::TAGS {
        return Err(refusal(call, Fault::TooMany));
    }
    // A key's case does not count for IAM (IAM guide, "Rules for tagging").
    let folded = &*call.service == "iam";
    let mut keys = Set::new();
    for (key, value) in pairs {
        let same = if folded { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) };
        let fault = if key.chars().count() > KEY_LENGTH {
            Fault::LongKey(key)
        } else if value.chars().count() > VALUE_LENGTH {
            Fault::LongValue(value)
        } else if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            Fault::Reserved
        } else if !keys.insert(same) {
            Fault::Doubled(key)
        } else if let Some(odd) = [key, value].into_iter().find(|text| !text.chars().all(usual)) {
            Fault::Characters(odd)
        } else {
            Fault::None
        };
        let anything_goes = !matches!(&*call.service, "ecs" | "iam");
        match fault {
            Fault::None => {}
            Fault::Characters(_) if anything_goes => {}
            fault => return Err(refusal(call, fault)),
        }
    }
    Ok(())
}

/// Key and value, in either spelling.
fn pair(tag: &Value) -> (&str, &str) {
    let tag = Params::new(tag);
    let member = |small, large| tag.str(small).or_else(|| tag.str(large)).unwrap_or_default();
    (member("key", "Key"), member("value", "Value"))
}

/// Letters of any script, digits, spaces and `_.:/=+-@`.
fn usual(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c)
}

#[cold]
#[inline(never)]
fn refusal(call: &Call, fault: Fault<'_>) -> ApiError {
    match &*call.service {
        "ec2" => of_ec2(fault),
        "ecs" => of_ecs(&call.operation, fault),
        "iam" => of_iam(fault),
        "elbv2" => match fault {
            Fault::TooMany => ApiError::new(
                "TooManyTags",
                "You've reached the limit on the number of tags for this resource.",
            ),
            Fault::Doubled(_) => {
                ApiError::new("DuplicateTagKeys", "A tag key was specified more than once.")
            }
            fault => general("ValidationError", fault),
        },
        "ecr" => match fault {
            Fault::TooMany => ApiError::new(
                "TooManyTagsException",
                "The list of tags on the repository is over the limit. The maximum number of tags \
                 that can be applied to a repository is 50.",
            ),
            Fault::LongKey(_) | Fault::LongValue(_) => ApiError::new(
                "InvalidTagParameterException",
                "An invalid parameter has been specified. Tag keys can have a maximum character \
                 length of 128 characters, and tag values can have a maximum length of 256 \
                 characters.",
            ),
            fault => general("InvalidTagParameterException", fault),
        },
        "logs" => general("InvalidParameterException", fault),
        "autoscaling" | "cloudwatch" | "sts" => general("ValidationError", fault),
        _ => general("ValidationException", fault),
    }
}

/// Seen in public logs.
fn of_ec2(fault: Fault<'_>) -> ApiError {
    let text = match fault {
        Fault::TooMany => {
            return ApiError::new(
                "TagLimitExceeded",
                "The maximum number of Tags for a resource has been reached.",
            );
        }
        Fault::LongKey(_) => "Tag key exceeds the maximum length of 128 characters".to_owned(),
        Fault::LongValue(_) => "Tag value exceeds the maximum length of 256 characters".to_owned(),
        Fault::Doubled(key) => format!("Duplicate tag key '{key}' specified."),
        Fault::Reserved | Fault::Characters(_) | Fault::None => {
            "Tag keys starting with 'aws:' are reserved for internal use".to_owned()
        }
    };
    ApiError::new("InvalidParameterValue", text)
}

/// That of odd characters: seen in public logs.
fn of_ecs(operation: &str, fault: Fault<'_>) -> ApiError {
    let code = if operation == "RegisterTaskDefinition" {
        "ClientException"
    } else {
        "InvalidParameterException"
    };
    if let Fault::Characters(_) = fault {
        let text = "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, \
                    numbers and _ . / = + - : @.";
        return ApiError::new(code, text);
    }
    general(code, fault)
}

/// Seen in public logs.
fn of_iam(fault: Fault<'_>) -> ApiError {
    match fault {
        Fault::Doubled(_) => ApiError::new(
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        Fault::Reserved => ApiError::new(
            "InvalidInput",
            "aws: prefixed tag key names are not allowed for external use.",
        ),
        fault => general("ValidationError", fault),
    }
}

/// AWS's general sentences.
fn general(code: &'static str, fault: Fault<'_>) -> ApiError {
    let (value, place, rule) = match fault {
        Fault::Reserved | Fault::None => {
            return ApiError::new(
                code,
                "Tag keys starting with 'aws:' are reserved for internal use.",
            );
        }
        Fault::Doubled(key) => {
            return ApiError::new(code, format!("Duplicate tag key '{key}' specified."));
        }
        Fault::TooMany => ("[...]", "tags", "have length less than or equal to 50"),
        Fault::LongKey(key) => (key, "tags.member.key", "have length less than or equal to 128"),
        Fault::LongValue(value) => {
            (value, "tags.member.value", "have length less than or equal to 256")
        }
        Fault::Characters(text) => (
            text,
            "tags.member",
            "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
        ),
    };
    ApiError::new(
        code,
        format!(
            "1 validation error detected: Value '{value}' at '{place}' failed to satisfy \
             constraint: Member must {rule}"
        ),
    )
}
