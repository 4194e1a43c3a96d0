//! Why a task stopped: its stop code and reason in plain words, what led to it, and what would have kept it running.

use std::sync::Arc;

use serde_json::Value;

use super::{Answer, Link, denied, link, newest};
use crate::cloud::account::Account;
use crate::cloud::iam::decision::Decision;
use crate::cloud::story::Event;
use crate::session::view::rows::{Read, Row, tail};

/// The answer for a task that stopped or is to stop.
pub(super) fn answer(account: &Account, row: &Row) -> Option<Answer> {
    let task = &row.json;
    let (code, reason) = (task.text("stopCode"), task.text("stoppedReason"));
    if code.is_empty() && reason.is_empty() {
        return None;
    }
    let about = |event: &Event| event.kind == "task" && *event.id == *tail(&row.id);
    let told = newest(account, |event| about(event) && *event.text == *reason)
        .or_else(|| newest(account, about));
    let detail = detail(task, reason);
    let meaning = meaning(code, &detail, exit_code(task));
    let answer = Answer {
        title: "Why it stopped",
        says: meaning.says,
        aws: [code, reason].join(" ").trim().to_owned(),
        instead: meaning.instead,
        chain: chain(account, task, told.map(|event| link::from(account, event))),
        ..Answer::default()
    };
    let asked =
        |decision: &&Arc<Decision>| !decision.allowed() && detail.contains(&*decision.action);
    let refused = account.decisions.iter().rev().map(|(_, decision)| decision).find(asked);
    Some(match refused {
        Some(decision) => with_denial(account, answer, decision),
        None => answer,
    })
}

/// A stop because a role may not do something: the statements that were looked at, and what would have allowed it.
fn with_denial(account: &Account, answer: Answer, decision: &Decision) -> Answer {
    let denial = denied::of_decision(account, decision);
    Answer {
        says: format!("{} {}", answer.says, denial.says),
        looks: denial.looks,
        instead: denial.instead,
        chain: [answer.chain, denial.chain].concat(),
        ..answer
    }
}

/// From the stop back to its cause. An image that could not be had leads to the revision that names it.
fn chain(account: &Account, task: &Value, told: Option<Vec<Link>>) -> Vec<Link> {
    let mut steps = told.unwrap_or_default();
    if task.text("stopCode") == "TaskFailedToStart" {
        let revision = tail(task.text("taskDefinitionArn"));
        let registered = link::call_about(account, &["RegisterTaskDefinition"], revision);
        let named =
            registered.map(|call| Link { text: format!("{} {revision}", call.text), ..call });
        steps.extend(named);
    }
    steps
}

