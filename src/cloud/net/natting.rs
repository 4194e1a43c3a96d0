//! Elastic addresses and NAT gateways: `AllocateAddress`, `ReleaseAddress`, `CreateNatGateway`, `DeleteNatGateway`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::describe::{no_address, no_nat};
use super::eni::{self, EniOwner, NewEni};
use super::nat::{Address, NatGateway};
use super::{NetJob, routing};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::prices;
use crate::cloud::rng::Stream;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;

pub(crate) fn allocate(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    if cx.account.addresses.len() >= limits::ELASTIC_ADDRESSES {
        let text = "The maximum number of addresses has been reached.";
        return Err(ApiError::new("AddressLimitExceeded", text));
    }
    let id: Arc<str> = Arc::from(format!("eipalloc-{}", cx.rng.hex(17)));
    let public_ip = eni::public_address(cx.rng);
    let tags = Tags::of_request(params, "elastic-ip");
    cx.account.bill.open(cx.now, &id, Cost::PublicAddresses, prices::PUBLIC_ADDRESS);
    cx.account.addresses.insert(Address { id: Arc::clone(&id), public_ip, eni: None, tags });
    cx.tell(Tone::Change, "address", &id, "allocated");
    Ok(json!({
        "AllocationId": id,
        "PublicIp": public_ip,
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": limits::REGION,
        "Domain": "vpc",
    }))
}

pub(crate) fn release(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = params.required("AllocationId");
    let row = cx.account.addresses.id(id).ok_or_else(|| no_address(id))?;
    let address = cx.account.addresses.get(row).ok_or_else(|| no_address(id))?;
    if address.eni.is_some() {
        let text = format!("Address with allocation ID '{id}' is in use.");
        return Err(ApiError::new("InvalidIPAddress.InUse", text));
    }
    let id = Arc::clone(&address.id);
    cx.account.addresses.remove(row);
    cx.account.bill.close(cx.now, &id);
    cx.tell(Tone::Change, "address", &id, "released");
    Ok(json!({}))
}

pub(crate) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    if params.str("AvailabilityMode") == Some("regional") {
        let text = "Regional NAT gateways are not part of this model of AWS: make one in a subnet.";
        return Err(ApiError::new("NotInThisModel", text));
    }
    let subnet = params.str("SubnetId").ok_or_else(|| missing("SubnetId"))?;
    let (_, subnet) = eni::subnet_of(cx.account, subnet)?;
    let address = elastic_address(cx.account, params)?;
    if subnet.available() == 0 {
        return Err(eni::no_address_left(&subnet.id));
    }
    let id: Arc<str> = Arc::from(format!("nat-{}", cx.rng.hex(17)));
    let failure = address.as_ref().filter(|address| address.eni.is_some()).map(|address| {
        let text = format!("Elastic IP address [{}] is already associated", address.id);
        ("Resource.AlreadyAssociated", Arc::from(text))
    });
    let eni = match failure {
        Some(_) => None,
        None => Some(interface(cx, &id, &subnet.id, address.as_deref())?),
    };
    let nat = NatGateway {
        id: Arc::clone(&id),
        subnet: Arc::clone(&subnet.id),
        vpc: Arc::clone(&subnet.vpc),
        eni,
        allocation: address.map(|address| Arc::clone(&address.id)),
        state: if failure.is_some() { "failed" } else { "pending" },
        failure,
        created: cx.now,
        deleted: None,
        tags: Tags::of_request(params, "natgateway"),
    };
    cx.account.nat_gateways.insert(nat.clone());
    if nat.failure.is_some() {
        cx.tell(Tone::Failure, "nat-gateway", &id, "failed");
        let forget = NetJob::NatForgotten { nat: id };
        cx.after(limits::NAT_VISIBLE_MS, Job::Net(forget));
    } else {
        cx.tell(Tone::Change, "nat-gateway", &id, "pending");
        let (low, high) = limits::NAT_START_MS;
        let delay = cx.rng.between(Stream::Timing, low, high);
        cx.after(delay, Job::Net(NetJob::NatReady { nat: id }));
    }
    let made = Shape::with_room(2).maybe("ClientToken", params.str("ClientToken"));
    Ok(made.put("NatGateway", nat.describe(cx.account)).done())
}

