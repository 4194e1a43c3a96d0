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

use std::collections::BTreeMap;

use drydock::app::dom::{View, el, rows};
use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

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

/// Rows come, go and move; those that stay keep their nodes, and with them their focus.
#[wasm_bindgen_test]
async fn rows_keep_their_nodes() {
    let keys = ArcRwSignal::new(vec!["a", "b", "c"]);
    let shown = keys.clone();
    let place = show(move || {
        let keys = move || shown.read().iter().map(|key| (*key).to_owned()).collect();
        rows(keys, |_, key| el("p").child(key.to_owned()).into())
    });
    for next in [vec!["c", "a"], vec!["x", "c", "b", "a"], vec![], vec!["b", "a"], vec!["a", "b"]] {
        let before: BTreeMap<_, _> = rows_in(&place).into_iter().collect();
        keys.set(next.clone());
        leptos::task::tick().await;
        let after = rows_in(&place);
        assert!(after.iter().map(|(key, _)| key).eq(&next), "{next:?}: {}", place.inner_html());
        for (key, row) in after {
            assert!(before.get(&key).is_none_or(|before| *before == row), "{key} in {next:?}");
        }
    }
}

/// What is described anew keeps its nodes where it has the same shape, and only there.
#[wasm_bindgen_test]
async fn elements_of_one_shape_stay() {
    let shape = ArcRwSignal::new(0);
    let shown = shape.clone();
    let place = show(move || {
        let view = move || match shown.get() {
            0 => el("p").class("one").child("first"),
            1 => el("p").class("two").child("second").child(el("b").says("!")),
            _ => el("p").class("two").attr("title", "third").child("third"),
        };
        view.into()
    });
    let first = place.first_element_child();
    shape.set(1);
    leptos::task::tick().await;
    assert_eq!(place.first_element_child(), first);
    assert!(place.inner_html().starts_with("<p class=\"two\">second<b>!</b></p>"));
    shape.set(2);
    leptos::task::tick().await;
    assert_ne!(place.first_element_child(), first);
    assert!(place.inner_html().starts_with("<p class=\"two\" title=\"third\">third</p>"));
    assert_eq!(place.child_element_count(), 1);
}

fn show(view: impl FnOnce() -> View + 'static) -> HtmlElement {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    leptos::mount::mount_to(place.clone(), view).forget();
    place
}

fn rows_in(place: &HtmlElement) -> Vec<(String, Element)> {
    let rows = place.children();
    let rows = (0..rows.length()).filter_map(|at| rows.item(at));
    rows.map(|row| (row.text_content().unwrap(), row)).collect()
}
