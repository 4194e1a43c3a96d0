//! Reading a request. Its names and types were checked against the API model before, so reading cannot fail.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::ApiError;

/// Members that are few.
const FEW: usize = 8;

/// The members of one request.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a>(&'a Value);

impl<'a> Params<'a> {
    /// The members of `input`.
    pub fn new(input: &'a Value) -> Self {
        Self(input)
    }

    /// A member as it came.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        let members = self.0.as_object()?;
        // In a few members looking is faster than hashing.
        let found = match members.len() {
            0..=FEW => members.iter().find(|(key, _)| *key == name).map(|(_, value)| value),
            _ => members.get(name),
        };
        found.filter(|value| !value.is_null())
    }

    /// A text; absent and empty are the same to AWS for names.
    pub fn str(&self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A text that the model requires: empty where it is missing all the same.
    pub fn required(&self, name: &str) -> &'a str {
        self.str(name).unwrap_or("")
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_i64()
    }

    /// A truth value.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    /// The items of a list; none where it is absent.
    pub fn list(&self, name: &str) -> &'a [Value] {
        self.value(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts of a list.
    pub fn strings(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.list(name).iter().filter_map(Value::as_str)
    }

    /// A structure inside; one without members where it is absent.
    #[must_use]
    pub fn inner(&self, name: &str) -> Params<'a> {
        Params(self.value(name).unwrap_or(&Value::Null))
    }

    /// All members.
    pub fn members(&self) -> Option<&'a Map<String, Value>> {
        self.0.as_object()
    }

    /// A member as a typed value of the simulator.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        serde_json::from_value(value.clone())
            .map(Some)
            .map_err(|error| ApiError::invalid(format!("{name}: {error}")))
    }
}
