//! Two branches of one timeline: the learner forks at a moment and goes on, and what was done before stays beside it.
//! One clock moves both, so that what differs is what was done differently.

use super::Session;
use super::history::{History, Moment};
use super::marks::Sign;
use crate::cloud::Cloud;
use crate::cloud::time::SimTime;

/// The branch that the learner is not in.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) other: History,
    /// The other branch at the moment shown.
    shown: Moment,
    forked_at: SimTime,
    /// The learner works in the second branch.
    in_second: bool,
}

/// How two branches stand.
#[derive(Clone, Copy, Debug)]
pub struct Branches<'a> {
    /// Where they part.
    pub forked_at: SimTime,
    /// The learner works in the second branch, the one that was begun later.
    pub in_second: bool,
    /// The first branch at the moment shown.
    pub first: &'a Cloud,
    /// The second.
    pub second: &'a Cloud,
}

impl Session {
    /// Forks at the moment shown. What was done stays as the first branch; the learner goes on in the second, which knows
    /// nothing of what came after that moment. False while two are compared or a demonstration is playing.
    pub fn compare_here(&mut self) -> bool {
        let at = self.cloud().now();
        self.branch(|second| second.fork(at))
    }

    /// Forks just before the line of this number (see [`History::entries`]), to do otherwise.
    pub fn compare_before(&mut self, line: usize) -> bool {
        self.branch(|second| second.fork_before(line))
    }

    fn branch(&mut self, cut: impl FnOnce(&mut History)) -> bool {
        if self.compared.is_some() || self.demo.is_some() {
            return false;
        }
        let mut second = self.yours.clone();
        cut(&mut second);
        let forked_at = second.live().cloud.now();
        let other = std::mem::replace(&mut self.yours, second);
        let shown = other.at(forked_at);
        self.past = None;
        self.compared = Some(Box::new(Compared { other, shown, forked_at, in_second: true }));
        true
    }

    /// The two branches, if two are compared.
    pub fn branches(&self) -> Option<Branches<'_>> {
        let compared = self.compared.as_ref().filter(|_| self.demo.is_none())?;
        let (own, other) = (self.cloud(), &compared.shown.cloud);
        let (first, second) = if compared.in_second { (other, own) } else { (own, other) };
        let Compared { forked_at, in_second, .. } = **compared;
        Some(Branches { forked_at, in_second, first, second })
    }

    /// Goes on in the other branch. Both come to the later of their two moments.
    pub fn switch_branch(&mut self) {
        self.past = None;
        let now = self.yours.live().cloud.now();
        let Some(compared) = &mut self.compared else { return };
        std::mem::swap(&mut compared.other, &mut self.yours);
        compared.in_second = !compared.in_second;
        self.yours.advance(now);
        self.follow();
        self.commit();
    }

    /// Ends the comparison. The branch at work stays.
    pub fn compare_stop(&mut self) {
        self.compared = None;
    }

    /// The marks of the other branch, from where they part, as the track shows them.
    pub fn signs_beside(&self, place: &dyn Fn(SimTime) -> u64) -> Vec<Sign> {
        let compared = self.compared.as_ref().filter(|_| self.demo.is_none());
        compared.map_or_else(Vec::new, |compared| {
            super::marks::signs(&compared.other, compared.forked_at, place)
        })
    }

    /// The last moment of the other branch.
    pub(super) fn beside_end(&self) -> Option<SimTime> {
        self.compared.as_ref().map(|compared| compared.other.live().cloud.now())
    }

    /// When something happens next by itself in the other branch, unless its future is known already.
    pub(super) fn beside_due(&self) -> Option<SimTime> {
        let live = self.compared.as_ref().filter(|_| self.demo.is_none())?.other.live();
        live.cloud.next_due().filter(|_| live.cloud.now() <= self.yours.live().cloud.now())
    }

    /// Brings the other branch to the moment shown. True if something happened there.
    pub(super) fn follow(&mut self) -> bool {
        if self.demo.is_some() {
            return false;
        }
        let at = self.cloud().now();
        let Some(compared) = &mut self.compared else { return false };
        let happened = compared.other.live().cloud.now() < at && compared.other.advance(at) > 0;
        let digest = compared.shown.cloud.account().story.count();
        compared.shown = compared.other.at(at);
        happened || compared.shown.cloud.account().story.count() != digest
    }
}
