//! The account: its tables by name.

use serde::{Deserialize, Serialize};

use super::ecs::cluster::Cluster;
use super::story::Story;
use super::table::Table;
use super::trail::Trail;

/// What an account holds at its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Nothing but its root and an administrator.
    Empty,
    /// A VPC in three Availability Zones, each with a public and a private subnet, and the roles that ECS needs.
    #[default]
    DefaultVpc,
}

/// Everything the account knows.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// ECS clusters by name.
    pub clusters: Table<Cluster>,
    /// Every call.
    pub trail: Trail,
    /// What happened, for the learner.
    pub story: Story,
}

impl Account {
    /// A fresh account.
    pub fn new(start: Start) -> Self {
        match start {
            Start::Empty | Start::DefaultVpc => Self::default(),
        }
    }
}
