//! CloudWatch Logs: groups, their streams, and what containers with the log driver `awslogs` write to them.
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::sort;
use crate::cloud::story::Tone;
use crate::cloud::table::Row;
use crate::cloud::time::SimTime;

/// A log group.
#[derive(Clone, Debug)]
pub struct LogGroup {
    /// Its name: `/ecs/web`.
    pub name: Arc<str>,
    /// When it was made.
    pub created: SimTime,
    /// Its streams by name.
    pub streams: Map<Arc<str>, Stream>,
}

/// A stream of a log group.
#[derive(Clone, Debug)]
pub struct Stream {
    /// When it was made.
    pub created: SimTime,
    /// Its lines, the oldest first.
    pub events: Vec<(SimTime, Arc<str>)>,
}

impl Row for LogGroup {
    fn key(&self) -> &str {
        &self.name
    }
}

/// The ARN of a log group, as policies name it; a stream follows with `:log-stream:`.
pub fn arn(group: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{group}", limits::REGION, limits::ACCOUNT)
}

/// Makes a group; nothing where it is there or where there are too many.
pub fn make_group(account: &mut Account, name: &str, now: SimTime) {
    if account.log_groups.id(name).is_none() && account.log_groups.len() < limits::LOG_GROUPS {
        let streams = Map::new();
        account.log_groups.insert(LogGroup { name: Arc::from(name), created: now, streams });
    }
}

/// Adds a line to a stream, which is made if it is not there. The oldest lines and streams are dropped.
#[inline(never)]
pub fn write(account: &mut Account, group: &str, stream: &str, now: SimTime, line: Option<&str>) {
    let Some(id) = account.log_groups.id(group) else { return };
    let Some(group) = account.log_groups.edit(id) else { return };
    if !group.streams.contains_key(stream) && group.streams.len() >= limits::LOG_STREAMS {
        let oldest = group.streams.iter().min_by_key(|(_, one)| one.created);
        let oldest = oldest.map(|(name, _)| Arc::clone(name));
        oldest.and_then(|name| group.streams.remove(&name));
    }
    let new = || Stream { created: now, events: Vec::new() };
    let Some(stream) = group.streams.at(Arc::from(stream), new) else { return };
    if stream.events.len() >= limits::LOG_STREAM_EVENTS {
        stream.events.remove(0);
    }
    stream.events.extend(line.map(|line| (now, Arc::from(line))));
}

pub(super) fn create_group(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let name = params.required("logGroupName");
    let letter = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    if name.len() > 512 || !name.chars().all(letter) {
        return Err(ApiError::invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        )));
    }
    if cx.account.log_groups.id(name).is_some() {
        let text = "The specified log group already exists";
        return Err(ApiError::new("ResourceAlreadyExistsException", text));
    }
    if cx.account.log_groups.len() >= limits::LOG_GROUPS {
        return Err(ApiError::new("LimitExceededException", "Resource limit exceeded."));
    }
    make_group(cx.account, name, cx.now);
    cx.tell(Tone::Change, "log-group", &Arc::from(name), "created");
    Ok(json!({}))
}

pub(super) fn describe_groups(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let start = params.str("logGroupNamePrefix").unwrap_or("");
    let part = params.str("logGroupNamePattern").unwrap_or("");
    let wanted = |row: &&Arc<LogGroup>| row.name.starts_with(start) && row.name.contains(part);
    let mut rows: Vec<&Arc<LogGroup>> = cx.account.log_groups.values().filter(wanted).collect();
    sort::by(&mut rows, |a, b| a.name.cmp(&b.name));
    let shown = rows.into_iter().map(|row| {
        json!({
            "logGroupName": row.name,
            "creationTime": row.created.0,
            "metricFilterCount": 0,
            "arn": format!("{}:*", arn(&row.name)),
            "storedBytes": 0,
            "logGroupClass": "STANDARD",
            "logGroupArn": arn(&row.name),
        })
    });
    let (shown, more) = paged(params, shown.collect(), limits::LOG_NAMES_AT_ONCE)?;
    Ok(Shape::with_room(2).put("logGroups", shown).maybe("nextToken", more).done())
}

pub(super) fn describe_streams(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = found(cx.account, params)?;
    let start = params.str("logStreamNamePrefix").unwrap_or("");
    // API-logs DescribeLogStreams.orderBy; the sentence is known from reports.
    if !start.is_empty() && params.str("orderBy") == Some("LastEventTime") {
        let text = "Cannot order by LastEventTime with a logStreamNamePrefix.";
        return Err(ApiError::new("InvalidParameterException", text));
    }
    let streams = group.streams.iter().filter(|(name, _)| name.starts_with(start));
    let mut streams: Vec<(&Arc<str>, &Stream)> = streams.collect();
    let last = |stream: &Stream| stream.events.last().map(|(at, _)| *at);
    if params.str("orderBy") == Some("LastEventTime") {
        sort::by_key(&mut streams, |one| last(one.1));
    }
    if params.bool("descending").unwrap_or(false) {
        streams.reverse();
    }
    let shown = streams.into_iter().map(|(name, stream)| {
        let first = stream.events.first().map(|(at, _)| at.0);
        Shape::with_room(7)
            .text("logStreamName", name)
            .put("creationTime", stream.created.0)
            .maybe("firstEventTimestamp", first)
            .maybe("lastEventTimestamp", last(stream).map(|at| at.0))
            .maybe("lastIngestionTime", last(stream).map(|at| at.0))
            .put("arn", format!("{}:log-stream:{name}", arn(&group.name)))
            .put("storedBytes", 0)
            .done()
    });
    let (shown, more) = paged(params, shown.collect(), limits::LOG_NAMES_AT_ONCE)?;
    Ok(Shape::with_room(2).put("logStreams", shown).maybe("nextToken", more).done())
}

