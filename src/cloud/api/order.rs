//! Members in the order of the model, which is the order in which the AWS CLI prints them.

use super::{Service, Shape, ShapeId, Structure};
use crate::cloud::sort;
use serde_json::{Map, Value};

/// Puts the members of a value, and of all values inside it, in the order of the model. Members
/// that the model does not know come last, in the order in which they were. The keys of a map
/// keep their order.
pub fn ordered(service: &Service, shape: ShapeId, mut value: Value) -> Value {
    arrange(service, shape, &mut value);
    value
}

/// A shape is looked up only where it decides something: the page may have to fetch it.
fn arrange(service: &Service, shape: ShapeId, value: &mut Value) {
    if !matches!(value, Value::Object(_) | Value::Array(_)) {
        return;
    }
    match (service.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members.iter_mut() {
                if let Some(member) = structure.member(name) {
                    arrange(service, member.shape, value);
                }
            }
            sort(structure, members);
        }
        (Shape::Map { value: shape, .. }, Value::Object(members)) => {
            for value in members.values_mut() {
                arrange(service, *shape, value);
            }
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            for item in items {
                arrange(service, *member, item);
            }
        }
        _ => {}
    }
}

/// Most values are in order already and stay untouched.
fn sort(structure: &Structure, members: &mut Map<String, Value>) {
    let rank = |name: &String| {
        let place = structure.members.iter().position(|member| member.name == name);
        place.unwrap_or(structure.members.len())
    };
    if !members.keys().is_sorted_by_key(rank) {
        reorder(members, rank);
    }
}

#[inline(never)]
fn reorder(members: &mut Map<String, Value>, rank: impl Fn(&String) -> usize) {
    let mut entries: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
    sort::by_key(&mut entries, |(name, _)| rank(name));
    members.extend(entries);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::service;

    fn check(operation: &str, before: &str, after: &str) {
        let ecs = service("ecs").unwrap();
        let output = ecs.operation(operation).unwrap().output.unwrap();
        let value = ordered(ecs, output, serde_json::from_str(before).unwrap());
        assert_eq!(serde_json::to_string(&value).unwrap(), after);
    }

    #[test]
    fn members_follow_the_model() {
        check(
            "RunTask",
            r#"{"zzz":1,"failures":[],"aaa":2,"tasks":[{"taskArn":"t","lastStatus":"RUNNING",
               "containers":[{"name":"web","containerArn":"c"}],"attachments":[]}]}"#,
            "{\"tasks\":[{\"attachments\":[],\"containers\":[{\"containerArn\":\"c\",\
             \"name\":\"web\"}],\"lastStatus\":\"RUNNING\",\"taskArn\":\"t\"}],\
             \"failures\":[],\"zzz\":1,\"aaa\":2}",
        );
    }

    #[test]
    fn map_keys_and_wrong_types_are_left_alone() {
        let logs = r#"{"options":{"z":"1","a":"2"},"logDriver":"awslogs"}"#;
        check(
            "RegisterTaskDefinition",
            &r#"{"tags":5,"taskDefinition":{"containerDefinitions":[{"logConfiguration":LOGS}]}}"#
                .replace("LOGS", logs),
            "{\"taskDefinition\":{\"containerDefinitions\":[{\"logConfiguration\":\
             {\"logDriver\":\"awslogs\",\"options\":{\"z\":\"1\",\"a\":\"2\"}}}]},\"tags\":5}",
        );
    }
}
