//! A program does the same with and without its regions apart, whatever ran: random functions of the shapes that the
//! compiler writes are run both ways.

use proptest::collection::vec;
use proptest::prelude::*;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, InstructionSink, Module, NameMap, NameSection, TypeSection, ValType,
};
use wasmi::{Engine, Linker, Store, Val};

use super::{Outlined, Region, regions};
use crate::flow::Flow;
use crate::profile::Profile;
use crate::program::Program;

/// Locals of the functions: parameters, and others.
const PARAMETERS: u32 = 3;
const LOCALS: u32 = 7;
/// What the function notes what it does in, and how often it may still go through a loop.
const TRACE: u32 = 0;
const FUEL: u32 = 1;

/// A statement: the stack is empty before and after it. Locals and labels count modulo those that there are.
#[derive(Clone, Debug)]
enum Statement {
    /// `a = b * 31 + c`
    Set(u32, u32, u32),
    /// Notes a local.
    Note(u32),
    Block(Vec<Statement>),
    Loop(Vec<Statement>),
    Branch(u32),
    BranchIf(u32, u32),
    Table(u32, Vec<u32>),
    Return(u32),
}

fn statement() -> impl Strategy<Value = Statement> {
    let leaf = prop_oneof![
        8 => any::<(u32, u32, u32)>().prop_map(|(a, b, c)| Statement::Set(a, b, c)),
        4 => any::<u32>().prop_map(Statement::Note),
        4 => any::<(u32, u32)>().prop_map(|(local, label)| Statement::BranchIf(local, label)),
        1 => any::<u32>().prop_map(Statement::Branch),
        1 => (any::<u32>(), vec(any::<u32>(), 1..4)).prop_map(|(local, labels)| Statement::Table(local, labels)),
        1 => any::<u32>().prop_map(Statement::Return),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 1..8).prop_map(Statement::Block),
            1 => vec(inner, 1..8).prop_map(Statement::Loop),
        ]
    })
}

/// Writes statements within so many labels. The function's own label takes a value if the function returns one.
fn write(to: &mut InstructionSink, statements: &[Statement], labels: u32, returns: bool) {
    let local = |number: u32| number % LOCALS;
    let label = |number: u32| if returns { number % labels.max(1) } else { number % (labels + 1) };
    let can_branch = labels > 0 || !returns;
    for statement in statements {
        match statement {
            Statement::Set(a, b, c) => {
                to.local_get(local(*b)).i32_const(31).i32_mul();
                to.local_get(local(*c)).i32_add().local_set(local(*a));
            }
            Statement::Note(it) => {
                to.global_get(TRACE).i32_const(31).i32_mul();
                to.local_get(local(*it)).i32_add().global_set(TRACE);
            }
            Statement::Block(inner) => {
                to.block(BlockType::Empty);
                write(to, inner, labels + 1, returns);
                to.end();
            }
            Statement::Loop(inner) => {
                to.loop_(BlockType::Empty).block(BlockType::Empty).global_get(FUEL).br_if(0);
                to.unreachable().end();
                to.global_get(FUEL).i32_const(1).i32_sub().global_set(FUEL);
                write(to, inner, labels + 1, returns);
                to.end();
            }
            Statement::Branch(depth) if can_branch => _ = to.br(label(*depth)),
            Statement::BranchIf(it, depth) if can_branch => {
                to.local_get(local(*it)).i32_const(1).i32_and().br_if(label(*depth));
            }
            Statement::Table(it, depths) if can_branch => {
                let depths: Vec<u32> = depths.iter().map(|depth| label(*depth)).collect();
                to.local_get(local(*it)).i32_const(3).i32_and().br_table(depths.clone(), depths[0]);
            }
            Statement::Return(it) if returns => _ = to.local_get(local(*it)).return_(),
            Statement::Return(_) => _ = to.return_(),
            _ => {}
        }
    }
}

/// A program of one function, `f`.
fn program(statements: &[Statement], returns: bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    let results = if returns { vec![ValType::I32] } else { vec![] };
    types.ty().function([ValType::I32; PARAMETERS as usize], results);
    let mut function = Function::new([(LOCALS - PARAMETERS, ValType::I32)]);
    let mut body = function.instructions();
    write(&mut body, statements, 0, returns);
    if returns {
        body.local_get(1);
    }
    body.end();
    encoded(&types, &[(0, function.into_raw_body())])
}

