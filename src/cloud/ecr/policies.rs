//! Repository policies: who may do what with a repository, besides what their own policies say.

use serde_json::Value;

use super::names;
use super::repository;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::iam::check::Use;
use crate::cloud::iam::policy::Document;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn set(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let text = params.required("policyText");
    let unfit = || names::unfit("PolicyText", "Invalid repository policy provided");
    if text.chars().count() > limits::REPOSITORY_POLICY_SIZE {
        return Err(unfit());
    }
    let document = Document::parse(text, Use::Resource).map_err(|_| unfit())?;
    // It is about its repository: a resource is not to be named, and a principal has to be.
    let fine = |one: &crate::cloud::iam::policy::Statement| {
        one.principals.is_some() && one.resources.is_none()
    };
    if !document.policy.statements().iter().all(fine) {
        return Err(unfit());
    }
    let name = params.required("repositoryName");
    repository::edit(cx, id, |row| row.policy = Some(document));
    cx.tell(Tone::Change, "repository", &name.into(), "policy set");
    Ok(names::about(name).text("policyText", text).done())
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let Some(policy) = &row.policy else {
        let code = "RepositoryPolicyNotFoundException";
        return Err(names::none_of(code, "Repository policy", &row.name));
    };
    Ok(names::about(&row.name).text("policyText", &policy.text).done())
}
