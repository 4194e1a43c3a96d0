//! The network that an account begins with, under fixed ids, so that lessons can name its parts.
use std::sync::Arc;

use super::cidr::Cidr;
use super::route::{Route, RouteTable, Via};
use super::security::{Peer, Rule, SecurityGroup};
use super::subnet::{InternetGateway, Subnet, Vpc};
use crate::cloud::account::Account;
use crate::cloud::compute::tags::Tags;
use crate::cloud::map::Map;

/// The Availability Zones of the model.
pub const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// The default VPC, 172.31.0.0/16.
pub const VPC: &str = "vpc-0d0d0d0d0d0d0d0d0";
/// Public subnets in zones a, b and c: a route to the internet gateway, public addresses on launch.
pub const PUBLIC: [&str; 3] =
    ["subnet-0a1a1a1a1a1a1a1a1", "subnet-0b1b1b1b1b1b1b1b1", "subnet-0c1c1c1c1c1c1c1c1"];
/// Private subnets in zones a, b and c: no way out until somebody builds one.
pub const PRIVATE: [&str; 3] =
    ["subnet-0a2a2a2a2a2a2a2a2", "subnet-0b2b2b2b2b2b2b2b2", "subnet-0c2c2c2c2c2c2c2c2"];
/// The internet gateway.
pub const INTERNET_GATEWAY: &str = "igw-01010101010101010";
/// The main route table: the private subnets use it, because no other is associated with them.
pub const MAIN_ROUTES: &str = "rtb-02020202020202020";
/// The public subnets' route table.
pub const PUBLIC_ROUTES: &str = "rtb-01010101010101010";
/// The VPC's default security group: everything from itself comes in, everything goes out.
pub const DEFAULT_GROUP: &str = "sg-0d0d0d0d0d0d0d0d0";

/// Builds the network of the start `default-vpc`. Differs from AWS's own default VPC by the private subnets
/// (docs/fidelity.md): lessons need both kinds.
pub fn default_vpc(account: &mut Account) {
    let vpc: Arc<str> = Arc::from(VPC);
    let cidr = Cidr::new([172, 31, 0, 0], 16);
    account.vpcs.insert(Vpc {
        id: Arc::clone(&vpc),
        cidr,
        is_default: true,
        tags: Tags::named("default"),
    });
    account.internet_gateways.insert(InternetGateway {
        id: Arc::from(INTERNET_GATEWAY),
        vpc: Some(Arc::clone(&vpc)),
        tags: Tags::named("default"),
    });
    for (n, zone) in ZONES.into_iter().enumerate() {
        for (public, ids, offset) in [(true, PUBLIC, 0), (false, PRIVATE, 48)] {
            let third = u8::try_from(n * 16 + offset).unwrap_or(0);
            let block = Cidr::new([172, 31, third, 0], 20);
            let id = ids.get(n).copied().unwrap_or_default();
            account.subnets.insert(subnet(&vpc, id, zone, block, public));
        }
    }
    let internet = Via::Internet(Arc::from(INTERNET_GATEWAY));
    let out = Route::new(Cidr::ANYWHERE, internet);
    let local = Route::new(cidr, Via::Local);
    let main = route_table(&vpc, MAIN_ROUTES, "main", vec![local.clone()]);
    account.route_tables.insert(RouteTable { main: true, ..main });
    let associations = PUBLIC
        .into_iter()
        .map(|id| (Arc::from(id.replacen("subnet-", "rtbassoc-", 1)), Arc::from(id)));
    let public = route_table(&vpc, PUBLIC_ROUTES, "public", vec![local, out]);
    account.route_tables.insert(RouteTable { subnets: associations.collect(), ..public });
    account.security_groups.insert(default_group(&vpc, DEFAULT_GROUP));
}

fn subnet(vpc: &Arc<str>, id: &str, zone: &str, cidr: Cidr, public: bool) -> Subnet {
    let word = if public { "public" } else { "private" };
    let letter = zone.chars().last().unwrap_or('a');
    Subnet {
        id: Arc::from(id),
        vpc: Arc::clone(vpc),
        zone: Arc::from(zone),
        cidr,
        default_for_zone: public,
        map_public_ip: public,
        route_table: public.then(|| Arc::from(PUBLIC_ROUTES)),
        taken: Map::new(),
        next: 10,
        tags: Tags::named(&format!("{word}-{letter}")),
    }
}

fn route_table(vpc: &Arc<str>, id: &str, name: &str, routes: Vec<Route>) -> RouteTable {
    RouteTable {
        id: Arc::from(id),
        vpc: Arc::clone(vpc),
        main: false,
        subnets: Vec::new(),
        routes,
        tags: Tags::named(name),
    }
}

/// The group that every VPC has from its beginning.
pub fn default_group(vpc: &Arc<str>, id: &str) -> SecurityGroup {
    let rule = |prefix: &str| Arc::from(id.replacen("sg-0", prefix, 1));
    SecurityGroup {
        id: Arc::from(id),
        name: Arc::from("default"),
        description: Arc::from("default VPC security group"),
        vpc: Arc::clone(vpc),
        ingress: vec![Rule::all(rule("sgr-0"), Peer::Group(Arc::from(id)))],
        egress: vec![Rule::all(rule("sgr-1"), Peer::Block(Cidr::ANYWHERE))],
        tags: Tags::default(),
    }
}
