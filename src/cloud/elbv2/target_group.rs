//! Target groups: the row, and the actions that make, show and change it.
use std::sync::Arc;

use serde_json::{Value, json};

use super::health_check::{Failure, HealthCheck};
use super::names::{arn, check_name, invalid, no_target_group};
use super::{Text, target_attributes};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// A group of targets that requests are spread over.
#[derive(Clone, Debug)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: Text,
    /// Unique in the Region.
    pub name: Text,
    /// What the targets speak.
    pub protocol: Text,
    /// The port for targets that are registered without one.
    pub port: u16,
    /// Its VPC.
    pub vpc: Text,
    /// Instances or addresses; it cannot be changed later.
    pub target_type: TargetType,
    /// How targets are checked.
    pub check: HealthCheck,
    /// `deregistration_delay.timeout_seconds` and the others.
    pub attributes: Map<&'static str, Text>,
    /// The targets.
    pub targets: Map<TargetKey, Target>,
    /// Counts registrations, so that checks of an older one stop.
    pub registrations: u32,
    /// The turn of round robin.
    pub turn: u32,
    /// When clients that keep cookies last sent requests.
    pub asked: SimTime,
    /// What the shares of a forward action with weights left over.
    pub credit: i64,
    /// When it was created.
    pub created: SimTime,
    /// Tags.
    pub tags: Tags,
}

/// What a target is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetType {
    /// An instance's id and a port on it.
    Instance,
    /// An address and a port.
    Ip,
}

/// Id and port of a target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKey {
    /// An instance's id or an address.
    pub id: Text,
    /// The port.
    pub port: u16,
}

/// A registered target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Which registration this is.
    pub registration: u32,
    /// How it stands.
    pub health: Health,
    /// Checks answered well in a row.
    pub good: u32,
    /// Checks answered badly in a row.
    pub bad: u32,
    /// Requests it is working on.
    pub in_flight: u32,
    /// When it began to drain, if it was healthy until then.
    pub left: Option<SimTime>,
    /// Why the last check failed.
    pub failure: Option<Failure>,
    /// When its slow start began, if it became healthy while others were.
    pub warms: Option<SimTime>,
    /// What its share of requests by weight left over.
    pub credit: i64,
    /// Clients of the traffic whose cookies name it.
    pub clients: u32,
}

/// The state of a target (facts: alb-and-network §2, "Target states and reasons").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Registered, not checked yet.
    #[default]
    Initial,
    /// It passes its checks.
    Healthy,
    /// It fails its checks.
    Unhealthy,
    /// It is being deregistered and finishes what it works on.
    Draining,
    /// No load balancer uses its group, or not in its zone.
    Unused,
}

impl Row for TargetGroup {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl TargetType {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
        }
    }
}

impl TargetGroup {
    /// As DescribeTargetGroups shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let check = &self.check;
        let mut shape = json!({
            "TargetGroupArn": self.arn,
            "TargetGroupName": self.name,
            "Protocol": self.protocol,
            "Port": self.port,
            "VpcId": self.vpc,
            "HealthCheckProtocol": check.protocol,
            "HealthCheckPort": check.port,
            "HealthCheckEnabled": true,
            "HealthCheckIntervalSeconds": check.interval_s,
            "HealthCheckTimeoutSeconds": check.timeout_s,
            "HealthyThresholdCount": check.healthy,
            "UnhealthyThresholdCount": check.unhealthy,
        });
        if let Some(shape) = shape.as_object_mut() {
            if self.speaks_http() {
                shape.insert("HealthCheckPath".into(), json!(check.path));
                shape.insert("Matcher".into(), json!({ "HttpCode": check.matcher }));
            }
            let balancers = super::actions::load_balancers_of(account, &self.arn);
            shape.insert("LoadBalancerArns".into(), json!(balancers));
            shape.insert("TargetType".into(), json!(self.target_type.word()));
            if self.speaks_http() {
                shape.insert("ProtocolVersion".into(), json!("HTTP1"));
            }
            shape.insert("IpAddressType".into(), json!("ipv4"));
        }
        shape
    }

    /// What metrics know it by: `targetgroup/web/73e2d6bc24d8a067`.
    pub fn path(&self) -> &str {
        self.arn.rsplit_once(':').map_or("", |(_, path)| path)
    }

    /// Requests to it are HTTP or HTTPS.
    pub fn speaks_http(&self) -> bool {
        matches!(&*self.protocol, "HTTP" | "HTTPS")
    }
}

/// The target group of an ARN.
pub fn of(account: &Account, arn: &str) -> Result<Id<TargetGroup>, ApiError> {
    account.target_groups.id(arn).ok_or_else(|| no_target_group(arn))
}

