//! EC2 instances: launch, life, what can be refused, the ECS agent on them.

use drydock::cloud::compute::ami;
use drydock::cloud::input::Fault;
use drydock::cloud::net::start;
use serde_json::{Value, json};

use crate::lab::{Lab, rows_conform, text};

/// An ECS host in the first public subnet that joins `cluster`.
pub(crate) fn host(cluster: &str) -> Value {
    json!({
        "ImageId": ami::ECS_AL2023,
        "InstanceType": "t3.medium",
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": start::PUBLIC[0],
        "IamInstanceProfile": { "Name": "ecsInstanceRole" },
        "UserData": format!("#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"),
    })
}

fn launch(lab: &mut Lab, request: Value) -> String {
    text(&lab.ok("ec2", "RunInstances", request), "/Instances/0/InstanceId")
}

fn instance(lab: &mut Lab, id: &str) -> Value {
    let found = lab.ok("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }));
    found.pointer("/Reservations/0/Instances/0").expect("the instance").clone()
}

fn state(lab: &mut Lab, id: &str) -> String {
    text(&instance(lab, id), "/State/Name")
}

fn with(mut request: Value, member: &str, value: Value) -> Value {
    request[member] = value;
    request
}

// EC2 guide, "Amazon EC2 instance state changes".
#[test]
fn an_instance_goes_from_pending_to_running_and_from_shutting_down_to_terminated() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    assert_eq!(state(&mut lab, &id), "pending");
    lab.wait(31);
    assert_eq!(state(&mut lab, &id), "running");
    let reply = lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(text(&reply, "/TerminatingInstances/0/PreviousState/Name"), "running");
    assert_eq!(text(&reply, "/TerminatingInstances/0/CurrentState/Name"), "shutting-down");
    lab.wait(50);
    let gone = instance(&mut lab, &id);
    assert_eq!(text(&gone, "/State/Name"), "terminated");
    assert_eq!(text(&gone, "/StateReason/Code"), "Client.UserInitiatedShutdown");
    assert_eq!(gone.get("PrivateIpAddress"), None);
    assert_eq!(lab.story(&id), ["pending", "running", "shutting-down", "terminated"]);
    let subnet = lab.ok("ec2", "DescribeSubnets", json!({ "SubnetIds": [start::PUBLIC[0]] }));
    assert_eq!(subnet["Subnets"][0]["AvailableIpAddressCount"], 4091);
    lab.wait(3_600);
    let (code, message) = lab.refused("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(code, "InvalidInstanceID.NotFound");
    assert_eq!(message, format!("The instance ID '{id}' does not exist"));
}

// EC2 guide, "Stop and start Amazon EC2 instances": the private address stays, the public one changes.
#[test]
fn a_stopped_instance_keeps_its_private_address_and_loses_its_public_one() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    lab.wait(31);
    let before = instance(&mut lab, &id);
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(state(&mut lab, &id), "stopping");
    lab.wait(40);
    let stopped = instance(&mut lab, &id);
    assert_eq!(text(&stopped, "/State/Name"), "stopped");
    assert_eq!(stopped["PrivateIpAddress"], before["PrivateIpAddress"]);
    assert_eq!(stopped.get("PublicIpAddress"), None);
    lab.ok("ec2", "StartInstances", json!({ "InstanceIds": [id] }));
    lab.wait(31);
    let again = instance(&mut lab, &id);
    assert_eq!(text(&again, "/State/Name"), "running");
    assert_eq!(again["PrivateIpAddress"], before["PrivateIpAddress"]);
    assert_ne!(again["PublicIpAddress"], before["PublicIpAddress"]);
    rows_conform(&lab);
}

