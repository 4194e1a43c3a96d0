//! The library as wasm, in a real browser.
//!
//! `make test` runs these; by hand: `CHROMEDRIVER=$(command -v chromedriver) cargo test --target wasm32-unknown-unknown
//! --test web`, with `DRYDOCK_DIGEST` set as `tools/test.sh` does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::option_env_unwrap,
    reason = "a test that cannot go on fails"
)]
#![cfg(target_arch = "wasm32")]

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use serde_json::Value;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The history that the laboratory plays natively, as its `stdio` reads it.
const HISTORY: &str = include_str!("history.jsonl");

/// One seed and one history give one account, on every platform: else a share link would show something else to
/// whoever opens it.
#[wasm_bindgen_test]
fn the_same_history_gives_the_same_account_as_natively() {
    let native = option_env!("DRYDOCK_DIGEST")
        .expect("DRYDOCK_DIGEST: the digest that the laboratory printed");
    let mut cloud = Cloud::new(7, Start::DefaultVpc);
    for line in HISTORY.lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        if let Some(line) = request["line"].as_str() {
            assert_eq!(cli::run(&mut cloud, line).status, 0, "{line}");
        }
    }
    assert_eq!(cloud.digest(), native);
}
