//! What a group launches: a launch template, checked when it is named and read again at every launch.

use std::sync::Arc;

use serde_json::{Value, json};

use super::validation;
use crate::cloud::account::Account;
use crate::cloud::compute::spec::LaunchSpec;
use crate::cloud::compute::template;
use crate::cloud::error::ApiError;
use crate::cloud::net::describe::no_group;
use crate::cloud::params::Params;

/// A launch template and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The template's id.
    pub template: Arc<str>,
    /// `$Latest`, `$Default` or a number.
    pub version: Arc<str>,
    /// An instance type that a mixed instances policy puts first.
    pub kind: Option<Arc<str>>,
}

impl Source {
    /// Reads `LaunchTemplate` or `MixedInstancesPolicy` of a request; nothing where it has neither.
    pub fn read(account: &Account, params: Params<'_>) -> Result<Option<Self>, ApiError> {
        if params.str("LaunchConfigurationName").is_some() || params.str("InstanceId").is_some() {
            return Err(ApiError::new(
                "NotInThisModel",
                "Groups from launch configurations or from an instance are not part of this model \
                 of AWS. Use a launch template.",
            ));
        }
        let mixed = params.inner("MixedInstancesPolicy").inner("LaunchTemplate");
        let named = params.value("LaunchTemplate");
        let Some(named) = named.or_else(|| mixed.value("LaunchTemplateSpecification")) else {
            return Ok(None);
        };
        let named = Params::new(named);
        let found = match (named.str("LaunchTemplateId"), named.str("LaunchTemplateName")) {
            (Some(id), _) => account.launch_templates.find(id),
            (None, Some(name)) => template::by_name(account, name),
            (None, None) => {
                let text =
                    "Valid requests must contain either launchTemplateId or LaunchTemplateName";
                return Err(validation(text));
            }
        };
        let overrides = mixed.list("Overrides").first().map(Params::new);
        let kind = overrides.and_then(|first| first.str("InstanceType")).map(Arc::from);
        let found = found.map(|template| Arc::clone(&template.id));
        let template = found
            .ok_or_else(|| not_well_formed("The specified launch template does not exist."))?;
        let version = Arc::from(named.str("Version").unwrap_or("$Default"));
        let source = Self { template, version, kind };
        let (spec, _) = source.launch(account)?;
        let mut groups = spec.groups.iter();
        match groups.find(|id| account.security_groups.find(id).is_none()) {
            Some(missing) => Err(not_well_formed(&no_group(missing).message)),
            None => Ok(Some(source)),
        }
    }

    /// What a launch would be now, and from which version.
    pub fn launch(&self, account: &Account) -> Result<(LaunchSpec, u32), ApiError> {
        let named = json!({ "LaunchTemplateId": self.template, "Version": self.version });
        let data = template::data(account, Params::new(&named));
        let data = data.map_err(|error| not_well_formed(&error.message))?;
        let mut request = (*data).clone();
        if let (Some(kind), Some(members)) = (&self.kind, request.as_object_mut()) {
            members.insert("InstanceType".into(), json!(kind));
        }
        let spec = LaunchSpec::read(account, Params::new(&request));
        let spec = spec.map_err(|error| not_well_formed(&error.message))?;
        Ok((spec, self.number(account)))
    }

    /// `LaunchTemplate` as describe shows it: as the group names it, or with the version an instance came from.
    pub fn describe(&self, account: &Account, version: Option<u32>) -> Value {
        let name = account.launch_templates.find(&self.template).map(|t| Arc::clone(&t.name));
        let version = version.map_or_else(|| self.version.to_string(), |number| number.to_string());
        json!({
            "LaunchTemplateId": self.template,
            "LaunchTemplateName": name.as_deref().unwrap_or_default(),
            "Version": version,
        })
    }

    fn number(&self, account: &Account) -> u32 {
        let versions =
            account.launch_templates.find(&self.template).map_or(0, |t| t.versions.len());
        match &*self.version {
            "$Latest" => u32::try_from(versions).unwrap_or(1),
            "$Default" => 1,
            number => number.parse().unwrap_or(1),
        }
    }
}

fn not_well_formed(why: &str) -> ApiError {
    validation(format!("You must use a valid fully-formed launch template. {why}"))
}
