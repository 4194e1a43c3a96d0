//! `CreateVpcEndpoint` and `DeleteVpcEndpoints`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::NetJob;
use super::describe::{no_endpoint, no_route_table, no_vpc};
use super::endpoint::{AwsService, EndpointKind, VpcEndpoint};
use super::eni::{self, EniOwner, NewEni};
use super::route::{Destination, Route, Via};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::bill::Cost;
use crate::cloud::compute::tags::Tags;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::prices;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;

pub(crate) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let vpc = params.required("VpcId");
    let vpc = Arc::clone(&cx.account.vpcs.find(vpc).ok_or_else(|| no_vpc(vpc))?.id);
    let name = params.required("ServiceName");
    let service = AwsService::of_endpoint(name).ok_or_else(|| {
        let text = format!("The Vpc Endpoint Service '{name}' does not exist");
        ApiError::new("InvalidServiceName", text)
    })?;
    let (id, kind, state) = match params.str("VpcEndpointType").unwrap_or("Gateway") {
        "Gateway" => gateway(cx, params, service)?,
        "Interface" => interfaces(cx, params, &vpc, service)?,
        other => return Err(type_mismatch(other, service)),
    };
    let endpoint = VpcEndpoint {
        id: Arc::clone(&id),
        vpc,
        service,
        kind,
        state,
        created: cx.now,
        tags: Tags::of_request(params, "vpc-endpoint"),
    };
    let shown = endpoint.describe(cx.account);
    cx.account.endpoints.insert(endpoint);
    cx.tell(Tone::Change, "vpc-endpoint", &id, state);
    if state == "Pending" {
        let ready = NetJob::EndpointReady { endpoint: id };
        cx.after(limits::ENDPOINT_START_MS, Job::Net(ready));
    }
    let made = Shape::with_room(2).put("VpcEndpoint", shown);
    Ok(made.maybe("ClientToken", params.str("ClientToken")).done())
}

pub(crate) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    if params.list("VpcEndpointIds").is_empty() {
        let text = "The request must contain the parameter VpcEndpointId";
        return Err(ApiError::new("MissingParameter", text));
    }
    let mut unsuccessful = Vec::new();
    for id in params.strings("VpcEndpointIds") {
        let Some(endpoint) = cx.account.endpoints.find(id).cloned() else {
            let error = no_endpoint(id);
            unsuccessful.push(json!({
                "ResourceId": id,
                "Error": { "Code": error.code, "Message": error.message },
            }));
            continue;
        };
        let cause = cx.cause;
        cx.tell(Tone::Change, "vpc-endpoint", &endpoint.id, "Deleting");
        match &endpoint.kind {
            EndpointKind::Gateway { tables } => {
                unlink(cx.account, tables, &endpoint.id);
                remove(cx, &endpoint.id);
            }
            EndpointKind::Interface { .. } if endpoint.state != "Deleting" => {
                set_state(cx, &endpoint.id, "Deleting");
                cx.account.bill.close(cx.now, &endpoint.id);
                let gone = NetJob::EndpointGone { endpoint: Arc::clone(&endpoint.id) };
                cx.after(limits::ENDPOINT_STOP_MS, Job::Net(gone));
            }
            EndpointKind::Interface { .. } => {}
        }
        cx.cause = cause;
    }
    Ok(json!({ "Unsuccessful": unsuccessful }))
}

pub(super) fn ready(cx: &mut Ctx<'_>, id: &Arc<str>) {
    if cx.account.endpoints.find(id).is_some_and(|endpoint| endpoint.state == "Pending") {
        set_state(cx, id, "Available");
        let rate = interface_count(cx.account, id) * prices::INTERFACE_ENDPOINT;
        cx.account.bill.open(cx.now, id, Cost::Endpoints, rate);
        cx.tell(Tone::Success, "vpc-endpoint", id, "Available");
    }
}

pub(super) fn gone(cx: &mut Ctx<'_>, id: &Arc<str>) {
    let Some(endpoint) = cx.account.endpoints.find(id).cloned() else { return };
    if let EndpointKind::Interface { enis, .. } = &endpoint.kind {
        for eni in enis {
            eni::delete(cx, eni);
        }
    }
    remove(cx, id);
    cx.tell(Tone::Change, "vpc-endpoint", id, "Deleted");
}

