//! `docker build`: an image from one of the prepared Dockerfiles.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dockerfile::{self, Dockerfile};
use super::{Fail, Shell, reference};
use crate::cli::aws::Endpoint;
use crate::cli::files;
use crate::cloud::compute::config::Config;
use crate::cloud::compute::images::{self, Reference};
use crate::cloud::compute::packed::{Layer, Packed};
use crate::cloud::docker::LocalImage;
use crate::cloud::time::Millis;

/// What a layer of the learner's own adds. Chosen: an application of 5 MB.
const COPY_BYTES: u64 = 5 * 1_024 * 1_024;
/// What a RUN adds. Chosen.
const RUN_BYTES: u64 = 64 * 1_024;
/// How long an instruction takes that is not in the build cache. Chosen.
const STEP_MS: Millis = 400;

/// Runs the words after `docker build`.
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let asked = Asked::read(words)?;
    let Some(text) = files::read(&asked.file) else {
        let text = format_args!(
            "ERROR: failed to solve: failed to read dockerfile: open {}: no such file or directory",
            asked.file
        );
        return Err(Fail::honest(text, 1));
    };
    let failed = |why: String| Fail::honest(format_args!("ERROR: failed to solve: {why}"), 1);
    let file = dockerfile::read(text, &asked.arguments).map_err(failed)?;
    let from = Reference::parse(&file.from);
    let docker = &shell.cloud.account().docker;
    let local = docker.find(&from.full(), "");
    let base = local.map(|image| image.packed.clone()).or_else(|| Packed::of_public(&from));
    let missing = || failed(format!("{}: {}: not found", file.from, from.full()));
    let base = base.ok_or_else(missing)?;
    let known = base.layers.iter().all(|layer| docker.has_layer(&layer.digest));
    let (image, mut cached) = made(shell, &file, &base, from.full());
    if asked.afresh {
        cached.fill(false);
    }
    let time = if known { 0 } else { images::pull_time(base.size() / 1_024) };
    report(shell, &asked, &file, &image, &cached, time);
    let fresh = cached.iter().filter(|cached| !**cached).count();
    shell.pass(time + STEP_MS * u64::try_from(fresh).unwrap_or(0));
    let created = shell.cloud.now();
    for name in asked.names {
        shell.docker(words).name(LocalImage { created, ..image.clone() }, &name);
    }
    Ok(())
}

struct Asked {
    names: Vec<String>,
    file: String,
    arguments: BTreeMap<String, String>,
    /// `--no-cache`: every instruction is run again. The base stays as it is.
    afresh: bool,
}

impl Asked {
    fn read(words: &[String]) -> Result<Self, Fail> {
        let (mut names, mut arguments) = (Vec::new(), BTreeMap::new());
        let (mut file, mut folder, mut afresh) = ("Dockerfile".to_owned(), None, false);
        let mut rest = words.iter().map(String::as_str);
        while let Some(word) = rest.next() {
            let (flag, value) = word.split_once('=').map_or((word, None), |(f, v)| (f, Some(v)));
            let mut value = || value.or_else(|| rest.next()).unwrap_or("");
            match flag {
                "-t" | "--tag" => names.push(reference(value())?.full()),
                "-f" | "--file" => value().clone_into(&mut file),
                "--platform" | "--progress" => drop(value()),
                "--build-arg" => {
                    let pair = if word.starts_with("--build-arg=") {
                        word.trim_start_matches("--build-arg=")
                    } else {
                        value()
                    };
                    let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
                    arguments.insert(name.to_owned(), text.to_owned());
                }
                "--no-cache" => afresh = true,
                "--quiet" | "-q" => {}
                _ if flag.starts_with('-') => {
                    return Err(Fail::honest(format_args!("unknown flag: {flag}"), 125));
                }
                _ => folder = Some(word),
            }
        }
        if folder.is_none() {
            let text = "ERROR: docker: 'docker buildx build' requires 1 argument";
            return Err(Fail::honest(text, 1));
        }
        Ok(Self { names, file, arguments, afresh })
    }
}

/// The image, and for each instruction that makes a layer whether it was made before.
fn made(
    shell: &Shell<'_>,
    file: &Dockerfile,
    base: &Packed,
    from: String,
) -> (LocalImage, Vec<bool>) {
    let docker = &shell.cloud.account().docker;
    let mut layers = base.layers.clone();
    let below = (0..layers.len()).map(|at| (Arc::from(format!("FROM {from}")), Some(at)));
    let mut history: Vec<(Arc<str>, Option<usize>)> = below.collect();
    let mut cached = Vec::new();
    for step in &file.steps {
        let place = step.layer.then_some(layers.len());
        history.push((Arc::from(step.text.as_str()), place));
        if step.layer {
            // A layer is what its instruction makes of the layers below.
            let under = layers.last().map_or("", |layer| &*layer.digest);
            let bytes = if step.text.starts_with("RUN") { RUN_BYTES } else { COPY_BYTES };
            let layer = Layer::new(&format!("{} on {under}", step.text), bytes);
            cached.push(docker.has_layer(&layer.digest));
            layers.push(layer);
        }
    }
    let mut config = Config::read(&base.config);
    if !file.command.is_empty() {
        config.command = file.command.iter().map(|word| Arc::from(word.as_str())).collect();
    }
    let packed = Packed::new(config, layers);
    let created = shell.cloud.now();
    (LocalImage { packed, names: Vec::new(), created, history }, cached)
}

/// What BuildKit shows when it is done.
fn report(
    shell: &mut Shell<'_>,
    asked: &Asked,
    file: &Dockerfile,
    image: &LocalImage,
    cached: &[bool],
    pull: Millis,
) {
    let seconds = |time: Millis| format!("{}.{}s", time / 1_000, time % 1_000 / 100);
    let mut lines: Vec<(String, Millis)> = Vec::new();
    let mut add = |text: String, time: Millis| lines.push((text, time));
    add(format!("[internal] load build definition from {}", asked.file), 0);
    add(format!("[internal] load metadata for {}", Reference::parse(&file.from).full()), 0);
    add("[internal] load build context".to_owned(), 0);
    let steps: Vec<&dockerfile::Step> = file.steps.iter().filter(|step| step.layer).collect();
    let of = steps.len() + 1;
    let already = if pull == 0 { "CACHED " } else { "" };
    add(format!("{already}[1/{of}] FROM {}", file.from), pull);
    for ((number, step), cached) in (2..).zip(&steps).zip(cached) {
        let (already, time) = if *cached { ("CACHED ", 0) } else { ("", STEP_MS) };
        add(format!("{already}[{number}/{of}] {}", step.text), time);
    }
    add("exporting to image".to_owned(), 0);
    add(format!("=> writing image {}", image.packed.id()), 0);
    for name in &asked.names {
        add(format!("=> naming to {name}"), 0);
    }
    let total: Millis = lines.iter().map(|(_, time)| time).sum();
    let count = lines.iter().filter(|(text, _)| !text.starts_with("=>")).count();
    shell.print(&format!("[+] Building {} ({count}/{count}) FINISHED\n", seconds(total)));
    for (line, time) in lines {
        let line: String = line.chars().take(66).collect();
        shell.print(&format!(" => {line:<66} {:>6}\n", seconds(time)));
    }
}