pub(crate) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = params.required("NatGatewayId");
    let nat = cx.account.nat_gateways.find(id).ok_or_else(|| no_nat(id))?;
    let (id, over) = (Arc::clone(&nat.id), nat.is_over());
    if !over {
        set_state(cx, &id, "deleting");
        cx.account.bill.close(cx.now, &id);
        routing::blackhole(cx.account, &id);
        cx.tell(Tone::Change, "nat-gateway", &id, "deleting");
        let gone = NetJob::NatGone { nat: Arc::clone(&id) };
        cx.after(limits::NAT_STOP_MS, Job::Net(gone));
    }
    Ok(json!({ "NatGatewayId": id }))
}

pub(super) fn ready(cx: &mut Ctx<'_>, id: &Arc<str>) {
    if cx.account.nat_gateways.find(id).is_some_and(|nat| nat.state == "pending") {
        set_state(cx, id, "available");
        cx.account.bill.open(cx.now, id, Cost::NatGateways, prices::NAT_GATEWAY);
        cx.tell(Tone::Success, "nat-gateway", id, "available");
    }
}

pub(super) fn gone(cx: &mut Ctx<'_>, id: &Arc<str>) {
    let Some(nat) = cx.account.nat_gateways.find(id).cloned() else { return };
    if let Some(eni) = &nat.eni {
        eni::delete(cx, eni);
    }
    if let Some(address) = &nat.allocation {
        // The address stays the account's, and paid for, until somebody releases it.
        associate(cx.account, address, None);
    }
    set_state(cx, id, "deleted");
    cx.tell(Tone::Change, "nat-gateway", id, "deleted");
    let forget = NetJob::NatForgotten { nat: Arc::clone(id) };
    cx.after(limits::NAT_VISIBLE_MS, Job::Net(forget));
}

pub(super) fn forgotten(cx: &mut Ctx<'_>, id: &str) {
    if let Some(row) = cx.account.nat_gateways.id(id) {
        cx.account.nat_gateways.remove(row);
    }
}

fn interface(
    cx: &mut Ctx<'_>,
    nat: &Arc<str>,
    subnet: &Arc<str>,
    address: Option<&Address>,
) -> Result<Arc<str>, ApiError> {
    let owner = EniOwner::Nat(Arc::clone(nat));
    let new = NewEni { subnet: Arc::clone(subnet), groups: Vec::new(), public: false, owner };
    let id = eni::create(cx, new)?;
    let row = cx.account.enis.id(&id);
    if let Some(eni) = row.and_then(|row| cx.account.enis.edit(row)) {
        // A NAT gateway has no security group.
        eni.groups = Arc::default();
        eni.public_ip = address.map(|address| address.public_ip);
    }
    if let Some(address) = address {
        associate(cx.account, &address.id, Some(&id));
    }
    Ok(id)
}

/// The address of a public gateway; a private one has none.
fn elastic_address(
    account: &Account,
    params: Params<'_>,
) -> Result<Option<Arc<Address>>, ApiError> {
    if params.str("ConnectivityType") == Some("private") {
        return Ok(None);
    }
    let id = params.str("AllocationId").ok_or_else(|| missing("AllocationId"))?;
    let address = account.addresses.find(id).ok_or_else(|| {
        let text = format!("Elastic IP allocation ID '{id}' does not exist");
        ApiError::new("InvalidElasticIpID.NotFound", text)
    })?;
    Ok(Some(Arc::clone(address)))
}

fn missing(parameter: &str) -> ApiError {
    let text = format!(
        "The request must include the {parameter} parameter. Add the required parameter and retry \
         the request."
    );
    ApiError::new("MissingParameter", text)
}

fn associate(account: &mut Account, address: &str, eni: Option<&Arc<str>>) {
    let row = account.addresses.id(address);
    if let Some(address) = row.and_then(|row| account.addresses.edit(row)) {
        address.eni = eni.map(Arc::clone);
    }
}

fn set_state(cx: &mut Ctx<'_>, id: &str, state: &'static str) {
    let now = cx.now;
    let row = cx.account.nat_gateways.id(id);
    if let Some(nat) = row.and_then(|row| cx.account.nat_gateways.edit(row)) {
        nat.state = state;
        if nat.is_over() && nat.deleted.is_none() {
            nat.deleted = Some(now);
        }
    }
}
