//! Repositories: what one is, and the calls that make, show, change and delete it.
use std::sync::Arc;

use serde_json::{Value, json};

use super::image::Image;
use super::layers::{Layer, Upload};
use super::lifecycle::{Policy, Preview};
use super::names;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::iam::policy::Document;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::prices;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;
use crate::cloud::wildcard;

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its name, with its namespace.
    pub name: Arc<str>,
    /// When it was made.
    pub created: SimTime,
    /// Whether a tag can be given to another image.
    pub mutability: Mutability,
    /// Every image is scanned when it is pushed.
    pub scan_on_push: bool,
    /// How it is encrypted, as given.
    pub encryption: Value,
    /// Tags.
    pub tags: Tags,
    /// Who may do what with it, besides what their own policies say.
    pub policy: Option<Document>,
    /// What expires.
    pub lifecycle: Option<Arc<Policy>>,
    /// How many lifecycle policies it has had.
    pub lifecycles: u32,
    /// What would expire.
    pub preview: Option<Arc<Preview>>,
    /// Its images, in the order in which they were pushed.
    pub images: Vec<Image>,
    /// Its layers and configurations by digest.
    pub layers: Map<Arc<str>, Layer>,
    /// Layers that are on their way.
    pub uploads: Map<Arc<str>, Upload>,
}

/// Whether a tag can be given to another image (facts/ecr §2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutability {
    /// No tag can, or with exclusions: all but those.
    pub immutable: bool,
    /// Wildcards for the tags that are treated the other way.
    pub exclusions: Vec<Arc<str>>,
}

impl Row for Repository {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Mutability {
    /// Reads and checks it (API-ecr ImageTagMutabilityExclusionFilter: one to five).
    fn read(params: Params<'_>) -> Result<Self, ApiError> {
        let word = params.str("imageTagMutability").unwrap_or("MUTABLE");
        let filters = params.list("imageTagMutabilityExclusionFilters").iter().map(Params::new);
        let exclusions: Vec<Arc<str>> =
            filters.map(|filter| Arc::from(filter.required("filter"))).collect();
        let with = word.ends_with("_WITH_EXCLUSION");
        if exclusions.is_empty() == with || exclusions.len() > limits::TAG_EXCLUSIONS {
            let text = "Invalid parameter at 'imageTagMutabilityExclusionFilters': one to five \
                        filters go with a mutability WITH_EXCLUSION, and none with another.";
            return Err(ApiError::invalid(text));
        }
        Ok(Self { immutable: word.starts_with("IMMUTABLE"), exclusions })
    }

    /// Whether this tag has to stay with its image.
    pub fn keeps(&self, tag: &str) -> bool {
        self.exclusions.iter().any(|filter| wildcard::matches(filter, tag)) != self.immutable
    }

    fn describe(&self, shape: Shape) -> Shape {
        let word = match (self.immutable, self.exclusions.is_empty()) {
            (false, true) => "MUTABLE",
            (false, false) => "MUTABLE_WITH_EXCLUSION",
            (true, true) => "IMMUTABLE",
            (true, false) => "IMMUTABLE_WITH_EXCLUSION",
        };
        let filter = |text| json!({ "filterType": "WILDCARD", "filter": text });
        let filters: Vec<Value> = self.exclusions.iter().map(filter).collect();
        shape
            .text("imageTagMutability", word)
            .maybe("imageTagMutabilityExclusionFilters", (!filters.is_empty()).then_some(filters))
    }
}

impl Repository {
    /// An empty one with AWS's defaults (facts/ecr §2).
    pub(super) fn new(name: &str, now: SimTime) -> Self {
        Self {
            name: Arc::from(name),
            created: now,
            mutability: Mutability::default(),
            scan_on_push: false,
            encryption: json!({ "encryptionType": "AES256" }),
            tags: Tags::default(),
            policy: None,
            lifecycle: None,
            lifecycles: 0,
            preview: None,
            images: Vec::new(),
            layers: Map::new(),
            uploads: Map::new(),
        }
    }

    /// The ARN.
    pub fn arn(&self) -> String {
        names::arn(&self.name)
    }

    /// The repository as DescribeRepositories shows it.
    pub fn describe(&self) -> Value {
        let shape = names::about(&self.name)
            .put("repositoryArn", self.arn())
            .put("repositoryUri", format!("{}/{}", names::registry(), self.name))
            .put("createdAt", self.created.seconds());
        self.mutability
            .describe(shape)
            .put("imageScanningConfiguration", json!({ "scanOnPush": self.scan_on_push }))
            .put("encryptionConfiguration", self.encryption.clone())
            .done()
    }

