//! Layers: which are there, and how one comes into a repository (facts/ecr §4).
//!
//! What a part carries stands for its bytes: a few words are enough, the size is that of the byte range.

use std::sync::Arc;

use serde_json::{Value, json};

use super::image::is_digest;
use super::names;
use super::repository::{self, Repository};
use crate::cloud::action::Ctx;
use crate::cloud::base64;
use crate::cloud::ecs::names::new_uuid;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::sha256;
use crate::cloud::table::Id;

/// A layer or a configuration in a repository.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Bytes, compressed.
    pub size: u64,
    /// What was in it, of something small such as a configuration.
    pub text: Option<Arc<str>>,
}

/// A layer on its way.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Bytes received.
    received: u64,
    /// The size of the last part.
    last_part: u64,
    /// What the parts carried.
    body: Vec<u8>,
}

pub(super) fn check(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let (mut layers, mut failures) = (Vec::new(), Vec::new());
    for digest in params.strings("layerDigests") {
        if !is_digest(digest) {
            failures.push(json!({
                "layerDigest": digest,
                "failureCode": "InvalidLayerDigest",
                "failureReason": "Invalid layer digest",
            }));
            continue;
        }
        layers.push(match row.layers.get(digest) {
            Some(layer) => json!({
                "layerDigest": digest,
                "layerAvailability": "AVAILABLE",
                "layerSize": layer.size,
                "mediaType": LAYER,
            }),
            None => json!({ "layerDigest": digest, "layerAvailability": "UNAVAILABLE" }),
        });
    }
    Ok(json!({ "layers": layers, "failures": failures }))
}

/// The media type of a layer.
pub(super) const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

pub(super) fn initiate(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let upload = new_uuid(cx.rng);
    repository::edit(cx, id, |row| {
        // Uploads that nobody ends are given up, the oldest name first.
        if row.uploads.len() >= limits::LAYER_UPLOADS {
            row.uploads.pop_first();
        }
        row.uploads.insert(Arc::clone(&upload), Upload::default());
    });
    Ok(json!({ "uploadId": upload, "partSize": limits::LAYER_PART_BYTES }))
}

pub(super) fn upload(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let name = params.required("uploadId");
    let byte = |member: &str| params.int(member).and_then(|at| u64::try_from(at).ok());
    let (first, last) = (byte("partFirstByte").unwrap_or(0), byte("partLastByte").unwrap_or(0));
    let upload = under_way(cx, id, params)?;
    let size = last.saturating_add(1).saturating_sub(first);
    if first != upload.received || last < first || size > limits::LAYER_PART_MOST_BYTES {
        let text = "The layer part size is not valid, or the first byte specified is not \
                    consecutive to the last byte of a previous layer part upload.";
        return Err(ApiError::new("InvalidLayerPartException", text));
    }
    if first > 0 && upload.last_part < limits::LAYER_PART_LEAST_BYTES {
        let text = "Layer parts must be at least 5 MiB in size.";
        return Err(ApiError::new("LayerPartTooSmallException", text));
    }
    let body = base64::decode(params.str("layerPartBlob").unwrap_or(""));
    let body = body.ok_or_else(|| ApiError::invalid("Invalid parameter at 'layerPartBlob'"))?;
    if upload.body.len() + body.len() > limits::LAYER_BODY_BYTES {
        let text = "This model keeps no more than a few words of a layer.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    repository::edit(cx, id, |row| {
        if let Some(upload) = row.uploads.get_mut(name) {
            upload.received = last + 1;
            upload.last_part = size;
            upload.body.extend(body);
        }
    });
    let answer = names::about(params.required("repositoryName")).text("uploadId", name);
    Ok(answer.put("lastByteReceived", last).done())
}

pub(super) fn complete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let name = params.required("uploadId");
    let digest = params.strings("layerDigests").next().unwrap_or("");
    let upload = under_way(cx, id, params)?;
    if upload.received == 0 {
        let text = "The specified layer upload does not contain any layer parts.";
        return Err(ApiError::new("EmptyUploadException", text));
    }
    if sha256::digest(&upload.body) != digest {
        let text = "The layer digest calculation performed by Amazon ECR upon receipt of the image \
                    layer does not match the digest specified.";
        return Err(ApiError::new("InvalidLayerException", text));
    }
    let row = cx.account.repositories.get(id);
    if row.is_some_and(|row| row.layers.contains_key(digest)) {
        let text = "The image layer already exists in the associated repository.";
        return Err(ApiError::new("LayerAlreadyExistsException", text));
    }
    let text = String::from_utf8(upload.body.clone()).ok().map(Arc::from);
    let layer = Layer { size: upload.received, text };
    repository::edit(cx, id, |row| {
        row.uploads.remove(name);
        row.layers.insert(Arc::from(digest), layer);
    });
    let answer = names::about(params.required("repositoryName")).text("uploadId", name);
    Ok(answer.text("layerDigest", digest).done())
}

/// The address of a layer: signed, in a bucket of ECR's own (facts/ecr §5).
pub(super) fn download_url(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let digest = params.required("layerDigest");
    if !row.layers.contains_key(digest) {
        let text = "The specified layers could not be found, or the specified layer is not valid \
                    for this repository.";
        return Err(ApiError::new("LayersNotFoundException", text));
    }
    let url = format!("https://{}/{}/{digest}?X-Amz-Expires=3600", bucket_host(), limits::ACCOUNT);
    Ok(json!({ "downloadUrl": url, "layerDigest": digest }))
}

/// Where layers are kept.
pub fn bucket_host() -> String {
    let region = limits::REGION;
    format!("prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com")
}

/// The upload that a request names.
fn under_way<'a>(
    cx: &'a Ctx<'_>,
    id: Id<Repository>,
    params: Params<'_>,
) -> Result<&'a Upload, ApiError> {
    let row = cx.account.repositories.get(id);
    row.and_then(|row| row.uploads.get(params.required("uploadId"))).ok_or_else(|| {
        let text = "The upload could not be found, or the specified upload ID is not valid for \
                    this repository.";
        ApiError::new("UploadNotFoundException", text)
    })
}
