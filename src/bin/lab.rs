//! The laboratory: the simulator without a browser.

fn main() {}
