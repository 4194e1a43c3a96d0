//! Capacity providers: where tasks get their machines from, and how ECS scales an Auto Scaling group for tasks that wait
//! (facts/ecs §6, facts/scaling §5). `strategy` says which provider gets a task, `waiting` holds those without a place,
//! `measure` counts what they need, `decide` scales, `leaving` drains and protects, `association` ties it to a cluster.

pub mod measure;
pub mod provider;
pub mod strategy;

pub(super) mod association;
pub(super) mod calls;
pub(super) mod leaving;
pub(super) mod waiting;

mod decide;

use std::sync::Arc;

use super::cluster::Cluster;
use super::hosts;
use super::instance::ContainerInstance;
use crate::cloud::account::Account;
use crate::cloud::table::Id;
use provider::CapacityProvider;

pub(in crate::cloud) use decide::minute;

/// The provider of a cluster that an instance of a group belongs to.
pub(super) fn of_group(
    account: &Account,
    cluster: Id<Cluster>,
    group: Option<&Arc<str>>,
) -> Option<Arc<str>> {
    let group = group?;
    let associated = association::names(account.clusters.get(cluster)?);
    let providers = associated.iter().filter_map(|name| account.capacity_providers.find(name));
    let mut ours = providers.filter(|provider| provider.group == *group);
    ours.next().map(|provider| Arc::clone(&provider.name))
}

/// The container instance on an EC2 instance.
fn host_of(account: &Account, instance: &str) -> Option<Id<ContainerInstance>> {
    hosts::row_of(account, instance)
}

/// Whether tasks of a provider may wait for a place: ECS scales its group (facts/ecs §6, "Placement when no room").
pub(super) fn may_wait(account: &Account, provider: Option<&str>) -> bool {
    let row = provider.and_then(|name| account.capacity_providers.find(name));
    row.is_some_and(|row| row.scaling.enabled)
}

fn edit(account: &mut Account, name: &str, change: impl FnOnce(&mut CapacityProvider)) {
    let row = account.capacity_providers.id(name);
    if let Some(provider) = row.and_then(|row| account.capacity_providers.edit(row)) {
        change(provider);
    }
}