    /// The image of a tag.
    pub fn tagged(&self, tag: &str) -> Option<&Image> {
        self.images.iter().find(|image| image.tags.iter().any(|one| **one == *tag))
    }

    /// The text of a configuration.
    pub fn config(&self, image: &Image) -> &str {
        self.layers.get(&image.config).and_then(|blob| blob.text.as_deref()).unwrap_or("")
    }

    /// Bytes of its layers.
    fn stored(&self) -> u64 {
        self.layers.values().map(|layer| layer.size).sum()
    }

    /// Takes out what no image needs any more.
    pub(super) fn tidy(&mut self) {
        let images = &self.images;
        self.layers.retain(|digest, _| {
            images.iter().any(|image| image.config == *digest || image.layers.contains(digest))
        });
    }
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("repositoryName");
    if !names::is_valid(name) {
        return Err(names::unfit(
            "repositoryName",
            "must satisfy regular expression \
             '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'",
        ));
    }
    if cx.account.repositories.id(name).is_some() {
        return Err(ApiError::new(
            "RepositoryAlreadyExistsException",
            format!(
                "The repository with name '{name}' already exists in the registry with id '{}'",
                limits::ACCOUNT
            ),
        ));
    }
    if cx.account.repositories.len() >= limits::REPOSITORIES {
        let text = "The operation did not succeed because it would have exceeded a service limit \
                    for your account.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    let mut made = Repository::new(name, cx.now);
    made.mutability = Mutability::read(params)?;
    made.scan_on_push =
        params.inner("imageScanningConfiguration").bool("scanOnPush").unwrap_or(false);
    if let Some(encryption) = params.value("encryptionConfiguration") {
        made.encryption = encryption.clone();
    }
    made.tags.merge(params.list("tags"));
    let shown = made.describe();
    cx.account.repositories.insert(made);
    cx.tell(Tone::Success, "repository", &Arc::from(name), "created");
    Ok(json!({ "repository": shown }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let all = &cx.account.repositories;
    let mut rows = Vec::new();
    for name in params.strings("repositoryNames") {
        let found = all.find(name).ok_or_else(|| names::no_repository(name, limits::ACCOUNT))?;
        rows.push(found.describe());
    }
    if params.list("repositoryNames").is_empty() {
        rows = all.values().map(|row| row.describe()).collect();
    }
    Ok(names::page(params, "repositories", rows)?.done())
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    if !row.images.is_empty() && !params.bool("force").unwrap_or(false) {
        return Err(ApiError::new(
            "RepositoryNotEmptyException",
            format!(
                "The repository with name '{}' in registry with id '{}' cannot be deleted because \
                 it still contains images",
                row.name,
                limits::ACCOUNT
            ),
        ));
    }
    let (name, shown, row_arn) = (Arc::clone(&row.name), row.describe(), row.arn());
    let id = names::found(cx.account, params)?;
    cx.account.bill.close(cx.now, &row_arn);
    cx.account.repositories.remove(id);
    cx.tell(Tone::Change, "repository", &name, "deleted");
    Ok(json!({ "repository": shown }))
}

pub(super) fn put_mutability(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let mutability = Mutability::read(params)?;
    let shown = mutability.describe(names::about(params.required("repositoryName"))).done();
    edit(cx, id, |row| row.mutability = mutability);
    Ok(shown)
}

/// Changes a repository.
pub(super) fn edit(cx: &mut Ctx<'_>, id: Id<Repository>, change: impl FnOnce(&mut Repository)) {
    let Some(row) = cx.account.repositories.edit(id) else { return };
    let before = row.stored();
    change(row);
    pay(cx, id, before);
}

/// What a repository stores is paid for: each of its layers once, those on their way not (facts/ecr §6, §14).
fn pay(cx: &mut Ctx<'_>, id: Id<Repository>, before: u64) {
    let Some(row) = cx.account.repositories.get(id).filter(|row| row.stored() != before) else {
        return;
    };
    let (arn, rate) = (row.arn(), prices::images(row.stored()));
    cx.account.bill.close(cx.now, &arn);
    if rate > 0 {
        cx.account.bill.open(cx.now, &arn, Cost::Images, rate);
    }
}
