//! Reading JSON into types.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a text into a type by way of a [`Value`]. The wasm has the reader of values for requests anyway; one of text
/// would be in it for every type again. Never inlined: most of what is kept is not there at a first visit.
#[inline(never)]
pub fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::from_str::<Value>(text)?)
}