/// A new endpoint's id, kind and state.
type Made = (Arc<str>, EndpointKind, &'static str);

fn new_id(cx: &mut Ctx<'_>) -> Arc<str> {
    Arc::from(format!("vpce-{}", cx.rng.hex(17)))
}

fn gateway(cx: &mut Ctx<'_>, params: Params<'_>, service: AwsService) -> Result<Made, ApiError> {
    if !service.has_gateway() {
        return Err(type_mismatch("Gateway", service));
    }
    let mut tables: Vec<Arc<str>> = Vec::new();
    let to = Destination::Prefixes(service);
    for table in params.strings("RouteTableIds") {
        let table = cx.account.route_tables.find(table).ok_or_else(|| no_route_table(table))?;
        if table.routes.iter().any(|route| route.to == to) {
            let (table, list) = (&table.id, service.prefix_list());
            let text = format!(
                "route table {table} already has a route with destination-prefix-list-id {list}"
            );
            return Err(ApiError::new("RouteAlreadyExists", text));
        }
        tables.push(Arc::clone(&table.id));
    }
    let id = new_id(cx);
    for table in &tables {
        let row = cx.account.route_tables.id(table);
        if let Some(table) = row.and_then(|row| cx.account.route_tables.edit(row)) {
            let via = Via::Endpoint(Arc::clone(&id));
            table.routes.push(Route { to: to.clone(), via, blackhole: false });
        }
    }
    Ok((id, EndpointKind::Gateway { tables }, "Available"))
}

fn interfaces(
    cx: &mut Ctx<'_>,
    params: Params<'_>,
    vpc: &str,
    service: AwsService,
) -> Result<Made, ApiError> {
    // An interface endpoint of S3 or DynamoDB leaves the ordinary name to the gateway endpoint unless asked.
    let private_dns = params.bool("PrivateDnsEnabled").unwrap_or(!service.has_gateway());
    if private_dns && taken_over(cx.account, vpc, service) {
        let text = format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain \
             for {} in the VPC {vpc}",
            service.host_name()
        );
        return Err(ApiError::new("InvalidParameter", text));
    }
    let subnets = params.strings("SubnetIds").map(|id| eni::subnet_of(cx.account, id));
    let subnets: Vec<_> = subnets.collect::<Result<_, _>>()?;
    for (n, (_, subnet)) in subnets.iter().enumerate() {
        if subnets.iter().take(n).any(|(_, other)| other.zone == subnet.zone) {
            let text = format!(
                "Found another VPC endpoint subnet in the availability zone of {}",
                subnet.id
            );
            return Err(ApiError::new("DuplicateSubnetsInSameZone", text));
        }
    }
    let groups: Vec<Arc<str>> = params.strings("SecurityGroupIds").map(Arc::from).collect();
    eni::groups_or_default(cx.account, vpc, groups.clone())?;
    if let Some((_, full)) = subnets.iter().find(|(_, subnet)| subnet.available() == 0) {
        return Err(eni::no_address_left(&full.id));
    }
    let id = new_id(cx);
    let mut enis = Vec::new();
    for (_, subnet) in subnets {
        let owner = EniOwner::Endpoint(Arc::clone(&id));
        let subnet = Arc::clone(&subnet.id);
        enis.push(eni::create(
            cx,
            NewEni { subnet, groups: groups.clone(), public: false, owner },
        )?);
    }
    Ok((id, EndpointKind::Interface { enis, private_dns }, "Pending"))
}

/// Another endpoint answers to the service's ordinary name in this VPC.
fn taken_over(account: &Account, vpc: &str, service: AwsService) -> bool {
    account.endpoints.values().any(|endpoint| {
        let takes_over = matches!(endpoint.kind, EndpointKind::Interface { private_dns: true, .. });
        takes_over && &*endpoint.vpc == vpc && endpoint.service == service
    })
}

fn type_mismatch(asked: &str, service: AwsService) -> ApiError {
    let offers = if service.has_gateway() { "Gateway, Interface" } else { "Interface" };
    let text =
        format!("Endpoint type ({asked}) does not match available service types ([{offers}]).");
    ApiError::new("InvalidParameter", text)
}

fn unlink(account: &mut Account, tables: &[Arc<str>], endpoint: &Arc<str>) {
    for table in tables {
        let row = account.route_tables.id(table);
        if let Some(table) = row.and_then(|row| account.route_tables.edit(row)) {
            table.routes.retain(|route| route.via.id() != Some(endpoint));
        }
    }
}

fn interface_count(account: &Account, id: &str) -> u64 {
    let enis = account.endpoints.find(id).map_or(0, |endpoint| match &endpoint.kind {
        EndpointKind::Interface { enis, .. } => enis.len(),
        EndpointKind::Gateway { .. } => 0,
    });
    u64::try_from(enis).unwrap_or(u64::MAX)
}

fn remove(cx: &mut Ctx<'_>, id: &str) {
    if let Some(row) = cx.account.endpoints.id(id) {
        cx.account.endpoints.remove(row);
    }
}

fn set_state(cx: &mut Ctx<'_>, id: &str, state: &'static str) {
    let row = cx.account.endpoints.id(id);
    if let Some(endpoint) = row.and_then(|row| cx.account.endpoints.edit(row)) {
        endpoint.state = state;
    }
}
