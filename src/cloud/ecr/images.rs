//! The calls that show, hand out and delete images.

use std::sync::Arc;

use serde_json::{Value, json};

use super::image::{self, Image};
use super::names;
use super::repository;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let ids = params.list("imageIds");
    let mut rows = Vec::new();
    for id in ids.iter().map(Params::new) {
        let found = image::find(row, id).ok().and_then(|at| row.images.get(at));
        rows.push(found.ok_or_else(|| image::missing(id, &row.name))?.describe(&row.name));
    }
    if ids.is_empty() {
        let wanted = row.images.iter().filter(|image| passes(image, params));
        rows = wanted.map(|image| image.describe(&row.name)).collect();
    }
    Ok(names::page(params, "imageDetails", rows)?.done())
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let wanted = row.images.iter().filter(|image| passes(image, params));
    let rows = wanted.flat_map(Image::ids).collect();
    Ok(names::page(params, "imageIds", rows)?.done())
}

/// The filter of a request: tagged or not, active or archived; nothing is archived in this model.
fn passes(image: &Image, params: Params<'_>) -> bool {
    let filter = params.inner("filter");
    let by_tag = match filter.str("tagStatus") {
        Some("TAGGED") => !image.tags.is_empty(),
        Some("UNTAGGED") => image.tags.is_empty(),
        _ => true,
    };
    by_tag && !matches!(filter.str("imageStatus"), Some("ARCHIVED" | "ACTIVATING"))
}

pub(super) fn get(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for id in params.list("imageIds") {
        let asked = Params::new(id);
        match image::find(row, asked) {
            Ok(at) => {
                let tag = asked.str("imageTag");
                images.extend(row.images.get(at).map(|image| image.answer(&row.name, tag)));
            }
            Err(why) => failures.push(failure(id, why)),
        }
    }
    Ok(json!({ "images": images, "failures": failures }))
}

/// A tag that is deleted takes its image along if it was the last one; a digest takes all its tags along (API-ecr
/// BatchDeleteImage).
pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for asked in params.list("imageIds") {
        let row = names::row(cx.account, params)?;
        match image::find(row, Params::new(asked)) {
            Ok(at) => repository::edit(cx, id, |row| {
                let tag = Params::new(asked).str("imageTag");
                let Some(image) = row.images.get_mut(at) else { return };
                match tag {
                    Some(tag) => {
                        deleted.push(image.id(Some(tag)));
                        image.tags.retain(|one| **one != *tag);
                    }
                    None => deleted.extend(image.ids()),
                }
                if tag.is_none() || image.tags.is_empty() {
                    row.images.remove(at);
                    row.tidy();
                }
            }),
            Err(why) => failures.push(failure(asked, why)),
        }
    }
    if !deleted.is_empty() {
        let name: Arc<str> = Arc::from(params.required("repositoryName"));
        let text = format!("{} image identifiers deleted", deleted.len());
        cx.tell(Tone::Change, "repository", &name, text);
    }
    Ok(json!({ "imageIds": deleted, "failures": failures }))
}

fn failure(id: &Value, (code, reason): image::NotFound) -> Value {
    json!({ "imageId": id, "failureCode": code, "failureReason": reason })
}
