//! Calls from inside the account: the code in a container calls AWS with whatever credentials it
//! really reaches, over whatever network it really has.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::Cloud;
use super::account::Account;
use super::action::Ctx;
use super::ecs::container::State;
use super::ecs::task::Task;
use super::ecs::task_def::NetworkMode;
use super::error::ApiError;
use super::iam::credentials::{self, Found};
use super::iam::tasks;
use super::input::{Call, Input, Principal, Reply};
use super::limits;
use super::net::endpoint::AwsService;
use super::net::eni::Eni;
use super::net::reach::{self, Reach};
use super::story::{Cause, Tone};
use super::table::Id;
use super::time::SimTime;

/// A call from a container, with everything that led to its answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Numbers count up from 1 and are never given twice.
    pub no: u64,
    /// When.
    pub at: SimTime,
    /// The task's id.
    pub task: Arc<str>,
    /// The container's name.
    pub container: Arc<str>,
    /// The call.
    pub call: Call,
    /// Where credentials were looked for.
    pub credentials: Found,
    /// The way to the service, where credentials were found.
    pub reach: Option<Reach>,
    /// The call's number in the trail, where it got that far.
    pub record: Option<u64>,
    /// The answer.
    pub reply: Reply,
}

impl Asked {
    /// Whose credentials were used.
    pub fn identity(&self) -> Option<&str> {
        self.credentials.identity.as_deref()
    }
}

/// The newest calls from containers, at most [`limits::INSIDE_CALLS`].
#[derive(Clone, Debug, Default)]
pub struct InsideCalls {
    kept: Arc<VecDeque<Arc<Asked>>>,
    count: u64,
}

impl InsideCalls {
    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Asked>> {
        self.kept.iter()
    }

    /// How many there have ever been.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn push(&mut self, asked: Arc<Asked>) {
        self.count = asked.no;
        let kept = Arc::make_mut(&mut self.kept);
        if kept.len() >= limits::INSIDE_CALLS {
            kept.pop_front();
        }
        kept.push_back(asked);
    }
}

/// The code in a container calls AWS. `task` is an id or an ARN. Without credentials the answer is
/// the error `NoCredentials`, and nothing leaves the container.
pub fn container_call(cloud: &mut Cloud, task: &str, container: &str, call: &Call) -> Arc<Asked> {
    let id = task.rsplit('/').next().unwrap_or(task);
    let mut asked = Asked {
        no: cloud.account.inside.count + 1,
        at: cloud.now,
        task: Arc::from(id),
        container: Arc::from(container),
        call: call.clone(),
        credentials: Found::default(),
        reach: None,
        record: None,
        reply: Err(not_running(id)),
    };
    asked.reply = match running(&cloud.account, id, container) {
        Ok(task) => answer(cloud, &task, &mut asked),
        Err(error) => Err(error),
    };
    let asked = Arc::new(asked);
    cloud.account.inside.push(Arc::clone(&asked));
    asked
}

/// The running container that a name means: a task's id or ARN, or the family or service of which
/// the newest running task is meant; without a container's name its first.
pub fn place(
    account: &Account,
    name: &str,
    container: Option<&str>,
) -> Option<(Arc<str>, Arc<str>)> {
    let service = format!("service:{name}");
    let is_meant = |task: &&Arc<Task>| {
        *task.id == *name.rsplit('/').next().unwrap_or(name)
            || *task.definition.family == *name
            || *task.request.group == *service
    };
    let running = |task: &Arc<Task>| {
        let containers = task.definition.containers.iter().zip(&task.containers);
        let mut up = containers.filter(|(_, container)| container.state == State::Running);
        let found = up.find(|(def, _)| container.is_none_or(|name| *def.name == *name));
        found.map(|(def, _)| (Arc::clone(&task.id), Arc::clone(&def.name)))
    };
    account.tasks.values().rev().filter(is_meant).find_map(running)
}

