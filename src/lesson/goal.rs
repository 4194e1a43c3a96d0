//! Goals over time: reached once, or held for a while. A pure state machine; the moments come from outside.

use super::condition::{Progress, Since, evaluate};
use super::model::Goal;
use crate::cloud::Cloud;
use crate::cloud::time::{Millis, SimTime};

/// How a goal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How far its condition is at present.
    pub progress: Progress,
    /// When it was met. A goal that was met once stays met.
    pub met_at: Option<SimTime>,
    /// Its condition has been so without a break since then.
    pub since: Option<SimTime>,
    /// Its condition was so and broke then, before the goal was met.
    pub broke_at: Option<SimTime>,
}

/// The goals of one step, watched. Cloning it is cheap: it is kept beside each snapshot of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoalWatch {
    since: Since,
    standings: Vec<Standing>,
}

impl Standing {
    /// The goal was met.
    pub fn met(&self) -> bool {
        self.met_at.is_some()
    }

    /// How long the condition has held by `now`, in milliseconds.
    pub fn held(&self, now: SimTime) -> Millis {
        self.since.map_or(0, |since| now.since(since))
    }

    fn observe(&mut self, goal: &Goal, progress: Progress, now: SimTime) {
        self.progress = progress;
        if self.met() {
            return;
        }
        let before = self.since;
        if progress.done && before.is_none() {
            (self.since, self.broke_at) = (Some(now), None);
        }
        // The condition was so from `since` until this moment, also where it just broke.
        let met_at = self.since.map(|since| since + goal.hold.unwrap_or(0));
        self.met_at = met_at.filter(|at| *at <= now);
        if !progress.done && before.is_some() {
            self.since = None;
            self.broke_at = Some(now).filter(|_| self.met_at.is_none());
        }
    }
}

impl GoalWatch {
    /// Begins to watch at the start of a step, and looks once.
    pub fn begin(goals: &[Goal], cloud: &Cloud) -> Self {
        let standings = vec![Standing::default(); goals.len()];
        let mut watch = Self { since: Since::now(cloud), standings };
        watch.observe(goals, cloud);
        watch
    }

    /// When the watch began: what conditions on calls count from.
    pub fn since(&self) -> Since {
        self.since
    }

    /// Looks at one moment.
    pub fn observe(&mut self, goals: &[Goal], cloud: &Cloud) {
        for (standing, goal) in self.standings.iter_mut().zip(goals) {
            let progress = evaluate(&goal.when, cloud, self.since);
            standing.observe(goal, progress, cloud.now());
        }
    }

    /// Looks at every moment from `before` (a snapshot) to `after` at which something happened by itself, and at `after`
    /// itself. So a goal is met or broken at the same moment whatever pieces time was cut into.
    pub fn follow(&mut self, goals: &[Goal], mut before: Cloud, after: &Cloud) {
        if before.now() < after.now() {
            before.pass(after.now(), &mut |moment| self.observe(goals, moment));
        }
        self.observe(goals, after);
    }

    /// How each goal stands, in the order of the step.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Every goal was met. A step without goals is never met.
    pub fn all_met(&self) -> bool {
        !self.standings.is_empty() && self.standings.iter().all(Standing::met)
    }

    /// When the next held goal will be met if nothing changes: a moment at which to look again.
    pub fn next_deadline(&self, goals: &[Goal]) -> Option<SimTime> {
        let waiting = self.standings.iter().zip(goals).filter(|(standing, _)| !standing.met());
        waiting.filter_map(|(standing, goal)| Some(standing.since? + goal.hold?)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::time::SECOND;
    use crate::lesson::model::{Condition, Html};

    fn goal(hold: Option<Millis>) -> Goal {
        let when = Condition::All(Vec::new());
        Goal { id: "g".into(), say: Html::default(), when, hold, ghost: None }
    }

    fn seen(goal: &Goal, moments: &[(Millis, bool)]) -> Standing {
        let mut standing = Standing::default();
        for (at, done) in moments {
            let progress = Progress { done: *done, got: 0, want: 1 };
            standing.observe(goal, progress, SimTime(at * SECOND));
        }
        standing
    }

    #[test]
    fn reached_once_is_enough() {
        let standing = seen(&goal(None), &[(1, false), (2, true), (3, false)]);
        assert_eq!(standing.met_at, Some(SimTime(2 * SECOND)));
        assert!(!standing.progress.done);
    }

    #[test]
    fn holding_takes_its_time_and_starts_again_after_a_break() {
        let goal = goal(Some(60 * SECOND));
        let broken = seen(&goal, &[(0, true), (30, true), (40, false), (50, true), (100, true)]);
        assert_eq!((broken.met_at, broken.held(SimTime(100 * SECOND))), (None, 50 * SECOND));
        assert_eq!(broken.broke_at, None);
        let held = seen(&goal, &[(0, true), (60, true)]);
        assert_eq!(held.met_at, Some(SimTime(60 * SECOND)));
    }

    #[test]
    fn a_break_after_the_time_was_full_comes_too_late() {
        let goal = goal(Some(60 * SECOND));
        assert!(seen(&goal, &[(0, true), (75, false)]).met());
        let early = seen(&goal, &[(0, true), (59, false)]);
        assert_eq!((early.met_at, early.broke_at), (None, Some(SimTime(59 * SECOND))));
    }
}
