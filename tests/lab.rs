//! The laboratory from outside: the built program, driven through its pipes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

#[path = "lab/check.rs"]
mod check;

/// Runs `lab` with some arguments and this on standard input.
fn lab(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program that does not read its input may close it early.
    let _ = writer.join().unwrap();
    output
}

/// Sends lines to `lab stdio` and reads the answers.
fn stdio(lines: &[&str]) -> Vec<Value> {
    let output = lab(&["stdio"], lines.join("\n").as_bytes());
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or("no error")
}

#[test]
fn stdio_answers_every_kind_of_line_in_order() {
    let answers = stdio(&[
        r#"{"service":"ecs","operation":"CreateCluster","input":{"clusterName":"dock"}}"#,
        r#"{"advance":"90s"}"#,
        r#"{"settle":"10m"}"#,
        r#"{"inject":{"blockRegistry":true}}"#,
        r#"{"line":"aws ecs list-clusters"}"#,
        r#"{"digest":true}"#,
        r#"{"reset":{"seed":7,"start":"empty"}}"#,
        r#"{"service":"ecs","operation":"ListClusters","input":{},"as":"arn:aws:iam::111122223333:user/ada"}"#,
    ]);
    assert_eq!(answers[0]["output"]["cluster"]["status"], "ACTIVE");
    assert_eq!(answers[1], json!({ "now": 1_767_603_690.0, "events": 0 }));
    assert_eq!(answers[2], json!({ "now": 1_767_603_690.0, "settled": true }));
    assert_eq!(answers[3]["now"], 1_767_603_690.0);
    assert_eq!(answers[4]["status"], 0);
    assert!(answers[4]["stdout"].as_str().unwrap().contains(":cluster/dock"));
    assert_eq!(answers[5]["digest"].as_str().unwrap().len(), 16);
    assert_eq!(answers[6]["now"], 1_767_603_600.0);
    assert_eq!(answers[7]["output"]["clusterArns"], json!([]));
}

