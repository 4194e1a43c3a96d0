//! A step on the way back to a cause: a thing and a moment that one can go to.

use serde_json::Value;

use crate::cloud::account::Account;
use crate::cloud::story::{Cause, Event, Tone};
use crate::cloud::time::SimTime;
use crate::cloud::trail::Record;
use crate::session::view::calls;
use crate::session::view::rows::short;

/// How far back causes are followed.
const STEPS_MOST: usize = 12;

/// A thing at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// When.
    pub at: SimTime,
    /// What it happened to: a kind as in `data-kind`, or `call` with its number in the trail as id.
    pub kind: &'static str,
    /// As in `data-id`, or its end.
    pub id: String,
    /// In words.
    pub text: String,
}

impl Link {
    /// What happened at a moment.
    pub(super) fn event(event: &Event) -> Self {
        // Names of alarms are not ids: cut short they would say nothing.
        let name = if event.kind == "alarm" { &event.id } else { short(&event.id) };
        Self {
            at: event.at,
            kind: event.kind,
            id: event.id.to_string(),
            text: format!("{} {name}: {}", event.kind.replace('-', " "), said(event)),
        }
    }

    /// A call.
    pub(super) fn call(record: &Record) -> Self {
        let line = calls::line(record);
        let who = if line.own { "your call".to_owned() } else { format!("{} called", line.who) };
        let text = format!("{who} {}", line.name);
        Self { at: line.at, kind: "call", id: line.no.to_string(), text }
    }
}

/// The event's text; AWS begins those of services with the service's name, which is said already.
fn said(event: &Event) -> &str {
    let rest = event.text.strip_prefix("(service ").and_then(|rest| rest.strip_prefix(&*event.id));
    rest.and_then(|rest| rest.strip_prefix(") ")).unwrap_or(&event.text)
}

/// What happened, and the way back from it.
pub(super) fn from(account: &Account, event: &Event) -> Vec<Link> {
    chain(account, Cause::Event(event.no))
}

/// The way back from a cause to the call or the fault where it began, without the stations of a life on the way.
pub(super) fn chain(account: &Account, first: Cause) -> Vec<Link> {
    let mut steps: Vec<Link> = Vec::new();
    let mut next = Some(first);
    while let (Some(cause), true) = (next, steps.len() < STEPS_MOST) {
        next = match cause {
            Cause::Event(no) => account.story.get(no).map(|event| {
                let same = |last: &Link| last.kind == event.kind && *last.id == *event.id;
                // That it was PENDING before it was ACTIVATING explains nothing.
                if !(is_status(&event.text) && steps.last().is_some_and(same)) {
                    steps.push(Link::event(event));
                }
                event.cause
            }),
            Cause::Call(no) => {
                steps.extend(account.trail.get(no).map(|record| Link::call(record)));
                None
            }
            Cause::Fault => {
                // A fault has no record of its own: it is the event that it caused.
                if let Some(last) = steps.last_mut() {
                    last.text.push_str(" (a fault that was injected)");
                }
                None
            }
        };
    }
    steps
}

/// What happened at a moment at which something came to be otherwise: a failure before all else, then what is said in a
/// sentence, and the newest of these.
pub fn at_moment(account: &Account, at: SimTime) -> Option<Link> {
    let events = || account.story.iter().rev().filter(|event| event.at == at);
    let failed = events().find(|event| event.tone == Tone::Failure);
    let said = || events().find(|event| !is_status(&event.text));
    failed.or_else(said).or_else(|| events().next()).map(Link::event)
}

/// A word of AWS's such as `PENDING`, not a sentence.
fn is_status(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The newest of these operations that worked and named `name` in its request or its answer.
pub(super) fn call_about(account: &Account, operations: &[&str], name: &str) -> Option<Link> {
    let fits = |record: &&std::sync::Arc<Record>| {
        operations.contains(&&*record.call.operation)
            && record
                .reply
                .as_ref()
                .is_ok_and(|reply| mentions(reply, name) || mentions(&record.call.input, name))
    };
    account.trail.iter().rev().find(fits).map(|record| Link::call(record))
}

/// A text inside is the name, or ends with it behind a slash or a colon.
fn mentions(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text
            .strip_suffix(name)
            .is_some_and(|before| before.is_empty() || before.ends_with(['/', ':'])),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::Object(members) => members.values().any(|member| mentions(member, name)),
        _ => false,
    }
}
