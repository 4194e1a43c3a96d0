//! The ECS agent of an instance: when it starts, whether it can register, and what cuts it off.

use std::sync::Arc;

use serde_json::json;

use super::ami::Os;
use super::instance::{Agent, Instance, State};
use super::{Ec2Job, life};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::authorize;
use crate::cloud::ecs::{cluster, hosts};
use crate::cloud::error::ApiError;
use crate::cloud::iam::operations::INSTANCE;
use crate::cloud::iam::{caller, profile};
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::net::endpoint::AwsService;
use crate::cloud::net::reach;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;

/// The cluster that an agent joins without a setting.
const DEFAULT: &str = "default";

/// The instance runs: on an ECS image its agent starts a while later.
pub(super) fn boot(cx: &mut Ctx<'_>, id: &Arc<str>) {
    let Some(instance) = cx.account.instances.find(id).filter(|instance| instance.ami.ecs) else {
        return;
    };
    let windows = instance.ami.os != Os::Linux;
    let range = if windows { limits::AGENT_START_WINDOWS_MS } else { limits::AGENT_START_MS };
    let job = Ec2Job::AgentStarts { instance: Arc::clone(id), life: instance.life };
    life::later(cx, range, job);
}

/// The agent starts, or tries again: it registers if it can, else it says why not and tries again later.
pub(super) fn starts(cx: &mut Ctx<'_>, id: &Arc<str>, life: u32) {
    let Some(instance) = cx.account.instances.find(id).cloned() else { return };
    let waiting = matches!(instance.agent, Agent::None | Agent::Failed(_) | Agent::Disconnected(_));
    if !instance.is_up() || instance.life != life || !waiting {
        return;
    }
    match register(cx, &instance) {
        Ok(cluster) => set(cx, id, Agent::Connected(cluster)),
        Err(why) => failed(cx, &instance, why),
    }
}

#[inline(never)]
fn failed(cx: &mut Ctx<'_>, instance: &Instance, why: Arc<str>) {
    let id = &instance.id;
    let known = matches!(&instance.agent, Agent::Failed(before) if *before == why);
    if !known {
        cx.tell(Tone::Failure, "instance", id, format!("the ECS agent cannot register: {why}"));
    }
    set(cx, id, Agent::Failed(why));
    let again = Ec2Job::AgentRetries { instance: Arc::clone(id), life: instance.life };
    cx.after(limits::AGENT_RETRY_MS, Job::Ec2(again));
}

/// Tries to register; the name of the cluster, or why not.
fn register(cx: &mut Ctx<'_>, instance: &Instance) -> Result<Arc<str>, Arc<str>> {
    can_register(cx.account, instance)?;
    let cluster: Arc<str> = Arc::from(instance.agent_config.cluster());
    let agent = may_be(cx, instance)?;
    let there = cx.account.clusters.find(&cluster).is_some_and(|cluster| cluster.active);
    if !there && &*cluster != DEFAULT {
        return Err(Arc::from("ClusterNotFoundException: Cluster not found."));
    }
    if !there {
        make_default(cx, &agent)?;
    }
    for (action, resource) in [
        ("ecs:RegisterContainerInstance", &*cluster::arn(&cluster)),
        ("ecs:DiscoverPollEndpoint", "*"),
        ("ecs:Poll", "*"),
    ] {
        may(cx, &agent, action, resource)?;
    }
    Ok(cluster)
}

/// The agent makes the default cluster itself if its role lets it (AGENT:agent/app/agent.go).
#[inline(never)]
fn make_default(cx: &mut Ctx<'_>, agent: &str) -> Result<(), Arc<str>> {
    may(cx, agent, "ecs:CreateCluster", &cluster::arn(DEFAULT))?;
    let made = cluster::create(cx, Params::new(&json!({ "clusterName": DEFAULT })));
    made.map(drop).map_err(|error| Arc::from(error.to_string()))
}

