//! Answers as text, byte for byte as AWS CLI v2 prints them.

mod json;

use serde_json::Value;

use super::globals::Output;

/// An answer in the chosen format. An answer without members prints nothing.
pub(super) fn print(output: Output, reply: &Value) -> String {
    match output {
        Output::Json => json::document(reply),
    }
}
