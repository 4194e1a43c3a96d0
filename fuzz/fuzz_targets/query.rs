//! `cargo +nightly fuzz run query`: an expression on an answer, printed in each format.
#![no_main]

use std::sync::Arc;

use drydock::cli::rehearse;

libfuzzer_sys::fuzz_target!(|query: &str| {
    let reply = serde_json::json!({ "tasks": [
        { "taskArn": "arn:a", "cpu": "256", "version": 3, "containers": [{ "name": "web" }] },
        { "taskArn": "arn:b", "tags": [], "overrides": { "cpu": null } },
    ], "failures": [] });
    let query = query.replace('\'', "'\\''");
    for output in ["json", "text", "table", "yaml", "yaml-stream"] {
        let line = format!("aws ecs describe-tasks --tasks a --output {output} --query '{query}'");
        rehearse(&line, vec![Ok(Arc::new(reply.clone()))]);
    }
});
