//! The words after a flag become a value of the shape that the API model gives the flag.

use serde_json::Value;

use super::fail::Fail;
use super::{json_error, python, shorthand};
use crate::cloud::api::{Service, Shape, ShapeId};

/// The words of one flag.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A flag that takes one word.
    Word(String),
    /// A flag that takes any number.
    Words(Vec<String>),
}

/// Reads the words of `flag` (written with its dashes) as a value of `shape`.
pub(super) fn read(
    service: &Service,
    shape: ShapeId,
    flag: &str,
    given: &Given,
) -> Result<Value, Fail> {
    let first = match given {
        Given::Word(word) => Some(word),
        Given::Words(words) => words.first(),
    };
    let looks_like_json = first.is_some_and(|word| word.trim().starts_with(['[', '{']));
    if takes_shorthand(service, shape) && !looks_like_json {
        return read_shorthand(service, shape, flag, given);
    }
    match (service.outline(shape), given) {
        (Shape::List { member, .. }, Given::Words(words)) => {
            if let [word] = words.as_slice()
                && looks_like_json
                && word.trim().starts_with('[')
            {
                return json(flag, word);
            }
            let mut items = Vec::with_capacity(words.len());
            for word in words {
                items.push(one(service, *member, flag, word)?);
            }
            Ok(Value::Array(items))
        }
        (_, Given::Word(word)) => one(service, shape, flag, word),
        (_, Given::Words(words)) => one(service, shape, flag, &words.join(" ")),
    }
}

fn one(service: &Service, shape: ShapeId, flag: &str, word: &str) -> Result<Value, Fail> {
    match service.outline(shape) {
        Shape::Integer(_) | Shape::Long(_) => python::int_value(&Value::from(word)),
        Shape::Float(_) | Shape::Double(_) => python::float_value(&Value::from(word)),
        Shape::Boolean => Ok(Value::Bool(!word.eq_ignore_ascii_case("false") && !word.is_empty())),
        Shape::String { .. } | Shape::Timestamp | Shape::Blob => Ok(Value::from(word)),
        Shape::Structure(_) | Shape::Map { .. } if !word.trim_start().starts_with('{') => {
            Err(Fail::parsing(flag, format_args!("Invalid JSON:\n{word}")))
        }
        Shape::Structure(_) | Shape::Map { .. } | Shape::List { .. } | Shape::Document => {
            json(flag, word)
        }
    }
}

/// JSON typed as the value of a flag.
pub(super) fn json(flag: &str, text: &str) -> Result<Value, Fail> {
    serde_json::from_str(text).map_err(|error| no_json(flag, text, &error))
}

#[inline(never)]
fn no_json(flag: &str, text: &str, error: &serde_json::Error) -> Fail {
    let why = json_error::explain(text).unwrap_or_else(|| error.to_string());
    Fail::parsing(flag, format_args!("Invalid JSON: {why}\nJSON received: {text}"))
}

/// Structures, maps, and lists of what is not scalar.
fn takes_shorthand(service: &Service, shape: ShapeId) -> bool {
    let inner = match service.outline(shape) {
        Shape::List { member, .. } => service.outline(*member),
        other => other,
    };
    matches!(inner, Shape::Structure(_) | Shape::Map { .. })
        || matches!((service.outline(shape), inner), (Shape::List { .. }, Shape::List { .. }))
}

#[inline(never)]
fn read_shorthand(
    service: &Service,
    shape: ShapeId,
    flag: &str,
    given: &Given,
) -> Result<Value, Fail> {
    let parse = |word: &String| shorthand::parse(word).map_err(|error| Fail::parsing(flag, error));
    let mut value = match given {
        Given::Word(word) => match only_value(service, shape, word) {
            Some(value) => return Ok(value),
            None => parse(word)?,
        },
        Given::Words(words) => Value::Array(words.iter().map(parse).collect::<Result<_, _>>()?),
    };
    shorthand::fit(service, shape, &mut value)?;
    Ok(value)
}

/// A structure with nothing but a text named `Value` is written as that text.
#[inline(never)]
fn only_value(service: &Service, shape: ShapeId, word: &str) -> Option<Value> {
    let [member] = service.structure(shape)?.members.as_slice() else { return None };
    let is_text = matches!(service.outline(member.shape), Shape::String { .. });
    (member.name == "Value" && is_text && !word.contains('='))
        .then(|| serde_json::json!({ "Value": word }))
}
