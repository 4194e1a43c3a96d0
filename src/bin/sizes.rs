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
    /// Everything before the map answers.
    map: usize,
    /// Everything before a lesson answers: the map's files and those of lessons.
    lesson: usize,
    file: Vec<Limit>,
}

/// The limit of one file, or of each of several whose names differ where the star is.
#[derive(Deserialize)]
struct Limit {
    name: String,
    kib: usize,
    before: Option<Before>,
}

/// What has to wait for a file.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Before {
    Map,
    Lesson,
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
    let (mut fits, mut map, mut lesson) = (true, 0, 0);
    for file in &files {
        let limit = budget.file.iter().find(|limit| matches(&limit.name, &file.name));
        let verdict = match limit {
            None => "  no budget: add a line to tools/budget.toml",
            Some(limit) if file.brotli > limit.kib * KIB => "  OVER",
            Some(_) => "",
        };
        fits &= verdict.is_empty();
        match limit.and_then(|limit| limit.before) {
            Some(Before::Map) => map += file.brotli,
            Some(Before::Lesson) => lesson += file.brotli,
            None => {}
        }
        let kib = limit.map_or(String::from("-"), |limit| limit.kib.to_string());
        println!("{}", row(&file.name, &tenths(file.raw), file.brotli, &kib, verdict));
    }
    let totals = [
        ("before the map answers", map, budget.map),
        ("before a lesson answers", map + lesson, budget.lesson),
    ];
    for (name, bytes, kib) in totals {
        let over = bytes > kib * KIB;
        fits &= !over;
        let verdict = if over { "  OVER" } else { "" };
        println!("{}", row(name, "", bytes, &kib.to_string(), verdict));
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
