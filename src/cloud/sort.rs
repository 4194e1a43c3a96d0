//! Sorting. The standard library's sort is some 4 KB of wasm for each type that it sorts; here it sorts places, and the
//! things follow. Stable, as the standard one is.

use std::cmp::Ordering;
use std::mem;

/// Sorts by a comparison.
pub fn by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = places(items.len(), &mut |a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut old: Vec<Option<T>> = mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| old.get_mut(at)?.take()));
}

/// Sorts by what `key` says of each.
pub fn by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts things that have an order.
pub fn plain<T: Ord>(items: &mut Vec<T>) {
    by(items, T::cmp);
}

/// The places of a list of this length in their new order.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_keeps_its_order() {
        let mut ships = vec![("b", 1), ("a", 2), ("b", 0), ("a", 1)];
        by_key(&mut ships, |ship| ship.0);
        assert_eq!(ships, [("a", 2), ("a", 1), ("b", 1), ("b", 0)]);
        plain(&mut ships);
        assert_eq!(ships, [("a", 1), ("a", 2), ("b", 0), ("b", 1)]);
    }
}
