//! What was chosen because AWS publishes nothing is said to whoever reads the documents.

use std::collections::BTreeSet;

use crate::tree::{file, report};

/// `docs/fidelity.md` has a row for each constant in `limits.rs` that is marked as chosen, and for no other.
#[test]
fn every_chosen_value_is_listed() {
    let limits = file("src/cloud/limits.rs");
    let fidelity = file("docs/fidelity.md");
    let (_, table) =
        fidelity.text.split_once("## Chosen values").expect("a section on chosen values");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    let mut chosen = BTreeSet::new();
    let mut is_chosen = false;
    for line in limits.text.lines() {
        if let Some(said) = line.strip_prefix("///") {
            is_chosen |= said.to_lowercase().contains("chosen");
        } else {
            let constant = line.strip_prefix("pub const ").and_then(|rest| rest.split_once(':'));
            chosen.extend(constant.filter(|_| is_chosen).map(|(name, _)| name));
            is_chosen = false;
        }
    }
    assert!(chosen.len() > 10, "the constants of limits.rs are not read any more");
    let missing = chosen.difference(&listed).map(|name| {
        format!("docs/fidelity.md: `{name}` of limits.rs is chosen; give it a row under \"Chosen values\"")
    });
    let left = listed.difference(&chosen).map(|name| {
        format!(
            "docs/fidelity.md: `{name}` is no chosen value of limits.rs any more; remove its row"
        )
    });
    report(&missing.chain(left).collect::<Vec<_>>());
}
