//! Container instances come and go: their agent registers, falls silent, comes back; they are deregistered.

use super::instance::ContainerInstance;
use crate::cloud::action::Ctx;
use crate::cloud::table::Id;

/// The attribute with an instance's Availability Zone.
pub const ZONE: &str = "ecs.availability-zone";

/// A deregistered container instance is no longer shown.
pub(super) fn forget(cx: &mut Ctx<'_>, id: Id<ContainerInstance>) {
    cx.account.container_instances.remove(id);
}
