//! What IAM says to a policy document that is not right: its sentences, in its order.
//!
//! The order was observed at AWS: grammar, then version, then what IAM calls legacy parsing, then
//! names of statements, actions and resources.

use serde_json::{Map, Value};

use super::condition::Operator;
use super::moment;
use crate::cloud::map::Set;

/// Where a policy is going to be used: other elements are required and forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A managed policy.
    Managed,
    /// A policy inside a role.
    Inline,
    /// Who may assume a role.
    Trust,
    /// A policy of another resource, such as a repository. Its service words errors by itself.
    Resource,
}

type Checked = Result<(), String>;

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Checks a document before it is read; the error is IAM's sentence.
pub fn document(value: &Value, used: Use) -> Checked {
    let grammar = |fine: bool| if fine { Ok(()) } else { Err(SYNTAX.to_owned()) };
    let version = value.get("Version").map(|version| version.as_str().unwrap_or(""));
    let known = ["Version", "Id", "Statement"];
    let members = value.as_object().ok_or(SYNTAX)?;
    grammar(members.keys().all(|name| known.contains(&name.as_str())))?;
    grammar(matches!(version, None | Some("2012-10-17" | "2008-10-17")))?;
    grammar(value.get("Id").is_none_or(Value::is_string))?;
    let statements = statements(value);
    grammar(!statements.is_empty())?;
    for statement in &statements {
        grammar(statement.as_object().is_some_and(is_well_formed))?;
    }
    if used == Use::Managed && version != Some("2012-10-17") {
        return Err("Policy document must be version 2012-10-17 or greater.".to_owned());
    }
    let mut resource_error = None;
    for statement in &statements {
        legacy(statement)?;
        let texts = ["Resource", "NotResource"].into_iter().flat_map(|name| list(statement, name));
        for resource in texts {
            match check_resource(resource) {
                Err(error) => resource_error = resource_error.or(Some(error)),
                Ok(()) if resource_error.is_none() && !is_whole_arn(resource) => {
                    return Err(LEGACY.to_owned());
                }
                Ok(()) => {}
            }
        }
    }
    unique_sids(&statements)?;
    if used == Use::Trust {
        return statements.iter().try_for_each(|statement| trust(statement));
    }
    permissions(&statements, used, resource_error)
}

/// One statement or a list of them.
pub fn statements(document: &Value) -> Vec<&Value> {
    match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// One text or a list of them; none where the element is missing.
pub fn list<'a>(statement: &'a Value, name: &str) -> Vec<&'a str> {
    match statement.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    }
}

fn is_well_formed(statement: &Map<String, Value>) -> bool {
    let get = |name| statement.get(name);
    let texts = |value: Option<&Value>| match value {
        None | Some(Value::String(_)) => true,
        Some(Value::Array(items)) => items.iter().all(Value::is_string),
        Some(_) => false,
    };
    let both = |one, other| get(one).is_some() && get(other).is_some();
    let effect = get("Effect").and_then(Value::as_str).map(str::to_ascii_lowercase);
    statement.keys().all(|name| ELEMENTS.contains(&name.as_str()))
        && matches!(effect.as_deref(), Some("allow" | "deny"))
        && get("Sid").is_none_or(Value::is_string)
        && ["Action", "NotAction", "Resource", "NotResource"].iter().all(|name| texts(get(name)))
        && !both("Action", "NotAction")
        && !both("Resource", "NotResource")
        && !both("Principal", "NotPrincipal")
        && get("Condition").is_none_or(is_condition)
}

fn is_condition(value: &Value) -> bool {
    let plain = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    let values = |value: &Value| match value {
        Value::Array(items) => items.iter().all(plain),
        one => plain(one),
    };
    let operator = |(name, keys): (&String, &Value)| {
        Operator::parse(name).is_some()
            && keys.as_object().is_some_and(|keys| keys.values().all(values))
    };
    value.as_object().is_some_and(|operators| operators.iter().all(operator))
}

