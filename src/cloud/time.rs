//! Virtual time: whole milliseconds, and how AWS prints them.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// A length of virtual time in milliseconds.
pub type Millis = u64;

/// One second in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One hour in [`Millis`].
pub const HOUR: Millis = 60 * MINUTE;
/// One day in [`Millis`].
pub const DAY: Millis = 24 * HOUR;

/// A moment of virtual time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SimTime(pub u64);

impl SimTime {
    /// When every account begins: 2026-01-05T09:00:00Z.
    pub const START: Self = Self(1_767_603_600_000);

    /// Seconds since 1970 with a fraction: how botocore hands timestamps to a program.
    pub fn seconds(self) -> serde_json::Value {
        let millis = u32::try_from(self.0 % SECOND).unwrap_or(0);
        let whole = u32::try_from(self.0 / SECOND).unwrap_or(u32::MAX);
        serde_json::Value::from(f64::from(whole) + f64::from(millis) / 1_000.0)
    }

    /// Milliseconds since `earlier`, zero when that is later.
    pub fn since(self, earlier: Self) -> Millis {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment of a request's timestamp: seconds since 1970, or an ISO 8601 date with or without a time and a zone.
    pub fn read(value: &serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::Number(number) => read_seconds(&format!("{:.3}", number.as_f64()?)),
            serde_json::Value::String(text) => read_seconds(text).or_else(|| read_iso(text)),
            _ => None,
        }
    }

    /// Year, month, day, hour, minute, second in UTC.
    pub fn civil(self) -> (u64, u64, u64, u64, u64, u64) {
        let (year, month, day) = civil(self.0 / DAY);
        let of_day = self.0 % DAY;
        (year, month, day, of_day / HOUR, of_day / MINUTE % 60, of_day / SECOND % 60)
    }

    /// The form the AWS CLI prints: `2026-01-05T09:00:00.123000+00:00`, without a fraction when it is zero.
    pub fn iso(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        let fraction = match self.0 % SECOND {
            0 => String::new(),
            millis => format!(".{millis:03}000"),
        };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}+00:00")
    }
}

impl Add<Millis> for SimTime {
    type Output = Self;

    fn add(self, millis: Millis) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// Year, month and day of a day number since 1970 (Hinnant's days-to-civil; a date library is 14 KB in the wasm).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

/// Days since 1970 of a date (Hinnant's days-from-civil), from 1970 on.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=9_999).contains(&year) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

/// `1767603600`, `1767603600.5`.
fn read_seconds(text: &str) -> Option<SimTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let millis = format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?;
    Some(SimTime(whole.parse::<u64>().ok()?.checked_mul(SECOND)?.checked_add(millis)?))
}

/// `2026-01-05`, `2026-01-05T09:00`, `2026-01-05T09:00:00.5Z`, `2026-01-05 10:00:00+01:00`.
fn read_iso(text: &str) -> Option<SimTime> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00Z"));
    let mut parts = date.split('-').map(str::parse::<u64>);
    let day = days(parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?)?;
    let time = time.trim_end_matches('Z');
    let (time, zone) = match time.find(['+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, "+00:00"),
    };
    let clock = |text: &str| -> Option<u64> {
        let mut parts = text.splitn(3, ':');
        let hour = parts.next()?.parse::<u64>().ok()?;
        let minute = parts.next().unwrap_or("0").parse::<u64>().ok()?;
        let second = read_seconds(parts.next().unwrap_or("0"))?;
        Some(hour * HOUR + minute * MINUTE + second.0)
    };
    let local = day * DAY + clock(time)?;
    let ahead = clock(zone.get(1..)?)?;
    let utc =
        if zone.starts_with('-') { local.checked_add(ahead) } else { local.checked_sub(ahead) };
    utc.map(SimTime)
}

/// Reads `90s`, `500ms`, `10m`, `1h`; the sentence of the error says what would be right.
pub fn parse_duration(text: &str) -> Result<Millis, String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => 0,
    };
    match digits.parse::<u64>() {
        Ok(number) if factor > 0 => Ok(number.saturating_mul(factor)),
        _ => Err(format!(
            "`{text}` is not a length of time; write a whole number and ms, s, m or h, such as 90s"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_the_aws_cli_does() {
        assert_eq!(SimTime::START.iso(), "2026-01-05T09:00:00+00:00");
        assert_eq!((SimTime::START + 90_123).iso(), "2026-01-05T09:01:30.123000+00:00");
        assert_eq!(SimTime(951_782_400_000).iso(), "2000-02-29T00:00:00+00:00");
    }

    #[test]
    fn reads_the_timestamps_of_requests() {
        let read = |value: serde_json::Value| SimTime::read(&value);
        for text in ["2026-01-05T09:00:00Z", "2026-01-05T09:00", "2026-01-05T10:00:00+01:00"] {
            assert_eq!(read(text.into()), Some(SimTime::START), "{text}");
        }
        assert_eq!(read("2000-02-29".into()), Some(SimTime(951_782_400_000)));
        assert_eq!(read(1_767_603_600.5.into()), Some(SimTime::START + 500));
        assert_eq!(read("1767603600".into()), Some(SimTime::START));
        assert_eq!(read("soon".into()), None);
    }

    #[test]
    fn reads_lengths_of_time() {
        assert_eq!(parse_duration("90s"), Ok(90_000));
        assert_eq!(parse_duration("2h"), Ok(7_200_000));
        assert!(parse_duration("soon").is_err());
        assert!(parse_duration("10").is_err());
    }
}
