//! Makes functions of those regions of the program's functions that run more seldom than what is around them, so that
//! they can be in another part: the rare arms, and the texts that only those mention.

mod choose;
mod passage;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use wasmparser::{BinaryReader, FuncType, FunctionBody, ValType};

use crate::Result;
use crate::flow::Flow;
use crate::profile::Profile;
use crate::program::Program;
use choose::Choice;
use write::Apart;

pub(crate) use choose::{Scenes, scenes_of};

/// Instructions of a function that become a function of their own, by their numbers in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Region {
    pub from: usize,
    /// The first that stays.
    pub to: usize,
    /// Those of them that become a further one.
    pub inner: Vec<Region>,
}

/// What the outlining has made: a program borrows it.
#[derive(Default)]
pub(crate) struct Outlined {
    /// New bodies of functions that were there, by number.
    bodies: BTreeMap<u32, Vec<u8>>,
    /// New functions, in the order of their numbers.
    added: Vec<Added>,
    /// Which instructions left each function, by its name: the first, the one behind the last, and the new name.
    left: BTreeMap<String, Vec<(usize, usize, String)>>,
}

struct Added {
    kind: FuncType,
    body: Vec<u8>,
    name: String,
}

impl Region {
    /// A region's own name, in a function with a name.
    pub(crate) fn name(&self, function: &str) -> String {
        name(function, self.from, self.to)
    }
}

fn name(function: &str, from: usize, to: usize) -> String {
    format!("{function}~{from}-{to}")
}

/// The regions of a function of which is known in which scenes each basic block ran.
pub(crate) fn regions(flow: &Flow, results: &[ValType], ran: &[Scenes]) -> Result<Vec<Region>> {
    Choice { flow, liveness: &flow.liveness()?, results, ran }.regions()
}

impl Outlined {
    /// Takes the functions apart of which the profile knows regions.
    pub(crate) fn new(program: &Program, profile: &Profile) -> Result<Self> {
        let mut it = Self::default();
        let count = u32::try_from(program.count())?;
        for (number, function) in &program.names {
            let Some(body) = program.body(*number) else { continue };
            let kind = program.function_type(*number)?;
            let flow = Flow::read(kind.params(), body)?;
            let regions = profile.regions(function, &flow);
            if regions.is_empty() {
                continue;
            }
            let next = count + u32::try_from(it.added.len())?;
            let liveness = flow.liveness()?;
            let made = BTreeMap::new();
            let mut apart =
                Apart { flow: &flow, liveness: &liveness, results: kind.results(), next, made };
            it.bodies.insert(*number, apart.rest(kind.params().len(), &regions)?);
            for made in apart.made.into_values() {
                let (from, to) = made.place;
                let name = name(function, from, to);
                it.left.entry((*function).to_owned()).or_default().push((from, to, name.clone()));
                it.added.push(Added { kind: made.kind, body: made.body, name });
            }
        }
        Ok(it)
    }

    /// The program with this done to it.
    pub(crate) fn applied<'a>(&'a self, mut program: Program<'a>) -> Result<Program<'a>> {
        let first = program.imports.len();
        for (number, (_, body)) in (u32::try_from(first)?..).zip(&mut program.functions) {
            if let Some(new) = self.bodies.get(&number) {
                *body = whole(new);
            }
        }
        for added in &self.added {
            let known = program.types.iter().position(|kind| *kind == added.kind);
            let kind = known.unwrap_or(program.types.len());
            if known.is_none() {
                program.types.push(added.kind.clone());
            }
            program.names.insert(u32::try_from(program.count())?, &added.name);
            program.functions.push((u32::try_from(kind)?, whole(&added.body)));
        }
        Ok(program)
    }

    /// The name of the innermost region in which an instruction of a function is.
    pub(crate) fn holder(&self, function: &str, instruction: usize) -> Option<&str> {
        let around = self.left.get(function)?.iter();
        let around = around.filter(|(from, to, _)| (*from..*to).contains(&instruction));
        around.min_by_key(|(from, to, _)| to - from).map(|(_, _, name)| name.as_str())
    }

    /// Something left a function.
    pub(crate) fn is_apart(&self, function: &str) -> bool {
        self.left.contains_key(function)
    }
}

fn whole(body: &[u8]) -> FunctionBody<'_> {
    FunctionBody::new(BinaryReader::new(body, 0))
}