fn answer(cloud: &mut Cloud, task: &Task, asked: &mut Asked) -> Reply {
    asked.credentials = credentials::find(&cloud.account, task, &asked.container);
    if !asked.credentials.any() {
        return Err(failed(cloud, asked, no_credentials()));
    }
    let reach = way(&cloud.account, task, &asked.call.service);
    let passes = reach.as_ref().is_none_or(Reach::ok);
    asked.reach = reach;
    if !passes || task.definition.network == NetworkMode::None {
        return Err(failed(cloud, asked, no_way(&asked.call.service)));
    }
    let Some(identity) = asked.identity() else {
        return Err(failed(cloud, asked, unknown_key(&asked.call.service)));
    };
    let by = Principal(Arc::from(identity));
    let outcome = cloud.apply(&Input::Call { by, call: asked.call.clone() });
    asked.record = outcome.record;
    outcome.into_reply()
}

/// Tells the learner of a call that AWS never saw.
fn failed(cloud: &mut Cloud, asked: &Asked, error: ApiError) -> ApiError {
    let Asked { container, call, .. } = asked;
    let text =
        format!("{container}: {}:{} failed: {}", call.service, call.operation, error.message);
    let by = Principal::service("drydock");
    let story = &cloud.account.story;
    let last = story.iter().rev().find(|it| it.kind == "task" && it.id == asked.task);
    let cause = last.map_or(Cause::Fault, |event| Cause::Event(event.no));
    let mut cx = Ctx {
        account: &mut cloud.account,
        queue: &mut cloud.queue,
        rng: &mut cloud.rng,
        digest: &mut cloud.digest,
        now: cloud.now,
        by: &by,
        cause,
    };
    cx.tell(Tone::Failure, "task", &asked.task, text);
    error
}

fn running(account: &Account, id: &str, container: &str) -> Result<Arc<Task>, ApiError> {
    let row: Option<Id<Task>> = account.tasks.id(id);
    let task = row.and_then(|row| account.tasks.get(row)).ok_or_else(|| not_running(id))?;
    let at = task.definition.containers.iter().position(|def| *def.name == *container);
    let state = at.and_then(|at| task.containers.get(at)).map(|container| container.state);
    match state {
        Some(State::Running) => Ok(Arc::clone(task)),
        Some(_) => Err(not_running(id)),
        None => {
            let sentence = format!("The task {id} has no container named {container}.");
            Err(ApiError::invalid(sentence))
        }
    }
}

/// The way from a task to a service: by its own interface, else by its host's. A machine elsewhere
/// has its own way.
fn way(account: &Account, task: &Task, service: &str) -> Option<Reach> {
    let from = interface(account, task)?;
    let name = match service {
        "ecr" => "ecr.api",
        "cloudwatch" => "monitoring",
        "elbv2" => "elasticloadbalancing",
        other => other,
    };
    Some(match AwsService::find(name) {
        Some(service) => reach::can_reach_service(account, from, service),
        None => reach::can_reach_internet(account, from),
    })
}

fn interface<'a>(account: &'a Account, task: &Task) -> Option<&'a Arc<Eni>> {
    let own = task.eni.as_ref().and_then(|eni| eni.id.as_ref());
    let host = || tasks::host(account, task)?.enis.first();
    account.enis.find(own.or_else(host)?)
}

fn not_running(id: &str) -> ApiError {
    ApiError::invalid(format!("The container of task {id} is not running."))
}

/// botocore's sentence (facts: §5).
fn no_credentials() -> ApiError {
    ApiError::new("NoCredentials", "Unable to locate credentials")
}

/// botocore's sentence: packets that are dropped on the way are not answered at all.
fn no_way(service: &str) -> ApiError {
    ApiError::new(
        "ConnectTimeoutError",
        format!(
            "Connect timeout on endpoint URL: \"https://{service}.{}.amazonaws.com/\"",
            limits::REGION
        ),
    )
}

/// An access key that AWS does not know.
fn unknown_key(service: &str) -> ApiError {
    let (code, sentence) = match service {
        "s3" => (
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        "ec2" => ("AuthFailure", "AWS was not able to validate the provided access credentials"),
        "dynamodb" | "ecs" | "ecr" | "secretsmanager" | "logs" => (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        _ => ("InvalidClientTokenId", "The security token included in the request is invalid."),
    };
    ApiError { code: Cow::Borrowed(code), message: sentence.to_owned(), status: 403 }
}
