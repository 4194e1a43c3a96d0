//! Can this interface reach the internet, an AWS service, another interface? Each answer comes with its steps, so that
//! a learner can see which check failed. Pulls of images, agents, calls of applications and load balancers ask here.
//!
//! What is looked at, in the order in which a packet meets it: the security groups' outbound rules, the route table,
//! the gateway (internet, NAT, endpoint), the other side's inbound rules. Network ACLs are at their defaults, which let
//! everything pass. Sources: VPC guide "Route tables", "Internet gateways", "NAT gateways", "Gateway endpoints",
//! "Security groups"; facts: alb-and-network §6.

use std::fmt::Display;
use std::sync::Arc;

use super::cidr::Cidr;
use super::endpoint::{AwsService, EndpointKind, VpcEndpoint};
use super::eni::Eni;
use super::nat::NatGateway;
use super::route::{Destination, Route, RouteTable, Via};
use super::walls::{accepts, may_leave, meet};
use crate::cloud::account::Account;
use crate::cloud::sort;

/// The port of HTTPS: what AWS's services and registries listen on.
pub const HTTPS: u16 = 443;

/// An answer with its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The checks, in order; after one that failed nothing more is checked.
    pub steps: Vec<Step>,
    /// Nobody will read the sentences: they are left out.
    quiet: bool,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was looked at.
    pub check: Check,
    /// The id of it.
    pub at: Arc<str>,
    /// It lets the packet pass.
    pub passed: bool,
    /// One sentence for the learner.
    pub says: String,
}

/// What a step looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// A security group's outbound rules.
    Outbound,
    /// A security group's inbound rules.
    Inbound,
    /// A subnet's route table.
    Routes,
    /// An internet gateway.
    InternetGateway,
    /// The interface's public address.
    PublicAddress,
    /// A NAT gateway.
    Nat,
    /// A VPC endpoint.
    Endpoint,
    /// Both sides' networks.
    Network,
    /// An Availability Zone.
    Zone,
}

impl Reach {
    /// Every check passed.
    pub fn ok(&self) -> bool {
        self.steps.iter().all(|step| step.passed)
    }

    /// The sentence of the check that failed.
    pub fn why_not(&self) -> Option<&str> {
        self.steps.iter().find(|step| !step.passed).map(|step| step.says.as_str())
    }

    /// The check that failed.
    pub fn failed(&self) -> Option<Check> {
        self.steps.iter().find(|step| !step.passed).map(|step| step.check)
    }

    /// Adds a check and says whether to go on.
    pub(super) fn step(
        &mut self,
        check: Check,
        at: &Arc<str>,
        passed: bool,
        says: impl Display,
    ) -> bool {
        self.add(check, at, passed, &says)
    }

    fn add(&mut self, check: Check, at: &Arc<str>, passed: bool, says: &dyn Display) -> bool {
        let says = if self.quiet { String::new() } else { says.to_string() };
        self.steps.push(Step { check, at: Arc::clone(at), passed, says });
        passed
    }
}

/// Can the interface open an HTTPS connection to the internet?
pub fn can_reach_internet(account: &Account, from: &Eni) -> Reach {
    let mut reach = Reach::default();
    to_internet(account, from, &mut reach);
    reach
}

/// As [`can_reach_internet`], for those who do not ask why: a pull for each of thousands of tasks.
pub fn is_internet_reached(account: &Account, from: &Eni) -> bool {
    let mut reach = Reach { quiet: true, ..Reach::default() };
    to_internet(account, from, &mut reach);
    reach.ok()
}

fn to_internet(account: &Account, from: &Eni, reach: &mut Reach) {
    if zone_works(account, from, reach) && may_leave(account, from, None, reach) {
        leave_vpc(account, from, reach);
    }
}

/// Can the interface open an HTTPS connection to an AWS service: through an endpoint, else over the internet?
pub fn can_reach_service(account: &Account, from: &Eni, service: AwsService) -> Reach {
    let mut reach = Reach::default();
    if !zone_works(account, from, &mut reach) {
        return reach;
    }
    if let Some(endpoint) = interface_endpoint(account, &from.vpc, service) {
        through_interfaces(account, from, endpoint, &mut reach);
        return reach;
    }
    if !may_leave(account, from, Some(service), &mut reach) {
        return reach;
    }
    if let Some((table, endpoint)) = gateway_endpoint(account, &from.subnet, service) {
        let (id, service) = (&table.id, service.name());
        let says = format!("Route table {id} sends {service} to the gateway endpoint {endpoint}.");
        reach.step(Check::Endpoint, endpoint, true, says);
        return reach;
    }
    let says =
        format!("There is no endpoint for {} here: the way is the internet.", service.name());
    reach.step(Check::Endpoint, &from.vpc, true, says);
    leave_vpc(account, from, &mut reach);
    reach
}

