//! Sorting. The standard library's sort is some 4 KB of wasm for each type that it sorts; here places are sorted, once
//! for all types, and the things follow. Stable, as the standard one is.

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
    if (1..count).all(|at| compare(at - 1, at).is_le()) {
        return places;
    }
    let mut width = 1;
    while width < count {
        let mut merged = Vec::with_capacity(count);
        for pair in places.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([first, lefts @ ..], [second, rights @ ..]) = (left, right) {
                if compare(*second, *first).is_lt() {
                    merged.push(*second);
                    right = rights;
                } else {
                    merged.push(*first);
                    left = lefts;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        places = merged;
        width *= 2;
    }
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

    #[test]
    fn lists_of_every_length_are_sorted_as_by_the_standard_library() {
        for count in 0..70_u32 {
            let mut mine: Vec<_> = (0..count).map(|at| (at * 37 % 11, at)).collect();
            let mut standard = mine.clone();
            by_key(&mut mine, |item| item.0);
            standard.sort_by_key(|item| item.0);
            assert_eq!(mine, standard);
        }
    }
}
