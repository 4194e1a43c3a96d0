//! Ports of containers on their host: those asked for, and those that Docker chooses.

use super::container::Binding;
use super::container_def::{ContainerDef, PortMapping};
use super::instance::ContainerInstance;
use super::task_def::NetworkMode;
use crate::cloud::account::Account;
use crate::cloud::table::Id;

/// Ports on the host: in bridge mode those asked for or chosen by Docker, in host mode the container's own.
pub(super) fn bind(
    account: &mut Account,
    host: Option<Id<ContainerInstance>>,
    network: NetworkMode,
    definition: &ContainerDef,
) -> Vec<Binding> {
    let mapped = matches!(network, NetworkMode::Bridge | NetworkMode::Host);
    if !mapped || definition.ports.is_empty() {
        return Vec::new();
    }
    bind_each(account, host, definition)
}

#[inline(never)]
fn bind_each(
    account: &mut Account,
    host: Option<Id<ContainerInstance>>,
    definition: &ContainerDef,
) -> Vec<Binding> {
    let mut host = host.and_then(|id| account.container_instances.edit(id));
    let mut bind_one = |port: &PortMapping| {
        let on_host = match (port.host, host.as_mut()) {
            (0, Some(host)) => host.take_dynamic_port(port.protocol)?,
            (0, None) => return None,
            (fixed, _) => fixed,
        };
        Some(Binding { container: port.container, host: on_host, protocol: port.protocol })
    };
    definition.ports.iter().filter_map(&mut bind_one).collect()
}

/// Gives back the host ports that Docker chose.
pub(super) fn unbind(
    account: &mut Account,
    host: Option<Id<ContainerInstance>>,
    definition: &ContainerDef,
    bindings: &[Binding],
) {
    let Some(id) = host.filter(|_| !bindings.is_empty()) else { return };
    let Some(host) = account.container_instances.edit(id) else { return };
    for (binding, _) in bindings.iter().zip(&definition.ports).filter(|(_, port)| port.host == 0) {
        host.dynamic_ports.remove(&(binding.host, binding.protocol));
    }
}
