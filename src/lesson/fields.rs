//! Whether the names in a condition exist: kinds of things, fields of their shapes, services and operations.

use serde_json::Value;

use super::condition::kind_of;
use super::model::{Condition, Field, Test};
use super::path::{Segment, segments};
use crate::cloud::action;
use crate::cloud::api::{self, Service, Shape, ShapeId};
use crate::cloud::bill::Cost;
use crate::cloud::elbv2::requests::Request;
use crate::cloud::rows::Kind;

/// What is wrong with the names in a condition, each with what was expected.
pub fn unknown(condition: &Condition) -> Vec<String> {
    match condition {
        Condition::Rows { kind, fields, distinct, .. } => rows(kind, fields, distinct.as_deref()),
        Condition::Requests { fields, distinct, .. } => requests(fields, distinct.as_deref()),
        Condition::Calls { service, operation, fields, .. } => calls(service, operation, fields),
        Condition::May { .. } => Vec::new(),
        Condition::Cost { of, .. } => of.iter().filter_map(|title| no_cost(title)).collect(),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(unknown).collect(),
        Condition::Not(part) => unknown(part),
    }
}

/// What is wrong with the word of a kind.
pub fn unknown_kind(word: &str) -> Option<String> {
    let words = || Kind::ALL.iter().map(|kind| kind.word()).collect::<Vec<&str>>().join(", ");
    kind_of(word).is_none().then(|| format!("unknown kind `{word}`, expected one of {}", words()))
}

fn no_cost(title: &str) -> Option<String> {
    let titles = || Cost::ALL.iter().map(|cost| cost.title()).collect::<Vec<&str>>().join(", ");
    let known = Cost::ALL.iter().any(|cost| cost.title() == title);
    (!known).then(|| format!("unknown sort of cost `{title}`, expected one of {}", titles()))
}

fn rows(word: &str, fields: &[Field], distinct: Option<&str>) -> Vec<String> {
    let Some(kind) = kind_of(word) else { return unknown_kind(word).into_iter().collect() };
    let (service, shape) = kind.shape();
    let Some((service, shape)) =
        api::service(service).and_then(|found| Some((found, found.shape_id(shape)?)))
    else {
        return vec![format!("the API model has no `{service}` with a shape `{shape}`")];
    };
    let found = |path: &str, test: Option<&Test>| {
        let own = kind.own_members().contains(&path);
        if own { Ok(()) } else { field_of(service, shape, path, test) }
    };
    let tested = fields.iter().map(|field| found(&field.path, Some(&field.test)));
    let counted = distinct.map(|path| found(path, None));
    tested.chain(counted).filter_map(Result::err).collect()
}

fn requests(fields: &[Field], distinct: Option<&str>) -> Vec<String> {
    let named = fields.iter().map(|field| field.path.as_str()).chain(distinct);
    let unknown = named.filter(|name| !Request::MEMBERS.contains(name));
    let expected = Request::MEMBERS.join(", ");
    unknown.map(|name| format!("a request has no `{name}`, expected one of {expected}")).collect()
}

fn calls(service: &str, operation: &str, fields: &[Field]) -> Vec<String> {
    let Some(model) = api::service(service) else {
        return vec![format!("unknown service `{service}`, expected one such as `ecs`")];
    };
    let modelled = action::actions(service).iter().any(|action| action.operation == operation);
    let Some(found) = model.operation(operation).filter(|_| modelled) else {
        return vec![format!("unknown operation `{operation}`, expected one of `{service}` here")];
    };
    let field = |field: &Field| {
        if field.path == "by" {
            return Ok(());
        }
        let (side, path) = field.path.split_once('.').unwrap_or((&field.path, ""));
        let shape = if side == "input" { found.input } else { found.output };
        let shape = shape.ok_or_else(|| format!("`{operation}` has no {side}"))?;
        field_of(model, shape, path, Some(&field.test))
    };
    fields.iter().map(field).filter_map(Result::err).collect()
}

/// Follows a path from a shape. Lists on the way stand for their items.
fn field_of(
    service: &Service,
    mut shape: ShapeId,
    path: &str,
    test: Option<&Test>,
) -> Result<(), String> {
    for Segment { name, only } in segments(path) {
        shape = match service.shape(item(service, shape)) {
            Shape::Structure(structure) => match structure.member(name) {
                Some(member) => member.shape,
                None => return Err(no_field(name, path, structure)),
            },
            Shape::Map { value, .. } => *value,
            Shape::Document => return Ok(()),
            _ => return Err(format!("`{path}`: nothing is inside before `{name}`")),
        };
        if let Some((member, _)) = only {
            field_of(service, shape, member, None)?;
        }
    }
    match (service.shape(item(service, shape)), test) {
        (Shape::String { values, .. }, Some(Test::Is(Value::String(word))))
            if !values.is_empty() && !values.contains(&word.as_str()) =>
        {
            Err(format!("`{path}` is never `{word}`, expected one of {}", values.join(", ")))
        }
        _ => Ok(()),
    }
}

fn no_field(name: &str, path: &str, structure: &api::Structure) -> String {
    let members: Vec<&str> = structure.members.iter().map(|member| member.name).collect();
    format!(
        "`{path}`: {} has no field `{name}`, expected one of {}",
        structure.name,
        members.join(", ")
    )
}

fn item(service: &Service, mut shape: ShapeId) -> ShapeId {
    while let Shape::List { member, .. } = service.shape(shape) {
        shape = *member;
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::model::Count;

    fn of_cluster(path: &str, test: Test) -> Vec<String> {
        let fields = vec![Field { path: path.into(), test }];
        let count = Count { at_least: Some(1), at_most: None };
        unknown(&Condition::Rows { kind: "cluster".into(), fields, distinct: None, count })
    }

    #[test]
    fn fields_are_those_of_the_api_model() {
        assert!(of_cluster("status", Test::Exists(true)).is_empty());
        assert!(of_cluster("settings.value", Test::Exists(true)).is_empty());
        let wrong = of_cluster("state", Test::Exists(true)).join("");
        assert!(wrong.contains("Cluster has no field `state`, expected one of clusterArn"));
        let enums = of_cluster("settings.name", Test::Is("insight".into())).join("");
        assert!(enums.contains("expected one of containerInsights"), "{enums}");
    }
}
