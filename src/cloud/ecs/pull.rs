//! Pulling the image of a container: whether it can be, how long it takes, and what it holds.

use std::sync::Arc;

use super::awsvpc;
use super::container_def::{ContainerDef, words};
use super::container_life::Which;
use super::private;
use super::refusal::Refusal;
use super::task::Task;
use super::task_def_rules::is_private_ecr;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::images::{self, Reference};
use crate::cloud::compute::program::Nature;
use crate::cloud::ecr;
use crate::cloud::limits;
use crate::cloud::net::reach::is_internet_reached;
use crate::cloud::params::Params;
use crate::cloud::time::{Millis, SimTime};

/// An image that was pulled.
#[derive(Clone, Debug)]
pub(super) struct Pulled {
    /// What it does when no command is given.
    pub(super) nature: Nature,
    /// Its digest.
    pub(super) digest: Arc<str>,
    /// What has to come over the network.
    pub(super) kib: u64,
    /// It needs a Windows kernel.
    pub(super) windows: bool,
}

/// How long the pull will take, whatever comes of it.
pub(super) fn duration(account: &Account, now: SimTime, which: Which) -> Millis {
    match look_up(account, now, which) {
        Ok(pulled) if is_cached(account, which, &pulled.digest) => limits::CACHED_PULL_MS,
        Ok(pulled) => images::pull_time(pulled.kib),
        Err(refusal) => refusal.after,
    }
}

/// What came of the pull, or the reason.
pub(super) fn outcome(cx: &mut Ctx<'_>, which: Which) -> Result<Pulled, String> {
    let mut pulled = look_up(cx.account, cx.now, which).map_err(|refusal| refusal.record(cx))?;
    let reference = parts(cx.account, which).map(|(_, it)| Reference::parse(&it.image));
    let Some(reference) = reference else { return Ok(pulled) };
    if private::is_ours(&reference) {
        ecr::pull(cx, &reference.repository, &reference.tag, &pulled.digest);
        pin(cx, which, &pulled.digest);
    } else if let Ok(image) = images::find(&reference) {
        pulled.digest = images::digest(image, &reference.tag);
    }
    Ok(pulled)
}

/// Keeps the image on its host's disk.
pub(super) fn remember(account: &mut Account, which: Which, digest: &str) {
    if is_cached(account, which, digest) {
        return;
    }
    let Some((task, definition)) = parts(account, which) else { return };
    let Some(id) = task.instance else { return };
    let full: Arc<str> = Arc::from(on_disk(&Reference::parse(&definition.image), digest));
    if let Some(host) = account.container_instances.edit(id) {
        host.images.insert(full);
    }
}

/// Entry point and command: the overrides' command, else the definition's; none where neither gives any.
pub(super) fn command(account: &Account, which: Which) -> Vec<Arc<str>> {
    let Some((task, definition)) = parts(account, which) else { return Vec::new() };
    let overrides = Params::new(&task.request.overrides);
    let mut mine = overrides.list("containerOverrides").iter().map(Params::new);
    let mine = mine.find(|one| one.str("name") == Some(&definition.name));
    let overridden = mine.and_then(|mine| words(mine, "command"));
    let command = overridden.or_else(|| definition.command.clone());
    definition.entry_point.iter().chain(&command).flat_map(|words| words.iter().cloned()).collect()
}

fn parts(account: &Account, which: Which) -> Option<(&Task, &ContainerDef)> {
    let task = account.tasks.get(which.task)?;
    Some((task, task.definition.containers.get(usize::from(which.index))?))
}

fn is_cached(account: &Account, which: Which, digest: &str) -> bool {
    let Some((task, definition)) = parts(account, which) else { return false };
    let host = task.instance.and_then(|id| account.container_instances.get(id));
    let Some(host) = host.filter(|host| !host.images.is_empty()) else { return false };
    host.images.contains(&*on_disk(&Reference::parse(&definition.image), digest))
}

/// What an image is called on a host's disk. A public tag always means the same in this model.
fn on_disk(reference: &Reference, digest: &str) -> String {
    let full = reference.full();
    if private::is_ours(reference) { format!("{full}@{digest}") } else { full }
}

/// The agent asks the registry first and falls back to what is on the host's disk (facts/docker §5:
/// ECS_IMAGE_PULL_BEHAVIOR `default`).
fn look_up(account: &Account, now: SimTime, which: Which) -> Result<Pulled, Refusal> {
    let Some((task, definition)) = parts(account, which) else {
        return Err(Refusal::slow("the task is gone", 0));
    };
    let mut reference = Reference::parse(&definition.image);
    let found = if private::is_ours(&reference) {
        let full = reference.full();
        let digest = pinned(account, task, which.index).filter(|_| definition.consistent);
        reference.digest = digest.map(ToString::to_string).or(reference.digest);
        let fresh = match blocked(account, &reference) {
            Some(refusal) => Err(refusal),
            None => private::look_up(account, now, task, &reference),
        };
        fresh.or_else(|refusal| kept(account, task, &full).ok_or(refusal))
    } else {
        public(account, task, &reference, is_cached(account, which, ""))
    };
    let pulled = found?;
    if pulled.windows == on_windows(account, task) {
        return Ok(pulled);
    }
    let reason = format!("CannotPullContainerError: {}", no_match(pulled.windows));
    Err(Refusal::slow(reason, limits::FAILED_RESOLVE_MS))
}

