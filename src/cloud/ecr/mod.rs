//! Amazon ECR: the account's private registry. One file an idea.

pub mod image;
pub mod lifecycle;
pub mod names;
pub mod repository;
pub mod scan;

mod cache;
mod expiry;
mod findings;
mod images;
mod layers;
mod policies;
mod push;
mod registry;

use super::action::{Action, Ctx, read, write};
use super::table::Id;
use repository::Repository;
use std::sync::Arc;

pub use cache::{CacheRule, upstream};
pub use layers::bucket_host;

/// The actions of ECR in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateRepository", repository::create),
    read("DescribeRepositories", repository::describe),
    write("DeleteRepository", repository::delete),
    write("PutImageTagMutability", repository::put_mutability),
    read("DescribeImages", images::describe),
    read("ListImages", images::list),
    write("BatchDeleteImage", images::delete),
    read("BatchGetImage", images::get),
    read("BatchCheckLayerAvailability", layers::check),
    write("InitiateLayerUpload", layers::initiate),
    write("UploadLayerPart", layers::upload),
    write("CompleteLayerUpload", layers::complete),
    read("GetDownloadUrlForLayer", layers::download_url),
    write("PutImage", push::put_image),
    read("GetAuthorizationToken", registry::token),
    write("PutReplicationConfiguration", registry::put_replication),
    write("CreatePullThroughCacheRule", cache::create_rule),
    write("PutLifecyclePolicy", expiry::put),
    read("GetLifecyclePolicy", expiry::get),
    write("StartLifecyclePolicyPreview", expiry::start_preview),
    read("GetLifecyclePolicyPreview", expiry::preview),
    write("SetRepositoryPolicy", policies::set),
    read("GetRepositoryPolicy", policies::get),
    write("StartImageScan", scan::start),
    read("DescribeImageScanFindings", scan::describe),
];

/// What ECR does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EcrJob {
    /// The scan of an image ends.
    Scanned {
        /// In which repository.
        repository: Id<Repository>,
        /// Which image.
        digest: Arc<str>,
    },
    /// The preview of a lifecycle policy is ready.
    Previewed {
        /// Of which repository.
        repository: Id<Repository>,
        /// Which preview, counted from the first.
        number: u32,
    },
    /// A lifecycle policy is applied.
    Expire {
        /// In which repository.
        repository: Id<Repository>,
        /// In which of its policies, counted from the first.
        number: u32,
    },
}

impl EcrJob {
    /// Lifecycle policies are applied for as long as they are there.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::Expire { .. })
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &EcrJob) {
    match job {
        EcrJob::Scanned { repository, digest } => scan::ends(cx, *repository, digest),
        EcrJob::Previewed { repository, number } => expiry::previewed(cx, *repository, *number),
        EcrJob::Expire { repository, number } => expiry::expire(cx, *repository, *number),
    }
}

pub use registry::{caller_of_token, pull};
