//! The life of an instance: start, stop, terminate, and what an outage of its zone does to it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::instance::{Instance, State};
use super::{Ec2Job, agent, cost};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::autoscaling;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::net::eni;
use crate::cloud::params::Params;
use crate::cloud::rng::Stream;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::Millis;

/// Why an instance is going: code and sentence of its `StateReason`.
const BY_USER: (&str, &str) =
    ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");
const BY_HARDWARE: (&str, &str) =
    ("Server.ScheduledStop", "Server.ScheduledStop: Stopped due to scheduled retirement");

pub(super) fn stop_instances(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let ids = asked(cx.account, params)?;
    for id in &ids {
        let instance = cx.account.instances.find(id);
        match instance.map(|instance| instance.state) {
            Some(State::Pending) => {
                let text = format!(
                    "Instance '{id}' cannot be stopped as it has never reached the 'running' state."
                );
                return Err(ApiError::new("IncorrectInstanceState", text));
            }
            Some(State::ShuttingDown | State::Terminated) => {
                return Err(wrong_state(id, "stopped"));
            }
            _ => {}
        }
        if instance.is_some_and(|instance| instance.protection.stop) {
            return Err(protected(id, "stopped", "disableApiStop"));
        }
    }
    let changes = change_all(cx, &ids, |cx, id| stop(cx, id, BY_USER));
    Ok(json!({ "StoppingInstances": changes }))
}

pub(super) fn start_instances(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let ids = asked(cx.account, params)?;
    for id in &ids {
        let state = cx.account.instances.find(id).map(|instance| instance.state);
        if !matches!(state, Some(State::Stopped | State::Pending | State::Running)) {
            return Err(wrong_state(id, "started"));
        }
    }
    let changes = change_all(cx, &ids, start);
    Ok(json!({ "StartingInstances": changes }))
}

pub(super) fn terminate_instances(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let ids = asked(cx.account, params)?;
    for id in &ids {
        let instance = cx.account.instances.find(id);
        if instance.is_some_and(|one| one.protection.terminate && !one.state.is_over()) {
            return Err(protected(id, "terminated", "disableApiTermination"));
        }
    }
    let changes = change_all(cx, &ids, terminate);
    Ok(json!({ "TerminatingInstances": changes }))
}

/// Begins to terminate an instance; one that is going already is left alone.
pub fn terminate(cx: &mut Ctx<'_>, id: &str) {
    let Some(instance) = leave(cx, id, State::ShuttingDown, BY_USER) else { return };
    later(cx, limits::INSTANCE_TERMINATE_MS, Ec2Job::Terminated { instance });
}

/// An instance stops as if its hardware had failed.
pub(super) fn fail(cx: &mut Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let state = cx.account.instances.find(id).map(|instance| instance.state);
    if state != Some(State::Running) {
        return Err(not_running(id, state));
    }
    stop(cx, id, BY_HARDWARE);
    Ok(())
}

fn stop(cx: &mut Ctx<'_>, id: &str, why: (&'static str, &str)) {
    let state = cx.account.instances.find(id).map(|instance| instance.state);
    if state != Some(State::Running) {
        return;
    }
    let Some(instance) = leave(cx, id, State::Stopping, why) else { return };
    later(cx, limits::INSTANCE_STOP_MS, Ec2Job::Stopped { instance });
}

fn start(cx: &mut Ctx<'_>, id: &str) {
    let now = cx.now;
    let Some((row, instance)) = find(cx.account, id) else { return };
    if instance.state != State::Stopped {
        return;
    }
    let wants_public = cx.account.subnets.find(&instance.subnet).is_some_and(|s| s.map_public_ip);
    let public = wants_public.then(|| eni::public_address(cx.rng));
    set_public_ip(cx, &instance, public);
    let Some(instance) = cx.account.instances.edit(row) else { return };
    instance.state = State::Pending;
    instance.life += 1;
    instance.reason = None;
    (instance.launched, instance.since) = (now, now);
    let (id, life) = (Arc::clone(&instance.id), instance.life);
    cx.tell(Tone::Change, "instance", &id, "pending");
    later(cx, limits::INSTANCE_START_MS, Ec2Job::Started { instance: id, life });
}

