//! Availability Zone rebalancing (facts: DG/service-rebalancing): in a steady service a task is started in the emptiest
//! zone, and when it is healthy one in the fullest zone goes.
use std::sync::Arc;

use super::deployment::Deployment;
use super::instance::HostStatus;
use super::scheduler::{self, Member};
use super::service::Service;
use super::service_launch::{Whereto, by_zone, say_started, start_one};
use super::task::LaunchType;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::table::Id;

/// Starts a task more in the emptiest zone if the zones differ by more than one task.
pub(super) fn begin(cx: &mut Ctx<'_>, id: Id<Service>, members: &[Member]) {
    let Some(service) = cx.account.services.get(id).cloned() else { return };
    let (_, ceiling) = service.bounds();
    if !service.rebalances || ceiling <= service.desired || members.iter().any(|one| one.leaving) {
        return;
    }
    even_out(cx, id, &service);
}

#[inline(never)]
fn even_out(cx: &mut Ctx<'_>, id: Id<Service>, service: &Service) {
    let Some(primary) = service.primary() else { return };
    let tasks = by_zone(cx.account, service);
    let count = |zone: &Arc<str>| tasks.get(zone).copied().unwrap_or(0);
    let zones = zones_of(cx.account, service);
    let fewest = zones.iter().min_by_key(|zone| count(zone));
    let most = zones.iter().map(count).max().unwrap_or(0);
    if let Some(zone) = fewest.filter(|zone| count(zone) + 1 < most) {
        start_extra(cx, id, primary, zone);
    }
}

#[inline(never)]
fn start_extra(cx: &mut Ctx<'_>, id: Id<Service>, primary: &Deployment, zone: &Arc<str>) {
    let whereto = Whereto { host: None, zone: Some(Arc::clone(zone)) };
    let Some(extra) = start_one(cx, id, primary, &whereto) else { return };
    if let Some(service) = cx.account.services.edit(id) {
        service.rebalancing = Some(extra);
        service.steady = false;
    }
    say_started(cx, id, &[extra]);
    scheduler::wake(cx, id, limits::SCHEDULER_REACTS_MS);
}

/// Whether the task more is healthy, or gone: the service goes back to its number then.
pub(super) fn go_on(service: &mut Service, members: &[Member]) -> bool {
    let Some(extra) = service.rebalancing else { return false };
    let one = members.iter().find(|one| one.id == extra);
    // A task that was started in this very look is not among the members yet.
    let is_new = service.tasks.contains(&extra) && one.is_none();
    let over = !is_new && one.is_none_or(Member::is_healthy);
    if over {
        service.rebalancing = None;
    }
    over
}

/// The zones in which the service's tasks may be.
fn zones_of(account: &Account, service: &Service) -> Set<Arc<str>> {
    let Some(spec) = service.primary().map(|primary| &primary.spec) else { return Set::new() };
    let by_network = spec.request.network.as_ref().map(|network| network.zones(account));
    if spec.launch == LaunchType::Fargate {
        return by_network.unwrap_or_default();
    }
    let hosts = account.container_instances.values().filter(|host| {
        host.cluster == service.cluster && host.status == HostStatus::Active && host.connected
    });
    let mut zones: Set<_> =
        hosts.filter_map(|host| host.attributes.get(super::hosts::ZONE)?.clone()).collect();
    if let Some(allowed) = by_network {
        zones.retain(|zone| allowed.contains(zone));
    }
    zones
}
