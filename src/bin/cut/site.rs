//! The site that Trunk has just built, and the files of the program in it.

use std::ffi::OsString;
use std::hash::Hasher;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use rustc_stable_hash::StableSipHasher128;

use crate::Result;
use crate::plan::{BELOW_PAGES, CHAIN, Plan};

/// The program as wasm-bindgen leaves it, and its glue, in [`work`].
pub(crate) const BOUND: &str = "drydock_bg.wasm";
const GLUE: &str = "drydock.js";
/// What is put before the glue: the loader of the parts, or what reads a counting program.
const LOADER: &str = include_str!("../../../tools/parts.js");
const READER: &str = include_str!("../../../tools/counting.js");
/// What the glue gives to the program, whose own import the loader satisfies.
const IMPORTS: &str = "\"./drydock_bg.js\": import0";
/// The hint in index.html that gets the names of the parts.
const HINT: [&str; 2] = ["id=\"wasm\"", "id=wasm"];

/// The folder of the site, and how Trunk has named the program in it.
pub(crate) struct Site {
    folder: PathBuf,
    stem: String,
}

impl Site {
    /// The site that Trunk is building.
    pub(crate) fn of_trunk() -> Result<Self> {
        let folder = env::var_os("TRUNK_STAGING_DIR").ok_or("this is a step of Trunk's")?;
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if let Some(stem) = name.strip_suffix("_bg.wasm") {
                return Ok(Self { folder: folder.into(), stem: stem.to_owned() });
            }
        }
        Err("the site has no *_bg.wasm".into())
    }

    /// Replaces the program by its parts, and names those in index.html. All have one sum over all of them in their
    /// names, so that a browser cannot mix the parts of two builds.
    pub(crate) fn put_parts(&self, plan: &Plan, parts: &[Vec<u8>], glue: &str) -> Result<()> {
        let whole = parts.iter().map(Vec::as_slice).chain([LOADER.as_bytes(), glue.as_bytes()]);
        let sum = format!("{:016x}", sum(whole));
        let mut names = Vec::new();
        for (number, (piece, bytes)) in plan.pieces.iter().zip(parts).enumerate().skip(1) {
            let kind = if number < CHAIN.len() { "part" } else { "page" };
            let name = format!("{kind}-{}-{sum}.wasm", piece.name);
            fs::write(self.folder.join(&name), bytes)?;
            names.push(format!("./{name}"));
        }
        let of_parts: Vec<_> = plan.pieces.iter().map(|piece| piece.name.as_str()).collect();
        let loader = (LOADER.replace("@SUM@", &sum).replace("@PARTS@", &of_parts.join(" ")))
            .replace("@CHAIN@", &CHAIN.len().to_string())
            .replace("@BELOW@", &BELOW_PAGES.to_string());
        let bound = glue.replacen(IMPORTS, &format!("drydock, {IMPORTS}"), 1);
        if bound == glue {
            return Err("the glue does not say what it imports".into());
        }
        let first = parts.first().ok_or("there are no parts")?;
        self.put(&format!("drydock-{sum}"), first, &format!("{loader}{bound}"))?;
        self.edit_page(|html| {
            let hint = HINT.iter().find(|hint| html.contains(**hint));
            let hint = hint.ok_or("index.html has no hint")?;
            Ok(html.replace(hint, &format!("{hint} data-parts=\"{}\"", names.join(" "))))
        })
    }

    /// Replaces the program by one that counts.
    pub(crate) fn put_counting(&self, program: &[u8], glue: &str) -> Result<()> {
        self.put(&self.stem, program, &format!("{READER}{glue}"))
    }

    /// Puts a program and its glue in the place of Trunk's.
    fn put(&self, stem: &str, program: &[u8], glue: &str) -> Result<()> {
        for end in ["_bg.wasm", ".js"] {
            fs::remove_file(self.folder.join(format!("{}{end}", self.stem)))?;
        }
        fs::write(self.folder.join(format!("{stem}_bg.wasm")), program)?;
        fs::write(self.folder.join(format!("{stem}.js")), plain(glue))?;
        self.edit_page(|html| Ok(html.replace(&self.stem, stem)))
    }

    fn edit_page(&self, edit: impl Fn(&str) -> Result<String>) -> Result<()> {
        let page = self.folder.join("index.html");
        let html = fs::read_to_string(&page)?;
        fs::write(&page, edit(&html)?)?;
        Ok(())
    }
}

/// The glue without comments and indentation, which are an eighth of it after compression.
fn plain(glue: &str) -> String {
    let is_comment =
        |line: &str| ["//", "/**", "* ", "*/"].iter().any(|start| line.starts_with(start));
    let lines = glue.lines().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The program as the linker left it, with its notes on what refers to what.
pub(crate) fn linked() -> Result<Vec<u8>> {
    Ok(fs::read(target().join("wasm32-unknown-unknown/release/drydock.wasm"))?)
}

/// The program and the glue that wasm-bindgen makes of it. Trunk has done the same, but without names of functions.
pub(crate) fn bound() -> Result<(Vec<u8>, String)> {
    let linked = target().join("wasm32-unknown-unknown/release/drydock.wasm");
    let status = Command::new("wasm-bindgen")
        .args([
            "--target=web",
            "--no-typescript",
            "--no-demangle",
            "--out-name=drydock",
            "--out-dir",
        ])
        .args([&work(), &linked])
        .status()?;
    if !status.success() {
        return Err("wasm-bindgen failed".into());
    }
    Ok((fs::read(work().join(BOUND))?, fs::read_to_string(work().join(GLUE))?))
}

/// Where the cutter keeps what it needs later.
pub(crate) fn work() -> PathBuf {
    target().join("cut")
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target")).into()
}

/// A sum that is the same on every machine.
pub(crate) fn sum<'a>(all: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hasher = StableSipHasher128::new();
    for bytes in all {
        hasher.write(bytes);
    }
    Hasher::finish(&hasher)
}
