//! `cargo +nightly fuzz run shorthand`: a parameter as shorthand or JSON. What is understood comes back
//! through the line that makes the call.
#![no_main]

use drydock::cli::{line_for, rehearse};

libfuzzer_sys::fuzz_target!(|value: &str| {
    let value = value.replace('\'', "'\\''");
    let line = format!("aws ecs register-task-definition --family web --container-definitions '{value}'");
    let (_, calls, _) = rehearse(&line, Vec::new());
    for call in calls {
        let again = line_for(&call);
        assert_eq!(rehearse(&again, Vec::new()).1.first(), Some(&call), "{again}");
    }
});
