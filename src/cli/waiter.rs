//! `aws … wait …`: an operation is polled until its answer is as wanted. Virtual time passes between
//! two polls, as much as botocore sleeps.

use serde_json::Value;

use super::argparse::{self, Positional};
use super::aws::Aws;
use super::fail::{Fail, USAGE_STATUS};
use super::globals::Globals;
use super::jmespath::{Expression, equals};
use super::operation;
use crate::cloud::api::{Acceptor, Expected, Matcher, Service, Verdict, Waiter};
use crate::cloud::error::ApiError;
use crate::cloud::time::{Millis, SECOND};

/// Runs the words after `wait`.
#[inline(never)]
pub(super) fn run(
    aws: &mut Aws<'_>,
    service: &'static Service,
    words: &[String],
    globals: &Globals,
) -> Result<(), Fail> {
    let names: Vec<&str> = service.waiters.iter().map(|waiter| waiter.cli_name.as_str()).collect();
    if words.is_empty() {
        let name = super::aws::command_name(service.name);
        return Err(Fail {
            text: format!(
                "\nusage: aws [options] {name} wait <subcommand> [parameters]\n\
                 aws: error: too few arguments\n"
            ),
            status: USAGE_STATUS,
        });
    }
    if words.first().is_some_and(|word| word == "help") {
        aws.help(&[super::aws::command_name(service.name)]);
        return Ok(());
    }
    let parsed = argparse::parse(&[], Positional::Choice("subcommand", &names, ""), words)?;
    let waiter = service.waiter_by_cli(&parsed.positional.unwrap_or_default());
    let found = waiter.and_then(|waiter| Some((waiter, service.operation(waiter.operation)?)));
    let Some((waiter, operation)) = found else { return Ok(()) };
    let Some(request) = operation::read(service, operation, &parsed.rest, globals)? else {
        aws.help(&[super::aws::command_name(service.name), "wait", &waiter.cli_name]);
        return Ok(());
    };
    let mut input = request.input;
    if !request.paging.is_empty() {
        input.insert("PaginationConfig".to_owned(), Value::Object(request.paging));
    }
    let input = Value::Object(input);
    let mut attempts = 0;
    loop {
        let answer = aws.try_call(service, operation, input.clone())?;
        attempts += 1;
        match judge(waiter, &answer)? {
            (Some(Verdict::Success), _) => return Ok(()),
            (Some(Verdict::Failure), acceptor) => {
                let why = explain(acceptor);
                return Err(failed(
                    waiter,
                    format_args!("Waiter encountered a terminal failure state: {why}"),
                ));
            }
            (verdict, acceptor) if attempts >= waiter.max_attempts => {
                let seen = match verdict {
                    Some(_) => format!(". Previously accepted state: {}", explain(acceptor)),
                    None => String::new(),
                };
                return Err(failed(waiter, format_args!("Max attempts exceeded{seen}")));
            }
            _ => aws.endpoint.pass(Millis::from(waiter.delay_s) * SECOND),
        }
    }
}

fn failed(waiter: &Waiter, reason: impl std::fmt::Display) -> Fail {
    Fail::other(format_args!("Waiter {} failed: {reason}", waiter.name))
}

type Answer = Result<Value, ApiError>;

/// The verdict of the first rule that matches, and that rule.
fn judge<'w>(
    waiter: &'w Waiter,
    answer: &Answer,
) -> Result<(Option<Verdict>, Option<&'w Acceptor>), Fail> {
    for acceptor in &waiter.acceptors {
        if matches(acceptor.matcher, answer)? {
            return Ok((Some(acceptor.verdict), Some(acceptor)));
        }
    }
    match answer {
        Ok(_) => Ok((None, None)),
        Err(error) => Err(failed(
            waiter,
            format_args!("An error occurred ({}): {}", error.code, error.message),
        )),
    }
}

fn matches(matcher: Matcher, answer: &Answer) -> Result<bool, Fail> {
    let find = |query: &str, reply: &Value| {
        let expression = Expression::parse(query).map_err(|error| Fail::other(error.0))?;
        expression.search(reply).map_err(Fail::other)
    };
    match (matcher, answer) {
        (Matcher::Path(query, expected), Ok(reply)) => {
            Ok(equals(&find(query, reply)?, &value(expected)))
        }
        (Matcher::PathAll(query, expected), Ok(reply)) => Ok(match find(query, reply)? {
            Value::Array(items) => {
                !items.is_empty() && items.iter().all(|item| equals(item, &value(expected)))
            }
            _ => false,
        }),
        (Matcher::PathAny(query, expected), Ok(reply)) => Ok(match find(query, reply)? {
            Value::Array(items) => items.iter().any(|item| equals(item, &value(expected))),
            _ => false,
        }),
        (Matcher::Status(status), Ok(_)) => Ok(status == 200),
        (Matcher::Status(status), Err(error)) => Ok(status == error.status),
        (Matcher::Error(code), Err(error)) => Ok(code == error.code),
        _ => Ok(false),
    }
}

fn value(expected: Expected) -> Value {
    match expected {
        Expected::Text(text) => Value::from(text),
        Expected::Flag(flag) => Value::from(flag),
    }
}

/// Why a rule matched, in botocore's words.
fn explain(acceptor: Option<&Acceptor>) -> String {
    let text = |expected: Expected| super::python::text(&value(expected));
    match acceptor.map(|acceptor| acceptor.matcher) {
        None => String::new(),
        Some(Matcher::Path(query, expected)) => {
            format!("For expression \"{query}\" we matched expected path: \"{}\"", text(expected))
        }
        Some(Matcher::PathAll(query, expected)) => format!(
            "For expression \"{query}\" all members matched excepted path: \"{}\"",
            text(expected)
        ),
        Some(Matcher::PathAny(query, expected)) => format!(
            "For expression \"{query}\" we matched expected path: \"{}\" at least once",
            text(expected)
        ),
        Some(Matcher::Status(status)) => format!("Matched expected HTTP status code: {status}"),
        Some(Matcher::Error(code)) => format!("Matched expected service error code: {code}"),
    }
}