#[test]
fn a_launch_shows_what_it_was_given() {
    let mut lab = Lab::new();
    let tags = json!([{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "one" }] }]);
    let request = with(host("dock"), "TagSpecifications", tags);
    let request = with(request, "MetadataOptions", json!({ "HttpPutResponseHopLimit": 1 }));
    let id = launch(&mut lab, request);
    let shown = instance(&mut lab, &id);
    assert_eq!(shown["ImageId"], ami::ECS_AL2023);
    assert_eq!(shown["InstanceType"], "t3.medium");
    assert_eq!(shown["SubnetId"], start::PUBLIC[0]);
    assert_eq!(shown["VpcId"], start::VPC);
    assert_eq!(shown["Placement"]["AvailabilityZone"], "us-east-1a");
    assert_eq!(shown["PrivateIpAddress"], "172.31.0.10");
    assert_eq!(shown["SecurityGroups"][0]["GroupId"], start::DEFAULT_GROUP);
    assert_eq!(shown["NetworkInterfaces"].as_array().unwrap().len(), 1);
    assert_eq!(shown["Tags"], json!([{ "Key": "Name", "Value": "one" }]));
    assert_eq!(shown["MetadataOptions"]["HttpTokens"], "required");
    assert_eq!(shown["MetadataOptions"]["HttpPutResponseHopLimit"], 1);
    let profile = text(&shown, "/IamInstanceProfile/Arn");
    assert_eq!(profile, "arn:aws:iam::111122223333:instance-profile/ecsInstanceRole");
}

#[test]
fn without_a_subnet_a_launch_takes_a_default_one_and_in_a_private_subnet_gets_no_public_address() {
    let mut lab = Lab::new();
    let mut request = host("dock");
    request.as_object_mut().unwrap().remove("SubnetId");
    let id = launch(&mut lab, request);
    assert_eq!(instance(&mut lab, &id)["SubnetId"], start::PUBLIC[0]);
    let id = launch(&mut lab, with(host("dock"), "SubnetId", json!(start::PRIVATE[1])));
    let shown = instance(&mut lab, &id);
    assert_eq!(shown["Placement"]["AvailabilityZone"], "us-east-1b");
    assert_eq!(shown.get("PublicIpAddress"), None);
}

#[test]
fn the_images_are_found_by_their_public_parameters() {
    let mut lab = Lab::new();
    let parameter =
        "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
    let id = launch(&mut lab, with(host("dock"), "ImageId", json!(parameter)));
    assert_eq!(instance(&mut lab, &id)["ImageId"], ami::ECS_AL2023);
}

#[test]
fn a_wrong_launch_is_refused_in_the_words_of_aws() {
    let mut lab = Lab::new();
    let mut refused = |member: &str, value: Value| {
        lab.refused("ec2", "RunInstances", with(host("dock"), member, value))
    };
    let (code, message) = refused("ImageId", json!("ami-0123456789abcdef0"));
    assert_eq!(code, "InvalidAMIID.NotFound");
    assert_eq!(message, "The image id '[ami-0123456789abcdef0]' does not exist");
    assert_eq!(refused("ImageId", json!("nginx")).0, "InvalidAMIID.Malformed");
    let (code, message) = refused("InstanceType", json!("t3.huge"));
    assert_eq!(code, "InvalidParameterValue");
    assert_eq!(message, "Invalid value 't3.huge' for InstanceType.");
    assert_eq!(refused("InstanceType", json!("p5.48xlarge")).0, "NotInThisModel");
    let (code, message) = refused("InstanceType", json!("t4g.small"));
    assert_eq!(code, "InvalidParameterValue");
    assert!(message.starts_with("The architecture 'arm64' of the specified instance type"));
    let (code, message) = refused("IamInstanceProfile", json!({ "Name": "harbour" }));
    assert_eq!(code, "InvalidParameterValue");
    let expected = "Value (harbour) for parameter iamInstanceProfile.name is invalid. Invalid IAM \
                    Instance Profile name";
    assert_eq!(message, expected);
    assert_eq!(refused("SubnetId", json!("subnet-1")).0, "InvalidSubnetID.NotFound");
    assert_eq!(refused("SecurityGroupIds", json!(["sg-1"])).0, "InvalidGroup.NotFound");
    assert_eq!(refused("MinCount", json!(2)).0, "InvalidParameterValue");
    let mut many = with(host("dock"), "MinCount", json!(400));
    many["MaxCount"] = json!(400);
    assert_eq!(lab.refused("ec2", "RunInstances", many).0, "VcpuLimitExceeded");
}

// API-ec2 RunInstances.MinCount: EC2 launches the largest possible number above it.
#[test]
fn as_many_are_launched_as_the_quota_allows() {
    let mut lab = Lab::new();
    let reply = lab.ok("ec2", "RunInstances", with(host("dock"), "MaxCount", json!(400)));
    assert_eq!(reply["Instances"].as_array().unwrap().len(), 320);
}

