//! Writes the modules. They share the first one's memory, tables and globals. A function that is there for sure is called
//! by import; any other through its slot in the function table. Until it is there, that slot is empty, and who calls it has
//! its part fetched at once. What the program itself calls through the table has a stand-in there instead, which does the
//! same. A module that comes later leaves alone what is in a slot, unless it has the function itself.

mod code;
mod memory;
mod numbering;

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection, ImportSection,
    MemorySection, Module, StartSection, TableSection, TableType,
};
use wasmparser::{ExternalKind, FuncType, ValType};

use crate::Result;
use crate::plan::{Part, Piece, Plan};
use crate::program::Program;
use numbering::Numbering;

/// The import that fetches a part at once.
const NEED: (&str, &str) = ("drydock", "need");
/// The first part as the others import from it.
const FIRST: &str = "0";

/// What one piece refers to in others.
#[derive(Default)]
struct Needs {
    /// Functions of pieces that are there before it.
    earlier: BTreeSet<u32>,
    /// Functions that may not be there, for which it has stand-ins.
    away: BTreeSet<u32>,
    /// Functions that may not be there, and whose slots are empty until then.
    asked: BTreeSet<u32>,
    /// Those of them that the page calls by name.
    by_page: BTreeSet<u32>,
}

/// The program and how it is cut.
pub(crate) struct Cut<'p, 'a> {
    program: &'p Program<'a>,
    plan: &'p Plan,
    needs: Vec<Needs>,
    /// The slot in the function table of each function that has one.
    slots: BTreeMap<u32, u32>,
    table_size: u64,
    /// What the functions are called that modules have from each other: numbers, in the module where each is.
    names: BTreeMap<u32, String>,
}

/// A module while it is written: what its sections hold, and its numbers for functions and types.
struct Writing<'c> {
    piece: &'c Piece,
    needs: &'c Needs,
    numbering: Numbering,
    imports: ImportSection,
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
}

impl<'p, 'a> Cut<'p, 'a> {
    /// Finds out what the parts need from each other.
    pub(crate) fn new(program: &'p Program<'a>, plan: &'p Plan) -> Result<Self> {
        let mut slots: BTreeMap<u32, u32> = BTreeMap::new();
        for (slot, function) in &program.slots {
            slots.entry(*function).or_insert(*slot);
        }
        let size = program.tables.first().ok_or("no table")?.initial;
        let names = BTreeMap::new();
        let mut it = Self { program, plan, needs: Vec::new(), slots, table_size: size, names };
        for piece in &plan.pieces {
            let mut needs = it.needs_of(piece)?;
            let before = it.needs.iter().take(piece.after).flat_map(|needs| &needs.away);
            before.for_each(|function| {
                needs.away.remove(function);
                needs.asked.remove(function);
            });
            it.needs.push(needs);
        }
        for function in it.needs.iter().flat_map(|it| it.away.iter().chain(&it.asked)) {
            if !it.slots.contains_key(function) {
                it.slots.insert(*function, u32::try_from(it.table_size)?);
                it.table_size += 1;
            }
        }
        let shared: BTreeSet<u32> = it.needs.iter().flat_map(|it| &it.earlier).copied().collect();
        let mut counts = vec![0_u32; plan.pieces.len()];
        for function in shared {
            let count = counts.get_mut(plan.home(function)).ok_or("no such piece")?;
            it.names.insert(function, format!("{count:x}"));
            *count += 1;
        }
        Ok(it)
    }

    fn needs_of(&self, piece: &Piece) -> Result<Needs> {
        let mut called = BTreeSet::new();
        for function in &piece.functions {
            called.extend(self.program.calls(*function)?);
        }
        let mut by_page = BTreeSet::new();
        if piece.after == 0 {
            let exports = self.program.exports.iter();
            by_page.extend(exports.filter(|it| it.kind == ExternalKind::Func).map(|it| it.index));
            by_page.retain(|function| self.plan.home(*function) > 0);
        }
        let mut stood_for: BTreeSet<u32> = by_page.clone();
        stood_for.extend(piece.mentioned.iter().filter(|it| self.slots.contains_key(it)));
        called.extend(&stood_for);
        called.retain(|function| !piece.functions.contains(function));
        let (earlier, away): (BTreeSet<u32>, BTreeSet<u32>) =
            called.into_iter().partition(|function| self.is_before(*function, piece));
        let (away, asked) = away.into_iter().partition(|function| stood_for.contains(function));
        Ok(Needs { earlier, away, asked, by_page })
    }

    /// What a function is called between modules.
    fn name(&self, function: u32) -> Result<&str> {
        Ok(self.names.get(&function).ok_or("a function that no module asks for")?)
    }

    /// A function is there before a piece.
    fn is_before(&self, function: u32, piece: &Piece) -> bool {
        self.plan.home(function) < piece.after || function < self.imported()
    }

    /// How many functions the program imports.
    fn imported(&self) -> u32 {
        u32::try_from(self.program.imports.len()).unwrap_or(u32::MAX)
    }

    /// The bytes of a module.
    pub(crate) fn module(&self, number: usize) -> Result<Vec<u8>> {
        let piece = self.plan.pieces.get(number).ok_or("no such piece")?;
        let needs = self.needs.get(number).ok_or("no such piece")?;
        let mut it = Writing::new(piece, needs);
        if piece.after == 0 {
            self.import_browser(&mut it);
        } else {
            self.import_earlier(&mut it)?;
        }
        let kind = it.numbering.own_kind(self.program, FuncType::new([ValType::I32], []));
        it.imports.import(NEED.0, NEED.1, EntityType::Function(kind));
        it.numbering.add_need();
        self.declare(&mut it)?;
        self.share(&mut it)?;
        self.export(&mut it, number)?;
        let fill = (!it.is_first()).then(|| it.declare_fill(self.program));
        let code = self.code(&mut it)?;
        let mut module = Module::new();
        module.section(&it.numbering.types(self.program)?).section(&it.imports);
        module.section(&it.functions).section(&it.tables).section(&it.memories);
        module.section(&it.globals).section(&it.exports);
        if let Some(function_index) = fill {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements(&it)?).section(&code).section(&self.data(piece));
        Ok(module.finish())
    }

