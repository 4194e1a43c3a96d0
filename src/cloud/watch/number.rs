//! Values of metrics as whole thousandths: the account holds no fractions.

use serde_json::Value;

/// Thousandths of a unit.
pub type Milli = i64;

/// One.
pub const ONE: Milli = 1_000;

/// A number of a request, rounded to thousandths; nothing if it is too great.
pub fn read(value: &Value) -> Option<Milli> {
    let text = format!("{:.3}", value.as_f64()?);
    let (whole, fraction) = text.split_once('.')?;
    format!("{whole}{fraction}").parse().ok()
}

/// The number for a reply.
pub fn value(milli: Milli) -> Value {
    Value::from(text(milli).parse::<f64>().unwrap_or_default())
}

/// The number as AWS's sentences write it: `80.0`, `62.5`.
pub fn text(milli: Milli) -> String {
    let sign = if milli < 0 { "-" } else { "" };
    let size = milli.unsigned_abs();
    let fraction = format!("{:03}", size % 1_000);
    let fraction = fraction.trim_end_matches('0');
    format!("{sign}{}.{}", size / 1_000, if fraction.is_empty() { "0" } else { fraction })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_go_in_and_out_unchanged_to_the_thousandth() {
        for (given, milli, shown) in [
            (json!(70), 70_000, "70.0"),
            (json!(62.5), 62_500, "62.5"),
            (json!(-0.25), -250, "-0.25"),
            (json!(1e9), 1_000_000_000_000, "1000000000.0"),
        ] {
            assert_eq!(read(&given), Some(milli));
            assert_eq!(text(milli), shown);
            assert_eq!(value(milli).as_f64(), given.as_f64());
        }
        assert_eq!(read(&json!(1e300)), None);
    }
}
