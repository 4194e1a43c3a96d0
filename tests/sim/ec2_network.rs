//! The network: routes, gateways, endpoints, security groups, and who reaches whom.

use drydock::cloud::account::Account;
use drydock::cloud::compute::ami;
use drydock::cloud::input::Fault;
use drydock::cloud::net::endpoint::AwsService;
use drydock::cloud::net::eni::Eni;
use drydock::cloud::net::reach::{self, Check, Reach};
use drydock::cloud::net::start;
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};

/// A plain machine; its primary interface stands for whatever has a network in this subnet.
fn machine(lab: &mut Lab, subnet: &str, groups: &[&str]) -> String {
    let request = json!({
        "ImageId": ami::AL2023,
        "InstanceType": "t3.micro",
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": subnet,
        "SecurityGroupIds": groups,
    });
    let reply = lab.ok("ec2", "RunInstances", request);
    text(&reply, "/Instances/0/NetworkInterfaces/0/NetworkInterfaceId")
}

fn ask(lab: &Lab, question: impl Fn(&Account, &Eni) -> Reach, eni: &str) -> Reach {
    let account = lab.cloud.account();
    question(account, account.enis.find(eni).expect("the interface"))
}

fn internet(lab: &Lab, eni: &str) -> Reach {
    ask(lab, reach::can_reach_internet, eni)
}

fn service(lab: &Lab, eni: &str, service: AwsService) -> Reach {
    ask(lab, |account, from| reach::can_reach_service(account, from, service), eni)
}

fn connect(lab: &Lab, from: &str, to: &str, port: u16) -> Reach {
    let account = lab.cloud.account();
    let eni = |id| account.enis.find(id).expect("the interface");
    reach::can_connect(account, eni(from), eni(to), port)
}

#[track_caller]
fn fails(reach: &Reach, check: Check, says: &str) {
    assert_eq!(reach.failed(), Some(check), "{reach:#?}");
    assert!(reach.why_not().unwrap().contains(says), "{reach:#?}");
}

#[track_caller]
fn passes(reach: &Reach, last: Check) {
    assert!(reach.ok(), "{reach:#?}");
    assert_eq!(reach.steps.last().map(|step| step.check), Some(last), "{reach:#?}");
}

fn group(lab: &mut Lab, name: &str) -> String {
    let request = json!({ "GroupName": name, "Description": name, "VpcId": start::VPC });
    text(&lab.ok("ec2", "CreateSecurityGroup", request), "/GroupId")
}

fn tcp(group: &str, from: u16, to: u16, source: Value) -> Value {
    let mut permission = json!({ "IpProtocol": "tcp", "FromPort": from, "ToPort": to });
    match source.as_str() {
        Some(id) if id.starts_with("sg-") => {
            permission["UserIdGroupPairs"] = json!([{ "GroupId": id }]);
        }
        _ => permission["IpRanges"] = json!([{ "CidrIp": source }]),
    }
    json!({ "GroupId": group, "IpPermissions": [permission] })
}

/// A NAT gateway in a subnet, available; its id.
fn nat(lab: &mut Lab, subnet: &str) -> String {
    let address = text(&lab.ok("ec2", "AllocateAddress", json!({})), "/AllocationId");
    let request = json!({ "SubnetId": subnet, "AllocationId": address });
    let reply = lab.ok("ec2", "CreateNatGateway", request);
    assert_eq!(text(&reply, "/NatGateway/State"), "pending");
    lab.wait(120);
    text(&reply, "/NatGateway/NatGatewayId")
}

fn route_private_to(lab: &mut Lab, nat: &str) {
    let route = json!({
        "RouteTableId": start::MAIN_ROUTES,
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": nat,
    });
    lab.ok("ec2", "CreateRoute", route);
}

