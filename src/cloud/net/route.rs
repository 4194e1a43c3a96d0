//! Route tables: where a subnet's packets go.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::endpoint::AwsService;
use crate::cloud::compute::tags::Tags;
use crate::cloud::limits;
use crate::cloud::table::Row;

/// A VPC's route table. The main one applies to every subnet without a table of its own.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// `rtb-…`.
    pub id: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// It is the VPC's main table.
    pub main: bool,
    /// Subnets associated with it: association id and subnet id.
    pub subnets: Vec<(Arc<str>, Arc<str>)>,
    /// Its routes, the VPC's local one first.
    pub routes: Vec<Route>,
    /// Tags.
    pub tags: Tags,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// For which addresses.
    pub to: Destination,
    /// Whereto.
    pub via: Via,
    /// What it leads to is gone: packets vanish.
    pub blackhole: bool,
}

/// Which addresses a route is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A block of addresses.
    Block(Cidr),
    /// The published addresses of an AWS service, through a gateway endpoint.
    Prefixes(AwsService),
}

/// What a route leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// The VPC itself.
    Local,
    /// An internet gateway.
    Internet(Arc<str>),
    /// A NAT gateway.
    Nat(Arc<str>),
    /// A gateway endpoint.
    Endpoint(Arc<str>),
    /// An instance, by its primary network interface (a NAT instance or an appliance).
    Instance(Arc<str>, Arc<str>),
}

impl Row for RouteTable {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Via {
    /// The id of what the route leads to; the VPC itself has none.
    pub fn id(&self) -> Option<&Arc<str>> {
        match self {
            Self::Local => None,
            Self::Internet(id) | Self::Nat(id) | Self::Endpoint(id) | Self::Instance(id, _) => {
                Some(id)
            }
        }
    }
}

impl Route {
    /// A route for a block.
    pub fn new(to: Cidr, via: Via) -> Self {
        Self { to: Destination::Block(to), via, blackhole: false }
    }

    fn describe(&self) -> Value {
        let mut route = serde_json::Map::new();
        match &self.to {
            Destination::Block(block) => {
                route.insert("DestinationCidrBlock".into(), json!(block.to_string()));
            }
            Destination::Prefixes(service) => {
                route.insert("DestinationPrefixListId".into(), json!(service.prefix_list()));
            }
        }
        let made = if self.via == Via::Local { "CreateRouteTable" } else { "CreateRoute" };
        let member = match &self.via {
            Via::Local | Via::Internet(_) | Via::Endpoint(_) => "GatewayId",
            Via::Nat(_) => "NatGatewayId",
            Via::Instance(_, eni) => {
                route.insert("NetworkInterfaceId".into(), json!(eni));
                "InstanceId"
            }
        };
        route.insert(member.into(), json!(self.via.id().map_or("local", |id| id)));
        route.insert("Origin".into(), json!(made));
        route.insert("State".into(), json!(if self.blackhole { "blackhole" } else { "active" }));
        Value::Object(route)
    }
}

impl RouteTable {
    /// The table as `DescribeRouteTables` shows it.
    pub fn describe(&self) -> Value {
        let state = json!({ "State": "associated" });
        let mut associations: Vec<Value> = Vec::new();
        if self.main {
            associations.push(json!({
                "Main": true,
                "RouteTableAssociationId": self.id.replacen("rtb-", "rtbassoc-", 1),
                "RouteTableId": self.id,
                "AssociationState": state,
            }));
        }
        associations.extend(self.subnets.iter().map(|(association, subnet)| {
            json!({
                "Main": false,
                "RouteTableAssociationId": association,
                "RouteTableId": self.id,
                "SubnetId": subnet,
                "AssociationState": state,
            })
        }));
        json!({
            "RouteTableId": self.id,
            "VpcId": self.vpc,
            "Associations": associations,
            "PropagatingVgws": [],
            "Routes": self.routes.iter().map(Route::describe).collect::<Vec<_>>(),
            "OwnerId": limits::ACCOUNT,
            "Tags": self.tags.describe(),
        })
    }
}
