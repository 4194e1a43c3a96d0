//! What is kept in the browser: one JSON document, versioned, merged between tabs, opened for ever.

mod json;

use serde_json::Value;

pub(crate) use json::Kept;

use super::history::Entry;
use crate::cloud::map::{Map, Set};
use crate::cloud::time::Millis;

/// The version of the document that this build writes.
pub const VERSION: u64 = 1;
/// Changes whenever equal lines may give another history: saved runs of another simulator are dropped, progress stays.
pub const SIM_VERSION: u32 = 1;
/// Above this size the runs are dropped from the document, never the progress.
pub const SIZE_MAX: usize = 256 * 1024;

/// The document under `localStorage["drydock"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Save {
    /// [`VERSION`] of the writer.
    pub version: u64,
    /// What was done, by lesson id.
    pub progress: Map<String, Progress>,
    /// The learner's choices.
    pub settings: Settings,
    /// The step at work and its lines.
    pub session: Option<Run>,
}

/// What was done in one lesson. Steps stand by id, never by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps whose goals were met by the learner.
    pub solved: Set<String>,
    /// Steps whose solution was shown.
    pub seen: Set<String>,
    /// Steps that were opened.
    pub visited: Set<String>,
    /// Answers to predictions and questions: `<step>/<question>` to the answer.
    pub answers: Map<String, Answer>,
    /// The step that was open last.
    pub at: Option<String>,
    /// Hints taken in all.
    pub hints: u32,
    /// Lines run in steps with goals.
    pub attempts: u32,
}

/// An answer to a prediction or question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The option's number, from 0.
    pub option: u32,
    /// It was right.
    pub right: bool,
    /// How sure the learner was: 0 guess, 1 fairly, 2 certain.
    pub confidence: Option<u8>,
}

/// The learner's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// Single-letter shortcuts are off (WCAG 2.1.4).
    pub no_letter_keys: bool,
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A step at work: enough to have the same account at the same moment again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The lesson's id; none in the sandbox.
    pub lesson: Option<String>,
    /// The step's id; none in the sandbox.
    pub step: Option<String>,
    /// [`SIM_VERSION`] of the writer.
    pub sim: u32,
    /// The lines that were run.
    pub inputs: Vec<Entry>,
    /// The virtual time, in milliseconds after the step's start.
    pub now: Millis,
    /// The solution was shown.
    pub shown: bool,
    /// Hints opened in this step.
    pub hints: u32,
}

/// Why a document could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// Written by a newer build: it is left as it is.
    #[error(
        "Your progress was saved by a newer version of Drydock (format {0}). It is left untouched. Reload to get the \
         newest version; until then nothing is saved."
    )]
    Newer(u64),
    /// Not a document of ours.
    #[error("Your saved progress cannot be read ({0}). It is kept aside, and you start afresh.")]
    Unreadable(String),
}

impl Save {
    /// A document in which nothing has been done.
    pub fn new() -> Self {
        Self { version: VERSION, ..Self::default() }
    }

    /// Opens a document of any version up to [`VERSION`].
    pub fn open(text: &str) -> Result<Self, SaveError> {
        let mut value: Value = serde_json::from_str(text)
            .map_err(|error| SaveError::Unreadable(format!("it is not JSON: {error}")))?;
        let version = value
            .get("version")
            .and_then(Value::as_u64)
            .ok_or_else(|| SaveError::Unreadable("it has no version number".to_owned()))?;
        if version > VERSION {
            return Err(SaveError::Newer(version));
        }
        if version == 0 {
            return Err(SaveError::Unreadable("there was never a version 0".to_owned()));
        }
        // A run that cannot be read must not take the progress with it.
        let run = value.get_mut("session").map(Value::take);
        let mut save = Self::read(&value)
            .ok_or_else(|| SaveError::Unreadable("a part of it is damaged".to_owned()))?;
        let run = run.and_then(|run| Run::read(&run));
        save.session = run.filter(|run| run.sim == SIM_VERSION);
        Ok(save)
    }

    /// The document as text, without its runs when it would be too large.
    pub fn text(&self) -> String {
        let text = self.value().to_string();
        if text.len() <= SIZE_MAX {
            return text;
        }
        let without = Self { session: None, ..self.clone() };
        without.value().to_string()
    }

