//! The account as rows of AWS's own describe shapes: what goals count, tables show and the inspector prints.

use serde_json::Value;

use super::account::Account;

/// A kind of thing in the account. Its word is `data-kind` in the page and the key of a lesson's condition; its shape is
/// the API model's, so that the fields named in a lesson can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An ECS cluster.
    Cluster,
}

impl Kind {
    /// All kinds, in the order in which tables show them.
    pub const ALL: &'static [Self] = &[Self::Cluster];

    /// The word for it, as in `data-kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
        }
    }

    /// The service and the shape in the API model that its rows have.
    pub fn shape(self) -> (&'static str, &'static str) {
        match self {
            Self::Cluster => ("ecs", "Cluster"),
        }
    }

    /// The member that identifies a row to a person: `data-id`.
    pub fn id_member(self) -> &'static str {
        match self {
            Self::Cluster => "clusterName",
        }
    }

    /// The rows of this kind, oldest first, as `describe-…` prints them.
    pub fn rows(self, account: &Account) -> Vec<Value> {
        match self {
            Self::Cluster => {
                account.clusters.values().map(|cluster| cluster.describe(account)).collect()
            }
        }
    }
}