/// A module of these functions, of which the first is `f`.
fn encoded(types: &TypeSection, bodies: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for (kind, body) in bodies {
        functions.function(*kind);
        code.raw(body);
    }
    let mut globals = GlobalSection::new();
    for start in [0, 50] {
        let kind = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(kind, &ConstExpr::i32_const(start));
    }
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0).export("trace", ExportKind::Global, TRACE);
    let mut names = NameSection::new();
    let mut of_functions = NameMap::new();
    of_functions.append(0, "f");
    names.functions(&of_functions);
    let mut module = Module::new();
    module.section(types).section(&functions).section(&globals).section(&exports);
    module.section(&code).section(&names);
    module.finish()
}

/// The same program with regions apart, and how many there are.
fn apart(wasm: &[u8], ran: &[u32]) -> (Vec<u8>, usize) {
    let program = Program::read(wasm).unwrap();
    let kind = program.function_type(0).unwrap().clone();
    let flow = Flow::read(kind.params(), program.body(0).unwrap()).unwrap();
    let ran: Vec<u32> = ran.iter().copied().cycle().take(flow.blocks().len()).collect();
    let mut profile = Profile::default();
    profile.learn_regions("f", &flow, &regions(&flow, kind.results(), &ran).unwrap());
    let profile = Profile::read(&profile.written()).unwrap();
    let outlined = Outlined::new(&program, &profile).unwrap();
    let count = outlined.added.len();
    let program = outlined.applied(program).unwrap();
    let mut types = TypeSection::new();
    for kind in &program.types {
        types.ty().func_type(&RoundtripReencoder.func_type(kind.clone()).unwrap());
    }
    let bodies = program.functions.iter().map(|(kind, body)| (*kind, body.as_bytes().to_vec()));
    (encoded(&types, &bodies.collect::<Vec<_>>()), count)
}

/// What the function gives, or that it stops, and what it has noted.
fn run(wasm: &[u8], arguments: [i32; 3], returns: bool) -> (Option<Vec<i32>>, i32) {
    let engine = Engine::default();
    let module = wasmi::Module::new(&engine, wasm).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let function = instance.get_func(&store, "f").unwrap();
    let mut results = vec![Val::I32(0); usize::from(returns)];
    let done = function.call(&mut store, &arguments.map(Val::I32), &mut results);
    let results = results.iter().map(|it| it.i32().unwrap()).collect();
    let trace = instance.get_global(&store, "trace").unwrap().get(&store).i32().unwrap();
    (done.ok().map(|()| results), trace)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_program_in_regions_does_the_same(
        statements in vec(statement(), 1..12),
        returns in any::<bool>(),
        ran in vec(0_u32..8, 1..40),
        arguments in vec(any::<[i32; 3]>(), 4),
    ) {
        let whole = program(&statements, returns);
        let (apart, _) = apart(&whole, &ran);
        for arguments in arguments {
            prop_assert_eq!(run(&whole, arguments, returns), run(&apart, arguments, returns));
        }
    }
}

/// A long arm that no scene has run.
#[test]
fn a_rare_arm_becomes_a_function() {
    let arm = (0..20).map(|number| Statement::Set(number, number + 1, number + 2));
    let arm = [Statement::BranchIf(0, 0)].into_iter().chain(arm).chain([Statement::Note(2)]);
    let whole = program(&[Statement::Block(arm.collect()), Statement::Note(4)], false);
    let (_, count) = apart(&whole, &[1, 0, 1]);
    assert_eq!(count, 1);
    let (_, count) = apart(&whole, &[1, 1, 1]);
    assert_eq!(count, 0);
}

/// Code that was changed after the profile was made is left as it is.
#[test]
fn regions_of_another_shape_are_not_used() {
    let long: Vec<Statement> = (0..20).map(Statement::Note).collect();
    let before = program(&[Statement::BranchIf(0, 0), Statement::Block(long.clone())], false);
    let after =
        program(&[Statement::Note(0), Statement::BranchIf(0, 0), Statement::Block(long)], false);
    let (before, after) = (Program::read(&before).unwrap(), Program::read(&after).unwrap());
    let flow = Flow::read(&[], before.body(0).unwrap()).unwrap();
    let mut profile = Profile::default();
    profile.learn_regions("f", &flow, &[Region { from: 4, to: 8, inner: Vec::new() }]);
    assert_eq!(profile.regions("f", &flow).len(), 1);
    let flow = Flow::read(&[], after.body(0).unwrap()).unwrap();
    assert_eq!(profile.regions("f", &flow), []);
}