/// The events of one stream.
pub(super) fn events(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = found(cx.account, params)?;
    let Some(stream) = group.streams.get(params.required("logStreamName")) else {
        return Err(missing("The specified log stream does not exist."));
    };
    let within = span(params);
    let mut lines: Vec<&(SimTime, Arc<str>)> =
        stream.events.iter().filter(|(at, _)| within.contains(&at.0)).collect();
    let most = most(params, limits::LOG_EVENTS);
    let (from, to) = match params.str("nextToken") {
        None if params.bool("startFromHead").unwrap_or(false) => (0, most),
        None => (lines.len().saturating_sub(most), lines.len()),
        Some(token) => {
            let (forward, place) = place(token).ok_or_else(bad_token)?;
            // Past the end stands an empty page, whose token is the same: so AWS says that everything was read.
            if forward {
                (place, place.saturating_add(most))
            } else {
                (place.saturating_sub(most), place)
            }
        }
    };
    let (from, to) = (from.min(lines.len()), to.min(lines.len()));
    let events = lines.drain(from..to).map(
        |(at, message)| json!({ "timestamp": at.0, "message": message, "ingestionTime": at.0 }),
    );
    Ok(json!({
        "events": events.collect::<Vec<_>>(),
        "nextForwardToken": format!("f/{to:056}/s"),
        "nextBackwardToken": format!("b/{from:056}/s"),
    }))
}

/// What a token of [`events`] says: whether it leads forward, and the place in the stream.
fn place(token: &str) -> Option<(bool, usize)> {
    let (way, rest) = token.split_once('/')?;
    Some((way == "f", rest.strip_suffix("/s")?.parse().ok()?))
}

/// The events of all streams of a group, or of some. A pattern is words that all have to be there.
pub(super) fn filter(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = found(cx.account, params)?;
    let start = params.str("logStreamNamePrefix").unwrap_or("");
    let named: Vec<&str> = params.strings("logStreamNames").collect();
    let pattern = params.str("filterPattern").unwrap_or("");
    let words: Vec<&str> = pattern.split_whitespace().map(|word| word.trim_matches('"')).collect();
    let within = span(params);
    let mut found: Vec<(SimTime, &Arc<str>, usize, &Arc<str>)> = Vec::new();
    for (name, stream) in &group.streams {
        if name.starts_with(start) && (named.is_empty() || named.contains(&&**name)) {
            let numbered = stream.events.iter().enumerate();
            let wanted = numbered.filter(|(_, (at, line))| {
                within.contains(&at.0) && words.iter().all(|word| line.contains(word))
            });
            found.extend(wanted.map(|(place, (at, line))| (*at, name, place, line)));
        }
    }
    sort::plain(&mut found);
    let shown = found.into_iter().map(|(at, stream, place, line)| {
        json!({
            "logStreamName": stream,
            "timestamp": at.0,
            "message": line,
            "ingestionTime": at.0,
            "eventId": format!("{:038}{place:018}", at.0),
        })
    });
    let (shown, more) = paged(params, shown.collect(), limits::LOG_EVENTS)?;
    let shape = Shape::with_room(3).put("events", shown).put("searchedLogStreams", json!([]));
    Ok(shape.maybe("nextToken", more).done())
}

/// From `startTime` up to, but not including, `endTime`.
fn span(params: Params<'_>) -> std::ops::Range<u64> {
    let bound = |name: &str| params.int(name).and_then(|ms| u64::try_from(ms).ok());
    bound("startTime").unwrap_or(0)..bound("endTime").unwrap_or(u64::MAX)
}

/// One page of rows, and the token of the next: how many have been shown then.
fn paged(
    params: Params<'_>,
    mut rows: Vec<Value>,
    at_once: usize,
) -> Result<(Vec<Value>, Option<String>), ApiError> {
    let token = params.str("nextToken").map(|token| token.parse().map_err(|_| bad_token()));
    let from = token.transpose()?.unwrap_or(0).min(rows.len());
    let to = from.saturating_add(most(params, at_once));
    let more = (rows.len() > to).then(|| to.to_string());
    rows.truncate(to);
    rows.drain(..from);
    Ok((rows, more))
}

fn bad_token() -> ApiError {
    ApiError::new("InvalidParameterException", "The specified nextToken is invalid.")
}

fn most(params: Params<'_>, at_once: usize) -> usize {
    let most = params.int("limit").and_then(|most| usize::try_from(most).ok());
    most.unwrap_or(at_once).min(at_once)
}

fn found<'a>(account: &'a Account, params: Params<'_>) -> Result<&'a Arc<LogGroup>, ApiError> {
    let name = params.str("logGroupName").or_else(|| {
        let arn = params.str("logGroupIdentifier")?;
        Some(arn.split_once(":log-group:").map_or(arn, |(_, name)| name).trim_end_matches(":*"))
    });
    let group = name.and_then(|name| account.log_groups.find(name));
    group.ok_or_else(|| missing("The specified log group does not exist."))
}

fn missing(text: &str) -> ApiError {
    ApiError::new("ResourceNotFoundException", text)
}
