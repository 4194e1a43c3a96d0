//! What no tag may be, in each service's words: AWS General Reference, "Tag naming limits"; sentences of EC2, ECS and IAM as
//! seen in public logs.

use expect_test::expect;
use serde_json::{Value, json};

use crate::ec2_instances::host;
use crate::ecs_fargate::definition;
use crate::lab::Lab;

/// Lists of tags that are wrong, with the names of a tag's members.
fn wrong(key: &str, value: &str) -> Vec<Value> {
    let tag = |name: &str, text: &str| json!({ key: name, value: text });
    vec![
        (0..51).map(|number| tag(&format!("k{number}"), "v")).collect(),
        json!([tag(&"k".repeat(129), "v")]),
        json!([tag("k", &"v".repeat(257))]),
        json!([tag("aws:team", "v")]),
        json!([tag("team", "a"), tag("team", "b")]),
        json!([tag("te;am", "a")]),
    ]
}

/// The longest tags there may be.
fn right(key: &str, value: &str) -> Value {
    let tag = |number: u32| json!({ key: format!("{number:0>128}"), value: "é".repeat(256) });
    (0..50).map(tag).collect()
}

fn told(lab: &mut Lab, service: &str, operation: &str, request: &dyn Fn(Value) -> Value) -> String {
    let capital = service != "ecs";
    let names = if capital { ("Key", "Value") } else { ("key", "value") };
    let mut told = String::new();
    for tags in wrong(names.0, names.1) {
        let said = lab.call(service, operation, request(tags)).err();
        let (code, text) = said.unwrap_or_else(|| ("ok".to_owned(), String::new()));
        told.push_str(&format!("{code}: {text}\n"));
    }
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    told.replace(&long_key, "<129>").replace(&long_value, "<257>")
}

#[test]
fn what_ec2_refuses() {
    let mut lab = Lab::new();
    let request = |tags: Value| {
        let mut request = host("dock");
        request["TagSpecifications"] = json!([{ "ResourceType": "instance", "Tags": tags }]);
        request
    };
    expect![[r#"
        TagLimitExceeded: The maximum number of Tags for a resource has been reached.
        InvalidParameterValue: Tag key exceeds the maximum length of 128 characters
        InvalidParameterValue: Tag value exceeds the maximum length of 256 characters
        InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use
        InvalidParameterValue: Duplicate tag key 'team' specified.
        ok: 
    "#]]
    .assert_eq(&told(&mut lab, "ec2", "RunInstances", &request));
    lab.ok("ec2", "RunInstances", request(right("Key", "Value")));
}

#[test]
fn what_ecs_refuses() {
    let mut lab = Lab::new();
    let cluster = |tags: Value| json!({ "clusterName": "dock", "tags": tags });
    expect![[r#"
        InvalidParameterException: 1 validation error detected: Value '[...]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50
        InvalidParameterException: 1 validation error detected: Value '<129>' at 'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128
        InvalidParameterException: 1 validation error detected: Value '<257>' at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256
        InvalidParameterException: Tag keys starting with 'aws:' are reserved for internal use.
        InvalidParameterException: Duplicate tag key 'team' specified.
        InvalidParameterException: Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.
    "#]].assert_eq(&told(&mut lab, "ecs", "CreateCluster", &cluster));
    let family = |tags: Value| {
        let mut request = definition("nginx", json!({}));
        request["tags"] = tags;
        request
    };
    expect![[r#"
        ClientException: 1 validation error detected: Value '[...]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50
        ClientException: 1 validation error detected: Value '<129>' at 'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128
        ClientException: 1 validation error detected: Value '<257>' at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256
        ClientException: Tag keys starting with 'aws:' are reserved for internal use.
        ClientException: Duplicate tag key 'team' specified.
        ClientException: Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.
    "#]].assert_eq(&told(&mut lab, "ecs", "RegisterTaskDefinition", &family));
    let (_, empty) = lab.refused("ecs", "RegisterTaskDefinition", family(json!([])));
    assert_eq!(empty, "Tags can not be empty.");
    lab.ok("ecs", "CreateCluster", cluster(right("key", "value")));
}

#[test]
fn what_iam_refuses() {
    let mut lab = Lab::new();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "ecs-tasks.amazonaws.com" },
    }] });
    let role = |tags: Value| json!({ "RoleName": "app", "AssumeRolePolicyDocument": trust.to_string(), "Tags": tags });
    expect![[r#"
        ValidationError: 1 validation error detected: Value '[...]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50
        ValidationError: 1 validation error detected: Value '<129>' at 'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128
        ValidationError: 1 validation error detected: Value '<257>' at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256
        InvalidInput: aws: prefixed tag key names are not allowed for external use.
        InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.
        ValidationError: 1 validation error detected: Value 'te;am' at 'tags.member' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+
    "#]].assert_eq(&told(&mut lab, "iam", "CreateRole", &role));
    let case = json!([{ "Key": "Team", "Value": "a" }, { "Key": "team", "Value": "b" }]);
    assert_eq!(lab.refused("iam", "CreateRole", role(case)).0, "InvalidInput");
}

#[test]
fn what_load_balancing_and_scaling_refuse() {
    let mut lab = Lab::new();
    let group = |tags: Value| json!({ "Name": "web", "TargetType": "lambda", "Tags": tags });
    expect![[r#"
        TooManyTags: You've reached the limit on the number of tags for this resource.
        ValidationError: 1 validation error detected: Value '<129>' at 'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128
        ValidationError: 1 validation error detected: Value '<257>' at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256
        ValidationError: Tag keys starting with 'aws:' are reserved for internal use.
        DuplicateTagKeys: A tag key was specified more than once.
        ValidationError: A protocol must be specified
    "#]].assert_eq(&told(&mut lab, "elbv2", "CreateTargetGroup", &group));
    let fleet = |tags: Value| json!({ "AutoScalingGroupName": "hosts", "MinSize": 0, "MaxSize": 0, "Tags": tags });
    expect![[r#"
        ValidationError: 1 validation error detected: Value '[...]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50
        ValidationError: 1 validation error detected: Value '<129>' at 'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128
        ValidationError: 1 validation error detected: Value '<257>' at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256
        ValidationError: Tag keys starting with 'aws:' are reserved for internal use.
        ValidationError: Duplicate tag key 'team' specified.
        ValidationError: Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.
    "#]].assert_eq(&told(&mut lab, "autoscaling", "CreateAutoScalingGroup", &fleet));
}
