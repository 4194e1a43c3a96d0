//! `bill`: what the account costs an hour now, and what it has cost so far.

use std::fmt::Write;

use crate::cloud::Cloud;
use crate::cloud::bill::Cost;

/// The bill as a table: every sort of cost that there is or was.
#[inline(never)]
pub(super) fn print(cloud: &Cloud) -> String {
    let (bill, now) = (&cloud.account().bill, cloud.now());
    let mut text = format!("{:<22} {:>10} {:>12}\n", "", "an hour", "so far");
    let mut line = |title: &str, rate: u64, total: u64| {
        let _ = writeln!(text, "{title:<22} {:>10} {:>12}", dollars(rate), dollars(total));
    };
    for cost in Cost::ALL {
        let (rate, total) = (bill.rate(*cost), bill.total(*cost, now));
        if rate > 0 || total > 0 {
            line(cost.title(), rate, total);
        }
    }
    line("All", bill.rate_of_all(), bill.total_of_all(now));
    text
}

/// Micro-dollars as dollars: fractions of a cent are what single tasks cost.
fn dollars(micros: u64) -> String {
    format!("${}.{:05}", micros / 1_000_000, micros % 1_000_000 / 10)
}
