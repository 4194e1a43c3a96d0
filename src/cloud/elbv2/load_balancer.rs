//! Load balancers: the row, CreateLoadBalancer, DescribeLoadBalancers, DeleteLoadBalancer.
use std::sync::Arc;

use serde_json::{Value, json};

use super::names::{arn, check_name, invalid, no_load_balancer};
use super::{ElbJob, Text};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::net::eni::{self, EniOwner, NewEni};
use crate::cloud::params::Params;
use crate::cloud::prices;
use crate::cloud::story::Tone;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// An Application or Network Load Balancer.
#[derive(Clone, Debug)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: Text,
    /// Unique in the Region.
    pub name: Text,
    /// The name that clients use.
    pub dns_name: Text,
    /// `application` or `network`.
    pub kind: Kind,
    /// Reachable from the internet.
    pub internet_facing: bool,
    /// Its VPC.
    pub vpc: Text,
    /// It serves: `active` and not `provisioning` any more.
    pub active: bool,
    /// A subnet for each Availability Zone it stands in.
    pub zones: Map<Text, Text>,
    /// Its network interface in each of them.
    pub nodes: Vec<Text>,
    /// Its security groups.
    pub groups: Arc<[Text]>,
    /// When it was created.
    pub created: SimTime,
    /// Tags.
    pub tags: Tags,
}

/// What a load balancer works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP and HTTPS.
    Application,
    /// TCP, UDP, TLS.
    Network,
}

impl Kind {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Network => "network",
        }
    }

    /// How it stands in ARNs.
    pub fn short(self) -> &'static str {
        match self {
            Self::Application => "app",
            Self::Network => "net",
        }
    }
}

impl Row for LoadBalancer {
    fn key(&self) -> &str {
        &self.arn
    }
}

impl LoadBalancer {
    /// As DescribeLoadBalancers shows it.
    pub fn describe(&self) -> Value {
        let zones = self.zones.iter().map(|(zone, subnet)| {
            json!({ "ZoneName": zone, "SubnetId": subnet, "LoadBalancerAddresses": [] })
        });
        json!({
            "LoadBalancerArn": self.arn,
            "DNSName": self.dns_name,
            "CanonicalHostedZoneId": "Z35SXDOTRQ7X7K",
            "CreatedTime": self.created.seconds(),
            "LoadBalancerName": self.name,
            "Scheme": if self.internet_facing { "internet-facing" } else { "internal" },
            "VpcId": self.vpc,
            "State": { "Code": if self.active { "active" } else { "provisioning" } },
            "Type": self.kind.word(),
            "AvailabilityZones": zones.collect::<Vec<_>>(),
            "SecurityGroups": &*self.groups,
            "IpAddressType": "ipv4",
        })
    }

    /// What comes behind `loadbalancer/` in its ARN: `app/web/50dc6c495c0c9188`.
    pub fn path(&self) -> &str {
        self.arn.split_once(":loadbalancer/").map_or("", |(_, path)| path)
    }
}

/// The load balancer of a name.
pub fn by_name(account: &Account, name: &str) -> Option<Id<LoadBalancer>> {
    account.load_balancers.iter().find(|(_, lb)| *lb.name == *name).map(|(id, _)| id)
}

/// The load balancer of an ARN.
pub fn of(account: &Account, arn: &str) -> Result<(Id<LoadBalancer>, Arc<LoadBalancer>), ApiError> {
    let id = account.load_balancers.id(arn).ok_or_else(|| no_load_balancer(arn))?;
    let lb = account.load_balancers.get(id).ok_or_else(|| no_load_balancer(arn))?;
    Ok((id, Arc::clone(lb)))
}

pub(super) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("Name");
    check_name("Load balancer", name)?;
    let kind = match params.str("Type").unwrap_or("application") {
        "application" => Kind::Application,
        "network" => Kind::Network,
        other => {
            return Err(invalid(format!(
                "Load balancers of type '{other}' are not part of this model: use application or network"
            )));
        }
    };
    let (vpc, zones) = subnets(cx.account, params, kind)?;
    let groups: Vec<Text> = params.strings("SecurityGroups").map(Arc::from).collect();
    let groups = match kind {
        Kind::Network if groups.is_empty() => groups,
        _ => eni::groups_or_default(cx.account, &vpc, groups)?,
    };
    let internet_facing = params.str("Scheme") != Some("internal");
    if let Some(id) = by_name(cx.account, name) {
        return same_again(cx.account, id, kind, internet_facing, &zones);
    }
    if cx.account.load_balancers.len() >= limits::LOAD_BALANCERS {
        return Err(ApiError::new(
            "TooManyLoadBalancers",
            "The maximum number of load balancers has been reached",
        ));
    }
    let id = cx.rng.hex(16);
    let number = cx.rng.between(crate::cloud::rng::Stream::Ids, 100_000_000, 2_000_000_000);
    let internal = if internet_facing { "" } else { "internal-" };
    let dns_name = match kind {
        Kind::Application => {
            format!("{internal}{name}-{number}.{}.elb.amazonaws.com", limits::REGION)
        }
        Kind::Network => format!("{internal}{name}-{id}.elb.{}.amazonaws.com", limits::REGION),
    };
    let mut tags = Tags::default();
    tags.merge(params.list("Tags"));
    let mut row = LoadBalancer {
        arn: Arc::from(arn(&format!("loadbalancer/{}/{name}/{id}", kind.short()))),
        name: Arc::from(name),
        dns_name: Arc::from(dns_name),
        kind,
        internet_facing,
        vpc,
        active: false,
        zones,
        nodes: Vec::new(),
        groups: groups.into(),
        created: cx.now,
        tags,
    };
    row.nodes = nodes(cx, &row)?;
    let (shape, name) = (row.describe(), Arc::clone(&row.name));
    cx.account.bill.open(cx.now, &row.arn, Cost::LoadBalancers, prices::LOAD_BALANCER);
    let id = cx.account.load_balancers.insert(row);
    cx.tell(Tone::Change, "load-balancer", &name, "provisioning");
    cx.after(limits::LOAD_BALANCER_PROVISION_MS, Job::Elb(ElbJob::Provisioned(id)));
    Ok(json!({ "LoadBalancers": [shape] }))
}

