//! Who reaches the metadata service of an instance (facts: iam §2, "Is IMDS reachable?").

use drydock::cloud::compute::imds::{Asker, answers};
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::lab::{Lab, text};

/// Whether it answers the host, a bridge, a task's own interface.
fn answer(lab: &Lab, id: &str) -> [bool; 3] {
    let instance = lab.cloud.account().instances.find(id).expect("the instance");
    [Asker::Host, Asker::Bridge, Asker::TaskInterface].map(|from| answers(instance, from).is_ok())
}

fn launch(lab: &mut Lab, request: Value) -> String {
    text(&lab.ok("ec2", "RunInstances", request), "/Instances/0/InstanceId")
}

#[test]
fn a_hop_limit_of_one_with_tokens_ends_at_the_bridge() {
    let mut lab = Lab::new();
    let id = launch(&mut lab, host("dock"));
    assert_eq!(answer(&lab, &id), [true, true, true]);
    let mut modify = |options: Value| {
        let mut request = options;
        request["InstanceId"] = json!(id);
        lab.ok("ec2", "ModifyInstanceMetadataOptions", request);
        answer(&lab, &id)
    };
    assert_eq!(modify(json!({ "HttpPutResponseHopLimit": 1 })), [true, false, true]);
    assert_eq!(modify(json!({ "HttpTokens": "optional" })), [true, true, true]);
    assert_eq!(modify(json!({ "HttpEndpoint": "disabled" })), [false, false, false]);
}

#[test]
fn the_agent_can_block_it_for_tasks_with_their_own_interface() {
    let mut lab = Lab::new();
    let mut request = host("dock");
    request["UserData"] =
        json!("#!/bin/bash\necho ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config\n");
    let id = launch(&mut lab, request);
    assert_eq!(answer(&lab, &id), [true, true, false]);
}
