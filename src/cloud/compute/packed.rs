//! Images as registries and Docker keep them: layers, a configuration, and the manifest that names both.

use std::sync::Arc;

use serde_json::json;

use super::config::Config;
use super::images::{self, Reference};
use crate::cloud::sha256;

/// An image in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its configuration as it is written.
    pub config: Arc<str>,
    /// Its layers, the lowest first.
    pub layers: Vec<Layer>,
}

/// A layer. A few words stand for what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The SHA-256 of the words.
    pub digest: Arc<str>,
    /// Bytes, compressed.
    pub size: u64,
    /// The words.
    pub text: Arc<str>,
}

/// The layer that the larger prepared images have in common: Debian's files, about 28 MB (facts/docker §2, rounded).
const DEBIAN_KIB: u64 = 28_000;

impl Layer {
    /// A layer with these words in it.
    pub fn new(text: &str, size: u64) -> Self {
        Self { digest: Arc::from(sha256::digest(text.as_bytes())), size, text: Arc::from(text) }
    }
}

impl Packed {
    /// An image of layers; `config` is told which they are.
    pub fn new(mut config: Config, layers: Vec<Layer>) -> Self {
        config.layers = layers.iter().map(|layer| Arc::clone(&layer.digest)).collect();
        Self { config: Arc::from(config.text()), layers }
    }

    /// A public image in pieces, if there is such an image.
    pub fn of_public(reference: &Reference) -> Option<Self> {
        let image = images::find(reference).ok()?;
        let tag = image
            .tags
            .iter()
            .find(|tag| Some(&*images::digest(image, tag)) == reference.digest.as_deref());
        let tag = tag.copied().unwrap_or(&reference.tag);
        let name = format!("docker.io/{}:{tag}", image.repository);
        let debian = if image.kib > DEBIAN_KIB && !image.windows { DEBIAN_KIB } else { 0 };
        let own = Layer::new(&format!("files of {name}"), (image.kib - debian) * 1_024);
        let mut layers = vec![Layer::new("files of debian:bookworm-slim", debian * 1_024), own];
        layers.retain(|layer| layer.size > 0);
        let base = Some(Arc::from(name));
        Some(Self::new(Config { base, windows: image.windows, ..Config::default() }, layers))
    }

    /// The digest of the configuration: Docker's id of the image.
    pub fn id(&self) -> String {
        sha256::digest(self.config.as_bytes())
    }

    /// The manifest, as Docker writes it.
    pub fn manifest(&self) -> String {
        let docker = "application/vnd.docker";
        let layer = |layer: &Layer| {
            json!({
                "mediaType": format!("{docker}.image.rootfs.diff.tar.gzip"),
                "size": layer.size,
                "digest": layer.digest,
            })
        };
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": format!("{docker}.distribution.manifest.v2+json"),
            "config": {
                "mediaType": format!("{docker}.container.image.v1+json"),
                "size": self.config.len(),
                "digest": self.id(),
            },
            "layers": self.layers.iter().map(layer).collect::<Vec<_>>(),
        });
        format!("{manifest:#}")
    }

    /// The digest of the manifest: the registry's id of the image.
    pub fn digest(&self) -> String {
        sha256::digest(self.manifest().as_bytes())
    }

    /// Bytes, compressed.
    pub fn size(&self) -> u64 {
        self.layers.iter().map(|layer| layer.size).sum()
    }
}
