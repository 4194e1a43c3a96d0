//! Cuts the page's program into parts by what a visit runs, in the site that Trunk has just built. `tools/finish.sh`
//! runs it in the repository's root.
//!
//! `cut` replaces the wasm and the glue that Trunk made by those of the parts. `cut count` replaces them by a program in
//! one piece that notes which functions run; `make profile` plays with that, and `cut learn` writes down what it saw.
#![allow(clippy::print_stdout, reason = "what it made is all it has to say")]

mod count;
mod plan;
mod profile;
mod program;
mod reach;
mod site;
mod write;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use plan::Plan;
use profile::Profile;
use program::Program;
use reach::Reach;
use site::Site;
use write::Cut;

/// Which function is in which part. `cut learn` writes it.
const PROFILE: &str = "tools/parts.txt";

/// What the played scenes have run: a file for each, named as the part or the page, with a line for each page that it
/// opened. `tests/browser/profile.rs` writes them.
const NOTES: &str = "target/profile";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        None => cut(),
        Some("count") => count(),
        Some("learn") => learn(),
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
    let plan = Plan::new(&program, &Reach::read(&linked)?, &profile)?;
    let cut = Cut::new(&program, &plan)?;
    let mut parts = Vec::new();
    for piece in 0..plan.pieces.len() {
        parts.push(cut.module(piece)?);
    }
    site.put_parts(&plan, &parts, &glue)
}

/// Puts a program that counts into the site.
fn count() -> Result<()> {
    let (bound, glue) = site::bound()?;
    Site::of_trunk()?.put_counting(&count::counting(&bound)?, &glue)
}

/// Writes down what the played scenes have run.
fn learn() -> Result<()> {
    let bound = fs::read(site::work().join(site::BOUND))?;
    let program = Program::read(&bound)?;
    let mut scenes = Vec::new();
    for entry in fs::read_dir(NOTES)? {
        let path = entry?.path();
        if let (Some("txt"), Some(name)) = (extension(&path), path.file_stem()) {
            let ran = count::ran(&fs::read_to_string(&path)?);
            scenes.push((name.to_string_lossy().into_owned(), ran));
        }
    }
    let first = program.imports.len();
    let mut profile = Profile::default();
    for (number, name) in &program.names {
        let Some(at) = usize::try_from(*number)?.checked_sub(first) else { continue };
        let ran = scenes.iter().filter(|(_, ran)| ran.get(at).copied().unwrap_or_default());
        profile.learn(name, &ran.map(|(scene, _)| scene.as_str()).collect());
    }
    fs::write(PROFILE, profile.written())?;
    Ok(())
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}