/// A load balancer stands in each of its zones with a network interface.
fn nodes(cx: &mut Ctx<'_>, lb: &LoadBalancer) -> Result<Vec<Text>, ApiError> {
    let mut nodes = Vec::new();
    for subnet in lb.zones.values() {
        let new = NewEni {
            subnet: Arc::clone(subnet),
            groups: lb.groups.to_vec(),
            public: lb.internet_facing,
            owner: EniOwner::LoadBalancer(Arc::clone(&lb.name)),
        };
        nodes.push(eni::create(cx, new)?);
    }
    Ok(nodes)
}

/// The VPC and the subnet of each zone that a request names.
fn subnets(
    account: &Account,
    params: Params<'_>,
    kind: Kind,
) -> Result<(Text, Map<Text, Text>), ApiError> {
    let mapped = params.list("SubnetMappings").iter().filter_map(|m| m.get("SubnetId")?.as_str());
    let mut zones = Map::new();
    let mut vpc: Option<Text> = None;
    for id in params.strings("Subnets").chain(mapped) {
        let subnet = account.subnets.find(id).ok_or_else(|| {
            ApiError::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist"))
        })?;
        if zones.insert(Arc::clone(&subnet.zone), Arc::clone(&subnet.id)).is_some() {
            return Err(ApiError::new(
                "InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            ));
        }
        if vpc.get_or_insert_with(|| Arc::clone(&subnet.vpc)) != &subnet.vpc {
            return Err(ApiError::new(
                "InvalidConfigurationRequest",
                "The subnets must all be in the same VPC",
            ));
        }
    }
    let least = if kind == Kind::Application { 2 } else { 1 };
    match vpc {
        Some(vpc) if zones.len() >= least => Ok((vpc, zones)),
        Some(_) => Err(invalid(
            "At least two subnets in two different Availability Zones must be specified",
        )),
        None => Err(invalid("A subnet must be specified")),
    }
}

/// A second creation with the same settings gives the first load balancer; with other settings it is refused.
fn same_again(
    account: &Account,
    id: Id<LoadBalancer>,
    kind: Kind,
    internet_facing: bool,
    zones: &Map<Text, Text>,
) -> Result<Value, ApiError> {
    let same = account.load_balancers.get(id).filter(|lb| {
        lb.kind == kind && lb.internet_facing == internet_facing && lb.zones == *zones
    });
    same.map(|lb| json!({ "LoadBalancers": [lb.describe()] })).ok_or_else(|| {
        ApiError::new(
            "DuplicateLoadBalancerName",
            "A load balancer with the same name exists, but with different settings",
        )
    })
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let arns: Vec<&str> = params.strings("LoadBalancerArns").collect();
    let names: Vec<&str> = params.strings("Names").collect();
    let mut found = Vec::new();
    for arn in &arns {
        found.push(of(cx.account, arn)?.1.describe());
    }
    for name in &names {
        let id = by_name(cx.account, name).ok_or_else(|| no_load_balancer(name))?;
        found.extend(cx.account.load_balancers.get(id).map(|lb| lb.describe()));
    }
    if arns.is_empty() && names.is_empty() {
        found.extend(cx.account.load_balancers.values().map(|lb| lb.describe()));
    }
    super::actions::page(params, "LoadBalancers", found)
}

#[expect(clippy::unnecessary_wraps, reason = "actions share one form")]
pub(super) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    // Deleting what is not there succeeds (ELB API, DeleteLoadBalancer).
    let Some(id) = cx.account.load_balancers.id(params.required("LoadBalancerArn")) else {
        return Ok(json!({}));
    };
    for listener in super::listener::of_load_balancer(cx.account, id) {
        super::listener::remove(cx, listener);
    }
    if let Some(lb) = cx.account.load_balancers.remove(id) {
        for eni in &lb.nodes {
            eni::delete(cx, eni);
        }
        cx.account.bill.close(cx.now, &lb.arn);
        cx.tell(Tone::Change, "load-balancer", &lb.name, "deleted");
    }
    Ok(json!({}))
}

pub(super) fn provisioned(cx: &mut Ctx<'_>, id: Id<LoadBalancer>) {
    let Some(lb) = cx.account.load_balancers.edit(id) else { return };
    lb.active = true;
    let name = Arc::clone(&lb.name);
    cx.tell(Tone::Success, "load-balancer", &name, "active");
}
