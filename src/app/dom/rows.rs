//! Rows that keep their nodes while others come and go.

use leptos::prelude::*;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::Mountable;
use web_sys::Comment;

use super::shown::Shown;
use super::{Keys, MakeRow};
use crate::cloud::map::Map;

/// A row: what is made in it lives as long as it does.
pub struct Row {
    key: String,
    owner: Owner,
    /// Its nodes.
    pub(super) shown: Shown,
}

/// Follows the keys.
pub(super) fn follow(keys: Keys, make: MakeRow) -> RenderEffect<Shown> {
    let above = Owner::current().unwrap_or_default();
    RenderEffect::new(move |shown| {
        let keys = keys();
        let (before, end) = match shown {
            Some(Shown::Rows(rows, end)) => (rows, end),
            _ => (Vec::new(), Rndr::create_placeholder()),
        };
        if before.iter().map(|row| &row.key).eq(&keys) {
            return Shown::Rows(before, end);
        }
        let make = |at: usize, key: String| {
            let owner = above.with(Owner::new);
            let shown = owner.with(|| untrack(|| make(at, &key).build()));
            Row { key, owner, shown }
        };
        Shown::Rows(renewed(before, keys, &end, &make), end)
    })
}

/// The rows of these keys: those that are there already stay, and move only if their order has changed.
fn renewed(
    before: Vec<Row>,
    keys: Vec<String>,
    end: &Comment,
    make: &dyn Fn(usize, String) -> Row,
) -> Vec<Row> {
    let known = Map::of(before.iter().enumerate().map(|(at, row)| (row.key.clone(), at)));
    let mut before: Vec<Option<Row>> = before.into_iter().map(Some).collect();
    let mut reached = 0;
    let mut rows = Vec::with_capacity(keys.len());
    for (at, key) in keys.into_iter().enumerate() {
        let was = known.get(&key).copied().unwrap_or(usize::MAX);
        match before.get_mut(was).and_then(Option::take) {
            Some(row) => {
                rows.push((row, was < reached));
                reached = reached.max(was);
            }
            None => rows.push((make(at, key), true)),
        }
    }
    for mut gone in before.into_iter().flatten() {
        gone.shown.unmount();
        gone.owner.cleanup();
    }
    let Some(parent) = end.parent_element() else {
        return rows.into_iter().map(|(row, _)| row).collect();
    };
    let mut after: Option<Row> = None;
    let mut placed = Vec::with_capacity(rows.len());
    for (mut row, must_move) in rows.into_iter().rev() {
        match &after {
            _ if !must_move => {}
            Some(after) => {
                after.shown.insert_before_this(&mut row.shown);
            }
            None => row.shown.mount(&parent, Some(end)),
        }
        placed.extend(after.replace(row));
    }
    placed.extend(after);
    placed.reverse();
    placed
}
