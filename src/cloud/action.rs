//! From a call to its handler: the names are checked against AWS's API model, then one table finds the function.

use std::sync::Arc;

use serde_json::Value;

use super::account::Account;
use super::api;
use super::authorize;
use super::autoscaling;
use super::compute;
use super::data;
use super::digest::Digest;
use super::ecr;
use super::ecs;
use super::elbv2;
use super::error::ApiError;
use super::foreign;
use super::iam;
use super::input::{Call, Principal, Reply};
use super::job::Job;
use super::params::Params;
use super::queue::Queue;
use super::rng::Rng;
use super::scaling;
use super::story::{Cause, Event, Tone};
use super::tag_rules;
use super::time::{Millis, SimTime};
use super::tokens;
use super::trail::Record;
use super::watch;

/// What a handler may touch.
pub struct Ctx<'a> {
    /// The account.
    pub account: &'a mut Account,
    /// What is to be done later.
    pub queue: &'a mut Queue,
    /// Chance.
    pub rng: &'a mut Rng,
    /// The hash of the history; [`Ctx::tell`] adds to it.
    pub digest: &'a mut Digest,
    /// The virtual time.
    pub now: SimTime,
    /// Who called, or which service works.
    pub by: &'a Principal,
    /// What led here; events and jobs made by this handler carry it on.
    pub cause: Cause,
}

impl Ctx<'_> {
    /// Does `job` after `delay`.
    pub fn after(&mut self, delay: Millis, job: Job) {
        self.queue.push(self.now + delay, job, self.cause);
    }

    /// Tells the learner what happened. What follows in this handler is then caused by it.
    pub fn tell(
        &mut self,
        tone: Tone,
        kind: &'static str,
        id: &Arc<str>,
        text: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        let text = text.into();
        self.digest.mix(&(kind, id, &text));
        let event =
            Event { no: 0, at: self.now, tone, kind, id: Arc::clone(id), text, cause: self.cause };
        self.cause = Cause::Event(self.account.story.push(event));
    }
}

/// The function behind an action.
pub type Handler = fn(&mut Ctx<'_>, Params<'_>) -> Result<Value, ApiError>;

/// One AWS action of the model.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The action's wire name: `RunTask`.
    pub operation: &'static str,
    /// It only reads.
    pub read_only: bool,
    /// What it does.
    pub run: Handler,
}

/// An action that changes something.
pub const fn write(operation: &'static str, run: Handler) -> Action {
    Action { operation, read_only: false, run }
}

/// An action that only reads.
pub const fn read(operation: &'static str, run: Handler) -> Action {
    Action { operation, read_only: true, run }
}

/// The actions of a service. A function, because what needs those of one service should not refer to all.
type Actions = fn() -> &'static [Action];

const SERVICES: &[(&str, Actions)] = &[
    ("application-autoscaling", || scaling::ACTIONS),
    ("autoscaling", || autoscaling::ACTIONS),
    ("cloudtrail", || watch::TRAIL),
    ("cloudwatch", || watch::ACTIONS),
    ("ec2", || compute::ACTIONS),
    ("ecr", || ecr::ACTIONS),
    ("ecs", || ecs::ACTIONS),
    ("elbv2", || elbv2::ACTIONS),
    ("dynamodb", || data::dynamodb::ACTIONS),
    ("iam", || iam::ACTIONS),
    ("logs", || watch::LOGS),
    ("s3", || data::s3::ACTIONS),
    ("secretsmanager", || data::secrets::ACTIONS),
    ("sts", || iam::sts::ACTIONS),
];

/// The actions of a service, in the order in which its module lists them.
pub fn actions(service: &str) -> &'static [Action] {
    let found = SERVICES.iter().find(|(name, _)| *name == service);
    found.map_or(&[], |(_, actions)| actions())
}

/// Whether the model has any action of a service.
pub fn is_modelled(service: &str) -> bool {
    SERVICES.iter().any(|(name, _)| *name == service)
}

