//! `ModifyInstanceMetadataOptions`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{life, spec};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = params.required("InstanceId");
    let row = cx.account.instances.id(id).ok_or_else(|| life::not_found(id))?;
    let instance = cx.account.instances.edit(row).ok_or_else(|| life::not_found(id))?;
    if instance.state.is_over() {
        let text = format!("The instance '{id}' is not in a valid state for this operation.");
        return Err(ApiError::new("IncorrectInstanceState", text));
    }
    instance.metadata = spec::metadata(instance.metadata, params)?;
    let (id, options) = (Arc::clone(&instance.id), instance.metadata);
    cx.tell(Tone::Change, "instance", &id, "metadata options changed");
    Ok(json!({ "InstanceId": id, "InstanceMetadataOptions": options.describe() }))
}
