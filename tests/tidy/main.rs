//! The house rules that a machine can check (ARCHITECTURE.md, "Invariants"). Each complaint names a place and says what
//! to do instead.

mod code;
mod documents;
mod layers;
mod tree;
