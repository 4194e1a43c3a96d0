//! For tests, also those of `tests/sim`: lines that have to work.

use crate::cli::{self, Printed};
use crate::cloud::Cloud;

/// What a line printed, which worked.
#[track_caller]
pub(crate) fn worked(line: &str, printed: Printed) -> String {
    assert_eq!(printed.status, 0, "{line}\n{}", printed.stderr);
    printed.stdout
}

/// Runs a line that works: what it printed.
#[track_caller]
pub(crate) fn play(cloud: &mut Cloud, line: &str) -> String {
    worked(line, cli::run(cloud, line))
}
