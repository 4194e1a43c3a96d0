//! What EC2 and the network cost.

use drydock::cli::run;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::bill::Cost;
use drydock::cloud::net::start;
use drydock::lesson::condition::{Since, evaluate};
use drydock::lesson::model::{Condition, Test};
use expect_test::expect;
use serde_json::json;

use crate::ec2_instances::host;
use crate::ecs_fargate::{dock, run_one};
use crate::lab::{Lab, text};
use crate::played::play;

fn rate(lab: &Lab, cost: Cost) -> u64 {
    lab.cloud.account().bill.rate(cost)
}

// EC2 guide, "Instance lifecycle"; facts: fargate-and-ec2 §3.
#[test]
fn an_instance_costs_while_it_runs_and_its_volume_as_long_as_it_exists() {
    let mut lab = Lab::new();
    let id = text(&lab.ok("ec2", "RunInstances", host("dock")), "/Instances/0/InstanceId");
    assert_eq!(rate(&lab, Cost::Instances), 0);
    assert_eq!(rate(&lab, Cost::Volumes), 3_287);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 5_000);
    lab.wait(31);
    assert_eq!(rate(&lab, Cost::Instances), 41_600);
    lab.wait(3_600);
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    assert_eq!(rate(&lab, Cost::Instances), 0);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 0);
    assert_eq!(rate(&lab, Cost::Volumes), 3_287);
    let spent = lab.cloud.account().bill.total(Cost::Instances, lab.cloud.now());
    assert!((41_600..=41_900).contains(&spent), "{spent}");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 0);
}

#[test]
fn a_nat_gateway_costs_and_its_address_costs_until_it_is_released() {
    let mut lab = Lab::new();
    let address = text(&lab.ok("ec2", "AllocateAddress", json!({})), "/AllocationId");
    assert_eq!(rate(&lab, Cost::PublicAddresses), 5_000);
    let request = json!({ "SubnetId": start::PUBLIC[0], "AllocationId": address });
    let id = text(&lab.ok("ec2", "CreateNatGateway", request), "/NatGateway/NatGatewayId");
    lab.settle();
    assert_eq!(rate(&lab, Cost::NatGateways), 45_000);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 5_000);
    lab.ok("ec2", "DeleteNatGateway", json!({ "NatGatewayId": id }));
    lab.settle();
    assert_eq!(rate(&lab, Cost::NatGateways), 0);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 5_000);
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": address }));
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 0);
}

// facts: fargate-and-ec2 §3: interface endpoints per zone, gateway endpoints free.
#[test]
fn an_interface_endpoint_costs_in_each_zone_and_a_gateway_endpoint_nothing() {
    let mut lab = Lab::new();
    let interface = json!({
        "VpcId": start::VPC,
        "ServiceName": "com.amazonaws.us-east-1.logs",
        "VpcEndpointType": "Interface",
        "SubnetIds": [start::PRIVATE[0], start::PRIVATE[1]],
    });
    let made = lab.ok("ec2", "CreateVpcEndpoint", interface);
    let gateway = json!({
        "VpcId": start::VPC,
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "RouteTableIds": [start::MAIN_ROUTES],
    });
    lab.ok("ec2", "CreateVpcEndpoint", gateway);
    lab.settle();
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 20_000);
    let id = text(&made, "/VpcEndpoint/VpcEndpointId");
    lab.ok("ec2", "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
    lab.settle();
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 0);
}

// facts: fargate-and-ec2 §3, the table of tasks.
#[test]
fn a_fargate_task_costs_what_it_bought_while_it_is_there() {
    let mut lab = dock("nginx", json!({}));
    let arn = run_one(&mut lab);
    lab.settle();
    assert_eq!(rate(&lab, Cost::FargateTasks), 12_342);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 5_000);
    lab.ok("ecs", "StopTask", json!({ "cluster": "dock", "task": arn }));
    lab.settle();
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 0);
    assert!(lab.cloud.account().bill.total_of_all(lab.cloud.now()) > 0);
}

#[test]
fn a_load_balancer_costs_with_its_addresses() {
    let mut lab = Lab::new();
    let request = json!({ "Name": "web", "Subnets": [start::PUBLIC[0], start::PUBLIC[1]] });
    let made = lab.ok("elbv2", "CreateLoadBalancer", request);
    assert_eq!(rate(&lab, Cost::LoadBalancers), 22_500);
    assert_eq!(rate(&lab, Cost::PublicAddresses), 10_000);
    let arn = text(&made, "/LoadBalancers/0/LoadBalancerArn");
    lab.ok("elbv2", "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }));
    assert_eq!(lab.cloud.account().bill.rate_of_all(), 0);
}

// facts: fargate-and-ec2 §3: t3.small $0.0208, gp3 $0.08 a GB-month, a public address $0.005.
#[test]
fn the_terminal_shows_the_bill_and_conditions_read_it() {
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    let line = "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.small \
                --subnet-id subnet-0a1a1a1a1a1a1a1a1";
    play(&mut cloud, line);
    run(&mut cloud, "settle");
    expect![[r#"
                                  an hour       so far
        EC2 instances            $0.02080     $0.00028
        Volumes                  $0.00328     $0.00006
        Public IPv4 addresses    $0.00500     $0.00010
        All                      $0.02908     $0.00046
    "#]]
    .assert_eq(&run(&mut cloud, "bill").stdout);
    let is = |of: Option<&str>, hour: Test| {
        let condition = Condition::Cost { of: of.map(str::to_owned), hour };
        evaluate(&condition, &cloud, Since::now(&cloud)).done
    };
    assert!(is(Some("EC2 instances"), Test::Is(20_800.into())));
    assert!(is(None, Test::Below(30_000)) && !is(None, Test::Below(29_000)));
}
