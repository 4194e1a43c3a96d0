//! Whether an answer is one that AWS could give: for tests and the laboratory.

use super::{Service, Shape, ShapeId};
use serde_json::Value;

/// What is wrong with a response, each complaint with the path to it; empty if nothing is.
///
/// Every member has to be known and of its JSON type (timestamps are numbers, as botocore
/// parses them), every word of an enum has to be in it, and nothing may be null. Whether
/// anything is missing is not asked: AWS leaves out what it has nothing to say about.
pub fn conforms(service: &Service, shape: ShapeId, value: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    walk(service, shape, value, "", &mut complaints);
    complaints
}

fn walk(service: &Service, shape: ShapeId, value: &Value, path: &str, out: &mut Vec<String>) {
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (service.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members {
                match structure.member(name) {
                    Some(member) => walk(service, member.shape, value, &at(name), out),
                    None => {
                        out.push(format!("{}: {} has no such member", at(name), structure.name));
                    }
                }
            }
            if structure.union && members.len() != 1 {
                out.push(format!("{path}: {} takes exactly one member", structure.name));
            }
        }
        (Shape::Map { key, value: shape }, Value::Object(members)) => {
            for (name, value) in members {
                word(service.shape(*key), name, path, out);
                walk(service, *shape, value, &at(name), out);
            }
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                walk(service, *member, item, &format!("{path}[{index}]"), out);
            }
        }
        (shape @ Shape::String { .. }, Value::String(text)) => word(shape, text, path, out),
        (Shape::Integer(_) | Shape::Long(_), Value::Number(number)) if !number.is_f64() => {}
        (Shape::Float(_) | Shape::Double(_) | Shape::Timestamp, Value::Number(_))
        | (Shape::Boolean, Value::Bool(_))
        | (Shape::Blob, Value::String(_))
        | (Shape::Document, _) => {}
        (shape, value) => out.push(format!("{path}: {value} is not {}", kind(shape))),
    }
}

fn word(shape: &Shape, text: &str, path: &str, out: &mut Vec<String>) {
    if let Shape::String { values, .. } = shape
        && !values.is_empty()
        && !values.contains(&text)
    {
        out.push(format!("{path}: {text} is none of {}", values.join(" ")));
    }
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Structure(_) => "an object",
        Shape::List { .. } => "a list",
        Shape::Map { .. } => "a map",
        Shape::String { .. } => "a string",
        Shape::Integer(_) | Shape::Long(_) => "an integer",
        Shape::Float(_) | Shape::Double(_) => "a number",
        Shape::Boolean => "a truth value",
        Shape::Timestamp => "a number of seconds",
        Shape::Blob => "bytes as a string",
        Shape::Document => "JSON",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::service;
    use serde_json::json;

    fn check(name: &str, operation: &str, value: &Value) -> Vec<String> {
        let service = service(name).unwrap();
        conforms(service, service.operation(operation).unwrap().output.unwrap(), value)
    }

    #[test]
    fn a_good_answer_passes() {
        let task = json!({
            "taskArn": "arn", "launchType": "FARGATE", "createdAt": 1_767_603_690.5, "version": 1,
            "containers": [{"exitCode": 0}], "enableExecuteCommand": false,
        });
        let none: [&str; 0] = [];
        assert_eq!(check("ecs", "RunTask", &json!({"tasks": [task], "failures": []})), none);
        let item = json!({"Item": {"id": {"S": "a"}, "tags": {"L": [{"N": "1"}]}}});
        assert_eq!(check("dynamodb", "GetItem", &item), none);
    }

    #[test]
    fn each_fault_is_named() {
        let task = json!({
            "launchType": "BERTH", "createdAt": "2026-01-05", "version": 1.5, "startedAt": null,
            "containers": {}, "enableExecuteCommand": 1, "colour": "red",
        });
        let found = check("ecs", "DescribeTasks", &json!({"tasks": [{}, task], "tusks": 1}));
        let expected = [
            "tasks[1].launchType: BERTH is none of EC2 FARGATE EXTERNAL MANAGED_INSTANCES",
            "tasks[1].createdAt: \"2026-01-05\" is not a number of seconds",
            "tasks[1].version: 1.5 is not an integer",
            "tasks[1].startedAt: null is not a number of seconds",
            "tasks[1].containers: {} is not a list",
            "tasks[1].enableExecuteCommand: 1 is not a truth value",
            "tasks[1].colour: Task has no such member",
            "tusks: DescribeTasksResponse has no such member",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn map_keys_may_be_an_enum() {
        let counts = json!({"imageScanFindings": {"findingSeverityCounts": {"HIGH": 1, "BAD": 2}}});
        let found = check("ecr", "DescribeImageScanFindings", &counts);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("imageScanFindings.findingSeverityCounts: BAD is none of"));
    }
}
