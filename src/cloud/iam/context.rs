//! What is known about a request: the keys that conditions and policy variables read.

use crate::cloud::map::Map;
/// The values of a request by condition key. Keys are not case-sensitive (IAM guide, "Condition
/// operators").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(Map<String, Vec<String>>);

impl Context {
    /// Gives a key its one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), vec![value.into()]);
    }

    /// Gives a key that can have several values its values.
    pub fn set_all(&mut self, key: &str, values: Vec<String>) {
        self.0.insert(key.to_ascii_lowercase(), values);
    }

    /// The values of a key; nothing where the request has no such key.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// The value of a key with one value.
    pub fn one(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            [value] => Some(value),
            _ => None,
        }
    }
}
