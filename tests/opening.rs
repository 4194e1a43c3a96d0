//! What a lesson reads of AWS's API models before it answers. The page fetches each text when it is asked for, so whoever
//! opens a lesson waits for these. In a program of its own: once a text is read, it stays so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use drydock::cli;
use drydock::cloud::api::{self, Service, Shape, ShapeId};
use drydock::cloud::trail::Record;
use drydock::lesson::library;
use drydock::session::Session;
use expect_test::expect_file;
use serde_json::Value;

const HEAD: &str = "\
# What the requests of lessons' openings use of the API models: structures, and words of enums. Written by tests/opening.rs, read by
# tests/oracle/extract.py: the first text of a model has these, the rest is read when somebody asks for it.
";

/// Structures, and words of their members (`RunInstancesRequest.InstanceType=t3.small`), by service.
type Names = BTreeMap<&'static str, BTreeSet<String>>;

/// The first text of a model has what openings use: `oracle/opening.txt` names it, `oracle/extract.py` puts it there. After a
/// change of what lessons begin with, run this with `UPDATE_EXPECT=1`, then `extract.py`.
#[test]
fn to_open_a_lesson_no_further_definitions_are_read() {
    let calls: Vec<_> = library::lessons().iter().flat_map(|head| open(&head.id)).collect();
    let read: Vec<_> = api::services().filter(|service| service.is_read_further()).collect();
    let read: Vec<_> = read.iter().map(|service| service.name).collect();

    let mut used = Names::new();
    for record in &calls {
        let service = api::service(&record.call.service).unwrap();
        let operation = service.operation(&record.call.operation).unwrap();
        let mut use_of = Use { service, names: used.entry(service.name).or_default() };
        if let Some(input) = operation.input {
            use_of.value(input, &record.call.input, "");
        }
    }
    expect_file!["oracle/opening.txt"].assert_eq(&text(&used));
    assert!(read.is_empty(), "opening a lesson reads further definitions of {read:?}");
}

/// Opens the first step of a lesson, shows its calls as lines, and gives them.
fn open(lesson: &str) -> Vec<std::sync::Arc<Record>> {
    let lesson = library::embedded(lesson).unwrap();
    let session = Session::step(&lesson, &lesson.steps[0].id).unwrap();
    let trail = &session.cloud().account().trail;
    let shown =
        trail.iter().inspect(|record| assert!(cli::line_for(&record.call).starts_with("aws ")));
    shown.cloned().collect()
}

/// Collects what requests use of a model. Answers are not printed before a lesson answers.
struct Use<'a> {
    service: &'static Service,
    names: &'a mut BTreeSet<String>,
}

impl Use<'_> {
    /// Structures and words of enums on the way down a value.
    fn value(&mut self, shape: ShapeId, value: &Value, at: &str) {
        match (self.service.shape(shape), value) {
            (Shape::Structure(structure), Value::Object(members)) => {
                self.names.insert(structure.name.to_owned());
                for (name, value) in members {
                    let at = format!("{}.{name}", structure.name);
                    self.value(structure.member(name).unwrap().shape, value, &at);
                }
            }
            (Shape::Map { value: shape, .. }, Value::Object(members)) => {
                for value in members.values() {
                    self.value(*shape, value, at);
                }
            }
            (Shape::List { member, .. }, Value::Array(items)) => {
                for item in items {
                    self.value(*member, item, at);
                }
            }
            (Shape::String { values, .. }, Value::String(word)) if !values.is_empty() => {
                self.names.insert(format!("{at}={word}"));
            }
            _ => {}
        }
    }
}

/// The file: a service a paragraph.
fn text(used: &Names) -> String {
    let service = |(service, names): (&&str, &BTreeSet<String>)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("\n{service}:\n  {}\n", names.join("\n  "))
    };
    HEAD.to_owned() + &used.iter().map(service).collect::<String>()
}
