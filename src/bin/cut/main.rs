//! Cuts the page's program into parts by what a visit runs, in the site that Trunk has just built. `tools/finish.sh`
//! runs it in the repository's root.
//!
//! `cut` replaces the wasm and the glue that Trunk made by those of the parts. `cut count` replaces them by a program in
//! one piece that notes which basic blocks run; `make profile` plays with that, and `cut learn` writes down what it saw.
#![allow(clippy::print_stdout, reason = "what it made is all it has to say")]

mod count;
mod flow;
mod learn;
mod names;
mod outline;
mod plan;
mod profile;
mod program;
mod reach;
mod site;
mod write;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use names::Names;
use outline::Outlined;
use plan::Plan;
use profile::Profile;
use program::Program;
use reach::Reach;
use site::Site;
use wasmparser::Validator;
use write::Cut;

/// Which code is in which part. `cut learn` writes it.
const PROFILE: &str = "tools/parts.txt";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        None => cut(),
        Some("count") => count(),
        Some("learn") => learn::learn(),
        Some(other) => Err(format!("`{other}` is neither `count` nor `learn`").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: the program could not be cut into parts: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Puts the parts into the site.
fn cut() -> Result<()> {
    let site = Site::of_trunk()?;
    let linked = site::linked()?;
    let (bound, glue) = site::bound()?;
    let profile = Profile::read(&fs::read_to_string(PROFILE)?)?;
    let program = Program::read(&bound)?;
    let names = Names::new(&program);
    let outlined = Outlined::new(&program, &profile)?;
    let program = names.in_program(outlined.applied(program)?);
    let plan = Plan::new(&program, &Reach::read(&linked, &outlined)?, &profile)?;
    let cut = Cut::new(&program, &plan)?;
    let mut parts = Vec::new();
    for piece in 0..plan.pieces.len() {
        let part = cut.module(piece)?;
        Validator::new().validate_all(&part)?;
        parts.push(part);
    }
    site.put_parts(&plan, &parts, &names.in_glue(&glue))
}

/// Puts a program that counts into the site.
fn count() -> Result<()> {
    let (bound, glue) = site::bound()?;
    Site::of_trunk()?.put_counting(&count::counting(&bound)?, &glue)
}
