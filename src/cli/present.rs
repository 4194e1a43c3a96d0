//! A service's answer as the AWS CLI hands it to its printers.

use serde_json::{Number, Value};

use crate::cloud::api::{Operation, Protocol, Service, Shape, ShapeId, ordered};
use crate::cloud::time::SimTime;

/// Puts members in the order of the model and turns timestamps into ISO 8601 text.
pub(super) fn present(service: &Service, operation: &Operation, reply: Value) -> Value {
    let Some(shape) = operation.output else { return reply };
    let mut reply = ordered(service, shape, reply);
    convert(service, shape, &mut reply);
    reply
}

/// Words are what they are: their shapes, long enums perhaps, are not looked up.
fn convert(service: &Service, shape: ShapeId, value: &mut Value) {
    if value.is_string() {
        return;
    }
    match (service.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members.iter_mut() {
                if let Some(member) = structure.member(name) {
                    convert(service, member.shape, value);
                }
            }
        }
        (Shape::Map { value: shape, .. }, Value::Object(members)) => {
            for value in members.values_mut() {
                convert(service, *shape, value);
            }
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            for item in items {
                convert(service, *member, item);
            }
        }
        (Shape::Timestamp, value @ Value::Number(_)) => {
            if let Some(seconds) = value.as_f64() {
                *value = Value::String(moment(seconds));
            }
        }
        // Answers in XML are read as floats; answers in JSON keep what was written.
        (Shape::Double(_) | Shape::Float(_), Value::Number(number)) if speaks_xml(service) => {
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        _ => {}
    }
}

fn speaks_xml(service: &Service) -> bool {
    !matches!(service.protocol, Protocol::Json | Protocol::RestJson)
}

/// A moment given in seconds since 1970. Its fraction is a whole number of milliseconds.
fn moment(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
    let millis = (seconds * 1_000.0).round() as u64;
    SimTime(millis).iso()
}
