//! VPCs, subnets and internet gateways: the rows.
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::cidr::Cidr;
use crate::cloud::compute::tags::Tags;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::shape::Shape;
use crate::cloud::table::Row;

/// A virtual network of one's own.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: Arc<str>,
    /// Its addresses.
    pub cidr: Cidr,
    /// The account's default VPC: what a launch without a subnet uses.
    pub is_default: bool,
    /// Tags.
    pub tags: Tags,
}

/// A part of a VPC in one Availability Zone.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// Its Availability Zone's name, such as `us-east-1a`.
    pub zone: Arc<str>,
    /// Its addresses.
    pub cidr: Cidr,
    /// What a launch without a subnet uses in this zone.
    pub default_for_zone: bool,
    /// Instances launched here get a public address unless the launch says otherwise.
    pub map_public_ip: bool,
    /// The route table it is associated with; without one the VPC's main table applies.
    pub route_table: Option<Arc<str>>,
    /// Offsets of the addresses in use, with the interface that has each.
    pub taken: Map<u32, Arc<str>>,
    /// Where the search for the next free address begins.
    pub next: u32,
    /// Tags.
    pub tags: Tags,
}

/// The door between a VPC and the internet.
#[derive(Clone, Debug)]
pub struct InternetGateway {
    /// `igw-…`.
    pub id: Arc<str>,
    /// The VPC it is attached to.
    pub vpc: Option<Arc<str>>,
    /// Tags.
    pub tags: Tags,
}

impl Row for Vpc {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Row for Subnet {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Row for InternetGateway {
    fn key(&self) -> &str {
        &self.id
    }
}

/// The first four addresses and the last of a subnet are AWS's (VPC guide, "Subnet sizing").
const RESERVED_FIRST: u32 = 4;

impl Subnet {
    /// Gives an interface the next free address: upward from the last one taken, then from the beginning. Chosen: AWS's order is
    /// not published; this one is easy to read.
    pub fn take_address(&mut self, eni: &Arc<str>) -> Option<Ipv4Addr> {
        let last = u32::try_from(self.cidr.size().saturating_sub(2)).ok()?;
        let begin = self.next.clamp(RESERVED_FIRST, last);
        let mut offsets = (begin..=last).chain(RESERVED_FIRST..begin);
        let offset = offsets.find(|offset| !self.taken.contains_key(offset))?;
        self.taken.insert(offset, Arc::clone(eni));
        self.next = offset + 1;
        Some(self.cidr.address(offset))
    }

    /// Gives an address back.
    pub fn free_address(&mut self, address: Ipv4Addr) {
        self.taken.remove(&self.offset(address));
    }

    /// The interface that has an address.
    pub fn holder(&self, address: Ipv4Addr) -> Option<&Arc<str>> {
        self.taken.get(&self.offset(address)).filter(|_| self.cidr.contains(address))
    }

    fn offset(&self, address: Ipv4Addr) -> u32 {
        u32::from(address).wrapping_sub(u32::from(self.cidr.address(0)))
    }

    /// Addresses that are still to be had.
    pub fn available(&self) -> u64 {
        let taken = u64::try_from(self.taken.len()).unwrap_or(u64::MAX);
        self.cidr.size().saturating_sub(5).saturating_sub(taken)
    }

    /// The subnet as `DescribeSubnets` shows it.
    pub fn describe(&self) -> Value {
        Shape::with_room(17)
            .text("SubnetId", &self.id)
            .put("SubnetArn", arn("subnet", &self.id))
            .text("VpcId", &self.vpc)
            .text("AvailabilityZone", &self.zone)
            .text("AvailabilityZoneId", zone_id(&self.zone))
            .put("CidrBlock", self.cidr.to_string())
            .put("AvailableIpAddressCount", self.available())
            .put("DefaultForAz", self.default_for_zone)
            .put("MapPublicIpOnLaunch", self.map_public_ip)
            .put("AssignIpv6AddressOnCreation", false)
            .put("MapCustomerOwnedIpOnLaunch", false)
            .put("Ipv6CidrBlockAssociationSet", Value::Array(Vec::new()))
            .put("Ipv6Native", false)
            .put("EnableDns64", false)
            .text("State", "available")
            .text("OwnerId", limits::ACCOUNT)
            .put("Tags", self.tags.describe())
            .done()
    }
}

impl Vpc {
    /// The VPC as `DescribeVpcs` shows it.
    pub fn describe(&self) -> Value {
        let cidr = self.cidr.to_string();
        let association = Shape::with_room(3)
            .put("AssociationId", self.id.replacen("vpc-", "vpc-cidr-assoc-", 1))
            .text("CidrBlock", &cidr)
            .put("CidrBlockState", Shape::with_room(1).text("State", "associated").done());
        Shape::with_room(9)
            .text("VpcId", &self.id)
            .text("CidrBlock", &cidr)
            .put("CidrBlockAssociationSet", Value::Array(vec![association.done()]))
            .text("DhcpOptionsId", "dopt-0d0d0d0d0d0d0d0d0")
            .text("InstanceTenancy", "default")
            .put("IsDefault", self.is_default)
            .text("State", "available")
            .text("OwnerId", limits::ACCOUNT)
            .put("Tags", self.tags.describe())
            .done()
    }
}

impl InternetGateway {
    /// The gateway as `DescribeInternetGateways` shows it.
    pub fn describe(&self) -> Value {
        let attached = self.vpc.iter().map(|vpc| json!({ "State": "attached", "VpcId": vpc }));
        json!({
            "InternetGatewayId": self.id,
            "Attachments": attached.collect::<Vec<_>>(),
            "OwnerId": limits::ACCOUNT,
            "Tags": self.tags.describe(),
        })
    }
}

/// The ARN of an EC2 resource.
pub fn arn(kind: &str, id: &str) -> String {
    format!("arn:aws:ec2:{}:{}:{kind}/{id}", limits::REGION, limits::ACCOUNT)
}

/// The id of a zone, the same in every account: `use1-az1` for the zone that this account calls `us-east-1a`.
pub fn zone_id(zone: &str) -> &'static str {
    match zone.bytes().last() {
        Some(b'a') => "use1-az1",
        Some(b'b') => "use1-az2",
        _ => "use1-az4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_upward_and_given_back() {
        let mut subnet = Subnet {
            id: Arc::from("subnet-1"),
            vpc: Arc::from("vpc-1"),
            zone: Arc::from("us-east-1a"),
            cidr: Cidr::new([10, 0, 0, 0], 28),
            default_for_zone: true,
            map_public_ip: true,
            route_table: None,
            taken: Map::new(),
            next: 0,
            tags: Tags::default(),
        };
        assert_eq!(subnet.available(), 11);
        let eni: Arc<str> = Arc::from("eni-1");
        let first = subnet.take_address(&eni).unwrap();
        assert_eq!(first, Ipv4Addr::new(10, 0, 0, 4));
        let all: Vec<Ipv4Addr> = std::iter::from_fn(|| subnet.take_address(&eni)).collect();
        assert_eq!(all.last(), Some(&Ipv4Addr::new(10, 0, 0, 14)));
        assert_eq!(subnet.available(), 0);
        assert_eq!(subnet.holder(first), Some(&eni));
        subnet.free_address(first);
        assert_eq!(subnet.holder(first), None);
        assert_eq!(subnet.take_address(&eni), Some(first));
    }
}
