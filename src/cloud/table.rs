//! Tables of an account: rows in order of creation, found by number or by name, shared between snapshots.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

/// What a table can hold: a row knows the name it is found by (an id, a name, a `family:revision`).
pub trait Row: Clone {
    /// Unique in its table, and the same for as long as the row lives.
    fn key(&self) -> &str;
}

/// The number of a row: the order of creation, never given twice.
pub struct Id<V>(u32, PhantomData<fn() -> V>);

/// Two levels of sharing: an untouched table shares its rows with its snapshots, an untouched row its value.
///
/// Rows are a list and not a map: numbers only grow, so it is in order by itself, and a map's code would be in the wasm
/// once for every kind of row. The index of names is the same type in all tables for that reason.
pub struct Table<V> {
    rows: Arc<Vec<(Id<V>, Arc<V>)>>,
    names: Arc<BTreeMap<Arc<str>, u32>>,
    next: u32,
}

impl<V: Row> Table<V> {
    /// Adds a row. A row of the same name is replaced in the name's index, so callers check first.
    pub fn insert(&mut self, row: V) -> Id<V> {
        let id = Id(self.next, PhantomData);
        self.next = self.next.saturating_add(1);
        index(&mut self.names, row.key(), id.0);
        Arc::make_mut(&mut self.rows).push((id, Arc::new(row)));
        id
    }

    /// The row of a number.
    pub fn get(&self, id: Id<V>) -> Option<&Arc<V>> {
        let at = self.place(id)?;
        self.rows.get(at).map(|(_, row)| row)
    }

    /// The number of the row with this name.
    pub fn id(&self, key: &str) -> Option<Id<V>> {
        self.names.get(key).map(|number| Id(*number, PhantomData))
    }

    /// The row with this name.
    pub fn find(&self, key: &str) -> Option<&Arc<V>> {
        self.get(self.id(key)?)
    }

    /// The row of a number, to be changed: copied first if a snapshot shares it.
    pub fn edit(&mut self, id: Id<V>) -> Option<&mut V> {
        let at = self.place(id)?;
        Arc::make_mut(&mut self.rows).get_mut(at).map(|(_, row)| Arc::make_mut(row))
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: Id<V>) -> Option<Arc<V>> {
        let at = self.place(id)?;
        let (_, row) = Arc::make_mut(&mut self.rows).remove(at);
        forget(&mut self.names, row.key());
        Some(row)
    }

    fn place(&self, id: Id<V>) -> Option<usize> {
        self.rows.binary_search_by_key(&id.0, |(id, _)| id.0).ok()
    }

    /// All rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<V>, &Arc<V>)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    /// All rows without their numbers, oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<V>> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// How many rows there have ever been.
    pub fn created(&self) -> u32 {
        self.next.saturating_sub(1)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether nothing has changed between two snapshots: one pointer comparison.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.rows, &other.rows)
    }
}

fn index(names: &mut Arc<BTreeMap<Arc<str>, u32>>, key: &str, number: u32) {
    Arc::make_mut(names).insert(Arc::from(key), number);
}

fn forget(names: &mut Arc<BTreeMap<Arc<str>, u32>>, key: &str) {
    Arc::make_mut(names).remove(key);
}

impl<V> Id<V> {
    /// The plain number, for keys of the page.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl<V> Clone for Table<V> {
    fn clone(&self) -> Self {
        Self { rows: Arc::clone(&self.rows), names: Arc::clone(&self.names), next: self.next }
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { rows: Arc::default(), names: Arc::default(), next: 1 }
    }
}

impl<V: fmt::Debug> fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.rows.iter().map(|(id, row)| (id, row))).finish()
    }
}

// Written out, because a derive would ask the same of `V`.
impl<V> Clone for Id<V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for Id<V> {}
impl<V> PartialEq for Id<V> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<V> Eq for Id<V> {}
impl<V> PartialOrd for Id<V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<V> Ord for Id<V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<V> Hash for Id<V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<V> fmt::Debug for Id<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug)]
    struct Berth(String, u32);

    impl Row for Berth {
        fn key(&self) -> &str {
            &self.0
        }
    }

    #[test]
    fn a_snapshot_keeps_what_it_saw() {
        let mut table = Table::default();
        let id = table.insert(Berth("a".into(), 1));
        let snapshot = table.clone();
        assert!(table.same_as(&snapshot));
        if let Some(row) = table.edit(id) {
            row.1 = 2;
        }
        assert!(!table.same_as(&snapshot));
        assert_eq!(snapshot.find("a").map(|row| row.1), Some(1));
        assert_eq!(table.find("a").map(|row| row.1), Some(2));
    }

    #[test]
    fn a_removed_name_can_be_used_again_under_a_new_number() {
        let mut table = Table::default();
        let first = table.insert(Berth("a".into(), 1));
        table.remove(first);
        assert!(table.find("a").is_none());
        let second = table.insert(Berth("a".into(), 2));
        assert!(second > first);
    }
}