#[test]
fn the_default_vpc_has_a_public_and_a_private_subnet_in_each_of_three_zones() {
    let mut lab = Lab::new();
    rows_conform(&lab);
    let vpcs = lab.ok("ec2", "DescribeVpcs", json!({}));
    assert_eq!(vpcs["Vpcs"][0]["CidrBlock"], "172.31.0.0/16");
    let filter = json!({ "Filters": [{ "Name": "map-public-ip-on-launch", "Values": ["true"] }] });
    let public = lab.ok("ec2", "DescribeSubnets", filter);
    let zones: Vec<String> =
        (0..3).map(|n| text(&public, &format!("/Subnets/{n}/AvailabilityZone"))).collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let all = lab.ok("ec2", "DescribeSubnets", json!({ "SubnetIds": start::PRIVATE }));
    assert_eq!(all["Subnets"][2]["CidrBlock"], "172.31.80.0/20");
    assert_eq!(all["Subnets"][2]["AvailableIpAddressCount"], 4091);
    let tables = lab.ok("ec2", "DescribeRouteTables", json!({}));
    assert_eq!(tables["RouteTables"][0]["Associations"][0]["Main"], true);
    assert_eq!(tables["RouteTables"][1]["Routes"][1]["GatewayId"], start::INTERNET_GATEWAY);
}

// facts: alb-and-network §6 (DG/networking-outbound); VPC guide "Internet gateways".
#[test]
fn a_public_subnet_leads_to_the_internet_only_with_a_public_address() {
    let mut lab = Lab::new();
    let public = machine(&mut lab, start::PUBLIC[0], &[]);
    passes(&internet(&lab, &public), Check::PublicAddress);
    let request = json!({
        "ImageId": ami::AL2023,
        "InstanceType": "t3.micro",
        "MinCount": 1,
        "MaxCount": 1,
        "NetworkInterfaces": [{
            "DeviceIndex": 0,
            "SubnetId": start::PUBLIC[0],
            "AssociatePublicIpAddress": false,
        }],
    });
    let reply = lab.ok("ec2", "RunInstances", request);
    let without = text(&reply, "/Instances/0/NetworkInterfaces/0/NetworkInterfaceId");
    fails(&internet(&lab, &without), Check::PublicAddress, "has no public address");
}

// VPC guide "NAT gateways".
#[test]
fn a_private_subnet_leads_out_through_a_nat_gateway_that_stands_in_a_public_one() {
    let mut lab = Lab::new();
    let private = machine(&mut lab, start::PRIVATE[0], &[]);
    fails(&internet(&lab, &private), Check::Routes, "has no route for 0.0.0.0/0");
    let gateway = nat(&mut lab, start::PUBLIC[0]);
    route_private_to(&mut lab, &gateway);
    passes(&internet(&lab, &private), Check::PublicAddress);
    rows_conform(&lab);
    lab.ok("ec2", "DeleteNatGateway", json!({ "NatGatewayId": gateway }));
    fails(&internet(&lab, &private), Check::Routes, "blackhole");
    lab.wait(60);
    let shown = lab.ok("ec2", "DescribeNatGateways", json!({ "NatGatewayIds": [gateway] }));
    assert_eq!(text(&shown, "/NatGateways/0/State"), "deleted");
    let tables = lab.ok("ec2", "DescribeRouteTables", json!({}));
    assert_eq!(tables["RouteTables"][0]["Routes"][1]["State"], "blackhole");
    rows_conform(&lab);
}

#[test]
fn a_nat_gateway_in_a_private_subnet_leads_nowhere() {
    let mut lab = Lab::new();
    let private = machine(&mut lab, start::PRIVATE[0], &[]);
    let gateway = nat(&mut lab, start::PRIVATE[1]);
    route_private_to(&mut lab, &gateway);
    let found = internet(&lab, &private);
    assert!(!found.ok(), "{found:#?}");
}

#[test]
fn a_nat_gateway_falls_with_its_zone() {
    let mut lab = Lab::new();
    let private = machine(&mut lab, start::PRIVATE[1], &[]);
    let gateway = nat(&mut lab, start::PUBLIC[0]);
    route_private_to(&mut lab, &gateway);
    assert!(internet(&lab, &private).ok());
    lab.inject(Fault::LoseZone("us-east-1a".into()));
    fails(&internet(&lab, &private), Check::Nat, "us-east-1a, which has failed");
    lab.inject(Fault::RestoreZone("us-east-1a".into()));
    assert!(internet(&lab, &private).ok());
}

