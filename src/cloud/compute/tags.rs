//! Tags of EC2 resources.
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::map::Map;
use crate::cloud::params::Params;

/// Tags by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Map<Arc<str>, Arc<str>>);

impl Tags {
    /// The one tag that people read: `Name`.
    pub fn named(name: &str) -> Self {
        Self(Map::of([(Arc::from("Name"), Arc::from(name))]))
    }

    /// The tags that a request's `TagSpecifications` give to a resource type such as `instance`.
    pub fn of_request(params: Params<'_>, resource: &str) -> Self {
        let specifications = params.list("TagSpecifications").iter().map(Params::new);
        let ours = specifications.filter(|spec| spec.str("ResourceType") == Some(resource));
        let mut tags = Self::default();
        for specification in ours {
            tags.merge(specification.list("Tags"));
        }
        tags
    }

    /// Adds the tags of a list of `{Key, Value}`; a key that is there gets the new value.
    pub fn merge(&mut self, list: &[Value]) {
        for tag in list.iter().map(Params::new) {
            self.set(tag.required("Key"), tag.required("Value"));
        }
    }

    /// Gives one tag.
    pub fn set(&mut self, key: &str, value: &str) {
        self.0.insert(Arc::from(key), Arc::from(value));
    }

    /// Takes one tag away.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| &**value)
    }

    /// The list as `describe-…` prints it.
    pub fn describe(&self) -> Value {
        self.0.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }
}
