//! New numbers for old ones, in one module.

use std::collections::BTreeMap;

use wasm_encoder::TypeSection;
use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasmparser::FuncType;

use crate::Result;
use crate::plan::Part;
use crate::program::Program;

/// The functions and types of one module, by their numbers in the program.
#[derive(Default)]
pub(super) struct Numbering {
    functions: BTreeMap<u32, u32>,
    count: u32,
    /// What stands in for functions that are not there yet.
    stand_ins: BTreeMap<u32, u32>,
    /// What calls functions of a type of which a part is not there yet, by that type and that part.
    askers: BTreeMap<(u32, Part), u32>,
    /// The import that fetches a part.
    need: u32,
    kinds: BTreeMap<u32, u32>,
    order: Vec<Kind>,
}

/// A function of the program that a module neither has nor imports.
#[derive(Debug, thiserror::Error)]
#[error("function {0} is not in this module")]
pub(super) struct NotHere(u32);

/// A type of a module.
enum Kind {
    /// By its number in the program.
    Old(u32),
    /// Of a function of ours.
    Own(FuncType),
}

impl Numbering {
    /// Gives the next number to a function of the program.
    pub(super) fn add(&mut self, function: u32) {
        self.functions.insert(function, self.count);
        self.count += 1;
    }

    /// Gives the next number to the import that fetches a part.
    pub(super) fn add_need(&mut self) {
        self.need = self.count;
        self.count += 1;
    }

    /// Gives the next number to the function that puts stand-ins into the function table, and returns it.
    pub(super) fn add_fill(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// Gives the next number to what stands in for a function.
    pub(super) fn add_stand_in(&mut self, function: u32) {
        self.stand_ins.insert(function, self.count);
        self.count += 1;
    }

    /// Gives the next number to what calls functions of a type that come with a part.
    pub(super) fn add_asker(&mut self, kind: u32, part: Part) {
        self.askers.insert((kind, part), self.count);
        self.count += 1;
    }

    /// What calls functions of a type that come with a part.
    pub(super) fn asker(&self, kind: u32, part: Part) -> Option<u32> {
        self.askers.get(&(kind, part)).copied()
    }

    /// What stands in for a function in this module.
    pub(super) fn stand_in(&self, function: u32) -> Option<u32> {
        self.stand_ins.get(&function).copied()
    }

    /// The import that fetches a part.
    pub(super) fn need(&self) -> u32 {
        self.need
    }

    /// The number of a function that can be called here without its slot.
    pub(super) fn function(&self, old: u32) -> std::result::Result<u32, NotHere> {
        self.functions.get(&old).copied().ok_or(NotHere(old))
    }

    pub(super) fn kind(&mut self, old: u32) -> u32 {
        let Self { kinds, order, .. } = self;
        *kinds.entry(old).or_insert_with(|| {
            order.push(Kind::Old(old));
            last(order)
        })
    }

    /// The type of a function of ours.
    pub(super) fn own_kind(&mut self, program: &Program, kind: FuncType) -> u32 {
        if let Some((old, _)) = (0..).zip(&program.types).find(|(_, old)| **old == kind) {
            return self.kind(old);
        }
        let known = |it: &Kind| matches!(it, Kind::Own(own) if *own == kind);
        if let Some(at) = self.order.iter().position(known) {
            return u32::try_from(at).unwrap_or(u32::MAX);
        }
        self.order.push(Kind::Own(kind));
        last(&self.order)
    }

    /// The types in the order of their new numbers.
    pub(super) fn types(&self, program: &Program) -> Result<TypeSection> {
        let mut types = TypeSection::new();
        let mut same = RoundtripReencoder;
        for kind in &self.order {
            match kind {
                Kind::Old(old) => {
                    let kind = program.types.get(usize::try_from(*old)?).ok_or("no such type")?;
                    types.ty().func_type(&same.func_type(kind.clone())?);
                }
                Kind::Own(kind) => types.ty().func_type(&same.func_type(kind.clone())?),
            }
        }
        Ok(types)
    }
}

fn last(order: &[Kind]) -> u32 {
    u32::try_from(order.len()).unwrap_or(u32::MAX).saturating_sub(1)
}

impl Reencode for Numbering {
    type Error = NotHere;

    fn function_index(&mut self, old: u32) -> std::result::Result<u32, reencode::Error<NotHere>> {
        self.function(old).map_err(reencode::Error::UserError)
    }

    fn type_index(&mut self, old: u32) -> std::result::Result<u32, reencode::Error<NotHere>> {
        Ok(self.kind(old))
    }
}
