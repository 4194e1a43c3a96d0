//! The house rules that a machine can check (ARCHITECTURE.md, "Invariants"). Each complaint names a place and says what
//! to do instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod choices;
mod code;
mod documents;
mod layers;
mod tree;
