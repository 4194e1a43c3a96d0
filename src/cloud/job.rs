//! Everything the control plane does later: the table of contents of its behaviour.

use super::action::Ctx;
use super::autoscaling;
use super::compute;
use super::ecr;
use super::ecs;
use super::elbv2;
use super::error::ApiError;
use super::input::{Fault, Reply};
use super::net;
use super::scaling;
use super::watch;

/// Work for later. A job checks on arrival whether it still makes sense; nothing is ever taken out of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// A step in the life of an instance or an agent.
    Ec2(compute::Ec2Job),
    /// A step in the life of an Auto Scaling group.
    Asg(autoscaling::AsgJob),
    /// A step in the life of a gateway or an endpoint.
    Net(net::NetJob),
    /// A step in the life of a task.
    Ecs(ecs::EcsJob),
    /// A step in the life of a load balancer or a target.
    Elb(elbv2::ElbJob),
    /// A service is moved between the bounds of its scalable target.
    Scaling(scaling::ScalingJob),
    /// A minute of metrics and alarms.
    Watch(watch::WatchJob),
    /// A step of the registry.
    Ecr(ecr::EcrJob),
}

impl Job {
    /// A job that repeats for ever (a health check, a metric) does not keep an account from being settled.
    pub fn repeats_for_ever(&self) -> bool {
        match self {
            Self::Ec2(job) => job.repeats_for_ever(),
            Self::Asg(job) => job.repeats_for_ever(),
            Self::Net(job) => job.repeats_for_ever(),
            Self::Ecs(job) => job.repeats_for_ever(),
            Self::Elb(job) => job.repeats_for_ever(),
            Self::Scaling(job) => job.repeats_for_ever(),
            Self::Watch(watch::WatchJob::Minute) => true,
            Self::Ecr(job) => job.repeats_for_ever(),
        }
    }
}

#[inline(never)]
pub(super) fn run(cx: &mut Ctx<'_>, job: &Job) {
    match job {
        Job::Ec2(job) => compute::run_job(cx, job),
        Job::Asg(job) => autoscaling::run_job(cx, job),
        Job::Net(job) => net::run_job(cx, job),
        Job::Ecs(job) => ecs::run_job(cx, job),
        Job::Elb(job) => elbv2::run_job(cx, job),
        Job::Scaling(job) => scaling::run_job(cx, job),
        Job::Watch(job) => watch::run_job(cx, job),
        Job::Ecr(job) => ecr::run_job(cx, job),
    }
}

/// Breaks or mends something; an error says what could not be found.
pub(super) fn inject(cx: &mut Ctx<'_>, fault: &Fault) -> Reply {
    if let Some(reply) = compute::inject(cx, fault) {
        return reply;
    }
    if let Some(reply) = ecs::inject(cx, fault) {
        return reply;
    }
    if let Some(reply) = watch::inject(cx, fault) {
        return reply;
    }
    if let Some(reply) = elbv2::inject(cx, fault) {
        return reply;
    }
    Err(ApiError::new("NotInThisModel", format!("{fault:?} cannot be injected yet.")))
}
