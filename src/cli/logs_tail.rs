//! `aws logs tail`: the newest lines of a log group (awscli/customizations/logs/tail.py).

use serde_json::{Value, json};

use super::argparse::{self, Flag, Positional, Takes};
use super::aws::Aws;
use super::fail::Fail;
use super::operation::Request;
use super::pages::Pages;
use crate::cloud::api;
use crate::cloud::time::{DAY, Millis, SECOND, SimTime, parse_duration};

/// Runs the words after `aws logs tail`.
pub(super) fn run(aws: &mut Aws<'_>, words: &[String]) -> Result<(), Fail> {
    let switch = |name: &str| Flag { takes: Takes::None, ..Flag::one(name) };
    let format = Flag { choices: &["detailed", "short", "json"], ..Flag::one("--format") };
    let flags = [
        Flag::one("--since"),
        switch("--follow"),
        format,
        Flag::one("--filter-pattern"),
        Flag { takes: Takes::Any, ..Flag::one("--log-stream-names") },
        Flag::one("--log-stream-name-prefix"),
    ];
    let parsed = argparse::parse(&flags, Positional::Word("group_name"), words)?;
    if !parsed.rest.is_empty() {
        return Err(Fail::param(format_args!("Unknown options: {}", parsed.rest.join(", "))));
    }
    let given = |at: usize| parsed.values.get(at).cloned().flatten();
    let one = |at: usize| given(at).and_then(|words| words.into_iter().next());
    if given(1).is_some() {
        return Err(Fail::honest(
            "`--follow` waits for new lines for ever, which this terminal does not do. `wait 30s` \
             and the same command without it show what came.",
            1,
        ));
    }
    let start = since(one(0).as_deref().unwrap_or("10m"), aws.endpoint.now())?;
    let mut input = json!({
        "logGroupName": parsed.positional.unwrap_or_default(),
        "interleaved": true,
        "startTime": start.0,
    });
    for (at, name) in [(3, "filterPattern"), (5, "logStreamNamePrefix")] {
        if let (Some(word), Some(members)) = (one(at), input.as_object_mut()) {
            members.insert(name.to_owned(), word.into());
        }
    }
    if let (Some(names), Some(members)) = (given(4), input.as_object_mut()) {
        members.insert("logStreamNames".to_owned(), names.into());
    }
    let short = one(2).as_deref() == Some("short");
    for event in events(aws, input)? {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = SimTime(event.get("timestamp").and_then(Value::as_u64).unwrap_or(0));
        let line = if short {
            let whole = SimTime(at.0 - at.0 % SECOND).iso();
            format!("{} {}\n", whole.trim_end_matches("+00:00"), text("message"))
        } else {
            format!("{} {} {}\n", micros(at), text("logStreamName"), text("message"))
        };
        aws.print(&line);
    }
    Ok(())
}

fn events(aws: &mut Aws<'_>, input: Value) -> Result<Vec<Value>, Fail> {
    let found = api::service("logs").and_then(|logs| {
        Some((logs, logs.operation("FilterLogEvents")?, logs.paginator("FilterLogEvents")?))
    });
    let (Some((service, operation, paginator)), Value::Object(input)) = (found, input) else {
        return Ok(Vec::new());
    };
    let request = Request { input, ..Request::default() };
    let pages = Pages::fetch(aws, service, operation, paginator, request)?;
    let lists = pages.list.iter().filter_map(|page| page.get("events")?.as_array());
    Ok(lists.flatten().cloned().collect())
}

/// A moment with its microseconds, which this command always prints.
fn micros(at: SimTime) -> String {
    let text = at.iso();
    if at.0.is_multiple_of(SECOND) { text.replace("+00:00", ".000000+00:00") } else { text }
}

/// `5m`, `2h`, `1d`, `1w` ago, or a moment.
fn since(text: &str, now: SimTime) -> Result<SimTime, Fail> {
    let days = |unit: char, days: Millis| {
        let number = text.strip_suffix(unit)?.parse::<u64>().ok()?;
        Some(number.saturating_mul(days * DAY))
    };
    let ago = parse_duration(text).ok().or_else(|| days('d', 1)).or_else(|| days('w', 7));
    let moment = || SimTime::read(&Value::from(text));
    ago.map(|ago| SimTime(now.0.saturating_sub(ago)))
        .or_else(moment)
        .ok_or_else(|| Fail::other(format_args!("Unknown string format: {text}")))
}
