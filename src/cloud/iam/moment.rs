//! Dates as policies write them.

use crate::cloud::time::{DAY, HOUR, MINUTE, SECOND};

/// Milliseconds since 1970 of a date such as `2026-01-05`, `2026-01-05T09:00:00Z` or `1767603600`;
/// nothing if it is none.
pub fn millis(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(of(SECOND));
    }
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, "00:00Z"));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let date_is_right = (1..=9999).contains(&year) && (1..=12).contains(&month);
    if !date_is_right || !(1..=31).contains(&day) {
        return None;
    }
    Some(days(year, month, day) * of(DAY) + of_day(time)?)
}

/// A time of day and its zone: `09:00`, `09:00:30.5Z`, `09:00:30+01:00`.
fn of_day(text: &str) -> Option<i64> {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, "Z"),
    };
    let shift = match zone.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        ("+", shift) => clock_millis(shift)?,
        ("-", shift) => -clock_millis(shift)?,
        _ => return None,
    };
    Some(clock_millis(clock)? - shift)
}

fn clock_millis(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':');
    let hour = within(parts.next()?, 23)?;
    let minute = within(parts.next()?, 59)?;
    let (second, fraction) = match parts.next() {
        Some(rest) => rest.split_once('.').unwrap_or((rest, "0")),
        None => ("0", "0"),
    };
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole = of(HOUR) * hour + of(MINUTE) * minute + of(SECOND) * within(second, 59)?;
    Some(whole + within(&thousandths, 999)?)
}

fn within(text: &str, most: i64) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}

fn of(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// Days since 1970 (Hinnant's days-from-civil).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_of_iso_8601_and_seconds() {
        assert_eq!(millis("2026-01-05T09:00:00Z"), Some(1_767_603_600_000));
        assert_eq!(millis("2026-01-05T10:00:00.250+01:00"), Some(1_767_603_600_250));
        assert_eq!(millis("1767603600"), Some(1_767_603_600_000));
        assert_eq!(millis("2000-02-29"), Some(951_782_400_000));
        assert_eq!(millis("1970-01-01T00:00Z"), Some(0));
        for bad in ["", "soon", "2026-13-01", "2026-01-05T24:00Z", "2026-01", "2026-01-05Tnoon"] {
            assert_eq!(millis(bad), None, "{bad}");
        }
    }
}
