//! Cuts the program in two, in the site that Trunk has just built: `tools/finish.sh` runs it in the repository's root.
//!
//! The first module is what the map needs, the second what only `app::simulator` refers to. It replaces the wasm and
//! the glue that Trunk made of the whole program, adds the second module, and names it in index.html.
#![allow(clippy::print_stdout, reason = "what it made is all it has to say")]

use std::convert::Infallible;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use wasm_encoder::Module;
use wasm_encoder::reencode::{self, Reencode};
use wasm_split_cli_support::Options;
use wasmparser::{CustomSectionReader, Parser};

/// What the loader in the glue is made of.
const LOADER: &str = include_str!("../../tools/second.js");
/// How the glue that wasm-bindgen writes asks for a loader: the name between these.
const IMPORT: (&str, &str) = ("import * as ", " from \"./__wasm_split.js\"");
/// The hint in index.html that gets the second module's name.
const HINT: [&str; 2] = ["id=\"wasm\"", "id=wasm"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: the program could not be cut in two: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let staging =
        PathBuf::from(env::var_os("TRUNK_STAGING_DIR").ok_or("this is a step of Trunk's")?);
    let work = target.join("split");
    let whole = fs::read(target.join("wasm32-unknown-unknown/release/drydock.wasm"))?;

    let first = work.join("first.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = &work;
    options.main_out_path = &first;
    let made = wasm_split_cli_support::transform(options)?;
    let [second] = made.split_modules.as_slice() else {
        return Err(format!("there should be one second module: {:?}", made.split_modules).into());
    };
    bind(&first, &work)?;

    let (glue, wasm) = (find(&staging, ".js")?, find(&staging, "_bg.wasm")?);
    let stem = file_name(&wasm).replace("_bg.wasm", "");
    let name = format!("{}.wasm", stem.replace("drydock", "simulator"));
    fs::write(staging.join(&name), compact(&fs::read(second)?)?)?;
    fs::write(&wasm, compact(&fs::read(work.join("drydock_bg.wasm"))?)?)?;
    let bound = fs::read_to_string(work.join("drydock.js"))?;
    fs::write(&glue, with_loader(&bound, &name)?)?;

    let page = staging.join("index.html");
    let html = fs::read_to_string(&page)?;
    let hint = HINT.iter().find(|hint| html.contains(**hint)).ok_or("index.html has no hint")?;
    fs::write(&page, html.replace(hint, &format!("{hint} data-second=\"./{name}\"")))?;
    Ok(())
}

/// Runs wasm-bindgen over the first module. What the second imports from it must stay.
fn bind(first: &Path, out: &Path) -> Result<()> {
    let status = Command::new("wasm-bindgen")
        .args(["--target=web", "--no-typescript", "--keep-lld-exports", "--no-demangle"])
        .args(["--out-name=drydock", "--out-dir"])
        .args([out, first])
        .status()?;
    if status.success() { Ok(()) } else { Err("wasm-bindgen failed".into()) }
}

/// The one file of the site that begins with our name and ends so.
fn find(site: &Path, end: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(site)? {
        let path = entry?.path();
        let name = file_name(&path);
        if name.starts_with("drydock-") && name.ends_with(end) {
            return Ok(path);
        }
    }
    Err(format!("the site has no drydock-*{end}").into())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The glue with our loader in place of the import that the splitter's own would have satisfied.
fn with_loader(glue: &str, second: &str) -> Result<String> {
    let (start, end) = IMPORT;
    let at = glue.find(end).ok_or("the glue does not ask for a loader")?;
    let (before, after) = glue.split_at(at);
    let (before, name) =
        before.rsplit_once(start).ok_or("the glue asks for a loader in another way")?;
    let loader = LOADER.replace("@IMPORT@", name).replace("@SECOND@", second);
    Ok(format!("{before}{loader}{}", after.trim_start_matches(end)))
}

/// The module without the room that the linker leaves in every number, and without names.
fn compact(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Compact.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

struct Compact;

impl Reencode for Compact {
    type Error = Infallible;

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> std::result::Result<(), reencode::Error<Self::Error>> {
        Ok(())
    }
}
