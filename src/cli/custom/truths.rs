//! Truth values that stand in structures of their own: `modify-instance-attribute --no-disable-api-stop`.

use serde_json::{Map, Value, json};

use super::{Extra, pairs};
use crate::cli::argparse::Takes;
use crate::cli::fail::Fail;
use crate::cloud::api::cli_name;

const TRUTHS: [&str; 5] =
    ["SourceDestCheck", "DisableApiStop", "DisableApiTermination", "EbsOptimized", "EnaSupport"];

/// Adds both flags of each: one that may have a value, and its negation.
pub(super) fn add(add: &mut dyn FnMut(&str, Takes, Extra)) {
    for name in TRUTHS {
        let flag = cli_name(name);
        add(&format!("--{flag}"), Takes::Maybe, Extra::Truth(name, true));
        add(&format!("--no-{flag}"), Takes::None, Extra::Truth(name, false));
    }
}

/// `--disable-api-stop`, `--disable-api-stop Value=false`, `--no-disable-api-stop`.
pub(super) fn apply(
    input: &mut Map<String, Value>,
    name: &str,
    on: bool,
    word: &str,
) -> Result<(), Fail> {
    let on = if word.is_empty() { on } else { pairs(word)?.contains(&("Value", "true")) };
    input.insert(name.to_owned(), json!({ "Value": on }));
    Ok(())
}
