//! The calls about lifecycle policies, and the work of one: within a day of its writing, then every day.

use std::sync::Arc;

use serde_json::{Value, json};

use super::lifecycle::{Policy, Preview};
use super::repository::{self, Repository};
use super::{EcrJob, names};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let text = params.required("lifecyclePolicyText");
    let policy = Policy::parse(text)?;
    let mut number = 0;
    repository::edit(cx, id, |row| {
        row.lifecycle = Some(Arc::new(policy));
        row.lifecycles += 1;
        number = row.lifecycles;
    });
    cx.after(limits::LIFECYCLE_FIRST_MS, Job::Ecr(EcrJob::Expire { repository: id, number }));
    let name = params.required("repositoryName");
    cx.tell(Tone::Change, "repository", &name.into(), "lifecycle policy set");
    Ok(names::about(name).text("lifecyclePolicyText", text).done())
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let policy = policy_of(row)?;
    let answer = names::about(&row.name).text("lifecyclePolicyText", &policy.text);
    Ok(answer.at("lastEvaluatedAt", policy.evaluated).done())
}

/// Applies a policy, if it is still the repository's, and comes back a day later.
pub(super) fn expire(cx: &mut Ctx<'_>, id: Id<Repository>, number: u32) {
    let now = cx.now;
    let Some(row) = cx.account.repositories.get(id) else { return };
    let Some(policy) = row.lifecycle.clone().filter(|_| row.lifecycles == number) else { return };
    let expiring = policy.expiring(&row.images, now);
    let name = Arc::clone(&row.name);
    repository::edit(cx, id, |row| {
        row.lifecycle = Some(Arc::new(Policy { evaluated: Some(now), ..Policy::clone(&policy) }));
        row.images.retain(|image| expiring.iter().all(|(digest, _)| *digest != image.digest));
        row.tidy();
    });
    if !expiring.is_empty() {
        let text = format!("{} images expired", expiring.len());
        cx.tell(Tone::Change, "repository", &name, text);
    }
    cx.after(limits::LIFECYCLE_EVERY_MS, Job::Ecr(EcrJob::Expire { repository: id, number }));
}

pub(super) fn start_preview(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let row = names::row(cx.account, params)?;
    let policy = match params.str("lifecyclePolicyText") {
        Some(text) => Policy::parse(text)?,
        None => Policy::clone(policy_of(row)?),
    };
    if row.preview.as_ref().is_some_and(|preview| preview.expiring.is_none()) {
        let text = "The previous lifecycle policy preview request has not completed. Wait and try \
                    again.";
        return Err(ApiError::new("LifecyclePolicyPreviewInProgressException", text));
    }
    let number = row.preview.as_ref().map_or(0, |preview| preview.number) + 1;
    let answer = names::about(&row.name).text("lifecyclePolicyText", &policy.text);
    let preview = Arc::new(Preview { policy, number, expiring: None });
    repository::edit(cx, id, |row| row.preview = Some(preview));
    cx.after(limits::LIFECYCLE_PREVIEW_MS, Job::Ecr(EcrJob::Previewed { repository: id, number }));
    Ok(answer.text("status", "IN_PROGRESS").done())
}

/// The preview is worked out.
pub(super) fn previewed(cx: &mut Ctx<'_>, id: Id<Repository>, number: u32) {
    let now = cx.now;
    repository::edit(cx, id, |row| {
        let Some(preview) = row.preview.clone().filter(|one| one.number == number) else { return };
        let expiring = preview.policy.expiring(&row.images, now);
        let images = expiring.into_iter().filter_map(|(digest, rule)| {
            let image = row.images.iter().find(|image| image.digest == digest)?;
            Some((image.clone(), rule))
        });
        let expiring = Some(images.collect());
        row.preview = Some(Arc::new(Preview { expiring, ..Preview::clone(&preview) }));
    });
}

pub(super) fn preview(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let Some(preview) = &row.preview else {
        let code = "LifecyclePolicyPreviewNotFoundException";
        return Err(names::none_of(code, "Lifecycle policy preview", &row.name));
    };
    let expiring = preview.expiring.as_deref().unwrap_or_default();
    let shown = expiring.iter().map(|(image, rule)| {
        let mut shown = json!({
            "imageDigest": image.digest,
            "imagePushedAt": image.pushed.seconds(),
            "action": { "type": "EXPIRE" },
            "appliedRulePriority": rule,
        });
        if let Some(members) = shown.as_object_mut().filter(|_| !image.tags.is_empty()) {
            members.insert("imageTags".into(), json!(image.tags));
        }
        shown
    });
    let done = preview.expiring.is_some();
    let summary = done.then(|| json!({ "expiringImageTotalCount": expiring.len() }));
    Ok(names::page(params, "previewResults", shown.collect())?
        .text("registryId", limits::ACCOUNT)
        .text("repositoryName", &row.name)
        .text("lifecyclePolicyText", &preview.policy.text)
        .text("status", if done { "COMPLETE" } else { "IN_PROGRESS" })
        .maybe("summary", summary)
        .done())
}

fn policy_of(row: &Repository) -> Result<&Policy, ApiError> {
    row.lifecycle.as_deref().ok_or_else(|| {
        let code = "LifecyclePolicyNotFoundException";
        names::none_of(code, "Lifecycle policy", &row.name)
    })
}
