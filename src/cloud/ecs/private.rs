//! Pulling from the account's private registry (facts/ecr §5, §7, §13): the role, the way to three services, the image.

use super::pull::Pulled;
use super::refusal::{Refusal, STATUS, ask, reaches, timeout};
use super::task::{LaunchType, Task};
use crate::cloud::account::Account;
use crate::cloud::compute::config::Config;
use crate::cloud::compute::images::Reference;
use crate::cloud::compute::packed::Packed;
use crate::cloud::ecr::names as ecr;
use crate::cloud::ecr::{bucket_host, upstream};
use crate::cloud::iam::tasks::{Purpose, acts_for};
use crate::cloud::limits;
use crate::cloud::net::endpoint::AwsService;
use crate::cloud::time::SimTime;

const CANNOT: &str = "CannotPullContainerError:";

/// An image of this registry.
pub(super) fn is_ours(reference: &Reference) -> bool {
    reference.registry == ecr::registry()
}

/// Who pulls for a task.
pub(super) fn puller(account: &Account, task: &Task) -> Result<String, Refusal> {
    acts_for(account, task, Purpose::Pull).map_err(|why| {
        let reason = format!("CannotPullECRContainerError: NoCredentialProviders: {why}");
        Refusal::new(reason)
    })
}

/// The image of a reference, or what keeps the task from it.
#[inline(never)]
pub(super) fn look_up(
    account: &Account,
    now: SimTime,
    task: &Task,
    reference: &Reference,
) -> Result<Pulled, Refusal> {
    let by = puller(account, task)?;
    let fargate = task.launch == LaunchType::Fargate;
    if !fargate {
        log_in(account, now, task, &by)?;
    }
    let repository = ecr::arn(&reference.repository);
    if !reaches(account, task, AwsService::ECR_DKR) {
        return Err(no_way(fargate, reference));
    }
    for action in ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] {
        ask(account, now, &by, action, &repository).map_err(|decision| {
            Refusal::denied(decision, |denial| {
                format!(
                    "{CANNOT} The task can’t pull the image. Check that the role has the permissions \
                     to pull images from the registry. Error response from daemon: pull access denied \
                     for {}/{}, repository does not exist or may require 'docker login': denied: \
                     {denial}",
                    reference.registry, reference.repository
                )
            })
        })?;
    }
    let found = image(account, reference).or_else(|| cached(account, reference));
    let Some(found) = found else { return Err(missing(account, fargate, reference)) };
    if !reaches(account, task, AwsService::S3) {
        let reason = format!(
            "{CANNOT} ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed \
             open: failed to do request: Get \"https://{}/{}/{}\": dial tcp 203.0.113.10:443: i/o \
             timeout",
            bucket_host(),
            limits::ACCOUNT,
            found.digest
        );
        return Err(Refusal::slow(reason, limits::UNREACHABLE_PULL_MS));
    }
    Ok(found)
}

/// The agent of an instance asks for a token with the pull (AGENT:agent/dockerclient/dockerapi/errors.go).
fn log_in(account: &Account, now: SimTime, task: &Task, by: &str) -> Result<(), Refusal> {
    if !reaches(account, task, AwsService::ECR_API) {
        let reason = format!("CannotPullECRContainerError: {}", timeout(AwsService::ECR_API));
        return Err(Refusal::slow(reason, limits::UNREACHABLE_SERVICE_MS));
    }
    ask(account, now, by, "ecr:GetAuthorizationToken", "*").map_err(|decision| {
        Refusal::denied(decision, |denial| {
            format!("CannotPullECRContainerError: AccessDeniedException: {denial} {STATUS}")
        })
    })
}

/// An image by its digest, whoever asks.
pub(super) fn by_digest(account: &Account, reference: &Reference, digest: &str) -> Option<Pulled> {
    image(account, &Reference { digest: Some(digest.to_owned()), ..reference.clone() })
}

fn image(account: &Account, reference: &Reference) -> Option<Pulled> {
    let repository = account.repositories.find(&reference.repository)?;
    let image = match &reference.digest {
        Some(digest) => repository.images.iter().find(|image| *image.digest == **digest),
        None => repository.tagged(&reference.tag),
    }?;
    let config = Config::read(repository.config(image));
    Some(Pulled {
        nature: config.nature(),
        digest: std::sync::Arc::clone(&image.digest),
        kib: image.size / 1_024,
        windows: config.windows,
    })
}

/// An image that a pull-through cache would fetch.
fn cached(account: &Account, reference: &Reference) -> Option<Pulled> {
    let packed = Packed::of_public(&upstream(account, &reference.repository, &reference.tag)?)?;
    let config = Config::read(&packed.config);
    Some(Pulled {
        nature: config.nature(),
        digest: packed.digest().into(),
        kib: packed.size() / 1_024,
        windows: config.windows,
    })
}

fn no_way(fargate: bool, reference: &Reference) -> Refusal {
    let Reference { registry, repository, .. } = reference;
    let reason = if fargate {
        let version = reference.digest.as_ref().unwrap_or(&reference.tag);
        format!(
            "{CANNOT} pull image manifest has been retried 5 time(s): failed to resolve ref {}: \
             failed to do request: Head \"https://{registry}/v2/{repository}/manifests/{version}\": \
             dial tcp 203.0.113.10:443: i/o timeout",
            reference.full()
        )
    } else {
        format!(
            "{CANNOT} The task can’t pull the image. Check your network configuration. Error \
             response from daemon: Get \"https://{registry}/v2/\": net/http: request canceled while \
             waiting for connection (Client.Timeout exceeded while awaiting headers)"
        )
    };
    Refusal::slow(reason, limits::UNREACHABLE_PULL_MS)
}

fn missing(account: &Account, fargate: bool, reference: &Reference) -> Refusal {
    let (full, name) = (reference.full(), &reference.repository);
    let reason = if fargate {
        format!(
            "{CANNOT} pull image manifest has been retried 5 time(s): failed to resolve ref {full}: \
             {full}: not found"
        )
    } else if account.repositories.id(name).is_some() {
        format!(
            "{CANNOT} Error response from daemon: manifest for {full} not found: manifest unknown: \
             Requested image not found"
        )
    } else {
        format!(
            "{CANNOT} Error response from daemon: repository {}/{name} not found: name unknown: The \
             repository with name '{name}' does not exist in the registry with id '{}'",
            reference.registry,
            limits::ACCOUNT
        )
    };
    Refusal::slow(reason, limits::FAILED_RESOLVE_MS)
}
