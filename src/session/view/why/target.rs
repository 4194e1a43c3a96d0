//! Why a target stands as it does: what its health check asks, how far it gets, and who answers.

use super::{Answer, Link, lasts, link, newest};
use crate::cloud::Cloud;
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Task;
use crate::cloud::elbv2::answer::Answer as Reply;
use crate::cloud::elbv2::checked::{Checked, checked};
use crate::cloud::elbv2::health_check::Failure;
use crate::cloud::elbv2::target_group::{Health, Target, TargetGroup, TargetKey};
use crate::session::view::rows::short;

/// Operations that decide how a group is checked.
const GROUP_CALLS: &[&str] = &["ModifyTargetGroup", "CreateTargetGroup"];

/// The answer for a target that is not healthy. The id is `group/i-0a1:32768`.
pub(super) fn answer(cloud: &Cloud, id: &str) -> Option<Answer> {
    let account = cloud.account();
    let (name, rest) = id.split_once('/')?;
    let (target, port) = rest.rsplit_once(':')?;
    let group = account.target_groups.values().find(|group| *group.name == *name)?;
    let key = TargetKey { id: target.into(), port: port.parse().ok()? };
    let row = group.targets.get(&key)?;
    if row.health == Health::Healthy {
        return None;
    }
    let met = checked(account, cloud.now(), group, &key);
    let task = met.task.and_then(|id| account.tasks.get(id));
    let said = said(group, &key, row, &met);
    let mut chain = culprit(account, group, &met, &key, task.map(|task| &**task), said.blame);
    let turned = newest(account, |event| {
        event.kind == "target" && *event.id == *id && *event.text == *row.health.word()
    });
    chain.extend(turned.map_or_else(Vec::new, |event| link::from(account, event)));
    let steps = met.way.map_or_else(Vec::new, |way| way.steps);
    Some(Answer {
        title: match row.health {
            Health::Unhealthy => "Why it is unhealthy",
            _ => "Why it gets no requests",
        },
        says: said.says,
        looks: steps.into_iter().map(|step| (step.passed, step.says)).collect(),
        instead: said.instead,
        chain,
        ..Answer::default()
    })
}

/// What is to blame, for the way back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    Nothing,
    /// A security group or a route.
    Way,
    /// What the group asks for.
    Check,
    /// The port that was registered.
    Port,
    /// What the task does.
    Task,
    /// No listener forwards to the group.
    Listener,
}

struct Said {
    says: String,
    instead: Option<String>,
    blame: Blame,
}

impl Said {
    fn new(blame: Blame, says: String, instead: &str) -> Self {
        Self { says, instead: (!instead.is_empty()).then(|| instead.to_owned()), blame }
    }
}

/// By state and reason code (facts: alb-and-network §2, "Target states and reasons").
fn said(group: &TargetGroup, key: &TargetKey, row: &Target, met: &Checked) -> Said {
    let check = &group.check;
    let (port, path) = (met.port, &check.path);
    match (row.health, row.failure) {
        (Health::Initial, None) => Said::new(
            Blame::Nothing,
            "It was registered and has not been asked yet. One good answer makes it healthy."
                .to_owned(),
            "",
        ),
        (Health::Initial, Some(failure)) => {
            let (why, instead, blame) = fails(group, key, met, failure);
            let (bad, most) = (row.bad, check.unhealthy);
            let says = format!(
                "It has not passed a check yet ({bad} of {most} that make it unhealthy): {why}"
            );
            Said::new(blame, says, &instead)
        }
        (Health::Unhealthy, failure) => {
            let (why, instead, blame) = fails(group, key, met, failure.unwrap_or(Failure::Refused));
            let says =
                format!("{} checks in a row of GET {path} on port {port} failed: {why}", row.bad);
            Said::new(blame, says, &instead)
        }
        (Health::Draining, _) => Said::new(
            Blame::Nothing,
            format!(
                "It was taken out. It gets no new request and has {} to finish what it works on.",
                lasts(group.deregistration_delay())
            ),
            "A shorter deregistration delay would let it go sooner.",
        ),
        (Health::Unused, Some(Failure::Zone)) => Said::new(
            Blame::Listener,
            "Its load balancer does not stand in its Availability Zone, so it is not asked."
                .to_owned(),
            "It would be asked if the load balancer had a subnet there, or the task ran elsewhere.",
        ),
        (Health::Unused, _) => Said::new(
            Blame::Listener,
            format!("No listener and no rule sends requests to target group {}.", group.name),
            "It would be checked and get requests if a listener forwarded to its group.",
        ),
        (Health::Healthy, _) => Said::new(Blame::Nothing, String::new(), ""),
    }
}

