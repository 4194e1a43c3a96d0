//! Finding the taps that make a line: what a learner can do with one finger, done by a program. It taps the same chips
//! that the page shows, so a line that it can make can be made.

use serde_json::Value;

use super::draft::Draft;
use super::hints::Hints;
use super::stock::Stock;
use super::{Builder, Key, Tap};
use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::api::{self, Service};
use crate::cloud::input::Call;
use crate::session::view::picture::Names;
use crate::session::view::rows::{Rows, tail};

/// The taps that make `line` in an account, for a step that talks about `hints`. The error says which chip is missing.
pub fn taps_for(line: &str, cloud: &Cloud, hints: &Hints) -> Result<Vec<Tap>, String> {
    let (rows, names) = (Rows::of(cloud.account()), Names::of(cloud.account()));
    let stock = Stock { cloud, rows: &rows, names: &names, hints };
    let mut walk = Walk { builder: Builder::default(), stock, taps: Vec::new() };
    let words = shlex::split(line).ok_or_else(|| format!("`{line}` cannot be read"))?;
    match words.first().map(String::as_str) {
        Some("aws") => walk.call(line, &words),
        Some(_) => words.iter().try_for_each(|word| walk.word(word)),
        None => Err("an empty line".to_owned()),
    }?;
    if walk.builder.is_complete() {
        Ok(walk.taps)
    } else {
        Err(format!("`{}` is not complete", walk.builder.line()))
    }
}

struct Walk<'a> {
    builder: Builder,
    stock: Stock<'a>,
    /// What was tapped so far.
    taps: Vec<Tap>,
}

