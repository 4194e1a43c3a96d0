//! What refers to what, as the linker knew it: which pieces of memory and which slots of the function table a function
//! or a piece of memory mentions.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{
    KnownCustom, Linking, Parser, Payload, RelocationEntry, RelocationType, SymbolInfo,
};

use crate::Result;
use crate::flow;
use crate::outline::Outlined;
use crate::program::{Program, constant, list};

/// A piece of memory that is needed as a whole: one symbol of the linker's, or several that overlap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub start: u32,
    pub end: u32,
    /// The program may write to it.
    pub changes: bool,
    pub mentions: Mentions,
}

/// What one function or block mentions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    /// Numbers of blocks.
    pub blocks: BTreeSet<usize>,
    /// Names of functions whose place in the function table it knows.
    pub functions: BTreeSet<String>,
}

/// What one reference of the linker's refers to.
enum Mentioned {
    Block(usize),
    /// By its name.
    Function(String),
}

impl Mentions {
    fn note(&mut self, mentioned: Option<Mentioned>) {
        match mentioned {
            Some(Mentioned::Block(block)) => _ = self.blocks.insert(block),
            Some(Mentioned::Function(name)) => _ = self.functions.insert(name),
            None => {}
        }
    }
}

/// All that the linker wrote down.
#[derive(Default)]
pub(crate) struct Reach {
    pub blocks: Vec<Block>,
    /// By the functions' names.
    pub functions: BTreeMap<String, Mentions>,
}

/// The sections of a linked program that this needs.
#[derive(Default)]
struct Linked<'a> {
    symbols: Vec<SymbolInfo<'a>>,
    relocations: BTreeMap<u32, Vec<RelocationEntry>>,
    code: Option<(u32, u64)>,
    data: Option<(u32, u64)>,
    /// Address and place in the file of each segment of memory.
    segments: Vec<(u32, u64)>,
    /// Their names.
    names: Vec<&'a str>,
}

impl Reach {
    /// Reads what a program that was linked with `--emit-relocs` says about itself. What a region mentions that has become
    /// a function counts as that function's.
    pub(crate) fn read(wasm: &[u8], outlined: &Outlined) -> Result<Self> {
        let program = Program::read(wasm)?;
        let linked = Linked::read(wasm)?;
        let mut it = Self { blocks: linked.blocks()?, ..Self::default() };
        it.of_code(&program, &linked, outlined)?;
        it.of_data(&linked)?;
        Ok(it)
    }

    fn of_code(&mut self, program: &Program, linked: &Linked, outlined: &Outlined) -> Result<()> {
        let (section, base) = linked.code.ok_or("the linked program has no code")?;
        let first = program.imports.len();
        let bodies: Vec<_> = program.functions.iter().map(|(_, body)| body.range()).collect();
        let mut places: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for entry in linked.relocations.get(&section).into_iter().flatten() {
            let at = base + u64::from(entry.offset);
            let own = bodies.partition_point(|range| range.end <= at);
            let number = u32::try_from(first + own)?;
            let name = program.names.get(&number).ok_or("a function without a name")?;
            let mut holder = *name;
            if outlined.is_apart(name) {
                let places = match places.entry(number) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        new.insert(flow::places(program.body(number).ok_or("no body")?)?)
                    }
                };
                let instruction = places.partition_point(|place| *place <= at).saturating_sub(1);
                holder = outlined.holder(name, instruction).unwrap_or(name);
            }
            let mentioned = linked.mentioned(&self.blocks, entry)?;
            self.functions.entry(holder.to_owned()).or_default().note(mentioned);
        }
        Ok(())
    }

    fn of_data(&mut self, linked: &Linked) -> Result<()> {
        let Some((section, base)) = linked.data else { return Ok(()) };
        for entry in linked.relocations.get(&section).into_iter().flatten() {
            let at = base + u64::from(entry.offset);
            let segment = linked.segments.partition_point(|(_, place)| *place <= at);
            let segment = segment.checked_sub(1).and_then(|one| linked.segments.get(one));
            let (address, place) = *segment.ok_or("a reference outside of the memory")?;
            let address = address + u32::try_from(at - place)?;
            let Some(holder) = block_at(&self.blocks, address) else { continue };
            let mentioned = linked.mentioned(&self.blocks, entry)?;
            if let Some(block) = self.blocks.get_mut(holder) {
                block.mentions.note(mentioned);
            }
        }
        Ok(())
    }
}