/// Can one interface open a TCP connection to a port of another?
pub fn can_connect(account: &Account, from: &Eni, to: &Eni, port: u16) -> Reach {
    let mut reach = Reach::default();
    if !zone_works(account, from, &mut reach) || !zone_works(account, to, &mut reach) {
        return reach;
    }
    let same = from.vpc == to.vpc;
    let says = if same {
        format!("Both are in {}: its local route leads there.", from.vpc)
    } else {
        format!("{} and {} are different networks without a connection.", from.vpc, to.vpc)
    };
    if reach.step(Check::Network, &from.vpc, same, says) {
        meet(account, from, to, port, &mut reach);
    }
    reach
}

/// Can somebody on the internet open a TCP connection to a port of this interface?
pub fn can_be_reached_from_internet(account: &Account, to: &Eni, port: u16) -> Reach {
    let mut reach = Reach::default();
    if !zone_works(account, to, &mut reach) {
        return reach;
    }
    if let Some(route) = default_route(account, &to.subnet, &mut reach) {
        let Via::Internet(gateway) = &route.via else {
            let says = "The subnet has no route to an internet gateway: nothing on the internet can \
                        open a connection to it.";
            reach.step(Check::InternetGateway, &to.subnet, false, says.to_owned());
            return reach;
        };
        let gateway = Arc::clone(gateway);
        if has_public_address(to, &gateway, &mut reach) {
            accepts(account, to, port, None, &mut reach);
        }
    }
    reach
}

/// The route table that applies to a subnet: its own, else its VPC's main one.
pub fn routes_of<'a>(account: &'a Account, subnet: &str) -> Option<&'a Arc<RouteTable>> {
    let subnet = account.subnets.find(subnet)?;
    if let Some(own) = &subnet.route_table {
        return account.route_tables.find(own);
    }
    account.route_tables.values().find(|table| table.main && table.vpc == subnet.vpc)
}

fn zone_works(account: &Account, eni: &Eni, reach: &mut Reach) -> bool {
    if !account.lost_zones.contains(&eni.zone) {
        return true;
    }
    reach.step(Check::Zone, &eni.zone, false, format!("{} has failed.", eni.zone))
}

/// From the subnet to the internet: by an internet gateway with a public address, or by a NAT gateway.
fn leave_vpc(account: &Account, from: &Eni, reach: &mut Reach) {
    let Some(route) = default_route(account, &from.subnet, reach) else { return };
    match &route.via {
        Via::Internet(gateway) => {
            has_public_address(from, gateway, reach);
        }
        Via::Nat(nat) => through_nat(account, nat, reach),
        Via::Instance(instance, _) => {
            let up = account.instances.find(instance).is_some_and(|instance| instance.is_up());
            let verb = if up { "forwards" } else { "does not run and forwards nothing" };
            reach.step(Check::Nat, instance, up, format!("Instance {instance} {verb}."));
        }
        Via::Local | Via::Endpoint(_) => {
            let says = "The default route does not lead to the internet.".to_owned();
            reach.step(Check::Routes, &from.subnet, false, says);
        }
    }
}

/// The route for `0.0.0.0/0`, or a failed step.
fn default_route<'a>(account: &'a Account, subnet: &str, reach: &mut Reach) -> Option<&'a Route> {
    let table = routes_of(account, subnet)?;
    let anywhere = Destination::Block(Cidr::ANYWHERE);
    let route = table.routes.iter().find(|route| route.to == anywhere);
    let (id, name) = (&table.id, table.tags.get("Name").unwrap_or("unnamed"));
    let Some(route) = route else {
        let says = format!(
            "Route table {id} ({name}) of {subnet} has no route for 0.0.0.0/0: nothing leaves the VPC."
        );
        reach.step(Check::Routes, id, false, says);
        return None;
    };
    if route.blackhole {
        let says =
            format!("The route for 0.0.0.0/0 in {id} leads to something deleted: a blackhole.");
        reach.step(Check::Routes, id, false, says);
        return None;
    }
    let target = route.via.id().map_or("local", |id| id);
    let says = format_args!("Route table {id} ({name}) sends 0.0.0.0/0 to {target}.");
    reach.step(Check::Routes, id, true, says);
    Some(route)
}

