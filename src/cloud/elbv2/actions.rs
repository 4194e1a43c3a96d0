//! What listeners and rules do with a request: actions, and the ties between load balancers and target groups that
//! follow from them.
use std::sync::Arc;

use serde_json::{Value, json};

use super::Text;
use super::load_balancer::LoadBalancer;
use super::names::{invalid, no_target_group};
use crate::cloud::account::Account;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;
use crate::cloud::table::Id;

/// What is done with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It goes to one of these target groups, by weight.
    Forward(Vec<(Text, u32)>),
    /// It is answered here.
    Fixed {
        /// The status.
        status: u16,
        /// What sort of text the body is.
        kind: Text,
        /// The body.
        body: Text,
    },
    /// The client is sent elsewhere.
    Redirect {
        /// 301 or 302.
        status: u16,
        /// Where to: an address in which `#{host}` and the like stand for parts of the request's.
        to: Text,
    },
}

/// The last action of a list decides; the list as it is shown comes with it.
pub fn read(account: &Account, actions: &[Value]) -> Result<(Act, Value), ApiError> {
    let Some(last) = actions.last() else {
        return Err(invalid("You must specify a list of actions"));
    };
    let params = Params::new(last);
    check_others(actions)?;
    match params.required("Type") {
        "forward" => forward(account, params),
        "fixed-response" => Ok((fixed(params.inner("FixedResponseConfig"))?, json!([last]))),
        "redirect" => {
            let config = params.inner("RedirectConfig");
            let status = if config.str("StatusCode") == Some("HTTP_302") { 302 } else { 301 };
            let part = |name, default| config.str(name).unwrap_or(default);
            let to = format!(
                "{}://{}:{}{}?{}",
                part("Protocol", "#{protocol}").to_ascii_lowercase(),
                part("Host", "#{host}"),
                part("Port", "#{port}"),
                part("Path", "/#{path}"),
                part("Query", "#{query}")
            );
            if to.starts_with("#{protocol}://#{host}:#{port}/#{path}?") {
                let text = "The redirect configuration is not valid because it creates a loop.";
                return Err(ApiError::new("InvalidLoadBalancerAction", text));
            }
            Ok((Act::Redirect { status, to: Arc::from(to) }, json!([last])))
        }
        other => Err(not_here(other)),
    }
}

/// Before the action that decides only those may stand that authenticate (API-elbv2 CreateRule.Actions; sentence chosen).
fn check_others(actions: &[Value]) -> Result<(), ApiError> {
    let Some((_, others)) = actions.split_last() else { return Ok(()) };
    match others.first().map(|one| Params::new(one).required("Type")) {
        None => Ok(()),
        Some("forward" | "fixed-response" | "redirect") => {
            Err(invalid("You must specify exactly one forward, redirect or fixed-response action"))
        }
        Some(other) => Err(not_here(other)),
    }
}

fn not_here(kind: &str) -> ApiError {
    invalid(format!(
        "Actions of type '{kind}' are not part of this model: use forward, redirect or fixed-response"
    ))
}

/// A body of at most 1,024 characters and one of five types (facts: alb-and-network §3, "Fixed response").
fn fixed(config: Params<'_>) -> Result<Act, ApiError> {
    let status = config.required("StatusCode").parse().ok();
    let status = status.filter(|s| matches!(s, 200..=299 | 400..=599)).ok_or_else(|| {
        invalid("A fixed response needs a status code of the form 2XX, 4XX or 5XX")
    })?;
    let (kind, body) = (config.str("ContentType"), config.str("MessageBody").unwrap_or(""));
    let kind = kind.unwrap_or("text/plain");
    let known =
        ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
    if !known.contains(&kind) || body.len() > limits::FIXED_RESPONSE_BYTES {
        return Err(invalid(format!(
            "A fixed response has at most '{}' characters of one of the types '{}'",
            limits::FIXED_RESPONSE_BYTES,
            known.join(", ")
        )));
    }
    Ok(Act::Fixed { status, kind: Arc::from(kind), body: Arc::from(body) })
}

