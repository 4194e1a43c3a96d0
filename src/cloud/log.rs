//! A record that only grows at its end: the newest entries, numbered from 1, shared between snapshots piece by piece.

use std::collections::VecDeque;
use std::sync::Arc;

/// Entries of one piece: what the first addition after a snapshot copies.
const PIECE: usize = 64;

/// Entries in order. Whole pieces go when there are too many.
#[derive(Clone, Debug)]
pub struct Log<T> {
    full: Arc<VecDeque<Arc<Vec<T>>>>,
    open: Arc<Vec<T>>,
    count: u64,
}

impl<T: Clone> Log<T> {
    /// Adds an entry, so that at most `most` are kept; gives those that went.
    pub fn push(&mut self, entry: T, most: usize) -> Option<Arc<Vec<T>>> {
        self.count += 1;
        let open = Arc::make_mut(&mut self.open);
        open.push(entry);
        if open.len() >= PIECE {
            let piece = std::mem::replace(open, Vec::with_capacity(PIECE));
            Arc::make_mut(&mut self.full).push_back(Arc::new(piece));
        }
        if self.len() <= most {
            return None;
        }
        Arc::make_mut(&mut self.full).pop_front()
    }

    /// The entry of a number, if it is still kept.
    pub fn get(&self, no: u64) -> Option<&T> {
        let at = self.place(no)?;
        match self.full.get(at / PIECE) {
            Some(piece) => piece.get(at % PIECE),
            None => self.open.get(at % PIECE),
        }
    }

    /// The entry of a number, to be changed.
    pub fn edit(&mut self, no: u64) -> Option<&mut T> {
        let at = self.place(no)?;
        if at / PIECE >= self.full.len() {
            return Arc::make_mut(&mut self.open).get_mut(at % PIECE);
        }
        let piece = Arc::make_mut(&mut self.full).get_mut(at / PIECE)?;
        Arc::make_mut(piece).get_mut(at % PIECE)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        let full = self.full.iter().flat_map(|piece| piece.iter());
        full.chain(self.open.iter())
    }

    /// How many entries there have ever been: the number of the newest.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether nothing was added or changed between two snapshots: two pointer comparisons.
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.full, &other.full) && Arc::ptr_eq(&self.open, &other.open)
    }

    /// The number of the oldest entry that is kept.
    pub fn first(&self) -> u64 {
        (self.count + 1).saturating_sub(u64::try_from(self.len()).unwrap_or(0))
    }

    fn len(&self) -> usize {
        self.full.len() * PIECE + self.open.len()
    }

    fn place(&self, no: u64) -> Option<usize> {
        usize::try_from(no.checked_sub(self.first())?).ok()
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { full: Arc::default(), open: Arc::default(), count: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_under_their_numbers() {
        let mut log = Log::default();
        for number in 1..=1_000_u64 {
            log.push(number, 200);
            assert!(log.iter().count() <= 200);
            assert_eq!(log.get(number), Some(&number));
        }
        assert_eq!(
            (log.count(), log.get(1_001), log.get(0), log.get(800)),
            (1_000, None, None, None)
        );
        let kept: Vec<u64> = log.iter().copied().collect();
        assert_eq!(kept, (log.first()..=1_000).collect::<Vec<_>>());
        assert!(kept.len() > 200 - PIECE);
    }

    #[test]
    fn a_snapshot_keeps_what_it_saw() {
        let mut log = Log::default();
        (0..100).for_each(|number| drop(log.push(number, 1_000)));
        let snapshot = log.clone();
        log.push(100, 1_000);
        for no in [2, 90] {
            *log.edit(no).unwrap() = 7;
        }
        assert_eq!(
            (snapshot.count(), snapshot.get(2), snapshot.get(90)),
            (100, Some(&1), Some(&89))
        );
        assert_eq!((log.get(2), log.get(90), log.get(101)), (Some(&7), Some(&7), Some(&100)));
    }
}
