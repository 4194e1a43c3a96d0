//! The document as JSON, member by member. Readers and writers that are derived are five times the code.

use serde_json::{Map as Object, Value};

use super::{Answer, Progress, Run, Save, Settings, Theme};
use crate::cloud::map::{Map, Set};
use crate::cloud::shape::Shape;
use crate::session::history::Entry;

/// A part of the document.
pub(crate) trait Kept: Sized {
    /// As it is written.
    fn value(&self) -> Value;

    /// Reads what [`Kept::value`] has written, of this build or of an earlier one. None: it is something else.
    fn read(value: &Value) -> Option<Self>;
}

/// A member that every build has written.
fn needed<T: Kept>(object: &Object<String, Value>, name: &str) -> Option<T> {
    T::read(object.get(name)?)
}

/// A member that may be missing. None: it is there and something else.
fn given<T: Kept + Default>(object: &Object<String, Value>, name: &str) -> Option<T> {
    object.get(name).map_or_else(|| Some(T::default()), T::read)
}

impl Kept for Save {
    fn value(&self) -> Value {
        Shape::with_room(4)
            .put("version", self.version)
            .put("progress", self.progress.value())
            .put("settings", self.settings.value())
            .put("session", self.session.value())
            .done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        Some(Self {
            version: needed(object, "version")?,
            progress: given(object, "progress")?,
            settings: given(object, "settings")?,
            session: given(object, "session")?,
        })
    }
}

impl Kept for Progress {
    fn value(&self) -> Value {
        Shape::with_room(7)
            .put("solved", self.solved.value())
            .put("seen", self.seen.value())
            .put("visited", self.visited.value())
            .put("answers", self.answers.value())
            .put("at", self.at.value())
            .put("hints", self.hints)
            .put("attempts", self.attempts)
            .done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        Some(Self {
            solved: given(object, "solved")?,
            seen: given(object, "seen")?,
            visited: given(object, "visited")?,
            answers: given(object, "answers")?,
            at: given(object, "at")?,
            hints: given(object, "hints")?,
            attempts: given(object, "attempts")?,
        })
    }
}

impl Kept for Answer {
    fn value(&self) -> Value {
        Shape::with_room(3)
            .put("option", self.option)
            .put("right", self.right)
            .put("confidence", self.confidence.value())
            .done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        Some(Self {
            option: needed(object, "option")?,
            right: needed(object, "right")?,
            confidence: given(object, "confidence")?,
        })
    }
}

impl Kept for Settings {
    fn value(&self) -> Value {
        Shape::with_room(2)
            .text("theme", self.theme.word())
            .put("no_letter_keys", self.no_letter_keys)
            .done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let theme = match object.get("theme") {
            None => Theme::default(),
            Some(word) => {
                let word = word.as_str()?;
                [Theme::Auto, Theme::Light, Theme::Dark].into_iter().find(|it| it.word() == word)?
            }
        };
        Some(Self { theme, no_letter_keys: given(object, "no_letter_keys")? })
    }
}

impl Kept for Run {
    fn value(&self) -> Value {
        Shape::with_room(7)
            .put("lesson", self.lesson.value())
            .put("step", self.step.value())
            .put("sim", self.sim)
            .put("inputs", self.inputs.iter().map(Kept::value).collect::<Value>())
            .put("now", self.now)
            .put("shown", self.shown)
            .put("hints", self.hints)
            .done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let inputs = object.get("inputs")?.as_array()?.iter().map(Entry::read);
        Some(Self {
            lesson: given(object, "lesson")?,
            step: given(object, "step")?,
            sim: needed(object, "sim")?,
            inputs: inputs.collect::<Option<_>>()?,
            now: needed(object, "now")?,
            shown: given(object, "shown")?,
            hints: given(object, "hints")?,
        })
    }
}

impl Kept for Entry {
    fn value(&self) -> Value {
        Shape::with_room(2).put("at", self.at).text("line", &self.line).done()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        Some(Self { at: needed(object, "at")?, line: needed(object, "line")? })
    }
}

impl<T: Kept> Kept for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Kept::value)
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Kept> Kept for Map<String, T> {
    fn value(&self) -> Value {
        self.iter().map(|(key, value)| (key.clone(), value.value())).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        let members = value.as_object()?.iter();
        members.map(|(key, value)| Some((key.clone(), T::read(value)?))).collect()
    }
}

impl Kept for Set<String> {
    fn value(&self) -> Value {
        self.iter().map(String::as_str).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(String::read).collect()
    }
}

impl Kept for String {
    fn value(&self) -> Value {
        Value::from(self.as_str())
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Kept for bool {
    fn value(&self) -> Value {
        Value::Bool(*self)
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Kept for u64 {
    fn value(&self) -> Value {
        Value::from(*self)
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}

impl Kept for u32 {
    fn value(&self) -> Value {
        Value::from(*self)
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Kept for u8 {
    fn value(&self) -> Value {
        Value::from(*self)
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}
