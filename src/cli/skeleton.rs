//! `--generate-cli-skeleton`: an input or output with every member and no meaning, to be filled in.

use serde_json::{Map, Value, json};

use crate::cloud::api::{Service, Shape, ShapeId};

/// A value of a shape. `named` puts the names of members into texts, as in outputs.
pub(super) fn of(service: &Service, shape: Option<ShapeId>, named: bool) -> Value {
    let Some(shape) = shape else { return json!({}) };
    Builder { service, named, inside: Vec::new() }.build(shape, "")
}

struct Builder<'a> {
    service: &'a Service,
    named: bool,
    /// The structures around the present one.
    inside: Vec<&'static str>,
}

impl Builder<'_> {
    fn build(&mut self, shape: ShapeId, name: &str) -> Value {
        match self.service.shape(shape) {
            Shape::Structure(structure) => {
                let again = self.inside.iter().filter(|name| **name == structure.name).count();
                if again > 0 {
                    return json!({});
                }
                self.inside.push(structure.name);
                let mut members = Map::new();
                for member in &structure.members {
                    members.insert(member.name.to_owned(), self.build(member.shape, member.name));
                }
                self.inside.pop();
                Value::Object(members)
            }
            Shape::List { member, .. } => Value::Array(vec![self.build(*member, "")]),
            Shape::Map { value, .. } => json!({ "KeyName": self.build(*value, "") }),
            Shape::String { .. } if self.named => Value::from(name),
            Shape::String { values, .. } => Value::from(values.first().copied().unwrap_or("")),
            Shape::Integer(_) | Shape::Long(_) => json!(0),
            Shape::Float(_) | Shape::Double(_) => json!(0.0),
            Shape::Boolean => json!(true),
            Shape::Timestamp => json!("1970-01-01T00:00:00"),
            Shape::Blob | Shape::Document => Value::Null,
        }
    }
}