/// What AWS says of the containers and of the task.
fn detail(task: &Value, reason: &str) -> String {
    let own = task.list("containers").iter().map(|container| container.text("reason"));
    own.chain([reason]).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn exit_code(task: &Value) -> Option<i64> {
    let exits = task.list("containers").iter().filter_map(|container| container.number("exitCode"));
    exits.max_by_key(|code| *code != 0)
}

/// What a stop means.
struct Meaning {
    says: String,
    instead: Option<String>,
}

/// Known reasons, the more exact first: a part of AWS's sentence, what it means, and what would have helped.
const REASONS: &[(&str, &str, &str)] = &[
    (
        "OutOfMemory",
        "A container used more memory than its limit, and the kernel killed it.",
        "It would have run on with a higher memory limit, or without the leak.",
    ),
    (
        "Client.Timeout",
        "The image could not be pulled: there is no way from the task to the registry.",
        "It would have started with a way out: a public address, a NAT gateway or VPC endpoints.",
    ),
    (
        "503 Service",
        "The image could not be pulled: the registry does not answer.",
        "It would have started if the registry had answered, or from a host that has the image already.",
    ),
    (
        "i/o timeout",
        "The image could not be pulled: there is no way from the task to the registry or to S3, where layers are kept.",
        "It would have started with a way out: a public address, a NAT gateway or VPC endpoints.",
    ),
    (
        "CannotPull",
        "The image could not be pulled: the registry does not have it under that name and tag, or does not give it to this role.",
        "It would have started with an image that exists and that the role may pull.",
    ),
    (
        "CannotStart",
        "The image was pulled, and its program could not be started.",
        "It would have started with a command that the image has.",
    ),
    (
        "ResourceInitialization",
        "Something that the task needs before it starts could not be had: a secret, a log group, or a login at the registry.",
        "It would have started if the execution role and the way there had allowed it.",
    ),
    (
        "failed ELB health checks",
        "The load balancer asked the target and did not get a good answer, so the service replaced the task.",
        "It would have stayed if its target had answered the health check as the target group wants it.",
    ),
    (
        "failed container health checks",
        "The container's own health check failed, so the service replaced the task.",
        "It would have stayed if the command of its health check had succeeded.",
    ),
    ("Scaling activity", "The service wanted fewer tasks, or a newer revision in its place.", ""),
    (
        "Host EC2",
        "The instance under the task stopped or was terminated, and the task went with it.",
        "It would still run on another instance. A service starts it again there by itself.",
    ),
    (
        "infrastructure under the task",
        "The infrastructure under the task failed, and the task went with it.",
        "It would still run in another Availability Zone. A service starts it again there by itself.",
    ),
    ("deregistration forced", "The container instance was taken out of the cluster by force.", ""),
    (
        "RESOURCE:",
        "No container instance had enough left of what the task needs.",
        "It would have started with less to ask for, or with another instance.",
    ),
    (
        "depends on a container",
        "A container that it waits for ended without coming to the condition that was asked for.",
        "",
    ),
    ("start timeout", "A container that another waits for took longer than its start timeout.", ""),
    (
        "No capacity became available",
        "It waited for an instance of its capacity provider, and none came with enough left for it.",
        "It would have started if the group could grow, or with less to ask for.",
    ),
    ("MemberOf", "No container instance met the placement constraint.", ""),
];

/// Stop codes without a known reason.
const CODES: &[(&str, &str, &str)] = &[
    (
        "UserInitiated",
        "Somebody asked for it to be stopped.",
        "It would still run without that call.",
    ),
    ("ServiceSchedulerInitiated", "Its service stopped it.", ""),
    ("TaskFailedToStart", "It never came to run.", ""),
    (
        "SpotInterruption",
        "AWS took the Spot capacity back, two minutes after it had said so.",
        "It would have run on with on-demand capacity. Spot costs less because it can end at any time.",
    ),
    (
        "TerminationNotice",
        "AWS had announced that it takes the capacity under the task away.",
        "It would still run on other capacity. A service starts it again there by itself.",
    ),
    (
        "InfrastructureHealth",
        "The infrastructure under the task failed.",
        "It would still run in another Availability Zone. A service starts it again there by itself.",
    ),
];

fn meaning(code: &str, reason: &str, exit: Option<i64>) -> Meaning {
    let known = REASONS.iter().find(|(part, ..)| reason.contains(part));
    if let (None, "EssentialContainerExited", Some(exit)) = (known, code, exit) {
        return exited(exit);
    }
    let known = known.or_else(|| CODES.iter().find(|(word, ..)| *word == code));
    let (says, instead) =
        known.map_or(("AWS says no more than this.", ""), |(_, says, instead)| (says, instead));
    let instead = (!instead.is_empty()).then(|| instead.to_owned());
    Meaning { says: says.to_owned(), instead }
}

/// An essential container has ended.
fn exited(code: i64) -> Meaning {
    let (how, instead) = match code {
        0 => (
            "exited by itself with code 0, as if its work were done",
            "It would run on with a program that does not end.",
        ),
        137 => (
            "was killed (exit code 137): out of memory, or it did not react to SIGTERM in time",
            "",
        ),
        139 => ("crashed (exit code 139): it touched memory that is not its own", ""),
        143 => ("ended on SIGTERM (exit code 143)", ""),
        _ => ("exited with an error code; its own log says why", ""),
    };
    let says =
        format!("A container that the task cannot do without {how}. So the whole task stopped.");
    Meaning { says, instead: (!instead.is_empty()).then(|| instead.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, reason: &str, exit: i64) -> String {
        meaning(code, reason, Some(exit)).says
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
        // facts: ecs §3, codes that only AWS itself gives.
        assert!(said("SpotInterruption", "Your Spot Task was interrupted.", 0).contains("Spot"));
        assert!(
            said("TerminationNotice", "", 0).contains("takes the capacity under the task away")
        );
        assert!(said("InfrastructureHealth", "", 0).contains("infrastructure"));
    }
}
