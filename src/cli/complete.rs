//! What may come next on a line: commands, operations, flags, words of enums, and the names of what is
//! there in the account.

use super::argparse::Takes;
use super::aws::{command_names, operation_names, service_of};
use super::help::{sentence, service_sentence};
use super::live;
use super::operation::{Argument, Target, arguments};
use super::shell::WORDS;
use super::{docker, faults, files, globals, words};
use crate::cloud::Cloud;
use crate::cloud::api::{Operation, Service, Shape, ShapeId};
use crate::cloud::ecr::names;
use crate::cloud::elbv2::rule;
use crate::cloud::rows::Kind;

/// A way to go on with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The byte from which the line is replaced, up to its end.
    pub replace_from: usize,
    /// What stands there then.
    pub text: String,
    /// What it is, for display beside it.
    pub note: String,
}

/// Ways to go on, at most. Chosen: more is no help.
const MOST: usize = 60;

/// What may follow `text`, which ends where the cursor is. Nothing inside of quotes.
pub fn complete(cloud: &Cloud, text: &str) -> Vec<Completion> {
    let start = text.rfind(char::is_whitespace).map_or(0, |at| {
        at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let (before, typed) = text.split_at(start);
    let Ok(before) = words::words(before) else { return Vec::new() };
    let mut found = Found { typed, start, list: Vec::new() };
    match before.split_first() {
        None => {
            for (word, what) in WORDS {
                found.add(word, what);
            }
        }
        Some((first, rest)) => match first.as_str() {
            "aws" => aws(cloud, rest, &mut found),
            "fault" => fault(cloud, rest, &mut found),
            "traffic" if rest.is_empty() => found.live(cloud, "LoadBalancerName"),
            "wait" | "settle" if rest.is_empty() => {
                found.add_all(&["10s", "30s", "1m", "5m", "1h"]);
            }
            "docker" => docker_words(cloud, rest, &mut found),
            "inside" if rest.is_empty() => found.live(cloud, "task"),
            "inside" => found.add("aws", ""),
            "curl" => addresses(cloud, &mut found),
            "cat" => files::names().for_each(|name| found.add(name, "")),
            _ => {}
        },
    }
    found.list.truncate(MOST);
    found.list
}

struct Found<'a> {
    /// What was typed of the word so far.
    typed: &'a str,
    start: usize,
    list: Vec<Completion>,
}

impl Found<'_> {
    fn add(&mut self, text: &str, note: &str) {
        self.add_inside(0, text, note);
    }

    fn add_all(&mut self, words: &[&str]) {
        for word in words {
            self.add(word, "");
        }
    }

    /// A completion of what was typed from a place inside the word.
    fn add_inside(&mut self, from: usize, text: &str, note: &str) {
        let part = self.typed.get(from..).unwrap_or_default();
        let new = !self.list.iter().any(|known| known.text == text);
        if text.starts_with(part) && text != part && new {
            let replace_from = self.start + from;
            self.list.push(Completion {
                replace_from,
                text: text.to_owned(),
                note: note.to_owned(),
            });
        }
    }

    fn live(&mut self, cloud: &Cloud, parameter: &str) {
        self.live_inside(0, cloud, parameter);
    }

    fn live_inside(&mut self, from: usize, cloud: &Cloud, parameter: &str) {
        for (name, note) in live::names(cloud, parameter) {
            self.add_inside(from, &name, &note);
        }
    }
}

#[inline(never)]
fn addresses(cloud: &Cloud, found: &mut Found<'_>) {
    for row in Kind::LoadBalancer.rows(cloud.account()) {
        let text =
            |name: &str| row.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        found.add(&format!("http://{}/", text("DNSName")), text("LoadBalancerName"));
        // The paths that rules speak of, without their wildcards.
        for path in rule::paths(cloud.account(), text("LoadBalancerArn")) {
            let path = path.trim_start_matches('/').split(['*', '?']).next().unwrap_or_default();
            found.add(&format!("http://{}/{path}", text("DNSName")), text("LoadBalancerName"));
        }
    }
}

/// Commands of Docker, then the names of images.
#[inline(never)]
fn docker_words(cloud: &Cloud, rest: &[String], found: &mut Found<'_>) {
    if rest.is_empty() {
        return docker::WORDS.iter().for_each(|(word, what)| found.add(word, what));
    }
    for image in cloud.account().docker.images() {
        image.names.iter().for_each(|name| found.add(docker::familiar(name), ""));
    }
    for repository in cloud.account().repositories.values() {
        found.add(&format!("{}/{}", names::registry(), repository.name), &repository.name);
    }
}

#[inline(never)]
fn fault(cloud: &Cloud, rest: &[String], found: &mut Found<'_>) {
    let Some((word, rest)) = rest.split_first() else {
        return faults::words().for_each(|(word, what)| found.add(word, what));
    };
    match faults::parameter(word, rest.len()) {
        Some("zone") => {
            found.add_all(&["us-east-1a", "us-east-1b", "us-east-1c"]);
        }
        Some("behaviour") => {
            found.add_all(&["crash", "exit", "slow", "leak", "unhealthy", "recover"]);
        }
        Some(parameter) => found.live(cloud, parameter),
        None => {}
    }
}

