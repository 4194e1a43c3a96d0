//! Requests on their way: edges from the clients to a load balancer and on to its targets, along which the page lets dots
//! run. How many there are, and how many of them fail, stands beside each edge.

use super::Thing;
use super::ink::{Anchor, Style};
use crate::cloud::account::Account;
use crate::cloud::elbv2::target_rows;

/// Requests of the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many were sent.
    pub sent: u32,
    /// How many of them got no answer, or an error of a server.
    pub failing: u32,
}

/// What passes through the load balancers, by the keys of the things in the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests(Vec<(String, Count)>);

/// An edge along which requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where it leads: the key of a thing.
    pub key: String,
    /// Its origin, from the left and the top.
    pub x: i32,
    /// See `x`.
    pub y: i32,
    /// From its beginning to its end, in the words of an SVG path.
    pub path: String,
    /// The arrowhead at its end.
    pub head: String,
    /// How many go along it.
    pub count: Count,
    /// Where their number stands, from the origin.
    pub label: (i32, i32, Anchor),
}

impl Requests {
    /// The requests of the last second in an account.
    pub fn of(account: &Account) -> Self {
        let mut all = Self::default();
        for (balancer, traffic) in &account.traffic {
            let name = account.load_balancers.get(*balancer).map(|row| &row.name);
            for part in &traffic.last {
                let count =
                    Count { sent: part.count, failing: part.error().map_or(0, |_| part.count) };
                all.add(name.map(|name| format!("load-balancer/{name}")), count);
                let group = part.group.and_then(|id| account.target_groups.get(id));
                let target = group.zip(part.target.as_ref());
                let target = target.map(|(group, key)| target_rows::name(group, key));
                all.add(target.map(|name| format!("target/{name}")), count);
            }
        }
        all
    }

    /// Those of the thing with this key.
    pub(super) fn to(&self, key: &str) -> Count {
        let own = self.0.iter().find(|(name, _)| name == key);
        own.map_or(Count::default(), |(_, count)| *count)
    }

    /// Those of all targets of a group.
    pub(super) fn to_group(&self, group: &str) -> Count {
        let prefix = format!("target/{group}/");
        let own = self.0.iter().filter(|(name, _)| name.starts_with(&prefix));
        own.fold(Count::default(), |sum, (_, count)| sum.and(*count))
    }

    pub(super) fn add(&mut self, key: Option<String>, count: Count) {
        let Some(key) = key else { return };
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some((_, known)) => *known = known.and(count),
            None => self.0.push((key, count)),
        }
    }
}

impl Count {
    fn and(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, failing: self.failing + other.failing }
    }

    /// `40/s, 3 failing`.
    pub fn says(self) -> String {
        let Self { sent, failing } = self;
        match failing {
            0 => format!("{sent}/s"),
            _ if failing >= sent => format!("{sent}/s, all failing"),
            _ => format!("{sent}/s, {failing} failing"),
        }
    }

    /// For a screen reader, behind what else is said of a thing; nothing without requests.
    pub(super) fn spoken(self) -> String {
        let Self { sent, failing } = self;
        match (sent, failing) {
            (0, _) => String::new(),
            (_, 0) => format!(", {sent} requests a second"),
            _ => format!(", {sent} requests a second, {failing} of them failing"),
        }
    }

    /// How fast the dots run, in three steps, and of which sort they are: a class of the stylesheet.
    pub fn class(self) -> String {
        let pace = match self.sent {
            0..10 => "slow",
            10..100 => "brisk",
            _ => "fast",
        };
        let sort = match self.failing {
            0 => "good",
            failing if failing >= self.sent => "bad",
            _ => "mixed",
        };
        format!("stream {pace} {sort}")
    }
}

impl Flow {
    /// From the clients down into a load balancer, at the balancer's own origin.
    pub(super) fn of_clients(balancer: &str, count: Count) -> Self {
        Self {
            key: format!("load-balancer/{balancer}"),
            x: 0,
            y: 0,
            path: "M28 16V38".to_owned(),
            head: "M24 33L28 38L32 33".to_owned(),
            count,
            label: (36, 32, Anchor::Start),
        }
    }

    /// Into the left side of a thing, `down` under its top. `path` leads there from the load balancer.
    pub(super) fn into(thing: &Thing, down: i32, path: String, count: Count) -> Self {
        let (x, y) = (thing.x - 2, thing.y + down);
        Self {
            key: thing.key(),
            x: 0,
            y: 0,
            path,
            head: format!("M{} {}L{x} {y}L{} {}", x - 5, y - 4, x - 5, y + 4),
            count,
            label: (thing.x + thing.width - 10, y + 14, Anchor::End),
        }
    }

    pub(super) fn moved(self, x: i32, y: i32) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }

    /// The left and right end of its number on the paper.
    pub fn reach(&self) -> (i32, i32) {
        let (x, _, anchor) = self.label;
        let width = Style::State.width(&self.count.says());
        let left = self.x + if anchor == Anchor::End { x - width } else { x };
        (left, left + width)
    }
}
