//! Roles: identities without credentials of their own, for whoever their trust policy names.

use std::sync::Arc;

use serde_json::{Value, json};

use super::check::Use;
use super::policy::{Document, Who};
use super::{managed, names};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name: what it is found by.
    pub name: Arc<str>,
    /// `/`, or something like `/aws-service-role/ecs.amazonaws.com/`.
    pub path: Arc<str>,
    /// Its ARN.
    pub arn: Arc<str>,
    /// `AROA…`.
    pub id: Arc<str>,
    /// When it was made.
    pub created: SimTime,
    /// Who may assume it.
    pub trust: Document,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// The longest session, in seconds.
    pub max_session: u32,
    /// The ARN of the policy that limits it.
    pub boundary: Option<Arc<str>>,
    /// The ARNs of its managed policies, in the order in which they were attached.
    pub attached: Vec<Arc<str>>,
    /// Its own policies by name.
    pub inline: Vec<(Arc<str>, Document)>,
    /// Tags.
    pub tags: Tags,
}

impl Row for Role {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Role {
    /// A role without policies.
    pub fn new(path: &str, name: &str, trust: Document, created: SimTime) -> Self {
        let arn = names::arn("role", path, name);
        Self {
            name: Arc::from(name),
            path: Arc::from(path),
            id: Arc::from(names::unique_id("AROA", &format!("{arn} {}", created.0))),
            arn: Arc::from(arn),
            created,
            trust,
            description: None,
            max_session: limits::SESSION_DEFAULT_S,
            boundary: None,
            attached: Vec::new(),
            inline: Vec::new(),
            tags: Tags::default(),
        }
    }

    /// AWS's own role for one of its services: nobody else may change it.
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// The role as GetRole shows it.
    pub fn describe(&self) -> Value {
        let mut shown = self.describe_listed();
        managed::add_tags(&mut shown, &self.tags);
        if let Some(members) = shown.as_object_mut() {
            members.insert("RoleLastUsed".into(), json!({}));
        }
        shown
    }

    /// The role as ListRoles shows it.
    pub fn describe_listed(&self) -> Value {
        let mut shown = self.describe_bare();
        if let Some(members) = shown.as_object_mut() {
            if let Some(text) = &self.description {
                members.insert("Description".into(), json!(text));
            }
            members.insert("MaxSessionDuration".into(), json!(self.max_session));
            if let Some(arn) = &self.boundary {
                let boundary = json!({
                    "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
                    "PermissionsBoundaryArn": arn,
                });
                members.insert("PermissionsBoundary".into(), boundary);
            }
        }
        shown
    }

    /// The role as CreateRole and instance profiles show it.
    pub fn describe_bare(&self) -> Value {
        json!({
            "Path": self.path,
            "RoleName": self.name,
            "RoleId": self.id,
            "Arn": self.arn,
            "CreateDate": self.created.seconds(),
            "AssumeRolePolicyDocument": self.trust.value(),
        })
    }
}

/// The role that a name or an ARN means.
pub fn find<'a>(account: &'a Account, reference: &str) -> Option<&'a Arc<Role>> {
    let role = account.roles.find(names::last(reference))?;
    (!reference.starts_with("arn:") || *reference == *role.arn).then_some(role)
}

/// The role named in `RoleName`.
pub(super) fn named<'a>(
    account: &'a Account,
    params: Params<'_>,
) -> Result<&'a Arc<Role>, ApiError> {
    let name = params.required("RoleName");
    account.roles.find(name).ok_or_else(|| not_found(name))
}

/// The role named in `RoleName`, to be changed: not one of AWS's own.
pub(super) fn changeable(account: &Account, params: Params<'_>) -> Result<Id<Role>, ApiError> {
    let role = named(account, params)?;
    if role.is_service_linked() {
        return Err(ApiError::new(
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{}' - this role is only \
                 modifiable by AWS",
                role.name
            ),
        ));
    }
    account.roles.id(&role.name).ok_or_else(|| not_found(&role.name))
}

fn not_found(name: &str) -> ApiError {
    names::no_such(format!("The role with name {name} cannot be found."))
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = names::name(params, "RoleName", 64)?;
    let path = names::path(params)?;
    let trust = read_trust(cx.account, params.required("AssumeRolePolicyDocument"))?;
    let taken = |role: &Arc<Role>| role.name.eq_ignore_ascii_case(name);
    if cx.account.roles.values().any(taken) {
        return Err(names::exists(format!("Role with name {name} already exists.")));
    }
    if cx.account.roles.len() >= limits::ROLES {
        let sentence = format!("Cannot exceed quota for RolesPerAccount: {}", limits::ROLES);
        return Err(names::limit(sentence));
    }
    let mut role = Role::new(path, name, trust, cx.now);
    role.description = params.str("Description").map(Arc::from);
    role.max_session = session_length(params)?;
    role.boundary = boundary(cx.account, params)?;
    role.tags.merge(params.list("Tags"));
    let mut shown = role.describe_bare();
    managed::add_tags(&mut shown, &role.tags);
    let name = Arc::clone(&role.name);
    cx.account.roles.insert(role);
    cx.tell(Tone::Change, "role", &name, "created");
    Ok(json!({ "Role": shown }))
}