#[inline(never)]
fn has_public_address(eni: &Eni, gateway: &Arc<str>, reach: &mut Reach) -> bool {
    let id = &eni.id;
    let Some(address) = eni.public_ip else {
        let says = format_args!(
            "{id} has no public address, and {gateway} only serves addresses that are public."
        );
        return reach.step(Check::PublicAddress, id, false, says);
    };
    let says = format_args!("{id} has the public address {address}.");
    reach.step(Check::PublicAddress, id, true, says)
}

#[inline(never)]
fn through_nat(account: &Account, id: &Arc<str>, reach: &mut Reach) {
    let Some(nat) = account.nat_gateways.find(id) else {
        reach.step(Check::Nat, id, false, format!("{id} does not exist."));
        return;
    };
    if let Some(problem) = nat_problem(account, nat) {
        reach.step(Check::Nat, id, false, problem);
        return;
    }
    let ready = format_args!("NAT gateway {id} in {} is available.", nat.subnet);
    reach.step(Check::Nat, id, true, ready);
    // The gateway itself has to get out, by an internet gateway and its own public address.
    let Some(eni) = nat.eni.as_ref().and_then(|id| account.enis.find(id)) else { return };
    let Some(route) = default_route(account, &nat.subnet, reach) else { return };
    if let Via::Internet(gateway) = &route.via {
        has_public_address(eni, gateway, reach);
        return;
    }
    let says = format!(
        "{id} stands in {}, a subnet without a route to an internet gateway. It has to stand in a \
         public one.",
        nat.subnet
    );
    reach.step(Check::InternetGateway, &nat.subnet, false, says);
}

fn nat_problem(account: &Account, nat: &NatGateway) -> Option<String> {
    if nat.state != "available" {
        return Some(format!("NAT gateway {} is {}.", nat.id, nat.state));
    }
    let zone = &account.subnets.find(&nat.subnet)?.zone;
    let lost = account.lost_zones.contains(zone);
    lost.then(|| format!("NAT gateway {} stands in {zone}, which has failed.", nat.id))
}

/// An endpoint that takes over the service's name in the whole VPC.
fn interface_endpoint<'a>(
    account: &'a Account,
    vpc: &str,
    service: AwsService,
) -> Option<&'a VpcEndpoint> {
    let mut endpoints = account.endpoints.values().filter(|endpoint| endpoint.service == service);
    let found = endpoints.find(|endpoint| {
        let takes_over = matches!(endpoint.kind, EndpointKind::Interface { private_dns: true, .. });
        takes_over && &*endpoint.vpc == vpc && endpoint.state == "Available"
    })?;
    Some(found)
}

#[inline(never)]
fn through_interfaces(account: &Account, from: &Eni, endpoint: &VpcEndpoint, reach: &mut Reach) {
    let EndpointKind::Interface { enis, .. } = &endpoint.kind else { return };
    let service = endpoint.service.name();
    let rows = enis.iter().filter_map(|id| account.enis.find(id));
    let works = |eni: &&Arc<Eni>| !account.lost_zones.contains(&eni.zone);
    let mut working: Vec<&Arc<Eni>> = rows.filter(works).collect();
    // The one of the own zone is nearest; any other will do.
    sort::by_key(&mut working, |eni| eni.zone != from.zone);
    let Some(door) = working.first() else {
        let says = format!("No interface of {} works.", endpoint.id);
        reach.step(Check::Endpoint, &endpoint.id, false, says);
        return;
    };
    let says = format!(
        "In this VPC the name of {service} leads to the interface endpoint {} ({}).",
        endpoint.id, door.private_ip
    );
    reach.step(Check::Endpoint, &endpoint.id, true, says);
    meet(account, from, door, HTTPS, reach);
}

fn gateway_endpoint<'a>(
    account: &'a Account,
    subnet: &str,
    service: AwsService,
) -> Option<(&'a RouteTable, &'a Arc<str>)> {
    let table = routes_of(account, subnet)?;
    let to = Destination::Prefixes(service);
    let route = table.routes.iter().find(|route| route.to == to && !route.blackhole)?;
    match &route.via {
        Via::Endpoint(id) => Some((table, id)),
        _ => None,
    }
}
