//! `cargo +nightly fuzz run json`: a request as JSON, as the terminal and the laboratory take it.
#![no_main]

use drydock::cli::rehearse;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::input::{Call, Input, Principal};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let quoted = text.replace('\'', "'\\''");
    rehearse(&format!("aws ecs register-task-definition --cli-input-json '{quoted}'"), Vec::new());
    let Ok(input) = serde_json::from_str::<serde_json::Value>(text) else { return };
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    for (service, operation) in [
        ("ecs", "RegisterTaskDefinition"),
        ("ecs", "CreateService"),
        ("ec2", "RunInstances"),
        ("elbv2", "CreateRule"),
        ("cloudwatch", "PutMetricAlarm"),
        ("dynamodb", "PutItem"),
    ] {
        let call = Call::new(service, operation, input.clone());
        cloud.apply(&Input::Call { by: Principal::administrator(), call });
    }
});
