//! Pull-through caches: repositories that are filled from a public registry when something is pulled from them
//! (facts/ecr §12).

use std::sync::Arc;

use serde_json::{Value, json};

use super::image::Image;
use super::layers::Layer;
use super::names;
use super::push::{self, MANIFEST};
use super::repository::{self, Repository};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::images::{self, Reference};
use crate::cloud::compute::packed::Packed;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A rule: repositories that begin so are filled from there.
#[derive(Clone, Debug)]
pub struct CacheRule {
    /// How the repositories begin; `ROOT` stands for all.
    pub prefix: Arc<str>,
    /// The public registry's address.
    pub upstream: Arc<str>,
    /// The rule as given.
    pub given: Arc<Value>,
    /// When it was made.
    pub created: SimTime,
}

impl Row for CacheRule {
    fn key(&self) -> &str {
        &self.prefix
    }
}

/// The registries that a cache can stand before, by their addresses, and whether they want credentials (facts/ecr §12).
const UPSTREAMS: &[(&str, bool)] = &[
    ("public.ecr.aws", false),
    ("quay.io", false),
    ("registry.k8s.io", false),
    ("registry-1.docker.io", true),
    ("ghcr.io", true),
];

pub(super) fn create_rule(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (prefix, url) =
        (params.required("ecrRepositoryPrefix"), params.required("upstreamRegistryUrl"));
    let Some((upstream, credentials)) = UPSTREAMS.iter().find(|(known, _)| *known == url) else {
        let text = "The specified upstream registry isn't supported.";
        return Err(ApiError::new("UnsupportedUpstreamRegistryException", text));
    };
    if *credentials && params.str("credentialArn").is_none() {
        let text = format!("A credentialArn is required for the upstream registry '{url}'.");
        return Err(ApiError::invalid(text));
    }
    if prefix != "ROOT" && !names::is_valid(prefix) {
        return Err(names::unfit("ecrRepositoryPrefix", "must be the start of a repository name"));
    }
    if cx.account.cache_rules.id(prefix).is_some() {
        let text = "A pull through cache rule with these settings already exists for the private \
                    registry.";
        return Err(ApiError::new("PullThroughCacheRuleAlreadyExistsException", text));
    }
    if cx.account.cache_rules.len() >= limits::CACHE_RULES {
        let text = "The operation did not succeed because it would have exceeded a service limit \
                    for your account.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    let mut given = params.members().cloned().unwrap_or_default();
    given.insert("registryId".into(), json!(limits::ACCOUNT));
    given.insert("createdAt".into(), cx.now.seconds());
    let given = Arc::new(Value::Object(given));
    cx.account.cache_rules.insert(CacheRule {
        prefix: Arc::from(prefix),
        upstream: Arc::from(*upstream),
        given: Arc::clone(&given),
        created: cx.now,
    });
    Ok(Value::clone(&given))
}

/// The public image behind a repository's tag, by a rule.
pub fn upstream(account: &Account, repository: &str, tag: &str) -> Option<Reference> {
    let below = |rule: &&Arc<CacheRule>| {
        rule.prefix.as_ref() == "ROOT" || repository.starts_with(&format!("{}/", rule.prefix))
    };
    let rule = account.cache_rules.values().find(below)?;
    let path = repository.strip_prefix(&*rule.prefix).unwrap_or(repository);
    let host = if *rule.upstream == *"registry-1.docker.io" { "docker.io" } else { &rule.upstream };
    let mut reference = Reference::parse(&format!("{host}/{}", path.trim_start_matches('/')));
    tag.clone_into(&mut reference.tag);
    images::find(&reference).is_ok().then_some(reference)
}

/// Fills the cache, where a rule says so and the tag is not there.
pub(super) fn import(cx: &mut Ctx<'_>, repository: &str, tag: &str) {
    let known = cx.account.repositories.find(repository);
    if tag.is_empty() || known.is_some_and(|row| row.tagged(tag).is_some()) {
        return;
    }
    let Some(reference) = upstream(cx.account, repository, tag) else { return };
    let Some(packed) = Packed::of_public(&reference) else { return };
    let id = match cx.account.repositories.id(repository) {
        Some(id) => id,
        None => cx.account.repositories.insert(Repository::new(repository, cx.now)),
    };
    let config: Arc<str> = Arc::from(packed.id());
    let image = Image {
        digest: Arc::from(packed.digest()),
        manifest: Arc::from(packed.manifest()),
        media: Arc::from(MANIFEST),
        config: Arc::clone(&config),
        layers: packed.layers.iter().map(|layer| Arc::clone(&layer.digest)).collect(),
        size: packed.size(),
        pushed: cx.now,
        tags: Vec::new(),
        scan: None,
        pulled: None,
    };
    repository::edit(cx, id, |row| {
        let size = u64::try_from(packed.config.len()).unwrap_or(0);
        row.layers.insert(config, Layer { size, text: Some(Arc::clone(&packed.config)) });
        for layer in &packed.layers {
            let kept = Layer { size: layer.size, text: None };
            row.layers.insert(Arc::clone(&layer.digest), kept);
        }
    });
    push::add(cx, id, image, Some(tag));
    let text = format!("image {tag} came from {}", reference.full());
    cx.tell(Tone::Success, "repository", &Arc::from(repository), text);
}
