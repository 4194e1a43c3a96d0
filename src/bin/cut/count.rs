//! A program that notes which of its basic blocks run.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, Instruction, MemArg, MemorySection,
    MemoryType, Module,
};
use wasmparser::{CustomSectionReader, FunctionBody, Parser};

use crate::Result;
use crate::flow;
use crate::program::Program;

/// The memory of the notes: a byte for each basic block, beside the program's own.
const NOTES: u32 = 1;
/// Its name for the page.
const NAME: &str = "ran";
const PAGE: u64 = 65_536;

/// The same program, in which each basic block says first that it runs.
pub(crate) fn counting(wasm: &[u8]) -> Result<Vec<u8>> {
    let program = Program::read(wasm)?;
    if program.memories.len() != 1 {
        return Err("a program with another memory than its own".into());
    }
    let mut module = Module::new();
    let mut blocks = 0;
    for (_, body) in &program.functions {
        blocks += flow::count(body)?;
    }
    let pages = u64::try_from(blocks)?.div_ceil(PAGE);
    Counting { pages, blocks: 0 }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// Which basic blocks ran on the pages of a file: one line for each page, with a letter for each block.
pub(crate) fn ran(lines: &str) -> Vec<bool> {
    let mut all = Vec::new();
    for line in lines.lines() {
        all.resize(all.len().max(line.len()), false);
        for (ran, letter) in all.iter_mut().zip(line.bytes()) {
            *ran |= letter == b'1';
        }
    }
    all
}

struct Counting {
    pages: u64,
    /// How many have been written.
    blocks: i32,
}

type Outcome = std::result::Result<(), reencode::Error<Infallible>>;

impl Reencode for Counting {
    type Error = Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: wasmparser::MemorySectionReader<'_>,
    ) -> Outcome {
        reencode::utils::parse_memory_section(self, memories, section)?;
        let (minimum, maximum) = (self.pages, Some(self.pages));
        let kind =
            MemoryType { minimum, maximum, memory64: false, shared: false, page_size_log2: None };
        memories.memory(kind);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome {
        reencode::utils::parse_export_section(self, exports, section)?;
        exports.export(NAME, ExportKind::Memory, NOTES);
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Outcome {
        let mut function: Function = self.new_function_with_parsed_locals(&body)?;
        let place = MemArg { offset: 0, align: 0, memory_index: NOTES };
        let mut starts = true;
        let mut rest = body.get_operators_reader()?;
        while !rest.eof() {
            if starts {
                function.instruction(&Instruction::I32Const(self.blocks));
                function.instruction(&Instruction::I32Const(1));
                function.instruction(&Instruction::I32Store8(place));
                self.blocks += 1;
            }
            starts = flow::ends_block(&rest.clone().read()?);
            function.instruction(&self.parse_instruction(&mut rest)?);
        }
        code.function(&function);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Outcome {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ran;

    #[test]
    fn what_ran_on_any_page_ran() {
        assert_eq!(ran("0100\n1100\n"), [true, true, false, false]);
        assert_eq!(ran("01\n0001"), [false, true, false, true]);
    }
}
