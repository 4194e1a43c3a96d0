//! `--output json`: Python's `json.dump(…, indent=4, ensure_ascii=False)`.

use serde_json::Value;

use crate::cli::python;

/// The whole document with its newline.
pub(super) fn document(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

/// A value; `depth` is how far its lines are moved to the right.
pub(super) fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                new_line(at, depth + 1, out);
                write(item, depth + 1, out);
            }
            end(']', depth, out);
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                new_line(at, depth + 1, out);
                string(name, out);
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            end('}', depth, out);
        }
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        Value::String(text) => string(text, out),
        Value::Number(number) => out.push_str(&python::number(number)),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
}

fn new_line(item: usize, depth: usize, out: &mut String) {
    out.push_str(if item == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n("    ", depth));
}

fn end(bracket: char, depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("    ", depth));
    out.push(bracket);
}

/// A text in JSON's quotes.
fn string(text: &str, out: &mut String) {
    // Writing text cannot fail; serde_json escapes what Python escapes.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}
