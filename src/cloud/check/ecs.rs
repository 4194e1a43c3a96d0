//! Invariants of ECS: what is counted is what there is, and nothing is given twice.

use crate::cloud::account::Account;
use crate::cloud::ecs::cluster::{Cluster, Counts};
use crate::cloud::ecs::container::State;
use crate::cloud::ecs::container_def::Protocol;
use crate::cloud::ecs::instance::{ContainerInstance, HostStatus};
use crate::cloud::ecs::service::ServiceStatus;
use crate::cloud::ecs::task::{LaunchType, Status, Task};
use crate::cloud::map::Map;
use crate::cloud::table::Id;

pub(super) fn check(account: &Account, out: &mut Vec<String>) {
    for (id, cluster) in account.clusters.iter() {
        cluster_counts(account, id, cluster, out);
    }
    for (id, host) in account.container_instances.iter() {
        host_reserves(account, id, host, out);
        host_ports(account, id, host, out);
    }
    for (id, task) in account.tasks.iter() {
        task_makes_sense(account, id, task, out);
    }
    for (id, service) in account.services.iter() {
        let live = account.tasks.iter().filter(|(_, task)| {
            task.status != Status::Stopped && task.owner.is_some_and(|owner| owner.service == id)
        });
        let live: Vec<Id<Task>> = live.map(|(id, _)| id).collect();
        let held: Vec<Id<Task>> = service.tasks.iter().copied().collect();
        same(out, &format!("tasks of service {}", service.name), &held, &live);
        if service.status == ServiceStatus::Inactive && !live.is_empty() {
            out.push(format!("service {} is INACTIVE and has tasks", service.name));
        }
    }
    placement_of_interfaces(account, out);
}

fn same<T: PartialEq + std::fmt::Debug>(out: &mut Vec<String>, what: &str, is: &T, should: &T) {
    if is != should {
        out.push(format!("{what}: {is:?}, but there is {should:?}"));
    }
}

fn cluster_counts(account: &Account, id: Id<Cluster>, cluster: &Cluster, out: &mut Vec<String>) {
    let mut counts = [Counts::default(); 3];
    let mut live = 0;
    for task in account.tasks.values().filter(|task| task.cluster == id) {
        let [ec2, fargate, external] = &mut counts;
        let of = match task.launch {
            LaunchType::Ec2 => ec2,
            LaunchType::Fargate => fargate,
            LaunchType::External => external,
        };
        of.add(task.status.bucket());
        live += u32::from(task.status != Status::Stopped);
    }
    let name = &cluster.name;
    let waiting = account.tasks.iter().filter(|(_, task)| {
        task.cluster == id
            && task.launch == LaunchType::Ec2
            && task.status == Status::Provisioning
            && task.instance.is_none()
    });
    let waiting = waiting.map(|(id, _)| id).collect();
    same(out, &format!("waiting tasks of cluster {name}"), &cluster.waiting, &waiting);
    same(out, &format!("counts of cluster {name}"), &cluster.counts, &counts);
    same(out, &format!("live tasks of cluster {name}"), &cluster.live_tasks, &live);
    let services = account
        .services
        .values()
        .filter(|service| service.cluster == id && service.status != ServiceStatus::Inactive);
    let services = u32::try_from(services.count()).unwrap_or(u32::MAX);
    same(out, &format!("services of cluster {name}"), &cluster.services, &services);
    let hosts = account.container_instances.values();
    let hosts = hosts.filter(|host| host.cluster == id && host.status != HostStatus::Inactive);
    let hosts = u32::try_from(hosts.count()).unwrap_or(u32::MAX);
    same(out, &format!("instances of cluster {name}"), &cluster.instances, &hosts);
}

fn tasks_on(
    account: &Account,
    id: Id<ContainerInstance>,
) -> impl Iterator<Item = (Id<Task>, &Task)> {
    let all = account.tasks.iter().map(|(id, task)| (id, &**task));
    all.filter(move |(_, task)| task.instance == Some(id) && task.status != Status::Stopped)
}

