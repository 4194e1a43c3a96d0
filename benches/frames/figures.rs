//! Many measurements as one line: the 95th percentile beside its target, the median and the longest.

use std::fs;

use crate::page::Page;

/// Milliseconds, in order.
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    /// Of measurements in any order.
    pub(crate) fn of(mut millis: Vec<f64>) -> Self {
        assert!(millis.len() >= 30, "only {} measurements", millis.len());
        millis.sort_by(f64::total_cmp);
        Self(millis)
    }

    /// Prints them beside what the 95th percentile may be at most. A target that is missed fails nothing: machines differ.
    pub(crate) fn print(&self, name: &str, most: f64) {
        let p95 = self.percentile(95);
        // Half of the last digit that is printed: differences of time stamps are not exact.
        let verdict = if p95 < most + 0.05 { "met" } else { "MISSED" };
        let (count, median, longest) = (self.0.len(), self.percentile(50), self.percentile(100));
        println!("{name:<52}{p95:>8.1} ms  target <= {most:<6}{verdict}");
        println!("{:<52}{median:>8.1} ms  median; the longest {longest:.1} ms, of {count}", "");
    }

    /// The least measurement that so many of a hundred do not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0[rank - 1]
    }
}

/// What the figures mean, and what they were measured on.
pub(crate) async fn print_head(page: &Page, slowdown: u32) {
    let browser = page.script("return navigator.userAgent.match(/Chrome\\/[0-9]+/)[0]").await;
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor =
        processor.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "\nThe page in {}, {}, {} of them, made {slowdown} times slower; load {}.",
        browser.as_str().unwrap_or("a browser"),
        processor.unwrap_or("processors of an unknown kind"),
        std::thread::available_parallelism().map_or(1, usize::from),
        load.split(' ').next().unwrap_or("unknown"),
    );
    println!(
        "Each figure is the 95th percentile. A browser without a screen draws a frame each 16.67 ms at best."
    );
}
