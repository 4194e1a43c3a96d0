//! Writes a function without its regions, and the regions as functions.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, Function, Instruction};
use wasmparser::{FuncType, Operator, ValType};

use super::Region;
use super::passage::{Exit, Passage};
use crate::Result;
use crate::flow::{self, Flow, Label, Liveness};

/// One function while it is taken apart.
pub(super) struct Apart<'f, 'a> {
    pub flow: &'f Flow<'a>,
    pub liveness: &'f Liveness,
    pub results: &'f [ValType],
    /// The number of the next new function.
    pub next: u32,
    /// The new functions so far, by number.
    pub made: BTreeMap<u32, Made>,
}

/// A new function.
pub(super) struct Made {
    pub kind: FuncType,
    pub body: Vec<u8>,
    pub place: (usize, usize),
}

/// What a branch in a written function can go to, from the outermost.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Open {
    /// A label of the original function.
    Label(Label),
    /// Nothing that the code knows.
    Own,
}

/// A function that is being written.
struct Sheet<'r> {
    function: Function,
    open: Vec<Open>,
    /// New numbers of locals. None if they keep theirs.
    locals: Option<BTreeMap<u32, u32>>,
    regions: &'r [Region],
}

impl Apart<'_, '_> {
    /// The function without its regions.
    pub(super) fn rest(&mut self, parameters: usize, regions: &[Region]) -> Result<Vec<u8>> {
        let locals = declared(self.flow.locals.get(parameters..).unwrap_or_default())?;
        let open = vec![Open::Label(None)];
        let mut sheet = Sheet { function: Function::new(locals), open, locals: None, regions };
        self.write(&mut sheet, 0, self.flow.code.len())?;
        Ok(sheet.function.into_raw_body())
    }

    /// A region as a function. Returns its number.
    fn region(&mut self, region: &Region, passage: &Passage) -> Result<u32> {
        let number = self.next;
        self.next += 1;
        let order = || passage.takes.iter().chain(&passage.own);
        let own = self.kinds(&passage.own);
        let mut sheet = Sheet {
            function: Function::new(declared(&own)?),
            open: vec![if passage.is_tail { Open::Label(None) } else { Open::Own }],
            locals: Some(order().copied().zip(0..).collect()),
            regions: &region.inner,
        };
        if passage.is_tail {
            self.write(&mut sheet, region.from, region.to)?;
        } else {
            self.write_with_exits(&mut sheet, region, passage)?;
        }
        sheet.function.instruction(&Instruction::End);
        let kind = FuncType::new(self.kinds(&passage.takes), self.results_of(passage));
        let place = (region.from, region.to);
        self.made.insert(number, Made { kind, body: sheet.function.into_raw_body(), place });
        Ok(number)
    }

    /// A region whose exits are labels around it; behind each, it returns.
    fn write_with_exits(
        &mut self,
        sheet: &mut Sheet,
        region: &Region,
        passage: &Passage,
    ) -> Result<()> {
        for exit in passage.exits.iter().rev() {
            sheet.function.instruction(&Instruction::Block(BlockType::Empty));
            sheet.open.push(match exit {
                Exit::Next => Open::Own,
                Exit::To(label) => Open::Label(*label),
            });
        }
        self.write(sheet, region.from, region.to)?;
        for exit in 0..passage.exits.len() {
            sheet.function.instruction(&Instruction::End);
            sheet.open.pop();
            if passage.says_exit() {
                sheet.function.instruction(&Instruction::I32Const(i32::try_from(exit)?));
            }
            for local in &passage.gives {
                sheet.function.instruction(&Instruction::LocalGet(sheet.local(*local)));
            }
            if exit + 1 < passage.exits.len() {
                sheet.function.instruction(&Instruction::Return);
            }
        }
        Ok(())
    }

    fn kinds(&self, locals: &[u32]) -> Vec<ValType> {
        let kind = |local: &u32| self.flow.locals.get(flow::place(*local)).copied();
        locals.iter().filter_map(kind).collect()
    }

    fn results_of(&self, passage: &Passage) -> Vec<ValType> {
        if passage.is_tail {
            return self.results.to_vec();
        }
        let says = passage.says_exit().then_some(ValType::I32);
        says.into_iter().chain(self.kinds(&passage.gives)).collect()
    }

    /// Writes some code, with calls in place of regions.
    fn write(&mut self, sheet: &mut Sheet, from: usize, to: usize) -> Result<()> {
        let mut at = from;
        let mut regions = sheet.regions.iter();
        let mut region = regions.next();
        while at < to {
            if let Some(one) = region.filter(|region| region.from == at) {
                self.call(sheet, one)?;
                at = one.to;
                region = regions.next();
            } else {
                self.instruction(sheet, at)?;
                at += 1;
            }
        }
        Ok(())
    }