/// The number of the block that an address lies in.
fn block_at(blocks: &[Block], address: u32) -> Option<usize> {
    let after = blocks.partition_point(|block| block.start <= address);
    let at = after.checked_sub(1)?;
    blocks.get(at).filter(|block| address < block.end).map(|_| at)
}

impl<'a> Linked<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut it = Self::default();
        let mut section = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            let number = section;
            section += u32::from(payload.as_section().is_some());
            match payload {
                Payload::CodeSectionStart { range, .. } => it.code = Some((number, range.start)),
                Payload::DataSection(all) => {
                    it.data = Some((number, all.range().start));
                    for data in all {
                        let data = data?;
                        let wasmparser::DataKind::Active { offset_expr, .. } = data.kind else {
                            continue;
                        };
                        let address = constant(&offset_expr)?;
                        let length = u64::try_from(data.data.len())?;
                        it.segments.push((address, data.range.end - length));
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            match part? {
                                Linking::SymbolTable(symbols) => it.symbols = list(symbols)?,
                                Linking::SegmentInfo(all) => {
                                    it.names = list(all)?.into_iter().map(|it| it.name).collect();
                                }
                                _ => {}
                            }
                        }
                    }
                    KnownCustom::Reloc(reloc) => {
                        it.relocations.insert(reloc.section_index(), list(reloc.entries())?);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if it.symbols.is_empty() {
            return Err("the linked program does not say what refers to what".into());
        }
        Ok(it)
    }

    /// What a reference refers to, unless that is neither memory nor a slot of the function table.
    fn mentioned(&self, blocks: &[Block], entry: &RelocationEntry) -> Result<Option<Mentioned>> {
        use RelocationType as R;
        let symbol = self.symbols.get(usize::try_from(entry.index)?);
        Ok(match (entry.ty, symbol) {
            (
                R::MemoryAddrLeb | R::MemoryAddrSleb | R::MemoryAddrI32 | R::MemoryAddrRelSleb,
                Some(SymbolInfo::Data { symbol: Some(data), .. }),
            ) => {
                let segment = self.segments.get(usize::try_from(data.index)?);
                let (address, _) = segment.ok_or("a symbol outside of the memory")?;
                block_at(blocks, address + data.offset).map(Mentioned::Block)
            }
            (R::TableIndexSleb | R::TableIndexI32, Some(SymbolInfo::Func { name, .. })) => {
                name.map(|name| Mentioned::Function(name.to_owned()))
            }
            _ => None,
        })
    }

    /// The blocks of memory, in order.
    fn blocks(&self) -> Result<Vec<Block>> {
        let mut symbols = Vec::new();
        for symbol in &self.symbols {
            let SymbolInfo::Data { symbol: Some(data), .. } = symbol else { continue };
            let segment = usize::try_from(data.index)?;
            let Some((address, _)) = self.segments.get(segment) else {
                continue; // it has no bytes in the file: memory that starts as zeros
            };
            let start = address + data.offset;
            let is_fixed = self.names.get(segment).is_some_and(|name| name.starts_with(".rodata"));
            symbols.push((start, start + data.size, !is_fixed));
        }
        symbols.sort_unstable();
        let mut blocks: Vec<Block> = Vec::new();
        for (start, end, changes) in symbols {
            match blocks.last_mut() {
                _ if start == end => {}
                Some(last) if start < last.end => last.end = last.end.max(end),
                _ => blocks.push(Block { start, end, changes, ..Block::default() }),
            }
        }
        Ok(blocks)
    }
}
