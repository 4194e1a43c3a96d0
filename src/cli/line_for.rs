//! The other way round: the shortest `aws …` line that makes a call, for the API log.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::argparse::Takes;
use super::operation::{Argument, Target, arguments};
use super::rehearse::rehearse;
use super::values::{self, Given};
use super::{aws, custom, python};
use crate::cloud::api::{self, Operation, Service, Shape, cli_name};
use crate::cloud::base64;
use crate::cloud::input::Call;

/// The line for a call that is not complete yet: what there is of it, as flags.
pub fn line_so_far(call: &Call) -> String {
    let start = start(&call.service, &call.operation);
    let flags =
        known(call).and_then(|(service, operation, input)| flags(service, operation, input));
    flags.map_or_else(|| line_for(call), |flags| start + &flags)
}

/// The line that makes this call: flags, with shorthand where it is understood the same way and JSON
/// where not.
pub fn line_for(call: &Call) -> String {
    let start = start(&call.service, &call.operation);
    let end = if custom::streams(&call.service, &call.operation) { " /dev/stdout" } else { "" };
    let flags =
        known(call).and_then(|(service, operation, input)| flags(service, operation, input));
    if let Some(flags) = flags {
        let line = format!("{start}{flags}{end}");
        let (_, calls, _) = rehearse(&line, Vec::new());
        if calls.first() == Some(call) {
            return line;
        }
    }
    format!("{start} --cli-input-json {}{end}", quoted(&call.input.to_string()))
}

/// A call that the API model knows, with its members.
fn known(call: &Call) -> Option<(&'static Service, &'static Operation, &Map<String, Value>)> {
    let service = api::service(&call.service)?;
    Some((service, service.operation(&call.operation)?, call.input.as_object()?))
}

fn start(service: &str, operation: &str) -> String {
    let service = if service == "s3" { "s3api" } else { service };
    let found = aws::service_of(service).and_then(|found| found.operation(operation));
    match found {
        Some(found) => format!("aws {service} {}", found.cli_name),
        None => format!("aws {service} {}", cli_name(operation)),
    }
}

/// All flags, each with a space before it. None: flags cannot say this.
fn flags(
    service: &'static Service,
    operation: &'static Operation,
    input: &Map<String, Value>,
) -> Option<String> {
    let arguments = arguments(service, operation);
    let mut line = String::new();
    let mut input = input.clone();
    if operation.name == "RunInstances" {
        line.push_str(&as_typed(&mut input)?);
    }
    for (name, value) in &input {
        let negated = *value == Value::Bool(false);
        let of = |argument: &&Argument| match argument.target {
            Target::Member(member) => member.name == name && !negated,
            Target::Not(member) => member.name == name && negated,
            _ => false,
        };
        let argument = arguments.iter().find(of)?;
        line.push(' ');
        line.push_str(&flag(service, argument, value)?);
    }
    Some(line)
}

/// What the AWS CLI changes in RunInstances before it sends it, changed back.
#[inline(never)]
fn as_typed(input: &mut Map<String, Value>) -> Option<String> {
    let (least, most) = (input.remove("MinCount")?.as_i64()?, input.remove("MaxCount")?.as_i64()?);
    if let Some(Value::String(text)) = input.get_mut("UserData") {
        *text = String::from_utf8(base64::decode(text)?).ok()?;
    }
    Some(match (least, most) {
        (1, 1) => String::new(),
        (least, most) if least == most => format!(" --count {least}"),
        (least, most) => format!(" --count {least}:{most}"),
    })
}

fn flag(service: &'static Service, argument: &Argument, value: &Value) -> Option<String> {
    let name = &argument.flag.name;
    let Target::Member(member) = argument.target else { return Some(name.clone()) };
    let words = match (argument.flag.takes, value) {
        (Takes::None, _) => return Some(name.clone()),
        (Takes::Any, Value::Array(items)) => {
            let words: Option<Vec<String>> = items.iter().map(word).collect();
            words.unwrap_or_else(|| vec![value.to_string()])
        }
        (_, value) => vec![word(value)?],
    };
    let same = |words: &[String]| {
        let given = match argument.flag.takes {
            Takes::Any => Given::Words(words.to_vec()),
            _ => Given::Word(words.first().cloned().unwrap_or_default()),
        };
        let blob = matches!(service.sketch(member.shape), Some(Shape::Blob));
        let is_file = |word: &String| word.starts_with("file://") || word.starts_with("fileb://");
        let is_flag = |word: &String| word.starts_with('-');
        let plain = !words.iter().any(|word| is_file(word) || words.len() > 1 && is_flag(word));
        let read = values::read(service, member.shape, name, &given);
        plain && (blob || read.is_ok_and(|read| read == *value))
    };
    let words = if same(&words) { words } else { vec![value.to_string()] };
    match words.as_slice() {
        [word] if word.starts_with('-') => Some(quoted(&format!("{name}={word}"))),
        words => {
            let mut line = vec![name.clone()];
            line.extend(words.iter().map(|word| quoted(word)));
            Some(line.join(" "))
        }
    }
}

/// A value as one word: plain, or as shorthand. None: only JSON can say it.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(python::number(number)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(members) if !members.is_empty() => members_of(members, true),
        // As it is: `values::read` decides whether that will do.
        Value::Object(_) | Value::Array(_) => Some(value.to_string()),
        Value::Null => None,
    }
}

/// `name=value,…`. Outside of braces a list of plain values needs no brackets: `Values=a,b`.
fn members_of(members: &Map<String, Value>, outside: bool) -> Option<String> {
    let text = |value: &Value| match value {
        Value::Array(items) if outside && !items.is_empty() && items.iter().all(is_plain) => {
            items.iter().map(inner).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        other => inner(other),
    };
    let member = |(name, value): (&String, &Value)| {
        let plain = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c));
        plain.then(|| text(value)).flatten().map(|value| format!("{name}={value}"))
    };
    let members: Option<Vec<String>> = members.iter().map(member).collect();
    Some(members?.join(","))
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// A value inside of shorthand; texts that would need quotes there are left to JSON.
fn inner(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => Some(format!("{{{}}}", members_of(members, false)?)),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(inner).collect();
            Some(format!("[{}]", items?.join(",")))
        }
        Value::String(text) => {
            let plain = |c: char| !c.is_control() && !"\"'`,=[]{}\\".contains(c);
            let fits = !text.is_empty() && text.trim() == text && text.chars().all(plain);
            fits.then(|| text.clone())
        }
        Value::Number(number) => Some(python::number(number)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null => None,
    }
}

/// A word as a shell needs it; braces and brackets mean something to shells as well.
pub(super) fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_=+:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    if !word.chars().any(char::is_control) {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' | '\'' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}
