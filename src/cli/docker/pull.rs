//! `docker pull`: the manifest, then the layers that are not on this machine (facts/ecr §5).

use serde_json::{Value, json};

use super::registry::Registry;
use super::{Fail, Shell, check_network, familiar, is_private, reference, short, usage};
use crate::cli::aws::Endpoint;
use crate::cloud::compute::images::{self, Reference};
use crate::cloud::compute::packed::{Layer, Packed};
use crate::cloud::docker::LocalImage;

/// Runs the words after `docker pull`.
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let [word] = words else { return Err(usage("docker pull", "1 argument")) };
    let wanted = reference(word)?;
    if wanted.digest.is_none() && !word.rsplit('/').next().unwrap_or("").contains(':') {
        shell.print("Using default tag: latest\n");
    }
    check_network(shell, &wanted)?;
    let (packed, digest) = if is_private(&wanted) {
        of_registry(shell, &wanted)?
    } else {
        let found = images::find(&wanted).map_err(|why| public_error(word, &why))?;
        let packed = Packed::of_public(&wanted).ok_or_else(|| public_error(word, ""))?;
        (packed, images::digest(found, &wanted.tag).to_string())
    };
    let version = wanted.digest.as_deref().unwrap_or(&wanted.tag);
    shell.print(&format!("{version}: Pulling from {}\n", wanted.repository));
    let name = wanted.full();
    let docker = &shell.cloud.account().docker;
    let known = docker.find(&name, "").is_some_and(|image| image.packed == packed);
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for layer in packed.layers.iter().filter(|_| !known) {
        let there = docker.has_layer(&layer.digest);
        bytes += if there { 0 } else { layer.size };
        let outcome = if there { "Already exists" } else { "Pull complete" };
        lines.push(format!("{}: {outcome}\n", short(&layer.digest)));
    }
    shell.print(&lines.concat());
    shell.pass(if bytes > 0 { images::pull_time(bytes / 1_024) } else { 0 });
    let created = shell.cloud.now();
    let from = format!("files of {}", familiar(&name));
    let history = (0..packed.layers.len()).map(|at| (from.as_str().into(), Some(at))).collect();
    let image = LocalImage { packed, names: Vec::new(), created, history };
    shell.docker(words).name(image, &name);
    let status = if known { "Image is up to date for" } else { "Downloaded newer image for" };
    shell.print(&format!("Digest: {digest}\nStatus: {status} {}\n{name}\n", familiar(&name)));
    Ok(())
}

/// An image of the private registry, and its digest.
fn of_registry(shell: &mut Shell<'_>, wanted: &Reference) -> Result<(Packed, String), Fail> {
    let registry = Registry::of(shell, wanted).map_err(from_daemon)?;
    let id = match &wanted.digest {
        Some(digest) => json!({ "imageDigest": digest }),
        None => json!({ "imageTag": wanted.tag }),
    };
    let input = json!({ "imageIds": [id] });
    let reply = registry.call(shell, "BatchGetImage", input).map_err(from_daemon)?;
    let digest = reply.pointer("/images/0/imageId/imageDigest").and_then(Value::as_str);
    let Some(digest) = digest else {
        let text = format_args!(
            "Error response from daemon: manifest for {} not found: manifest unknown: Requested \
             image not found",
            wanted.full()
        );
        return Err(Fail::honest(text, 1));
    };
    let account = shell.cloud.account();
    let repository = account.repositories.find(&wanted.repository);
    let image = repository.and_then(|row| row.images.iter().find(|image| *image.digest == *digest));
    let Some((row, image)) = repository.zip(image) else {
        return Err(Fail::honest("Error response from daemon: unknown", 1));
    };
    let blob = |digest: &std::sync::Arc<str>| {
        let kept = row.layers.get(digest)?;
        let text = kept.text.clone().unwrap_or_default();
        Some(Layer { digest: std::sync::Arc::clone(digest), size: kept.size, text })
    };
    let layers: Vec<Layer> = image.layers.iter().filter_map(blob).collect();
    let packed = Packed { config: row.config(image).into(), layers };
    let docker = &account.docker;
    let mut missing: Vec<std::sync::Arc<str>> = image.layers.clone();
    missing.retain(|digest| !docker.has_layer(digest));
    let digest = digest.to_owned();
    for layer in missing {
        let input = json!({ "layerDigest": layer });
        registry.call(shell, "GetDownloadUrlForLayer", input).map_err(from_daemon)?;
    }
    Ok((packed, digest))
}

fn from_daemon(fail: Fail) -> Fail {
    Fail { text: format!("Error response from daemon: {}", fail.text), ..fail }
}

/// Docker's words for an image that Docker Hub does not have, or not for everybody.
fn public_error(word: &str, why: &str) -> Fail {
    let name = word.split([':', '@']).next().unwrap_or(word);
    let text = if why.ends_with("not found") {
        format!(
            "Error response from daemon: manifest for {} not found: manifest unknown: manifest \
             unknown",
            super::with_tag(word)
        )
    } else {
        format!(
            "Error response from daemon: pull access denied for {name}, repository does not exist or \
             may require 'docker login': denied: requested access to the resource is denied"
        )
    };
    Fail::honest(text, 1)
}