/// Effects in their exact spelling, and dates that are dates.
#[inline(never)]
fn legacy(statement: &Value) -> Checked {
    let effect = statement.get("Effect").and_then(Value::as_str);
    let mut fine = matches!(effect, Some("Allow" | "Deny"));
    for (name, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten()
    {
        if Operator::parse(name).is_some_and(Operator::wants_dates) {
            let keys = keys.as_object().into_iter().flatten();
            fine &= keys.into_iter().all(|(key, values)| {
                let bare = values.is_number();
                let dates = list(&serde_json::json!({ key: values }), key).into_iter().all(is_date);
                bare || dates
            });
        }
    }
    if fine { Ok(()) } else { Err(LEGACY.to_owned()) }
}

fn is_date(text: &str) -> bool {
    text.contains("${") || moment::millis(text).is_some()
}

fn unique_sids(statements: &[&Value]) -> Checked {
    let mut seen = Set::new();
    let sids = statements.iter().filter_map(|statement| statement.get("Sid")?.as_str());
    for sid in sids.filter(|sid| !sid.is_empty()) {
        if !seen.insert(sid) {
            return Err("Statement IDs (SID) in a single policy must be unique.".to_owned());
        }
    }
    Ok(())
}

/// What a policy of permissions needs: actions and, in IAM, resources and no principal.
#[inline(never)]
fn permissions(statements: &[&Value], used: Use, resource_error: Option<String>) -> Checked {
    let either = |statement: &Value, one: &str, other: &str| {
        !list(statement, one).is_empty() || !list(statement, other).is_empty()
    };
    if !statements.iter().all(|statement| either(statement, "Action", "NotAction")) {
        return Err("Policy statement must contain actions.".to_owned());
    }
    if let Some(error) = resource_error {
        return Err(error);
    }
    for statement in statements {
        ["Action", "NotAction"]
            .into_iter()
            .flat_map(|name| list(statement, name))
            .try_for_each(check_action)?;
    }
    if used == Use::Resource {
        return Ok(());
    }
    let names_principal = |statement: &&Value| {
        statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
    };
    if statements.iter().any(names_principal) {
        return Err("Policy document should not specify a principal.".to_owned());
    }
    if !statements.iter().all(|statement| either(statement, "Resource", "NotResource")) {
        return Err("Policy statement must contain resources.".to_owned());
    }
    Ok(())
}

fn check_action(action: &str) -> Checked {
    let mut parts = action.split(':');
    let vendor = parts.next().unwrap_or("");
    let rest = parts.count();
    if action == "*" {
        return Ok(());
    }
    if rest == 0 {
        let sentence = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
        return Err(sentence.to_owned());
    }
    if rest > 1 {
        return Err("Actions/Condition can contain only one colon.".to_owned());
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if vendor != "*" && !vendor.chars().all(letter) {
        return Err(format!("Vendor {vendor} is not valid"));
    }
    Ok(())
}

#[inline(never)]
fn check_resource(resource: &str) -> Checked {
    if resource == "*" {
        return Ok(());
    }
    let Some((_, rest)) = resource.split_once(':') else {
        return Err(format!("Resource {resource} must be in ARN format or \"*\"."));
    };
    let (partition, after) = rest.split_once(':').map_or((rest, None), |(p, rest)| (p, Some(rest)));
    if !matches!(partition, "*" | "aws" | "aws-cn" | "aws-us-gov") {
        let mut parts = after.into_iter().flat_map(|after| after.splitn(4, ':'));
        let mut part = || parts.next().unwrap_or("*");
        let (a, b, c, d) = (part(), part(), part(), part());
        let arn = format!("arn:{partition}:{a}:{b}:{c}:{d}");
        return Err(format!("Partition \"{partition}\" is not valid for resource \"{arn}\"."));
    }
    let Some(after) = after else {
        let sentence = "Resource vendor must be fully qualified and cannot contain regexes.";
        return Err(sentence.to_owned());
    };
    let mut parts = after.splitn(4, ':');
    let (service, region, _, id) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (service, region) {
        (Some("iam"), Some(region)) if !region.is_empty() => {
            Err(format!("IAM resource {resource} cannot contain region information."))
        }
        (Some("s3"), Some(region)) if !region.is_empty() && !id_is_access_point(id) => {
            Err(format!("Resource {resource} can not contain region information."))
        }
        (Some("iam"), _) => check_iam_path(id.unwrap_or("")),
        _ => Ok(()),
    }
}

fn id_is_access_point(id: Option<&str>) -> bool {
    id.is_some_and(|id| id.starts_with("accesspoint/"))
}

fn check_iam_path(path: &str) -> Checked {
    let starts = [
        "user/",
        "federated-user/",
        "role/",
        "group/",
        "instance-profile/",
        "mfa/",
        "server-certificate/",
        "policy/",
        "sms-mfa/",
        "saml-provider/",
        "oidc-provider/",
        "report/",
        "access-report/",
    ];
    if path == "*" || starts.iter().any(|start| path.starts_with(start)) {
        return Ok(());
    }
    let starts = starts.join(", ");
    Err(format!("IAM resource path must either be \"*\" or start with {starts}."))
}

/// An ARN has six parts, with a service in the third.
fn is_whole_arn(resource: &str) -> bool {
    let parts = resource.split(':').count();
    let vendor = resource.split(':').nth(2);
    resource == "*"
        || ((parts >= 6 || !resource.contains("::")) && vendor.is_some_and(|name| !name.is_empty()))
}

/// What a trust policy needs: who, and an action of STS; a resource is the role itself.
fn trust(statement: &Value) -> Checked {
    let refuse = |sentence: &str| Err(sentence.to_owned());
    let has = |name: &str| statement.get(name).is_some();
    if has("Resource") || has("NotResource") {
        return refuse("Has prohibited field Resource");
    }
    if !has("Principal") && !has("NotPrincipal") {
        return refuse("Missing required field Principal");
    }
    let actions = list(statement, "Action");
    if actions.is_empty() {
        return refuse("Missing required field Action");
    }
    if !actions.iter().all(|action| action.starts_with("sts:")) {
        return refuse("AssumeRole policy may only specify STS AssumeRole actions.");
    }
    Ok(())
}