/// The session that the agent has by its instance's role, or why it gets none (facts/iam: §1, the instance role).
fn may_be(cx: &mut Ctx<'_>, instance: &Instance) -> Result<String, Arc<str>> {
    let profile = instance.profile.as_deref().unwrap_or_default();
    let Some(role) = profile::role_of(cx.account, profile).cloned() else {
        return Err(Arc::from(format!("NoCredentialProviders: {profile} has no role.")));
    };
    let trust = authorize::may_assume(cx.account, cx.now, INSTANCE, &role.arn);
    if !trust.allowed() {
        return Err(not_trusted(&role.name, trust.because()));
    }
    Ok(caller::session_arn(&role.name, &instance.id))
}

#[inline(never)]
fn not_trusted(role: &str, why: impl std::fmt::Display) -> Arc<str> {
    Arc::from(format!("NoCredentialProviders: EC2 may not assume the role {role} {why}."))
}

/// Whether the agent's role lets it do this.
fn may(cx: &mut Ctx<'_>, agent: &str, action: &str, resource: &str) -> Result<(), Arc<str>> {
    let decision = authorize::may(cx, agent, action, resource);
    if decision.allowed() {
        return Ok(());
    }
    Err(Arc::from(format!("AccessDeniedException: {}", decision.sentence())))
}

/// What an agent needs before it can speak with ECS at all: credentials and a way there.
pub fn can_register(account: &Account, instance: &Instance) -> Result<(), Arc<str>> {
    let Some(name) = &instance.profile else {
        return Err(Arc::from(
            "NoCredentialProviders: the instance has no instance profile, so the agent has no role to \
             call ECS with.",
        ));
    };
    if profile::role_of(account, name).is_none() {
        let text = format!("NoCredentialProviders: the instance profile {name} has no role.");
        return Err(Arc::from(text));
    }
    let eni = instance.enis.first().and_then(|id| account.enis.find(id));
    let Some(eni) = eni else { return Err(Arc::from("the instance has no network interface.")) };
    for service in [AwsService::ECS, AwsService::ECS_AGENT, AwsService::ECS_TELEMETRY] {
        if let Some(why) = reach::can_reach_service(account, eni, service).why_not() {
            return Err(Arc::from(format!("it cannot reach {}. {why}", service.name())));
        }
    }
    Ok(())
}

/// The instance left service: its agent is silent, its tasks are gone. So it is with one that somebody registered with a
/// call and that has no agent of its own.
pub(super) fn host_gone(cx: &mut Ctx<'_>, id: &Arc<str>, to: State) {
    let was = cx.account.instances.find(id).map(|instance| instance.agent.clone());
    let over = to.is_over();
    hosts::host_gone(cx, id, over);
    if let Some(Agent::Connected(cluster) | Agent::Disconnected(cluster)) = was {
        set(cx, id, if over { Agent::None } else { Agent::Disconnected(cluster) });
    }
}

/// Breaks the agent's connection, or lets it come back.
pub(super) fn connection(cx: &mut Ctx<'_>, id: &str, connected: bool) -> Result<(), ApiError> {
    let instance = cx.account.instances.find(id).ok_or_else(|| life::not_found(id))?;
    let (id, life) = (Arc::clone(&instance.id), instance.life);
    match (&instance.agent, connected) {
        (Agent::Connected(cluster), false) => {
            let cluster = Arc::clone(cluster);
            set(cx, &id, Agent::Disconnected(cluster));
            cx.tell(Tone::Failure, "instance", &id, "the ECS agent lost its connection");
            Ok(())
        }
        (Agent::Disconnected(_), true) => {
            let job = Ec2Job::AgentStarts { instance: id, life };
            cx.after(limits::AGENT_RECONNECT_MS, Job::Ec2(job));
            Ok(())
        }
        (Agent::Connected(_), true) | (Agent::Disconnected(_), false) => Ok(()),
        (Agent::None | Agent::Failed(_), _) => Err(ApiError::new(
            "IncorrectInstanceState",
            format!("The ECS agent of '{id}' is not registered with a cluster."),
        )),
    }
}

fn set(cx: &mut Ctx<'_>, id: &str, agent: Agent) {
    let row = cx.account.instances.id(id);
    let Some(instance) = row.and_then(|row| cx.account.instances.edit(row)) else { return };
    instance.agent = agent.clone();
    let id = Arc::clone(&instance.id);
    hosts::agent_changed(cx, &id, &agent);
}