    /// The first part imports what the program does.
    fn import_browser(&self, it: &mut Writing) {
        for (number, (import, kind)) in (0..).zip(&self.program.imports) {
            let kind = it.numbering.kind(*kind);
            it.imports.import(import.module, import.name, EntityType::Function(kind));
            it.numbering.add(number);
        }
    }

    /// The others import from earlier ones.
    fn import_earlier(&self, it: &mut Writing) -> Result<()> {
        for function in &it.needs.earlier {
            let kind = it.numbering.kind(self.program.kind(*function)?);
            let from = self.plan.home(*function).to_string();
            it.imports.import(&from, self.name(*function)?, EntityType::Function(kind));
            it.numbering.add(*function);
        }
        Ok(())
    }

    /// The functions that a module has itself: its own, and stand-ins.
    fn declare(&self, it: &mut Writing) -> Result<()> {
        for function in &it.piece.functions {
            it.functions.function(it.numbering.kind(self.program.kind(*function)?));
            it.numbering.add(*function);
        }
        for function in &it.needs.away {
            it.functions.function(it.numbering.kind(self.program.kind(*function)?));
            it.numbering.add_stand_in(*function);
        }
        for function in &it.needs.by_page {
            it.functions.function(it.numbering.kind(self.program.kind(*function)?));
            it.numbering.add(*function);
        }
        for (kind, part) in self.askers(it)? {
            let called = self.program.types.get(usize::try_from(kind)?).ok_or("no such type")?;
            let takes = called.params().iter().copied().chain([ValType::I32]);
            let own = FuncType::new(takes, called.results().iter().copied());
            it.functions.function(it.numbering.own_kind(self.program, own));
            it.numbering.add_asker(kind, part);
        }
        Ok(())
    }

    /// The types and the parts of the functions whose slots may be empty.
    fn askers(&self, it: &Writing) -> Result<BTreeSet<(u32, Part)>> {
        let asker = |function: &u32| Ok((self.program.kind(*function)?, self.plan.home(*function)));
        it.needs.asked.iter().map(asker).collect()
    }

    /// Tables, memory and globals: the first part has them, the others import them.
    fn share(&self, it: &mut Writing) -> Result<()> {
        let mut same = RoundtripReencoder;
        for (number, table) in (0..).zip(&self.program.tables) {
            let mut kind: TableType = same.table_type(*table)?;
            if number == 0 {
                kind.minimum = self.table_size;
                kind.maximum = kind.maximum.map(|most| most.max(self.table_size));
            }
            if it.shared(&format!("t{number}"), ExportKind::Table, number, kind) {
                it.tables.table(kind);
            }
        }
        for (number, memory) in (0..).zip(&self.program.memories) {
            let kind = same.memory_type(*memory)?;
            if it.shared(&format!("m{number}"), ExportKind::Memory, number, kind) {
                it.memories.memory(kind);
            }
        }
        for (number, global) in (0..).zip(&self.program.globals) {
            let kind = same.global_type(global.ty)?;
            if it.shared(&format!("g{number}"), ExportKind::Global, number, kind) {
                same.parse_global(&mut it.globals, global.clone())?;
            }
        }
        Ok(())
    }

    /// What a module gives to the page, if it is the first, and to later ones.
    fn export(&self, it: &mut Writing, number: usize) -> Result<()> {
        let of_program = if it.is_first() { self.program.exports.as_slice() } else { &[] };
        for export in of_program {
            let kind = RoundtripReencoder.export_kind(export.kind)?;
            let index = match export.kind {
                ExternalKind::Func => it.numbering.function(export.index)?,
                _ => export.index,
            };
            it.exports.export(export.name, kind, index);
        }
        let others = self.needs.iter().skip(1);
        let wanted: BTreeSet<u32> = others.flat_map(|it| &it.earlier).copied().collect();
        // A page's part has copies, which nobody asks for.
        let is_home = |function: &u32| self.plan.home(*function) == number;
        for function in wanted.into_iter().filter(is_home) {
            it.exports.export(
                self.name(function)?,
                ExportKind::Func,
                it.numbering.function(function)?,
            );
        }
        Ok(())
    }
}

impl<'c> Writing<'c> {
    fn new(piece: &'c Piece, needs: &'c Needs) -> Self {
        Self {
            piece,
            needs,
            numbering: Numbering::default(),
            imports: ImportSection::new(),
            functions: FunctionSection::new(),
            tables: TableSection::new(),
            memories: MemorySection::new(),
            globals: GlobalSection::new(),
            exports: ExportSection::new(),
        }
    }

    /// The function that runs when the module has come: it puts stand-ins where nothing is.
    fn declare_fill(&mut self, program: &Program) -> u32 {
        self.functions.function(self.numbering.own_kind(program, FuncType::new([], [])));
        self.numbering.add_fill()
    }

    /// It holds what all share.
    fn is_first(&self) -> bool {
        self.piece.after == 0
    }

    /// Exports a thing that all share, or imports it in all but the first; true where it is to be made.
    fn shared(
        &mut self,
        name: &str,
        kind: ExportKind,
        number: u32,
        what: impl Into<EntityType>,
    ) -> bool {
        if self.is_first() {
            self.exports.export(name, kind, number);
        } else {
            self.imports.import(FIRST, name, what);
        }
        self.is_first()
    }
}