#[test]
fn a_nat_gateway_wants_an_address_of_its_own() {
    let mut lab = Lab::new();
    let missing = json!({ "SubnetId": start::PUBLIC[0] });
    assert_eq!(lab.refused("ec2", "CreateNatGateway", missing).0, "MissingParameter");
    let address = text(&lab.ok("ec2", "AllocateAddress", json!({})), "/AllocationId");
    let request = json!({ "SubnetId": start::PUBLIC[0], "AllocationId": address });
    let first = lab.ok("ec2", "CreateNatGateway", request.clone());
    let second = lab.ok("ec2", "CreateNatGateway", request);
    assert_eq!(text(&second, "/NatGateway/State"), "failed");
    assert_eq!(text(&second, "/NatGateway/FailureCode"), "Resource.AlreadyAssociated");
    let release = json!({ "AllocationId": address });
    let (code, _) = lab.refused("ec2", "ReleaseAddress", release.clone());
    assert_eq!(code, "InvalidIPAddress.InUse");
    let id = text(&first, "/NatGateway/NatGatewayId");
    lab.ok("ec2", "DeleteNatGateway", json!({ "NatGatewayId": id }));
    lab.settle();
    lab.ok("ec2", "ReleaseAddress", release);
    let (code, _) = lab.refused("ec2", "DeleteNatGateway", json!({ "NatGatewayId": "nat-1" }));
    assert_eq!(code, "NatGatewayNotFound");
}

