//! Python's reading and writing of plain values, where the AWS CLI's texts show it.

use serde_json::Value;

use super::fail::Fail;
use crate::cloud::api::python::string_repr;
pub(super) use crate::cloud::api::python::{number_repr as number, text};

/// `repr(text)`.
pub(super) fn repr(text: &str) -> String {
    let mut out = String::new();
    string_repr(text, &mut out);
    out
}

/// `int(text)`: spaces around, a sign and single `_` between digits are fine. Numbers beyond 64
/// bits are none here.
pub(super) fn int(text: &str) -> Option<i64> {
    plain_number(text)?.parse().ok()
}

/// `float(text)`, finite numbers only.
pub(super) fn float(text: &str) -> Option<f64> {
    let number: f64 = plain_number(text)?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// `int(value)` for a text or something else that was read already.
pub(super) fn int_value(value: &Value) -> Result<Value, Fail> {
    match value {
        Value::String(text) => int(text).map(Value::from).ok_or_else(|| {
            let text = repr(text);
            Fail::other(format_args!("invalid literal for int() with base 10: {text}"))
        }),
        other => Err(Fail::other(format_args!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            type_name(other)
        ))),
    }
}

/// `float(value)`.
pub(super) fn float_value(value: &Value) -> Result<Value, Fail> {
    match value {
        Value::String(text) => float(text).map(Value::from).ok_or_else(|| {
            let text = repr(text);
            Fail::other(format_args!("could not convert string to float: {text}"))
        }),
        other => Err(Fail::other(format_args!(
            "float() argument must be a string or a real number, not '{}'",
            type_name(other)
        ))),
    }
}

/// `type(value).__name__`.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// A number without what only Python allows in it.
fn plain_number(text: &str) -> Option<String> {
    let text = text.trim();
    let misplaced = |part: &str| part.is_empty() || !part.starts_with(|c: char| c.is_ascii_digit());
    if text.split('_').skip(1).any(misplaced) || text.contains("._") {
        return None;
    }
    Some(text.replace('_', ""))
}
