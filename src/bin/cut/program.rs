//! A wasm program as the cutter sees it: its parts, borrowed from the file.

use std::collections::BTreeMap;

use wasmparser::{
    ConstExpr, CustomSectionReader, Data, DataKind, Element, ElementItems, ElementKind, Export,
    FuncType, FunctionBody, Global, Import, Imports, KnownCustom, MemoryType, Name, Operator,
    Parser, Payload, TableType, TypeRef,
};

use crate::Result;

/// A program in one module.
#[derive(Default)]
pub(crate) struct Program<'a> {
    pub types: Vec<FuncType>,
    /// The functions that it imports, with their types. They come first in the numbering of functions.
    pub imports: Vec<(Import<'a>, u32)>,
    /// Type and body of each function of its own.
    pub functions: Vec<(u32, FunctionBody<'a>)>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    /// What stands in the function table, by slot.
    pub slots: BTreeMap<u32, u32>,
    /// Pieces of memory: address and bytes.
    pub data: Vec<(u32, &'a [u8])>,
    /// Names of functions.
    pub names: BTreeMap<u32, &'a str>,
}

impl<'a> Program<'a> {
    /// Reads a module. Anything that the linker and wasm-bindgen do not make is refused.
    pub(crate) fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut it = Self::default();
        let mut kinds = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(types) => {
                    let types = types.into_iter_err_on_gc_types();
                    it.types = types.collect::<std::result::Result<_, _>>()?;
                }
                Payload::FunctionSection(all) => kinds = list(all)?,
                Payload::TableSection(all) => {
                    it.tables = list(all)?.into_iter().map(|table| table.ty).collect();
                }
                Payload::MemorySection(all) => it.memories = list(all)?,
                Payload::GlobalSection(all) => it.globals = list(all)?,
                Payload::ExportSection(all) => it.exports = list(all)?,
                Payload::CodeSectionEntry(body) => {
                    let kind = *kinds.get(it.functions.len()).ok_or("a body without a type")?;
                    it.functions.push((kind, body));
                }
                Payload::ImportSection(all) => it.read_imports(list(all)?)?,
                Payload::ElementSection(all) => it.read_slots(list(all)?)?,
                Payload::DataSection(all) => it.read_data(list(all)?)?,
                Payload::CustomSection(custom) => it.read_names(&custom)?,
                Payload::StartSection { .. } | Payload::TagSection(_) => {
                    return Err("a start function or exceptions, which are not understood".into());
                }
                _ => {}
            }
        }
        Ok(it)
    }

    fn read_imports(&mut self, imports: Vec<Imports<'a>>) -> Result<()> {
        for import in imports {
            let Imports::Single(_, import) = import else {
                return Err("imports in a compact form are not understood".into());
            };
            let TypeRef::Func(kind) = import.ty else {
                return Err(format!("an import is no function: {}", import.name).into());
            };
            self.imports.push((import, kind));
        }
        Ok(())
    }

    fn read_slots(&mut self, elements: Vec<Element<'a>>) -> Result<()> {
        for element in elements {
            let ElementKind::Active { table_index: None | Some(0), offset_expr } = element.kind
            else {
                return Err("elements that are not placed at the start".into());
            };
            let ElementItems::Functions(functions) = element.items else {
                return Err("elements that are no functions".into());
            };
            for (slot, function) in (constant(&offset_expr)?..).zip(functions) {
                self.slots.insert(slot, function?);
            }
        }
        Ok(())
    }

    fn read_data(&mut self, all: Vec<Data<'a>>) -> Result<()> {
        for data in all {
            let DataKind::Active { memory_index: 0, offset_expr } = data.kind else {
                return Err("data that is not placed at the start".into());
            };
            self.data.push((constant(&offset_expr)?, data.data));
        }
        Ok(())
    }

    fn read_names(&mut self, custom: &CustomSectionReader<'a>) -> Result<()> {
        let KnownCustom::Name(names) = custom.as_known() else { return Ok(()) };
        for name in names {
            if let Name::Function(all) = name? {
                for naming in all {
                    let naming = naming?;
                    self.names.insert(naming.index, naming.name);
                }
            }
        }
        Ok(())
    }

    /// How many functions there are, imported ones included.
    pub(crate) fn count(&self) -> usize {
        self.imports.len() + self.functions.len()
    }

    /// A function's body, unless it is imported.
    pub(crate) fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        let own = usize::try_from(function).ok()?.checked_sub(self.imports.len())?;
        self.functions.get(own).map(|(_, body)| body)
    }

    /// The number of a function's type.
    pub(crate) fn kind(&self, function: u32) -> Result<u32> {
        let at = usize::try_from(function)?;
        let own = at.checked_sub(self.imports.len()).and_then(|own| self.functions.get(own));
        let kind = self.imports.get(at).map(|(_, kind)| *kind).or(own.map(|(kind, _)| *kind));
        kind.ok_or_else(|| format!("there is no function {function}").into())
    }

    /// A function's type.
    pub(crate) fn function_type(&self, function: u32) -> Result<&FuncType> {
        let kind = usize::try_from(self.kind(function)?)?;
        Ok(self.types.get(kind).ok_or("no such type")?)
    }

    /// The functions that a function calls, or takes the reference of, by their numbers.
    pub(crate) fn calls(&self, function: u32) -> Result<Vec<u32>> {
        let mut calls = Vec::new();
        let Some(body) = self.body(function) else { return Ok(calls) };
        for operator in body.get_operators_reader()? {
            if let Operator::Call { function_index } | Operator::RefFunc { function_index } =
                operator?
            {
                calls.push(function_index);
            }
        }
        Ok(calls)
    }
}

/// All items of a section.
pub(crate) fn list<T>(section: impl IntoIterator<Item = wasmparser::Result<T>>) -> Result<Vec<T>> {
    Ok(section.into_iter().collect::<std::result::Result<_, _>>()?)
}

/// The number that a constant expression of the linker's is.
pub(crate) fn constant(expression: &ConstExpr) -> Result<u32> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        other => Err(format!("a place that is no constant: {other:?}").into()),
    }
}
