//! Which functions a first visit uses: a list that `make profile` writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::iter::Peekable;

use crate::Result;
use crate::flow::Flow;
use crate::outline::Region;
use crate::plan::{CHAIN, Part};
use crate::site;

/// The place of a function whose name was not there when the profile was made: it may be needed early. The list leaves
/// out the functions that are there.
const UNKNOWN: Part = 1;

/// What is known of functions, by sums over their names.
#[derive(Default)]
pub(crate) struct Profile {
    homes: BTreeMap<u32, Part>,
    /// What each page runs that has a part of its own.
    pages: BTreeMap<String, BTreeSet<u32>>,
    /// The regions that leave a function, as pairs of numbers of instructions: by the sum over its name and its shape.
    regions: BTreeMap<u32, Vec<(usize, usize)>>,
}

/// What starts a line of regions.
const APART: &str = "apart";

impl Profile {
    /// Reads what [`Profile::written`] has made: lines of a part's or a page's name and the sums of functions.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut it = Self::default();
        for line in text.lines() {
            let (name, sums) = line.split_once(' ').ok_or("a line without a name")?;
            if name == APART {
                it.read_regions(sums)?;
                continue;
            }
            let sums = sums.split(' ').map(|sum| u32::from_str_radix(sum, 36));
            let sums = sums.collect::<std::result::Result<Vec<_>, _>>()?;
            if let Some(home) = CHAIN.iter().position(|part| *part == name) {
                it.homes.extend(sums.into_iter().map(|sum| (sum, home)));
            } else {
                it.pages.entry(name.to_owned()).or_default().extend(sums);
            }
        }
        Ok(it)
    }

    fn read_regions(&mut self, line: &str) -> Result<()> {
        let (sum, pairs) = line.split_once(' ').ok_or("a function without regions")?;
        let pair = |pair: &str| -> Result<_> {
            let (from, to) = pair.split_once('-').ok_or("a region without an end")?;
            Ok((from.parse()?, to.parse()?))
        };
        let pairs = pairs.split(' ').map(pair).collect::<Result<_>>()?;
        self.regions.insert(u32::from_str_radix(sum, 36)?, pairs);
        Ok(())
    }

    /// The regions that leave a function. None if its code is not what it was when the profile was made.
    pub(crate) fn regions(&self, name: &str, flow: &Flow) -> Vec<Region> {
        let pairs = self.regions.get(&shape(name, flow)).map(Vec::as_slice).unwrap_or_default();
        nested(&mut pairs.iter().peekable(), usize::MAX)
    }

    /// Learns the regions of a function.
    pub(crate) fn learn_regions(&mut self, name: &str, flow: &Flow, regions: &[Region]) {
        let mut pairs = Vec::new();
        flatten(regions, &mut pairs);
        if !pairs.is_empty() {
            self.regions.insert(shape(name, flow), pairs);
        }
    }

    /// The place of a function in the chain of parts.
    pub(crate) fn home(&self, name: &str) -> Part {
        self.homes.get(&sum(name)).copied().unwrap_or(UNKNOWN)
    }

    /// The names of the pages that have a part of their own.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &String> {
        self.pages.keys()
    }

    /// Whether each of those pages runs a function.
    pub(crate) fn runs(&self, name: &str) -> impl Iterator<Item = bool> {
        let sum = sum(name);
        self.pages.values().map(move |functions| functions.contains(&sum))
    }

    /// Learns which scenes run a function. Of several functions with one name, what comes first counts.
    pub(crate) fn learn(&mut self, name: &str, scenes: &BTreeSet<&str>) {
        let home = CHAIN.iter().position(|part| scenes.contains(part)).unwrap_or(CHAIN.len() - 1);
        let known = self.homes.entry(sum(name)).or_insert(home);
        *known = home.min(*known);
        for page in scenes.iter().filter(|scene| !CHAIN.contains(scene)) {
            self.pages.entry((*page).to_owned()).or_default().insert(sum(name));
        }
    }

    /// The list as a text.
    pub(crate) fn written(&self) -> String {
        let mut lists: Vec<(&str, Vec<u32>)> = Vec::new();
        for (home, name) in CHAIN.iter().enumerate().filter(|(home, _)| *home != UNKNOWN) {
            let of_part = self.homes.iter().filter(|(_, it)| **it == home);
            lists.push((name, of_part.map(|(sum, _)| *sum).collect()));
        }
        for (page, functions) in &self.pages {
            // What is there before any page's own part need not be said.
            let later = |sum: &&u32| self.homes.get(*sum).is_some_and(|home| *home > UNKNOWN);
            lists.push((page, functions.iter().filter(later).copied().collect()));
        }
        let mut text = String::new();
        for (name, sums) in lists {
            for line in sums.chunks(16) {
                text.push_str(name);
                for sum in line {
                    let _ = write!(text, " {}", base36(*sum));
                }
                text.push('\n');
            }
        }
        for (sum, pairs) in &self.regions {
            let _ = write!(text, "{APART} {}", base36(*sum));
            for (from, to) in pairs {
                let _ = write!(text, " {from}-{to}");
            }
            text.push('\n');
        }
        text
    }
}