/// Finds and runs the handler of a call. Also says whether the action only reads.
pub(super) fn run(cx: &mut Ctx<'_>, call: &Call) -> (Reply, bool) {
    let found = actions(&call.service).iter().find(|action| action.operation == &*call.operation);
    let Some(action) = found else {
        return (Err(not_in_model(call)), true);
    };
    let word = match check_input(call) {
        Ok(word) => word,
        Err(complaints) => {
            return (Err(ApiError::new("ParamValidation", complaints)), action.read_only);
        }
    };
    let reply =
        authorize::call(cx, call).and_then(|()| in_earnest(call)).and_then(|()| match word {
            None => act(cx, action, call),
            Some(word) => Err(foreign::refused(cx, action.run, call, &word)),
        });
    (reply, action.read_only)
}

fn act(cx: &mut Ctx<'_>, action: &Action, call: &Call) -> Reply {
    if !action.read_only {
        tag_rules::check(call)?;
    }
    match tokens::of(call).filter(|_| !action.read_only) {
        Some(token) => tokens::once(cx, action.run, call, token),
        None => (action.run)(cx, Params::new(&call.input)).map(Arc::new),
    }
}

/// A call that a service of AWS makes on the account's behalf, with its own record in the trail. Only jobs make such calls:
/// a handler's own record has its number before the handler runs.
pub(super) fn by_service(cx: &mut Ctx<'_>, by: &Principal, call: &Call) -> Reply {
    let no = cx.account.trail.next_no();
    let mut inner = Ctx {
        account: &mut *cx.account,
        queue: &mut *cx.queue,
        rng: &mut *cx.rng,
        digest: &mut *cx.digest,
        now: cx.now,
        by,
        cause: cx.cause,
    };
    let (reply, read_only) = run(&mut inner, call);
    cx.digest.mix(&(cx.now, by, call, reply.as_ref().map_err(|e| &e.code).err()));
    let (by, call, at) = (by.clone(), call.clone(), cx.now);
    cx.account.trail.push(Record { no, at, by, call, reply: reply.clone(), read_only });
    reply
}

/// What the AWS CLI would complain about before it sent the request, or a word that the service refuses.
fn check_input(call: &Call) -> Result<Option<api::ForeignWord>, String> {
    let Some(service) = api::service(&call.service) else { return Ok(None) };
    let Some(operation) = service.operation(&call.operation) else { return Ok(None) };
    api::validate(service, operation, &call.input)
}

/// With `DryRun` EC2 only says whether the caller may (facts: API-ec2 RunInstances.DryRun).
fn in_earnest(call: &Call) -> Result<(), ApiError> {
    if Params::new(&call.input).bool("DryRun") == Some(true) { Err(dry_run()) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn dry_run() -> ApiError {
    let text = "Request would have succeeded, but DryRun flag is set.";
    ApiError { status: 412, ..ApiError::new("DryRunOperation", text) }
}

#[cold]
#[inline(never)]
fn not_in_model(call: &Call) -> ApiError {
    let (service, operation) = (&*call.service, &*call.operation);
    let nearest = nearest(service, operation).map_or_else(String::new, |(service, operation)| {
        format!(" The nearest that is: {service}:{operation}.")
    });
    ApiError::new(
        "NotInThisModel",
        format!("{service}:{operation} is not part of this model of AWS.{nearest}"),
    )
}

/// The action about the thing whose name begins most alike, best with the same verb: of the same service, or of any where
/// that has none.
fn nearest(service: &str, operation: &str) -> Option<(&'static str, &'static str)> {
    /// So few letters in common say nothing.
    const TELLING: usize = 2;
    let verb = verb(operation);
    let mut best = (2 * TELLING + 1, None);
    for (name, actions) in SERVICES {
        if is_modelled(service) && *name != service {
            continue;
        }
        for action in actions() {
            let (doing, thing) = action.operation.split_at(self::verb(action.operation));
            let (asked, about) = operation.split_at(verb);
            let pairs = thing.bytes().zip(about.bytes());
            let same = pairs.take_while(|(a, b)| a == b).count();
            let alike = 2 * same + usize::from(doing == asked);
            if alike > best.0 {
                best = (alike, Some((*name, action.operation)));
            }
        }
    }
    best.1
}

/// Where the first word of a name ends.
fn verb(operation: &str) -> usize {
    operation.get(1..).and_then(|rest| rest.find(char::is_uppercase)).map_or(0, |at| at + 1)
}
