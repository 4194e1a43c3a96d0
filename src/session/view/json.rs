//! JSON for reading, indented as the AWS CLI indents it.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// A value over several lines, four spaces a level.
pub fn pretty(value: &Value) -> String {
    let mut out = Vec::new();
    let mut writer = Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(b"    "));
    // Writing a value into memory cannot fail.
    let _ = value.serialize(&mut writer);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn four_spaces_a_level() {
        let text =
            super::pretty(&serde_json::json!({ "tasks": [{ "cpu": "256" }], "failures": [] }));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..3], ["{", "    \"tasks\": [", "        {"]);
        assert!(text.contains("\"failures\": []"));
    }
}
