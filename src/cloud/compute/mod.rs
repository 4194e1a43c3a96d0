//! Amazon EC2: machines here, their network in `net`. One file an idea.

pub mod agent;
pub mod ami;
pub mod config;
pub mod imds;
pub mod images;
pub mod instance;
pub mod launch;
pub mod life;
pub mod listing;
pub mod packed;
pub mod program;
pub mod spec;
pub mod tags;
pub mod template;
pub mod types;
pub mod user_data;

mod attribute;
mod cost;
mod describe;
mod metadata;
mod zone;

use std::sync::Arc;

use serde_json::json;

use super::action::{Action, Ctx, read, write};
use super::error::ApiError;
use super::input::{Fault, Reply};
use super::net;

/// The actions of EC2 in this model.
pub const ACTIONS: &[Action] = &[
    write("RunInstances", launch::run_instances),
    read("DescribeInstances", describe::instances),
    write("StopInstances", life::stop_instances),
    write("StartInstances", life::start_instances),
    write("TerminateInstances", life::terminate_instances),
    write("ModifyInstanceMetadataOptions", metadata::modify),
    write("ModifyInstanceAttribute", attribute::modify),
    read("DescribeInstanceTypes", describe::types),
    write("CreateLaunchTemplate", template::create),
    read("DescribeLaunchTemplates", template::describe),
    write("CreateSecurityGroup", net::rules::create),
    write("AuthorizeSecurityGroupIngress", net::rules::authorize_ingress),
    write("AuthorizeSecurityGroupEgress", net::rules::authorize_egress),
    write("RevokeSecurityGroupIngress", net::rules::revoke_ingress),
    write("RevokeSecurityGroupEgress", net::rules::revoke_egress),
    write("CreateRoute", net::routing::create),
    write("DeleteRoute", net::routing::delete),
    write("AllocateAddress", net::natting::allocate),
    write("ReleaseAddress", net::natting::release),
    write("CreateNatGateway", net::natting::create),
    write("DeleteNatGateway", net::natting::delete),
    write("CreateVpcEndpoint", net::linking::create),
    write("DeleteVpcEndpoints", net::linking::delete),
    read("DescribeVpcs", net::describe::vpcs),
    read("DescribeSubnets", net::describe::subnets),
    read("DescribeRouteTables", net::describe::route_tables),
    read("DescribeInternetGateways", net::describe::internet_gateways),
    read("DescribeNetworkInterfaces", net::describe::interfaces),
    read("DescribeSecurityGroups", net::describe::security_groups),
    read("DescribeNatGateways", net::describe::nat_gateways),
    read("DescribeVpcEndpoints", net::describe::endpoints),
    read("DescribeAddresses", net::describe::addresses),
];

/// What EC2 does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ec2Job {
    /// An instance is up.
    Started {
        /// Which.
        instance: Arc<str>,
        /// In which of its lives.
        life: u32,
    },
    /// An instance is off.
    Stopped {
        /// Which.
        instance: Arc<str>,
    },
    /// An instance is gone.
    Terminated {
        /// Which.
        instance: Arc<str>,
    },
    /// A terminated instance is not shown any more.
    Forgotten {
        /// Which.
        instance: Arc<str>,
    },
    /// The ECS agent of an instance starts, or finds its connection again.
    AgentStarts {
        /// On which instance.
        instance: Arc<str>,
        /// In which of its lives.
        life: u32,
    },
    /// An agent that could not register tries again.
    AgentRetries {
        /// On which instance.
        instance: Arc<str>,
        /// In which of its lives.
        life: u32,
    },
}

impl Ec2Job {
    /// Tidying up and trying again do not keep an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::Forgotten { .. } | Self::AgentRetries { .. })
    }
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &Ec2Job) {
    match job {
        Ec2Job::Started { instance, life } => life::started(cx, instance, *life),
        Ec2Job::Stopped { instance } => life::stopped(cx, instance),
        Ec2Job::Terminated { instance } => life::terminated(cx, instance),
        Ec2Job::Forgotten { instance } => life::forgotten(cx, instance),
        Ec2Job::AgentStarts { instance, life } | Ec2Job::AgentRetries { instance, life } => {
            agent::starts(cx, instance, *life);
        }
    }
}

/// Breaks or mends a machine, an agent or a zone; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    let done: Result<(), ApiError> = match fault {
        Fault::StopInstance(id) => life::fail(cx, id),
        Fault::DisconnectAgent(id) => agent::connection(cx, id, false),
        Fault::ConnectAgent(id) => agent::connection(cx, id, true),
        Fault::LoseZone(zone) => zone::lose(cx, zone),
        Fault::RestoreZone(zone) => zone::restore(cx, zone),
        _ => return None,
    };
    Some(done.map(|()| Arc::new(json!({}))))
}