    /// Calls a region, and goes on where it leaves to.
    fn call(&mut self, sheet: &mut Sheet, region: &Region) -> Result<()> {
        let edges = (region.from, region.to);
        let passage = Passage::of(self.flow, self.liveness, self.results, edges)?;
        let passage = passage.ok_or("a region that cannot be a function")?;
        let number = self.region(region, &passage)?;
        let goes_on = passage.exits.first() == Some(&Exit::Next);
        let by_table = passage.exits.len() > 2 || (passage.says_exit() && !goes_on);
        if by_table && goes_on {
            sheet.function.instruction(&Instruction::Block(BlockType::Empty));
            sheet.open.push(Open::Own);
        }
        for local in &passage.takes {
            sheet.function.instruction(&Instruction::LocalGet(sheet.local(*local)));
        }
        sheet.function.instruction(&Instruction::Call(number));
        if passage.is_tail {
            sheet.branch(None)?;
            return Ok(());
        }
        for local in passage.gives.iter().rev() {
            sheet.function.instruction(&Instruction::LocalSet(sheet.local(*local)));
        }
        match passage.exits.as_slice() {
            [] => _ = sheet.function.instruction(&Instruction::Unreachable),
            [Exit::Next] => {}
            [Exit::To(label)] => sheet.branch(*label)?,
            [Exit::Next, Exit::To(label)] => {
                let depth = sheet.depth(*label)?;
                sheet.function.instruction(&Instruction::BrIf(depth));
            }
            exits => {
                let depths = exits.iter().map(|exit| match exit {
                    Exit::Next => Ok(0),
                    Exit::To(label) => sheet.depth(*label),
                });
                let depths = depths.collect::<Result<Vec<_>>>()?;
                if let Some((last, others)) = depths.split_last() {
                    sheet.function.instruction(&Instruction::BrTable(others.into(), *last));
                }
            }
        }
        if by_table && goes_on {
            sheet.function.instruction(&Instruction::End);
            sheet.open.pop();
        }
        Ok(())
    }

    fn instruction(&self, sheet: &mut Sheet, at: usize) -> Result<()> {
        let operator = self.flow.code.get(at).ok_or("code that there is not")?.clone();
        let target = |depth: u32| self.flow.target(at, depth);
        let instruction = match operator {
            Operator::Block { .. } | Operator::Loop { .. } => {
                sheet.open.push(Open::Label(Some(at)));
                RoundtripReencoder.instruction(operator)?
            }
            Operator::End => {
                sheet.open.pop();
                Instruction::End
            }
            Operator::Br { relative_depth } => {
                Instruction::Br(sheet.depth(target(relative_depth))?)
            }
            Operator::BrIf { relative_depth } => {
                Instruction::BrIf(sheet.depth(target(relative_depth))?)
            }
            Operator::BrTable { targets } => {
                let depths = targets.targets().map(|depth| sheet.depth(target(depth?)));
                let depths = depths.collect::<Result<Vec<_>>>()?;
                Instruction::BrTable(depths.into(), sheet.depth(target(targets.default()))?)
            }
            Operator::Return => return sheet.branch(None),
            Operator::LocalGet { local_index } => Instruction::LocalGet(sheet.local(local_index)),
            Operator::LocalSet { local_index } => Instruction::LocalSet(sheet.local(local_index)),
            Operator::LocalTee { local_index } => Instruction::LocalTee(sheet.local(local_index)),
            other => RoundtripReencoder.instruction(other)?,
        };
        sheet.function.instruction(&instruction);
        Ok(())
    }
}

impl Sheet<'_> {
    /// The new number of a local.
    fn local(&self, old: u32) -> u32 {
        self.locals.as_ref().and_then(|locals| locals.get(&old)).copied().unwrap_or(old)
    }

    /// How many labels a branch leaves.
    fn depth(&self, label: Label) -> Result<u32> {
        let depth = self.open.iter().rev().position(|open| *open == Open::Label(label));
        Ok(u32::try_from(depth.ok_or("a branch to where no label is")?)?)
    }

    /// Goes to a label. To the end of the function itself that is a return, which takes a value along.
    fn branch(&mut self, label: Label) -> Result<()> {
        let depth = self.depth(label)?;
        let is_return = label.is_none() && self.open.first() == Some(&Open::Label(None));
        self.function.instruction(&if is_return {
            Instruction::Return
        } else {
            Instruction::Br(depth)
        });
        Ok(())
    }
}

/// Locals as a function declares them.
fn declared(kinds: &[ValType]) -> Result<Vec<(u32, wasm_encoder::ValType)>> {
    let mut groups: Vec<(u32, wasm_encoder::ValType)> = Vec::new();
    for kind in kinds {
        let kind = RoundtripReencoder.val_type(*kind)?;
        match groups.last_mut() {
            Some((count, last)) if *last == kind => *count += 1,
            _ => groups.push((1, kind)),
        }
    }
    Ok(groups)
}