#[test]
fn an_instance_that_is_not_running_cannot_be_stopped_and_a_terminated_one_not_started() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    let (code, _) = lab.refused("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(code, "IncorrectInstanceState");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.settle();
    let (code, message) = lab.refused("ec2", "StartInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(code, "IncorrectInstanceState");
    let expected = format!("The instance '{id}' is not in a state from which it can be started.");
    assert_eq!(message, expected);
}

#[test]
fn instances_are_filtered_by_state_tag_and_subnet() {
    let mut lab = Lab::new();
    let first = launch(&mut lab, host("dock"));
    lab.wait(31);
    launch(&mut lab, with(host("dock"), "SubnetId", json!(start::PUBLIC[1])));
    let mut count = |filters: Value| {
        let found = lab.ok("ec2", "DescribeInstances", json!({ "Filters": filters }));
        let instances = found.pointer("/Reservations/0/Instances/0/InstanceId").cloned();
        (found["Reservations"].as_array().unwrap().len(), instances)
    };
    let running = json!([{ "Name": "instance-state-name", "Values": ["running", "stopped"] }]);
    assert_eq!(count(running), (1, Some(json!(first))));
    let both = json!([{ "Name": "subnet-id", "Values": ["subnet-0?1*"] }]);
    assert_eq!(count(both).0, 2);
    assert_eq!(count(json!([{ "Name": "tag:Name", "Values": ["x"] }])).0, 0);
    let unknown = json!({ "Filters": [{ "Name": "colour", "Values": ["red"] }] });
    assert_eq!(
        lab.refused("ec2", "DescribeInstances", unknown).1,
        "The filter 'colour' is invalid"
    );
}

#[test]
fn metadata_options_of_a_running_instance_can_be_changed() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    let change =
        json!({ "InstanceId": id, "HttpPutResponseHopLimit": 1, "HttpTokens": "required" });
    let reply = lab.ok("ec2", "ModifyInstanceMetadataOptions", change);
    assert_eq!(reply["InstanceMetadataOptions"]["HttpPutResponseHopLimit"], 1);
    assert_eq!(instance(&mut lab, &id)["MetadataOptions"]["HttpPutResponseHopLimit"], 1);
    let wrong = json!({ "InstanceId": id, "HttpPutResponseHopLimit": 65 });
    let (code, _) = lab.refused("ec2", "ModifyInstanceMetadataOptions", wrong);
    assert_eq!(code, "InvalidParameterValue");
}

// EC2 guide, "Change instance termination protection"; the sentences: seen in public logs.
#[test]
fn a_protected_instance_is_neither_stopped_nor_terminated() {
    let mut lab = Lab::new();
    let request = with(host("dock"), "DisableApiTermination", json!(true));
    let id = launch(&mut lab, with(request, "DisableApiStop", json!(true)));
    lab.wait(31);
    let ids = json!({ "InstanceIds": [id] });
    let (code, told) = lab.refused("ec2", "TerminateInstances", ids.clone());
    assert_eq!(code, "OperationNotPermitted");
    assert_eq!(
        told,
        format!(
            "The instance '{id}' may not be terminated. Modify its 'disableApiTermination' \
             instance attribute and try again."
        )
    );
    let (code, told) = lab.refused("ec2", "StopInstances", ids.clone());
    assert_eq!(code, "OperationNotPermitted");
    assert!(told.contains("may not be stopped. Modify its 'disableApiStop'"), "{told}");
    let free = json!({ "InstanceId": id, "DisableApiStop": { "Value": false } });
    lab.ok("ec2", "ModifyInstanceAttribute", free);
    lab.ok("ec2", "StopInstances", ids.clone());
    lab.wait(60);
    lab.refused("ec2", "TerminateInstances", ids.clone());
    let free = json!({ "InstanceId": id, "Attribute": "disableApiTermination", "Value": "false" });
    lab.ok("ec2", "ModifyInstanceAttribute", free);
    lab.ok("ec2", "TerminateInstances", ids);
    let both = json!({
        "InstanceId": id,
        "DisableApiStop": { "Value": false },
        "EbsOptimized": { "Value": true },
    });
    let none = json!({ "InstanceId": id });
    for wrong in [both, none] {
        let (code, _) = lab.refused("ec2", "ModifyInstanceAttribute", wrong);
        assert_eq!(code, "InvalidParameterCombination");
    }
}

