//! Which module each function and each byte of memory comes with.

use std::collections::{BTreeMap, BTreeSet};

use crate::Result;
use crate::profile::Profile;
use crate::program::Program;
use crate::reach::{Mentions, Reach};

/// The parts that come one after another, each with what those before it lack. The last one completes the program.
pub(crate) const CHAIN: [&str; 5] = ["map", "opening", "step", "lesson", "rest"];
/// A page may have a part beside the chain, which stands on this many of it and holds copies out of the others.
pub(crate) const BELOW_PAGES: Part = 2;

/// A part's place in the chain.
pub(crate) type Part = usize;

/// A module of the cut program.
pub(crate) struct Piece {
    pub name: String,
    /// The parts of the chain that are there before it: this many.
    pub after: Part,
    /// The functions that it holds.
    pub functions: BTreeSet<u32>,
    /// The ranges of memory that it brings, in order. The first piece brings what no other does.
    pub memory: Vec<(u32, u32)>,
    /// The functions that its code and its memory may call through the table.
    pub mentioned: BTreeSet<u32>,
}

/// Where everything belongs.
pub(crate) struct Plan {
    /// The places of all functions in the chain. What is imported belongs to its first part.
    homes: Vec<Part>,
    /// The chain, and then the parts of pages.
    pub pieces: Vec<Piece>,
}

/// What refers to what, by the numbers of functions.
struct References<'r> {
    reach: &'r Reach,
    of_functions: BTreeMap<u32, &'r Mentions>,
    by_name: BTreeMap<&'r str, Vec<u32>>,
}

impl Plan {
    /// Decides by what ran in the profile.
    pub(crate) fn new(program: &Program, reach: &Reach, profile: &Profile) -> Result<Self> {
        let first = u32::try_from(program.imports.len())?;
        let mut homes = vec![0; program.count()];
        let mut sets = vec![BTreeSet::new(); CHAIN.len()];
        let mut of_pages = vec![BTreeSet::new(); profile.pages().count()];
        for (number, home) in (0..).zip(&mut homes).filter(|(number, _)| *number >= first) {
            // What has no name is wasm-bindgen's own, which starts the program.
            let name = program.names.get(&number).copied().unwrap_or_default();
            *home = if name.is_empty() { 0 } else { profile.home(name) };
            sets.get_mut(*home).ok_or("the profile knows a part that there is not")?.insert(number);
            if *home >= BELOW_PAGES {
                let on = of_pages.iter_mut().zip(profile.runs(name));
                on.filter(|(_, runs)| *runs).for_each(|(set, _)| _ = set.insert(number));
            }
        }
        let references = References::new(program, reach);
        let mut there = references.fixed_blocks();
        let mut pieces = Vec::new();
        let mut below_pages = BTreeSet::new();
        for (after, (name, functions)) in CHAIN.iter().zip(sets).enumerate() {
            let blocks = references.blocks_of(&functions, &there);
            there.extend(&blocks);
            if after < BELOW_PAGES {
                below_pages.clone_from(&there);
            }
            pieces.push(references.piece((*name).to_owned(), after, functions, &blocks));
        }
        for (page, functions) in profile.pages().zip(of_pages) {
            let blocks = references.blocks_of(&functions, &below_pages);
            pieces.push(references.piece(page.clone(), BELOW_PAGES, functions, &blocks));
        }
        Ok(Self { homes, pieces })
    }

    /// The place of a function in the chain.
    pub(crate) fn home(&self, function: u32) -> Part {
        let at = usize::try_from(function).ok();
        at.and_then(|at| self.homes.get(at)).copied().unwrap_or_default()
    }
}

impl<'r> References<'r> {
    fn new(program: &Program<'r>, reach: &'r Reach) -> Self {
        let mut by_name: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let mut of_functions = BTreeMap::new();
        for (number, name) in &program.names {
            by_name.entry(name).or_default().push(*number);
            of_functions.extend(reach.functions.get(*name).map(|mentions| (*number, mentions)));
        }
        Self { reach, of_functions, by_name }
    }

    /// What may change while the program runs must be there once, from the start.
    fn fixed_blocks(&self) -> BTreeSet<usize> {
        let blocks = self.reach.blocks.iter().enumerate();
        blocks.filter(|(_, block)| block.changes).map(|(number, _)| number).collect()
    }

    /// The blocks of memory that functions get to, without those that are there.
    fn blocks_of(&self, functions: &BTreeSet<u32>, there: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mentions = functions.iter().filter_map(|function| self.of_functions.get(function));
        let mut open: Vec<usize> = mentions.flat_map(|it| &it.blocks).copied().collect();
        let mut found = BTreeSet::new();
        while let Some(block) = open.pop() {
            if !there.contains(&block) && found.insert(block) {
                let next = self.reach.blocks.get(block).into_iter();
                open.extend(next.flat_map(|it| &it.mentions.blocks));
            }
        }
        found
    }

    fn piece(
        &self,
        name: String,
        after: Part,
        functions: BTreeSet<u32>,
        blocks: &BTreeSet<usize>,
    ) -> Piece {
        let blocks = || blocks.iter().filter_map(|block| self.reach.blocks.get(*block));
        let of_functions = functions.iter().filter_map(|it| self.of_functions.get(it).copied());
        let mentions = of_functions.chain(blocks().map(|block| &block.mentions));
        let names = mentions.flat_map(|mentions| &mentions.functions);
        let numbers = names.filter_map(|name| self.by_name.get(name.as_str()));
        let mentioned = numbers.flatten().copied().collect();
        let memory = blocks().map(|block| (block.start, block.end)).collect();
        Piece { name, after, functions, memory, mentioned }
    }
}
