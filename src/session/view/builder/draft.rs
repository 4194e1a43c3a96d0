//! What has been put together so far.

use serde_json::{Map, Value, json};

use super::{Key, Tap};
use crate::cli;
use crate::cloud::api::{self, Operation, Service, Shape, ShapeId, Waiter};
use crate::cloud::input::Call;

/// Numbers have nine digits at most.
const NUMBER_MOST: i64 = 999_999_999;

/// A line that is being put together.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pub(super) draft: Draft,
    /// The part of the call that is being filled in; empty: the whole.
    pub(super) at: Vec<Key>,
}

#[derive(Clone, Debug, Default)]
pub(super) enum Draft {
    #[default]
    Nothing,
    Service(&'static Service),
    Call(CallDraft),
    /// A line of the simulator's own, or of another tool.
    Words(Vec<String>),
}

#[derive(Clone, Debug)]
pub(super) struct CallDraft {
    pub(super) service: &'static Service,
    pub(super) operation: &'static Operation,
    pub(super) waiter: Option<&'static Waiter>,
    pub(super) input: Value,
    pub(super) extras: Vec<(&'static str, String)>,
}

impl Builder {
    /// Does what a chip of the present page does.
    pub fn tap(&mut self, tap: &Tap) {
        match (tap, &mut self.draft) {
            (Tap::Restart, _) => *self = Self::default(),
            (Tap::Word(word), Draft::Words(words)) => words.push(word.clone()),
            (Tap::Word(word), _) => self.draft = Draft::Words(vec![word.clone()]),
            (Tap::Service(name), _) => {
                self.draft = api::service(name).map_or(Draft::Nothing, Draft::Service);
            }
            (Tap::Operation(service, name), _) => self.choose(service, name),
            (Tap::Up, _) => {
                self.at.pop();
            }
            (Tap::Extra(flag, value), Draft::Call(call)) => {
                call.extras.retain(|(other, _)| other != flag);
                if !value.is_empty() {
                    call.extras.push((flag, value.clone()));
                }
            }
            (Tap::Open(key), Draft::Call(_)) => self.at.push(key.clone()),
            (_, Draft::Call(call)) => {
                let more = call.change(&self.at, tap);
                if more {
                    self.at.extend(call.deeper(&self.at, tap));
                } else if matches!(tap, Tap::Set(_)) {
                    self.at.pop();
                }
            }
            _ => {}
        }
    }

    /// The line so far; empty at the beginning.
    pub fn line(&self) -> String {
        match &self.draft {
            Draft::Nothing => String::new(),
            Draft::Service(service) => format!("aws {}", service.name),
            Draft::Words(words) => {
                words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
            }
            Draft::Call(call) => call.line(self.is_complete()),
        }
    }

    /// Whether the line can be run: nothing that AWS requires is missing.
    pub fn is_complete(&self) -> bool {
        match &self.draft {
            Draft::Nothing | Draft::Service(_) => false,
            Draft::Words(words) => {
                words.len() > 1 || words.iter().any(|word| word == "settle" || word == "bill")
            }
            Draft::Call(_) => self.missing().is_empty(),
        }
    }

    /// What AWS requires of the call and is not there yet, as flags.
    pub fn missing(&self) -> Vec<String> {
        self.lacks().into_iter().map(|member| format!("--{}", api::cli_name(member))).collect()
    }

    /// The same as members of the request.
    pub(super) fn lacks(&self) -> Vec<&'static str> {
        let Some(call) = self.call() else { return Vec::new() };
        let required = call.service.inputs(call.operation).iter().filter(|member| member.required);
        let missing = required.filter(|member| call.input.get(member.name).is_none());
        missing.map(|member| member.name).collect()
    }

    /// The call, once one is chosen.
    pub(super) fn call(&self) -> Option<&CallDraft> {
        match &self.draft {
            Draft::Call(call) => Some(call),
            _ => None,
        }
    }

    #[inline(never)]
    fn choose(&mut self, service: &str, name: &str) {
        let Some(service) = api::service(service) else { return };
        let waiter = name.strip_prefix("wait ").and_then(|name| service.waiter_by_cli(name));
        let operation = match waiter {
            Some(waiter) => service.operation(waiter.operation),
            None => service.operation_by_cli(name),
        };
        if let Some(operation) = operation {
            // The command line asks for one instance unless it is told otherwise.
            let input = match operation.name {
                "RunInstances" => json!({ "MinCount": 1, "MaxCount": 1 }),
                _ => json!({}),
            };
            let call = CallDraft { service, operation, waiter, input, extras: Vec::new() };
            self.draft = Draft::Call(call);
            self.at.clear();
        }
    }
}

impl CallDraft {
    /// The call as it stands.
    pub(super) fn call(&self) -> Call {
        Call::new(self.service.name, self.operation.name, self.input.clone())
    }

