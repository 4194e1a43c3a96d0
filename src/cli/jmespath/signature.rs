//! What the functions of JMESPath take, and jmespath.py's texts for what they do not.

use serde_json::Value;

use super::functions::Argument;
use crate::cli::python::{self, text as python_text};

/// Checks the arguments of a function.
pub(super) fn check(name: &str, arguments: &[Argument<'_>]) -> Result<(), String> {
    let signature = SIGNATURES.iter().find(|signature| signature.name == name);
    signature.ok_or_else(|| format!("Unknown function: {name}()"))?.check(arguments)
}

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

pub(super) fn wrong_type(function: &str, value: &str, expected: &[&str], received: &str) -> String {
    let expected = python_text(&Value::from(expected));
    format!(
        "In function {function}(), invalid type for value: {value}, expected one of: {expected}, \
         received: \"{received}\""
    )
}

/// JMESPath's name of a value's type.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