impl Walk<'_> {
    /// Taps, if there is such a chip at present.
    fn tap(&mut self, tap: &Tap) -> Result<(), String> {
        let page = self.builder.page(&self.stock);
        let mut chips = page.groups.iter().flat_map(|group| &group.chips);
        let there = match tap {
            Tap::Open(key) => {
                page.parts.iter().any(|part| part.key == *key) || chips.any(|chip| chip.tap == *tap)
            }
            Tap::Step(_) | Tap::Erase => page.number.is_some(),
            Tap::Digit(digit) => page.number.is_some() && *digit < 10,
            Tap::Up => page.crumbs.len() > 1,
            tap => chips.any(|chip| chip.tap == *tap),
        };
        if !there {
            let place = page.crumbs.join(" › ");
            return Err(format!("the command builder has no chip for {} at `{place}`", says(tap)));
        }
        self.builder.tap(tap);
        self.taps.push(tap.clone());
        Ok(())
    }

    /// A word that has a chip; where an ARN stands, its last part will do.
    fn word(&mut self, word: &str) -> Result<(), String> {
        let exact = self.tap(&Tap::Word(word.to_owned()));
        if exact.is_err() && word.starts_with("arn:") {
            return self.tap(&Tap::Word(tail(word).to_owned()));
        }
        exact
    }

    fn call(&mut self, line: &str, words: &[String]) -> Result<(), String> {
        let wanted = wanted(line)?;
        let service = api::service(&wanted.service).ok_or("there is no such service")?;
        let operation = service.operation(&wanted.operation).ok_or("there is no such operation")?;
        let waits = words.get(2).is_some_and(|word| word == "wait");
        let verb = match words.get(3).filter(|_| waits) {
            Some(waiter) => format!("wait {waiter}"),
            None => operation.cli_name.clone(),
        };
        self.begin(service, verb)?;
        self.fill(&wanted.input)?;
        for pair in words.windows(2) {
            if let [flag, value] = pair {
                let known = ["--output", "--query"].into_iter().find(|known| known == flag);
                if let Some(flag) = known {
                    self.tap(&Tap::Extra(flag, value.clone()))?;
                }
            }
        }
        let made = wanted_of(&self.builder).ok_or("no call came of the taps")?;
        if by_name(&made.input) == by_name(&wanted.input) {
            Ok(())
        } else {
            Err(format!("the taps make `{}` instead", self.builder.line()))
        }
    }

    /// The verb, from the step's own chips or through its service.
    fn begin(&mut self, service: &'static Service, verb: String) -> Result<(), String> {
        let tap = Tap::Operation(service.name, verb);
        if self.tap(&tap).is_err() {
            self.tap(&Tap::Service(service.name))?;
            self.tap(&tap)?;
        }
        Ok(())
    }

    /// Gives the present part its value: at once where a chip has all of it, or part by part.
    fn fill(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.tap(&Tap::Open(Key::Name(name.clone())))?;
                    self.fill_and_leave(value)?;
                }
                Ok(())
            }
            Value::Array(items) => self.fill_list(items),
            Value::Number(number) => self.fill_number(number.as_i64().unwrap_or(0)),
            value => self.set(value),
        }
    }

    /// A value that has a chip; where an ARN is wanted, the name in it will do.
    fn set(&mut self, value: &Value) -> Result<(), String> {
        let exact = self.tap(&Tap::Set(value.clone()));
        match value.as_str().filter(|_| exact.is_err()) {
            Some(arn) => self.tap(&Tap::Set(Value::from(tail(arn)))).or(exact),
            None => exact,
        }
    }

    /// Fills in a part and goes back to the whole.
    fn fill_and_leave(&mut self, value: &Value) -> Result<(), String> {
        let depth = self.builder.at.len();
        if self.tap(&Tap::Set(value.clone())).is_err() || value.is_array() && self.differs(value) {
            self.fill(value)?;
        }
        // A chip with all of a value has gone back already.
        if self.builder.at.len() >= depth {
            self.tap(&Tap::Up)?;
        }
        Ok(())
    }

    fn differs(&self, value: &Value) -> bool {
        let Draft::Call(call) = &self.builder.draft else { return true };
        call.value(&self.builder.at) != Some(value)
    }

    fn fill_list(&mut self, items: &[Value]) -> Result<(), String> {
        for item in items {
            if item.is_object() || item.is_array() {
                self.tap(&Tap::Add)?;
                self.fill(item)?;
                self.tap(&Tap::Up)?;
            } else {
                self.set(item)?;
            }
        }
        Ok(())
    }

    /// A chip has the number, or the digits make it.
    fn fill_number(&mut self, wanted: i64) -> Result<(), String> {
        if self.tap(&Tap::Set(Value::from(wanted))).is_ok() {
            return Ok(());
        }
        for digit in wanted.to_string().bytes() {
            self.tap(&Tap::Digit(digit.wrapping_sub(b'0')))?;
        }
        Ok(())
    }
}

/// The call that a line makes.
fn wanted(line: &str) -> Result<Call, String> {
    let (printed, calls, _) = cli::rehearse(line, Vec::new());
    let said = || format!("the line makes no call: {}", printed.stderr.trim());
    calls.into_iter().next().ok_or_else(said)
}

/// The call that the builder's line makes, read as the terminal reads it.
fn wanted_of(builder: &Builder) -> Option<Call> {
    wanted(&builder.line()).ok()
}

/// A value with the names of ECS's things in place of their ARNs: to ECS they are the same.
fn by_name(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("arn:aws:ecs:") => Value::from(tail(text)),
        Value::Array(items) => items.iter().map(by_name).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), by_name(value))).collect()
        }
        other => other.clone(),
    }
}

fn says(tap: &Tap) -> String {
    match tap {
        Tap::Word(word) => format!("`{word}`"),
        Tap::Service(name) => format!("`{name}`"),
        Tap::Operation(service, verb) => format!("`{service} {verb}`"),
        Tap::Open(Key::Name(name)) => format!("`{name}`"),
        Tap::Set(value) => format!("the value `{value}`"),
        Tap::Extra(flag, value) => format!("`{flag} {value}`"),
        other => format!("{other:?}"),
    }
}
