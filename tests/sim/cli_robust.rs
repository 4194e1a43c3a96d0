//! Any text is answered: nothing panics, overflows the stack or prints without end.

use std::fs;
use std::sync::Arc;

use drydock::cli::{commands, complete, line_for, rehearse, run};
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::cloud::input::{Call, Input, Principal};
use proptest::prelude::*;
use serde_json::json;

const OUTPUT_BYTES: usize = 2_100_000;

/// What the fuzz targets do with a text (`fuzz/fuzz_targets`).
fn line(script: &str) {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    for line in commands(script) {
        let printed = run(&mut cloud, line);
        assert!(printed.stdout.len() + printed.stderr.len() < OUTPUT_BYTES, "{line}");
    }
    complete(&cloud, script);
}

fn query(query: &str) {
    let reply = json!({ "tasks": [
        { "taskArn": "arn:a", "cpu": "256", "version": 3, "containers": [{ "name": "web" }] },
        { "taskArn": "arn:b", "tags": [], "overrides": { "cpu": null } },
    ], "failures": [] });
    let query = query.replace('\'', "'\\''");
    for output in ["json", "text", "table", "yaml", "yaml-stream"] {
        let line = format!("aws ecs describe-tasks --tasks a --output {output} --query '{query}'");
        rehearse(&line, vec![Ok(Arc::new(reply.clone()))]);
    }
}

fn shorthand(value: &str) {
    let value = value.replace('\'', "'\\''");
    let line =
        format!("aws ecs register-task-definition --family web --container-definitions '{value}'");
    let (_, calls, _) = rehearse(&line, Vec::new());
    for call in calls {
        let again = line_for(&call);
        assert_eq!(rehearse(&again, Vec::new()).1.first(), Some(&call), "{again}");
    }
}

fn json_request(text: &str) {
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
        send(&mut cloud, Principal::administrator(), Call::new(service, operation, input.clone()));
    }
}

fn policy(text: &str) {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    let role = json!({ "RoleName": "r", "AssumeRolePolicyDocument": text });
    let inline =
        json!({ "RoleName": "ecsTaskExecutionRole", "PolicyName": "p", "PolicyDocument": text });
    let ask = json!({ "PolicyInputList": [text], "ActionNames": ["s3:GetObject", "ecs:RunTask"],
        "ResourceArns": ["arn:aws:s3:::harbor-cargo/crane.txt"] });
    for (operation, input) in
        [("CreateRole", role), ("PutRolePolicy", inline), ("SimulateCustomPolicy", ask)]
    {
        send(&mut cloud, Principal::administrator(), Call::new("iam", operation, input));
    }
    let by = Principal("arn:aws:sts::111122223333:assumed-role/ecsTaskExecutionRole/x".into());
    let input = json!({ "Bucket": "harbor-cargo", "Key": "crane.txt" });
    send(&mut cloud, by, Call::new("s3", "GetObject", input));
}

fn send(cloud: &mut Cloud, by: Principal, call: Call) {
    cloud.apply(&Input::Call { by, call });
}

/// Runs with a stack as small as a page has, though frames are bigger without optimisation.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn the_corpus() {
    for (folder, target) in [
        ("line", line as fn(&str)),
        ("query", query),
        ("shorthand", shorthand),
        ("json", json_request),
        ("policy", policy),
    ] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/");
        let mut files = 0;
        for file in fs::read_dir(format!("{path}{folder}")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            on_a_small_stack(move || target(&text));
            files += 1;
        }
        assert!(files >= 8, "{folder}");
    }
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("(", ")"),
        ("!", ""),
        ("a.", ""),
        ("a[*].", ""),
        ("a||", ""),
        ("[?a==", "]"),
        ("{a:", "}"),
        ("a|", ""),
        ("&", ""),
        ("not_null(", ")"),
        ("a[].", ""),
        ("{a=", "}"),
        ("a=[", "]"),
    ] {
        for times in [10, 100, 5_000] {
            let text = format!("{}a{}", open.repeat(times), close.repeat(times));
            on_a_small_stack(move || {
                query(&text);
                shorthand(&text);
                shorthand(&format!("a={text}"));
                line(&format!("aws ecs run-task --cli-input-json '{text}'"));
            });
        }
    }
}

