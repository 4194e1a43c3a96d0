//! What the account costs, now and so far, by what causes it; and from how many tasks on an instance is cheaper than
//! Fargate.

use std::fmt::Write;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::cloud::bill::{Cost, Line};
use crate::cloud::compute::types::InstanceType;
use crate::cloud::params::Params;
use crate::cloud::prices::{self, FargatePlatform, FargateSize};
use crate::cloud::sort;

/// Micro-dollars in a dollar.
const DOLLAR: u64 = 1_000_000;
/// Tasks on the axis of the break-even picture, at most.
const TASKS_MOST: u32 = 16;
/// A task of which nothing is known: the smallest on Fargate with room to work.
const TASK: (u32, u32) = (256, 512);

/// The bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// An hour at this rate.
    pub hour: String,
    /// A second at this rate.
    pub second: String,
    /// Since the account began.
    pub total: String,
    /// What causes it, the dearest first.
    pub lines: Vec<BillLine>,
}

/// A sort of cost, or one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// What it is.
    pub title: String,
    /// An hour.
    pub hour: String,
    /// So far.
    pub total: String,
    /// Its share of the hour in percent.
    pub percent: u64,
    /// The things behind it with what each costs an hour.
    pub things: Vec<(String, String)>,
}

/// The bill of an account.
pub fn bill(cloud: &Cloud) -> Bill {
    let (bill, now) = (&cloud.account().bill, cloud.now());
    let all = bill.rate_of_all();
    let mut sorts: Vec<(u64, Cost)> =
        Cost::ALL.iter().map(|cost| (bill.rate(*cost), *cost)).collect();
    sorts.retain(|(rate, cost)| *rate > 0 || bill.total(*cost, now) > 0);
    sort::by_key(&mut sorts, |(rate, _)| std::cmp::Reverse(*rate));
    let line = |(rate, cost): (u64, Cost)| {
        let things = bill.lines().filter(|line| line.cost == cost);
        let thing = |line: &Line| (super::rows::short(&line.key).to_owned(), dollars(line.rate));
        BillLine {
            title: cost.title().to_owned(),
            hour: dollars(rate),
            total: dollars(bill.total(cost, now)),
            percent: rate * 100 / all.max(1),
            things: things.map(thing).collect(),
        }
    };
    Bill {
        hour: dollars(all),
        second: dollars_of(all, 3_600),
        total: dollars(bill.total_of_all(now)),
        lines: sorts.into_iter().map(line).collect(),
    }
}

/// Tasks of one size on instances of one type, and on Fargate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Even {
    /// CPU units of a task.
    pub cpu: u32,
    /// MiB of a task.
    pub memory: u32,
    /// The type.
    pub kind: &'static str,
    /// So many tasks fit on one.
    pub fits: u32,
    /// For 1, 2, … tasks: micro-dollars an hour on instances, and on Fargate.
    pub points: Vec<(u64, u64)>,
    /// From so many tasks on one instance costs no more than Fargate. None if not even a full one does.
    pub from: Option<u32>,
    /// In a sentence.
    pub says: String,
}

/// The comparison for the newest task definition with a size, on the newest instance's type, or on `t3.medium`.
pub fn even(cloud: &Cloud) -> Option<Even> {
    let account = cloud.account();
    let kind = account.instances.values().next_back().map_or("t3.medium", |one| one.kind.name);
    let sized = account.task_definitions.values().rev().map(|one| {
        let needs = one.needs(Params::new(&Value::Null));
        (needs.cpu, needs.memory)
    });
    let (cpu, memory) = { sized }.find(|(cpu, memory)| *cpu > 0 && *memory > 0).unwrap_or(TASK);
    even_of(cpu, memory, InstanceType::find(kind)?)
}

impl Even {
    /// On a paper of 1000 × 100: the stairs of instances, the slope of Fargate, and where one instance has paid for
    /// itself.
    pub fn paths(&self) -> (String, String, Option<u64>) {
        let count = u64::try_from(self.points.len()).unwrap_or(1).max(1);
        let top = self.points.iter().flat_map(|(ec2, fargate)| [*ec2, *fargate]).max().unwrap_or(1);
        let across = |tasks: u64| tasks * 1_000 / count;
        let down = |micros: u64| 100 - micros * 100 / top.max(1);
        let (mut stairs, mut slope) = (String::new(), "M0 100".to_owned());
        for (tasks, (ec2, fargate)) in (1_u64..).zip(&self.points) {
            let begin = if tasks == 1 { "M0 " } else { "V" };
            // Writing into a text cannot fail.
            let _ = write!(stairs, "{begin}{}H{}", down(*ec2), across(tasks));
            let _ = write!(slope, "L{} {}", across(tasks), down(*fargate));
        }
        (stairs, slope, self.from.map(|from| across(from.into())))
    }
}

