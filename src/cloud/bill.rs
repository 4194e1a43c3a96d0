//! What the account costs: so much an hour now, and so much since its beginning, by what causes it.
//!
//! Whatever costs money opens a line when it begins to and closes it when it ends. Sums are kept for each sort of cost,
//! so that neither time nor the number of things makes reading or changing the bill slow. All in whole numbers:
//! micro-dollars an hour times milliseconds, divided when somebody reads.
use std::sync::Arc;

use super::table::{Row, Table};
use super::time::{HOUR, Millis, SECOND, SimTime};
use crate::cloud::map::Map;

/// A sort of cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// EC2 instances that run.
    Instances,
    /// Their disks, for as long as they exist.
    Volumes,
    /// Fargate tasks.
    FargateTasks,
    /// NAT gateways.
    NatGateways,
    /// Interface endpoints.
    Endpoints,
    /// Public IPv4 addresses.
    PublicAddresses,
    /// Load balancers.
    LoadBalancers,
    /// Images in the registry.
    Images,
    /// EKS clusters.
    EksClusters,
    /// App Runner services.
    AppRunner,
    /// External instances of ECS Anywhere.
    ExternalInstances,
}

impl Cost {
    /// All sorts, in the order in which the bill shows them.
    pub const ALL: &'static [Self] = &[
        Self::Instances,
        Self::Volumes,
        Self::FargateTasks,
        Self::NatGateways,
        Self::Endpoints,
        Self::PublicAddresses,
        Self::LoadBalancers,
        Self::Images,
        Self::EksClusters,
        Self::AppRunner,
        Self::ExternalInstances,
    ];

    /// What the learner reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::Instances => "EC2 instances",
            Self::Volumes => "Volumes",
            Self::FargateTasks => "Fargate tasks",
            Self::NatGateways => "NAT gateways",
            Self::Endpoints => "Interface endpoints",
            Self::PublicAddresses => "Public IPv4 addresses",
            Self::LoadBalancers => "Load balancers",
            Self::Images => "Images in ECR",
            Self::EksClusters => "EKS clusters",
            Self::AppRunner => "App Runner",
            Self::ExternalInstances => "External instances",
        }
    }

    /// The shortest time that is paid for: a minute for machines and tasks (facts: fargate-and-ec2 §3).
    fn minimum(self) -> Millis {
        match self {
            Self::Instances | Self::FargateTasks | Self::AppRunner => 60 * SECOND,
            _ => 0,
        }
    }
}

/// The account's bill.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    lines: Table<Line>,
    sums: Map<Cost, Sum>,
}

/// Something that costs money now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is: `instance/i-…`, an ARN.
    pub key: Arc<str>,
    /// What sort of cost.
    pub cost: Cost,
    /// Micro-dollars an hour.
    pub rate: u64,
    /// Since when.
    pub since: SimTime,
}

/// All lines of one sort together.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    /// Micro-dollars an hour now.
    rate: u64,
    /// Micro-dollars an hour times milliseconds, up to `at`.
    spent: u128,
    /// Up to when `spent` is counted.
    at: SimTime,
}

impl Row for Line {
    fn key(&self) -> &str {
        &self.key
    }
}

impl Bill {
    /// Something begins to cost `rate` micro-dollars an hour. A line that is open under this key is closed first.
    pub fn open(&mut self, now: SimTime, key: &str, cost: Cost, rate: u64) {
        self.close(now, key);
        self.lines.insert(Line { key: Arc::from(key), cost, rate, since: now });
        self.change(cost, now, |sum| sum.rate = sum.rate.saturating_add(rate));
    }

    /// It costs nothing any more. A key that is not open is left alone.
    pub fn close(&mut self, now: SimTime, key: &str) {
        let Some(line) = self.lines.id(key).and_then(|id| self.lines.remove(id)) else { return };
        let rest = line.cost.minimum().saturating_sub(now.since(line.since));
        self.change(line.cost, now, |sum| {
            sum.rate = sum.rate.saturating_sub(line.rate);
            sum.spent += u128::from(line.rate) * u128::from(rest);
        });
    }

    /// Micro-dollars an hour now, for one sort of cost.
    pub fn rate(&self, cost: Cost) -> u64 {
        self.sums.get(&cost).map_or(0, |sum| sum.rate)
    }

    /// Micro-dollars an hour now.
    pub fn rate_of_all(&self) -> u64 {
        self.sums.values().map(|sum| sum.rate).sum()
    }

    /// Micro-dollars so far, for one sort of cost.
    pub fn total(&self, cost: Cost, now: SimTime) -> u64 {
        self.sums.get(&cost).map_or(0, |sum| dollars(sum.until(now)))
    }

    /// Micro-dollars so far.
    pub fn total_of_all(&self, now: SimTime) -> u64 {
        dollars(self.sums.values().map(|sum| sum.until(now)).sum())
    }

    /// What costs money now, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().map(|line| &**line)
    }

    /// Changes the sum of a sort, counted up to now.
    fn change(&mut self, cost: Cost, now: SimTime, change: impl FnOnce(&mut Sum)) {
        let Some(sum) = self.sums.at(cost, Sum::default) else { return };
        sum.spent = sum.until(now);
        sum.at = now;
        change(sum);
    }
}

impl Sum {
    fn until(&self, now: SimTime) -> u128 {
        self.spent + u128::from(self.rate) * u128::from(now.since(self.at))
    }
}

fn dollars(spent: u128) -> u64 {
    u64::try_from(spent / u128::from(HOUR)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: SimTime = SimTime::START;

    #[test]
    fn an_hour_costs_its_rate_and_a_sum_is_exact() {
        let mut bill = Bill::default();
        bill.open(START, "nat/1", Cost::NatGateways, 45_000);
        bill.open(START, "instance/1", Cost::Instances, 41_600);
        assert_eq!(bill.rate_of_all(), 86_600);
        assert_eq!(bill.total_of_all(START + HOUR), 86_600);
        bill.close(START + HOUR, "instance/1");
        assert_eq!(bill.rate_of_all(), 45_000);
        assert_eq!(bill.total(Cost::Instances, START + 5 * HOUR), 41_600);
        assert_eq!(bill.total_of_all(START + 3 * HOUR), 41_600 + 3 * 45_000);
    }

    // facts: fargate-and-ec2 §3: per second, one minute at least.
    #[test]
    fn a_short_life_is_paid_as_a_minute() {
        let mut bill = Bill::default();
        bill.open(START, "task/1", Cost::FargateTasks, 3_600_000);
        bill.close(START + 10 * SECOND, "task/1");
        assert_eq!(bill.total_of_all(START + HOUR), 60_000);
        bill.open(START, "task/2", Cost::FargateTasks, 3_600_000);
        bill.close(START + 90 * SECOND, "task/2");
        assert_eq!(bill.total_of_all(START + HOUR), 150_000);
    }

    #[test]
    fn a_key_opened_again_is_not_paid_twice() {
        let mut bill = Bill::default();
        bill.open(START, "address/1", Cost::PublicAddresses, 5_000);
        bill.open(START, "address/1", Cost::PublicAddresses, 5_000);
        assert_eq!(bill.rate_of_all(), 5_000);
        bill.close(START + HOUR, "address/1");
        bill.close(START + HOUR, "address/1");
        assert_eq!(bill.total_of_all(START + 2 * HOUR), 5_000);
    }
}