fn aws(cloud: &Cloud, rest: &[String], found: &mut Found<'_>) {
    let mut plain = Vec::new();
    let mut open_global = None;
    for word in rest {
        match open_global.take() {
            Some(_) => {}
            None if word.starts_with("--") => {
                let flag = globals::FLAGS.iter().find(|(flag, ..)| flag == word);
                open_global =
                    flag.filter(|(_, takes, _)| *takes == Takes::One).map(|(flag, ..)| *flag);
                if flag.is_none() {
                    plain.push(word.as_str());
                }
            }
            None => plain.push(word.as_str()),
        }
    }
    if let Some(flag) = open_global {
        return found.add_all(globals::choices(flag));
    }
    match plain.as_slice() {
        [] => {
            for name in command_names() {
                found.add(name, service_sentence(name));
            }
        }
        ["s3"] => found.add("ls", ""),
        [command] => {
            if let Some(service) = service_of(command) {
                operations(service, found);
            }
        }
        [command, "wait"] => {
            for waiter in service_of(command).iter().flat_map(|service| &service.waiters) {
                found.add(&waiter.cli_name, "");
            }
        }
        [command, name, rest @ ..] => {
            let Some(service) = service_of(command) else { return };
            let waiter = rest.first().filter(|_| *name == "wait");
            let waiter = waiter.and_then(|name| service.waiter_by_cli(name));
            let (operation, rest) = match waiter {
                Some(waiter) => {
                    (service.operation(waiter.operation), rest.get(1..).unwrap_or_default())
                }
                None => (service.operation_by_cli(name), rest),
            };
            if let Some(operation) = operation {
                parameters(cloud, service, operation, rest, found);
            }
        }
    }
    if found.typed.starts_with("--") {
        for (flag, _, what) in globals::FLAGS {
            found.add(flag, what);
        }
    }
}

fn operations(service: &'static Service, found: &mut Found<'_>) {
    for name in operation_names(service) {
        let wire = service.operation_by_cli(name).map_or(name, |operation| operation.name);
        found.add(name, sentence(service.name, wire));
    }
}

/// Flags that were not used yet, or the words of the flag before.
fn parameters(
    cloud: &Cloud,
    service: &'static Service,
    operation: &'static Operation,
    rest: &[&str],
    found: &mut Found<'_>,
) {
    let arguments = arguments(service, operation);
    let by_name = |name: &str| arguments.iter().find(|argument| argument.flag.name == name);
    let last = rest.iter().rposition(|word| word.starts_with("--"));
    let open = last.and_then(|at| Some((by_name(rest.get(at)?)?, rest.get(at + 1..)?)));
    if let Some((argument, given)) = open {
        let wants = match argument.flag.takes {
            Takes::None => false,
            Takes::One | Takes::Maybe => given.is_empty(),
            Takes::Any => true,
        };
        if wants && !found.typed.starts_with('-') {
            return values(cloud, service, argument, given, found);
        }
    }
    let used = |name: &str| rest.contains(&name);
    // What is needed comes first.
    for needed in [true, false] {
        for argument in arguments.iter().filter(|argument| argument.flag.required == needed) {
            if !used(&argument.flag.name) && (needed || found.typed.starts_with('-')) {
                found.add(&argument.flag.name, if needed { "needed" } else { "" });
            }
        }
    }
    if !used("help") && rest.is_empty() {
        found.add("help", "");
    }
}

/// What the flag takes, without the words that it was given already.
fn values(
    cloud: &Cloud,
    service: &'static Service,
    argument: &Argument,
    given: &[&str],
    found: &mut Found<'_>,
) {
    let names_file = "file://".starts_with(found.typed) && takes_document(argument);
    if names_file || found.typed.starts_with("file://") {
        for name in files::names() {
            found.add(&format!("file://{name}"), "");
        }
    }
    found.add_all(argument.flag.choices);
    let Target::Member(member) = argument.target else { return };
    let inner = item_of(service, member.shape);
    match service.shape(inner) {
        Shape::String { values, .. } if !values.is_empty() => {
            found.add_all(values);
        }
        Shape::Structure(structure) => {
            // `key=value`: names inside belong to the key before the last `=`.
            match found.typed.rfind('=') {
                None => {
                    for member in &structure.members {
                        found.add(&format!("{}=", member.name), "");
                    }
                }
                Some(at) => inside(cloud, service, inner, at, found),
            }
        }
        _ => found.live(cloud, member.name),
    }
    found.list.retain(|completion| !given.contains(&completion.text.as_str()));
}

/// Inside of shorthand, behind the key that ends at `equals`.
#[inline(never)]
fn inside(
    cloud: &Cloud,
    service: &'static Service,
    shape: ShapeId,
    equals: usize,
    found: &mut Found<'_>,
) {
    let typed = found.typed;
    let key = typed.get(..equals).unwrap_or_default();
    let key = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let from = typed.rfind(['=', ',', '[', '{']).map_or(0, |at| at + 1);
    if let Some(Shape::String { values, .. }) = member_inside(service, shape, key, 4) {
        for word in values {
            found.add_inside(from, word, "");
        }
    }
    found.live_inside(from, cloud, key);
}

/// The shape of a member with this name, in a structure or in those inside it.
fn member_inside(
    service: &'static Service,
    shape: ShapeId,
    name: &str,
    depth: usize,
) -> Option<&'static Shape> {
    let structure = service.structure(item_of(service, shape)).filter(|_| depth > 0)?;
    if let Some(member) = structure.member(name) {
        return Some(service.shape(item_of(service, member.shape)));
    }
    let mut members = structure.members.iter();
    members.find_map(|member| member_inside(service, member.shape, name, depth - 1))
}

fn item_of(service: &Service, shape: ShapeId) -> ShapeId {
    match service.shape(shape) {
        Shape::List { member, .. } => *member,
        _ => shape,
    }
}

/// A flag whose value is often kept in a file.
fn takes_document(argument: &Argument) -> bool {
    match argument.target {
        Target::InputJson => true,
        Target::Member(member) => {
            member.name.ends_with("Document")
                || member.name == "UserData"
                || member.name == "containerDefinitions"
        }
        _ => false,
    }
}
