//! The code of a module: its functions, and the stand-ins for functions that may not be there.

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{BlockType, CodeSection, Function, Instruction};
use wasmparser::{FunctionBody, Operator};

use super::{Cut, Writing};
use crate::Result;
use crate::plan::Part;

impl Cut<'_, '_> {
    pub(super) fn code(&self, it: &mut Writing) -> Result<CodeSection> {
        let mut code = CodeSection::new();
        for function in &it.piece.functions {
            let body = self.program.body(*function).ok_or("a function without a body")?;
            code.function(&self.body(it, body)?);
        }
        for function in &it.needs.away {
            let home = i32::try_from(self.plan.home(*function))?;
            code.function(&self.by_slot(it, *function, Some(home))?);
        }
        for function in &it.needs.by_page {
            code.function(&self.by_slot(it, *function, None)?);
        }
        for (kind, part) in self.askers(it)? {
            code.function(&self.asker(it, kind, part)?);
        }
        if !it.is_first() {
            code.function(&self.fill(it));
        }
        Ok(code)
    }

    /// Puts stand-ins into slots where nothing is: what is there may be the function itself, which has come otherwise.
    fn fill(&self, it: &Writing) -> Function {
        let mut body = Function::new([]);
        let mut write = body.instructions();
        for (slot, stand_in) in self.stand_ins(it) {
            let slot = slot.cast_signed();
            write.i32_const(slot).table_get(0).ref_is_null().if_(BlockType::Empty);
            write.i32_const(slot).ref_func(stand_in).table_set(0).end();
        }
        write.end();
        body
    }

    /// A function of the program, with the numbers of this module. What may not be there is called in its slot.
    fn body(&self, it: &mut Writing, body: &FunctionBody) -> Result<Function> {
        let mut function = it.numbering.new_function_with_parsed_locals(body)?;
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Call { function_index: old } if it.numbering.function(old).is_err() => {
                    for instruction in self.call(it, old)? {
                        function.instruction(&instruction);
                    }
                }
                other => _ = function.instruction(&it.numbering.instruction(other)?),
            }
        }
        Ok(function)
    }

    /// A function that calls what is in another's slot; before that it has a part fetched, if one is given.
    fn by_slot(&self, it: &mut Writing, function: u32, part: Option<i32>) -> Result<Function> {
        let kind = usize::try_from(self.program.kind(function)?)?;
        let kind = self.program.types.get(kind).ok_or("no such type")?;
        let mut body = Function::new([]);
        if let Some(part) = part {
            body.instructions().i32_const(part).call(it.numbering.need());
        }
        for local in 0..u32::try_from(kind.params().len())? {
            body.instructions().local_get(local);
        }
        for instruction in self.call(it, function)? {
            body.instruction(&instruction);
        }
        body.instructions().end();
        Ok(body)
    }

    /// Calls what is in a function's slot.
    fn call(&self, it: &mut Writing, function: u32) -> Result<[Instruction<'static>; 2]> {
        let slot = self.slots.get(&function).ok_or("a function without a slot")?;
        let kind = self.program.kind(function)?;
        let asker = it.numbering.asker(kind, self.plan.home(function));
        let call = match asker.filter(|_| it.needs.asked.contains(&function)) {
            Some(asker) => Instruction::Call(asker),
            None => {
                Instruction::CallIndirect { type_index: it.numbering.kind(kind), table_index: 0 }
            }
        };
        Ok([Instruction::I32Const(slot.cast_signed()), call])
    }

    /// Calls what is in a slot, which is its last argument. Has a part fetched before, if nothing is there.
    fn asker(&self, it: &mut Writing, kind: u32, part: Part) -> Result<Function> {
        let called = self.program.types.get(usize::try_from(kind)?).ok_or("no such type")?;
        let slot = u32::try_from(called.params().len())?;
        let mut body = Function::new([]);
        let mut write = body.instructions();
        write.local_get(slot).table_get(0).ref_is_null().if_(BlockType::Empty);
        write.i32_const(i32::try_from(part)?).call(it.numbering.need()).end();
        for argument in 0..slot {
            write.local_get(argument);
        }
        write.local_get(slot).call_indirect(0, it.numbering.kind(kind)).end();
        Ok(body)
    }
}