#[test]
fn an_agent_without_an_instance_profile_has_no_credentials_to_register_with() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let mut request = host("dock");
    request.as_object_mut().unwrap().remove("IamInstanceProfile");
    let id = launch(&mut lab, request);
    lab.settle();
    let told = lab.story(&id);
    assert!(told.last().unwrap().contains("no instance profile"), "{told:?}");
}

#[test]
fn an_agent_in_a_subnet_without_a_way_out_cannot_register() {
    let mut lab = Lab::new();
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    let id = launch(&mut lab, with(host("dock"), "SubnetId", json!(start::PRIVATE[0])));
    lab.settle();
    let told = lab.story(&id);
    let last = told.last().unwrap();
    assert!(last.contains("it cannot reach ecs"), "{told:?}");
    assert!(last.contains("has no route for 0.0.0.0/0"), "{told:?}");
}

#[test]
fn a_lost_zone_takes_no_launches_until_it_is_restored() {
    let mut lab = Lab::new();
    lab.inject(Fault::LoseZone("us-east-1a".into()));
    let (code, message) = lab.refused("ec2", "RunInstances", host("dock"));
    assert_eq!(code, "InsufficientInstanceCapacity");
    assert!(message.contains("or choosing us-east-1b, us-east-1c."), "{message}");
    lab.inject(Fault::RestoreZone("us-east-1a".into()));
    launch(&mut lab, host("dock"));
}

#[test]
fn a_failed_instance_stops_and_can_be_started_again() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    lab.wait(31);
    lab.inject(Fault::StopInstance(id.clone()));
    lab.wait(40);
    assert_eq!(state(&mut lab, &id), "stopped");
    assert_eq!(text(&instance(&mut lab, &id), "/StateReason/Code"), "Server.ScheduledStop");
    lab.ok("ec2", "StartInstances", json!({ "InstanceIds": [id] }));
    lab.wait(31);
    assert_eq!(state(&mut lab, &id), "running");
}

#[test]
fn the_types_are_listed_with_their_sizes() {
    let mut lab = Lab::new();
    let found = lab.ok("ec2", "DescribeInstanceTypes", json!({ "InstanceTypes": ["m5.large"] }));
    assert_eq!(found["InstanceTypes"][0]["VCpuInfo"]["DefaultVCpus"], 2);
    assert_eq!(found["InstanceTypes"][0]["NetworkInfo"]["MaximumNetworkInterfaces"], 3);
    let all = lab.ok("ec2", "DescribeInstanceTypes", json!({}));
    assert!(all["InstanceTypes"].as_array().unwrap().len() > 10);
}

#[test]
fn the_same_seed_gives_the_same_instances() {
    let run = || {
        let mut lab = Lab::new();
        lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
        let id = launch(&mut lab, host("dock"));
        lab.wait(200);
        (id, lab.cloud.digest())
    };
    assert_eq!(run(), run());
}

// AGENT:agent/app/agent.go: without ECS_CLUSTER the agent joins `default`, and makes it where it is missing.
#[test]
fn an_agent_without_a_cluster_in_its_user_data_makes_and_joins_default() {
    let mut lab = Lab::new();
    let mut request = host("dock");
    request.as_object_mut().unwrap().remove("UserData");
    let id = launch(&mut lab, request);
    lab.settle();
    let found = lab.ok("ecs", "DescribeClusters", json!({ "clusters": ["default"] }));
    assert_eq!(
        found["clusters"][0]["registeredContainerInstancesCount"],
        1,
        "{:?}",
        lab.story(&id)
    );
    // Any other cluster has to be there.
    let id = launch(&mut lab, host("dock"));
    lab.settle();
    assert!(lab.story(&id).last().unwrap().contains("Cluster not found."), "{:?}", lab.story(&id));
    lab.ok("ecs", "CreateCluster", json!({ "clusterName": "dock" }));
    lab.wait(61);
    let found = lab.ok("ecs", "DescribeClusters", json!({ "clusters": ["dock"] }));
    assert_eq!(found["clusters"][0]["registeredContainerInstancesCount"], 1);
}
