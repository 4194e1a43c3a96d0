//! Which port leads to which container: the instances with their host ports, and tasks with addresses of their own.

use crate::cloud::account::Account;
use crate::cloud::ecs::task::{Status, Task};
use crate::cloud::elbv2::target_group::TargetKey;
use crate::cloud::net::eni::Eni;
use crate::cloud::net::reach;
use crate::session::view::picture::Names;
use crate::session::view::roles::Line;
use crate::session::view::rows::short;

/// Machines and addresses shown.
const HOSTS_MOST: usize = 12;
/// Ports shown of one.
const PORTS_MOST: usize = 24;

/// A machine, or a task with an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// As in `data-id`: the instance's id, or the address.
    pub id: String,
    /// `Instance i-0a1b`.
    pub title: String,
    /// Its ports, in the order of their tasks.
    pub ports: Vec<Port>,
    /// Whether it reaches the internet, and through what or why not.
    pub out: (bool, String),
}

/// A port that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port that a client of the machine uses.
    pub host: u16,
    /// The port inside.
    pub container: u16,
    /// `container web of task b`.
    pub says: String,
    /// The task's ARN, as in `data-id`.
    pub task: String,
    /// The task's status, as in `data-status`.
    pub status: &'static str,
    /// The state of the target in its group, as in `data-health`; empty where it is none.
    pub health: &'static str,
    /// Stops the task.
    pub stop: Line,
}

/// All of them, instances first.
pub(super) fn hosts(account: &Account, names: &Names) -> Vec<Host> {
    let on_instances = account.container_instances.values().map(|host| {
        let tasks = host.tasks.iter().filter_map(|id| account.tasks.get(*id));
        let eni = account.instances.find(&host.ec2_id).and_then(|it| it.enis.first());
        let ports = tasks.flat_map(|task| ports(account, names, task, &host.ec2_id));
        let ports = ports.take(PORTS_MOST).collect();
        let title = format!("Instance {}", short(&host.ec2_id));
        host_of(account, &host.ec2_id, title, ports, eni.and_then(|id| account.enis.find(id)))
    });
    let own = account.tasks.values().filter(|task| task.status != Status::Stopped);
    let own = own.filter_map(|task| {
        let eni = account.enis.find(task.eni.as_ref()?.id.as_ref()?)?;
        let address = eni.private_ip.to_string();
        let title = format!("Address {address}");
        let ports = ports(account, names, task, &address);
        Some(host_of(account, &address, title, ports, Some(eni)))
    });
    on_instances.chain(own).take(HOSTS_MOST).collect()
}

fn host_of(
    account: &Account,
    id: &str,
    title: String,
    ports: Vec<Port>,
    eni: Option<&std::sync::Arc<Eni>>,
) -> Host {
    let reach = eni.map(|eni| reach::can_reach_internet(account, eni)).unwrap_or_default();
    let last = reach.steps.last().map(|step| step.says.clone()).unwrap_or_default();
    Host { id: id.to_owned(), title, ports, out: (eni.is_some() && reach.ok(), last) }
}

/// The ports of a task's containers on a machine, or at its own address.
fn ports(account: &Account, names: &Names, task: &Task, at: &str) -> Vec<Port> {
    let one = |name: &str, host: u16, inside: u16| {
        let is_this = |key: &TargetKey| *key.id == *at && key.port == host;
        let mut own = task.targets.iter().filter(|(_, key)| is_this(key));
        let target =
            own.next().and_then(|(group, key)| account.target_groups.get(*group)?.targets.get(key));
        let letter = names.letter(&task.id);
        Port {
            host,
            container: inside,
            says: format!("container {name} of task {letter}"),
            task: task.arn(),
            status: task.status.word(),
            health: target.map_or("", |target| target.health.word()),
            stop: Line {
                label: format!("Stop task {letter}"),
                line: format!(
                    "aws ecs stop-task --cluster {} --task {}",
                    task.cluster_name, task.id
                ),
            },
        }
    };
    let both = task.definition.containers.iter().zip(&task.containers);
    let ports = both.flat_map(|(definition, container)| {
        let bound = container.bindings.iter().map(|it| (it.host, it.container));
        let served = container.nature.serves.filter(|_| task.eni.is_some()).map(|it| (it.0, it.0));
        let all: Vec<(u16, u16)> = bound.chain(served).collect();
        all.into_iter().map(move |(host, inside)| one(&definition.name, host, inside))
    });
    ports.collect()
}
