//! The Describe actions of the network.

use serde_json::Value;

use super::nat::NatGateway;
use super::route::RouteTable;
use super::security::SecurityGroup;
use super::subnet::{InternetGateway, Subnet, Vpc};
use crate::cloud::action::Ctx;
use crate::cloud::compute::listing::{Listing, answer, named, page, rows};
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;

type Answer = Result<Value, ApiError>;

pub(crate) fn vpcs(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "VpcIds",
        rows: "Vpcs",
        filters: &[
            ("cidr", "CidrBlock"),
            ("cidr-block", "CidrBlock"),
            ("is-default", "IsDefault"),
            ("isDefault", "IsDefault"),
            ("state", "State"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_vpc,
    };
    answer(&LISTING, params, &cx.account.vpcs, Vpc::describe)
}

pub(crate) fn subnets(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "SubnetIds",
        rows: "Subnets",
        filters: &[
            ("availability-zone", "AvailabilityZone"),
            ("availabilityZone", "AvailabilityZone"),
            ("availability-zone-id", "AvailabilityZoneId"),
            ("available-ip-address-count", "AvailableIpAddressCount"),
            ("cidr-block", "CidrBlock"),
            ("default-for-az", "DefaultForAz"),
            ("map-public-ip-on-launch", "MapPublicIpOnLaunch"),
            ("state", "State"),
            ("subnet-id", "SubnetId"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_subnet,
    };
    answer(&LISTING, params, &cx.account.subnets, Subnet::describe)
}

pub(crate) fn route_tables(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "RouteTableIds",
        rows: "RouteTables",
        filters: &[
            ("association.main", "Associations.Main"),
            ("association.route-table-id", "Associations.RouteTableId"),
            ("association.route-table-association-id", "Associations.RouteTableAssociationId"),
            ("association.subnet-id", "Associations.SubnetId"),
            ("route-table-id", "RouteTableId"),
            ("route.destination-cidr-block", "Routes.DestinationCidrBlock"),
            ("route.gateway-id", "Routes.GatewayId"),
            ("route.nat-gateway-id", "Routes.NatGatewayId"),
            ("route.state", "Routes.State"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_route_table,
    };
    answer(&LISTING, params, &cx.account.route_tables, RouteTable::describe)
}

pub(crate) fn internet_gateways(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "InternetGatewayIds",
        rows: "InternetGateways",
        filters: &[
            ("attachment.state", "Attachments.State"),
            ("attachment.vpc-id", "Attachments.VpcId"),
            ("internet-gateway-id", "InternetGatewayId"),
        ],
        missing: no_internet_gateway,
    };
    answer(&LISTING, params, &cx.account.internet_gateways, InternetGateway::describe)
}

pub(crate) fn interfaces(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "NetworkInterfaceIds",
        rows: "NetworkInterfaces",
        filters: &[
            ("addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"),
            ("association.public-ip", "Association.PublicIp"),
            ("attachment.instance-id", "Attachment.InstanceId"),
            ("availability-zone", "AvailabilityZone"),
            ("description", "Description"),
            ("group-id", "Groups.GroupId"),
            ("group-name", "Groups.GroupName"),
            ("interface-type", "InterfaceType"),
            ("network-interface-id", "NetworkInterfaceId"),
            ("private-ip-address", "PrivateIpAddress"),
            ("requester-managed", "RequesterManaged"),
            ("status", "Status"),
            ("subnet-id", "SubnetId"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_interface,
    };
    let account = &*cx.account;
    answer(&LISTING, params, &account.enis, |eni| eni.describe(account))
}

pub(crate) fn security_groups(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "GroupIds",
        rows: "SecurityGroups",
        filters: &[
            ("description", "Description"),
            ("group-id", "GroupId"),
            ("group-name", "GroupName"),
            ("ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"),
            ("ip-permission.from-port", "IpPermissions.FromPort"),
            ("ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"),
            ("ip-permission.protocol", "IpPermissions.IpProtocol"),
            ("ip-permission.to-port", "IpPermissions.ToPort"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_group,
    };
    let found = rows(&LISTING, params, &cx.account.security_groups, SecurityGroup::describe)?;
    page("SecurityGroups", params, named(params, "GroupNames", "GroupName", found, no_group)?)
}

pub(crate) fn nat_gateways(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "NatGatewayIds",
        rows: "NatGateways",
        filters: &[
            ("nat-gateway-id", "NatGatewayId"),
            ("state", "State"),
            ("subnet-id", "SubnetId"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_nat,
    };
    let account = &*cx.account;
    answer(&LISTING, params, &account.nat_gateways, |nat: &NatGateway| nat.describe(account))
}

pub(crate) fn endpoints(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "VpcEndpointIds",
        rows: "VpcEndpoints",
        filters: &[
            ("service-name", "ServiceName"),
            ("vpc-endpoint-id", "VpcEndpointId"),
            ("vpc-endpoint-state", "State"),
            ("vpc-endpoint-type", "VpcEndpointType"),
            ("vpc-id", "VpcId"),
        ],
        missing: no_endpoint,
    };
    let account = &*cx.account;
    answer(&LISTING, params, &account.endpoints, |endpoint| endpoint.describe(account))
}

pub(crate) fn addresses(cx: &mut Ctx<'_>, params: Params<'_>) -> Answer {
    const LISTING: Listing = Listing {
        ids: "AllocationIds",
        rows: "Addresses",
        filters: &[
            ("allocation-id", "AllocationId"),
            ("association-id", "AssociationId"),
            ("network-interface-id", "NetworkInterfaceId"),
            ("public-ip", "PublicIp"),
        ],
        missing: no_address,
    };
    let account = &*cx.account;
    let found = rows(&LISTING, params, &account.addresses, |address| address.describe(account))?;
    page("Addresses", params, named(params, "PublicIps", "PublicIp", found, no_public_ip)?)
}

/// AWS's answer for a VPC that does not exist.
pub fn no_vpc(id: &str) -> ApiError {
    ApiError::new("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist"))
}

/// AWS's answer for a subnet that does not exist.
pub fn no_subnet(id: &str) -> ApiError {
    ApiError::new("InvalidSubnetID.NotFound", format!("The subnet ID '{id}' does not exist"))
}

/// AWS's answer for a route table that does not exist.
pub fn no_route_table(id: &str) -> ApiError {
    let text = format!("The routeTable ID '{id}' does not exist");
    ApiError::new("InvalidRouteTableID.NotFound", text)
}

/// AWS's answer for an internet gateway that does not exist.
pub fn no_internet_gateway(id: &str) -> ApiError {
    let text = format!("The internetGateway ID '{id}' does not exist");
    ApiError::new("InvalidInternetGatewayID.NotFound", text)
}

/// AWS's answer for a network interface that does not exist.
pub fn no_interface(id: &str) -> ApiError {
    let text = format!("The networkInterface ID '{id}' does not exist");
    ApiError::new("InvalidNetworkInterfaceID.NotFound", text)
}

/// AWS's answer for a security group that does not exist.
pub fn no_group(id: &str) -> ApiError {
    ApiError::new("InvalidGroup.NotFound", format!("The security group '{id}' does not exist"))
}

/// AWS's answer for a NAT gateway that does not exist.
pub fn no_nat(id: &str) -> ApiError {
    ApiError::new("NatGatewayNotFound", format!("NAT gateway {id} was not found"))
}

/// AWS's answer for a VPC endpoint that does not exist.
pub fn no_endpoint(id: &str) -> ApiError {
    let text = format!("The Vpc Endpoint Id '{id}' does not exist");
    ApiError::new("InvalidVpcEndpointId.NotFound", text)
}

/// AWS's answer for a public address that does not exist.
pub fn no_public_ip(address: &str) -> ApiError {
    ApiError::new("InvalidAddress.NotFound", format!("Address '{address}' not found."))
}

/// AWS's answer for an elastic address that does not exist.
pub fn no_address(id: &str) -> ApiError {
    let text = format!("The allocation ID '{id}' does not exist");
    ApiError::new("InvalidAllocationID.NotFound", text)
}
