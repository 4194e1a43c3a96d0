//! The terminal: a line of text goes in, what a shell would print comes out.
//!
//! [`run`] is the one door. `aws` behaves as AWS CLI v2 does (flags, shorthand, output to the byte,
//! error texts, exit statuses) and reads everything about operations from `cloud::api`. The other
//! words move virtual time and break things.

mod shell;
mod words;

mod argparse;
mod aws;
mod bill;
mod complete;
mod curl;
mod custom;
mod docker;
mod fail;
mod faults;
mod files;
mod globals;
mod help;
mod inside;
mod json_error;
mod line_for;
mod live;
mod logs_tail;
mod operation;
mod pages;
mod present;
mod rehearse;
mod s3;
mod shorthand;
mod skeleton;
mod suggest;
mod values;
mod waiter;

mod jmespath;
mod print;
#[cfg(test)]
pub(crate) mod played;
mod python;

pub use complete::{Completion, complete};
pub use faults::{asks as fault_asks, words as fault_words};
pub use line_for::{line_for, line_so_far};
pub use live::names as live_names;
pub use rehearse::rehearse;
pub use words::commands;

use crate::cloud::{Cloud, Watch};
use shell::Shell;

/// What a line printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status: 0 when all went well.
    pub status: i32,
    /// A call or fault of this line was not read-only, or the line moved time.
    pub changed: bool,
}

/// Runs one line as the account's administrator. Any text is answered; none can break anything.
pub fn run(cloud: &mut Cloud, line: &str) -> Printed {
    run_watched(cloud, line, &mut |_| {})
}

/// Runs one line; `watch` sees every state on the way where the line lets time pass.
pub fn run_watched(cloud: &mut Cloud, line: &str, watch: Watch<'_>) -> Printed {
    Shell::new(cloud, watch).line(line)
}

/// Runs one line whose answers nobody reads: all is as by [`run_watched`], but the answers of `aws` are not printed.
pub fn perform(cloud: &mut Cloud, line: &str, watch: Watch<'_>) -> Printed {
    Shell::new(cloud, watch).unheard().line(line)
}
