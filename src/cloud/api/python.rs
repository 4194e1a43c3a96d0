//! How Python words a JSON value: botocore's messages quote values and their types.

use serde_json::{Number, Value};
use std::fmt::Write;

/// `str(value)`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let mut out = String::new();
            repr(other, &mut out);
            out
        }
    }
}

/// `str(type(value))`.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Number(number) if number.is_f64() => "<class 'float'>",
        Value::Number(_) => "<class 'int'>",
        Value::String(_) => "<class 'str'>",
        Value::Array(_) => "<class 'list'>",
        Value::Object(_) => "<class 'dict'>",
    }
}

fn repr(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&number_repr(number)),
        Value::String(text) => string_repr(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                repr(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                string_repr(key, out);
                out.push_str(": ");
                repr(value, out);
            }
            out.push('}');
        }
    }
}

/// Rust's debug form of a float is Python's, but for the exponent: `1e-7` is `1e-07`, `1e16` is
/// `1e+16`.
pub(crate) fn number_repr(number: &Number) -> String {
    if !number.is_f64() {
        return number.to_string();
    }
    let text = format!("{:?}", number.as_f64().unwrap_or_default());
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => {
            let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |p| ('-', p));
            format!("{digits}e{sign}{power:0>2}")
        }
    }
}

pub(crate) fn string_repr(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::{text, type_of};
    use serde_json::json;

    #[test]
    fn values_read_as_in_python() {
        for (value, expected) in [
            (json!("it's"), "it's"),
            (
                json!(["it's", "a \"b\"", "'\"", "a\\\n\u{7f}é"]),
                r#"["it's", 'a "b"', '\'"', 'a\\\n\x7fé']"#,
            ),
            (json!({"a": [null, true, false], "b": {}}), "{'a': [None, True, False], 'b': {}}"),
            (
                json!([1, -2, 1.0, 0.5, 1e16, 1e15, 1.5e-7, 0.0001]),
                "[1, -2, 1.0, 0.5, 1e+16, 1000000000000000.0, 1.5e-07, 0.0001]",
            ),
        ] {
            assert_eq!(text(&value), expected);
        }
        assert_eq!(type_of(&json!(1.0)), "<class 'float'>");
    }
}
