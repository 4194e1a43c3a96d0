//! An image of a repository: a manifest with its digest, and the tags that lead to it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::names;
use super::repository::Repository;
use super::scan::Scan;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::time::SimTime;

/// An image (facts/ecr §1).
#[derive(Clone, Debug)]
pub struct Image {
    /// The SHA-256 of the manifest: the image's identity.
    pub digest: Arc<str>,
    /// The manifest as it was put.
    pub manifest: Arc<str>,
    /// The manifest's media type.
    pub media: Arc<str>,
    /// The digest of its configuration.
    pub config: Arc<str>,
    /// The digests of its layers, the lowest first.
    pub layers: Vec<Arc<str>>,
    /// What all of it takes in the repository, compressed.
    pub size: u64,
    /// When it was pushed.
    pub pushed: SimTime,
    /// The tags that lead to it.
    pub tags: Vec<Arc<str>>,
    /// Its newest scan.
    pub scan: Option<Scan>,
    /// When it was last pulled.
    pub pulled: Option<SimTime>,
}

/// Why a request for an image finds none: AWS's code and sentence.
pub(super) type NotFound = (&'static str, &'static str);

impl Image {
    /// The image as DescribeImages shows it.
    pub fn describe(&self, repository: &str) -> Value {
        let tags: Vec<&str> = self.tags.iter().map(|tag| &**tag).collect();
        let summary = self.scan.as_ref().and_then(Scan::summary);
        names::about(repository)
            .text("imageDigest", &self.digest)
            .maybe("imageTags", (!tags.is_empty()).then_some(tags))
            .put("imageSizeInBytes", self.size)
            .put("imagePushedAt", self.pushed.seconds())
            .maybe("imageScanStatus", self.scan.as_ref().map(Scan::status))
            .maybe("imageScanFindingsSummary", summary)
            .text("imageManifestMediaType", &self.media)
            .text("artifactMediaType", "application/vnd.docker.container.image.v1+json")
            .at("lastRecordedPullTime", self.pulled)
            .text("imageStatus", "ACTIVE")
            .done()
    }

    /// The image as PutImage and BatchGetImage show it.
    pub(super) fn answer(&self, repository: &str, tag: Option<&str>) -> Value {
        names::about(repository)
            .put("imageId", self.id(tag))
            .text("imageManifest", &self.manifest)
            .text("imageManifestMediaType", &self.media)
            .done()
    }

    /// An identifier of the image: its digest and, where one is meant, a tag.
    pub(super) fn id(&self, tag: Option<&str>) -> Value {
        match tag {
            Some(tag) => json!({ "imageDigest": self.digest, "imageTag": tag }),
            None => json!({ "imageDigest": self.digest }),
        }
    }

    /// An identifier for each tag; only the digest where there is none.
    pub(super) fn ids(&self) -> Vec<Value> {
        if self.tags.is_empty() {
            return vec![self.id(None)];
        }
        self.tags.iter().map(|tag| self.id(Some(tag))).collect()
    }
}

/// The place of an image among those of its repository, by an identifier of a request.
pub(super) fn find(repository: &Repository, id: Params<'_>) -> Result<usize, NotFound> {
    let (digest, tag) = (id.str("imageDigest"), id.str("imageTag"));
    if digest.is_none() && tag.is_none() {
        let text = "Invalid request parameters: both tag and digest cannot be null";
        return Err(("MissingDigestAndTag", text));
    }
    if digest.is_some_and(|digest| !is_digest(digest)) {
        let text = "Invalid request parameters: image digest should satisfy the regex \
                    '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
        return Err(("InvalidImageDigest", text));
    }
    let tagged = |image: &Image| tag.is_none_or(|tag| image.tags.iter().any(|one| **one == *tag));
    let named = |image: &Image| digest.is_none_or(|digest| *image.digest == *digest);
    let found = repository.images.iter().position(|image| tagged(image) && named(image));
    let mismatch = digest.is_some() && tag.is_some();
    let code = if mismatch { "ImageTagDoesNotMatchDigest" } else { "ImageNotFound" };
    found.ok_or((code, "Requested image not found"))
}

/// An identifier as AWS's sentences show it.
pub(super) fn shown(id: Params<'_>) -> String {
    let part = |name: &str| id.str(name).unwrap_or("null");
    format!("{{imageDigest:'{}', imageTag:'{}'}}", part("imageDigest"), part("imageTag"))
}

/// AWS's error for an image that is not there (MOTO:moto/ecr/exceptions.py).
pub(super) fn missing(id: Params<'_>, repository: &str) -> ApiError {
    let text = format!(
        "The image with imageId {} does not exist within the repository with name '{repository}' in \
         the registry with id '{}'",
        shown(id),
        limits::ACCOUNT
    );
    ApiError::new("ImageNotFoundException", text)
}

/// `sha256:` and hexadecimal digits.
pub(super) fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty() && !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}
