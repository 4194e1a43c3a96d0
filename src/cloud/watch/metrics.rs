//! Metrics: for each, what was measured in each minute.
use std::sync::Arc;

use serde_json::{Value, json};

use super::number::{self, Milli, ONE};
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::sort;
use crate::cloud::time::{MINUTE, SimTime};

/// What a metric is known by. Dimensions are in order of their names, so that equal sets are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricKey {
    /// `AWS/ECS`.
    pub namespace: Arc<str>,
    /// `CPUUtilization`.
    pub name: Arc<str>,
    /// Names and values.
    pub dimensions: Arc<[(Arc<str>, Arc<str>)]>,
}

/// What was measured in a minute, or in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// How many measurements.
    pub count: u64,
    /// Their sum.
    pub sum: Milli,
    /// The least.
    pub min: Milli,
    /// The greatest.
    pub max: Milli,
}

/// A statistic of a [`Point`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stat {
    /// How many measurements.
    SampleCount,
    /// Sum by count.
    Average,
    /// The sum.
    Sum,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
}

/// The minutes of one metric, the newest [`limits::METRIC_MINUTES`].
#[derive(Clone, Debug)]
pub struct Series {
    /// AWS's word for the unit.
    pub unit: Arc<str>,
    points: Map<u64, Point>,
}

/// All metrics, at most [`limits::METRICS`]: one that is new when all are taken is not kept.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Map<MetricKey, Arc<Series>>>);

impl MetricKey {
    /// A metric by its names.
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Self {
        let mut pairs: Vec<(Arc<str>, Arc<str>)> =
            dimensions.iter().map(|(name, value)| (Arc::from(*name), Arc::from(*value))).collect();
        sort::plain(&mut pairs);
        Self { namespace: Arc::from(namespace), name: Arc::from(name), dimensions: pairs.into() }
    }

    /// The metric that a request names with `Namespace`, `MetricName` and `Dimensions`.
    pub fn read(namespace: &str, params: Params<'_>) -> Self {
        let dimensions: Vec<(&str, &str)> = params
            .list("Dimensions")
            .iter()
            .map(Params::new)
            .map(|one| (one.required("Name"), one.required("Value")))
            .collect();
        Self::new(namespace, params.required("MetricName"), &dimensions)
    }

    /// `Dimensions` of a reply.
    pub fn dimensions(&self) -> Value {
        let pairs = self.dimensions.iter();
        pairs.map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    }
}

impl Point {
    /// The same value measured `count` times.
    pub fn of(value: Milli, count: u64) -> Self {
        let times = i64::try_from(count).unwrap_or(i64::MAX);
        Self { count, sum: value.saturating_mul(times), min: value, max: value }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            sum: self.sum.saturating_add(other.sum),
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// One statistic of it.
    pub fn get(self, stat: Stat) -> Milli {
        let count = i64::try_from(self.count).unwrap_or(i64::MAX);
        match stat {
            Stat::SampleCount => count.saturating_mul(ONE),
            Stat::Average => self.sum.checked_div(count).unwrap_or(0),
            Stat::Sum => self.sum,
            Stat::Minimum => self.min,
            Stat::Maximum => self.max,
        }
    }
}

impl Stat {
    /// All statistics.
    pub const ALL: [Self; 5] =
        [Self::SampleCount, Self::Average, Self::Sum, Self::Minimum, Self::Maximum];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::SampleCount => "SampleCount",
            Self::Average => "Average",
            Self::Sum => "Sum",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }

    /// The statistic of a word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stat| stat.word() == word)
    }
}

impl Series {
    /// What was measured from `from` up to, but not in, `to`: minutes since 1970.
    pub fn over(&self, from: u64, to: u64) -> Option<Point> {
        if from >= to {
            return None;
        }
        self.points.range(from..to).map(|(_, point)| *point).reduce(Point::and)
    }

    /// Minutes with their points, oldest first.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = (SimTime, Point)> {
        self.points.iter().map(|(minute, point)| (SimTime(minute * MINUTE), *point))
    }
}

impl Metrics {
    /// The minutes of a metric.
    pub fn get(&self, key: &MetricKey) -> Option<&Arc<Series>> {
        self.0.get(key)
    }

    /// All metrics, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&MetricKey, &Arc<Series>)> {
        self.0.iter()
    }

    /// Adds what was measured at a moment.
    pub fn add(&mut self, key: &MetricKey, at: SimTime, unit: &str, point: Point) {
        if !self.0.contains_key(key) && self.0.len() >= limits::METRICS {
            return;
        }
        let all = Arc::make_mut(&mut self.0);
        let new = || Arc::new(Series { unit: Arc::from(unit), points: Map::new() });
        let Some(series) = all.at(key.clone(), new).map(Arc::make_mut) else { return };
        match series.points.get_mut(&(at.0 / MINUTE)) {
            Some(there) => *there = there.and(point),
            None => drop(series.points.insert(at.0 / MINUTE, point)),
        }
        if series.points.len() > limits::METRIC_MINUTES {
            series.points.pop_first();
        }
    }
}

/// A point as a request gives it: one value, several with their counts, or a set of statistics.
pub(super) fn read_point(datum: Params<'_>) -> Option<Point> {
    if let Some(value) = datum.value("Value") {
        return Some(Point::of(number::read(value)?, 1));
    }
    let set = datum.inner("StatisticValues");
    if set.members().is_some() {
        let part = |name: &str| number::read(set.value(name)?);
        return Some(Point {
            count: u64::try_from(part("SampleCount")? / ONE).ok()?,
            sum: part("Sum")?,
            min: part("Minimum")?,
            max: part("Maximum")?,
        });
    }
    let counts = datum.list("Counts");
    let values = datum.list("Values").iter().enumerate();
    let points = values.map(|(n, value)| {
        let count = counts.get(n).map_or(Some(ONE), number::read)?;
        Some(Point::of(number::read(value)?, u64::try_from(count / ONE).ok()?))
    });
    points.reduce(|all, point| Some(all?.and(point?)))?
}
