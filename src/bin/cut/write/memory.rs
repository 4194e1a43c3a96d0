//! What a module puts into the function table and into memory when it arrives.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{ConstExpr, DataSection, ElementSection, Elements};

use super::{Cut, Writing};
use crate::Result;
use crate::plan::Piece;

impl Cut<'_, '_> {
    /// The module's own functions in all their slots. The first module has its stand-ins there too; the others say that
    /// they refer to theirs.
    pub(super) fn elements(&self, it: &Writing) -> Result<ElementSection> {
        let mut slots: BTreeMap<u32, u32> = BTreeMap::new();
        for (slot, function) in self.all_slots() {
            let is_import = it.is_first() && function < self.imported();
            if it.piece.functions.contains(&function) || is_import {
                slots.insert(slot, it.numbering.function(function)?);
            }
        }
        let stand_ins = self.stand_ins(it);
        if it.is_first() {
            slots.extend(stand_ins);
            return Ok(runs(slots));
        }
        let mut elements = runs(slots);
        let referred: BTreeSet<u32> = stand_ins.values().copied().collect();
        elements.declared(Elements::Functions(Cow::Owned(referred.into_iter().collect())));
        Ok(elements)
    }

    /// The slots in which a module has stand-ins.
    pub(super) fn stand_ins(&self, it: &Writing) -> BTreeMap<u32, u32> {
        let number = |(slot, function)| Some((slot, it.numbering.stand_in(function)?));
        self.all_slots().filter_map(number).collect()
    }

    /// All slots with their functions: those of the program, and those that were added.
    fn all_slots(&self) -> impl Iterator<Item = (u32, u32)> {
        let added = self.slots.iter().map(|(function, slot)| (*slot, *function));
        self.program.slots.iter().map(|(slot, function)| (*slot, *function)).chain(added)
    }

    /// The bytes of memory that come with a piece, without zeros: memory is made of them.
    pub(super) fn data(&self, piece: &Piece) -> DataSection {
        let ranges = if piece.after == 0 { self.unclaimed() } else { joined(&piece.memory) };
        let mut section = DataSection::new();
        for (address, bytes) in &self.program.data {
            let end = address + u32::try_from(bytes.len()).unwrap_or_default();
            for (from, to) in &ranges {
                let (from, to) = (*from.max(address), *to.min(&end));
                let bytes = from.checked_sub(*address).zip(to.checked_sub(from)).and_then(
                    |(skip, take)| {
                        let rest = bytes.get(usize::try_from(skip).ok()?..)?;
                        rest.get(..usize::try_from(take).ok()?)
                    },
                );
                let bytes = bytes.unwrap_or_default();
                if bytes.iter().any(|byte| *byte != 0) {
                    let at = ConstExpr::i32_const(from.cast_signed());
                    section.active(0, &at, bytes.iter().copied());
                }
            }
        }
        section
    }

    /// The ranges of memory that no later part of the chain brings: the first brings them, also what is between symbols.
    fn unclaimed(&self) -> Vec<(u32, u32)> {
        let later = self.plan.pieces.iter().filter(|piece| piece.after > 0);
        let mut claimed: Vec<_> = later.flat_map(|piece| &piece.memory).copied().collect();
        claimed.sort_unstable();
        let mut ranges = Vec::new();
        let mut at = 0;
        for (from, to) in claimed {
            if at < from {
                ranges.push((at, from));
            }
            at = at.max(to);
        }
        ranges.push((at, u32::MAX));
        ranges
    }
}

/// Ranges in order, with neighbours made one.
fn joined(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for (from, to) in ranges {
        match all.last_mut() {
            Some(last) if last.1 == *from => last.1 = *to,
            _ => all.push((*from, *to)),
        }
    }
    all
}

/// Slots as runs of neighbours.
fn runs(slots: BTreeMap<u32, u32>) -> ElementSection {
    let mut all: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut next = 0;
    for (slot, function) in slots {
        match all.last_mut() {
            Some((_, run)) if slot == next => run.push(function),
            _ => all.push((slot, vec![function])),
        }
        next = slot + 1;
    }
    let mut elements = ElementSection::new();
    for (start, run) in all {
        let at = ConstExpr::i32_const(start.cast_signed());
        elements.active(None, &at, Elements::Functions(Cow::Owned(run)));
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn neighbours_become_one_range() {
        assert_eq!(joined(&[(0, 4), (4, 6), (8, 9)]), [(0, 6), (8, 9)]);
    }
}