/// Takes an instance out of service: its tasks are lost and its agent falls silent at once.
fn leave(
    cx: &mut Ctx<'_>,
    id: &str,
    to: State,
    (code, text): (&'static str, &str),
) -> Option<Arc<str>> {
    let now = cx.now;
    let (row, was) = find(cx.account, id)?;
    if was.state.is_over() {
        return None;
    }
    let instance = cx.account.instances.edit(row)?;
    instance.state = to;
    instance.life += 1;
    instance.since = now;
    instance.reason = Some((code, Arc::from(text)));
    let id = Arc::clone(&instance.id);
    cx.tell(Tone::Change, "instance", &id, to.name());
    cost::rests(cx, &id);
    agent::host_gone(cx, &id, to);
    autoscaling::left(cx, &id);
    Some(id)
}

pub(super) fn started(cx: &mut Ctx<'_>, id: &Arc<str>, life: u32) {
    let Some(instance) = edit(cx.account, id) else { return };
    if instance.state != State::Pending || instance.life != life {
        return;
    }
    instance.state = State::Running;
    cost::runs(cx, id);
    cx.tell(Tone::Success, "instance", id, "running");
    agent::boot(cx, id);
    autoscaling::started(cx, id);
}

#[inline(never)]
pub(super) fn stopped(cx: &mut Ctx<'_>, id: &Arc<str>) {
    let Some((row, was)) = find(cx.account, id) else { return };
    if was.state != State::Stopping {
        return;
    }
    // A public address that was given on launch goes back; the private one stays (EC2 guide, "Instance lifecycle").
    set_public_ip(cx, &was, None);
    if let Some(instance) = cx.account.instances.edit(row) {
        instance.state = State::Stopped;
    }
    cx.tell(Tone::Change, "instance", id, "stopped");
}

pub(super) fn terminated(cx: &mut Ctx<'_>, id: &Arc<str>) {
    let Some((row, was)) = find(cx.account, id) else { return };
    for eni in &was.enis {
        eni::delete(cx, eni);
    }
    if let Some(instance) = cx.account.instances.edit(row) {
        instance.state = State::Terminated;
    }
    cost::ends(cx, id);
    cx.tell(Tone::Change, "instance", id, "terminated");
    autoscaling::terminated(cx, id);
    let forget = Ec2Job::Forgotten { instance: Arc::clone(id) };
    cx.after(limits::INSTANCE_VISIBLE_MS, Job::Ec2(forget));
}

#[inline(never)]
pub(super) fn forgotten(cx: &mut Ctx<'_>, id: &str) {
    if let Some(row) = cx.account.instances.id(id) {
        cx.account.instances.remove(row);
    }
}

/// Does a job after a random time between two bounds.
pub(super) fn later(cx: &mut Ctx<'_>, (low, high): (Millis, Millis), job: Ec2Job) {
    let delay = cx.rng.between(Stream::Timing, low, high);
    cx.after(delay, Job::Ec2(job));
}

/// AWS's answer for an instance that does not exist.
pub fn not_found(id: &str) -> ApiError {
    let digits = id.strip_prefix("i-").filter(|rest| matches!(rest.len(), 8 | 17));
    if digits.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        let text = format!("The instance ID '{id}' does not exist");
        return ApiError::new("InvalidInstanceID.NotFound", text);
    }
    ApiError::new("InvalidInstanceID.Malformed", format!("Invalid id: \"{id}\""))
}

fn find(account: &Account, id: &str) -> Option<(Id<Instance>, Arc<Instance>)> {
    let row = account.instances.id(id)?;
    Some((row, Arc::clone(account.instances.get(row)?)))
}

fn edit<'a>(account: &'a mut Account, id: &str) -> Option<&'a mut Instance> {
    let row = account.instances.id(id)?;
    account.instances.edit(row)
}

fn set_public_ip(cx: &mut Ctx<'_>, instance: &Instance, address: Option<Ipv4Addr>) {
    if let Some(eni) = instance.enis.first() {
        eni::set_public_ip(cx, eni, address);
    }
}

fn asked(account: &Account, params: Params<'_>) -> Result<Vec<Arc<str>>, ApiError> {
    let ids = params.strings("InstanceIds");
    let rows = ids.map(|id| account.instances.find(id).ok_or_else(|| not_found(id)));
    rows.map(|row| row.map(|row| Arc::clone(&row.id))).collect()
}

fn change_all(
    cx: &mut Ctx<'_>,
    ids: &[Arc<str>],
    change: impl Fn(&mut Ctx<'_>, &str),
) -> Vec<Value> {
    let mut changes = Vec::new();
    for id in ids {
        let state = |account: &Account| account.instances.find(id).map(|row| row.state.describe());
        let before = state(cx.account);
        let cause = cx.cause;
        change(cx, id);
        cx.cause = cause;
        changes.push(json!({
            "InstanceId": id,
            "CurrentState": state(cx.account),
            "PreviousState": before,
        }));
    }
    changes
}

/// Seen in public logs.
#[inline(never)]
fn protected(id: &str, verb: &str, attribute: &str) -> ApiError {
    let text = format!(
        "The instance '{id}' may not be {verb}. Modify its '{attribute}' instance attribute and try \
         again."
    );
    ApiError::new("OperationNotPermitted", text)
}

fn wrong_state(id: &str, verb: &str) -> ApiError {
    let text = format!("The instance '{id}' is not in a state from which it can be {verb}.");
    ApiError::new("IncorrectInstanceState", text)
}

fn not_running(id: &str, state: Option<State>) -> ApiError {
    match state {
        None => not_found(id),
        Some(state) => {
            let text =
                format!("The instance '{id}' is {}: only a running one can fail.", state.name());
            ApiError::new("IncorrectInstanceState", text)
        }
    }
}
