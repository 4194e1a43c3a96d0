//! Where the figures go, and how time and memory are measured.

use std::io::{self, Write};
use std::time::Duration;

/// What a figure should be (README.md, "How fast is it?").
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// It is only reported.
    None,
    /// This, or more.
    AtLeast(f64),
    /// This, or less.
    AtMost(f64),
}

/// The lines that are printed.
pub(super) struct Board<'a> {
    out: &'a mut dyn Write,
    met: u32,
    missed: u32,
}

impl<'a> Board<'a> {
    /// Begins with how it is measured.
    pub(super) fn new(out: &'a mut dyn Write) -> io::Result<Self> {
        let clock = if on_cpu().is_some() { "time on the processor" } else { "time by the clock" };
        writeln!(out, "One thread, {clock}. An event is one job of the control plane.")?;
        Ok(Self { out, met: 0, missed: 0 })
    }

    /// So many in this time, as a rate.
    pub(super) fn rate(
        &mut self,
        name: &str,
        count: u32,
        unit: &str,
        took: Duration,
        target: Target,
    ) -> io::Result<()> {
        self.line(name, f64::from(count) / took.as_secs_f64().max(1e-9), unit, target)
    }

    /// So many in this time, as the time of each in `ns`, `us` or `ms`.
    pub(super) fn each(
        &mut self,
        name: &str,
        count: u32,
        unit: &str,
        took: Duration,
    ) -> io::Result<()> {
        let factor = match unit {
            "ns" => 1e9,
            "us" => 1e6,
            _ => 1e3,
        };
        let figure = took.as_secs_f64() * factor / f64::from(count.max(1));
        self.line(name, figure, unit, Target::None)
    }

    /// One figure.
    pub(super) fn line(
        &mut self,
        name: &str,
        figure: f64,
        unit: &str,
        target: Target,
    ) -> io::Result<()> {
        let (words, met) = match target {
            Target::None => (String::new(), None),
            Target::AtLeast(least) => (format!("target >= {least}"), Some(figure >= least)),
            Target::AtMost(most) => (format!("target <= {most}"), Some(figure <= most)),
        };
        let verdict = match met {
            None => "",
            Some(true) => "  met",
            Some(false) => "  MISSED",
        };
        self.met += u32::from(met == Some(true));
        self.missed += u32::from(met == Some(false));
        let digits = usize::from(figure < 100.0);
        let line = format!("{name:<60}{figure:>14.digits$} {unit:<9}{words}{verdict}");
        writeln!(self.out, "{}", line.trim_end())?;
        self.out.flush()
    }

    /// How many targets are met. A target that is missed fails nothing: machines differ.
    pub(super) fn end(self) -> io::Result<u8> {
        writeln!(self.out, "{} targets met, {} missed", self.met, self.missed)?;
        Ok(0)
    }
}

/// How long some work keeps the processor; by the clock where the system does not say. So other work on the machine
/// changes little.
#[expect(clippy::disallowed_types, reason = "a benchmark measures the wall clock")]
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (start, before) = (std::time::Instant::now(), on_cpu());
    let value = work();
    let (by_clock, after) = (start.elapsed(), on_cpu());
    (before.zip(after).map_or(by_clock, |(before, after)| after.saturating_sub(before)), value)
}

/// How long this thread has been on a processor (Linux).
fn on_cpu() -> Option<Duration> {
    // The figure is brought up to date when the thread yields.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The memory this process has, where the system says so.
pub(super) fn resident_kib() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
