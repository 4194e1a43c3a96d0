//! Compiles the lessons into data that the library embeds.

fn main() {}
