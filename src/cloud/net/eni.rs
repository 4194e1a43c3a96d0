//! Network interfaces: what has an address in a subnet.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::describe::{no_group, no_subnet};
use super::subnet::Subnet;
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::prices;
use crate::cloud::rng::Rng;
use crate::cloud::shape::Shape;
use crate::cloud::table::{Id, Row};
use crate::cloud::time::SimTime;

/// An elastic network interface.
#[derive(Clone, Debug)]
pub struct Eni {
    /// `eni-…`.
    pub id: Arc<str>,
    /// Its subnet's id.
    pub subnet: Arc<str>,
    /// Its VPC's id.
    pub vpc: Arc<str>,
    /// Its Availability Zone.
    pub zone: Arc<str>,
    /// Its address in the subnet.
    pub private_ip: Ipv4Addr,
    /// Its address on the internet, if it has one.
    pub public_ip: Option<Ipv4Addr>,
    /// The ids of its security groups.
    pub groups: Arc<[Arc<str>]>,
    /// Whose it is.
    pub owner: EniOwner,
    /// The instance it is plugged into, and in which slot (0 is the primary).
    pub attached: Option<(Arc<str>, u32)>,
    /// When it was made.
    pub created: SimTime,
    /// Its hardware address.
    pub mac: Arc<str>,
}

/// Whose interface it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EniOwner {
    /// An instance's own.
    Instance(Arc<str>),
    /// A task's, by its ARN (awsvpc).
    Task(Arc<str>),
    /// A load balancer's, by its name.
    LoadBalancer(Arc<str>),
    /// A NAT gateway's.
    Nat(Arc<str>),
    /// An interface endpoint's.
    Endpoint(Arc<str>),
    /// Something else's, with a description.
    Other(Arc<str>),
}

/// What a new interface is to be like.
#[derive(Clone, Debug)]
pub struct NewEni {
    /// In which subnet.
    pub subnet: Arc<str>,
    /// With which security groups; none means the VPC's default group.
    pub groups: Vec<Arc<str>>,
    /// With a public address.
    pub public: bool,
    /// For whom.
    pub owner: EniOwner,
}

impl Row for Eni {
    fn key(&self) -> &str {
        &self.id
    }
}

/// Makes an interface with the next free address of its subnet.
pub fn create(cx: &mut Ctx<'_>, new: NewEni) -> Result<Arc<str>, ApiError> {
    let row = cx.account.subnets.id(&new.subnet);
    let subnet = row.and_then(|row| cx.account.subnets.get(row));
    let (Some(row), Some(subnet)) = (row, subnet) else { return Err(no_subnet(&new.subnet)) };
    let (vpc, zone) = (Arc::clone(&subnet.vpc), Arc::clone(&subnet.zone));
    let is_full = subnet.available() == 0;
    let groups = groups_or_default(cx.account, &vpc, new.groups)?;
    if is_full {
        return Err(no_address_left(&new.subnet));
    }
    let id: Arc<str> = Arc::from(format!("eni-{}", cx.rng.hex(17)));
    let taken = cx.account.subnets.edit(row).and_then(|subnet| subnet.take_address(&id));
    let private_ip = taken.ok_or_else(|| no_address_left(&new.subnet))?;
    let public_ip = new.public.then(|| public_address(cx.rng));
    cx.account.enis.insert(Eni {
        id: Arc::clone(&id),
        subnet: new.subnet,
        vpc,
        zone,
        private_ip,
        public_ip,
        groups: groups.into(),
        owner: new.owner,
        attached: None,
        created: cx.now,
        mac: mac(cx.rng),
    });
    if public_ip.is_some() {
        pay_address(cx, &id);
    }
    Ok(id)
}

/// The interface with an address in one of the account's subnets.
pub fn at(account: &Account, address: Ipv4Addr) -> Option<&Arc<Eni>> {
    let mut subnets = account.subnets.values();
    account.enis.find(subnets.find_map(|subnet| subnet.holder(address))?)
}

/// Plugs an interface into an instance, in its next free slot.
pub fn attach(cx: &mut Ctx<'_>, id: &Arc<str>, instance: &Arc<str>) {
    let account = &mut *cx.account;
    let Some(host) = account.instances.id(instance) else { return };
    let Some(host) = account.instances.edit(host) else { return };
    let slots = host.enis.iter().filter_map(|id| account.enis.find(id));
    let taken: Vec<u32> = slots.filter_map(|eni| Some(eni.attached.as_ref()?.1)).collect();
    let slot = (0..u32::MAX).find(|slot| !taken.contains(slot)).unwrap_or(0);
    host.enis.push(Arc::clone(id));
    if let Some(eni) = account.enis.id(id).and_then(|row| account.enis.edit(row)) {
        eni.attached = Some((Arc::clone(instance), slot));
    }
}