#[test]
fn stdio_refuses_what_it_cannot_read_and_goes_on() {
    let bad = [
        "",
        "not json",
        "[1, 2]",
        "{}",
        r#"{"advance":90}"#,
        r#"{"advance":"-5s"}"#,
        r#"{"advance":"99999999h"}"#,
        r#"{"settle":"soon"}"#,
        r#"{"advance":"1s","settle":"1s"}"#,
        r#"{"service":"ecs"}"#,
        r#"{"service":"ecs","operation":"ListClusters","input":[]}"#,
        r#"{"service":"ecs","operation":"ListClusters","input":{},"extra":1}"#,
        r#"{"service":"ecs","operation":"ListClusters","input":{},"as":"ada"}"#,
        r#"{"inject":{"stopInstance":7}}"#,
        r#"{"inject":{"earthquake":true}}"#,
        r#"{"inject":7}"#,
        r#"{"line":7}"#,
        r#"{"reset":{"start":"nowhere"}}"#,
        r#"{"reset":{"sead":7}}"#,
        r#"{"reset":[7,"empty"]}"#,
        r#"{"request":["web"]}"#,
        r#"{"inject":{"app":{"task":"a","behaviour":"dance"}}}"#,
        r#"{"inject":{"traffic":{"loadBalancer":"web","requestsPerSecond":5,"method":"GET"}}}"#,
        r#"{"digest":false}"#,
        r#"{"hello":true}"#,
        r#"{"digest":true"#,
    ];
    let mut lines = bad.to_vec();
    lines.push(r#"{"advance":"1s"}"#);
    let answers = stdio(&lines);
    assert_eq!(answers.len(), lines.len());
    for (line, answer) in bad.iter().zip(&answers) {
        assert_eq!(code(answer), "BadRequest", "{line}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().ends_with('.'), "{answer}");
    }
    assert_eq!(answers.last().unwrap()["now"], 1_767_603_601.0);
}

#[test]
fn stdio_survives_bytes_that_are_no_text() {
    let output = lab(&["stdio"], b"\xff\xfe{\n{\"advance\":\"1s\"}\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().next().unwrap().contains("BadRequest"));
    assert!(text.lines().nth(1).unwrap().contains("now"));
}

/// A sentence that refuses says what would be right, and nothing of this program's insides.
#[test]
fn stdio_says_what_it_expected() {
    let refused = |line: &str| stdio(&[line])[0]["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        refused(r#"{"inject":{"app":{"task":"a","behaviour":"dance"}}}"#).contains("`unhealthy`")
    );
    assert!(refused(r#"{"sette":"1s"}"#).contains("`settle`"));
    assert!(refused(r#"{"digest":"yes"}"#).contains(r#"{"digest":true}"#));
    for line in [r#"{"reset":7}"#, r#"{"container":"web"}"#, r#"{"request":[]}"#] {
        assert!(refused(line).ends_with("` is an object."), "{}", refused(line));
    }
    let long = format!(r#"{{"{}":1}}"#, "k".repeat(1_000_000));
    assert!(refused(&long).len() < 400);
}

#[test]
fn stdio_and_run_read_files_as_editors_on_windows_write_them() {
    let output = lab(&["stdio"], b"\xef\xbb\xbf{\"advance\":\"1s\"}\r\n{\"digest\":true}\r\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("error") && text.lines().count() == 2, "{text}");
    let script = "\u{feff}aws ecs create-cluster --cluster-name dock\r\n\
                  aws ecs list-clusters \\\r\n  --query clusterArns\r\n";
    let output = lab(&["run", "-"], script.as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn stdio_says_aws_errors_as_aws_does() {
    let answers = stdio(&[
        r#"{"service":"ecs","operation":"DeleteCluster","input":{"cluster":"gone"}}"#,
        r#"{"service":"ecs","operation":"NoSuchThing","input":{}}"#,
    ]);
    assert_eq!(
        answers[0]["error"],
        json!({ "code": "ClusterNotFoundException", "message": "Cluster not found.", "status": 400 })
    );
    assert!(answers[1]["error"]["message"].is_string());
}

#[test]
fn stdio_calls_aws_from_inside_of_a_container() {
    let definition = json!({ "service": "ecs", "operation": "RegisterTaskDefinition", "input": {
        "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "256", "memory": "512",
        "taskRoleArn": "arn:aws:iam::111122223333:role/ecsTaskExecutionRole",
        "containerDefinitions": [{ "name": "web", "image": "nginx" }],
    } });
    let run = json!({ "service": "ecs", "operation": "RunTask", "input": {
        "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-0a1a1a1a1a1a1a1a1"], "assignPublicIp": "ENABLED",
            },
        },
    } });
    let mut lines = vec![
        r#"{"line":"aws ecs create-cluster"}"#.to_owned(),
        definition.to_string(),
        run.to_string(),
        r#"{"settle":"10m"}"#.to_owned(),
    ];
    let sent = |lines: &[String]| stdio(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let task = sent(&lines)[2]["output"]["tasks"][0]["taskArn"].as_str().unwrap().to_owned();
    let from = |container: &str| {
        json!({ "container": {
            "task": task, "container": container, "service": "s3", "operation": "ListBuckets",
        } })
    };
    lines.extend([from("web").to_string(), from("other").to_string()]);
    lines.push(r#"{"container":{"task":7}}"#.to_owned());
    let answers = sent(&lines);
    let identity = answers[4]["identity"].as_str().unwrap();
    assert!(identity.contains(":assumed-role/ecsTaskExecutionRole/"), "{identity}");
    assert_eq!((code(&answers[4]), &answers[4]["error"]["status"]), ("AccessDenied", &json!(403)));
    assert_eq!(answers[5]["identity"], Value::Null);
    assert_eq!(code(&answers[6]), "BadRequest");
}

#[test]
fn equal_histories_have_equal_digests() {
    let lines = |seed: u32| {
        let reset = format!(r#"{{"reset":{{"seed":{seed}}}}}"#);
        let digests = stdio(&[
            &reset,
            r#"{"line":"aws ecs create-cluster --cluster-name dock"}"#,
            r#"{"advance":"1m"}"#,
            r#"{"digest":true}"#,
        ]);
        digests[3]["digest"].clone()
    };
    assert_eq!(lines(7), lines(7));
    assert_ne!(lines(7), lines(8));
}

#[test]
fn run_prints_what_the_terminal_prints_and_ends_as_the_first_failing_line() {
    let script = "# a comment\naws ecs create-cluster --cluster-name dock\n\
                  aws ecs delete-cluster --cluster gone\nnonsense\naws ecs list-clusters\n";
    let output = lab(&["run", "-"], script.as_bytes());
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("\"status\": \"ACTIVE\""), "{stdout}");
    assert!(stdout.contains(":cluster/dock"), "lines after a failing one run as well: {stdout}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("ClusterNotFoundException"), "{stderr}");
    assert_eq!(output.status.code(), Some(254));
    let start = lab(&["run", "--start", "nowhere", "-"], b"");
    assert_eq!(start.status.code(), Some(2));
    assert_ne!(lab(&["run", "no/such/file"], b"").status.code(), Some(0));
}
