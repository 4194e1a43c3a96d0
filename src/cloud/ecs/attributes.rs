//! Attributes of container instances: PutAttributes, DeleteAttributes, ListAttributes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::instance::{ContainerInstance, HostStatus};
use super::{names, page};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

pub(super) fn put(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let changes = read(cx, params)?;
    for (id, attribute) in &changes {
        let own = |host: &ContainerInstance| {
            host.attributes.keys().filter(|name| !is_built_in(name)).count()
        };
        let host = cx.account.container_instances.get(*id);
        let full = host.is_some_and(|host| {
            own(host) >= limits::CUSTOM_ATTRIBUTES && !host.attributes.contains_key(&*attribute.0)
        });
        if full {
            return Err(ApiError::new(
                "AttributeLimitExceededException",
                "You can apply up to 10 custom attributes for each resource.",
            ));
        }
    }
    for (id, (name, value)) in changes {
        let Some(host) = cx.account.container_instances.edit(id) else { continue };
        Arc::make_mut(&mut host.attributes).insert(Arc::clone(&name), value);
        host.version += 1;
        let host = Arc::clone(&host.id);
        cx.tell(Tone::Change, "container-instance", &host, format!("attribute {name} set"));
    }
    Ok(json!({ "attributes": params.list("attributes") }))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    for (id, (name, _)) in read(cx, params)? {
        let Some(host) = cx.account.container_instances.edit(id) else { continue };
        if !is_built_in(&name) && Arc::make_mut(&mut host.attributes).remove(&name).is_some() {
            host.version += 1;
            let host = Arc::clone(&host.id);
            cx.tell(Tone::Change, "container-instance", &host, format!("attribute {name} deleted"));
        }
    }
    Ok(json!({ "attributes": params.list("attributes") }))
}

pub(super) fn list(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let (name, value) = (params.str("attributeName"), params.str("attributeValue"));
    let hosts = cx
        .account
        .container_instances
        .values()
        .filter(|host| host.cluster == cluster && host.status != HostStatus::Inactive);
    let rows = hosts.flat_map(|host| host.attributes.iter().map(move |one| (host, one)));
    let wanted = rows.filter(|(_, (own, of))| {
        name.is_none_or(|name| name == &***own)
            && value.is_none_or(|value| of.as_deref() == Some(value))
    });
    let shown: Vec<Value> = wanted
        .map(|(host, (name, value))| {
            Shape::with_room(3)
                .text("name", name)
                .maybe("value", value.as_deref())
                .put("targetId", host.arn())
                .done()
        })
        .collect();
    page::of_values(params, "attributes", (1_u32..).zip(shown))
}

type Change = (Id<ContainerInstance>, (Arc<str>, Option<Arc<str>>));

/// The attributes of a request, each with its instance.
fn read(cx: &Ctx<'_>, params: Params<'_>) -> Result<Vec<Change>, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    params.list("attributes").iter().map(|one| read_one(cx, cluster, Params::new(one))).collect()
}

fn read_one(cx: &Ctx<'_>, cluster: Id<Cluster>, one: Params<'_>) -> Result<Change, ApiError> {
    let missing = || ApiError::new("TargetNotFoundException", "The specified target wasn't found.");
    let target = one.str("targetId").ok_or_else(|| ApiError::invalid("targetId is required."))?;
    let id = names::container_instance(cx.account, cluster, target)?.ok_or_else(missing)?;
    let name = one.required("name");
    let letters = |text: &str| {
        (1..=128).contains(&text.len())
            && text.chars().all(|letter| letter.is_alphanumeric() || "-_./\\: @".contains(letter))
    };
    let value = one.str("value");
    if !letters(name) || value.is_some_and(|value| !letters(value)) {
        return Err(ApiError::invalid(format!("Invalid attribute: {name}")));
    }
    if is_built_in(name) {
        return Err(ApiError::invalid(format!(
            "Attribute {name} is reserved and cannot be changed."
        )));
    }
    Ok((id, (Arc::from(name), value.map(Arc::from))))
}

/// What the agent itself registers.
fn is_built_in(name: &str) -> bool {
    name.starts_with("ecs.") || name.starts_with("com.amazonaws.ecs.")
}
