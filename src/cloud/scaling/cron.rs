//! When a schedule is due: `at(…)`, `rate(…)` and `cron(…)` with six fields, in UTC (facts/scaling §4c).

use crate::cloud::sort;
use crate::cloud::time::{DAY, HOUR, MINUTE, SimTime};

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// Once.
    At(SimTime),
    /// Again and again, so many milliseconds apart, from when it was put.
    Rate(u64),
    /// In the minutes that fit all fields.
    Cron(Box<Cron>),
}

/// The numbers that each field allows, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<u64>,
    hours: Vec<u64>,
    /// None: the day of the week decides.
    days: Option<Vec<u64>>,
    months: Vec<u64>,
    /// 1 is Sunday. None: the day of the month decides.
    weekdays: Option<Vec<u64>>,
    years: Vec<u64>,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Schedule {
    /// Reads `at(yyyy-mm-ddThh:mm:ss)`, `rate(n minutes|hours|days)`, `cron(min hour dom month dow year)`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.trim().split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        match kind {
            "at" => SimTime::read(&serde_json::Value::from(inside)).map(Self::At),
            "rate" => {
                let (number, unit) = inside.trim().split_once(' ')?;
                let unit = match unit.trim().trim_end_matches('s') {
                    "minute" => MINUTE,
                    "hour" => HOUR,
                    "day" => DAY,
                    _ => return None,
                };
                let number = number.parse::<u64>().ok().filter(|number| *number > 0)?;
                Some(Self::Rate(number.checked_mul(unit)?))
            }
            "cron" => Cron::read(inside).map(|cron| Self::Cron(Box::new(cron))),
            _ => None,
        }
    }

    /// The first time after `now`.
    pub(super) fn next(&self, now: SimTime) -> Option<SimTime> {
        match self {
            Self::At(at) => (*at > now).then_some(*at),
            Self::Rate(apart) => Some(now + *apart),
            Self::Cron(cron) => cron.next(now),
        }
    }
}

impl Cron {
    fn read(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday, year] = fields.as_slice() else { return None };
        let day_field = |text: &str, low, high, names: &[&str]| match text {
            "?" => Some(None),
            text => field(text, low, high, names).map(Some),
        };
        let days = day_field(day, 1, 31, &[])?;
        let weekdays = day_field(weekday, 1, 7, &WEEKDAYS)?;
        // One of the two has to be a question mark (EventBridge guide, "cron expressions").
        if days.is_some() == weekdays.is_some() {
            return None;
        }
        Some(Self {
            minutes: field(minute, 0, 59, &[])?,
            hours: field(hour, 0, 23, &[])?,
            days,
            months: field(month, 1, 12, &MONTHS)?,
            weekdays,
            years: field(year, 1970, 2199, &[])?,
        })
    }

    /// Looks day by day, then at the times of that day.
    fn next(&self, now: SimTime) -> Option<SimTime> {
        let today = now.0 / DAY;
        (today..today + LOOK_AHEAD_DAYS).filter(|day| self.has_day(*day)).find_map(|day| {
            let hours = self.hours.iter();
            let mut times = hours.flat_map(|hour| {
                let minutes = self.minutes.iter();
                minutes.map(move |minute| SimTime(day * DAY + hour * HOUR + minute * MINUTE))
            });
            times.find(|time| *time > now)
        })
    }

    fn has_day(&self, number: u64) -> bool {
        let (year, month, day, ..) = SimTime(number * DAY).civil();
        // 1970-01-01 was a Thursday.
        let weekday = (number + 4) % 7 + 1;
        self.years.contains(&year)
            && self.months.contains(&month)
            && self.days.as_ref().is_none_or(|days| days.contains(&day))
            && self.weekdays.as_ref().is_none_or(|days| days.contains(&weekday))
    }
}

/// How far a schedule is followed: a leap day comes within eight years. Chosen.
const LOOK_AHEAD_DAYS: u64 = 8 * 366;

/// `*`, `5`, `MON-FRI`, `0,30`, `*/15`, `8/2`: the numbers from `low` to `high` that it allows.
fn field(text: &str, low: u64, high: u64, names: &[&str]) -> Option<Vec<u64>> {
    let number = |word: &str| {
        let by_name = (low..).zip(names).find(|(_, name)| name.eq_ignore_ascii_case(word));
        let value = by_name.map_or_else(|| word.parse::<u64>().ok(), |(number, _)| Some(number));
        value.filter(|value| (low..=high).contains(value))
    };
    let mut allowed = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|n| *n > 0)?)),
            None => (part, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (low, high),
            (_, Some((from, to))) => (number(from)?, number(to)?),
            (one, None) => (number(one)?, if step.is_some() { high } else { number(one)? }),
        };
        allowed.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    sort::plain(&mut allowed);
    allowed.dedup();
    (!allowed.is_empty()).then_some(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next three times after Monday, 2026-01-05T09:00:00Z.
    fn times(text: &str) -> Vec<String> {
        let schedule = Schedule::read(text).unwrap();
        let times = std::iter::successors(schedule.next(SimTime::START), |at| schedule.next(*at));
        times.take(3).map(|at| at.iso()[..16].to_owned()).collect()
    }

    #[test]
    fn schedules_are_due_when_they_say() {
        assert_eq!(times("at(2026-01-05T10:30:00)"), ["2026-01-05T10:30"]);
        assert_eq!(
            times("rate(5 minutes)"),
            ["2026-01-05T09:05", "2026-01-05T09:10", "2026-01-05T09:15"]
        );
        assert_eq!(
            times("cron(0 8 ? * MON-FRI *)"),
            ["2026-01-06T08:00", "2026-01-07T08:00", "2026-01-08T08:00"]
        );
        assert_eq!(
            times("cron(*/30 9,17 * * ? *)"),
            ["2026-01-05T09:30", "2026-01-05T17:00", "2026-01-05T17:30"]
        );
        assert_eq!(
            times("cron(15 0 29 2 ? *)"),
            ["2028-02-29T00:15", "2032-02-29T00:15", "2036-02-29T00:15"]
        );
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in [
            "soon",
            "at(soon)",
            "rate(0 minutes)",
            "rate(5 weeks)",
            "cron(0 8 * * *)",
            "cron(0 8 * * * *)",
            "cron(0 8 ? * ? *)",
            "cron(60 8 * * ? *)",
        ] {
            assert_eq!(Schedule::read(text), None, "{text}");
        }
    }
}
