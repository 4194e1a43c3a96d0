//! What a task needs before its containers: a login at the private registry, secrets, streams for its logs.
//!
//! On Fargate all of it is had before anything is pulled, and a failure is a ResourceInitializationError. On an
//! instance the agent fetches the secrets first; the login belongs to the pull, and the log driver to the start of a
//! container. Sentences: reports of users (aws/copilot-cli #5927, #5752; doctorray117/minecraft-ondemand #12) and
//! facts/ecs §3.

use super::refusal::{Refusal, STATUS, ask, reaches, timeout};
use super::task::{LaunchType, Task};
use super::task_def_rules::is_private_ecr;
use super::{output, private};
use crate::cloud::account::Account;
use crate::cloud::data::{parameters, secrets};
use crate::cloud::iam::tasks::{Purpose, acts_for};
use crate::cloud::limits;
use crate::cloud::net::endpoint::AwsService;
use crate::cloud::time::SimTime;

const PULL: &str = "ResourceInitializationError: unable to pull secrets or registry auth:";
const RETRIEVAL: &str = "execution resource retrieval failed: unable to retrieve";
const RETRIED: &str = "service call has been retried 1 time(s):";

/// What a task cannot have, if anything.
pub(super) fn check(account: &Account, now: SimTime, task: &Task) -> Result<(), Refusal> {
    let fargate = task.launch == LaunchType::Fargate;
    let definitions = &task.definition.containers;
    if fargate && definitions.iter().any(|one| is_private_ecr(&one.image)) {
        registry_auth(account, now, task)?;
    }
    for secret in definitions.iter().flat_map(|definition| &definition.secrets) {
        check_secret(account, now, task, secret)?;
    }
    for definition in definitions.iter().filter(|_| fargate) {
        output::check(account, now, task, definition)?;
    }
    Ok(())
}

/// The login at the private registry, on Fargate.
#[inline(never)]
fn registry_auth(account: &Account, now: SimTime, task: &Task) -> Result<(), Refusal> {
    let by = private::puller(account, task)?;
    if !reaches(account, task, AwsService::ECR_API) {
        let reason = format!(
            "{PULL} The task cannot pull registry auth from Amazon ECR: There is a connection issue \
             between the task and Amazon ECR. Check your task network configuration. {}",
            timeout(AwsService::ECR_API)
        );
        return Err(Refusal::slow(reason, limits::UNREACHABLE_SERVICE_MS));
    }
    ask(account, now, &by, "ecr:GetAuthorizationToken", "*").map_err(|decision| {
        Refusal::denied(decision, |denial| {
            format!(
                "{PULL} {RETRIEVAL} ecr registry auth: {RETRIED} AccessDeniedException: {denial} \
                 {STATUS}"
            )
        })
    })
}

/// A secret of Secrets Manager, by its ARN; everything else is a parameter of Systems Manager (API-ecs Secret).
#[inline(never)]
fn check_secret(
    account: &Account,
    now: SimTime,
    task: &Task,
    value_from: &str,
) -> Result<(), Refusal> {
    let of_manager = value_from.starts_with("arn:aws:secretsmanager:");
    let fargate = task.launch == LaunchType::Fargate;
    let from = match (fargate, of_manager) {
        (true, true) => format!(
            "{PULL} {RETRIEVAL} secret from asm: {RETRIED} failed to fetch secret {value_from} from \
             secrets manager:"
        ),
        (true, false) => format!("{PULL} {RETRIEVAL} secrets from ssm: {RETRIED}"),
        (false, true) => format!(
            "Fetching secret data from AWS Secrets Manager in region {}: secret {value_from}:",
            limits::REGION
        ),
        (false, false) => {
            format!("Fetching secret data from SSM Parameter Store in {}:", limits::REGION)
        }
    };
    let by = acts_for(account, task, Purpose::Secrets)
        .map_err(|why| Refusal::new(format!("{from} {why}")))?;
    let service = if of_manager { AwsService::SECRETS } else { AwsService::SSM };
    if !reaches(account, task, service) {
        let reason = format!("{from} {}", timeout(service));
        return Err(Refusal::slow(reason, limits::UNREACHABLE_SERVICE_MS));
    }
    let (action, resource) = if of_manager {
        let known = secrets::find(account, plain(value_from));
        ("secretsmanager:GetSecretValue", known.map_or(value_from.to_owned(), |one| one.arn()))
    } else {
        ("ssm:GetParameters", parameters::arn(value_from))
    };
    ask(account, now, &by, action, &resource).map_err(|decision| {
        Refusal::denied(decision, |denial| {
            format!("{from} AccessDeniedException: {denial} {STATUS}")
        })
    })?;
    let there = if of_manager {
        secrets::find(account, plain(value_from)).is_some()
    } else {
        parameters::value(value_from).is_some()
    };
    let missing = match (there, of_manager) {
        (true, _) => return Ok(()),
        (_, true) => {
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.".to_owned()
        }
        (_, false) => format!("invalid ssm parameters: {value_from}"),
    };
    Err(Refusal::new(format!("{from} {missing}")))
}

/// An ARN without what may follow it: the key in the JSON, the version's stage and id (API-ecs Secret).
fn plain(value_from: &str) -> &str {
    let end = value_from.match_indices(':').nth(6).map_or(value_from.len(), |(at, _)| at);
    value_from.get(..end).unwrap_or(value_from)
}
