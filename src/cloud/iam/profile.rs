//! Instance profiles: what hands a role to an EC2 instance.

use std::sync::Arc;

use serde_json::{Value, json};

use super::names;
use super::role::{self, Role};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::instance::profile_id;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// An instance profile.
#[derive(Clone, Debug)]
pub struct InstanceProfile {
    /// Its name: what it is found by.
    pub name: Arc<str>,
    /// `/` as a rule.
    pub path: Arc<str>,
    /// When it was made.
    pub created: SimTime,
    /// The name of its role: one at most.
    pub role: Option<Arc<str>>,
    /// Tags.
    pub tags: Tags,
}

impl Row for InstanceProfile {
    fn key(&self) -> &str {
        &self.name
    }
}

impl InstanceProfile {
    /// A profile at the path `/`.
    pub fn new(name: &str, role: Option<&str>, created: SimTime) -> Self {
        Self {
            name: Arc::from(name),
            path: Arc::from("/"),
            created,
            role: role.map(Arc::from),
            tags: Tags::default(),
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        names::arn("instance-profile", &self.path, &self.name)
    }

    /// The profile as GetInstanceProfile shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let role = self.role.as_ref().and_then(|name| account.roles.find(name));
        json!({
            "Path": self.path,
            "InstanceProfileName": self.name,
            "InstanceProfileId": profile_id(&self.name),
            "Arn": self.arn(),
            "CreateDate": self.created.seconds(),
            "Roles": role.iter().map(|role| role.describe_bare()).collect::<Vec<_>>(),
            "Tags": self.tags.describe(),
        })
    }
}

/// The role that an instance with this profile has.
pub fn role_of<'a>(account: &'a Account, profile: &str) -> Option<&'a Arc<Role>> {
    let profile = account.instance_profiles.find(names::last(profile))?;
    account.roles.find(profile.role.as_deref()?)
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = names::name(params, "InstanceProfileName", 128)?;
    let path = names::path(params)?;
    if cx.account.instance_profiles.find(name).is_some() {
        return Err(names::exists(format!("Instance Profile {name} already exists.")));
    }
    let mut profile = InstanceProfile::new(name, None, cx.now);
    profile.path = Arc::from(path);
    profile.tags.merge(params.list("Tags"));
    let shown = profile.describe(cx.account);
    let name = Arc::clone(&profile.name);
    cx.account.instance_profiles.insert(profile);
    cx.tell(Tone::Change, "instance-profile", &name, "created");
    Ok(json!({ "InstanceProfile": shown }))
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("InstanceProfileName");
    let profile = cx.account.instance_profiles.find(name).ok_or_else(|| missing(name))?;
    Ok(json!({ "InstanceProfile": profile.describe(cx.account) }))
}

pub(super) fn add_role(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("InstanceProfileName");
    let id = cx.account.instance_profiles.id(name).ok_or_else(|| missing(name))?;
    role::changeable(cx.account, params)?;
    let role = Arc::clone(&role::named(cx.account, params)?.name);
    let Some(profile) = cx.account.instance_profiles.edit(id) else { return Ok(json!({})) };
    if profile.role.is_some() {
        return Err(names::limit(
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1".to_owned(),
        ));
    }
    profile.role = Some(Arc::clone(&role));
    let name = Arc::clone(&profile.name);
    cx.tell(Tone::Change, "instance-profile", &name, format!("role {role} added"));
    Ok(json!({}))
}

fn missing(name: &str) -> ApiError {
    names::no_such(format!("Instance Profile {name} cannot be found."))
}
