//! Amazon ECS: one file an action family or idea.

pub mod awsvpc;
pub mod capacity;
pub mod cluster;
pub mod container;
pub mod container_def;
pub mod container_life;
pub mod deployment;
pub mod hosts;
pub mod instance;
pub mod names;
pub mod query;
pub mod service;
pub mod size;
pub mod task;
pub mod task_def;
pub mod task_life;
pub mod verdict;

mod attributes;
mod container_rules;
mod cost;
mod daemon;
mod deploy;
mod exec;
mod faults;
mod health;
mod instances;
mod output;
mod page;
mod pattern;
mod placement;
mod ports;
mod private;
mod pull;
mod rebalance;
mod refusal;
mod run_task;
mod scheduler;
mod service_events;
mod service_launch;
mod service_request;
mod service_tasks;
mod services;
mod start_task;
mod startup;
mod tags;
mod task_def_rules;
mod tasks;
mod victims;
mod volume_rules;

use std::sync::Arc;

use super::action::{Action, Ctx, read, write};
use super::elbv2::target_group::TargetGroup;
use super::input::{Fault, Reply};
use super::limits;
use super::table::Id;
use cluster::Cluster;
use container_life::{ContainerStep, Which};
use instance::ContainerInstance;
use service::Service;
use task::Task;
use task_life::TaskStep;

/// The actions of ECS in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateCluster", cluster::create),
    read("DescribeClusters", cluster::describe),
    read("ListClusters", cluster::list),
    write("DeleteCluster", cluster::delete),
    write("PutClusterCapacityProviders", capacity::association::put),
    write("CreateCapacityProvider", capacity::calls::create),
    read("DescribeCapacityProviders", capacity::calls::describe),
    write("DeleteCapacityProvider", capacity::calls::delete),
    write("RegisterTaskDefinition", task_def::register),
    read("DescribeTaskDefinition", task_def::describe),
    read("ListTaskDefinitions", task_def::list),
    read("ListTaskDefinitionFamilies", task_def::list_families),
    write("DeregisterTaskDefinition", task_def::deregister),
    write("RunTask", run_task::run),
    write("StartTask", start_task::start),
    write("StopTask", tasks::stop),
    read("DescribeTasks", tasks::describe),
    read("ListTasks", tasks::list),
    write("CreateService", services::create),
    write("UpdateService", services::update),
    write("DeleteService", services::delete),
    read("DescribeServices", services::describe),
    read("ListServices", services::list),
    write("ExecuteCommand", exec::execute),
    write("TagResource", tags::tag),
    write("UntagResource", tags::untag),
    read("ListTagsForResource", tags::list),
    write("RegisterContainerInstance", instances::register),
    write("DeregisterContainerInstance", instances::deregister),
    read("DescribeContainerInstances", instances::describe),
    read("ListContainerInstances", instances::list),
    write("UpdateContainerInstancesState", instances::update_state),
    write("PutAttributes", attributes::put),
    write("DeleteAttributes", attributes::delete),
    read("ListAttributes", attributes::list),
];

/// What ECS does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EcsJob {
    /// A step in the life of a task.
    Task {
        /// Which.
        task: Id<Task>,
        /// What is next.
        step: TaskStep,
    },
    /// A step in the life of a container.
    Container {
        /// Which.
        which: Which,
        /// In which turn of its life.
        turn: u32,
        /// What is next.
        step: ContainerStep,
    },
    /// A deleted cluster is no longer shown.
    ForgetCluster(Id<Cluster>),
    /// A deregistered container instance is no longer shown.
    ForgetInstance(Id<ContainerInstance>),
    /// The service scheduler looks at a service.
    Schedule {
        /// Which.
        service: Id<Service>,
        /// Only to try again what failed.
        retry: bool,
    },
    /// A deleted service is no longer shown.
    ForgetService(Id<Service>),
    /// Tasks of a cluster that wait for a place look for one.
    PlaceWaiting(Id<Cluster>),
}

impl EcsJob {
    /// Tidying up and trying again do not keep an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        match self {
            Self::Task { step, .. } => *step == TaskStep::Forgotten,
            Self::Container { .. } | Self::PlaceWaiting(_) => false,
            Self::Schedule { retry, .. } => *retry,
            Self::ForgetCluster(_) | Self::ForgetInstance(_) | Self::ForgetService(_) => true,
        }
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &EcsJob) {
    match *job {
        EcsJob::Task { task, step } => task_life::step(cx, task, step),
        EcsJob::Container { which, turn, step } => container_life::step(cx, which, turn, step),
        EcsJob::ForgetCluster(id) => cluster::forget(cx, id),
        EcsJob::ForgetInstance(id) => hosts::forget(cx, id),
        EcsJob::Schedule { service, retry } => scheduler::run(cx, service, retry),
        EcsJob::ForgetService(id) => services::forget(cx, id),
        EcsJob::PlaceWaiting(cluster) => capacity::waiting::look(cx, cluster),
    }
}

/// An Availability Zone has failed: Fargate's tasks in it are gone.
pub(super) fn zone_lost(cx: &mut Ctx<'_>, zone: &str) {
    faults::zone_lost(cx, zone);
}

/// Breaks or mends an application or the registries; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    faults::inject(cx, fault)
}

/// An instance of a group waits at a hook on its way out.
pub(super) fn held_at_hook(cx: &mut Ctx<'_>, instance: &Arc<str>, hook: &str) {
    capacity::leaving::held(cx, instance, hook);
}

/// A target has become healthy or unhealthy: the services of its group look at their tasks.
pub(super) fn target_changed(cx: &mut Ctx<'_>, group: Id<TargetGroup>) {
    let concerned = |service: &Service| service.balancers.iter().any(|one| one.group == group);
    let rows = cx.account.services.iter().filter(|(_, service)| concerned(service));
    let services: Vec<Id<Service>> = rows.map(|(id, _)| id).collect();
    for service in services {
        scheduler::wake(cx, service, limits::SCHEDULER_REACTS_MS);
    }
}

/// A container instance has come, gone or changed: the services of its cluster look for what it means to them.
fn hosts_changed(cx: &mut Ctx<'_>, cluster: Id<Cluster>) {
    capacity::waiting::look_after(cx, cluster, limits::SCHEDULER_REACTS_MS);
    let rows = cx.account.services.iter().filter(|(_, service)| service.cluster == cluster);
    let services: Vec<Id<Service>> = rows.map(|(id, _)| id).collect();
    for service in services {
        scheduler::wake(cx, service, limits::SCHEDULER_REACTS_MS);
    }
}