/// What an instance has reserved is the sum of its tasks' needs, and not more than there is.
fn host_reserves(
    account: &Account,
    id: Id<ContainerInstance>,
    host: &ContainerInstance,
    out: &mut Vec<String>,
) {
    let (mut cpu, mut memory, mut enis) = (0, 0, 0);
    let mut counts = Counts::default();
    let mut groups = Map::new();
    for (_, task) in tasks_on(account, id) {
        cpu += task.needs.cpu;
        memory += task.needs.memory;
        enis += u32::from(task.needs.eni);
        counts.add(task.status.bucket());
        groups.add(task.request.group.clone(), 1);
    }
    let name = &host.ec2_id;
    same(out, &format!("CPU reserved on {name}"), &host.reserved.cpu, &cpu);
    same(out, &format!("memory reserved on {name}"), &host.reserved.memory, &memory);
    same(out, &format!("interfaces on {name}"), &host.enis, &enis);
    same(out, &format!("counts on {name}"), &host.counts, &counts);
    same(out, &format!("groups on {name}"), &host.groups, &groups);
    let tasks: Vec<Id<Task>> = tasks_on(account, id).map(|(id, _)| id).collect();
    let held: Vec<Id<Task>> = host.tasks.iter().copied().collect();
    same(out, &format!("tasks on {name}"), &held, &tasks);
    if cpu > host.registered.cpu || memory > host.registered.memory || enis > host.eni_slots {
        out.push(format!("{name} has more reserved than it has: {cpu}, {memory}, {enis}"));
    }
}

/// No port of an instance is given twice, and none is kept for a container that is gone.
fn host_ports(
    account: &Account,
    id: Id<ContainerInstance>,
    host: &ContainerInstance,
    out: &mut Vec<String>,
) {
    let mut owners: Map<(u16, Protocol), u32> = Map::new();
    let mut fixed = 0;
    for (_, task) in tasks_on(account, id) {
        fixed += task.needs.ports.len();
        for port in &task.needs.ports {
            owners.add(*port, 1);
        }
        let up = task.containers.iter().filter(|one| one.state != State::Stopped);
        for binding in up.flat_map(|container| &container.bindings) {
            let port = (binding.host, binding.protocol);
            if !task.needs.ports.contains(&port) {
                owners.add(port, 1);
            }
        }
    }
    for (port, count) in owners.iter().filter(|(_, count)| **count > 1) {
        out.push(format!("port {port:?} of {} is given {count} times", host.ec2_id));
    }
    if host.ports.len() != fixed {
        out.push(format!("{} keeps ports {:?} for {fixed} wishes", host.ec2_id, host.ports));
    }
    let chosen = owners.len().saturating_sub(fixed);
    if host.dynamic_ports.len() != chosen {
        out.push(format!("{} keeps ports {:?}", host.ec2_id, host.dynamic_ports));
    }
}

fn task_makes_sense(account: &Account, id: Id<Task>, task: &Task, out: &mut Vec<String>) {
    let name = &task.id;
    let up =
        task.containers.iter().any(|one| matches!(one.state, State::Running | State::Stopping));
    if task.status >= Status::Deprovisioning && up {
        out.push(format!("task {name} is {} with a container up", task.status.word()));
    }
    if task.status > Status::Running && task.stop.is_none() {
        out.push(format!("task {name} is {} and was not stopped", task.status.word()));
    }
    if task.status == Status::Stopped && task.times.stopped.is_none() {
        out.push(format!("task {name} is STOPPED and has no time for it"));
    }
    let times = &task.times;
    let order = [
        Some(times.created),
        times.connected,
        times.pull_started,
        times.started,
        times.execution_stopped,
        times.stopped,
    ];
    let order: Vec<_> = order.into_iter().flatten().collect();
    if !order.is_sorted() {
        out.push(format!("times of task {name} are out of order: {times:?}"));
    }
    let lives = task.owner.is_none_or(|owner| {
        task.status == Status::Stopped
            || account.services.get(owner.service).is_some_and(|row| row.tasks.contains(&id))
    });
    if !lives {
        out.push(format!("task {name} works for a service that does not know it"));
    }
}

/// The network interfaces of tasks are those of tasks that have one.
fn placement_of_interfaces(account: &Account, out: &mut Vec<String>) {
    use crate::cloud::net::eni::EniOwner;
    let wanted = account.tasks.values().filter(|task| {
        use crate::cloud::ecs::awsvpc::EniState;
        task.eni.as_ref().is_some_and(|eni| eni.state == EniState::Attached)
    });
    let made = account.enis.values().filter(|eni| matches!(eni.owner, EniOwner::Task(_)));
    let (wanted, made) = (wanted.count(), made.count());
    same(out, "network interfaces of tasks", &made, &wanted);
}