/// Why a check fails, and what would make it pass.
fn fails(
    group: &TargetGroup,
    key: &TargetKey,
    met: &Checked,
    failure: Failure,
) -> (String, String, Blame) {
    let check = &group.check;
    let closed = met.way.as_ref().and_then(|way| way.why_not());
    match (failure, closed) {
        (Failure::Code(code), _) => (
            format!("it answers {code}, and the group wants {}.", check.matcher),
            format!("It would be healthy if it answered {} to {}.", check.matcher, check.path),
            if code >= 500 { Blame::Task } else { Blame::Check },
        ),
        (Failure::Timeout, Some(why)) => (
            format!("nothing comes back, because the connection does not get through. {why}"),
            format!("It would be asked if that let TCP {} through.", met.port),
            Blame::Way,
        ),
        (Failure::Timeout, None) => match met.answer {
            Reply::Status { took_ms, .. } => (
                format!(
                    "it takes {took_ms} ms to answer, and the check waits {} s.",
                    check.timeout_s
                ),
                format!("It would be healthy if it answered within {} s.", check.timeout_s),
                Blame::Task,
            ),
            _ => (
                "nothing comes back: there is no machine under that address.".to_owned(),
                "It would be asked if a task or an instance had this address.".to_owned(),
                Blame::Port,
            ),
        },
        (Failure::Refused | Failure::Zone, _) => (
            format!(
                "the connection is refused, because nothing listens on port {} of {}.",
                met.port,
                short(&key.id)
            ),
            "It would be healthy if a container listened on the port that is asked.".to_owned(),
            Blame::Port,
        ),
    }
}

/// What put it so: a call, or what the task did.
fn culprit(
    account: &Account,
    group: &TargetGroup,
    met: &Checked,
    key: &TargetKey,
    task: Option<&Task>,
    blame: Blame,
) -> Vec<Link> {
    let call = |operations: &[&str], name: &str| -> Vec<Link> {
        link::call_about(account, operations, name).into_iter().collect()
    };
    match blame {
        Blame::Nothing => Vec::new(),
        Blame::Check => call(GROUP_CALLS, &group.arn),
        Blame::Port => {
            [call(&["RegisterTargets"], &key.id), call(GROUP_CALLS, &group.arn)].concat()
        }
        Blame::Listener => call(&["DeleteListener", "DeleteRule", "CreateTargetGroup"], &group.arn),
        Blame::Way => walls(account, met),
        Blame::Task => task
            .and_then(|task| {
                newest(account, |event| {
                    event.kind == "task"
                        && event.id == task.id
                        && event.text.contains("application")
                })
            })
            .map_or_else(Vec::new, |event| link::from(account, event)),
    }
}

/// The newest change of a security group at either end of the way.
fn walls(account: &Account, met: &Checked) -> Vec<Link> {
    const CALLS: &[&str] = &[
        "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress",
        "AuthorizeSecurityGroupIngress",
        "ModifyNetworkInterfaceAttribute",
        "CreateSecurityGroup",
    ];
    let shut = met.way.as_ref().and_then(|way| way.steps.iter().find(|step| !step.passed));
    let groups = shut.and_then(|step| account.enis.find(&step.at)).map(|eni| eni.groups.clone());
    let groups = groups.unwrap_or_default();
    let calls = groups.iter().filter_map(|group| link::call_about(account, CALLS, group));
    calls.max_by_key(|link| link.at).into_iter().collect()
}
