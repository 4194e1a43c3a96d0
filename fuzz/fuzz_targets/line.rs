//! `cargo +nightly fuzz run line`: a script in the terminal, and completion at its end.
#![no_main]

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;

libfuzzer_sys::fuzz_target!(|script: &str| {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    for line in cli::commands(script) {
        cli::run(&mut cloud, line);
    }
    cli::complete(&cloud, script);
});
