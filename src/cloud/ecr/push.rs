//! PutImage: the last step of a push, where a tag is moved or refused (facts/ecr §4, §7).

use std::sync::Arc;

use serde_json::{Value, json};

use super::image::Image;
use super::repository::{self, Repository};
use super::{names, scan};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::sha256;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

pub(super) fn put_image(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let row = names::row(cx.account, params)?;
    let tag = params.str("imageTag");
    let image = read(row, params, cx.now)?;
    refuse_known(row, &image, tag)?;
    if let Some(tag) = tag.filter(|tag| row.tagged(tag).is_some() && row.mutability.keeps(tag)) {
        return Err(ApiError::new(
            "ImageTagAlreadyExistsException",
            format!(
                "The image tag '{tag}' already exists in the '{}' repository and cannot be \
                 overwritten because the tag is immutable.",
                row.name
            ),
        ));
    }
    if row.images.len() >= limits::IMAGES_PER_REPOSITORY {
        let text = "The operation did not succeed because it would have exceeded a service limit \
                    for your account.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    let (name, digest) = (Arc::clone(&row.name), Arc::clone(&image.digest));
    let answer = image.answer(&name, tag);
    let is_new = add(cx, id, image, tag);
    if is_new && cx.account.repositories.get(id).is_some_and(|row| row.scan_on_push) {
        scan::begin(cx, id, &digest);
    }
    let what = tag.map_or_else(|| digest.to_string(), str::to_owned);
    cx.tell(Tone::Success, "repository", &name, format!("image {what} pushed"));
    Ok(json!({ "image": answer }))
}

/// Keeps an image and gives it its tag: the one that had the tag stays, without it. False where the image was there.
pub(super) fn add(cx: &mut Ctx<'_>, id: Id<Repository>, image: Image, tag: Option<&str>) -> bool {
    let mut is_new = false;
    repository::edit(cx, id, |row| {
        if let Some(tag) = tag {
            for other in &mut row.images {
                other.tags.retain(|one| **one != *tag);
            }
        }
        let known = row.images.iter().position(|one| one.digest == image.digest);
        if known.is_none() {
            row.images.push(image);
            is_new = true;
        }
        let at = known.unwrap_or(row.images.len().saturating_sub(1));
        if let Some(image) = row.images.get_mut(at) {
            image.tags.extend(tag.map(Arc::from));
        }
    });
    is_new
}

/// The image of a manifest, with everything that it needs there (API-ecr PutImage).
fn read(
    row: &Repository,
    params: Params<'_>,
    now: crate::cloud::time::SimTime,
) -> Result<Image, ApiError> {
    let text = params.required("imageManifest");
    let unfit = |what: &str| names::unfit("ImageManifest", what);
    let manifest: Value = serde_json::from_str(text).map_err(|_| unfit("Invalid JSON syntax"))?;
    let digest_at = |value: &Value| value.get("digest").and_then(Value::as_str).map(Arc::from);
    let config: Option<Arc<str>> = manifest.get("config").and_then(digest_at);
    let layers = manifest.get("layers").and_then(Value::as_array);
    let layers = layers.map(|list| list.iter().filter_map(digest_at).collect::<Vec<Arc<str>>>());
    let (Some(config), Some(layers)) = (config, layers) else {
        return Err(unfit("Invalid manifest provided"));
    };
    let digest = sha256::digest(text.as_bytes());
    if params.str("imageDigest").is_some_and(|given| given != digest) {
        let text = "The specified image digest does not match the digest that Amazon ECR \
                    calculated for the image.";
        return Err(ApiError::new("ImageDigestDoesNotMatchException", text));
    }
    let all = || layers.iter().chain([&config]);
    let missing: Vec<&str> =
        all().filter(|digest| !row.layers.contains_key(*digest)).map(|digest| &**digest).collect();
    if !missing.is_empty() {
        return Err(ApiError::new(
            "LayersNotFoundException",
            format!(
                "Layers with digests '[{}]' required for pushing image into repository with name \
                 '{}' in the registry with id '{}' do not exist",
                missing.join(", "),
                row.name,
                limits::ACCOUNT
            ),
        ));
    }
    let media = params.str("imageManifestMediaType");
    let media = media.or_else(|| manifest.get("mediaType").and_then(Value::as_str));
    let size = layers.iter().filter_map(|digest| row.layers.get(digest)).map(|one| one.size).sum();
    Ok(Image {
        digest: Arc::from(digest),
        manifest: Arc::from(text),
        media: Arc::from(media.unwrap_or(MANIFEST)),
        config,
        layers,
        size,
        pushed: now,
        tags: Vec::new(),
        scan: None,
        pulled: None,
    })
}

/// The media type of a manifest of Docker's.
pub(super) const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The same image with the same tag once more (MOTO:moto/ecr/models.py).
fn refuse_known(row: &Repository, image: &Image, tag: Option<&str>) -> Result<(), ApiError> {
    let known = row.images.iter().find(|one| one.digest == image.digest);
    let Some(known) = known else { return Ok(()) };
    let with_tag = match tag {
        Some(tag) if known.tags.iter().all(|one| **one != *tag) => return Ok(()),
        Some(tag) => format!(" and tag '{tag}'"),
        None => String::new(),
    };
    Err(ApiError::new(
        "ImageAlreadyExistsException",
        format!(
            "Image with digest '{}'{with_tag} already exists in the repository with name '{}' in \
             registry with id '{}'",
            image.digest,
            row.name,
            limits::ACCOUNT
        ),
    ))
}
