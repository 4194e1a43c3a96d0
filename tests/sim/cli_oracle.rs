//! The lines of `tests/oracle/cli.json`, recorded from the real AWS CLI v2, against this terminal.

use std::borrow::Cow;
use std::sync::Arc;

use drydock::cli::rehearse;
use drydock::cloud::error::ApiError;
use drydock::cloud::input::Reply;
use serde_json::{Value, json};

#[test]
fn lines_do_what_the_aws_cli_does() {
    let text = include_str!("../oracle/cli.json");
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    let complaints: Vec<String> = cases.iter().filter_map(complaint).collect();
    let (wrong, all) = (complaints.len(), cases.len());
    assert!(wrong == 0, "{wrong} of {all} lines differ:\n{}", complaints.join("\n"));
}

fn complaint(case: &Value) -> Option<String> {
    let line = case["line"].as_str().unwrap();
    let replies = case["replies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (printed, calls, passed) = rehearse(line, replies.iter().map(reply).collect());
    let calls: Vec<Value> = calls
        .iter()
        .map(|call| json!({ "operation": &*call.operation, "input": &*call.input }))
        .collect();
    let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let mut out = String::new();
    let mut compare = |what: &str, wanted: String, found: String| {
        if wanted != found {
            let (wanted, found) = from_the_difference(&wanted, &found);
            out.push_str(&format!("{what} of the AWS CLI:\n{wanted}\n{what} here:\n{found}\n"));
        }
    };
    compare("stdout", text("stdout"), printed.stdout);
    compare("stderr", text("stderr"), printed.stderr);
    compare("status", case["status"].to_string(), printed.status.to_string());
    let wanted = case.get("calls").cloned().unwrap_or(json!([]));
    if wanted != Value::Array(calls.clone()) {
        compare("calls", wanted.to_string(), Value::Array(calls).to_string());
    }
    compare(
        "seconds",
        case["slept"].as_u64().unwrap_or(0).to_string(),
        (passed / 1_000).to_string(),
    );
    (!out.is_empty()).then(|| format!("$ {line}\n{out}"))
}

/// A few lines of each, from the first that differs.
fn from_the_difference(wanted: &str, found: &str) -> (String, String) {
    let same = wanted.lines().zip(found.lines()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| text.lines().skip(same).take(8).collect::<Vec<_>>().join("\n");
    (part(wanted), part(found))
}

fn reply(given: &Value) -> Reply {
    if let Some(error) = given.get("error") {
        return Err(ApiError {
            code: Cow::Owned(error["code"].as_str().unwrap().to_owned()),
            message: error["message"].as_str().unwrap().to_owned(),
            status: error["status"].as_u64().unwrap().try_into().unwrap(),
        });
    }
    Ok(Arc::new(given["output"].clone()))
}
