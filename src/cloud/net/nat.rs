//! NAT gateways and elastic addresses.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::compute::tags::Tags;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A NAT gateway: what is behind it reaches the internet, and nothing there can open a connection inward.
#[derive(Clone, Debug)]
pub struct NatGateway {
    /// `nat-…`.
    pub id: Arc<str>,
    /// The subnet it stands in.
    pub subnet: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// Its network interface; none where it failed, or is deleted.
    pub eni: Option<Arc<str>>,
    /// The elastic address it speaks with; none for a private one.
    pub allocation: Option<Arc<str>>,
    /// `pending`, `available`, `deleting`, `deleted`, `failed`.
    pub state: &'static str,
    /// Why it failed: code and sentence.
    pub failure: Option<(&'static str, Arc<str>)>,
    /// When it was made.
    pub created: SimTime,
    /// When it was deleted.
    pub deleted: Option<SimTime>,
    /// Tags.
    pub tags: Tags,
}

/// An elastic IPv4 address: kept, and paid for, until it is released.
#[derive(Clone, Debug)]
pub struct Address {
    /// `eipalloc-…`.
    pub id: Arc<str>,
    /// The address.
    pub public_ip: Ipv4Addr,
    /// The interface it is associated with.
    pub eni: Option<Arc<str>>,
    /// Tags.
    pub tags: Tags,
}

impl Row for NatGateway {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Row for Address {
    fn key(&self) -> &str {
        &self.id
    }
}

impl NatGateway {
    /// It does not serve any more, and never will.
    pub fn is_over(&self) -> bool {
        matches!(self.state, "deleting" | "deleted" | "failed")
    }

    /// The gateway as `DescribeNatGateways` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let eni = self.eni.as_ref().and_then(|id| account.enis.find(id));
        let (code, message) = match &self.failure {
            Some((code, message)) => (Some(code), Some(message)),
            None => (None, None),
        };
        let address = without_nulls(json!({
            "NetworkInterfaceId": eni.map(|eni| &eni.id),
            "AllocationId": self.allocation,
            "PrivateIp": eni.map(|eni| eni.private_ip),
            "PublicIp": eni.and_then(|eni| eni.public_ip),
            "IsPrimary": true,
            "Status": if self.state == "pending" { "associating" } else { "succeeded" },
        }));
        without_nulls(json!({
            "NatGatewayId": self.id,
            "SubnetId": self.subnet,
            "VpcId": self.vpc,
            "State": self.state,
            "FailureCode": code,
            "FailureMessage": message,
            "ConnectivityType": if self.allocation.is_some() { "public" } else { "private" },
            "AvailabilityMode": "zonal",
            "CreateTime": self.created.seconds(),
            "DeleteTime": self.deleted.map(SimTime::seconds),
            "NatGatewayAddresses": [address],
            "Tags": self.tags.describe(),
        }))
    }
}

impl Address {
    /// The address as `DescribeAddresses` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let eni = self.eni.as_ref().and_then(|id| account.enis.find(id));
        without_nulls(json!({
            "AllocationId": self.id,
            "PublicIp": self.public_ip,
            "Domain": "vpc",
            "AssociationId": eni.map(|_| self.id.replacen("eipalloc-", "eipassoc-", 1)),
            "NetworkInterfaceId": self.eni,
            "PrivateIpAddress": eni.map(|eni| eni.private_ip),
            "PublicIpv4Pool": "amazon",
            "NetworkBorderGroup": crate::cloud::limits::REGION,
            "Tags": self.tags.describe(),
        }))
    }
}

/// A structure without the members that have nothing to say: AWS leaves them out.
pub fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}
