//! Elastic Load Balancing v2: load balancers, listeners, rules, target groups and the requests that pass through them.
//!
//! `load_balancer`, `listener`, `rule` and `target_group` are the rows with their actions; `health_check` is how targets are
//! checked, `target_attributes` what else can be set for them; `targets` registers, checks and drains, `target_rows` shows
//! them; `request` follows requests from clients to containers, `requests` keeps the newest, `spread` shares them out,
//! `sticky` remembers clients, `answer` is what a target answers, `checked` looks at a health check; `traffic` lets
//! clients send requests all the time, and `tally` counts what came of them.

pub mod actions;
pub mod answer;
pub mod checked;
pub mod hops;
pub mod health_check;
pub mod listener;
pub mod load_balancer;
pub mod names;
pub mod request;
pub mod requests;
pub mod rule;
pub mod sticky;
pub mod tally;
pub mod target_attributes;
pub mod target_group;
pub mod target_rows;
pub mod targets;
pub mod traffic;

mod spread;

use std::sync::Arc;

use super::action::{Action, Ctx, read, write};
use super::input::{Fault, Reply};
use super::table::Id;
use load_balancer::LoadBalancer;
use target_group::{TargetGroup, TargetKey};

/// The actions of Elastic Load Balancing in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateLoadBalancer", load_balancer::create),
    read("DescribeLoadBalancers", load_balancer::describe),
    write("DeleteLoadBalancer", load_balancer::delete),
    write("CreateTargetGroup", target_group::create),
    read("DescribeTargetGroups", target_group::describe),
    write("ModifyTargetGroup", target_group::modify),
    write("ModifyTargetGroupAttributes", target_attributes::modify),
    read("DescribeTargetGroupAttributes", target_attributes::describe),
    write("DeleteTargetGroup", target_group::delete),
    write("RegisterTargets", targets::register),
    write("DeregisterTargets", targets::deregister),
    read("DescribeTargetHealth", targets::describe_health),
    write("CreateListener", listener::create),
    read("DescribeListeners", listener::describe),
    write("ModifyListener", listener::modify),
    write("DeleteListener", listener::delete),
    write("CreateRule", rule::create),
    read("DescribeRules", rule::describe),
    write("ModifyRule", rule::modify),
    write("DeleteRule", rule::delete),
];

/// What Elastic Load Balancing does later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ElbJob {
    /// A load balancer's nodes stand.
    Provisioned(Id<LoadBalancer>),
    /// A target is looked at for the first time, or again.
    Check {
        /// Its group.
        group: Id<TargetGroup>,
        /// Which target.
        target: TargetKey,
        /// Which registration of it: an older one's checks are over.
        registration: u32,
        /// It has not had an answer yet: something waits for it.
        first: bool,
    },
    /// A target's deregistration delay is over.
    Drained {
        /// Its group.
        group: Id<TargetGroup>,
        /// Which target.
        target: TargetKey,
        /// Which registration of it.
        registration: u32,
    },
    /// Clients send the requests of a second.
    Second(Id<LoadBalancer>),
}

impl ElbJob {
    /// Health checks go on for ever once a target has had its first answer, and so do clients.
    pub fn repeats_for_ever(&self) -> bool {
        matches!(self, Self::Check { first: false, .. } | Self::Second(_))
    }
}

/// Clients send requests, or no more; nothing for faults of other kinds.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Option<Reply> {
    traffic::inject(cx, fault)
}

#[inline(never)]
pub(super) fn run_job(cx: &mut Ctx<'_>, job: &ElbJob) {
    match job {
        ElbJob::Provisioned(id) => load_balancer::provisioned(cx, *id),
        ElbJob::Check { group, target, registration, .. } => {
            targets::check(cx, *group, target, *registration);
        }
        ElbJob::Drained { group, target, registration } => {
            targets::drained(cx, *group, target, *registration);
        }
        ElbJob::Second(id) => traffic::second(cx, *id),
    }
}

/// A text that is shared.
type Text = Arc<str>;
