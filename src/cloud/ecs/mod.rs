//! Amazon ECS: one file an action family or idea.

pub mod cluster;

use super::action::{Action, Ctx, read, write};

/// The actions of ECS in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateCluster", cluster::create),
    read("DescribeClusters", cluster::describe),
    read("ListClusters", cluster::list),
    write("DeleteCluster", cluster::delete),
];

/// What ECS does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EcsJob {}

pub(super) fn run_job(_cx: &mut Ctx<'_>, job: &EcsJob) {
    match *job {}
}
