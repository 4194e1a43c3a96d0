//! Why something is as it is: what happened to it, what led to that, and what a stop reason means in plain words. All of
//! it comes from the simulator's own record.

use serde_json::Value;

use super::rows::{Read, Row, tail};
use super::{calls, placed};
use crate::cloud::account::Account;
use crate::cloud::story::{Cause, Event, Tone};
use crate::cloud::time::SimTime;

/// How far back causes are followed.
const STEPS_MOST: usize = 12;
/// The newest moments of a thing that are told.
const MOMENTS_MOST: usize = 40;

/// What happened to a thing, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The moments.
    pub moments: Vec<Moment>,
    /// Why it stopped, if it did.
    pub stop: Option<Stop>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: SimTime,
    /// Failure, success or neither.
    pub tone: Tone,
    /// One sentence or status word.
    pub text: String,
    /// What led to it, nearest first, back to a call or a fault.
    pub because: Vec<Because>,
}

/// A step back towards the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// When.
    pub at: SimTime,
    /// In words.
    pub text: String,
}

/// Why a task stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// AWS's code.
    pub code: String,
    /// AWS's sentence.
    pub reason: String,
    /// What that means.
    pub plain: String,
    /// When, for going there.
    pub at: Option<SimTime>,
}

/// What the account knows of a thing.
pub fn why(account: &Account, kind: &str, row: &Row) -> Why {
    let about = |event: &&Event| event.kind == kind && tail(&event.id) == tail(&row.id);
    let moments = account.story.iter().rev().filter(about).take(MOMENTS_MOST);
    Why {
        moments: moments.map(|event| moment(account, event)).collect(),
        stop: if kind == "task" { stop(&row.json) } else { None },
    }
}

/// Whether something about a thing went wrong, so that "why?" is what a learner asks first.
pub fn asks_why(account: &Account, kind: &str, row: &Row) -> bool {
    let refused = placed::search(account, kind, row).is_some_and(|search| !search.placed);
    refused || kind == "task" && row.json.text("lastStatus") == "STOPPED"
}

fn moment(account: &Account, event: &Event) -> Moment {
    let because = chain(account, event.cause);
    Moment { at: event.at, tone: event.tone, text: event.text.to_string(), because }
}

/// The way back from a cause to the call or the fault where it began. Events at the same thing and moment are one step.
fn chain(account: &Account, first: Cause) -> Vec<Because> {
    let mut steps = Vec::new();
    let mut next = Some(first);
    while let (Some(cause), true) = (next, steps.len() < STEPS_MOST) {
        next = match cause {
            Cause::Event(no) => {
                let Some(event) = account.story.get(no) else { break };
                let id = super::rows::short(&event.id);
                let text = format!("{} {id}: {}", event.kind, event.text);
                steps.push(Because { at: event.at, text });
                Some(event.cause)
            }
            Cause::Call(no) => {
                let Some(record) = account.trail.get(no) else { break };
                let line = calls::line(record);
                let who =
                    if line.own { "your call".to_owned() } else { format!("{} called", line.who) };
                let text = format!("{who} {}", line.name);
                steps.push(Because { at: line.at, text });
                None
            }
            Cause::Fault => None,
        };
        if cause == Cause::Fault {
            // A fault has no record of its own: it is the event that it caused.
            if let Some(last) = steps.last_mut() {
                last.text.push_str(" (a fault that was injected)");
            }
        }
    }
    steps
}

fn stop(task: &Value) -> Option<Stop> {
    let (code, reason) = (task.text("stopCode"), task.text("stoppedReason"));
    if code.is_empty() && reason.is_empty() {
        return None;
    }
    let exits = task.list("containers").iter().filter_map(|container| container.number("exitCode"));
    let exit = exits.max_by_key(|code| *code != 0);
    let own = task.list("containers").iter().map(|container| container.text("reason"));
    let detail: Vec<_> = own.chain([reason]).filter(|text| !text.is_empty()).collect();
    let at = ["stoppingAt", "executionStoppedAt", "stoppedAt"];
    Some(Stop {
        code: code.to_owned(),
        reason: reason.to_owned(),
        plain: plain(code, &detail.join(" "), exit),
        at: at.iter().find_map(|member| task.millis(member)).map(SimTime),
    })
}

