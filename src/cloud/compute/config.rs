//! The configuration of a container image: what of it the simulator acts on, and how it is written.

use std::sync::Arc;

use serde_json::{Value, json};

use super::images::{self, Reference};
use super::program::{self, Nature, Started, Stop};

/// What an image is made from and what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The public image that it is made from, in full: `docker.io/library/nginx:1.27`.
    pub base: Option<Arc<str>>,
    /// What runs in it: entry point and command; empty where it does what its base does.
    pub command: Vec<Arc<str>>,
    /// The digests of its layers.
    pub layers: Vec<Arc<str>>,
    /// It needs a Windows kernel.
    pub windows: bool,
}

/// The annotation that names an image's base (OCI image specification, "Pre-Defined Annotation Keys").
const BASE: &str = "org.opencontainers.image.base.name";

impl Config {
    /// Reads a configuration; what is not there is nothing.
    pub fn read(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let texts = |path: &str| -> Vec<Arc<str>> {
            let list = value.pointer(path).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(Arc::from).collect()
        };
        let labels = value.pointer("/config/Labels");
        let mut command = texts("/config/Entrypoint");
        command.extend(texts("/config/Cmd"));
        Self {
            base: labels.and_then(|labels| labels.get(BASE)?.as_str()).map(Arc::from),
            command,
            layers: texts("/rootfs/diff_ids"),
            windows: value.get("os").and_then(Value::as_str) == Some("windows"),
        }
    }

    /// The configuration as it is kept in a registry.
    pub fn text(&self) -> String {
        let labels = self.base.as_ref().map_or(json!({}), |base| json!({ BASE: base }));
        let config = json!({ "Cmd": self.command, "Labels": labels });
        let os = if self.windows { "windows" } else { "linux" };
        let files = json!({ "type": "layers", "diff_ids": self.layers });
        json!({ "architecture": "amd64", "config": config, "os": os, "rootfs": files }).to_string()
    }

    /// What a container does that is given no command. An image of nothing that the model knows stands for a program
    /// that runs until it is told to stop.
    pub fn nature(&self) -> Nature {
        let base = self.base.as_ref().map(|base| Reference::parse(base));
        let base = base.and_then(|base| images::find(&base).ok());
        let own = base.map_or(Nature::runs(Stop::Exits(0, 0)), |image| image.nature);
        match program::start(own, &self.command) {
            Started::Runs(nature) => nature,
            Started::NotFound(_) => Nature::ends(0, 127),
        }
    }
}
