//! How control flows through a function: its instructions, the labels around them, its basic blocks, and which locals
//! somebody will still read.

use fixedbitset::FixedBitSet;
use wasmparser::{BlockType, FunctionBody, Operator, ValType};

use crate::Result;

/// Where a branch goes: to a `block` or `loop`, by its place in the code, or to the function's end.
pub(crate) type Label = Option<usize>;

/// The code of one function.
pub(crate) struct Flow<'a> {
    pub code: Vec<Operator<'a>>,
    /// Where each instruction stands in the file.
    pub places: Vec<u64>,
    /// Types of the locals, parameters first.
    pub locals: Vec<ValType>,
    /// The innermost label around each instruction; an `end` is still within what it closes.
    around: Vec<Label>,
    /// The place behind the `end` of each `block` and `loop`; zero for other instructions.
    behind: Vec<usize>,
    /// Where the basic blocks start.
    starts: Vec<usize>,
}

/// Which locals are read later, for each basic block: before anybody writes to them again.
pub(crate) struct Liveness(Vec<FixedBitSet>);

/// A basic block ends after an instruction.
pub(crate) fn ends_block(operator: &Operator) -> bool {
    use Operator as O;
    is_left(operator) || matches!(operator, O::BrIf { .. } | O::End | O::Loop { .. })
}

/// What follows an instruction does not come after it.
pub(crate) fn is_left(operator: &Operator) -> bool {
    use Operator as O;
    matches!(operator, O::Br { .. } | O::BrTable { .. } | O::Return | O::Unreachable)
}

/// How many basic blocks a function has, empty ones included.
pub(crate) fn count(body: &FunctionBody) -> Result<usize> {
    let mut ends = 0;
    for operator in body.get_operators_reader()? {
        ends += usize::from(ends_block(&operator?));
    }
    Ok(ends)
}

/// Where the instructions of a function stand in the file.
pub(crate) fn places(body: &FunctionBody) -> Result<Vec<u64>> {
    let operators = body.get_operators_reader()?.into_iter_with_offsets();
    operators.map(|one| Ok(one?.1)).collect()
}

