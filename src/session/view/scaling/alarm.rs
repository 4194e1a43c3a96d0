//! An alarm with the datapoints that it looks at.

use std::sync::Arc;

use crate::cloud::account::Account;
use crate::cloud::time::SimTime;
use crate::cloud::watch::alarms::Alarm;
use crate::session::view::charts::{datapoints, short, tenths};

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Its name, as in `data-id`.
    pub name: String,
    /// `AlarmHigh` where target tracking made it, else its name.
    pub label: String,
    /// Its state, as in `data-status`.
    pub state: &'static str,
    /// `greater than 50, 3 of 3 minutes`.
    pub says: String,
    /// It rings below its threshold.
    pub below: bool,
    /// The datapoints that it looks at, oldest first.
    pub cells: Vec<Cell>,
}

/// A datapoint of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// When its period began.
    pub at: SimTime,
    /// Its value; none is missing data.
    pub value: Option<String>,
    /// It is on the wrong side of the threshold.
    pub breaches: bool,
}

impl Watch {
    /// How many of its datapoints are on the wrong side.
    pub fn breaching(&self) -> usize {
        self.cells.iter().filter(|cell| cell.breaches).count()
    }
}

/// The alarms that set off what has this ARN.
pub(super) fn of(account: &Account, arn: &str) -> Vec<Arc<Alarm>> {
    let sets_off = |alarm: &&Arc<Alarm>| alarm.actions.iter().any(|action| **action == *arn);
    account.alarms.values().filter(sets_off).cloned().collect()
}

/// An alarm at a moment.
pub(super) fn watch(account: &Account, alarm: &Alarm, now: SimTime) -> Watch {
    let cell = |(at, value): (SimTime, Option<i64>)| Cell {
        at,
        value: value.map(tenths),
        breaches: value.is_some_and(|value| alarm.comparison.breached(value, alarm.threshold)),
    };
    let own = ["AlarmHigh", "AlarmLow"].into_iter().find(|word| alarm.name.contains(word));
    Watch {
        name: alarm.name.to_string(),
        label: own.unwrap_or(&alarm.name).to_owned(),
        state: alarm.state.word(),
        says: format!(
            "{} {}, {} of {} × {} min",
            alarm.comparison.words(),
            short(alarm.threshold),
            alarm.to_alarm,
            alarm.periods,
            alarm.period,
        ),
        below: alarm.comparison.is_below(),
        cells: datapoints(account, alarm, now).into_iter().rev().map(cell).collect(),
    }
}
