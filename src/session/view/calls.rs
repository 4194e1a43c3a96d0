//! The log of API calls, one line a call: when, who, what, and what came of it.

use serde_json::Value;

use super::rows::{Read, tail};
use crate::cloud::input::Principal;
use crate::cloud::time::SimTime;
use crate::cloud::trail::{Record, Trail};
use crate::lesson::condition::result_of;

/// A call in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLine {
    /// Its number in the trail.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// `ecs:RunTask`, as in `data-call`.
    pub name: String,
    /// Who signed it.
    pub who: String,
    /// `ok` or the error's code, as in `data-result`.
    pub result: String,
    /// What else the answer says at a glance: what was made, or what could not be.
    pub note: String,
    /// It was the learner's own.
    pub own: bool,
}

/// The newest calls of a trail, at most so many, oldest first.
pub fn calls(trail: &Trail, most: usize) -> Vec<CallLine> {
    let mut lines: Vec<_> = trail.iter().rev().take(most).map(|record| line(record)).collect();
    lines.reverse();
    lines
}

/// One call.
pub fn line(record: &Record) -> CallLine {
    let who = who(&record.by);
    CallLine {
        no: record.no,
        at: record.at,
        name: format!("{}:{}", record.call.service, record.call.operation),
        own: who == "you",
        who,
        result: result_of(record).to_owned(),
        note: note(record),
    }
}

/// A principal in one word: `you`, a role's name, a service's name.
pub fn who(by: &Principal) -> String {
    if *by == Principal::administrator() {
        return "you".to_owned();
    }
    let session = by.0.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    session.or_else(|| by.0.strip_suffix(".amazonaws.com")).unwrap_or(tail(&by.0)).to_owned()
}

/// An error's sentence, a failure in an answer that is otherwise fine, or the name of what the call made.
fn note(record: &Record) -> String {
    let reply = match &record.reply {
        Ok(reply) => reply,
        Err(error) => return error.message.clone(),
    };
    let failures = reply.list("failures");
    if let Some(first) = failures.first() {
        let more = match failures.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        return format!("{}{more}", first.text("reason"));
    }
    if record.read_only { String::new() } else { made(reply) }
}

/// The name of the first thing in an answer: `web:2`, `i-0a1b…`.
fn made(reply: &Value) -> String {
    let inner = reply.as_object().and_then(|members| members.values().next());
    let thing = match inner {
        Some(Value::Array(items)) => items.first(),
        Some(object @ Value::Object(_)) => Some(object),
        _ => None,
    };
    let names = [
        "taskDefinitionArn",
        "taskArn",
        "serviceName",
        "clusterName",
        "InstanceId",
        "GroupId",
        "RoleName",
        "repositoryName",
        "TargetGroupName",
        "LoadBalancerName",
        "name",
    ];
    let found = thing.into_iter().flat_map(|thing| names.map(|name| thing.text(name)));
    let name = { found }.find(|name| !name.is_empty()).unwrap_or_default();
    super::rows::short(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use crate::cloud::Cloud;
    use crate::cloud::account::Start;

    #[test]
    fn a_line_says_who_what_and_how_it_ended() {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        cli::run(&mut cloud, "aws ecs create-cluster --cluster-name dock");
        cli::run(&mut cloud, "aws ecs delete-cluster --cluster quay");
        let lines = calls(&cloud.account().trail, 200);
        let own: Vec<_> = lines.iter().filter(|line| line.own).collect();
        assert_eq!((own[0].name.as_str(), own[0].result.as_str()), ("ecs:CreateCluster", "ok"));
        assert_eq!(own[0].note, "dock");
        assert_ne!(own[1].result, "ok");
        assert!(!own[1].note.is_empty());
    }

    #[test]
    fn principals_are_said_in_one_word() {
        assert_eq!(who(&Principal::administrator()), "you");
        assert_eq!(who(&Principal::service("ecs.amazonaws.com")), "ecs");
        let role = "arn:aws:sts::111122223333:assumed-role/ecsInstanceRole/i-0a1";
        assert_eq!(who(&Principal::service(role)), "ecsInstanceRole");
    }
}
