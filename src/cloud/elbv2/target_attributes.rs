//! Attributes of target groups: how long targets drain, who gets the next request, whom a client comes back to.
use std::sync::Arc;

use serde_json::{Value, json};

use super::Text;
use super::names::invalid;
use super::target_group::{TargetGroup, of};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::time::{Millis, SECOND};

const DRAIN: &str = "deregistration_delay.timeout_seconds";
const ALGORITHM: &str = "load_balancing.algorithm.type";
const ENOUGH: &str = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
const SLOW_START: &str = "slow_start.duration_seconds";
const STICKY: &str = "stickiness.enabled";
const STICKY_TYPE: &str = "stickiness.type";
const STICKY_FOR: &str = "stickiness.lb_cookie.duration_seconds";

/// Attributes with their defaults (facts: ELB/edit-target-group-attributes; API-elbv2 TargetGroupAttribute).
const ATTRIBUTES: [(&str, &str); 14] = [
    (DRAIN, "300"),
    (STICKY, "false"),
    (STICKY_TYPE, "lb_cookie"),
    (STICKY_FOR, "86400"),
    ("stickiness.app_cookie.cookie_name", ""),
    ("stickiness.app_cookie.duration_seconds", "86400"),
    (SLOW_START, "0"),
    (ALGORITHM, "round_robin"),
    ("load_balancing.algorithm.anomaly_mitigation", "off"),
    ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    (ENOUGH, "1"),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"),
    ("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
    ("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"),
];

/// The attributes of a new target group.
pub(super) fn defaults(http: bool) -> Map<&'static str, Text> {
    let mut all = Map::of(ATTRIBUTES.iter().map(|(key, value)| (*key, Arc::from(*value))));
    if !http {
        all.insert(STICKY_TYPE, Arc::from("source_ip"));
    }
    all
}

impl TargetGroup {
    /// How long a target drains, in milliseconds.
    pub fn deregistration_delay(&self) -> Millis {
        self.number(DRAIN) * SECOND
    }

    /// How it chooses: `round_robin`.
    pub fn algorithm(&self) -> &str {
        self.word(ALGORITHM)
    }

    /// New requests go to whoever works on the fewest.
    pub fn least_outstanding(&self) -> bool {
        self.algorithm() == "least_outstanding_requests"
    }

    /// Below so many healthy targets, requests go to all of them.
    pub fn healthy_targets_wanted(&self) -> u64 {
        self.number(ENOUGH)
    }

    /// How long a new target gets less than its share, in milliseconds; 0 where it does not.
    pub fn slow_start(&self) -> Millis {
        self.number(SLOW_START) * SECOND
    }

    /// How long a client's cookie binds it to its target, in milliseconds; `None` where there is no such cookie. A cookie of
    /// the application's own binds nobody: the prepared applications set none.
    pub fn sticky_for(&self) -> Option<Millis> {
        let sticky = self.word(STICKY) == "true" && self.word(STICKY_TYPE) == "lb_cookie";
        sticky.then(|| self.number(STICKY_FOR) * SECOND)
    }

    fn word(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", |value| &**value)
    }

    fn number(&self, attribute: &str) -> u64 {
        self.word(attribute).parse().unwrap_or(0)
    }

    fn describe_attributes(&self) -> Value {
        let list = self.attributes.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
        json!({ "Attributes": list.collect::<Vec<_>>() })
    }
}

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = of(cx.account, params.required("TargetGroupArn"))?;
    let mut changes = Vec::new();
    for pair in params.list("Attributes").iter().map(Params::new) {
        changes.push(attribute(pair.required("Key"), pair.required("Value"))?);
    }
    let Some(group) = cx.account.target_groups.edit(id) else { return Ok(json!({})) };
    let mut attributes = group.attributes.clone();
    attributes.extend(changes);
    let is = |key, value: &str| attributes.get(key).is_some_and(|text| **text == *value);
    // Facts: alb-and-network §2, "Attributes": slow start goes with round robin alone.
    if !is(SLOW_START, "0") && !is(ALGORITHM, "round_robin") {
        return Err(invalid(
            "Slow start mode is only supported by the load balancing algorithm 'round_robin'",
        ));
    }
    if is(STICKY, "true") && is(ALGORITHM, "weighted_random") {
        return Err(invalid(
            "Stickiness is not supported by the load balancing algorithm 'weighted_random'",
        ));
    }
    group.attributes = attributes;
    let (shape, name) = (group.describe_attributes(), Arc::clone(&group.name));
    cx.tell(Tone::Change, "target-group", &name, "attributes changed");
    Ok(shape)
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = of(cx.account, params.required("TargetGroupArn"))?;
    Ok(cx.account.target_groups.get(id).map_or(json!({}), |group| group.describe_attributes()))
}

/// A known attribute with a value in its range.
fn attribute(key: &str, value: &str) -> Result<(&'static str, Text), ApiError> {
    let known = ATTRIBUTES.iter().find(|(name, _)| *name == key);
    let Some((name, default)) = known else {
        return Err(invalid(format!("Target group attribute key '{key}' is not recognized")));
    };
    let number = value.parse::<u32>().ok();
    let within = |low, high| number.is_some_and(|n| (low..=high).contains(&n));
    let good = match *name {
        DRAIN => within(0, 3_600),
        SLOW_START => within(0, 0) || within(30, 900),
        ALGORITHM => {
            matches!(value, "round_robin" | "least_outstanding_requests" | "weighted_random")
        }
        STICKY => matches!(value, "true" | "false"),
        STICKY_TYPE => matches!(value, "lb_cookie" | "app_cookie" | "source_ip"),
        "stickiness.app_cookie.cookie_name" => !value.starts_with("AWSALB"),
        _ if name.ends_with("duration_seconds") => within(1, 604_800),
        _ if *default == "1" => value == "off" || within(1, 1_000),
        _ => true,
    };
    if good {
        Ok((name, Arc::from(value)))
    } else {
        Err(invalid(format!("'{value}' is not a valid value for target group attribute '{key}'")))
    }
}