/// Known reasons, the more exact first: a part of AWS's sentence, and what it means.
const REASONS: &[(&str, &str)] = &[
    (
        "OutOfMemory",
        "A container used more memory than its limit, and the kernel killed it. Give it more memory, or find the leak.",
    ),
    (
        "CannotPull",
        "The image could not be pulled. Look at its name and tag, at the way out to the registry, and at the role that pulls.",
    ),
    (
        "ResourceInitialization",
        "Something that the task needs before it starts could not be had: a secret, a log group, or a login at the registry.",
    ),
    (
        "failed ELB health checks",
        "The load balancer asked the target and did not get a good answer, so the service replaced the task.",
    ),
    (
        "failed container health checks",
        "The container's own health check failed, so the service replaced the task.",
    ),
    ("Scaling activity", "The service wanted fewer tasks, or a newer revision in its place."),
    ("Host EC2", "The instance under the task stopped or was terminated. The task went with it."),
    ("deregistration forced", "The container instance was taken out of the cluster by force."),
    ("RESOURCE:", "No container instance had enough left of what the task needs."),
    ("MemberOf", "No container instance met the placement constraint."),
    ("Spot", "AWS took the Spot capacity back."),
];

/// A stop in plain words.
fn plain(code: &str, reason: &str, exit: Option<i64>) -> String {
    if let Some((_, plain)) = REASONS.iter().find(|(part, _)| reason.contains(part)) {
        return (*plain).to_owned();
    }
    let exit = exit.map_or("", |exit| match exit {
        0 => "exited by itself with code 0, as if its work were done",
        137 => "was killed (exit code 137): out of memory, or it did not react to SIGTERM in time",
        139 => "crashed (exit code 139): it touched memory that is not its own",
        143 => "ended on SIGTERM (exit code 143)",
        _ => "exited with an error code. Its own log says why",
    });
    match code {
        "EssentialContainerExited" if !exit.is_empty() => {
            format!(
                "A container that the task cannot do without {exit}. So the whole task stopped."
            )
        }
        "UserInitiated" => "Somebody asked for it to be stopped.".to_owned(),
        "ServiceSchedulerInitiated" => "Its service stopped it.".to_owned(),
        "TaskFailedToStart" => "It never came to run.".to_owned(),
        _ => "AWS says no more than this.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli;
    use crate::cloud::Cloud;
    use crate::cloud::account::Start;
    use crate::session::view::rows::Rows;

    #[test]
    fn the_way_back_ends_at_the_learners_call() {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        cli::run(&mut cloud, "aws ecs create-cluster --cluster-name dock");
        let rows = Rows::of(cloud.account());
        let why = why(cloud.account(), "cluster", &rows.get("cluster")[0]);
        assert_eq!(why.moments.len(), 1);
        let causes = &why.moments[0].because;
        assert_eq!(causes.last().unwrap().text, "your call ecs:CreateCluster");
        assert_eq!(causes.last().unwrap().at, cloud.now());
    }

    fn said(stop_code: &str, reason: &str, exit: i64) -> String {
        let task = json!({ "stopCode": stop_code, "stoppedReason": reason, "stoppedAt": 1_767_603_690.0,
            "containers": [{ "exitCode": exit }] });
        let stop = stop(&task).unwrap();
        assert_eq!(stop.at, Some(SimTime(1_767_603_690_000)));
        stop.plain
    }

    #[test]
    fn reasons_are_said_in_plain_words() {
        let exited = "Essential container in task exited";
        assert!(said("EssentialContainerExited", exited, 1).contains("error code"));
        assert!(said("EssentialContainerExited", exited, 137).contains("killed"));
        assert!(said("EssentialContainerExited", exited, 0).contains("work were done"));
        let pull = "CannotPullContainerError: pull image manifest has been retried";
        assert!(said("TaskFailedToStart", pull, 1).contains("could not be pulled"));
        assert!(said("UserInitiated", "Task stopped by user", 137).contains("asked"));
        assert_eq!(stop(&json!({ "lastStatus": "RUNNING" })), None);
    }
}
