//! What came of a minute's requests through a load balancer: what `AWS/ApplicationELB` counts.

use super::request::{By, Part};
use crate::cloud::watch::metrics::Point;
use crate::cloud::watch::number::ONE;

/// Requests of a minute.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// For which a target was chosen.
    pub requests: u64,
    /// By the name that the metric has behind `HTTPCode_` and the like.
    pub counts: Vec<(Counted, u64)>,
    /// How long targets took to answer, in seconds.
    pub answered: Option<Point>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Answers of targets: the hundreds of their status.
    Target(u16),
    /// Answers of the load balancer for want of one: their status.
    Balancer(u16),
    /// Fixed responses.
    Fixed,
    /// Redirects.
    Redirect,
    /// Connections to targets that were not made.
    NotConnected,
}

impl Tally {
    /// Requests are on their way.
    pub(super) fn sent(&mut self, part: &Part) {
        if part.target.is_some() {
            self.requests += u64::from(part.count);
        }
    }

    /// They have come to their end.
    pub(super) fn ended(&mut self, part: &Part) {
        match part.by {
            By::Nobody => {}
            By::Action if (300..400).contains(&part.status) => self.add(Counted::Redirect, part),
            By::Action => self.add(Counted::Fixed, part),
            By::Balancer => {
                self.add(Counted::Balancer(part.status), part);
                if part.target.is_some() && part.task.is_none() {
                    self.add(Counted::NotConnected, part);
                }
            }
            By::Target => {
                self.add(Counted::Target(part.status / 100), part);
                let took = i64::try_from(part.took_ms).unwrap_or(i64::MAX) * ONE / 1_000;
                let point = Point::of(took, u64::from(part.count));
                self.answered = Some(self.answered.map_or(point, |all| all.and(point)));
            }
        }
    }

    /// Both together.
    pub fn and(&mut self, other: &Self) {
        self.requests += other.requests;
        for (what, count) in &other.counts {
            self.more(*what, *count);
        }
        let both = self.answered.zip(other.answered).map(|(one, other)| one.and(other));
        self.answered = both.or(self.answered).or(other.answered);
    }

    fn add(&mut self, what: Counted, part: &Part) {
        self.more(what, u64::from(part.count));
    }

    fn more(&mut self, what: Counted, count: u64) {
        match self.counts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, there)) => *there += count,
            None => self.counts.push((what, count)),
        }
    }
}
