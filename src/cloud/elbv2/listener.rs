//! Listeners: a port of a load balancer and what is done by default with what arrives there.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Text;
use super::actions::{self, Act};
use super::load_balancer::{self, Kind, LoadBalancer};
use super::names::{arn, invalid, no_listener};
use super::targets;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};

/// A listener.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its ARN.
    pub arn: Text,
    /// Its load balancer.
    pub load_balancer: Id<LoadBalancer>,
    /// The port it listens on.
    pub port: u16,
    /// `HTTP`, `HTTPS`, `TCP` or `TLS`.
    pub protocol: Text,
    /// What is done when no rule matches.
    pub act: Act,
    /// The same as it is shown.
    pub actions: Value,
}

impl Row for Listener {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl Listener {
    /// As DescribeListeners shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let balancer = account.load_balancers.get(self.load_balancer).map(|lb| Arc::clone(&lb.arn));
        json!({
            "ListenerArn": self.arn,
            "LoadBalancerArn": balancer.as_deref().unwrap_or(""),
            "Port": self.port,
            "Protocol": self.protocol,
            "DefaultActions": self.actions,
        })
    }
}

/// The listener of an ARN.
pub fn of(account: &Account, arn: &str) -> Result<Id<Listener>, ApiError> {
    account.listeners.id(arn).ok_or_else(|| no_listener(arn))
}

/// The listeners of a load balancer.
pub fn of_load_balancer(account: &Account, balancer: Id<LoadBalancer>) -> Vec<Id<Listener>> {
    let ours = account.listeners.iter().filter(|(_, l)| l.load_balancer == balancer);
    ours.map(|(id, _)| id).collect()
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (balancer, lb) = load_balancer::of(cx.account, params.required("LoadBalancerArn"))?;
    let protocol = params.str("Protocol").ok_or_else(|| invalid("A protocol must be specified"))?;
    check_protocol(lb.kind, protocol)?;
    let port = params.int("Port").ok_or_else(|| invalid("A port must be specified"))?;
    let port = super::target_group::port_number(port)?;
    check_port(cx.account, balancer, port, None)?;
    check_certificate(protocol, params)?;
    if of_load_balancer(cx.account, balancer).len() >= limits::LISTENERS {
        let text = "The maximum number of listeners has been reached";
        return Err(ApiError::new("TooManyListeners", text));
    }
    let (act, actions) = actions::read(cx.account, params.list("DefaultActions"))?;
    actions::check_one_balancer(cx.account, &act, balancer)?;
    let row = Listener {
        arn: Arc::from(arn(&format!("listener/{}/{}", lb.path(), cx.rng.hex(16)))),
        load_balancer: balancer,
        port,
        protocol: Arc::from(protocol),
        act,
        actions,
    };
    let shape = row.describe(cx.account);
    cx.account.listeners.insert(row);
    cx.tell(Tone::Change, "load-balancer", &lb.name, format!("listens on port {port}"));
    targets::groups_changed(cx);
    Ok(json!({ "Listeners": [shape] }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let mut ids = Vec::new();
    for arn in params.strings("ListenerArns") {
        ids.push(of(cx.account, arn)?);
    }
    if let Some(arn) = params.str("LoadBalancerArn") {
        ids.extend(of_load_balancer(cx.account, load_balancer::of(cx.account, arn)?.0));
    } else if ids.is_empty() {
        return Err(invalid("You must specify either listener ARNs or a load balancer ARN"));
    }
    let rows = ids.into_iter().filter_map(|id| cx.account.listeners.get(id));
    let shapes = rows.map(|listener| listener.describe(cx.account)).collect();
    actions::page(params, "Listeners", shapes)
}

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = of(cx.account, params.required("ListenerArn"))?;
    let Some(old) = cx.account.listeners.get(id).cloned() else { return Ok(json!({})) };
    let port = params.int("Port").map(super::target_group::port_number).transpose()?;
    if let Some(port) = port {
        check_port(cx.account, old.load_balancer, port, Some(id))?;
    }
    let actions = params.list("DefaultActions");
    let change = if actions.is_empty() { None } else { Some(actions::read(cx.account, actions)?) };
    if let Some((act, _)) = &change {
        actions::check_one_balancer(cx.account, act, old.load_balancer)?;
    }
    if let Some(listener) = cx.account.listeners.edit(id) {
        listener.port = port.unwrap_or(old.port);
        if let Some((act, actions)) = change {
            (listener.act, listener.actions) = (act, actions);
        }
    }
    if let Some(lb) = cx.account.load_balancers.get(old.load_balancer) {
        let name = Arc::clone(&lb.name);
        cx.tell(Tone::Change, "load-balancer", &name, "listener changed");
    }
    targets::groups_changed(cx);
    let shape = cx.account.listeners.get(id).map(|listener| listener.describe(cx.account));
    Ok(json!({ "Listeners": [shape] }))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = of(cx.account, params.required("ListenerArn"))?;
    remove(cx, id);
    Ok(json!({}))
}

/// Takes a listener away with its rules.
pub(super) fn remove(cx: &mut Ctx<'_>, id: Id<Listener>) {
    let rules: Vec<_> =
        cx.account.rules.iter().filter(|(_, r)| r.listener == id).map(|(r, _)| r).collect();
    for rule in rules {
        cx.account.rules.remove(rule);
    }
    let Some(listener) = cx.account.listeners.remove(id) else { return };
    if let Some(lb) = cx.account.load_balancers.get(listener.load_balancer) {
        let name = Arc::clone(&lb.name);
        let text = format!("no longer listens on port {}", listener.port);
        cx.tell(Tone::Change, "load-balancer", &name, text);
    }
    targets::groups_changed(cx);
}

fn check_protocol(kind: Kind, protocol: &str) -> Result<(), ApiError> {
    let good = match kind {
        Kind::Application => matches!(protocol, "HTTP" | "HTTPS"),
        Kind::Network => matches!(protocol, "TCP" | "TLS" | "UDP" | "TCP_UDP"),
    };
    if good {
        return Ok(());
    }
    let wanted = match kind {
        Kind::Application => "HTTP, HTTPS",
        Kind::Network => "TCP, TLS, UDP, TCP_UDP",
    };
    Err(invalid(format!("Listener protocol '{protocol}' must be one of '{wanted}'")))
}

fn check_port(
    account: &Account,
    balancer: Id<LoadBalancer>,
    port: u16,
    but: Option<Id<Listener>>,
) -> Result<(), ApiError> {
    let mut others = account.listeners.iter().filter(|(id, _)| Some(*id) != but);
    if others.any(|(_, l)| l.load_balancer == balancer && l.port == port) {
        return Err(ApiError::new(
            "DuplicateListener",
            "A listener already exists on this port for this load balancer",
        ));
    }
    Ok(())
}

fn check_certificate(protocol: &str, params: Params<'_>) -> Result<(), ApiError> {
    if matches!(protocol, "HTTPS" | "TLS") && params.list("Certificates").is_empty() {
        return Err(invalid(format!("A certificate must be specified for {protocol} listeners")));
    }
    Ok(())
}
