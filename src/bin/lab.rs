//! The laboratory: the simulator without a browser.

use std::io::{stderr, stdin, stdout};
use std::process::ExitCode;

use clap::Parser as _;
use drydock::lab::{self, Lab};
use mimalloc::MiMalloc;

/// Requests and answers are trees of many small values: the system's allocator would take a third of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    lab::run(&Lab::parse(), &mut stdin().lock(), &mut stdout().lock(), &mut stderr().lock())
}
