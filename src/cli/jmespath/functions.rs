//! The functions of JMESPath, as jmespath.py has them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use serde_json::{Map, Number, Value};

use super::eval::{NOT_A_VALUE, Search, equals, order};
use super::parser::Ast;
use super::signature::{self, kind, wrong_type};
use crate::cli::python;
use crate::cli::python::text as python_text;
use crate::cloud::sort;

/// An argument: a value, or an expression to be used on many.
pub(super) enum Argument<'a> {
    Value(Value),
    Reference(&'a Ast),
}

/// Calls a function with what its arguments are in `value`.
pub(super) fn call(
    search: &mut Search,
    name: &str,
    arguments: &[Ast],
    value: &Value,
) -> Result<Value, String> {
    let mut found = Vec::with_capacity(arguments.len());
    for argument in arguments {
        found.push(match argument {
            Ast::Reference(ast) => Argument::Reference(ast),
            other => {
                let value = search.visit(other, value)?;
                Argument::Value(search.own(value)?)
            }
        });
    }
    signature::check(name, &found)?;
    let mut values = Vec::with_capacity(found.len());
    let mut reference = None;
    for argument in found {
        match argument {
            Argument::Value(value) => values.push(value),
            Argument::Reference(ast) => reference = Some(ast),
        }
    }
    if let ("join", [Value::String(between), Value::Array(parts)]) = (name, values.as_slice()) {
        search.spend(between.len() / 16 * parts.len())?;
    }
    let result = match reference {
        Some(ast) => by_expression(search, name, ast, values)?,
        None => plain(name, values)?,
    };
    search.weigh(&result)?;
    Ok(result)
}

fn plain(name: &str, values: Vec<Value>) -> Result<Value, String> {
    if name == "merge" {
        let mut merged = Map::new();
        for value in values {
            if let Value::Object(members) = value {
                merged.extend(members);
            }
        }
        return Ok(Value::Object(merged));
    }
    if name == "not_null" {
        return Ok(values.into_iter().find(|value| !value.is_null()).unwrap_or_default());
    }
    let mut values = values.into_iter();
    match (name, values.next().unwrap_or_default(), values.next()) {
        ("contains", subject, Some(item)) => contains(&subject, &item).map(Value::Bool),
        ("starts_with", Value::String(text), Some(Value::String(part))) => {
            Ok(Value::Bool(text.starts_with(&part)))
        }
        ("ends_with", Value::String(text), Some(Value::String(part))) => {
            Ok(Value::Bool(text.ends_with(&part)))
        }
        ("join", Value::String(between), Some(Value::Array(parts))) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            Ok(Value::from(parts.join(&between)))
        }
        (_, Value::Number(number), None) => Ok(of_number(name, number)),
        (_, Value::Array(items), None) => Ok(of_list(name, items)),
        (_, Value::Object(members), None) => Ok(of_object(name, members)),
        (_, value, _) => Ok(of_any(name, value)),
    }
}

fn contains(subject: &Value, item: &Value) -> Result<bool, String> {
    match (subject, item) {
        (Value::Array(items), item) => Ok(items.iter().any(|other| equals(other, item))),
        (Value::String(text), Value::String(part)) => Ok(text.contains(part.as_str())),
        (_, other) => Err(format!(
            "'in <string>' requires string as left operand, not {}",
            python::type_name(other)
        )),
    }
}

fn of_number(name: &str, number: Number) -> Value {
    let whole = number.as_i64();
    let float = number.as_f64().unwrap_or_default();
    match name {
        "abs" => {
            whole.map_or(Value::from(float.abs()), |whole| Value::from(whole.saturating_abs()))
        }
        "ceil" => whole.map_or_else(|| integer(float.ceil()), Value::from),
        "floor" => whole.map_or_else(|| integer(float.floor()), Value::from),
        _ => of_any(name, Value::Number(number)),
    }
}

fn integer(float: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
    Value::from(float as i64)
}

fn of_list(name: &str, mut items: Vec<Value>) -> Value {
    match name {
        "length" => Value::from(items.len()),
        "sum" => sum(&items),
        "avg" if items.is_empty() => Value::Null,
        "avg" => {
            let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
            Value::from(sum(&items).as_f64().unwrap_or_default() / f64::from(count))
        }
        "reverse" => {
            items.reverse();
            Value::Array(items)
        }
        "sort" | "max" | "min" => {
            let keyed = items.into_iter().map(|item| (item.clone(), item)).collect();
            arrange(name, keyed)
        }
        _ => of_any(name, Value::Array(items)),
    }
}

