//! GetLogEvents: what containers with the log driver `awslogs` wrote. It is read off the tasks themselves, for as long
//! as they can be described.

use serde_json::{Value, json};

use crate::cloud::account::Account;
use crate::cloud::action::Ctx;
use crate::cloud::ecs::container::State;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::params::Params;
use crate::cloud::time::SimTime;

/// The events of one stream, `prefix/container/task` (facts: ECS guide, "awslogs-stream-prefix").
pub(super) fn events(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let group = params.str("logGroupName").or_else(|| {
        let arn = params.str("logGroupIdentifier")?;
        Some(arn.split_once(":log-group:").map_or(arn, |(_, name)| name).trim_end_matches(":*"))
    });
    let stream = params.required("logStreamName");
    let Some(lines) = group.and_then(|group| lines(cx.account, group, stream)) else {
        return Err(ApiError::new(
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        ));
    };
    let bound = |name: &str| params.int(name).and_then(|ms| u64::try_from(ms).ok());
    let (from, to) = (bound("startTime").unwrap_or(0), bound("endTime").unwrap_or(u64::MAX));
    let mut lines: Vec<(SimTime, String)> =
        lines.into_iter().filter(|(at, _)| (from..to).contains(&at.0)).collect();
    let most = params.int("limit").and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(limits::LOG_EVENTS).min(limits::LOG_EVENTS);
    if params.bool("startFromHead").unwrap_or(false) {
        lines.truncate(most);
    } else {
        lines.drain(..lines.len().saturating_sub(most));
    }
    // The token leads to an empty page once everything was read, as AWS's does.
    let all_read = params.str("nextToken").is_some();
    let events = lines.iter().filter(|_| !all_read).map(
        |(at, message)| json!({ "timestamp": at.0, "message": message, "ingestionTime": at.0 }),
    );
    Ok(json!({
        "events": events.collect::<Vec<_>>(),
        "nextForwardToken": format!("f/{:056}/s", lines.last().map_or(0, |(at, _)| at.0)),
        "nextBackwardToken": format!("b/{:056}/s", lines.first().map_or(0, |(at, _)| at.0)),
    }))
}

/// Oldest first; nothing where there is no such stream.
fn lines(account: &Account, group: &str, stream: &str) -> Option<Vec<(SimTime, String)>> {
    let (rest, task) = stream.rsplit_once('/')?;
    let task = account.tasks.find(task)?;
    let mut found = task.definition.containers.iter().zip(&task.containers);
    let (definition, container) = found.find(|(definition, _)| {
        let wanted = definition.log_prefix.as_deref().map(|p| format!("{p}/{}", definition.name));
        definition.log_driver.as_deref() == Some("awslogs")
            && definition.log_group.as_deref() == Some(group)
            && wanted.as_deref() == Some(rest)
    })?;
    let started = container.started?;
    let mut lines = vec![(started, format!("{} started", definition.image))];
    if let (State::Stopped, Some(code)) = (container.state, container.exit_code) {
        let at = task.times.execution_stopped.unwrap_or(started);
        lines.push((at, format!("{} ended with exit code {code}", definition.image)));
    }
    Some(lines)
}