/// A private image on the disk of the task's host.
#[inline(never)]
fn kept(account: &Account, task: &Task, full: &str) -> Option<Pulled> {
    let host = account.container_instances.get(task.instance?)?;
    let start = format!("{full}@");
    let name = host.images.iter().find(|name| name.starts_with(&start))?;
    private::by_digest(account, &Reference::parse(full), name.strip_prefix(&start)?)
}

/// What the tag of a service's image means, since the first task of the deployment pulled it (facts/ecs §4).
fn pinned<'a>(account: &'a Account, task: &Task, index: u8) -> Option<&'a Arc<str>> {
    let owner = task.owner?;
    let service = account.services.get(owner.service)?;
    let mut deployments = service.deployments.iter();
    let deployment = deployments.find(|one| one.number == owner.deployment)?;
    deployment.digests.get(&index)
}

#[inline(never)]
fn pin(cx: &mut Ctx<'_>, which: Which, digest: &Arc<str>) {
    let Some(owner) = cx.account.tasks.get(which.task).and_then(|task| task.owner) else { return };
    let Some(service) = cx.account.services.edit(owner.service) else { return };
    let mut deployments = service.deployments.iter_mut();
    if let Some(deployment) = deployments.find(|one| one.number == owner.deployment) {
        deployment.digests.at(which.index, || Arc::clone(digest));
    }
}

/// An image of a public registry.
fn public(
    account: &Account,
    task: &Task,
    reference: &Reference,
    cached: bool,
) -> Result<Pulled, Refusal> {
    let found = images::find(reference).map(|image| Pulled {
        nature: image.nature,
        // Made when the pull has ended: before that nobody asks.
        digest: Arc::default(),
        kib: image.kib,
        windows: image.windows,
    });
    if let (Ok(pulled), true) = (&found, cached) {
        return Ok(pulled.clone());
    }
    let from = awsvpc::pulls_through(account, task);
    if from.is_some_and(|eni| !is_internet_reached(account, eni)) {
        let why = "net/http: request canceled while waiting for connection (Client.Timeout \
                   exceeded while awaiting headers)";
        let reason = format!("{RETRIED} {}: {why}", head(reference));
        return Err(Refusal::slow(reason, limits::UNREACHABLE_PULL_MS));
    }
    if let Some(refusal) = blocked(account, reference) {
        return Err(refusal);
    }
    if is_private_ecr(&reference.registry) {
        // The registry of another account or Region (seen in public logs).
        let (host, full) = (&reference.registry, reference.full());
        let reason = format!(
            "{RETRIED} failed to resolve ref {full}: pulling from host {host} failed with status \
             code [manifests {}]: 403 Forbidden",
            reference.tag
        );
        return Err(Refusal::slow(reason, limits::FAILED_RESOLVE_MS));
    }
    found.map_err(|why| Refusal::slow(format!("{RETRIED} {why}"), limits::FAILED_RESOLVE_MS))
}

const RETRIED: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s):";

/// The fault: no registry answers.
#[inline(never)]
fn blocked(account: &Account, reference: &Reference) -> Option<Refusal> {
    account.registry_blocked.then(|| {
        let reason = format!("{RETRIED} {}: 503 Service Unavailable", head(reference));
        Refusal::slow(reason, limits::FAILED_RESOLVE_MS)
    })
}

/// The request that a pull begins with, in an error.
fn head(reference: &Reference) -> String {
    let hub = reference.registry == "docker.io";
    format!(
        "failed to resolve ref {}: failed to do request: Head \"https://{}/v2/{}/manifests/{}\"",
        reference.full(),
        if hub { "registry-1.docker.io" } else { &reference.registry },
        reference.repository,
        reference.tag,
    )
}

/// The task runs on a Windows kernel: its host's, or on Fargate the one that it asks for.
fn on_windows(account: &Account, task: &Task) -> bool {
    let host = task.instance.and_then(|id| account.container_instances.get(id));
    match host {
        Some(host) => {
            let os = host.attributes.get("ecs.os-type").and_then(Option::as_deref);
            os == Some("windows")
        }
        None => {
            task.definition.os_family.as_deref().is_some_and(|family| family.starts_with("WINDOWS"))
        }
    }
}

/// Docker's answer when an image has nothing for the kernel of its host (facts/docker §1; seen in public logs).
fn no_match(windows_image: bool) -> &'static str {
    if windows_image {
        "no matching manifest for linux/amd64 in the manifest list entries"
    } else {
        "no matching manifest for windows/amd64 10.0.20348 in the manifest list entries"
    }
}
