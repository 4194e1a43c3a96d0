//! Managed policies: those of AWS, the same in every account, and those of this account.

use std::sync::Arc;

use serde_json::{Value, json};

use super::check::Use;
use super::names;
use super::policy::Document;
use super::prepared;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A policy that can be attached to any number of roles.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// Its ARN: what it is found by.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// `/`, or `/service-role/`.
    pub path: Arc<str>,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// `v1`, or a later one for AWS's own.
    pub version: Arc<str>,
    /// When it was made, and last changed.
    pub dates: (SimTime, SimTime),
    /// What it says.
    pub document: Document,
    /// Tags.
    pub tags: Tags,
}

impl Row for ManagedPolicy {
    fn key(&self) -> &str {
        &self.arn
    }
}

/// The policy with this ARN.
pub fn find<'a>(account: &'a Account, arn: &str) -> Option<&'a Arc<ManagedPolicy>> {
    account.policies.find(arn).or_else(|| prepared::find(arn))
}

impl ManagedPolicy {
    /// It is AWS's, not the account's.
    pub fn is_of_aws(&self) -> bool {
        self.arn.starts_with("arn:aws:iam::aws:")
    }

    /// The policy as GetPolicy shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let attached = account.roles.values().filter(|role| role.attached.contains(&self.arn));
        let bounded =
            account.roles.values().filter(|role| role.boundary.as_ref() == Some(&self.arn));
        let mut shown = json!({
            "PolicyName": self.name,
            "PolicyId": names::unique_id("ANPA", &self.arn),
            "Arn": self.arn,
            "Path": self.path,
            "DefaultVersionId": self.version,
            "AttachmentCount": attached.count(),
            "PermissionsBoundaryUsageCount": bounded.count(),
            "IsAttachable": true,
            "CreateDate": self.dates.0.seconds(),
            "UpdateDate": self.dates.1.seconds(),
        });
        if let (Some(members), Some(text)) = (shown.as_object_mut(), &self.description) {
            members.insert("Description".into(), json!(text));
        }
        shown
    }
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = names::name(params, "PolicyName", 128)?;
    let path = names::path(params)?;
    let arn: Arc<str> = Arc::from(names::arn("policy", path, name));
    let text = params.required("PolicyDocument");
    if text.chars().filter(|c| !c.is_whitespace()).count() > limits::POLICY_SIZE {
        return Err(names::limit(format!(
            "Cannot exceed quota for PolicySize: {}",
            limits::POLICY_SIZE
        )));
    }
    let document = Document::parse(text, Use::Managed).map_err(names::malformed)?;
    if cx.account.policies.values().any(|policy| policy.name.eq_ignore_ascii_case(name)) {
        return Err(names::exists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    if cx.account.policies.len() >= limits::POLICIES {
        let sentence = format!("Cannot exceed quota for PoliciesPerAccount: {}", limits::POLICIES);
        return Err(names::limit(sentence));
    }
    let mut tags = Tags::default();
    tags.merge(params.list("Tags"));
    let policy = ManagedPolicy {
        arn: Arc::clone(&arn),
        name: Arc::from(name),
        path: Arc::from(path),
        description: params.str("Description").map(Arc::from),
        version: Arc::from("v1"),
        dates: (cx.now, cx.now),
        document,
        tags,
    };
    let mut shown = policy.describe(cx.account);
    if let Some(members) = shown.as_object_mut() {
        members.remove("Description");
    }
    add_tags(&mut shown, &policy.tags);
    cx.account.policies.insert(policy);
    cx.tell(Tone::Change, "policy", &arn, "created");
    Ok(json!({ "Policy": shown }))
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = checked_arn(params, "PolicyArn")?;
    let policy = find(cx.account, arn)
        .ok_or_else(|| names::no_such(format!("Policy {arn} was not found.")))?;
    let mut shown = policy.describe(cx.account);
    if let Some(members) = shown.as_object_mut() {
        members.insert("Tags".into(), policy.tags.describe());
    }
    Ok(json!({ "Policy": shown }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let scope = params.str("Scope").unwrap_or("All");
    let only_attached = params.bool("OnlyAttached").unwrap_or(false);
    let prefix = params.str("PathPrefix").unwrap_or("/");
    let of_aws = prepared::prepared().filter(|_| scope != "Local");
    let own = cx.account.policies.values().filter(|_| scope != "AWS");
    let rows = own.chain(of_aws).filter(|policy| policy.path.starts_with(prefix));
    let shown = rows.map(|policy| {
        let mut shown = policy.describe(cx.account);
        if let Some(members) = shown.as_object_mut() {
            members.remove("Description");
        }
        shown
    });
    let attached = |shown: &Value| {
        let count = if params.str("PolicyUsageFilter") == Some("PermissionsBoundary") {
            "PermissionsBoundaryUsageCount"
        } else {
            "AttachmentCount"
        };
        !only_attached || shown.get(count).and_then(Value::as_u64) != Some(0)
    };
    names::page(params, "Policies", shown.filter(attached).collect())
}

/// The ARN of a policy in a request, refused if it is none.
pub(super) fn checked_arn<'a>(params: Params<'a>, member: &str) -> Result<&'a str, ApiError> {
    let arn = params.required(member);
    let is_one = arn.strip_prefix("arn:aws:iam::").is_some_and(|rest| rest.contains(":policy/"));
    if is_one {
        return Ok(arn);
    }
    Err(ApiError::new("InvalidInput", format!("ARN {arn} is not valid.")))
}

/// Adds `Tags` to what is shown, where there are any.
pub(super) fn add_tags(shown: &mut Value, tags: &Tags) {
    let list = tags.describe();
    let empty = list.as_array().is_none_or(Vec::is_empty);
    if let Some(members) = shown.as_object_mut().filter(|_| !empty) {
        members.insert("Tags".into(), list);
    }
}