/// Regions as pairs, each before those in it.
fn flatten(regions: &[Region], pairs: &mut Vec<(usize, usize)>) {
    for region in regions {
        pairs.push((region.from, region.to));
        flatten(&region.inner, pairs);
    }
}

/// What [`flatten`] made, as regions again: those that start before a place.
fn nested<'p>(
    pairs: &mut Peekable<impl Iterator<Item = &'p (usize, usize)>>,
    end: usize,
) -> Vec<Region> {
    let mut regions = Vec::new();
    while let Some((from, to)) = pairs.next_if(|(from, _)| *from < end) {
        regions.push(Region { from: *from, to: *to, inner: nested(pairs, *to) });
    }
    regions
}

fn base36(mut number: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit(number % 36, 36));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// A sum over a function's name as people write it, without the sums in it that differ between machines.
fn sum(name: &str) -> u32 {
    u32::try_from(site::sum([plain(name).as_bytes()]) >> 32).unwrap_or_default()
}

fn plain(name: &str) -> String {
    let (function, region) = name.split_once('~').unwrap_or((name, ""));
    format!("{:#}~{region}", rustc_demangle::demangle(function))
}

/// A sum over a function's name and its shape: where its basic blocks are.
pub(crate) fn shape(name: &str, flow: &Flow) -> u32 {
    let mut text = plain(name);
    for start in flow.blocks() {
        let _ = write!(text, " {start}");
    }
    u32::try_from(site::sum([text.as_bytes()]) >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Profile;

    /// Three functions: of the map, of the opening, of a page and the rest.
    fn learnt() -> Profile {
        let mut profile = Profile::default();
        profile.learn("start", &["map", "alb"].into());
        profile.learn("open", &["opening", "alb"].into());
        profile.learn("route", &["alb"].into());
        profile
    }

    fn read_again(profile: &Profile) -> Profile {
        Profile::read(&profile.written()).unwrap()
    }

    #[test]
    fn a_function_is_where_it_runs_first() {
        let profile = read_again(&learnt());
        let homes = ["start", "open", "route"].map(|name| profile.home(name));
        assert_eq!(homes, [0, 1, 4]);
    }

    #[test]
    fn a_page_has_what_it_runs_and_no_other_part_before_it_has() {
        let profile = read_again(&learnt());
        assert_eq!(profile.pages().collect::<Vec<_>>(), ["alb"]);
        let runs = ["start", "open", "route"].map(|name| profile.runs(name).collect::<Vec<_>>());
        assert_eq!(runs, [[false], [false], [true]]);
    }

    #[test]
    fn what_nobody_has_seen_may_be_needed_early() {
        assert_eq!(read_again(&learnt()).home("new"), 1);
    }

    /// The sums of a build on another machine differ in the name, and nothing else.
    #[test]
    fn names_are_the_same_on_every_machine() {
        let mut profile = Profile::default();
        profile.learn("_RNvCs1234_7drydock4open", &["lesson"].into());
        assert_eq!(profile.home("_RNvCs5678_7drydock4open"), 3);
    }

    #[test]
    fn a_list_that_is_none_is_refused() {
        assert!(Profile::read("map").is_err());
        assert!(Profile::read("map 1 ?").is_err());
    }
}
