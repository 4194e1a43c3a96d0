//! `docker push`: layers first, those that are there already are skipped, the manifest last (facts/ecr §4).

use serde_json::{Value, json};

use super::registry::Registry;
use super::{Fail, Shell, check_network, find, is_private, reference, short, usage};
use crate::cli::aws::Endpoint;
use crate::cloud::base64;
use crate::cloud::compute::images;
use crate::cloud::compute::packed::Layer;
use crate::cloud::limits;

/// Runs the words after `docker push`.
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let [word] = words else { return Err(usage("docker push", "1 argument")) };
    let target = reference(word)?;
    let (place, tag) = (format!("{}/{}", target.registry, target.repository), target.tag.clone());
    if !word.rsplit('/').next().unwrap_or("").contains(':') {
        shell.print("Using default tag: latest\n");
    }
    shell.print(&format!("The push refers to repository [{place}]\n"));
    let known = find(&shell.cloud.account().docker, word).cloned();
    let image = known.map_err(|_| {
        let text = format_args!("An image does not exist locally with the tag: {place}");
        Fail::honest(text, 1)
    })?;
    if !is_private(&target) {
        let text = "denied: requested access to the resource is denied";
        return Err(Fail::honest(text, 1));
    }
    check_network(shell, &target)?;
    let registry = Registry::of(shell, &target)?;
    let packed = &image.packed;
    let digests: Vec<&str> = packed.layers.iter().map(|layer| &*layer.digest).collect();
    let input = json!({ "layerDigests": digests });
    let found = registry.call(shell, "BatchCheckLayerAvailability", input)?;
    let mut sent = 0;
    for layer in packed.layers.iter().rev() {
        let there = is_there(&found, &layer.digest);
        if !there {
            send(shell, &registry, layer)?;
            sent += layer.size;
        }
        let outcome = if there { "Layer already exists" } else { "Pushed" };
        shell.print(&format!("{}: {outcome}\n", short(&layer.digest)));
    }
    let size = u64::try_from(packed.config.len()).unwrap_or(0);
    let config = Layer::new(&packed.config, size);
    let input = json!({ "layerDigests": [config.digest] });
    let found = registry.call(shell, "BatchCheckLayerAvailability", input)?;
    if !is_there(&found, &config.digest) {
        send(shell, &registry, &config)?;
    }
    let manifest = packed.manifest();
    let input = json!({ "imageManifest": manifest, "imageTag": tag });
    let put = registry.call(shell, "PutImage", input);
    // The same image once more is no error to Docker (facts/ecr §7).
    let again = |fail: &Fail| fail.text.contains("already exists in the repository with name");
    if let Err(fail) = put
        && !again(&fail)
    {
        return Err(fail);
    }
    shell.pass(if sent > 0 { images::pull_time(sent / 1_024) } else { 0 });
    shell.print(&format!("{tag}: digest: {} size: {}\n", packed.digest(), manifest.len()));
    Ok(())
}

fn is_there(reply: &Value, digest: &str) -> bool {
    let layers = reply.get("layers").and_then(Value::as_array).into_iter().flatten();
    let mut mine =
        layers.filter(|one| one.get("layerDigest").and_then(Value::as_str) == Some(digest));
    mine.any(|one| one.get("layerAvailability").and_then(Value::as_str) == Some("AVAILABLE"))
}

/// One layer, in parts.
fn send(shell: &mut Shell<'_>, registry: &Registry, layer: &Layer) -> Result<(), Fail> {
    let begun = registry.call(shell, "InitiateLayerUpload", json!({}))?;
    let upload = begun.get("uploadId").cloned().unwrap_or_default();
    let part = limits::LAYER_PART_BYTES;
    let mut first = 0;
    while first < layer.size {
        let last = (first + part).min(layer.size) - 1;
        // The words that stand for the layer go with its first part.
        let body = if first == 0 { layer.text.as_bytes() } else { b"" };
        let input = json!({
            "uploadId": upload,
            "partFirstByte": first,
            "partLastByte": last,
            "layerPartBlob": base64::encode(body),
        });
        registry.call(shell, "UploadLayerPart", input)?;
        first = last + 1;
    }
    let input = json!({ "uploadId": upload, "layerDigests": [layer.digest] });
    registry.call(shell, "CompleteLayerUpload", input).map(|_| ())
}