fn forward(account: &Account, params: Params<'_>) -> Result<(Act, Value), ApiError> {
    let tuples = params.inner("ForwardConfig").list("TargetGroups").iter().map(Params::new);
    let mut groups: Vec<(Text, u32)> = tuples
        .map(|tuple| {
            let weight = tuple.int("Weight").and_then(|w| u32::try_from(w).ok()).unwrap_or(1);
            (Arc::from(tuple.required("TargetGroupArn")), weight)
        })
        .collect();
    if let Some(arn) = params.str("TargetGroupArn").filter(|_| groups.is_empty()) {
        groups.push((Arc::from(arn), 1));
    }
    if groups.is_empty() {
        return Err(invalid("A forward action needs a target group"));
    }
    if groups.len() > limits::GROUPS_PER_ACTION {
        return Err(invalid(format!(
            "A forward action can have at most '{}' target groups",
            limits::GROUPS_PER_ACTION
        )));
    }
    for (arn, weight) in &groups {
        if *weight > limits::GROUP_WEIGHT_MAX {
            let text =
                format!("Target group weight '{weight}' must be between '0' and '999' inclusive");
            return Err(invalid(text));
        }
        if account.target_groups.id(arn).is_none() {
            return Err(no_target_group(arn));
        }
    }
    let tuples =
        groups.iter().map(|(arn, weight)| json!({ "TargetGroupArn": arn, "Weight": weight }));
    let sticky = params.inner("ForwardConfig").value("TargetGroupStickinessConfig").cloned();
    let config = json!({
        "TargetGroups": tuples.collect::<Vec<_>>(),
        "TargetGroupStickinessConfig": sticky.unwrap_or_else(|| json!({ "Enabled": false })),
    });
    let mut shape = json!({ "Type": "forward" });
    if let (Some(shape), [(only, _)]) = (shape.as_object_mut(), groups.as_slice()) {
        shape.insert("TargetGroupArn".into(), json!(only));
    }
    if let Some(shape) = shape.as_object_mut() {
        shape.insert("ForwardConfig".into(), config);
    }
    Ok((Act::Forward(groups), json!([shape])))
}

/// A target group serves one load balancer (facts: ELB/load-balancer-limits).
pub fn check_one_balancer(
    account: &Account,
    act: &Act,
    balancer: Id<LoadBalancer>,
) -> Result<(), ApiError> {
    let Act::Forward(groups) = act else { return Ok(()) };
    for (group, _) in groups {
        if balancers(account, group).iter().any(|other| *other != balancer) {
            return Err(ApiError::new(
                "TargetGroupAssociationLimit",
                format!(
                    "The following target groups cannot be associated with more than one load balancer: {group}"
                ),
            ));
        }
    }
    Ok(())
}

/// The load balancers that send requests to a target group.
pub fn balancers(account: &Account, group: &str) -> Set<Id<LoadBalancer>> {
    let listeners = account.listeners.values();
    let direct = listeners.filter(|l| l.act.sends_to(group)).map(|l| l.load_balancer);
    let rules = account.rules.values().filter(|rule| rule.act.sends_to(group));
    let by_rule =
        rules.filter_map(|rule| Some(account.listeners.get(rule.listener)?.load_balancer));
    Set::of(direct.chain(by_rule))
}

/// Their ARNs.
pub fn load_balancers_of(account: &Account, group: &str) -> Vec<Text> {
    let ids = balancers(account, group);
    let found = ids.iter().filter_map(|id| account.load_balancers.get(*id));
    found.map(|lb| Arc::clone(&lb.arn)).collect()
}

/// A listener or a rule sends requests to the target group.
pub fn in_use(account: &Account, group: &str) -> bool {
    !balancers(account, group).is_empty()
}

impl Act {
    /// It sends requests to this target group.
    pub fn sends_to(&self, group: &str) -> bool {
        matches!(self, Self::Forward(groups) if groups.iter().any(|(arn, _)| **arn == *group))
    }
}

/// One page of a list: `Marker` is the number of the first item, `PageSize` how many.
pub fn page(params: Params<'_>, member: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let first = match params.str("Marker") {
        None => 0,
        Some(marker) => marker
            .parse::<usize>()
            .ok()
            .filter(|first| *first <= items.len())
            .ok_or_else(|| invalid("The marker is not valid"))?,
    };
    let size = params.int("PageSize").and_then(|size| usize::try_from(size).ok()).unwrap_or(400);
    let total = items.len();
    let items: Vec<Value> = items.into_iter().skip(first).take(size).collect();
    let mut reply = serde_json::Map::new();
    let next = first + items.len();
    reply.insert(member.to_owned(), Value::Array(items));
    if next < total {
        reply.insert("NextMarker".to_owned(), json!(next.to_string()));
    }
    Ok(Value::Object(reply))
}
