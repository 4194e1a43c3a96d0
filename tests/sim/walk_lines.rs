//! The lines of `tests/oracle/walk.jsonl`: calls of all services, in which `{name}` stands for what an earlier line's
//! `keep` took out of its answer (`{name:tail}`: what follows its last `/`).

use std::collections::BTreeMap;

use drydock::cloud::Cloud;
use drydock::cloud::input::{Call, Input, Principal};
use drydock::cloud::time::SECOND;
use serde_json::Value;

const WALK: &str = include_str!("../oracle/walk.jsonl");

/// A line, ready to be sent.
pub(crate) struct Line {
    pub(crate) value: Value,
    keep: Option<Value>,
}

/// How many there are.
pub(crate) fn count() -> usize {
    WALK.lines().count()
}

/// A line with the names that are known.
pub(crate) fn line(at: usize, kept: &BTreeMap<String, String>) -> Line {
    let text = WALK.lines().nth(at).expect("a line");
    let mut value: Value = serde_json::from_str(text).expect("a line of JSON");
    let keep = value.as_object_mut().and_then(|line| line.shift_remove("keep"));
    Line { value: filled(&value, kept), keep }
}

impl Line {
    /// What the line is for an account without a laboratory: a call of the administrator, a fault, or a minute.
    pub(crate) fn input(&self, cloud: &Cloud) -> Input {
        if let Some(fault) = self.value.get("inject") {
            return Input::Inject {
                fault: serde_json::from_value(fault.clone()).expect("a fault"),
            };
        }
        let names = (self.value["service"].as_str(), self.value["operation"].as_str());
        let (Some(service), Some(operation)) = names else {
            return Input::Advance { to: cloud.now() + 60 * SECOND };
        };
        let call = Call::new(service, operation, self.value["input"].clone());
        Input::Call { by: Principal::administrator(), call }
    }

    /// Keeps what later lines need of the answer.
    pub(crate) fn keep(&self, output: &Value, kept: &mut BTreeMap<String, String>) {
        for (name, path) in self.keep.iter().filter_map(Value::as_object).flatten() {
            let found = output.pointer(path.as_str().expect("a path")).and_then(Value::as_str);
            kept.extend(found.map(|value| (name.clone(), value.to_owned())));
        }
    }
}

fn filled(value: &Value, kept: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) if text.contains('{') => {
            let fill = |text: String, (name, value): (&String, &String)| {
                let tail = value.rsplit('/').next().unwrap_or(value);
                text.replace(&format!("{{{name}}}"), value)
                    .replace(&format!("{{{name}:tail}}"), tail)
            };
            kept.iter().fold(text.clone(), fill).into()
        }
        Value::Array(items) => items.iter().map(|item| filled(item, kept)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(value, kept))).collect()
        }
        other => other.clone(),
    }
}