fn session_length(params: Params<'_>) -> Result<u32, ApiError> {
    let asked = params.int("MaxSessionDuration");
    let seconds = asked.map_or(Some(limits::SESSION_DEFAULT_S), |seconds| seconds.try_into().ok());
    seconds.filter(|seconds| *seconds <= limits::SESSION_MOST_S).ok_or_else(|| {
        names::validation(format!(
            "1 validation error detected: Value '{}' at 'maxSessionDuration' failed to satisfy \
             constraint: Member must have value less than or equal to {}",
            asked.unwrap_or_default(),
            limits::SESSION_MOST_S
        ))
    })
}

fn boundary(account: &Account, params: Params<'_>) -> Result<Option<Arc<str>>, ApiError> {
    let Some(arn) = params.str("PermissionsBoundary") else { return Ok(None) };
    let policy = managed::find(account, arn).ok_or_else(|| {
        names::no_such(format!("Scope ARN: {arn} does not exist or is not attachable."))
    })?;
    Ok(Some(Arc::clone(&policy.arn)))
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    Ok(json!({ "Role": named(cx.account, params)?.describe() }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let prefix = params.str("PathPrefix").unwrap_or("/");
    let roles = cx.account.roles.values().filter(|role| role.path.starts_with(prefix));
    names::page(params, "Roles", roles.map(|role| role.describe_listed()).collect())
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = changeable(cx.account, params)?;
    let role = named(cx.account, params)?;
    let name = Arc::clone(&role.name);
    let in_profile = |own: &Arc<str>| *own == name;
    let profiles = &cx.account.instance_profiles;
    if profiles.values().any(|profile| profile.role.as_ref().is_some_and(in_profile)) {
        let sentence = "Cannot delete entity, must remove roles from instance profile first.";
        return Err(names::conflict(sentence));
    }
    if !role.attached.is_empty() {
        return Err(names::conflict("Cannot delete entity, must detach all policies first."));
    }
    if !role.inline.is_empty() {
        return Err(names::conflict("Cannot delete entity, must delete policies first."));
    }
    cx.account.roles.remove(id);
    cx.tell(Tone::Change, "role", &name, "deleted");
    Ok(json!({}))
}

pub(super) fn update_trust(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = changeable(cx.account, params)?;
    let trust = read_trust(cx.account, params.required("PolicyDocument"))?;
    let Some(role) = cx.account.roles.edit(id) else { return Ok(json!({})) };
    role.trust = trust;
    let name = Arc::clone(&role.name);
    cx.tell(Tone::Change, "role", &name, "trust policy changed");
    Ok(json!({}))
}

/// A trust policy whose principals exist.
fn read_trust(account: &Account, text: &str) -> Result<Document, ApiError> {
    if text.chars().filter(|c| !c.is_whitespace()).count() > limits::TRUST_POLICY_SIZE {
        let size = limits::TRUST_POLICY_SIZE;
        return Err(names::limit(format!("Cannot exceed quota for ACLSizePerRole: {size}")));
    }
    let document = Document::parse(text, Use::Trust).map_err(names::malformed)?;
    for statement in document.policy.statements() {
        let named = statement.principals.iter().flat_map(|principals| &principals.items);
        if named.clone().count() == 0 {
            let sentence = "Invalid principal in policy: com.amazon.balsa.error.\
                            InvalidPolicyException: The passed in policy has a statement with no \
                            principals!";
            return Err(names::malformed(sentence.to_owned()));
        }
        for who in named {
            check_principal(account, who)?;
        }
    }
    Ok(document)
}

fn check_principal(account: &Account, who: &Who) -> Result<(), ApiError> {
    let (kind, name, exists) = match who {
        Who::Anyone | Who::Other(_) => return Ok(()),
        Who::Service(name) => {
            let prefix = name.strip_suffix(".amazonaws.com");
            ("SERVICE", name, prefix.is_some_and(|prefix| !prefix.is_empty()))
        }
        Who::Aws(name) => ("AWS", name, principal_exists(account, name)),
    };
    if exists {
        return Ok(());
    }
    Err(names::malformed(format!("Invalid principal in policy: \"{kind}\":\"{name}\"")))
}

fn principal_exists(account: &Account, name: &str) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if is_account(name) {
        return true;
    }
    let mut parts = name.splitn(6, ':');
    let (Some("arn"), Some("aws"), Some(service), Some(""), Some(number), Some(what)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let own = number == limits::ACCOUNT;
    let known = match (service, what.split_once('/')) {
        ("iam", None) => what == "root",
        ("iam", Some(("role", _))) => !own || find(account, name).is_some(),
        ("iam", Some(("user", user))) => !own || user == limits::ADMINISTRATOR,
        ("sts", Some(("assumed-role", session))) => {
            let role = session.split('/').next().unwrap_or(session);
            !own || account.roles.find(role).is_some()
        }
        _ => false,
    };
    is_account(number) && known
}