impl<'a> Flow<'a> {
    /// Reads a function with these parameters.
    pub(crate) fn read(params: &[ValType], body: &FunctionBody<'a>) -> Result<Self> {
        let mut locals = params.to_vec();
        for group in body.get_locals_reader()? {
            let (count, kind) = group?;
            locals.extend((0..count).map(|_| kind));
        }
        let operators = body.get_operators_reader()?.into_iter_with_offsets();
        let read = operators.collect::<std::result::Result<Vec<_>, _>>()?;
        let (code, places): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let behind = vec![0; code.len()];
        let mut it = Self { code, places, locals, around: Vec::new(), behind, starts: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut starts = true;
        for (at, operator) in it.code.iter().enumerate() {
            if starts {
                it.starts.push(at);
            }
            starts = ends_block(operator);
            it.around.push(open.last().copied());
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } => open.push(at),
                Operator::End => {
                    if let Some(behind) = open.pop().and_then(|opened| it.behind.get_mut(opened)) {
                        *behind = at + 1;
                    }
                }
                Operator::If { .. } | Operator::Else | Operator::TryTable { .. } => {
                    return Err(
                        format!("the compiler was not expected to write {operator:?}").into()
                    );
                }
                _ => {}
            }
        }
        Ok(it)
    }

    /// Where the basic blocks start.
    pub(crate) fn blocks(&self) -> &[usize] {
        &self.starts
    }

    /// The number of the basic block of an instruction.
    pub(crate) fn block_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The place behind a `block` or `loop` that stands at a place, if one does.
    pub(crate) fn behind(&self, at: usize) -> Option<usize> {
        self.behind.get(at).copied().filter(|behind| *behind > 0)
    }

    /// Where a branch at a place goes that leaves so many labels.
    pub(crate) fn target(&self, at: usize, depth: u32) -> Label {
        let around = |at: usize| self.around.get(at).copied().flatten();
        (0..depth).fold(around(at), |label, _| around(label?))
    }

    /// Where control goes on after a branch to a label.
    pub(crate) fn landing(&self, label: Label) -> usize {
        match label {
            None => self.code.len(),
            Some(at) if matches!(self.code.get(at), Some(Operator::Loop { .. })) => at + 1,
            Some(at) => self.behind(at).unwrap_or_default(),
        }
    }

    /// A branch to a label takes a value along.
    pub(crate) fn takes_value(&self, label: usize) -> bool {
        let Some(Operator::Block { blockty } | Operator::Loop { blockty }) = self.code.get(label)
        else {
            return true;
        };
        !matches!(blockty, BlockType::Empty)
    }

    /// The labels that the instruction at a place may branch to.
    pub(crate) fn branches(&self, at: usize) -> Result<Vec<Label>> {
        Ok(match self.code.get(at) {
            Some(Operator::Br { relative_depth } | Operator::BrIf { relative_depth }) => {
                vec![self.target(at, *relative_depth)]
            }
            Some(Operator::BrTable { targets }) => {
                let depths = targets.targets().chain([Ok(targets.default())]);
                depths.map(|depth| Ok(self.target(at, depth?))).collect::<Result<_>>()?
            }
            Some(Operator::Return) => vec![None],
            _ => Vec::new(),
        })
    }

    /// Which locals are read later.
    pub(crate) fn liveness(&self) -> Result<Liveness> {
        let mut next = Vec::new();
        for at in (0..self.starts.len()).map(|block| self.end_of(block)) {
            let last = at.saturating_sub(1);
            let mut follow: Vec<usize> =
                self.branches(last)?.into_iter().map(|it| self.landing(it)).collect();
            if !self.code.get(last).is_some_and(is_left) {
                follow.push(at);
            }
            follow.retain(|place| *place < self.code.len());
            next.push(follow.into_iter().map(|place| self.block_of(place)).collect::<Vec<_>>());
        }
        let mut before = vec![FixedBitSet::with_capacity(self.locals.len()); next.len()];
        let mut after = before.clone();
        let mut changed = true;
        while changed {
            changed = false;
            for block in (0..next.len()).rev() {
                let mut live = FixedBitSet::with_capacity(self.locals.len());
                for follow in
                    next.get(block).into_iter().flatten().filter_map(|follow| before.get(*follow))
                {
                    live.union_with(follow);
                }
                if let Some(after) = after.get_mut(block) {
                    after.clone_from(&live);
                }
                let start = self.starts.get(block).copied().unwrap_or_default();
                self.back(&mut live, start, self.end_of(block));
                if let Some(before) = before.get_mut(block).filter(|before| **before != live) {
                    *before = live;
                    changed = true;
                }
            }
        }
        Ok(Liveness(after))
    }

    /// The locals that are read later, at a place.
    pub(crate) fn live(&self, liveness: &Liveness, at: usize) -> FixedBitSet {
        let none = || FixedBitSet::with_capacity(self.locals.len());
        if at >= self.code.len() {
            return none();
        }
        let block = self.block_of(at);
        let mut live = liveness.0.get(block).cloned().unwrap_or_else(none);
        self.back(&mut live, at, self.end_of(block));
        live
    }

    /// Goes back from what is read later behind some instructions to what is before them.
    fn back(&self, live: &mut FixedBitSet, from: usize, to: usize) {
        for operator in self.code.get(from..to).unwrap_or_default().iter().rev() {
            match operator {
                Operator::LocalGet { local_index } => live.insert(place(*local_index)),
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    live.set(place(*local_index), false);
                }
                _ => {}
            }
        }
    }

    /// How many bytes some instructions are in the file.
    pub(crate) fn size(&self, from: usize, to: usize) -> u64 {
        let place =
            |at: usize| self.places.get(at).or(self.places.last()).copied().unwrap_or_default();
        place(to) - place(from)
    }

    /// An instruction that only opens or closes a label.
    pub(crate) fn is_structure(&self, at: usize) -> bool {
        use Operator as O;
        matches!(self.code.get(at), Some(O::Block { .. } | O::Loop { .. } | O::End))
    }

    /// The place behind a basic block.
    pub(crate) fn end_of(&self, block: usize) -> usize {
        self.starts.get(block + 1).copied().unwrap_or(self.code.len())
    }
}

/// A local's number as an index.
pub(crate) fn place(local: u32) -> usize {
    usize::try_from(local).unwrap_or(usize::MAX)
}
