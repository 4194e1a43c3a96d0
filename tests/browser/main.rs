//! The built site in a real browser: `make test` builds `dist/` and runs these in Debian's Chromium.
//!
//! Each test has a browser of its own, with an empty profile. A test fails on anything that the page writes to the
//! console as an error, a breach of the content security policy included, and on any request that leaves the machine.
//! `DRYDOCK_PICTURES=folder` keeps the pictures that tests take.
#![allow(
    clippy::too_many_lines,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::similar_names,
    clippy::cast_precision_loss,
    reason = "a test is a table of cases: it may be long, and its numbers are small"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by panicking"
)]

mod addresses;
mod browser;
mod course;
mod embed;
mod everywhere;
mod hands;
mod instruments;
mod kept;
mod keys;
mod lessons;
mod page;
mod parts;
mod pictures;
mod profile;
mod shell;
mod site;
mod taps;
mod widgets;
