//! The functions of JMESPath, with the checks and error texts of jmespath.py.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use serde_json::{Map, Number, Value};

use super::eval::{NOT_A_VALUE, Search, equals, order};
use super::parser::Ast;
use crate::cli::python;
use crate::cli::python::text as python_text;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Anything,
    Number,
    Text,
    Array,
    Object,
    Reference,
    TextOrArray,
    Countable,
    Numbers,
    Texts,
    NumbersOrTexts,
    TextsOrNumbers,
}

impl Takes {
    /// The names of the types, as in jmespath.py's signatures.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Anything => &[],
            Self::Number => &["number"],
            Self::Text => &["string"],
            Self::Array => &["array"],
            Self::Object => &["object"],
            Self::Reference => &["expref"],
            Self::TextOrArray => &["array", "string"],
            Self::Countable => &["string", "array", "object"],
            Self::Numbers => &["array-number"],
            Self::Texts => &["array-string"],
            Self::NumbersOrTexts => &["array-number", "array-string"],
            Self::TextsOrNumbers => &["array-string", "array-number"],
        }
    }
}

struct Signature {
    name: &'static str,
    takes: &'static [Takes],
    /// The last parameter may come more than once.
    variadic: bool,
}

const fn fixed(name: &'static str, takes: &'static [Takes]) -> Signature {
    Signature { name, takes, variadic: false }
}

const SIGNATURES: &[Signature] = &[
    fixed("abs", &[Takes::Number]),
    fixed("avg", &[Takes::Numbers]),
    fixed("ceil", &[Takes::Number]),
    fixed("contains", &[Takes::TextOrArray, Takes::Anything]),
    fixed("ends_with", &[Takes::Text, Takes::Text]),
    fixed("floor", &[Takes::Number]),
    fixed("join", &[Takes::Text, Takes::Texts]),
    fixed("keys", &[Takes::Object]),
    fixed("length", &[Takes::Countable]),
    fixed("map", &[Takes::Reference, Takes::Array]),
    fixed("max", &[Takes::NumbersOrTexts]),
    fixed("max_by", &[Takes::Array, Takes::Reference]),
    Signature { name: "merge", takes: &[Takes::Object], variadic: true },
    fixed("min", &[Takes::NumbersOrTexts]),
    fixed("min_by", &[Takes::Array, Takes::Reference]),
    Signature { name: "not_null", takes: &[Takes::Anything], variadic: true },
    fixed("reverse", &[Takes::TextOrArray]),
    fixed("sort", &[Takes::TextsOrNumbers]),
    fixed("sort_by", &[Takes::Array, Takes::Reference]),
    fixed("starts_with", &[Takes::Text, Takes::Text]),
    fixed("sum", &[Takes::Numbers]),
    fixed("to_array", &[Takes::Anything]),
    fixed("to_number", &[Takes::Anything]),
    fixed("to_string", &[Takes::Anything]),
    fixed("type", &[Takes::Anything]),
    fixed("values", &[Takes::Object]),
];

/// An argument: a value, or an expression to be used on many.
enum Argument<'a> {
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
    let signature = SIGNATURES.iter().find(|signature| signature.name == name);
    let signature = signature.ok_or_else(|| format!("Unknown function: {name}()"))?;
    signature.check(&found)?;
    let mut values = Vec::with_capacity(found.len());
    let mut reference = None;
    for argument in found {
        match argument {
            Argument::Value(value) => values.push(value),
            Argument::Reference(ast) => reference = Some(ast),
        }
    }
    match reference {
        Some(ast) => by_expression(search, name, ast, values),
        None => plain(name, values),
    }
}

impl Signature {
    fn check(&self, arguments: &[Argument<'_>]) -> Result<(), String> {
        let (expected, actual) = (self.takes.len(), arguments.len());
        let enough = if self.variadic { actual >= expected } else { actual == expected };
        if !enough {
            let at_least = if self.variadic { "at least " } else { "" };
            let plural = if expected == 1 { "" } else { "s" };
            return Err(format!(
                "Expected {at_least}{expected} argument{plural} for function {}(), received {actual}",
                self.name
            ));
        }
        self.takes
            .iter()
            .zip(arguments)
            .try_for_each(|(takes, given)| self.check_one(*takes, given))
    }

    fn check_one(&self, takes: Takes, given: &Argument<'_>) -> Result<(), String> {
        let names = takes.names();
        match given {
            _ if names.is_empty() => Ok(()),
            Argument::Reference(_) if takes == Takes::Reference => Ok(()),
            Argument::Reference(_) => Err(wrong_type(self.name, "an expression", names, "expref")),
            Argument::Value(value) => {
                let kind = kind(value);
                let top = |name: &&str| name.split('-').next() == Some(kind);
                if !names.iter().any(top) {
                    return Err(wrong_type(self.name, &python_text(value), names, kind));
                }
                self.check_items(names, value)
            }
        }
    }

    /// A list of numbers holds nothing else; where texts are fine too, the first item decides.
    fn check_items(&self, names: &'static [&'static str], value: &Value) -> Result<(), String> {
        let Value::Array(items) = value else { return Ok(()) };
        let inner: Vec<&str> =
            names.iter().filter_map(|name| name.strip_prefix("array-")).collect();
        let allowed = match (inner.as_slice(), items.first()) {
            ([], _) | (_, None) => return Ok(()),
            ([one], _) => *one,
            (several, Some(first)) => {
                let known = several.iter().find(|name| **name == kind(first));
                known.copied().unwrap_or_default()
            }
        };
        match items.iter().find(|item| kind(item) != allowed) {
            None => Ok(()),
            Some(item) => {
                Err(wrong_type(self.name, &python_text(item), names, python::type_name(item)))
            }
        }
    }
}

fn wrong_type(function: &str, value: &str, expected: &[&str], received: &str) -> String {
    let expected = python_text(&Value::from(expected));
    format!(
        "In function {function}(), invalid type for value: {value}, expected one of: {expected}, \
         received: \"{received}\""
    )
}

/// JMESPath's name of a value's type.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
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
    let compare = |a: &Value, b: &Value| order(a, b).unwrap_or(Ordering::Equal);
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
        "sort" => {
            items.sort_by(compare);
            Value::Array(items)
        }
        // Python keeps the first of equal ones, Rust's `max_by` the last.
        "max" => items.into_iter().rev().max_by(compare).unwrap_or_default(),
        "min" => items.into_iter().min_by(compare).unwrap_or_default(),
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
    let compare =
        |a: &(Value, Value), b: &(Value, Value)| order(&a.0, &b.0).unwrap_or(Ordering::Equal);
    Ok(match name {
        "sort_by" => {
            keyed.sort_by(compare);
            keyed.into_iter().map(|(_, item)| item).collect()
        }
        "max_by" => keyed.into_iter().rev().max_by(compare).unwrap_or_default().1,
        _ => keyed.into_iter().min_by(compare).unwrap_or_default().1,
    })
}