// facts: alb-and-network §6 (DG/vpc-endpoints): ECR needs ecr.api, ecr.dkr and the S3 gateway.
#[test]
fn endpoints_lead_to_aws_services_without_the_internet() {
    let mut lab = Lab::new();
    let private = machine(&mut lab, start::PRIVATE[0], &[]);
    fails(&service(&lab, &private, AwsService::ECR_API), Check::Routes, "no route for 0.0.0.0/0");
    let door = group(&mut lab, "endpoints");
    let request = json!({
        "VpcId": start::VPC,
        "ServiceName": "com.amazonaws.us-east-1.ecr.api",
        "VpcEndpointType": "Interface",
        "SubnetIds": [start::PRIVATE[0], start::PRIVATE[1]],
        "SecurityGroupIds": [door],
    });
    let reply = lab.ok("ec2", "CreateVpcEndpoint", request.clone());
    assert_eq!(text(&reply, "/VpcEndpoint/State"), "Pending");
    lab.wait(60);
    rows_conform(&lab);
    // The name leads to the endpoint now, and its security group lets nothing in yet.
    fails(&service(&lab, &private, AwsService::ECR_API), Check::Inbound, "lets TCP 443 in");
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", tcp(&door, 443, 443, json!("172.31.0.0/16")));
    passes(&service(&lab, &private, AwsService::ECR_API), Check::Inbound);
    let (code, message) = lab.refused("ec2", "CreateVpcEndpoint", request);
    assert_eq!(code, "InvalidParameter");
    assert!(message.contains("api.ecr.us-east-1.amazonaws.com"), "{message}");

    fails(&service(&lab, &private, AwsService::S3), Check::Routes, "no route for 0.0.0.0/0");
    let gateway = json!({
        "VpcId": start::VPC,
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "RouteTableIds": [start::MAIN_ROUTES],
    });
    let made = lab.ok("ec2", "CreateVpcEndpoint", gateway.clone());
    passes(&service(&lab, &private, AwsService::S3), Check::Endpoint);
    assert_eq!(lab.refused("ec2", "CreateVpcEndpoint", gateway).0, "RouteAlreadyExists");
    let id = text(&made, "/VpcEndpoint/VpcEndpointId");
    let gone = lab.ok("ec2", "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [id, "vpce-1"] }));
    assert_eq!(gone["Unsuccessful"][0]["ResourceId"], "vpce-1");
    assert!(!service(&lab, &private, AwsService::S3).ok());
    let id = text(&reply, "/VpcEndpoint/VpcEndpointId");
    lab.ok("ec2", "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
    lab.settle();
    fails(&service(&lab, &private, AwsService::ECR_API), Check::Routes, "no route for 0.0.0.0/0");
    rows_conform(&lab);
}

#[test]
fn an_endpoint_of_the_wrong_type_is_refused() {
    let mut lab = Lab::new();
    let request = json!({ "VpcId": start::VPC, "ServiceName": "com.amazonaws.us-east-1.ecr.api" });
    let (code, message) = lab.refused("ec2", "CreateVpcEndpoint", request);
    assert_eq!(code, "InvalidParameter");
    let expected = "Endpoint type (Gateway) does not match available service types ([Interface]).";
    assert_eq!(message, expected);
    let request = json!({ "VpcId": start::VPC, "ServiceName": "com.amazonaws.us-east-1.tea" });
    assert_eq!(lab.refused("ec2", "CreateVpcEndpoint", request).0, "InvalidServiceName");
}

// facts: alb-and-network §1: a dynamic host port needs 32768 and up open from the load balancer's group.
#[test]
fn security_groups_let_in_what_their_rules_name() {
    let mut lab = Lab::new();
    let (front, back) = (group(&mut lab, "front"), group(&mut lab, "back"));
    let from = machine(&mut lab, start::PUBLIC[0], &[&front]);
    let to = machine(&mut lab, start::PRIVATE[2], &[&back]);
    fails(&connect(&lab, &from, &to, 32_768), Check::Inbound, "back");
    let rule = tcp(&back, 32_768, 60_999, json!(front));
    let made = lab.ok("ec2", "AuthorizeSecurityGroupIngress", rule.clone());
    assert_eq!(made["SecurityGroupRules"][0]["ReferencedGroupInfo"]["GroupId"], front);
    passes(&connect(&lab, &from, &to, 32_768), Check::Inbound);
    fails(&connect(&lab, &from, &to, 80), Check::Inbound, "lets TCP 80 in");
    fails(&connect(&lab, &to, &from, 32_768), Check::Inbound, "front");
    let stranger = machine(&mut lab, start::PUBLIC[1], &[]);
    fails(&connect(&lab, &stranger, &to, 32_768), Check::Inbound, "default");
    lab.ok("ec2", "RevokeSecurityGroupIngress", rule);
    assert!(!connect(&lab, &from, &to, 32_768).ok());
}

#[test]
fn outbound_rules_count_as_well() {
    let mut lab = Lab::new();
    let quiet = group(&mut lab, "quiet");
    let from = machine(&mut lab, start::PUBLIC[0], &[&quiet]);
    assert!(internet(&lab, &from).ok());
    let everything = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let request = json!({ "GroupId": quiet, "IpPermissions": everything });
    lab.ok("ec2", "RevokeSecurityGroupEgress", request);
    fails(&internet(&lab, &from), Check::Outbound, "quiet");
    let web = tcp(&quiet, 443, 443, json!("0.0.0.0/0"));
    lab.ok("ec2", "AuthorizeSecurityGroupEgress", web);
    assert!(internet(&lab, &from).ok());
}

#[test]
fn from_the_internet_a_public_address_and_an_open_port_are_needed() {
    let mut lab = Lab::new();
    let open = group(&mut lab, "open");
    let public = machine(&mut lab, start::PUBLIC[0], &[&open]);
    let private = machine(&mut lab, start::PRIVATE[0], &[&open]);
    let from_outside = |lab: &Lab, eni: &str| {
        ask(lab, |account, to| reach::can_be_reached_from_internet(account, to, 80), eni)
    };
    fails(&from_outside(&lab, &public), Check::Inbound, "lets TCP 80 in from 0.0.0.0/0");
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", tcp(&open, 80, 80, json!("0.0.0.0/0")));
    passes(&from_outside(&lab, &public), Check::Inbound);
    assert!(!from_outside(&lab, &private).ok());
}

#[test]
fn wrong_rules_are_refused_in_the_words_of_aws() {
    let mut lab = Lab::new();
    let web = group(&mut lab, "web");
    let rule = tcp(&web, 80, 80, json!("0.0.0.0/0"));
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", rule.clone());
    let (code, message) = lab.refused("ec2", "AuthorizeSecurityGroupIngress", rule);
    assert_eq!(code, "InvalidPermission.Duplicate");
    let expected = "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW\" \
                    already exists";
    assert_eq!(message, expected);
    let twice = json!({ "GroupName": "web", "Description": "again", "VpcId": start::VPC });
    let (code, message) = lab.refused("ec2", "CreateSecurityGroup", twice);
    assert_eq!(code, "InvalidGroup.Duplicate");
    assert_eq!(
        message,
        format!("The security group 'web' already exists for VPC '{}'", start::VPC)
    );
    let mut refused = |from: u16, to: u16, cidr: &str| {
        let rule = tcp(&web, from, to, json!(cidr));
        lab.refused("ec2", "AuthorizeSecurityGroupIngress", rule).1
    };
    assert_eq!(refused(80, 80, "everywhere"), "CIDR block everywhere is malformed");
    assert!(refused(90, 80, "0.0.0.0/0").contains("may not exceed"));
    // The default VPC reports unknown rules instead of refusing (API-ec2 RevokeSecurityGroupIngress).
    let unknown = tcp(&web, 81, 81, json!("0.0.0.0/0"));
    let reply = lab.ok("ec2", "RevokeSecurityGroupIngress", unknown);
    assert_eq!(reply["UnknownIpPermissions"][0]["FromPort"], 81);
}

#[test]
fn routes_are_unique_and_the_local_one_stays() {
    let mut lab = Lab::new();
    let route = |table: &str, to: &str| {
        json!({
            "RouteTableId": table,
            "DestinationCidrBlock": to,
            "GatewayId": start::INTERNET_GATEWAY,
        })
    };
    let (code, message) =
        lab.refused("ec2", "CreateRoute", route(start::PUBLIC_ROUTES, "0.0.0.0/0"));
    assert_eq!(code, "RouteAlreadyExists");
    assert_eq!(message, "The route identified by 0.0.0.0/0 already exists.");
    lab.ok("ec2", "CreateRoute", route(start::MAIN_ROUTES, "0.0.0.0/0"));
    let gone = json!({ "RouteTableId": start::MAIN_ROUTES, "DestinationCidrBlock": "0.0.0.0/0" });
    lab.ok("ec2", "DeleteRoute", gone.clone());
    assert_eq!(lab.refused("ec2", "DeleteRoute", gone).0, "InvalidRoute.NotFound");
    let local =
        json!({ "RouteTableId": start::MAIN_ROUTES, "DestinationCidrBlock": "172.31.0.0/16" });
    let (_, message) = lab.refused("ec2", "DeleteRoute", local);
    assert!(message.starts_with("cannot remove local route 172.31.0.0/16"), "{message}");
    assert_eq!(
        lab.refused("ec2", "CreateRoute", route("rtb-1", "0.0.0.0/0")).0,
        "InvalidRouteTableID.NotFound"
    );
}

#[test]
fn an_agent_registers_once_a_way_to_ecs_is_built() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut request = crate::ec2_instances::host("dock");
    request["SubnetId"] = json!(start::PRIVATE[0]);
    let reply = lab.ok("ec2", "RunInstances", request);
    let id = text(&reply, "/Instances/0/InstanceId");
    lab.settle();
    let connected = |lab: &Lab| {
        let instance = lab.cloud.account().instances.find(&id).expect("the instance");
        matches!(&instance.agent, drydock::cloud::compute::instance::Agent::Connected(_))
    };
    assert!(!connected(&lab));
    let gateway = nat(&mut lab, start::PUBLIC[0]);
    route_private_to(&mut lab, &gateway);
    lab.wait(60);
    assert!(connected(&lab), "{:?}", lab.story(&id));
}
