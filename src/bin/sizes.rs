//! Holds every file of the built site against its budget: `tools/dist.sh` runs it in the repository's root.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;

const SITE: &str = "dist";
const BUDGET: &str = "tools/budget.toml";
const KIB: usize = 1024;

/// The committed limits, in KiB after brotli.
#[derive(Deserialize)]
struct Budget {
    total: Vec<Total>,
    file: Vec<Limit>,
}

/// The limit of everything that a browser fetches before something can be done.
#[derive(Deserialize)]
struct Total {
    before: String,
    kib: usize,
    /// The total that it adds to, one of those above it.
    after: Option<String>,
    /// What it adds: names with at most one star.
    files: Vec<String>,
}

/// The limit of one file, or of each of several whose names differ where the star is.
#[derive(Deserialize)]
struct Limit {
    name: String,
    kib: usize,
}

/// One file of the site: its name, and its bytes before and after brotli.
struct Measured {
    name: String,
    raw: usize,
    brotli: usize,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; true if everything is within its budget.
fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let budget: Budget = toml::from_str(&fs::read_to_string(BUDGET)?)?;
    let mut files = Vec::new();
    measure(Path::new(SITE), "", &mut files)?;
    files.sort_by(|a, b| b.brotli.cmp(&a.brotli).then(a.name.cmp(&b.name)));

    println!("{:<40} {:>10} {:>10} {:>10}", "file", "raw KiB", "brotli", "budget");
    let mut fits = true;
    for file in &files {
        let limit = budget.file.iter().find(|limit| matches(&limit.name, &file.name));
        let verdict = match limit {
            None => "  no budget: add a line to tools/budget.toml",
            Some(limit) if file.brotli > limit.kib * KIB => "  OVER",
            Some(_) => "",
        };
        fits &= verdict.is_empty();
        let kib = limit.map_or(String::from("-"), |limit| limit.kib.to_string());
        println!("{}", row(&file.name, &tenths(file.raw), file.brotli, &kib, verdict));
    }
    let mut totals: Vec<(&str, usize)> = Vec::new();
    for Total { before, kib, after, files: names } in &budget.total {
        let base = after.as_ref().map(|after| totals.iter().find(|(name, _)| name == after));
        let base = base.map_or(Some(0), |found| found.map(|(_, bytes)| *bytes));
        let base = base.ok_or_else(|| format!("{BUDGET}: `{before}` adds to nothing above it"))?;
        let adds = |file: &&Measured| names.iter().any(|name| matches(name, &file.name));
        let bytes = base + files.iter().filter(adds).map(|file| file.brotli).sum::<usize>();
        let over = bytes > kib * KIB;
        fits &= !over;
        let verdict = if over { "  OVER" } else { "" };
        println!("{}", row(&format!("before {before}"), "", bytes, &kib.to_string(), verdict));
        totals.push((before, bytes));
    }
    Ok(fits)
}

fn row(name: &str, raw: &str, brotli: usize, budget: &str, verdict: &str) -> String {
    format!("{name:<40} {raw:>10} {:>10} {budget:>10}{verdict}", tenths(brotli))
}

/// Bytes as KiB with one decimal, without floats.
fn tenths(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(KIB);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Adds every file below `folder`, named from the site's root.
fn measure(folder: &Path, prefix: &str, files: &mut Vec<Measured>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            measure(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(entry.path())?;
            files.push(Measured { name, raw: bytes.len(), brotli: compressed(&bytes)? });
        }
    }
    Ok(())
}

/// The size after brotli at level 11 with the largest window that browsers accept.
fn compressed(bytes: &[u8]) -> io::Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 24);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}

/// Whether `name` fits a pattern with at most one star.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}