/// The target group of a name.
pub fn by_name(account: &Account, name: &str) -> Option<Id<TargetGroup>> {
    account.target_groups.iter().find(|(_, group)| *group.name == *name).map(|(id, _)| id)
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("Name");
    check_name("Target group", name)?;
    let protocol = params.str("Protocol").ok_or_else(|| invalid("A protocol must be specified"))?;
    if !matches!(protocol, "HTTP" | "HTTPS" | "TCP" | "TLS") {
        return Err(invalid(format!(
            "Target groups of protocol '{protocol}' are not part of this model"
        )));
    }
    let port = params.int("Port").ok_or_else(|| invalid("A port must be specified"))?;
    let port = port_number(port)?;
    let vpc = params.str("VpcId").ok_or_else(|| invalid("A VPC ID must be specified"))?;
    if cx.account.vpcs.find(vpc).is_none() {
        return Err(invalid(format!("The VPC ID '{vpc}' is not found")));
    }
    let target_type = match params.str("TargetType").unwrap_or("instance") {
        "instance" => TargetType::Instance,
        "ip" => TargetType::Ip,
        other => {
            return Err(invalid(format!("Targets of type '{other}' are not part of this model")));
        }
    };
    let http = matches!(protocol, "HTTP" | "HTTPS");
    let check = HealthCheck::of_protocol(protocol).changed(params)?;
    if let Some(id) = by_name(cx.account, name) {
        // The same again is no mistake (API-elbv2 CreateTargetGroup: "idempotent").
        let same = cx.account.target_groups.get(id).filter(|group| {
            (&*group.protocol, group.port, &*group.vpc) == (protocol, port, vpc)
                && group.target_type == target_type
                && group.check == check
        });
        let shape = same.map(|group| group.describe(cx.account));
        return shape.map(|shape| json!({ "TargetGroups": [shape] })).ok_or_else(|| {
            let text = format!(
                "A target group with the same name '{name}' exists, but with different settings"
            );
            ApiError::new("DuplicateTargetGroupName", text)
        });
    }
    let mut tags = Tags::default();
    tags.merge(params.list("Tags"));
    let row = TargetGroup {
        arn: Arc::from(arn(&format!("targetgroup/{name}/{}", cx.rng.hex(16)))),
        name: Arc::from(name),
        protocol: Arc::from(protocol),
        port,
        vpc: Arc::from(vpc),
        target_type,
        check,
        attributes: target_attributes::defaults(http),
        targets: Map::new(),
        registrations: 0,
        turn: 0,
        asked: cx.now,
        credit: 0,
        created: cx.now,
        tags,
    };
    let shape = row.describe(cx.account);
    let name = Arc::clone(&row.name);
    cx.account.target_groups.insert(row);
    cx.tell(Tone::Change, "target-group", &name, "created");
    Ok(json!({ "TargetGroups": [shape] }))
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let mut ids: Vec<Id<TargetGroup>> = Vec::new();
    for arn in params.strings("TargetGroupArns") {
        ids.push(of(cx.account, arn)?);
    }
    for name in params.strings("Names") {
        ids.push(by_name(cx.account, name).ok_or_else(|| no_target_group(name))?);
    }
    if params.list("TargetGroupArns").is_empty() && params.list("Names").is_empty() {
        ids.extend(cx.account.target_groups.iter().map(|(id, _)| id));
    }
    let balancer = params.str("LoadBalancerArn");
    if let Some(arn) = balancer {
        super::load_balancer::of(cx.account, arn)?;
    }
    let groups = ids.into_iter().filter_map(|id| cx.account.target_groups.get(id));
    let groups = groups.filter(|group| {
        balancer.is_none_or(|arn| {
            super::actions::load_balancers_of(cx.account, &group.arn).iter().any(|a| **a == *arn)
        })
    });
    let shapes = groups.map(|group| group.describe(cx.account)).collect();
    super::actions::page(params, "TargetGroups", shapes)
}

pub(super) fn modify(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = of(cx.account, params.required("TargetGroupArn"))?;
    let current = cx.account.target_groups.get(id).map(|group| group.check.clone());
    let check = current.map(|check| check.changed(params)).transpose()?;
    if let (Some(group), Some(check)) = (cx.account.target_groups.edit(id), check) {
        group.check = check;
        let name = Arc::clone(&group.name);
        cx.tell(Tone::Change, "target-group", &name, "health check changed");
    }
    let group = cx.account.target_groups.get(id).map(|group| group.describe(cx.account));
    Ok(json!({ "TargetGroups": [group] }))
}

pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arn = params.required("TargetGroupArn");
    let Some(id) = cx.account.target_groups.id(arn) else { return Ok(json!({})) };
    if super::actions::in_use(cx.account, arn) {
        return Err(ApiError::new(
            "ResourceInUse",
            format!("Target group '{arn}' is currently in use by a listener or a rule"),
        ));
    }
    if let Some(group) = cx.account.target_groups.remove(id) {
        cx.tell(Tone::Change, "target-group", &group.name, "deleted");
    }
    Ok(json!({}))
}

/// A port from 1 to 65535.
pub fn port_number(port: i64) -> Result<u16, ApiError> {
    u16::try_from(port)
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| invalid(format!("1 validation error detected: Value '{port}' at 'port' failed to satisfy constraint: Member must have value less than or equal to 65535")))
}
