//! Launch templates: a launch kept for later.

use std::sync::Arc;

use serde_json::{Value, json};

use super::listing::{Listing, named, page, rows};
use super::tags::Tags;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A launch template with its versions.
#[derive(Clone, Debug)]
pub struct LaunchTemplate {
    /// `lt-…`.
    pub id: Arc<str>,
    /// Unique in the account.
    pub name: Arc<str>,
    /// The data of each version; version 1 comes first.
    pub versions: Vec<Arc<Value>>,
    /// When it was made.
    pub created: SimTime,
    /// Who made it.
    pub by: Arc<str>,
    /// Tags.
    pub tags: Tags,
}

impl Row for LaunchTemplate {
    fn key(&self) -> &str {
        &self.id
    }
}

impl LaunchTemplate {
    /// The template as `CreateLaunchTemplate` shows it.
    pub fn describe(&self) -> Value {
        json!({
            "LaunchTemplateId": self.id,
            "LaunchTemplateName": self.name,
            "CreateTime": self.created.seconds(),
            "CreatedBy": self.by,
            "DefaultVersionNumber": 1,
            "LatestVersionNumber": self.versions.len(),
            "Tags": self.tags.describe(),
        })
    }
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name: Arc<str> = Arc::from(params.required("LaunchTemplateName"));
    if by_name(cx.account, &name).is_some() {
        return Err(ApiError::new(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        ));
    }
    let data = params.value("LaunchTemplateData").cloned().unwrap_or_else(|| json!({}));
    let id: Arc<str> = Arc::from(format!("lt-{}", cx.rng.hex(17)));
    let template = LaunchTemplate {
        id: Arc::clone(&id),
        name,
        versions: vec![Arc::new(data)],
        created: cx.now,
        by: Arc::clone(&cx.by.0),
        tags: Tags::of_request(params, "launch-template"),
    };
    let shown = template.describe();
    cx.account.launch_templates.insert(template);
    cx.tell(Tone::Change, "launch-template", &id, "created");
    Ok(json!({ "LaunchTemplate": shown }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    const LISTING: Listing = Listing {
        ids: "LaunchTemplateIds",
        rows: "LaunchTemplates",
        filters: &[("launch-template-name", "LaunchTemplateName")],
        missing: no_such_id,
    };
    let found = rows(&LISTING, params, &cx.account.launch_templates, LaunchTemplate::describe)?;
    let missing = |_: &str| no_such_name();
    let found = named(params, "LaunchTemplateNames", "LaunchTemplateName", found, missing)?;
    page("LaunchTemplates", params, found)
}

/// The data that a `LaunchTemplateSpecification` names; an empty structure where it names none.
pub fn data(account: &Account, specification: Params<'_>) -> Result<Arc<Value>, ApiError> {
    let by_id = |id: &str| account.launch_templates.find(id).ok_or_else(|| no_such_id(id));
    let template =
        match (specification.str("LaunchTemplateId"), specification.str("LaunchTemplateName")) {
            (Some(id), _) => by_id(id)?,
            (None, Some(name)) => by_name(account, name).ok_or_else(no_such_name)?,
            (None, None) => return Ok(Arc::new(json!({}))),
        };
    version_of(template, specification)
}

#[inline(never)]
fn version_of(
    template: &LaunchTemplate,
    specification: Params<'_>,
) -> Result<Arc<Value>, ApiError> {
    let latest = template.versions.len();
    let version = match specification.str("Version") {
        None | Some("$Default") => 1,
        Some("$Latest") => latest,
        Some(number) => number.parse().unwrap_or(0),
    };
    let found = version.checked_sub(1).and_then(|index| template.versions.get(index));
    found.cloned().ok_or_else(|| {
        ApiError::new(
            "InvalidLaunchTemplateId.VersionNotFound",
            format!(
                "Could not find the specified version {version} for the launch template with \
                     ID {}.",
                template.id
            ),
        )
    })
}

/// The template of a name.
pub fn by_name<'a>(account: &'a Account, name: &str) -> Option<&'a Arc<LaunchTemplate>> {
    account.launch_templates.values().find(|template| &*template.name == name)
}

fn no_such_id(_id: &str) -> ApiError {
    ApiError::new(
        "InvalidLaunchTemplateId.NotFound",
        "The specified launch template, with template ID, does not exist.",
    )
}

fn no_such_name() -> ApiError {
    ApiError::new(
        "InvalidLaunchTemplateName.NotFoundException",
        "The specified launch template, with template name, does not exist.",
    )
}
