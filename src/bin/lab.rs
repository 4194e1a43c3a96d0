//! The laboratory: the simulator without a browser.

use std::io::{stderr, stdin, stdout};
use std::process::ExitCode;

use clap::Parser as _;
use drydock::lab::{self, Lab};

fn main() -> ExitCode {
    lab::run(&Lab::parse(), &mut stdin().lock(), &mut stdout().lock(), &mut stderr().lock())
}
