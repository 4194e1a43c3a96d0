//! `inside web aws …`: an `aws` command run by the code in a container, with the credentials it
//! really reaches.

use std::sync::Arc;

use super::aws::{self, Endpoint};
use super::fail::Fail;
use super::shell::Shell;
use crate::cloud::input::{Call, Reply};
use crate::cloud::inside::{self, Asked};
use crate::cloud::time::{Millis, SimTime};

const USAGE: &str = "usage: inside <task, family or service> [<container>] aws …";
/// The exit status of the AWS CLI without credentials.
const CONFIGURATION_STATUS: i32 = 253;

/// Runs the words after `inside`.
#[inline(never)]
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let (task, container, command) = match words {
        [task, aws, command @ ..] if aws == "aws" => (task, None, command),
        [task, container, aws, command @ ..] if aws == "aws" => (task, Some(container), command),
        _ => return Err(Fail::honest(USAGE, 2)),
    };
    let container = container.map(String::as_str);
    let Some((task, container)) = inside::place(shell.cloud.account(), task, container) else {
        return Err(Fail::honest(format_args!("No container of `{task}` runs."), 1));
    };
    let mut out = String::new();
    let mut place = Inside { shell, task, container, broken: None };
    let result = aws::run(&mut place, &mut out, command);
    let broken = place.broken.take();
    shell.print(&out);
    result.map_err(|fail| broken.unwrap_or(fail))
}

struct Inside<'s, 'a> {
    shell: &'s mut Shell<'a>,
    task: Arc<str>,
    container: Arc<str>,
    /// Why a call never got to AWS.
    broken: Option<Fail>,
}

impl Endpoint for Inside<'_, '_> {
    fn call(&mut self, call: Call) -> Reply {
        let cloud = &mut *self.shell.cloud;
        let asked = inside::container_call(cloud, &self.task, &self.container, &call);
        // Whoever asks for a call of a container has made something happen in the account, also where it only read.
        self.shell.note(true);
        self.broken = broken(&asked);
        asked.reply.clone()
    }

    fn pass(&mut self, time: Millis) {
        self.shell.pass(time);
    }

    fn now(&self) -> SimTime {
        self.shell.now()
    }
}

/// What the AWS CLI says where AWS itself was not reached.
fn broken(asked: &Asked) -> Option<Fail> {
    let error = asked.reply.as_ref().err().filter(|_| asked.record.is_none())?;
    if error.code == "NoCredentials" {
        let hint = "You can configure credentials by running \"aws configure\".";
        let text = format!("\n{}. {hint}\n", error.message);
        return Some(Fail { text, status: CONFIGURATION_STATUS });
    }
    (error.code == "ConnectTimeoutError").then(|| Fail::other(&error.message))
}