/// Takes an interface away, unplugs it and gives its address back.
pub fn delete(cx: &mut Ctx<'_>, id: &str) {
    let Some(row) = cx.account.enis.id(id) else { return };
    let Some(eni) = cx.account.enis.remove(row) else { return };
    cx.account.bill.close(cx.now, &address_key(id));
    let host = eni.attached.as_ref().and_then(|(host, _)| cx.account.instances.id(host));
    if let Some(host) = host.and_then(|host| cx.account.instances.edit(host)) {
        host.enis.retain(|other| &**other != id);
    }
    let subnet = cx.account.subnets.id(&eni.subnet);
    if let Some(subnet) = subnet.and_then(|row| cx.account.subnets.edit(row)) {
        subnet.free_address(eni.private_ip);
    }
}

/// Gives an interface a public address, or takes it away.
pub fn set_public_ip(cx: &mut Ctx<'_>, id: &str, address: Option<Ipv4Addr>) {
    let row = cx.account.enis.id(id);
    if let Some(eni) = row.and_then(|row| cx.account.enis.edit(row)) {
        eni.public_ip = address;
    }
    match address {
        Some(_) => pay_address(cx, id),
        None => cx.account.bill.close(cx.now, &address_key(id)),
    }
}

fn pay_address(cx: &mut Ctx<'_>, id: &str) {
    let (key, rate) = (address_key(id), prices::PUBLIC_ADDRESS);
    cx.account.bill.open(cx.now, &key, Cost::PublicAddresses, rate);
}

fn address_key(id: &str) -> String {
    format!("address/{id}")
}

/// A public address of AWS's ranges in us-east-1.
pub fn public_address(rng: &mut Rng) -> Ipv4Addr {
    let [a, b, _, _] = rng.next(crate::cloud::rng::Stream::Ids).to_be_bytes();
    Ipv4Addr::new(54, 80 + a % 80, b, 1 + a % 250)
}

/// The name and id of a security group, as lists of groups show them.
pub fn group_name(account: &Account, id: &str) -> Value {
    let name = account.security_groups.find(id).map(|group| &group.name);
    json!({ "GroupId": id, "GroupName": name })
}

/// `ip-172-31-0-10.ec2.internal`.
pub fn private_dns(address: Ipv4Addr) -> String {
    format!("ip-{}.ec2.internal", address.to_string().replace('.', "-"))
}

/// `ec2-54-85-1-2.compute-1.amazonaws.com`.
pub fn public_dns(address: Ipv4Addr) -> String {
    format!("ec2-{}.compute-1.amazonaws.com", address.to_string().replace('.', "-"))
}

/// Finds a subnet or answers as AWS does.
pub fn subnet_of(account: &Account, id: &str) -> Result<(Id<Subnet>, Arc<Subnet>), ApiError> {
    let row = account.subnets.id(id);
    row.and_then(|row| Some((row, Arc::clone(account.subnets.get(row)?))))
        .ok_or_else(|| no_subnet(id))
}

/// Checks the security groups of a new interface: they exist and are of the VPC; none means the default group.
pub fn groups_or_default(
    account: &Account,
    vpc: &str,
    groups: Vec<Arc<str>>,
) -> Result<Vec<Arc<str>>, ApiError> {
    if groups.is_empty() {
        let mut of_vpc = account.security_groups.values().filter(|group| &*group.vpc == vpc);
        let default = of_vpc.find(|group| &*group.name == "default");
        return Ok(default.map(|group| Arc::clone(&group.id)).into_iter().collect());
    }
    for id in &groups {
        let found = account.security_groups.find(id).ok_or_else(|| no_group(id))?;
        if &*found.vpc != vpc {
            return Err(ApiError::new(
                "InvalidParameter",
                format!("Security group {id} and subnet belong to different networks."),
            ));
        }
    }
    Ok(groups)
}

/// AWS's answer for a subnet that is full.
pub fn no_address_left(subnet: &str) -> ApiError {
    ApiError::new(
        "InsufficientFreeAddressesInSubnet",
        format!(
            "There are not enough free addresses in subnet '{subnet}' to satisfy the requested \
             number of instances."
        ),
    )
}

