//! The account and its behaviour: a value without a clock, a browser or chance of its own.
//!
//! [`Cloud::apply`] is the only door for change and takes one of three things ([`Input`]): somebody called an AWS
//! action, virtual time moved on, or a fault was injected. Everything the control plane does later is a [`Job`] in a
//! queue. Equal seeds and inputs give equal histories, and [`Cloud::digest`] says so on every platform.

pub mod account;
pub mod action;
pub mod api;
pub mod authorize;
pub mod autoscaling;
pub mod base64;
pub mod bill;
pub mod check;
pub mod compute;
pub mod data;
pub mod digest;
pub mod docker;
pub mod ecr;
pub mod ecs;
pub mod elbv2;
pub mod error;
mod foreign;
pub mod iam;
pub mod input;
pub mod inside;
pub mod job;
pub mod limits;
pub mod log;
pub mod map;
pub mod net;
pub mod params;
pub mod prices;
pub mod queue;
pub mod rng;
pub mod rows;
pub mod scaling;
pub mod sha256;
pub mod shape;
pub mod sort;
pub mod story;
pub mod table;
mod tag_rules;
pub mod time;
pub mod tokens;
pub mod trail;
pub mod watch;
pub mod wildcard;

use account::{Account, Start};
use action::Ctx;
use digest::Digest;
use error::ApiError;
use input::{Call, Fault, Input, Outcome, Principal, Reply};
use queue::Queue;
use rng::Rng;
use story::Cause;
use time::{Millis, SimTime};
use trail::Record;

/// One simulated AWS account with its clock. Cloning it is cheap (tables are shared until they change): a clone is what
/// undo, time travel and predictions work on.
#[derive(Clone, Debug)]
pub struct Cloud {
    account: Account,
    queue: Queue,
    now: SimTime,
    rng: Rng,
    digest: Digest,
}

/// Called with the account after each moment at which something happened to it: goals are judged there.
pub type Watch<'a> = &'a mut dyn FnMut(&Cloud);

/// What [`Cloud::settle`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// No job is due any more, or only jobs that repeat for ever.
    pub settled: bool,
    /// Jobs that ran.
    pub jobs_run: u32,
}

impl Cloud {
    /// A fresh account at [`SimTime::START`].
    pub fn new(seed: u64, start: Start) -> Self {
        let mut digest = Digest::new();
        digest.mix(&(seed, start));
        Self {
            account: Account::new(start),
            queue: Queue::default(),
            now: SimTime::START,
            rng: Rng::new(seed),
            digest,
        }
    }

    /// The only door for change.
    pub fn apply(&mut self, input: &Input) -> Outcome {
        match input {
            Input::Call { by, call } => self.call(by, call),
            Input::Advance { to } => {
                Outcome { reply: None, record: None, jobs_run: self.advance(*to) }
            }
            Input::Inject { fault } => self.inject(fault),
        }
    }

    /// Advances moment by moment, so that `watch` sees every state on the way. The end is that of one
    /// [`Input::Advance`].
    pub fn pass(&mut self, to: SimTime, watch: Watch<'_>) -> u32 {
        let mut jobs_run = 0_u32;
        while let Some(due) = self.next_due().filter(|due| *due < to) {
            jobs_run = jobs_run.saturating_add(self.advance(due));
            watch(self);
        }
        jobs_run = jobs_run.saturating_add(self.advance(to));
        watch(self);
        jobs_run
    }

    /// The account as it stands, for reading.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The virtual time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// When the next job is due: nothing changes by itself before that.
    pub fn next_due(&self) -> Option<SimTime> {
        self.queue.next_due()
    }

    /// Advances until nothing is due, for at most `limit` of virtual time. Jobs that repeat for ever (a health check,
    /// a metric) do not keep an account from being settled. `watch` sees every state on the way.
    pub fn settle(&mut self, limit: Millis, watch: Watch<'_>) -> Settled {
        let end = self.now + limit;
        let mut jobs_run = 0_u32;
        while let Some(due) = self.queue.next_work() {
            jobs_run = jobs_run.saturating_add(self.pass(due.min(end), watch));
            if due > end {
                return Settled { settled: false, jobs_run };
            }
        }
        Settled { settled: true, jobs_run }
    }

    /// A hash of the history: equal for equal seeds and inputs, on every platform, however time was cut into steps.
    pub fn digest(&self) -> String {
        self.digest.at(self.now)
    }

    /// Docker on the learner's machine, which these words of the terminal are about to change.
    pub fn docker(&mut self, words: &[String]) -> &mut docker::Docker {
        self.digest.mix(&(self.now, "docker", words));
        &mut self.account.docker
    }

    fn call(&mut self, by: &Principal, call: &Call) -> Outcome {
        let record_no = self.account.trail.next_no();
        let mut cx = self.context(by, Cause::Call(record_no));
        let (reply, read_only) = action::run(&mut cx, call);
        self.digest.mix(&(self.now, by, call, reply.as_ref().map_err(|e| &e.code).err()));
        self.account.trail.push(Record {
            no: record_no,
            at: self.now,
            by: by.clone(),
            call: call.clone(),
            reply: reply.clone(),
            read_only,
        });
        let jobs_run = self.advance(self.now);
        Outcome { reply: Some(reply), record: Some(record_no), jobs_run }
    }

    #[inline(never)]
    fn inject(&mut self, fault: &Fault) -> Outcome {
        self.digest.mix(&(self.now, fault));
        let by = Principal::service("drydock");
        let mut cx = self.context(&by, Cause::Fault);
        let reply = job::inject(&mut cx, fault);
        let jobs_run = self.advance(self.now);
        Outcome { reply: Some(reply), record: None, jobs_run }
    }

    /// What a handler may touch at this moment.
    fn context<'a>(&'a mut self, by: &'a Principal, cause: Cause) -> Ctx<'a> {
        Ctx {
            account: &mut self.account,
            queue: &mut self.queue,
            rng: &mut self.rng,
            digest: &mut self.digest,
            now: self.now,
            by,
            cause,
        }
    }

    /// Runs what is due up to and including `to`, each job at its own time.
    fn advance(&mut self, to: SimTime) -> u32 {
        let jobs_run = match self.next_due() {
            Some(due) if due <= to => self.run_due(to),
            _ => 0,
        };
        self.now = self.now.max(to);
        jobs_run
    }

    #[inline(never)]
    fn run_due(&mut self, to: SimTime) -> u32 {
        let mut jobs_run = 0_u32;
        let by = Principal::service("ecs.amazonaws.com");
        while let Some((at, entry)) = self.queue.pop_due(to) {
            self.now = self.now.max(at);
            self.digest.mix(&(self.now, &entry.job));
            let mut cx = self.context(&by, entry.cause);
            job::run(&mut cx, &entry.job);
            jobs_run = jobs_run.saturating_add(1);
        }
        jobs_run
    }
}

/// A reply for tests and widgets that only want to know whether it worked.
impl Outcome {
    /// The reply of a call, or an error for inputs that have none.
    pub fn into_reply(self) -> Reply {
        self.reply.unwrap_or_else(|| Err(ApiError::internal("the input was not a call")))
    }
}