    /// Adds what another tab or an imported file has done: nothing that was done is ever lost.
    pub fn merge(&mut self, other: &Self) {
        for (lesson, theirs) in &other.progress {
            if let Some(mine) = self.progress.at(lesson.clone(), Progress::default) {
                mine.merge(theirs);
            }
        }
    }
}

impl Theme {
    /// Its word in the document.
    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Progress {
    fn merge(&mut self, theirs: &Self) {
        self.solved.extend(theirs.solved.iter().cloned());
        self.seen.extend(theirs.seen.iter().cloned());
        self.visited.extend(theirs.visited.iter().cloned());
        for (question, answer) in &theirs.answers {
            self.answers.at(question.clone(), || answer.clone());
        }
        self.at = self.at.take().or_else(|| theirs.at.clone());
        self.hints = self.hints.max(theirs.hints);
        self.attempts = self.attempts.max(theirs.attempts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_what_either_tab_did() {
        let mut one = Save::new();
        one.progress.at("ecs".into(), Progress::default).unwrap().solved.insert("a".into());
        let mut two = Save::new();
        two.progress.at("ecs".into(), Progress::default).unwrap().solved.insert("b".into());
        two.progress.at("alb".into(), Progress::default).unwrap().seen.insert("c".into());
        one.merge(&two);
        let solved: Vec<_> = one.progress.get("ecs").unwrap().solved.iter().cloned().collect();
        assert_eq!(solved, ["a", "b"]);
        assert!(one.progress.get("alb").unwrap().seen.contains("c"));
    }

    #[test]
    fn what_cannot_be_read_is_said_and_a_newer_document_is_named() {
        for text in ["", "[]", "{}", "{\"version\":0}", "{\"version\":1,\"progress\":3}", "\u{0}"] {
            assert!(matches!(Save::open(text), Err(SaveError::Unreadable(_))), "{text}");
        }
        assert_eq!(Save::open("{\"version\":99}"), Err(SaveError::Newer(99)));
    }

    #[test]
    fn a_document_comes_back_as_it_was() {
        let mut save = Save::new();
        save.progress.at("ecs".into(), Progress::default).unwrap().at = Some("pull".into());
        save.settings.theme = Theme::Dark;
        save.session = Some(Run {
            lesson: Some("ecs".into()),
            step: Some("pull".into()),
            sim: SIM_VERSION,
            inputs: vec![Entry { at: 5, line: "aws ecs list-clusters".into() }],
            now: 90,
            shown: false,
            hints: 1,
        });
        assert_eq!(Save::open(&save.text()), Ok(save));
    }

    #[test]
    fn a_run_of_another_simulator_is_dropped_and_the_progress_stays() {
        let text = "{\"version\":1,\"progress\":{\"ecs\":{\"solved\":[\"a\"]}},\
                    \"session\":{\"sim\":0,\"inputs\":[],\"now\":0}}";
        let save = Save::open(text).unwrap();
        assert!(save.session.is_none());
        assert!(save.progress.get("ecs").unwrap().solved.contains("a"));
    }

    #[test]
    fn a_run_that_cannot_be_read_does_not_take_the_progress_with_it() {
        for run in ["7", "[]", "{\"sim\":1}", "{\"sim\":1,\"inputs\":[{\"at\":-1}],\"now\":0}"] {
            let text = format!("{{\"version\":1,\"progress\":{{\"ecs\":{{}}}},\"session\":{run}}}");
            let save = Save::open(&text).unwrap();
            assert!(save.session.is_none() && save.progress.contains_key("ecs"), "{run}");
        }
    }

    #[test]
    fn a_document_that_is_too_large_loses_its_run_only() {
        let mut save = Save::new();
        save.progress.at("ecs".into(), Progress::default).unwrap().solved.insert("a".into());
        save.session = Some(Run {
            lesson: None,
            step: None,
            sim: SIM_VERSION,
            inputs: vec![Entry { at: 0, line: "x".repeat(SIZE_MAX) }],
            now: 0,
            shown: false,
            hints: 0,
        });
        let opened = Save::open(&save.text()).unwrap();
        assert!(opened.session.is_none());
        assert!(opened.progress.get("ecs").unwrap().solved.contains("a"));
    }
}
