//! Every call that the account has to answer, made through `cargo lab stdio`; each answer has the members, types and words
//! of botocore's model.
//!
//! `tests/oracle/first.txt` lists the calls, `tests/oracle/walk.jsonl` makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use drydock::cloud::api;
use serde_json::Value;

use crate::walk_lines;

const LIST: &str = include_str!("../oracle/first.txt");

/// The laboratory with its pipes.
struct Laboratory {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Laboratory {
    fn open() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
            .arg("stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the laboratory");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, input, output }
    }

    fn ask(&mut self, line: &Value) -> Value {
        writeln!(self.input.as_mut().expect("its input"), "{line}").expect("a line is sent");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("an answer");
        serde_json::from_str(&answer).expect("JSON")
    }

    fn close(mut self) {
        self.input = None;
        assert!(self.child.wait().expect("it ends").success());
    }
}

/// The calls of the list, and those that it says are missing, as `service:operation`.
fn listed() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut missing) = (BTreeSet::new(), BTreeSet::new());
    let mut service = "";
    for word in LIST.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
        match word.strip_suffix(':') {
            Some(name) => service = name,
            None if service == "missing" => drop(missing.insert(word.to_owned())),
            None => drop(all.insert(format!("{service}:{word}"))),
        }
    }
    (all, missing)
}

/// What is wrong with an answer, by botocore's model.
fn complaints(service: &str, operation: &str, output: &Value) -> Vec<String> {
    let model = api::service(service).expect("a known service");
    let shape = model.operation(operation).expect("a known operation").output;
    shape.map_or_else(Vec::new, |shape| api::conforms(model, shape, output))
}

#[test]
fn every_listed_call_is_answered_in_the_shape_of_the_api_model() {
    let mut laboratory = Laboratory::open();
    let mut kept = BTreeMap::new();
    let mut answered = BTreeSet::new();
    let mut wrong = Vec::new();
    for at in 0..walk_lines::count() {
        let read = walk_lines::line(at, &kept);
        let line = &read.value;
        let answer = laboratory.ask(line);
        if answer.get("error").is_some() {
            wrong.push(format!("{line}\n  {}", answer["error"]));
            continue;
        }
        let (Some(service), Some(operation)) =
            (line["service"].as_str(), line["operation"].as_str())
        else {
            continue;
        };
        let output = &answer["output"];
        for complaint in complaints(service, operation, output) {
            wrong.push(format!("{service}:{operation}: {complaint}\n  {output}"));
        }
        answered.insert(format!("{service}:{operation}"));
        read.keep(output, &mut kept);
    }
    laboratory.close();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (listed, missing) = listed();
    let found: BTreeSet<String> = answered.intersection(&listed).cloned().collect();
    // The count is what the test is for: it stands in the output of `cargo test -- --nocapture`.
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "{} of {} calls are answered as the API model says",
        found.len(),
        listed.len()
    );
    let left: BTreeSet<String> = listed.difference(&found).cloned().collect();
    assert_eq!(left, missing, "what is not answered, and what the list says is missing");
}
