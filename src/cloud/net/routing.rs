//! `CreateRoute` and `DeleteRoute`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::describe::no_route_table;
use super::route::{Destination, Route, RouteTable, Via};
use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::compute::{life, spec::invalid};
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;

pub(crate) fn create(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (row, table) = table_of(cx.account, params)?;
    let to = destination(params)?;
    if table.routes.iter().any(|route| route.to == Destination::Block(to)) {
        let text = format!("The route identified by {to} already exists.");
        return Err(ApiError::new("RouteAlreadyExists", text));
    }
    let via = target(cx.account, &table, params)?;
    let says = format!("{to} now goes to {}", via.id().map_or("local", |id| id));
    if let Some(table) = cx.account.route_tables.edit(row) {
        table.routes.push(Route::new(to, via));
    }
    cx.tell(Tone::Change, "route-table", &table.id, says);
    Ok(json!({ "Return": true }))
}

pub(crate) fn delete(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let (row, table) = table_of(cx.account, params)?;
    let to = destination(params)?;
    let block = Destination::Block(to);
    let route = table.routes.iter().find(|route| route.to == block).ok_or_else(|| {
        let text = format!("no route with destination-cidr-block {to} in route table {}", table.id);
        ApiError::new("InvalidRoute.NotFound", text)
    })?;
    if route.via == Via::Local {
        let text = format!("cannot remove local route {to} in route table {}", table.id);
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    if let Some(table) = cx.account.route_tables.edit(row) {
        table.routes.retain(|route| route.to != block);
    }
    cx.tell(Tone::Change, "route-table", &table.id, format!("the route for {to} is gone"));
    Ok(json!({}))
}

/// What a route led to is gone: its routes stay and lead nowhere.
pub(super) fn blackhole(account: &mut Account, gone: &str) {
    let leads_there = |route: &Route| route.via.id().is_some_and(|id| &**id == gone);
    let tables = account.route_tables.iter();
    let touched: Vec<Id<RouteTable>> = tables
        .filter(|(_, table)| table.routes.iter().any(leads_there))
        .map(|(id, _)| id)
        .collect();
    for id in touched {
        if let Some(table) = account.route_tables.edit(id) {
            let routes = table.routes.iter_mut().filter(|route| leads_there(route));
            routes.for_each(|route| route.blackhole = true);
        }
    }
}

fn table_of(
    account: &Account,
    params: Params<'_>,
) -> Result<(Id<RouteTable>, Arc<RouteTable>), ApiError> {
    let id = params.required("RouteTableId");
    let row = account.route_tables.id(id).ok_or_else(|| no_route_table(id))?;
    let table = account.route_tables.get(row).ok_or_else(|| no_route_table(id))?;
    Ok((row, Arc::clone(table)))
}

fn destination(params: Params<'_>) -> Result<Cidr, ApiError> {
    let Some(text) = params.str("DestinationCidrBlock") else {
        let text = "The request must contain the parameter destinationCidrBlock";
        return Err(ApiError::new("MissingParameter", text));
    };
    let why = "This is not a valid CIDR block.";
    Cidr::parse(text).ok_or_else(|| invalid("destinationCidrBlock", text, why))
}

fn target(account: &Account, table: &RouteTable, params: Params<'_>) -> Result<Via, ApiError> {
    if let Some(id) = params.str("GatewayId") {
        let gateway = account.internet_gateways.find(id).ok_or_else(|| {
            let text = format!("The gateway ID '{id}' does not exist");
            ApiError::new("InvalidGatewayID.NotFound", text)
        })?;
        if gateway.vpc.as_ref() != Some(&table.vpc) {
            return Err(other_network(&table.id, id));
        }
        return Ok(Via::Internet(Arc::clone(&gateway.id)));
    }
    if let Some(id) = params.str("NatGatewayId") {
        let here = account.nat_gateways.find(id).filter(|nat| !nat.is_over());
        let nat = here.ok_or_else(|| {
            let text = format!("The natGateway ID '{id}' does not exist");
            ApiError::new("InvalidNatGatewayID.NotFound", text)
        })?;
        if nat.vpc != table.vpc {
            return Err(other_network(&table.id, id));
        }
        return Ok(Via::Nat(Arc::clone(&nat.id)));
    }
    if let Some(id) = params.str("InstanceId") {
        let instance = account.instances.find(id).ok_or_else(|| life::not_found(id))?;
        let eni = instance.enis.first().ok_or_else(|| life::not_found(id))?;
        return Ok(Via::Instance(Arc::clone(&instance.id), Arc::clone(eni)));
    }
    Err(ApiError::new(
        "MissingParameter",
        "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, \
         vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, \
         carrierGatewayId, vpcEndpointId, coreNetworkArn or instanceId",
    ))
}

fn other_network(table: &str, gateway: &str) -> ApiError {
    let text =
        format!("route table {table} and network gateway {gateway} belong to different networks");
    ApiError::new("InvalidParameterValue", text)
}
