//! The beginning of a line: what to do, with which service.

use super::page::{Chip, Group};
use super::stock::Stock;
use super::{Builder, Tap};
use crate::cli;
use crate::cloud::action::{Action, actions, is_modelled};
use crate::cloud::api::{self, Service, cli_name};
use crate::cloud::sort;

/// Lengths of time for `wait` and `settle`.
const LENGTHS: &[&str] =
    &["5s", "10s", "20s", "30s", "60s", "90s", "2m", "3m", "5m", "10m", "15m", "20m", "30m", "1h"];

/// What a line can begin with.
pub(super) fn start(stock: &Stock<'_>) -> Vec<Group> {
    let own = stock.hints.heads.iter().filter_map(|head| head_chip(head));
    let services = api::service_names().filter(|service| is_modelled(service));
    let services = services.map(|service| Chip::new(service, Tap::Service(service)));
    let words = cli::complete(stock.cloud, "").into_iter().filter(|word| word.text != "aws");
    let words = words.map(|word| Chip::new(word.text.clone(), Tap::Word(word.text)));
    vec![
        Group::new("In this step", own.collect()),
        Group::new("Services", services.collect()),
        Group::new("The simulator", words.collect()),
    ]
}

/// A chip for `aws ecs run-task`, `aws ecs wait tasks-running` or `wait`.
fn head_chip(head: &str) -> Option<Chip> {
    let mut words = head.splitn(3, ' ');
    let tap = match (words.next(), words.next(), words.next()) {
        (Some("aws"), Some(service), Some(verb)) => {
            let service = api::service_names().find(|name| *name == service)?;
            let tap = Tap::Operation(service, verb.to_owned());
            return Some(Chip::new(verb, tap).with_note(service));
        }
        (Some(word), None, None) => Tap::Word(word.to_owned()),
        _ => return None,
    };
    Some(Chip::new(head, tap))
}

/// What a service can do: what changes something, what only reads, what waits.
#[inline(never)]
pub(super) fn verbs(service: &'static Service) -> Vec<Group> {
    let chip = |verb: String| Chip::new(verb.clone(), Tap::Operation(service.name, verb));
    let chips = |wanted: fn(&Action) -> bool| {
        let mut verbs: Vec<_> = actions(service.name)
            .iter()
            .filter(|action| wanted(action))
            .map(|action| cli_name(action.operation))
            .collect();
        sort::plain(&mut verbs);
        verbs.into_iter().map(chip).collect()
    };
    let known =
        |operation: &str| actions(service.name).iter().any(|action| action.operation == operation);
    let waiters = service.waiters.iter().filter(|waiter| known(waiter.operation));
    let waits = waiters.map(|waiter| chip(format!("wait {}", waiter.cli_name)));
    vec![
        Group::new("Change", chips(|action| !action.read_only)),
        Group::new("Look", chips(|action| action.read_only)),
        Group::new("Wait for", waits.collect()),
    ]
}

/// The words that can follow in a line of the simulator's own or of another tool.
#[inline(never)]
pub(super) fn next_words(words: &[String], stock: &Stock<'_>) -> Vec<Group> {
    let line = format!("{} ", words.join(" "));
    let known = stock.hints.words.iter().filter(|line| line.starts_with(words));
    let mut next: Vec<String> = known.filter_map(|line| line.get(words.len()).cloned()).collect();
    next.extend(cli::complete(stock.cloud, &line).into_iter().map(|completion| completion.text));
    if matches!(words, [word] if word == "wait" || word == "settle") {
        next.extend(LENGTHS.iter().map(|length| (*length).to_owned()));
    }
    sort::by_key(&mut next, |word| (word.len(), word.clone()));
    next.dedup();
    let chips = next.into_iter().map(|word| Chip::new(word.clone(), Tap::Word(word)));
    vec![Group::new("Next", chips.collect())]
}

impl Builder {
    /// The verb chosen, as the page names it.
    pub(super) fn verb(call: &super::draft::CallDraft) -> String {
        match call.waiter {
            Some(waiter) => format!("{} wait {}", call.service.name, waiter.cli_name),
            None => format!("{} {}", call.service.name, call.operation.cli_name),
        }
    }
}
