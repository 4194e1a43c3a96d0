//! One operation on the command line: its flags, made from the API model, and what they say.

use serde_json::{Map, Value};

use super::argparse::{self, Check, Flag, Positional, Takes};
use super::fail::Fail;
use super::globals::Globals;
use super::values::{self, Given};
use crate::cloud::api::{Member, Operation, Service, Shape, cli_name};

/// A flag and what its words become.
struct Argument {
    flag: Flag,
    target: Target,
}

#[derive(Clone, Copy)]
enum Target {
    Member(&'static Member),
    /// The `--no-…` of a truth value.
    Not(&'static Member),
    StartingToken,
    MaxItems,
    PageSize,
    InputJson,
}

/// What a command asks for.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// The input members.
    pub(super) input: Map<String, Value>,
    /// `--starting-token`.
    pub(super) starting_token: Option<String>,
    /// `--max-items`.
    pub(super) max_items: Option<i64>,
    /// `--page-size`.
    pub(super) page_size: Option<String>,
}

/// Reads the words after the operation. None: they ask for help.
pub(super) fn read(
    service: &'static Service,
    operation: &'static Operation,
    words: &[String],
    _globals: &Globals,
) -> Result<Option<Request>, Fail> {
    if matches!(words, [word] if word == "help") {
        return Ok(None);
    }
    let mut arguments = arguments(service, operation);
    if words.iter().any(|word| word.starts_with("--cli-input-json")) {
        for argument in &mut arguments {
            argument.flag.required = false;
        }
    }
    let flags: Vec<Flag> = arguments.iter().map(|argument| argument.flag.clone()).collect();
    let mut parsed = argparse::parse(&flags, Positional::Maybe, words)?;
    match parsed.positional {
        Some(word) if word == "help" => return Ok(None),
        other => parsed.rest.extend(other),
    }
    if !parsed.rest.is_empty() {
        return Err(Fail::unknown_options(&parsed.rest));
    }
    let mut reading = Reading { service, request: Request::default(), json: None };
    for (argument, words) in arguments.iter().zip(parsed.values) {
        if let Some(words) = words {
            reading.take(argument, words)?;
        }
    }
    reading.finish().map(Some)
}

fn arguments(service: &'static Service, operation: &'static Operation) -> Vec<Argument> {
    let mut found = Vec::new();
    for member in service.inputs(operation) {
        let name = format!("--{}", cli_name(member.name));
        let (takes, check) = match service.shape(member.shape) {
            Shape::List { .. } => (Takes::Any, Check::Text),
            Shape::Boolean => (Takes::None, Check::Text),
            Shape::Long(_) => (Takes::One, Check::Int),
            Shape::Float(_) | Shape::Double(_) => (Takes::One, Check::Float),
            _ => (Takes::One, Check::Text),
        };
        let truth = takes == Takes::None;
        let required = member.required && !truth;
        let flag = Flag { name, takes, required, check, choices: &[] };
        if truth {
            let name = format!("--no-{}", cli_name(member.name));
            let negative = Flag { name, ..flag.clone() };
            found.push(Argument { flag, target: Target::Member(member) });
            found.push(Argument { flag: negative, target: Target::Not(member) });
        } else {
            found.push(Argument { flag, target: Target::Member(member) });
        }
    }
    let mut add = |name: &str, check: Check, target: Target| {
        found.retain(|argument| argument.flag.name != name);
        found.push(Argument { flag: Flag { check, ..Flag::one(name) }, target });
    };
    if let Some(paginator) = service.paginator(operation.name) {
        add("--starting-token", Check::Text, Target::StartingToken);
        let limit = paginator
            .limit
            .and_then(|limit| service.inputs(operation).iter().find(|member| member.name == limit));
        let check = match limit.map(|member| service.shape(member.shape)) {
            Some(Shape::String { .. }) => Check::Text,
            _ => Check::Int,
        };
        if limit.is_some() {
            add("--page-size", check, Target::PageSize);
        }
        add("--max-items", check, Target::MaxItems);
    }
    add("--cli-input-json", Check::Text, Target::InputJson);
    found
}

struct Reading {
    service: &'static Service,
    request: Request,
    json: Option<String>,
}

impl Reading {
    fn take(&mut self, argument: &Argument, words: Vec<String>) -> Result<(), Fail> {
        let flag = argument.flag.name.as_str();
        let word = || words.first().cloned().unwrap_or_default();
        match argument.target {
            Target::Member(member) => {
                let value = match argument.flag.takes {
                    Takes::None => Value::Bool(true),
                    Takes::Any => {
                        values::read(self.service, member.shape, flag, &Given::Words(words))?
                    }
                    Takes::One => {
                        values::read(self.service, member.shape, flag, &Given::Word(word()))?
                    }
                };
                self.request.input.insert(member.name.to_owned(), value);
            }
            Target::Not(member) => {
                self.request.input.insert(member.name.to_owned(), Value::Bool(false));
            }
            Target::StartingToken => self.request.starting_token = Some(word()),
            Target::MaxItems => self.request.max_items = super::python::int(&word()),
            Target::PageSize => self.request.page_size = Some(word()),
            Target::InputJson => self.json = Some(word()),
        }
        Ok(())
    }

    /// What `--cli-input-json` says holds where no flag says otherwise.
    fn finish(mut self) -> Result<Request, Fail> {
        let Some(text) = self.json else { return Ok(self.request) };
        let value: Value = serde_json::from_str(&text)
            .map_err(|_| Fail::parsing("cli-input-json", "Invalid JSON received."))?;
        let Value::Object(members) = value else {
            let kind = super::python::type_name(&value);
            return Err(Fail::parsing(
                "--cli-input-json",
                format_args!("Invalid type: expecting map, received <class '{kind}'>"),
            ));
        };
        for (name, value) in members {
            self.request.input.entry(name).or_insert(value);
        }
        Ok(self.request)
    }
}
