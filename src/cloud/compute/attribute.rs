//! `ModifyInstanceAttribute`, as far as it protects instances from being stopped or terminated.

use std::sync::Arc;

use serde_json::{Value, json};

use super::instance::Protection;
use super::life;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = params.required("InstanceId");
    let row = cx.account.instances.id(id).ok_or_else(|| life::not_found(id))?;
    let (name, on) = asked(params)?;
    let instance = cx.account.instances.edit(row).ok_or_else(|| life::not_found(id))?;
    let protection = match name.as_str() {
        "disableApiTermination" if instance.spot => return Err(of_spot(&name)),
        "disableApiTermination" => Protection { terminate: on, ..instance.protection },
        "disableApiStop" => Protection { stop: on, ..instance.protection },
        _ => {
            let text = format!("Changing {name} of an instance is not part of this model of AWS.");
            return Err(ApiError::new("NotInThisModel", text));
        }
    };
    instance.protection = protection;
    let (id, how) = (Arc::clone(&instance.id), if on { "true" } else { "false" });
    cx.tell(Tone::Change, "instance", &id, format!("{name} is {how}"));
    Ok(json!({}))
}

/// The one attribute that a request changes: by a member of its own, or by its name.
fn asked(params: Params<'_>) -> Result<(String, bool), ApiError> {
    let mut found: Vec<(String, bool)> = Vec::new();
    for (member, value) in params.members().into_iter().flatten() {
        let name = match member.as_str() {
            "InstanceId" | "DryRun" | "Value" => continue,
            "Attribute" => {
                let on = params.str("Value") == Some("true");
                found.push((params.required(member).to_owned(), on));
                continue;
            }
            name => name,
        };
        let mut name = name.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        found.push((name, Params::new(value).bool("Value").unwrap_or(false)));
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(combination("No attributes specified.".to_owned())),
        (Some((last, _)), false) => {
            let names = found.iter().map(|(name, _)| name.as_str()).chain([last.as_str()]);
            let names = names.collect::<Vec<&str>>().join(", ");
            Err(combination(format!("Fields for multiple attribute types specified: {names}")))
        }
    }
}

fn combination(text: String) -> ApiError {
    ApiError::new("InvalidParameterCombination", text)
}

/// Seen in public logs.
fn of_spot(name: &str) -> ApiError {
    let text = format!("Modifying '{name}' is not supported for spot instances.");
    ApiError::new("UnsupportedOperation", text)
}
