//! What the TOML in a lesson may hold. Unknown keys are refused, and errors know their place.

use serde::Deserialize;
use toml::{Spanned, Value};

/// The front matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LessonText {
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) summary: Spanned<String>,
    pub(super) minutes: Spanned<u32>,
    #[serde(default)]
    pub(super) needs: Vec<Spanned<String>>,
    pub(super) seed: u64,
    pub(super) start: Spanned<String>,
    pub(super) setup: Option<Spanned<Vec<String>>>,
}

/// A block `task`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskText {
    #[serde(default)]
    pub(super) teaches: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) practises: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) widgets: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) faults: Vec<String>,
    #[serde(default)]
    pub(super) challenge: bool,
    pub(super) limit: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) setup: Vec<String>,
    #[serde(default)]
    pub(super) goals: Vec<Spanned<GoalText>>,
    #[serde(default)]
    pub(super) hints: Vec<Spanned<HintText>>,
    pub(super) success: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) solution: Vec<Spanned<LineText>>,
    #[serde(default)]
    pub(super) mistake: Vec<Spanned<MistakeText>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoalText {
    pub(super) id: String,
    pub(super) say: Spanned<String>,
    pub(super) when: Spanned<Value>,
    pub(super) hold: Option<Spanned<String>>,
    pub(super) ghost: Option<GhostText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GhostText {
    pub(super) kind: String,
    pub(super) say: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "expected a text or { say = …, focus = … }")]
pub(super) enum HintText {
    Plain(String),
    Pointing { say: String, focus: String },
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a terminal line or { line = …, caption = …, refused = … }"
)]
pub(super) enum LineText {
    Plain(String),
    Captioned {
        line: String,
        caption: String,
        #[serde(default)]
        refused: bool,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MistakeText {
    pub(super) when: Spanned<Value>,
    pub(super) say: Spanned<String>,
    #[serde(rename = "try")]
    pub(super) attempt: Vec<String>,
}

/// A block `predict`, `recall` or `exam`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionText {
    pub(super) id: Spanned<String>,
    #[serde(default)]
    pub(super) practises: Vec<Spanned<String>>,
    pub(super) ask: Spanned<String>,
    #[serde(default)]
    pub(super) confidence: bool,
    #[serde(default)]
    pub(super) run: Vec<String>,
    pub(super) options: Vec<Spanned<OptionText>>,
    pub(super) after: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionText {
    pub(super) say: Spanned<String>,
    pub(super) because: Option<Spanned<String>>,
    pub(super) when: Option<Spanned<Value>>,
    pub(super) right: Option<bool>,
}

/// A block `note`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteText {
    pub(super) mark: Spanned<String>,
    pub(super) say: Spanned<String>,
    pub(super) source: Option<Spanned<String>>,
}

/// A word in `glossary.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermText {
    pub(super) name: Spanned<String>,
    pub(super) say: Spanned<String>,
    #[serde(default)]
    pub(super) taught: Vec<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
}

/// A page in `sources.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceText {
    pub(super) title: Spanned<String>,
    pub(super) url: Spanned<String>,
    pub(super) checked: Spanned<String>,
}
