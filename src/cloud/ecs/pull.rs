//! Pulling the image of a container: whether it can be, how long it takes, and what it holds.

use std::sync::Arc;

use super::awsvpc;
use super::container_def::{ContainerDef, words};
use super::container_life::Which;
use super::task::Task;
use crate::cloud::account::Account;
use crate::cloud::compute::images::{self, Reference};
use crate::cloud::compute::program::Nature;
use crate::cloud::limits;
use crate::cloud::net::reach::can_reach_internet;
use crate::cloud::params::Params;
use crate::cloud::time::Millis;

/// An image that was pulled.
#[derive(Clone, Debug)]
pub(super) struct Pulled {
    /// What it does when no command is given.
    pub(super) nature: Nature,
    /// Its digest.
    pub(super) digest: Arc<str>,
    /// What had to come over the network.
    kib: u64,
}

/// Why an image could not be pulled, and how long it takes to know.
struct Refusal {
    reason: String,
    after: Millis,
}

/// How long the pull will take, whatever comes of it.
pub(super) fn duration(account: &Account, which: Which) -> Millis {
    match look_up(account, which) {
        Ok(_) if is_cached(account, which) => limits::CACHED_PULL_MS,
        Ok(pulled) => images::pull_time(pulled.kib),
        Err(refusal) => refusal.after,
    }
}

/// What came of the pull, or the reason after `CannotPullContainerError:`.
pub(super) fn outcome(account: &Account, which: Which) -> Result<Pulled, String> {
    look_up(account, which).map_err(|refusal| refusal.reason)
}

/// Keeps the image on its host's disk.
pub(super) fn remember(account: &mut Account, which: Which) {
    let Some((task, definition)) = parts(account, which) else { return };
    let Some(id) = task.instance else { return };
    let full: Arc<str> = Arc::from(Reference::parse(&definition.image).full());
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

fn is_cached(account: &Account, which: Which) -> bool {
    let Some((task, definition)) = parts(account, which) else { return false };
    let host = task.instance.and_then(|id| account.container_instances.get(id));
    host.is_some_and(|host| host.images.contains(&*Reference::parse(&definition.image).full()))
}

/// The agent asks the registry first and falls back to what is on the host's disk (facts/docker §5:
/// ECS_IMAGE_PULL_BEHAVIOR `default`).
fn look_up(account: &Account, which: Which) -> Result<Pulled, Refusal> {
    let gone = || Refusal { reason: "the task is gone".to_owned(), after: 0 };
    let (task, definition) = parts(account, which).ok_or_else(gone)?;
    let reference = Reference::parse(&definition.image);
    let found = images::find(&reference).map(|image| Pulled {
        nature: image.nature,
        digest: images::digest(image, &reference.tag),
        kib: image.kib,
    });
    if found.is_ok() && is_cached(account, which) {
        return found.map_err(|_| gone());
    }
    let retried = "pull image manifest has been retried 5 time(s): ";
    let head = format!(
        "failed to resolve ref {}: failed to do request: Head \
         \"https://{}/v2/{}/manifests/{}\"",
        reference.full(),
        if reference.registry == "docker.io" {
            "registry-1.docker.io"
        } else {
            &reference.registry
        },
        reference.repository,
        reference.tag,
    );
    if awsvpc::pulls_through(account, task)
        .is_some_and(|eni| !can_reach_internet(account, eni).ok())
    {
        let why = "net/http: request canceled while waiting for connection (Client.Timeout \
                   exceeded while awaiting headers)";
        let reason = format!("{retried}{head}: {why}");
        return Err(Refusal { reason, after: limits::UNREACHABLE_PULL_MS });
    }
    if account.registry_blocked {
        let reason = format!("{retried}{head}: 503 Service Unavailable");
        return Err(Refusal { reason, after: limits::FAILED_RESOLVE_MS });
    }
    found.map_err(|why| Refusal {
        reason: format!("{retried}{why}"),
        after: limits::FAILED_RESOLVE_MS,
    })
}
