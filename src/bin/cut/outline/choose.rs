//! Which regions of a function are worth being functions of their own: code that runs in fewer scenes than what is
//! around it.

use wasmparser::ValType;

use super::Region;
use super::passage::Passage;
use crate::Result;
use crate::flow::{Flow, Liveness};
use crate::plan::{BELOW_PAGES, CHAIN};

/// What a region has to be larger than, in bytes before compression, beside what there is for each local and each exit:
/// its call costs about half of that, and the other half makes it worth the while.
const COST: usize = 18;

/// The scenes in which some code ran: a bit for each, those of the chain first.
pub(crate) type Scenes = u32;

/// The pieces that hold code which ran in some scenes: a part of the chain, and those of pages.
fn pieces(scenes: Scenes) -> Scenes {
    let last = CHAIN.len() - 1;
    let home = (0..last).find(|part| scenes & (1 << part) != 0).unwrap_or(last);
    let pages = if home < BELOW_PAGES { 0 } else { scenes >> CHAIN.len() << CHAIN.len() };
    (1 << home) | pages
}

/// The scenes in which any of some code ran, if it ran in these by basic blocks.
pub(crate) fn scenes_of(flow: &Flow, ran: &[Scenes], from: usize, to: usize) -> Scenes {
    let mut all = 0;
    let mut at = from;
    while at < to {
        let block = flow.block_of(at);
        let end = flow.end_of(block).min(to);
        // A block that only opens and closes others says nothing.
        if (at..end).any(|at| !flow.is_structure(at)) {
            all |= ran.get(block).copied().unwrap_or_default();
        }
        at = end;
    }
    all
}

/// A function about which regions are decided.
pub(super) struct Choice<'f, 'a> {
    pub flow: &'f Flow<'a>,
    pub liveness: &'f Liveness,
    pub results: &'f [ValType],
    /// The scenes of each basic block.
    pub ran: &'f [Scenes],
}

impl Choice<'_, '_> {
    /// The regions of a whole function.
    pub(super) fn regions(&self) -> Result<Vec<Region>> {
        let end = self.flow.code.len().saturating_sub(1);
        let all = self.scenes_of(0, end);
        if all == 0 {
            return Ok(Vec::new()); // it is nowhere but in the rest
        }
        self.within(0, end, pieces(all))
    }

    fn scenes_of(&self, from: usize, to: usize) -> Scenes {
        scenes_of(self.flow, self.ran, from, to)
    }

    /// The regions in some code that is in these pieces.
    fn within(&self, from: usize, to: usize, around: Scenes) -> Result<Vec<Region>> {
        let mut regions = Vec::new();
        let mut run: Option<(usize, Scenes)> = None;
        let mut at = from;
        while at < to {
            let next = self.flow.behind(at).unwrap_or(at + 1);
            let scenes = self.scenes_of(at, next);
            let stays = |scenes| pieces(scenes) == around;
            match run {
                Some((_, before)) if !stays(scenes) && !stays(before | scenes) => {
                    run = run.map(|(start, _)| (start, before | scenes));
                }
                _ => {
                    self.close(run.take(), at, around, &mut regions)?;
                    if stays(scenes) {
                        self.inside(at, next, around, &mut regions)?;
                    } else {
                        run = Some((at, scenes));
                    }
                }
            }
            at = next;
        }
        self.close(run, to, around, &mut regions)?;
        Ok(regions)
    }

    /// The regions inside of a block that stays as a whole.
    fn inside(
        &self,
        at: usize,
        next: usize,
        around: Scenes,
        regions: &mut Vec<Region>,
    ) -> Result<()> {
        if self.flow.behind(at).is_some() {
            regions.extend(self.within(at + 1, next - 1, around)?);
        }
        Ok(())
    }

    /// A run of code that runs in fewer scenes ends here.
    fn close(
        &self,
        run: Option<(usize, Scenes)>,
        to: usize,
        around: Scenes,
        regions: &mut Vec<Region>,
    ) -> Result<()> {
        let Some((from, scenes)) = run else { return Ok(()) };
        if self.is_worth(from, to)? {
            regions.push(Region { from, to, inner: self.within(from, to, pieces(scenes))? });
            return Ok(());
        }
        let mut at = from;
        while at < to {
            let next = self.flow.behind(at).unwrap_or(at + 1);
            self.inside(at, next, around, regions)?;
            at = next;
        }
        Ok(())
    }

    fn is_worth(&self, from: usize, to: usize) -> Result<bool> {
        let size = usize::try_from(self.flow.size(from, to))?;
        if size < COST {
            return Ok(false);
        }
        let passage = Passage::of(self.flow, self.liveness, self.results, (from, to))?;
        Ok(passage.is_some_and(|it| {
            size > COST + 4 * it.takes.len() + 2 * it.gives.len() + 6 * it.exits.len()
        }))
    }
}
