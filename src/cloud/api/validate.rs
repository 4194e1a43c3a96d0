//! What the AWS CLI checks before it sends a request.

use super::python::{text, type_of};
use super::{Min, Operation, Service, Shape, ShapeId, Structure};
use serde_json::{Map, Number, Value};
use std::fmt::{self, Display};

/// Checks an input as botocore's `ParamValidator` does and words what is wrong as it does: every
/// complaint, a line each. It knows missing and unknown members, types, least lengths and least
/// values. Whether a word belongs to its enum is left to the service, as by AWS: the first that
/// does not is the result.
///
/// One simplification: text for a timestamp has to be a number or ISO 8601. botocore takes other
/// ways to write a date as well.
pub fn validate(
    service: &Service,
    op: &Operation,
    input: &Value,
) -> Result<Option<ForeignWord>, String> {
    let mut validator = Validator { service, complaints: Vec::new(), foreign: None };
    if let Some(shape) = op.input {
        validator.value(input, shape, &Path::Input);
    }
    if validator.complaints.is_empty() {
        return Ok(validator.foreign);
    }
    Err(format!("Parameter validation failed:\n{}", validator.complaints.join("\n")))
}

/// A word that is none of its enum's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignWord {
    /// The word.
    pub word: String,
    /// Where it stands: `networkConfiguration.awsvpcConfiguration.assignPublicIp`.
    pub path: String,
    /// The words of the enum.
    pub known: String,
}

struct Validator<'a> {
    service: &'a Service,
    complaints: Vec<String>,
    foreign: Option<ForeignWord>,
}

impl Validator<'_> {
    fn value(&mut self, value: &Value, shape: ShapeId, path: &Path<'_>) {
        match (self.service.outline(shape), value) {
            (Shape::Structure(structure), Value::Object(given)) => {
                self.structure(given, structure, path);
            }
            (Shape::Map { key, value: shape }, Value::Object(given)) => {
                for (name, value) in given {
                    if let Shape::String { min, .. } = self.service.outline(*key) {
                        self.length(name.chars().count(), *min, &Path::Key(path, name));
                    }
                    self.value(value, *shape, &Path::Member(path, name));
                }
            }
            (Shape::List { member, min }, Value::Array(items)) => {
                self.length(items.len(), *min, path);
                for (item, at) in items.iter().zip(0..) {
                    self.value(item, *member, &Path::Item(path, at));
                }
            }
            (Shape::String { min, values }, Value::String(text)) => {
                self.length(text.chars().count(), *min, path);
                if !values.is_empty() && !values.contains(&text.as_str()) {
                    self.not_of(shape, text, path);
                }
            }
            (Shape::Integer(min) | Shape::Long(min), Value::Number(number)) if !number.is_f64() => {
                self.least(floor(number), *min, value, path);
            }
            (Shape::Float(min) | Shape::Double(min), Value::Number(number)) => {
                self.least(floor(number), *min, value, path);
            }
            // Python's truth values are integers.
            (
                Shape::Integer(min) | Shape::Long(min) | Shape::Float(min) | Shape::Double(min),
                Value::Bool(flag),
            ) => self.least(i64::from(*flag), *min, value, path),
            (Shape::Timestamp, Value::String(text)) if is_timestamp(text) => {}
            (Shape::Timestamp, Value::Bool(_) | Value::Number(_))
            | (Shape::Boolean, Value::Bool(_))
            | (Shape::Blob, Value::String(_))
            | (Shape::Document, _) => {}
            (shape, value) => self.wrong_type(value, shape, path),
        }
    }

    fn structure(&mut self, given: &Map<String, Value>, shape: &Structure, path: &Path<'_>) {
        if shape.union {
            self.union(given.len(), shape, path);
        }
        for member in shape.members.iter().filter(|member| member.required) {
            if !given.contains_key(member.name) {
                self.missing(member.name, path);
            }
        }
        for name in given.keys().filter(|name| shape.member(name).is_none()) {
            self.unknown(name, shape, path);
        }
        for (name, value) in given {
            if let Some(member) = shape.member(name) {
                self.value(value, member.shape, &Path::Member(path, name));
            }
        }
    }

    #[inline(never)]
    fn missing(&mut self, name: &str, path: &Path<'_>) {
        self.complain(format!("Missing required parameter in {path}: \"{name}\""));
    }

    #[inline(never)]
    fn unknown(&mut self, name: &str, shape: &Structure, path: &Path<'_>) {
        let known = names(shape);
        self.complain(format!("Unknown parameter in {path}: \"{name}\", must be one of: {known}"));
    }

    #[inline(never)]
    fn union(&mut self, given: usize, shape: &Structure, path: &Path<'_>) {
        match given {
            // The two words run together in botocore too.
            0 => self.complain(format!(
                "Must set one of the following keys for tagged unionstructure {path}: {}.",
                names(shape)
            )),
            1 => {}
            _ => self.complain(format!(
                "Invalid number of parameters set for tagged union structure {path}. \
                 Can only set one of the following keys: {}.",
                names(shape)
            )),
        }
    }

    #[inline(never)]
    fn not_of(&mut self, shape: ShapeId, word: &str, path: &Path<'_>) {
        let Shape::String { values, .. } = self.service.shape(shape) else { return };
        if values.contains(&word) {
            return;
        }
        let new = || ForeignWord {
            word: word.to_owned(),
            path: path.to_string(),
            known: values.join(", "),
        };
        self.foreign.get_or_insert_with(new);
    }

    fn length(&mut self, length: usize, min: Min, path: &Path<'_>) {
        if let Some(min) = min.filter(|min| i64::try_from(length).is_ok_and(|n| n < *min)) {
            self.too_short(length, min, path);
        }
    }

    #[inline(never)]
    fn too_short(&mut self, length: usize, min: i64, path: &Path<'_>) {
        self.complain(format!(
            "Invalid length for parameter {path}, value: {length}, valid min length: {min}"
        ));
    }

    fn least(&mut self, number: i64, min: Min, value: &Value, path: &Path<'_>) {
        if let Some(min) = min.filter(|min| number < *min) {
            self.too_low(value, min, path);
        }
    }

    #[inline(never)]
    fn too_low(&mut self, value: &Value, min: i64, path: &Path<'_>) {
        let value = text(value);
        self.complain(format!(
            "Invalid value for parameter {path}, value: {value}, valid min value: {min}"
        ));
    }

    #[inline(never)]
    fn wrong_type(&mut self, value: &Value, shape: &Shape, path: &Path<'_>) {
        self.complain(format!(
            "Invalid type for parameter {path}, value: {}, type: {}, valid types: {}",
            text(value),
            type_of(value),
            valid_types(shape)
        ));
    }

    fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }
}

