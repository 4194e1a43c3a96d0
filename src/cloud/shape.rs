//! Building a structure of a reply: members that are absent are left out, as AWS leaves them out.

use serde_json::{Map, Value};

use super::time::SimTime;

/// A structure in the making.
#[derive(Clone, Debug, Default)]
pub struct Shape(Map<String, Value>);

impl Shape {
    /// A structure with room for `members`.
    pub fn with_room(members: usize) -> Self {
        Self(Map::with_capacity(members))
    }

    /// Adds a member.
    #[must_use]
    pub fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member that may be absent.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.put(name, value)
    }

    /// Adds a moment that may not have come yet.
    #[must_use]
    pub fn at(self, name: &str, time: Option<SimTime>) -> Self {
        self.maybe(name, time.map(SimTime::seconds))
    }

    /// The finished structure.
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// A list of texts.
pub fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> Value {
    Value::Array(items.into_iter().map(Value::from).collect())
}