fn sum(items: &[Value]) -> Value {
    let whole: Option<Vec<i64>> = items.iter().map(Value::as_i64).collect();
    match whole {
        Some(whole) => Value::from(whole.into_iter().fold(0, i64::saturating_add)),
        None => Value::from(items.iter().filter_map(Value::as_f64).sum::<f64>()),
    }
}

fn of_object(name: &str, members: Map<String, Value>) -> Value {
    match name {
        "length" => Value::from(members.len()),
        "keys" => members.into_iter().map(|(name, _)| Value::String(name)).collect(),
        "values" => members.into_iter().map(|(_, value)| value).collect(),
        _ => of_any(name, Value::Object(members)),
    }
}

fn of_any(name: &str, value: Value) -> Value {
    match (name, value) {
        ("type", value) => Value::from(kind(&value)),
        ("to_array", value @ Value::Array(_))
        | ("to_string", value @ Value::String(_))
        | ("to_number", value @ Value::Number(_)) => value,
        ("to_array", value) => Value::Array(vec![value]),
        ("to_string", value) => Value::from(ascii(&value.to_string())),
        ("to_number", Value::String(text)) => python::int(&text)
            .map(Value::from)
            .or_else(|| python::float(&text).map(Value::from))
            .unwrap_or_default(),
        ("length", Value::String(text)) => Value::from(text.chars().count()),
        ("reverse", Value::String(text)) => text.chars().rev().collect::<String>().into(),
        _ => Value::Null,
    }
}

/// JSON with everything outside of ASCII as `\u…`.
fn ascii(json: &str) -> Cow<'_, str> {
    if json.is_ascii() {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    Cow::Owned(out)
}

/// The functions that use an expression on each item.
fn by_expression(
    search: &mut Search,
    name: &str,
    ast: &Ast,
    values: Vec<Value>,
) -> Result<Value, String> {
    // `type(&a)`, `not_null(&a)`: in Python the result would be an expression.
    let Some(Value::Array(items)) = values.into_iter().next() else {
        return Err(NOT_A_VALUE.to_owned());
    };
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let key = search.visit(ast, &item)?;
        let key = search.own(key)?;
        keyed.push((key, item));
    }
    let allowed: &[&str] = match (name, keyed.first()) {
        ("map", _) => return Ok(keyed.into_iter().map(|(key, _)| key).collect()),
        ("sort_by", Some((Value::Number(_), _))) => &["number"],
        ("sort_by", Some((Value::String(_), _))) => &["string"],
        ("sort_by", Some((key, item))) => {
            let value = python_text(item);
            return Err(wrong_type(name, &value, &["string", "number"], kind(key)));
        }
        _ => &["number", "string"],
    };
    if let Some((key, _)) = keyed.iter().find(|(key, _)| !allowed.contains(&kind(key))) {
        return Err(wrong_type(name, &python_text(key), allowed, kind(key)));
    }
    let mixed = keyed.iter().zip(keyed.iter().skip(1)).find(|(a, b)| order(&a.0, &b.0).is_none());
    if let Some((before, after)) = mixed {
        let sign = if name == "max_by" { '>' } else { '<' };
        let (after, before) = (python::type_name(&after.0), python::type_name(&before.0));
        return Err(format!(
            "'{sign}' not supported between instances of '{after}' and '{before}'"
        ));
    }
    Ok(arrange(name, keyed))
}

/// Sorts items by their keys, or picks the first that is greatest or least.
fn arrange(name: &str, mut keyed: Vec<(Value, Value)>) -> Value {
    let compare = |a: &Value, b: &Value| order(a, b).unwrap_or(Ordering::Equal);
    if name.starts_with("sort") {
        sort::by(&mut keyed, |a, b| compare(&a.0, &b.0));
        return keyed.into_iter().map(|(_, item)| item).collect();
    }
    let wanted = if name.starts_with("max") { Ordering::Greater } else { Ordering::Less };
    let mut keyed = keyed.into_iter();
    let Some(mut best) = keyed.next() else { return Value::Null };
    for pair in keyed {
        if compare(&pair.0, &best.0) == wanted {
            best = pair;
        }
    }
    best.1
}
