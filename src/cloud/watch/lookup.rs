//! CloudTrail's LookupEvents over the account's own record of calls.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::time::{SECOND, SimTime};
use crate::cloud::trail::Record;

/// Newest first, at most 50 at once.
pub(super) fn events(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let attributes: Vec<Params<'_>> =
        params.list("LookupAttributes").iter().map(Params::new).collect();
    if attributes.len() > 1 {
        return Err(ApiError::new(
            "InvalidLookupAttributesException",
            "You can only specify one lookup attribute.",
        ));
    }
    let size = params.int("MaxResults").unwrap_or(limits::LOOKUP_EVENTS);
    if !(1..=limits::LOOKUP_EVENTS).contains(&size) {
        return Err(ApiError::new(
            "InvalidMaxResultsException",
            "A max results value of 50 or less is required.",
        ));
    }
    let time = |name: &str| params.value(name).and_then(SimTime::read);
    let (from, to) = (time("StartTime"), time("EndTime"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(ApiError::new(
            "InvalidTimeRangeException",
            "The start time must be before the end time.",
        ));
    }
    let before = match params.str("NextToken") {
        None => u64::MAX,
        Some(token) => token.parse().map_err(|_| {
            ApiError::new("InvalidNextTokenException", "The next token is not valid.")
        })?,
    };
    let fits = |record: &&Arc<Record>| {
        record.no < before
            && from.is_none_or(|from| record.at >= from)
            && to.is_none_or(|to| record.at <= to)
            && attributes.iter().all(|one| has(record, *one))
    };
    let mut found = cx.account.trail.iter().rev().filter(fits).peekable();
    let (mut events, mut last) = (Vec::new(), 0);
    while let Some(record) =
        found.next_if(|_| i64::try_from(events.len()).is_ok_and(|count| count < size))
    {
        events.push(describe(record));
        last = record.no;
    }
    let more = found.peek().map(|_| last.to_string());
    Ok(Shape::with_room(2).put("Events", events).maybe("NextToken", more).done())
}

fn has(record: &Record, attribute: Params<'_>) -> bool {
    let value = attribute.required("AttributeValue");
    match attribute.required("AttributeKey") {
        "EventId" => id(record) == value,
        "EventName" => *record.call.operation == *value,
        "ReadOnly" => record.read_only.to_string() == value,
        "Username" => user(record) == value,
        "EventSource" => source(record) == value,
        "ResourceName" => resources(record)
            .iter()
            .any(|name| name == value || name.rsplit(['/', ':']).next() == Some(value)),
        _ => false,
    }
}

fn describe(record: &Record) -> Value {
    Shape::with_room(7)
        .put("EventId", id(record))
        .text("EventName", &record.call.operation)
        .put("ReadOnly", record.read_only.to_string())
        .at("EventTime", Some(SimTime(record.at.0 / SECOND * SECOND)))
        .put("EventSource", source(record))
        .put("Username", user(record))
        .put(
            "Resources",
            resources(record)
                .iter()
                .map(|name| json!({ "ResourceName": name }))
                .collect::<Vec<_>>(),
        )
        .put("CloudTrailEvent", body(record).to_string())
        .done()
}

/// The event as CloudTrail writes it (CloudTrail guide, "Record contents").
fn body(record: &Record) -> Value {
    let by = &record.by.0;
    let identity = if by.starts_with("arn:") {
        let kind = if by.contains(":user/") { "IAMUser" } else { "AssumedRole" };
        json!({ "type": kind, "arn": by, "accountId": limits::ACCOUNT, "userName": user(record) })
    } else {
        json!({ "type": "AWSService", "invokedBy": by })
    };
    let time = SimTime(record.at.0 / SECOND * SECOND).iso().replace("+00:00", "Z");
    let answer = record.reply.as_ref().ok().filter(|_| !record.read_only);
    let event = Shape::with_room(16)
        .put("eventVersion", "1.11")
        .put("userIdentity", identity)
        .put("eventTime", time)
        .put("eventSource", source(record))
        .text("eventName", &record.call.operation)
        .put("awsRegion", limits::REGION)
        .put("sourceIPAddress", if by.starts_with("arn:") { limits::LEARNER_ADDRESS } else { by })
        .maybe("errorCode", record.reply.as_ref().err().map(|error| error.code.to_string()))
        .maybe("errorMessage", record.reply.as_ref().err().map(|error| error.message.clone()))
        .put("requestParameters", (*record.call.input).clone())
        .put("responseElements", answer.map_or(Value::Null, |answer| (**answer).clone()))
        .put("eventID", id(record))
        .put("readOnly", record.read_only)
        .put("eventType", "AwsApiCall")
        .put("managementEvent", true)
        .put("recipientAccountId", limits::ACCOUNT);
    event.done()
}

/// Ids are made from the record's number, so that they repeat.
fn id(record: &Record) -> String {
    format!("{:08x}-0000-4000-8000-{:012x}", record.at.0 / SECOND % (1 << 32), record.no)
}

/// The end of the caller's ARN, or the service's name.
fn user(record: &Record) -> &str {
    record.by.0.rsplit('/').next().unwrap_or_default()
}

fn source(record: &Record) -> String {
    let name = match &*record.call.service {
        "elbv2" => "elasticloadbalancing",
        "cloudwatch" => "monitoring",
        other => other,
    };
    format!("{name}.amazonaws.com")
}

/// What a call names: the texts of its members that end in `Arn`, `Name`, `Id`, and those of ECS without such an end.
fn resources(record: &Record) -> Vec<String> {
    let members = record.call.input.as_object().into_iter().flatten();
    let named = members.filter(|(name, _)| {
        let ends = ["arn", "name", "id"].iter().any(|end| name.to_lowercase().ends_with(end));
        ends || matches!(name.as_str(), "cluster" | "service" | "taskDefinition" | "task")
    });
    named.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
}
