//! The laboratory: the simulator without a browser. How authors check lessons, and how tests and scripts reach the
//! account from outside.

mod bench;
mod check;
mod stdio;

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::cli;
use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::lesson::solve;

/// What is to be done.
#[derive(Debug, Parser)]
#[command(name = "lab", version, about = "The simulated AWS account without a browser")]
pub struct Lab {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run terminal lines on a fresh account and print what the terminal prints
    Run {
        #[command(flatten)]
        fresh: Fresh,
        /// The file with the lines; `-` reads them from standard input
        file: PathBuf,
    },
    /// Compile lessons and replay them
    Check {
        /// Folders of lessons, or single lesson files
        #[arg(default_value = "lessons")]
        paths: Vec<PathBuf>,
    },
    /// Answer one JSON object a line on standard input with one a line on standard output
    Stdio {
        #[command(flatten)]
        fresh: Fresh,
    },
    /// Measure the simulator: one line a figure, with its unit and its target
    Bench,
}

/// A fresh account.
#[derive(Clone, Copy, Debug, Args)]
struct Fresh {
    /// What chance grows from: equal seeds give equal histories
    #[arg(long, default_value_t = solve::SANDBOX_SEED)]
    seed: u64,
    /// What the account holds at first: `default-vpc` or `empty`
    #[arg(long, default_value = "default-vpc", value_parser = solve::start)]
    start: Start,
}

impl Fresh {
    fn cloud(self) -> Cloud {
        Cloud::new(self.seed, self.start)
    }
}

/// Does what the arguments say. Standard streams come in, so that nothing here owns them.
pub fn run(
    lab: &Lab,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> ExitCode {
    let done = match &lab.command {
        Command::Run { fresh, file } => script(file, *fresh, input, out, err),
        Command::Check { paths } => check::run(paths, out),
        Command::Stdio { fresh } => stdio::run(fresh.cloud(), input, out),
        Command::Bench => bench::run(out),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        // Whoever read the output has gone; there is nobody left to tell.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing better can be done if standard error is closed as well.
            let _ = writeln!(err, "lab: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the lines of a file. The exit status is that of the first failing line.
fn script(
    file: &PathBuf,
    fresh: Fresh,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let named = |error| io::Error::other(format!("{}: {error}", file.display()));
    let text = if file.as_os_str() == "-" {
        io::read_to_string(input)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(named)?;
    // As some editors write files: marked as UTF-8, and with carriage returns.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut cloud = fresh.cloud();
    let mut status = 0;
    for line in cli::commands(&text) {
        let printed = cli::run(&mut cloud, line);
        out.write_all(printed.stdout.as_bytes())?;
        out.flush()?;
        err.write_all(printed.stderr.as_bytes())?;
        if status == 0 {
            status = u8::try_from(printed.status).unwrap_or(255);
        }
    }
    Ok(status)
}