    fn line(&self, complete: bool) -> String {
        let call = self.call();
        let mut line = if complete { cli::line_for(&call) } else { cli::line_so_far(&call) };
        if let Some(waiter) = self.waiter {
            let verb = format!(" {}", self.operation.cli_name);
            line = line.replacen(&verb, &format!(" wait {}", waiter.cli_name), 1);
        }
        let extras = self.extras.iter().map(|(flag, value)| format!(" {flag} {}", quoted(value)));
        std::iter::once(line).chain(extras).collect()
    }

    /// The shape of the part at a path, if the model has such a part.
    pub(super) fn shape(&self, at: &[Key]) -> Option<ShapeId> {
        let mut shape = self.operation.input?;
        for key in at {
            shape = match (self.service.shape(shape), key) {
                (Shape::Structure(structure), Key::Name(name)) => structure.member(name)?.shape,
                (Shape::Map { value, .. }, Key::Name(_)) => *value,
                (Shape::List { member, .. }, Key::Item(_)) => *member,
                _ => return None,
            };
        }
        Some(shape)
    }

    /// The part at a path.
    pub(super) fn value(&self, at: &[Key]) -> Option<&Value> {
        at.iter().try_fold(&self.input, |value, key| match key {
            Key::Name(name) => value.get(name),
            Key::Item(number) => value.get(number),
        })
    }

    /// Makes the part at a path where it is missing, as an empty structure.
    pub(super) fn make(&mut self, at: &[Key]) {
        if let Some(part) = place(&mut self.input, at).filter(|part| part.is_null()) {
            *part = json!({});
        }
    }

    /// Changes the part at a path. True if there is more to be said about it.
    fn change(&mut self, at: &[Key], tap: &Tap) -> bool {
        let shape = self.shape(at).map(|shape| self.service.shape(shape));
        let is_list = matches!(shape, Some(Shape::List { .. }));
        let Some(part) = place(&mut self.input, at) else { return false };
        match tap {
            Tap::Set(value) if is_list && !value.is_array() => {
                // A tap on a value of a list puts it in, or takes it out again.
                let Some(items) = as_list(part) else { return false };
                match items.iter().position(|item| item == value) {
                    Some(at) => drop(items.remove(at)),
                    None => items.push(value.clone()),
                }
                true
            }
            Tap::Set(value) => {
                *part = value.clone();
                false
            }
            Tap::Step(step) => {
                let number = part.as_i64().unwrap_or(0).saturating_add(*step).max(0);
                *part = Value::from(number);
                true
            }
            Tap::Digit(digit) => {
                let number = part.as_i64().unwrap_or(0).min(NUMBER_MOST / 10);
                *part = Value::from(number * 10 + i64::from(*digit));
                true
            }
            Tap::Erase => {
                *part = Value::from(part.as_i64().unwrap_or(0) / 10);
                true
            }
            Tap::Add => as_list(part).is_some_and(|items| {
                items.push(Value::Null);
                true
            }),
            Tap::Remove(key) => {
                remove(part, key);
                true
            }
            _ => false,
        }
    }

    /// Where a tap leads on to: the item that it added.
    fn deeper(&self, at: &[Key], tap: &Tap) -> Option<Key> {
        let items = self.value(at)?.as_array()?;
        (*tap == Tap::Add).then(|| Key::Item(items.len().saturating_sub(1)))
    }
}

/// The part at a path, made on the way where it is missing.
fn place<'a>(value: &'a mut Value, at: &[Key]) -> Option<&'a mut Value> {
    let Some((key, rest)) = at.split_first() else { return Some(value) };
    let part = match key {
        Key::Name(name) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            value.as_object_mut()?.entry(name.clone()).or_insert(Value::Null)
        }
        Key::Item(number) => {
            let items = as_list(value)?;
            if *number == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*number)?
        }
    };
    place(part, rest)
}

/// Takes the part at a path out, and what is empty after that.
pub(super) fn take_out(value: &mut Value, at: &[Key]) {
    let Some((key, rest)) = at.split_first() else { return };
    let part = match key {
        Key::Name(name) => value.get_mut(name),
        Key::Item(number) => value.get_mut(number),
    };
    let Some(part) = part else { return };
    take_out(part, rest);
    let empty = [json!({}), json!([]), Value::Null];
    if rest.is_empty() || empty.contains(part) {
        remove(value, key);
    }
}

fn as_list(value: &mut Value) -> Option<&mut Vec<Value>> {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut()
}

fn remove(value: &mut Value, key: &Key) {
    match (value, key) {
        (Value::Object(members), Key::Name(name)) => drop(members.shift_remove(name)),
        (Value::Array(items), Key::Item(number)) if *number < items.len() => {
            items.remove(*number);
        }
        _ => {}
    }
}

/// A word as a shell wants it.
pub(in crate::session::view) fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}
