//! What passes between a function and a region of it that has become a function of its own: locals and control.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use wasmparser::{Operator, ValType};

use crate::Result;
use crate::flow::{self, Flow, Label, Liveness};

/// How control goes on after a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Exit {
    /// With what stands behind it.
    Next,
    /// At a label outside of it.
    To(Label),
}

/// What a region takes and gives.
#[derive(Debug)]
pub(super) struct Passage {
    /// The locals whose values it needs.
    pub takes: Vec<u32>,
    /// The locals whose values are read after it.
    pub gives: Vec<u32>,
    /// The other locals that it mentions.
    pub own: Vec<u32>,
    /// Where it may leave to. [`Exit::Next`] comes first.
    pub exits: Vec<Exit>,
    /// The only way out is the function's end: what the region returns is what the function returns.
    pub is_tail: bool,
}

impl Passage {
    /// What passes at the edges of some code. None if that cannot be a function of its own.
    pub(super) fn of(
        flow: &Flow,
        liveness: &Liveness,
        results: &[ValType],
        (from, to): (usize, usize),
    ) -> Result<Option<Self>> {
        if [from, to].into_iter().any(|edge| has_value(flow, edge)) {
            return Ok(None);
        }
        let mut labels = BTreeSet::new();
        for at in from..to {
            labels.extend(flow.branches(at)?);
        }
        labels.retain(|label| !label.is_some_and(|at| (from..to).contains(&at)));
        let last = to.checked_sub(1).and_then(|last| flow.code.get(last));
        let mut goes_on = !last.is_some_and(flow::is_left);
        if goes_on && to + 1 == flow.code.len() {
            goes_on = false; // to the function's end
            labels.insert(None);
        }
        let is_tail = !goes_on && labels.len() == 1 && labels.contains(&None);
        let takes_value =
            |label: &Label| label.map_or(!results.is_empty(), |at| flow.takes_value(at));
        if !is_tail && labels.iter().any(takes_value) {
            return Ok(None);
        }
        let landings = labels.iter().map(|label| flow.landing(*label)).chain(goes_on.then_some(to));
        let mut after = FixedBitSet::with_capacity(flow.locals.len());
        landings.for_each(|place| after.union_with(&flow.live(liveness, place)));
        let (read, written) = mentioned(flow, from, to);
        let before = flow.live(liveness, from);
        let all = || read.union(&written).copied();
        let in_order = |locals: Vec<u32>| in_order(flow, locals);
        Ok(Some(Self {
            takes: in_order(all().filter(|local| before.contains(flow::place(*local))).collect()),
            gives: in_order(
                written.iter().copied().filter(|it| after.contains(flow::place(*it))).collect(),
            ),
            own: in_order(all().filter(|local| !before.contains(flow::place(*local))).collect()),
            exits: goes_on
                .then_some(Exit::Next)
                .into_iter()
                .chain(labels.into_iter().map(Exit::To))
                .collect(),
            is_tail,
        }))
    }

    /// There is more than one way out, so the region says which one it took.
    pub(super) fn says_exit(&self) -> bool {
        self.exits.len() > 1
    }
}

/// A value may be on the stack at a place: a block has just ended and left it there, or ends now and leaves it.
fn has_value(flow: &Flow, place: usize) -> bool {
    let before = place.checked_sub(1);
    let ends = before.into_iter().chain([place]);
    let ends = ends.filter(|at| matches!(flow.code.get(*at), Some(Operator::End)));
    ends.filter_map(|at| flow.target(at, 0)).any(|label| flow.takes_value(label))
}

/// The locals that some code reads, and those that it writes.
fn mentioned(flow: &Flow, from: usize, to: usize) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let (mut read, mut written) = (BTreeSet::new(), BTreeSet::new());
    for operator in flow.code.get(from..to).unwrap_or_default() {
        match operator {
            Operator::LocalGet { local_index } => _ = read.insert(*local_index),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                written.insert(*local_index);
            }
            _ => {}
        }
    }
    (read, written)
}

/// Locals of one type stand together, so that few different types of functions are needed.
fn in_order(flow: &Flow, mut locals: Vec<u32>) -> Vec<u32> {
    let kind = |local: &u32| flow.locals.get(flow::place(*local)).copied();
    let rank = |local: &u32| {
        [ValType::I32, ValType::I64, ValType::F32].iter().position(|it| Some(*it) == kind(local))
    };
    locals.sort_by_key(|local| (rank(local).unwrap_or(usize::MAX), *local));
    locals
}
