//! `cargo +nightly fuzz run policy`: a policy document read, kept, and asked.
#![no_main]

use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::input::{Call, Input, Principal};
use serde_json::json;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let role = json!({ "RoleName": "r", "AssumeRolePolicyDocument": text });
    let inline = json!({ "RoleName": "ecsTaskExecutionRole", "PolicyName": "p", "PolicyDocument": text });
    let ask = json!({ "PolicyInputList": [text], "ActionNames": ["s3:GetObject", "ecs:RunTask"],
        "ResourceArns": ["arn:aws:s3:::harbor-cargo/crane.txt"] });
    for (operation, input) in [("CreateRole", role), ("PutRolePolicy", inline), ("SimulateCustomPolicy", ask)] {
        let call = Call::new("iam", operation, input);
        cloud.apply(&Input::Call { by: Principal::administrator(), call });
    }
    let by = Principal("arn:aws:sts::111122223333:assumed-role/ecsTaskExecutionRole/x".into());
    let call = Call::new("s3", "GetObject", json!({ "Bucket": "harbor-cargo", "Key": "crane.txt" }));
    cloud.apply(&Input::Call { by, call });
});
