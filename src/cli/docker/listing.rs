//! `docker images` and `docker history`: what is on this machine.

use super::{Fail, Shell, familiar, find, short, usage};
use crate::cloud::docker::LocalImage;
use crate::cloud::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use crate::cloud::wildcard;

/// What is in an image is larger than what travels: gzip takes away about 60 % (facts/docker §2, rounded).
const UNPACKED_TENTHS: u64 = 27;

/// Which images `docker images` is to show, and how.
#[derive(Default)]
struct Asked {
    /// A name, with or without a tag; `*` and `?` stand for other letters.
    reference: Option<String>,
    /// Only those without a name, or only those with one.
    dangling: Option<bool>,
    /// Ids alone.
    quiet: bool,
}

impl Asked {
    fn read(words: &[String]) -> Result<Self, Fail> {
        let mut asked = Self::default();
        let mut rest = words.iter().map(String::as_str);
        while let Some(word) = rest.next() {
            let (flag, value) = word.split_once('=').map_or((word, None), |(f, v)| (f, Some(v)));
            match flag {
                "-q" | "--quiet" => asked.quiet = true,
                "-a" | "--all" => {}
                "-f" | "--filter" => {
                    let filter = value.or_else(|| rest.next()).unwrap_or("");
                    match filter.split_once('=') {
                        Some(("reference", name)) => asked.reference = Some(name.to_owned()),
                        Some(("dangling", word)) => asked.dangling = Some(word == "true"),
                        _ => {
                            let text = format_args!(
                                "Error response from daemon: invalid filter '{filter}'"
                            );
                            return Err(Fail::honest(text, 1));
                        }
                    }
                }
                _ if flag.starts_with('-') => {
                    return Err(Fail::honest(format_args!("unknown flag: {flag}"), 125));
                }
                _ => asked.reference = Some(word.to_owned()),
            }
        }
        Ok(asked)
    }

    fn wants(&self, repository: &str, tag: &str) -> bool {
        let named = format!("{repository}:{tag}");
        let fits =
            |name: &String| wildcard::matches(name, repository) || wildcard::matches(name, &named);
        self.dangling != Some(true) && self.reference.as_ref().is_none_or(fits)
    }
}

/// Runs the words after `docker images`.
pub(super) fn images(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let asked = Asked::read(words)?;
    let now = shell.cloud.now();
    let mut rows = vec![["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"].map(str::to_owned)];
    for image in shell.cloud.account().docker.images().rev() {
        let row = |repository: &str, tag: &str| {
            [
                repository.to_owned(),
                tag.to_owned(),
                short(&image.packed.id()).to_owned(),
                ago(now.since(image.created)),
                size(unpacked(image.packed.size())),
            ]
        };
        if image.names.is_empty() && asked.reference.is_none() && asked.dangling != Some(false) {
            rows.push(row("<none>", "<none>"));
        }
        for name in &image.names {
            let (repository, tag) = name.rsplit_once(':').unwrap_or((name, "<none>"));
            let repository = familiar(repository);
            if asked.wants(repository, tag) {
                rows.push(row(repository, tag));
            }
        }
    }
    if asked.quiet {
        rows.iter().skip(1).for_each(|[_, _, id, ..]| shell.print(&format!("{id}\n")));
    } else {
        shell.print(&table(&rows));
    }
    Ok(())
}

/// Runs the words after `docker history`.
pub(super) fn history(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let [word] = words else { return Err(usage("docker history", "1 argument")) };
    let image: LocalImage = find(&shell.cloud.account().docker, word)?.clone();
    let created = ago(shell.cloud.now().since(image.created));
    let mut rows = vec![["IMAGE", "CREATED", "CREATED BY", "SIZE"].map(str::to_owned)];
    for (at, (text, layer)) in image.history.iter().enumerate().rev() {
        let last = at + 1 == image.history.len();
        let id = if last { short(&image.packed.id()).to_owned() } else { "<missing>".to_owned() };
        let layer = layer.and_then(|at| image.packed.layers.get(at));
        let bytes = layer.map_or(0, |layer| unpacked(layer.size));
        rows.push([id, created.clone(), text.to_string(), size(bytes)]);
    }
    shell.print(&table(&rows));
    Ok(())
}

fn unpacked(bytes: u64) -> u64 {
    bytes * UNPACKED_TENTHS / 10
}

/// Columns with three spaces between them, as Docker lays out its lists.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line: Vec<String> = cells.collect();
        text.push_str(line.join("   ").trim_end());
        text.push('\n');
    }
    text
}

/// Docker's words for a length of time (docker/go-units, `HumanDuration`).
fn ago(time: Millis) -> String {
    let text = match time {
        0..SECOND => "Less than a second".to_owned(),
        SECOND..2_000 => "1 second".to_owned(),
        2_000..MINUTE => format!("{} seconds", time / SECOND),
        MINUTE..120_000 => "About a minute".to_owned(),
        120_000..HOUR => format!("{} minutes", time / MINUTE),
        HOUR..7_200_000 => "About an hour".to_owned(),
        7_200_000..172_800_000 => format!("{} hours", time / HOUR),
        _ => format!("{} days", time / DAY),
    };
    format!("{text} ago")
}

/// Bytes with three digits and a unit of a thousand, as Docker writes them.
fn size(bytes: u64) -> String {
    let mut unit = 1;
    let mut names = ["B", "kB", "MB", "GB"].into_iter();
    let mut name = names.next().unwrap_or("");
    for next in names {
        if bytes / unit < 1_000 {
            break;
        }
        unit *= 1_000;
        name = next;
    }
    let (whole, hundredths) = (bytes / unit, bytes % unit * 100 / unit);
    let fraction = match whole {
        _ if unit == 1 => String::new(),
        0..=9 => format!(".{hundredths:02}"),
        10..=99 => format!(".{}", hundredths / 10),
        _ => String::new(),
    };
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{whole}{fraction}{name}")
}
