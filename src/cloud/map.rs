//! Maps and sets as lists in order. The standard library's trees are some 3 KB of wasm for each kind of map; those of an
//! account are small, or grow at their end, and a list in order is found in as quickly.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::{AddAssign, Range};
use std::{mem, slice, vec};

use super::sort;

/// Values by key, in the keys' order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Map<K, V>(Vec<(K, V)>);

/// Things in their order, each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set<T>(Map<T, ()>);

impl<K, V> Map<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// It has no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Takes out the first key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// Keeps only what is wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| wanted(key, value));
    }
}

impl<K: Ord, V> Map<K, V> {
    /// A map of these; of equal keys the last counts.
    pub fn of(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut list: Vec<(K, V)> = entries.into_iter().collect();
        sort::by(&mut list, |a, b| a.0.cmp(&b.0));
        list.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                mem::swap(later, first);
            }
            same
        });
        Self(list)
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// It has this key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Gives a key a value, and returns the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self.0.get_mut(place).map(|(_, old)| mem::replace(old, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, to be changed; a new one if it has none. Always something.
    pub fn at(&mut self, key: K, new: impl FnOnce() -> V) -> Option<&mut V> {
        match self.place(&key) {
            Ok(place) => self.0.get_mut(place).map(|(_, value)| value),
            Err(place) => Some(&mut self.0.insert_mut(place, (key, new())).1),
        }
    }

    /// Adds to the number of a key, which is 0 if it has none.
    pub fn add(&mut self, key: K, amount: V)
    where
        V: AddAssign + Default,
    {
        if let Some(number) = self.at(key, V::default) {
            *number += amount;
        }
    }

    /// Takes a key out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Keys and values of a range of keys, in order.
    pub fn range(&self, keys: Range<K>) -> Iter<'_, K, V> {
        let end = self.0.partition_point(|(key, _)| *key < keys.end);
        let start = self.0.partition_point(|(key, _)| *key < keys.start);
        self.0.get(start..end).unwrap_or_default().iter().map(|(key, value)| (key, value))
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        place(self.0.len(), &mut |at| match self.0.get(at) {
            Some((known, _)) => known.borrow().cmp(key),
            None => Ordering::Greater,
        })
    }
}

/// Where something stands in a list in order, or where it belongs: a search of its own, once for all types. What is
/// added most often belongs to the end, so that is looked at first.
fn place(len: usize, compare: &mut dyn FnMut(usize) -> Ordering) -> Result<usize, usize> {
    let (mut start, mut end) = (0, len);
    let mut middle = len.saturating_sub(1);
    while start < end {
        match compare(middle) {
            Ordering::Less => start = middle + 1,
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => end = middle,
        }
        middle = start + (end - start) / 2;
    }
    Err(start)
}

/// What [`Map::iter`] goes through.
pub type Iter<'a, K, V> = std::iter::Map<slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self::of(entries)
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<T> Set<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Self(Map::new())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> Things<'_, T> {
        self.0.0.iter().map(|(thing, ())| thing)
    }

    /// The first.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The last.
    pub fn last(&self) -> Option<&T> {
        self.iter().next_back()
    }

    /// Keeps only what is wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&T) -> bool) {
        self.0.retain(|thing, ()| wanted(thing));
    }
}

impl<T: Ord> Set<T> {
    /// A set of these.
    pub fn of(things: impl IntoIterator<Item = T>) -> Self {
        Self(Map::of(things.into_iter().map(|thing| (thing, ()))))
    }

    /// It is there.
    pub fn contains<Q: Ord + ?Sized>(&self, thing: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(thing)
    }

    /// Which one it is, from 0 up.
    pub fn place(&self, thing: &T) -> Option<usize> {
        self.0.place(thing).ok()
    }

    /// Adds one; false if it was there.
    pub fn insert(&mut self, thing: T) -> bool {
        self.0.insert(thing, ()).is_none()
    }

    /// Takes one out; false if it was not there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, thing: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(thing).is_some()
    }
}

/// What [`Set::iter`] goes through.
pub type Things<'a, T> = std::iter::Map<slice::Iter<'a, (T, ())>, fn(&'a (T, ())) -> &'a T>;

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = Things<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::iter::Map<vec::IntoIter<(T, ())>, fn((T, ())) -> T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(thing, ())| thing)
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        Self::of(things)
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, things: I) {
        for thing in things {
            self.insert(thing);
        }
    }
}

impl<'a, T: Ord + Copy> Extend<&'a T> for Set<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, things: I) {
        self.extend(things.into_iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_map_does_what_the_standard_one_does() {
        let (mut map, mut plain) = (Map::new(), BTreeMap::new());
        for round in 0..500_u32 {
            let key = round * 37 % 101;
            match round % 5 {
                0 => assert_eq!(map.remove(&key), plain.remove(&key)),
                1 => *map.at(key, || round).unwrap() += 1,
                _ => assert_eq!(map.insert(key, round), plain.insert(key, round)),
            }
            if round % 5 == 1 {
                *plain.entry(key).or_insert(round) += 1;
            }
            assert_eq!(map.get(&key), plain.get(&key));
        }
        assert!(map.iter().eq(&plain) && map.range(20..40).eq(plain.range(20..40)));
        assert_eq!(map.pop_first(), plain.pop_first());
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        let map: Map<_, _> = [("b", 1), ("a", 2), ("b", 3), ("b", 4)].into_iter().collect();
        assert!(map.iter().eq([(&"a", &2), (&"b", &4)]));
        let mut set: Set<_> = [3, 1, 3].into_iter().collect();
        assert!(!set.insert(1) && set.insert(2) && set.iter().eq(&[1, 2, 3]));
    }
}
