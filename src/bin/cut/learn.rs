//! Writes down what the played scenes have run.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use wasmparser::ValType;

use crate::flow::Flow;
use crate::outline::{self, Region, Scenes};
use crate::plan::CHAIN;
use crate::profile::{self, Profile};
use crate::program::Program;
use crate::{PROFILE, Result, count, site};

/// What the scenes have run: a file for each, named as the part or the page, with a line for each page that it opened.
/// `tests/browser/profile.rs` writes them.
const NOTES: &str = "target/profile";

/// The scenes that were played.
struct Played {
    names: Vec<String>,
    /// Which basic blocks ran, in the order of the program, by the number of the scene.
    ran: Vec<(usize, Vec<bool>)>,
}

/// A function of which is known what ran of it. Several functions may have one name and one shape, because code was
/// compiled for several crates: the profile cannot tell them apart, so what ran of one of them ran of all.
struct Seen<'s> {
    name: &'s str,
    flow: Flow<'s>,
    results: &'s [ValType],
    /// The scenes of its basic blocks.
    ran: Vec<Scenes>,
}

/// Makes the profile of the program that counted.
pub(crate) fn learn() -> Result<()> {
    let bound = fs::read(site::work().join(site::BOUND))?;
    let program = Program::read(&bound)?;
    let played = Played::read()?;
    let mut profile = Profile::default();
    for seen in all_seen(&program, &played)?.values() {
        let all = seen.ran.iter().fold(0, |all, one| all | one);
        profile.learn(seen.name, &played.names_of(all));
        if !is_ours(seen.name) {
            continue;
        }
        let regions = outline::regions(&seen.flow, seen.results, &seen.ran)?;
        profile.learn_regions(seen.name, &seen.flow, &regions);
        learn_regions(&mut profile, &played, seen, &regions);
    }
    fs::write(PROFILE, profile.written())?;
    Ok(())
}

/// The functions of a program, by sums over their names and shapes.
fn all_seen<'p>(program: &'p Program, played: &Played) -> Result<BTreeMap<u32, Seen<'p>>> {
    let mut all: BTreeMap<u32, Seen> = BTreeMap::new();
    let mut block = 0;
    for (number, (_, body)) in (u32::try_from(program.imports.len())?..).zip(&program.functions) {
        let kind = program.function_type(number)?;
        let flow = Flow::read(kind.params(), body)?;
        let blocks = block..block + flow.blocks().len();
        block = blocks.end;
        let Some(name) = program.names.get(&number) else { continue };
        let ran: Vec<Scenes> = blocks.map(|block| played.scenes(block)).collect();
        match all.entry(profile::shape(name, &flow)) {
            Entry::Vacant(new) => {
                new.insert(Seen { name, flow, results: kind.results(), ran });
            }
            Entry::Occupied(mut known) => {
                known.get_mut().ran.iter_mut().zip(ran).for_each(|(all, more)| *all |= more);
            }
        }
    }
    Ok(all)
}

/// Code of the program itself, or made for a type of its own. What a library's code runs depends on chance: on addresses,
/// and on how keys are hashed.
fn is_ours(name: &str) -> bool {
    format!("{:#}", rustc_demangle::demangle(name)).contains("drydock::")
}

fn learn_regions(profile: &mut Profile, played: &Played, seen: &Seen, regions: &[Region]) {
    for region in regions {
        let scenes = outline::scenes_of(&seen.flow, &seen.ran, region.from, region.to);
        profile.learn(&region.name(seen.name), &played.names_of(scenes));
        learn_regions(profile, played, seen, &region.inner);
    }
}

impl Played {
    fn read() -> Result<Self> {
        let mut it = Self { names: CHAIN.map(str::to_owned).to_vec(), ran: Vec::new() };
        for entry in fs::read_dir(NOTES)? {
            let path = entry?.path();
            let Some(name) = name_of(&path) else { continue };
            let known = it.names.iter().position(|known| *known == name);
            let number = known.unwrap_or(it.names.len());
            if known.is_none() {
                it.names.push(name);
            }
            it.ran.push((number, count::ran(&fs::read_to_string(&path)?)));
        }
        if it.names.len() > usize::try_from(Scenes::BITS)? {
            return Err(format!("more than {} scenes were played", Scenes::BITS).into());
        }
        Ok(it)
    }

    /// The scenes in which a basic block ran.
    fn scenes(&self, block: usize) -> Scenes {
        let ran = self.ran.iter().filter(|(_, ran)| ran.get(block).copied().unwrap_or_default());
        ran.fold(0, |all, (scene, _)| all | (1 << scene))
    }

    fn names_of(&self, scenes: Scenes) -> BTreeSet<&str> {
        let names = self.names.iter().enumerate();
        names.filter(|(bit, _)| scenes & (1 << bit) != 0).map(|(_, name)| name.as_str()).collect()
    }
}

/// The scene that a file is about.
fn name_of(path: &Path) -> Option<String> {
    let is_notes = path.extension()? == "txt";
    is_notes.then(|| path.file_stem()).flatten().map(|name| name.to_string_lossy().into_owned())
}
