//! Tables of an account: rows in order of creation, found by number or by name, shared between snapshots.

use std::cmp::Ordering;
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

/// Rows of one piece.
const PIECE: u32 = 64;

/// Rows by number, shared between snapshots piece by piece and row by row: a change copies one piece and one row.
///
/// Rows are lists and not maps: numbers only grow, so they are in order by themselves, and a map's code would be in the
/// wasm once for every kind of row. The index of names is the same type in all tables for that reason.
pub struct Table<V> {
    pieces: Arc<Vec<Piece<V>>>,
    index: Index,
}

/// What is the same type in all tables: an account has dozens of them, and each is copied with it.
struct Index {
    names: Names,
    next: u32,
    len: u32,
}

/// The rows of 64 numbers that follow each other.
struct Piece<V> {
    number: u32,
    rows: Arc<Vec<(u32, Arc<V>)>>,
}

impl<V: Row> Table<V> {
    /// Adds a row. A row of the same name is replaced in the name's index, so callers check first.
    pub fn insert(&mut self, row: V) -> Id<V> {
        let number = self.index.add(row.key());
        let row = (number, Arc::new(row));
        if let Some(pieces) = own(&mut self.pieces) {
            match pieces.last_mut().filter(|piece| piece.number == number / PIECE) {
                Some(piece) => {
                    if let Some(rows) = own(&mut piece.rows) {
                        rows.push(row);
                    }
                }
                None => pieces.push(Piece { number: number / PIECE, rows: Arc::new(vec![row]) }),
            }
        }
        Id(number, PhantomData)
    }

    /// The row of a number.
    pub fn get(&self, id: Id<V>) -> Option<&Arc<V>> {
        let rows = &self.pieces.get(self.piece(id)?)?.rows;
        rows.get(place(rows, id)?).map(|(_, row)| row)
    }

    /// The number of the row with this name.
    pub fn id(&self, key: &str) -> Option<Id<V>> {
        self.index.names.get(key).map(|number| Id(number, PhantomData))
    }

    /// The row with this name.
    pub fn find(&self, key: &str) -> Option<&Arc<V>> {
        self.get(self.id(key)?)
    }

    /// The row of a number, to be changed: copied first if a snapshot shares it.
    pub fn edit(&mut self, id: Id<V>) -> Option<&mut V> {
        let piece = self.piece(id)?;
        let rows = own(&mut own(&mut self.pieces)?.get_mut(piece)?.rows)?;
        let place = place(rows, id)?;
        own(&mut rows.get_mut(place)?.1)
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: Id<V>) -> Option<Arc<V>> {
        let at = self.piece(id)?;
        let place = place(&self.pieces.get(at)?.rows, id)?;
        let pieces = own(&mut self.pieces)?;
        let rows = own(&mut pieces.get_mut(at)?.rows)?;
        let (_, row) = rows.remove(place);
        if rows.is_empty() {
            pieces.remove(at);
        }
        self.index.remove(row.key());
        Some(row)
    }

    /// All rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<V>, &Arc<V>)> {
        let rows = self.pieces.iter().flat_map(|piece| piece.rows.iter());
        rows.map(|(number, row)| (Id(*number, PhantomData), row))
    }

    /// All rows without their numbers, oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<V>> {
        self.pieces.iter().flat_map(|piece| piece.rows.iter()).map(|(_, row)| row)
    }

    /// Does something with every row, oldest first: two plain loops, less code than an iterator over pieces.
    pub fn each(&self, mut visit: impl FnMut(&V)) {
        for piece in self.pieces.iter() {
            for (_, row) in piece.rows.iter() {
                visit(row);
            }
        }
    }

    /// How many rows there have ever been.
    pub fn created(&self) -> u32 {
        self.index.next.saturating_sub(1)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        usize::try_from(self.index.len).unwrap_or(usize::MAX)
    }

    /// No rows.
    pub fn is_empty(&self) -> bool {
        self.index.len == 0
    }

    /// Whether nothing has changed between two snapshots: one pointer comparison.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pieces, &other.pieces)
    }

    /// Where the piece is that holds a number. Pieces without rows are not kept, so it may stand further to the front.
    fn piece(&self, id: Id<V>) -> Option<usize> {
        let number = id.0 / PIECE;
        let straight = usize::try_from(number).ok()?;
        if self.pieces.get(straight).is_some_and(|piece| piece.number == number) {
            return Some(straight);
        }
        self.pieces.binary_search_by_key(&number, |piece| piece.number).ok()
    }
}

/// As [`Arc::make_mut`], with the copying apart: it is there for every kind of row, and few kinds are changed while a
/// snapshot shares them. Always something, since nobody holds a weak reference.
fn own<T: Clone>(shared: &mut Arc<T>) -> Option<&mut T> {
    if Arc::strong_count(shared) > 1 {
        *shared = copy(shared);
    }
    Arc::get_mut(shared)
}

#[inline(never)]
fn copy<T: Clone>(shared: &Arc<T>) -> Arc<T> {
    Arc::new(T::clone(shared))
}