#[test]
fn long_lines_are_refused_and_big_answers_cut() {
    let printed = run(&mut Cloud::new(1, Start::Empty), &"a ".repeat(60_000));
    assert_eq!(printed.stderr, "The line is longer than 100,000 bytes.\n");
    let words = "x".repeat(60_000);
    let printed = run(&mut Cloud::new(1, Start::Empty), &format!("aws {words}"));
    assert_eq!(printed.status, 252);
    let flags: String = (0..5_000).map(|at| format!(" --flag-{at}")).collect();
    let printed = run(
        &mut Cloud::new(1, Start::Empty),
        &format!("aws ecs run-task --task-definition a{flags}"),
    );
    assert_eq!(printed.status, 252);
    let pairs: String = (0..9_000).map(|at| format!("key{at}=v,")).collect();
    shorthand(&pairs);
}

#[test]
fn a_query_cannot_make_too_much() {
    let reply = || vec![Ok(Arc::new(json!({ "clusterArns": vec!["arn:aws:ecs"; 100] })))];
    let fails = |query: &str| {
        let (printed, ..) = rehearse(&format!("aws ecs list-clusters --query '{query}'"), reply());
        assert_eq!(printed.status, 255, "{query}: {} bytes", printed.stdout.len());
        assert!(printed.stderr.contains("more of the answer"), "{}", printed.stderr);
    };
    fails(&["[@,@]"; 40].join("|"));
    fails(&format!("`\"text\"`|{}", ["join(@,[@,@])"; 40].join("|")));
    fails(&["[to_string(@),to_string(@)]"; 45].join("|"));
}

/// Pieces that lines are made of.
const PIECES: &[&str] = &[
    "aws",
    "ecs",
    "ec2",
    "iam",
    "elbv2",
    "s3api",
    "list-clusters",
    "run-task",
    "describe-tasks",
    "run-instances",
    "register-task-definition",
    "create-role",
    "wait",
    "tasks-running",
    "help",
    "--cluster",
    "--tasks",
    "--count",
    "--task-definition",
    "--container-definitions",
    "--query",
    "--output",
    "text",
    "table",
    "yaml",
    "--filters",
    "--cli-input-json",
    "--max-items",
    "--starting-token",
    "--page-size",
    "--no-paginate",
    "--generate-cli-skeleton",
    "--user-data",
    "--network-interfaces",
    "--associate-public-ip-address",
    "--protocol",
    "name=web,image=nginx",
    "[{\"name\":\"a\"}]",
    "{}",
    "'",
    "\"",
    "\\",
    "$'",
    "\n",
    "=",
    ",",
    "-1",
    "5",
    "x",
    "file://task.json",
    "length(@)",
    "@",
    "[]",
    "tasks[*]",
    "settle",
    "fault",
    "app",
    "block-registry",
    "traffic",
    "inside",
    "90s",
    "cat",
    "é",
    "😀",
    "--",
    "-",
    "--=",
    "#",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        line(&text);
        query(&text);
        shorthand(&text);
        line(&format!("aws ecs {text}"));
    }

    #[test]
    fn any_pieces(picks in prop::collection::vec((0..PIECES.len(), any::<bool>()), 0..14)) {
        let text: String = picks
            .into_iter()
            .map(|(at, space)| format!("{}{}", PIECES[at], if space { " " } else { "" }))
            .collect();
        line(&text);
        line(&format!("aws {text}"));
    }

    #[test]
    fn any_query(text in "[a-c@*.,:&|!<>=`'\"\\[\\](){}?0-9 -]{0,24}") {
        query(&text);
    }

    #[test]
    fn any_shorthand(text in "[ab,=\\[\\]{}'\"\\\\ :.\n-]{0,24}") {
        shorthand(&text);
        shorthand(&format!("name=a,{text}"));
    }
}