fn even_of(cpu: u32, memory: u32, kind: &'static InstanceType) -> Option<Even> {
    let fits = (kind.vcpus * 1_024).checked_div(cpu)?.min(kind.registered_mib.checked_div(memory)?);
    if fits == 0 {
        return None;
    }
    let size = FargateSize {
        cpu,
        memory_mib: memory,
        storage_gib: 20,
        platform: FargatePlatform::Linux,
        spot: false,
    };
    let each = prices::fargate(size);
    let point = |tasks: u32| {
        let hosts = u64::from(tasks.div_ceil(fits));
        (hosts * kind.price_micros, u64::from(tasks) * each)
    };
    let points: Vec<(u64, u64)> = (1..=TASKS_MOST).map(point).collect();
    let from = (1..=fits).find(|tasks| u64::from(*tasks) * each >= kind.price_micros);
    let task = format!("{cpu} CPU units and {memory} MiB");
    let says = match from {
        Some(1) => format!("A {} costs no more than one task of {task} on Fargate.", kind.name),
        Some(from) => format!(
            "From {from} tasks of {task} on, one {} costs less than Fargate; {fits} fit on it. With fewer, you pay for \
             room that stands empty.",
            kind.name
        ),
        None => format!(
            "Even a full {} ({fits} tasks of {task}) costs more than the same tasks on Fargate.",
            kind.name
        ),
    };
    Some(Even { cpu, memory, kind: kind.name, fits, points, from, says })
}

/// Micro-dollars as dollars: `$0.128`, and more digits where it is little.
pub fn dollars(micros: u64) -> String {
    dollars_of(micros, 1)
}

/// A part of micro-dollars.
fn dollars_of(micros: u64, part: u64) -> String {
    let nanos = micros * 1_000 / part;
    let (whole, rest) = (nanos / (DOLLAR * 1_000), nanos % (DOLLAR * 1_000));
    match nanos {
        0 => "$0".to_owned(),
        1..1_000_000 => format!("${whole}.{:07}", rest / 100),
        _ => {
            let text = format!("${whole}.{:04}", rest / 100_000);
            text.strip_suffix('0').unwrap_or(&text).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use crate::cloud::account::Start;

    #[test]
    fn amounts_have_as_many_digits_as_they_need() {
        let said = [0, 5, 12_342, 128_000, 3_500_000].map(dollars);
        assert_eq!(said, ["$0", "$0.0000050", "$0.0123", "$0.128", "$3.500"]);
        assert_eq!(dollars_of(128_000, 3_600), "$0.0000355");
    }

    // facts: fargate-and-ec2 §3: an m5.large (0.096) and tasks of a quarter vCPU and half a GB (0.012342).
    #[test]
    fn an_instance_is_cheaper_from_the_eighth_small_task_on() {
        let even = even_of(256, 512, InstanceType::find("m5.large").unwrap()).unwrap();
        assert_eq!((even.fits, even.from), (8, Some(8)));
        assert_eq!(even.points[6], (96_000, 7 * 12_342));
        assert_eq!(even.points[8], (192_000, 9 * 12_342));
        let small = even_of(256, 512, InstanceType::find("t3.medium").unwrap()).unwrap();
        assert_eq!((small.fits, small.from), (7, Some(4)));
        assert_eq!(even_of(4_096, 512, InstanceType::find("t3.medium").unwrap()), None);
    }

    #[test]
    fn the_bill_names_what_costs() {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        assert_eq!(bill(&cloud).lines, []);
        cli::run(
            &mut cloud,
            "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.medium",
        );
        cli::run(&mut cloud, "wait 1h");
        let bill = bill(&cloud);
        let titles: Vec<_> = bill.lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(titles[0], "EC2 instances");
        assert_eq!(bill.lines[0].hour, "$0.0416");
        assert_eq!(bill.lines[0].things.len(), 1);
    }
}