/// Where a row is in its piece: at its number's place, or further to the front where others are gone.
fn place<V>(rows: &[(u32, Arc<V>)], id: Id<V>) -> Option<usize> {
    let straight = usize::try_from(id.0 % PIECE).ok()?;
    if rows.get(straight).is_some_and(|(number, _)| *number == id.0) {
        return Some(straight);
    }
    rows.binary_search_by_key(&id.0, |(number, _)| *number).ok()
}

impl Index {
    #[inline(never)]
    fn add(&mut self, name: &str) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.len += 1;
        self.names.insert(name, number);
        number
    }

    fn remove(&mut self, name: &str) {
        self.len = self.len.saturating_sub(1);
        self.names.remove(name);
    }
}

impl Clone for Index {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self { names: self.names.clone(), next: self.next, len: self.len }
    }
}

impl Default for Index {
    fn default() -> Self {
        Self { names: Names::default(), next: 1, len: 0 }
    }
}

/// Numbers by name, in parts that are shared between snapshots. In its part a name stands in the order of its hash:
/// numbers are compared, not texts all over the memory.
#[derive(Clone, Default)]
struct Names(Arc<Vec<Arc<Vec<Name>>>>);

#[derive(Clone)]
struct Name {
    hash: u64,
    text: Arc<str>,
    number: u32,
}

/// Parts of an index: a power of two.
const PARTS: usize = 64;

impl Names {
    fn get(&self, text: &str) -> Option<u32> {
        let hash = hash_of(text);
        let part = self.0.get(part(hash))?;
        part.get(place_of(part, hash, text).ok()?).map(|name| name.number)
    }

    fn insert(&mut self, text: &str, number: u32) {
        let hash = hash_of(text);
        let parts = Arc::make_mut(&mut self.0);
        if parts.is_empty() {
            parts.resize(PARTS, Arc::default());
        }
        let Some(part) = parts.get_mut(part(hash)).map(Arc::make_mut) else { return };
        match place_of(part, hash, text) {
            Err(place) => part.insert(place, Name { hash, text: Arc::from(text), number }),
            Ok(place) => part.iter_mut().skip(place).take(1).for_each(|name| name.number = number),
        }
    }

    fn remove(&mut self, text: &str) {
        let hash = hash_of(text);
        let part = Arc::make_mut(&mut self.0).get_mut(part(hash)).map(Arc::make_mut);
        let Some(part) = part else { return };
        if let Ok(place) = place_of(part, hash, text) {
            part.remove(place);
        }
    }
}

fn place_of(part: &[Name], hash: u64, text: &str) -> Result<usize, usize> {
    part.binary_search_by(|name| name.hash.cmp(&hash).then_with(|| (*name.text).cmp(text)))
}

/// The upper bits are the best mixed ones.
fn part(hash: u64) -> usize {
    usize::try_from(hash >> 58).unwrap_or(0) % PARTS
}

/// Eight bytes at a time, the same on every platform.
fn hash_of(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0, |hash: u64, bytes| {
        let word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
    })
}

impl<V> Id<V> {
    /// The plain number, for keys of the page.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The number of the row that was made so many rows before.
    #[must_use]
    pub fn earlier(self, rows: u32) -> Self {
        Self(self.0.saturating_sub(rows), PhantomData)
    }
}

// Neither is inlined: an account has dozens of tables, and what is the same for all is there once.
impl<V> Clone for Table<V> {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self { pieces: Arc::clone(&self.pieces), index: self.index.clone() }
    }
}

impl<V> Default for Table<V> {
    #[inline(never)]
    fn default() -> Self {
        Self { pieces: Arc::default(), index: Index::default() }
    }
}

impl<V> Clone for Piece<V> {
    fn clone(&self) -> Self {
        Self { number: self.number, rows: Arc::clone(&self.rows) }
    }
}

impl<V: fmt::Debug> fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.pieces.iter().flat_map(|piece| piece.rows.iter());
        f.debug_map().entries(rows.map(|(number, row)| (number, row))).finish()
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
    use std::collections::BTreeMap;

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
    fn every_row_is_found_whatever_was_removed() {
        let mut table = Table::default();
        let mut plain = BTreeMap::new();
        for round in 0..1_000_u32 {
            let id = table.insert(Berth(format!("berth-{round}"), round));
            plain.insert(id, round);
            let gone = plain.keys().nth(usize::try_from(round * 31 % 211).unwrap()).copied();
            if let Some(gone) = gone {
                assert_eq!(table.remove(gone).map(|row| row.1), plain.remove(&gone));
                assert!(table.get(gone).is_none() && table.edit(gone).is_none());
            }
        }
        let found: Vec<_> = table.iter().map(|(id, row)| (id, row.1)).collect();
        assert_eq!(found, plain.iter().map(|(id, row)| (*id, *row)).collect::<Vec<_>>());
        assert_eq!(table.len(), plain.len());
        for (id, number) in plain {
            assert_eq!(table.id(&format!("berth-{number}")), Some(id));
            assert_eq!(table.edit(id).map(|row| row.1), Some(number));
        }
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