fn mac(rng: &mut Rng) -> Arc<str> {
    let mut text = String::from("02");
    for (at, digit) in rng.hex(10).chars().enumerate() {
        if at % 2 == 0 {
            text.push(':');
        }
        text.push(digit);
    }
    Arc::from(text)
}

impl Eni {
    /// The interface as `DescribeNetworkInterfaces` shows it.
    pub fn describe(&self, account: &Account) -> Value {
        let association = self.public_ip.map(|ip| {
            let shape = Shape::with_room(3).text("IpOwnerId", "amazon");
            shape.put("PublicIp", ip.to_string()).put("PublicDnsName", public_dns(ip)).done()
        });
        let (kind, managed) = self.owner.kind();
        let groups: Vec<Value> = self.groups.iter().map(|id| group_name(account, id)).collect();
        let (address, dns) = (self.private_ip.to_string(), private_dns(self.private_ip));
        let primary = Shape::with_room(4)
            .put("Primary", true)
            .text("PrivateIpAddress", &address)
            .text("PrivateDnsName", &dns)
            .maybe("Association", association.clone());
        Shape::with_room(18)
            .text("NetworkInterfaceId", &self.id)
            .text("SubnetId", &self.subnet)
            .text("VpcId", &self.vpc)
            .text("AvailabilityZone", &self.zone)
            .put("PrivateIpAddress", address)
            .put("PrivateDnsName", dns)
            .put("PrivateIpAddresses", Value::Array(vec![primary.done()]))
            .maybe("Association", association)
            .put("Groups", groups)
            .put("Description", self.owner.description())
            .text("InterfaceType", kind)
            .put("RequesterManaged", managed)
            .text("MacAddress", &self.mac)
            .maybe("Attachment", self.attachment())
            .text("Status", if self.in_use() { "in-use" } else { "available" })
            .put("SourceDestCheck", kind != "natGateway")
            .put("Ipv6Addresses", Value::Array(Vec::new()))
            .text("OwnerId", limits::ACCOUNT)
            .put("TagSet", Value::Array(Vec::new()))
            .done()
    }

    /// The interface as `DescribeInstances` shows it: some members have other names there.
    pub fn describe_on_instance(&self, account: &Account) -> Value {
        let mut shown = self.describe(account);
        if let Some(members) = shown.as_object_mut() {
            for absent in ["AvailabilityZone", "RequesterManaged", "TagSet"] {
                members.remove(absent);
            }
            if let Some(attachment) = members.get_mut("Attachment").and_then(Value::as_object_mut) {
                attachment.remove("InstanceId");
                attachment.remove("InstanceOwnerId");
            }
        }
        shown
    }

    /// How it is plugged in; nothing where it is not.
    pub fn attachment(&self) -> Option<Value> {
        let (instance, slot) = self.attached.as_ref()?;
        let shape = Shape::with_room(8)
            .put("AttachmentId", self.id.replacen("eni-", "eni-attach-", 1))
            .text("InstanceId", instance)
            .text("InstanceOwnerId", limits::ACCOUNT)
            .put("DeviceIndex", *slot)
            .put("NetworkCardIndex", 0)
            .put("DeleteOnTermination", true)
            .put("AttachTime", self.created.seconds())
            .text("Status", "attached");
        Some(shape.done())
    }

    fn in_use(&self) -> bool {
        self.attached.is_some() || !matches!(self.owner, EniOwner::Other(_))
    }
}

impl EniOwner {
    /// `InterfaceType`, and whether AWS manages it.
    fn kind(&self) -> (&'static str, bool) {
        match self {
            Self::Instance(_) | Self::Other(_) => ("interface", false),
            Self::Task(_) | Self::LoadBalancer(_) => ("interface", true),
            Self::Nat(_) => ("natGateway", true),
            Self::Endpoint(_) => ("vpc_endpoint", true),
        }
    }

    fn description(&self) -> String {
        match self {
            Self::Instance(_) => String::new(),
            Self::Task(arn) => arn.to_string(),
            Self::LoadBalancer(name) => format!("ELB {name}"),
            Self::Nat(id) => format!("Interface for NAT Gateway {id}"),
            Self::Endpoint(id) => format!("VPC Endpoint Interface {id}"),
            Self::Other(text) => text.to_string(),
        }
    }
}
