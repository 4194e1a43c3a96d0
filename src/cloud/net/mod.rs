//! The network of the account: VPCs and what is in them. Rows first, then what can be asked of them.

pub mod cidr;
pub mod endpoint;
pub mod eni;
pub mod nat;
pub mod reach;
pub mod route;
pub mod security;
pub mod start;
pub mod subnet;

pub mod describe;
pub(super) mod linking;
pub(super) mod natting;
pub(super) mod routing;
pub(super) mod rules;

mod walls;

use std::sync::Arc;

use super::action::Ctx;

/// What the network does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NetJob {
    /// A NAT gateway is ready.
    NatReady {
        /// Which.
        nat: Arc<str>,
    },
    /// A NAT gateway is deleted.
    NatGone {
        /// Which.
        nat: Arc<str>,
    },
    /// A deleted NAT gateway is not shown any more.
    NatForgotten {
        /// Which.
        nat: Arc<str>,
    },
    /// An interface endpoint is ready.
    EndpointReady {
        /// Which.
        endpoint: Arc<str>,
    },
    /// An interface endpoint is deleted.
    EndpointGone {
        /// Which.
        endpoint: Arc<str>,
    },
}

impl NetJob {
    /// Tidying up does not keep an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::NatForgotten { .. })
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &NetJob) {
    match job {
        NetJob::NatReady { nat } => natting::ready(cx, nat),
        NetJob::NatGone { nat } => natting::gone(cx, nat),
        NetJob::NatForgotten { nat } => natting::forgotten(cx, nat),
        NetJob::EndpointReady { endpoint } => linking::ready(cx, endpoint),
        NetJob::EndpointGone { endpoint } => linking::gone(cx, endpoint),
    }
}