/// Where in the input a value stands. Only a complaint writes it out, so that a valid input
/// costs no allocation.
enum Path<'a> {
    Input,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, u32),
    Key(&'a Path<'a>, &'a str),
}

impl Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Input => out.write_str("input"),
            Path::Member(Path::Input, name) => out.write_str(name),
            Path::Member(parent, name) => write!(out, "{parent}.{name}"),
            Path::Item(parent, at) => write!(out, "{parent}[{at}]"),
            Path::Key(parent, name) => write!(out, "{parent} (key: {name})"),
        }
    }
}

#[inline(never)]
fn names(shape: &Structure) -> String {
    shape.members.iter().map(|member| member.name).collect::<Vec<_>>().join(", ")
}

fn valid_types(shape: &Shape) -> &'static str {
    match shape {
        Shape::Structure(_) | Shape::Map { .. } => "<class 'dict'>",
        Shape::List { .. } => "<class 'list'>, <class 'tuple'>",
        Shape::String { .. } => "<class 'str'>",
        Shape::Integer(_) | Shape::Long(_) => "<class 'int'>",
        Shape::Float(_) | Shape::Double(_) => {
            "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>"
        }
        Shape::Boolean => "<class 'bool'>",
        Shape::Timestamp => "<class 'datetime.datetime'>, timestamp-string",
        Shape::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
        Shape::Document => "any",
    }
}

/// The integer at or below a number. It is below a whole bound exactly if the number is.
fn floor(number: &Number) -> i64 {
    if let Some(whole) = number.as_i64() {
        return whole;
    }
    // Beyond the range of i64, and for fractions, the conversion stops at the nearest end.
    #[allow(clippy::cast_possible_truncation, reason = "a bound is far inside the range")]
    number.as_f64().map_or(i64::MAX, |fraction| fraction.floor() as i64)
}

/// Seconds since 1970 as text, or an ISO 8601 date with or without a time and a zone.
#[inline(never)]
fn is_timestamp(text: &str) -> bool {
    if serde_json::from_str::<Number>(text).is_ok() {
        return true;
    }
    let (date, time) = text.split_once(['T', ' ']).map_or((text, None), |(d, t)| (d, Some(t)));
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let days = match month.trim_start_matches('0') {
        "2" if year.parse().is_ok_and(is_leap) => 29,
        "2" => 28,
        "4" | "6" | "9" | "11" => 30,
        _ => 31,
    };
    year.len() == 4 && within(year, 1, 9999) && within(month, 1, 12) && within(day, 1, days)
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn is_time(text: &str) -> bool {
    let (time, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, "Z"),
    };
    let seconds = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        within(whole, 0, 59) && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
    };
    let clock: Vec<&str> = time.split(':').collect();
    let clock_is_right = match clock.as_slice() {
        [hour, minute] => within(hour, 0, 23) && within(minute, 0, 59),
        [hour, minute, rest] => within(hour, 0, 23) && within(minute, 0, 59) && seconds(rest),
        _ => false,
    };
    let offset = zone.trim_start_matches(['+', '-']);
    let zone_is_right = zone == "Z"
        || match offset.split_once(':') {
            Some((hour, minute)) => within(hour, 0, 23) && within(minute, 0, 59),
            None => matches!(offset.len(), 2 | 4) && within(offset, 0, 2359),
        };
    clock_is_right && zone_is_right
}

fn within(text: &str, least: u16, most: u16) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
        && text.parse().is_ok_and(|number: u16| (least..=most).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::service;
    use serde_json::json;

    /// `validation.json` holds inputs and what botocore says to them.
    #[test]
    fn complaints_are_botocores() {
        let cases = include_str!("../../../tests/oracle/validation.json");
        let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
        assert!(cases.len() > 60);
        for case in &cases {
            let service = service(case["service"].as_str().unwrap()).unwrap();
            let op = service.operation(case["operation"].as_str().unwrap()).unwrap();
            let said = validate(service, op, &case["input"]).err();
            assert_eq!(said.as_deref(), case["message"].as_str(), "{case}");
        }
    }

    #[test]
    fn an_operation_without_input_takes_anything() {
        let ecs = service("ecs").unwrap();
        let op = Operation { name: "X", cli_name: "x".into(), input: None, output: None };
        assert_eq!(validate(ecs, &op, &json!({"a": 1})), Ok(None));
    }
}
