//! The page inside another page: what its address asks for, and the messages that go to and come from the page around it.
//!
//! A message is `{drydock: 1, type: …}`. Nothing that comes in is trusted: the origin is the one the address named, every
//! field is checked, and whatever is not understood changes nothing.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::route::{self, Place};
use super::save::{Progress, Save, Theme};
use crate::lesson::model::Lesson;

/// The longest message that is looked at, in bytes. A saved document is at most half as long.
pub const MESSAGE_MAX: usize = 2 * super::save::SIZE_MAX;

/// How the page was asked to appear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embed {
    /// The lesson to show.
    pub lesson: Option<String>,
    /// Its step.
    pub step: Option<String>,
    /// One widget alone, by its name in lessons.
    pub widget: Option<String>,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// How much of the page stands around the step.
    pub chrome: Chrome,
    /// The origin of the page around this one. Without it nothing is told but that the page is ready and how tall it is.
    pub host: Option<String>,
}

/// How much of the page stands around a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chrome {
    /// Nothing: the step alone.
    None,
    /// The way to the steps beside it.
    #[default]
    Min,
    /// Everything.
    Full,
}

impl Embed {
    /// Reads what stands between `?` and `#` in the address; `get` gives a parameter's value. None: not embedded.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        (get("embed").as_deref() == Some("1")).then(|| Self::given(&get))
    }

    #[inline(never)]
    fn given(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let id = |name: &str| get(name).filter(|word| route::is_id(word));
        Self {
            lesson: id("lesson"),
            step: id("step"),
            widget: id("widget"),
            theme: get("theme").and_then(|word| theme(&word)).unwrap_or_default(),
            chrome: match get("chrome").as_deref() {
                Some("none") => Chrome::None,
                Some("full") => Chrome::Full,
                _ => Chrome::Min,
            },
            host: get("host").filter(|host| is_origin(host)),
        }
    }

    /// Where to begin; none where no lesson was named.
    pub fn place(&self) -> Option<Place> {
        Some(Place::Lesson { lesson: self.lesson.clone()?, step: self.step.clone() })
    }

    /// Whether a message from `origin` may be read at all.
    pub fn trusts(&self, origin: &str) -> bool {
        self.host.as_deref() == Some(origin)
    }

    /// The origin that a message may go to; none: it is not sent. Two kinds say nothing about the learner and may go to
    /// whoever embeds the page.
    pub fn goes_to(&self, message: &ToHost) -> Option<&str> {
        match (&self.host, message) {
            (Some(host), _) => Some(host),
            (None, ToHost::Ready { .. } | ToHost::Height { .. }) => Some("*"),
            (None, _) => None,
        }
    }
}

impl Chrome {
    /// The word for it in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Min => "min",
            Self::Full => "full",
        }
    }
}

fn theme(word: &str) -> Option<Theme> {
    match word {
        "auto" => Some(Theme::Auto),
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// `https://example.org` or with a port: a scheme and a host, and nothing after them.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        !host.is_empty() && host.len() <= 255 && host.bytes().all(known)
    })
}

/// What the page tells the page around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ToHost {
    /// The page answers.
    Ready {
        /// The version of these messages.
        version: u32,
        /// The lesson shown.
        lesson: Option<String>,
        /// Its step.
        step: Option<String>,
    },
    /// How tall everything is, in CSS pixels.
    Height {
        /// The height.
        px: u32,
    },
    /// A goal is met, or was and is not any more.
    Goal {
        /// The step's id.
        step: String,
        /// The goal's id.
        goal: String,
        /// Whether it is met now.
        met: bool,
    },
    /// How far the learner is.
    Progress {
        /// The lesson's id.
        lesson: String,
        /// Steps that are done.
        done: u32,
        /// All steps.
        total: u32,
    },
    /// Every step is done.
    Completed(Completed),
    /// What the learner did, for a host that keeps it.
    State {
        /// The document of the browser's storage, without the lines of the step at work.
        save: Value,
    },
}

/// How a lesson was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Completed {
    /// The lesson's id.
    pub lesson: String,
    /// Steps with goals that the learner solved, in percent of all steps with goals.
    pub score: u32,
    /// Lines the learner ran in steps with goals.
    pub attempts: u32,
    /// Hints taken.
    pub hints: u32,
    /// Solutions shown.
    pub shown: u32,
}

impl ToHost {
    /// The message as it goes out.
    pub fn value(&self) -> Value {
        let mut message = json!({ "drydock": 1 });
        if let (Some(into), Ok(Value::Object(from))) =
            (message.as_object_mut(), serde_json::to_value(self))
        {
            into.extend(from);
        }
        message
    }

    /// How far a lesson is done, and how, once it is.
    pub fn of_progress(lesson: &Lesson, progress: &Progress) -> Vec<Self> {
        let steps = || lesson.steps.iter();
        let with_goals = || steps().filter(|step| step.has_goals);
        let is_done = |id: &str, has_goals: bool| {
            if has_goals {
                progress.solved.contains(id) || progress.seen.contains(id)
            } else {
                progress.visited.contains(id)
            }
        };
        let done = steps().filter(|step| is_done(&step.id, step.has_goals)).count();
        let (done, total) = (count(done), count(steps().count()));
        let lesson_id = lesson.id.clone();
        let mut messages = vec![Self::Progress { lesson: lesson_id.clone(), done, total }];
        if done == total {
            let solved = with_goals().filter(|step| progress.solved.contains(&step.id)).count();
            let shown = with_goals().filter(|step| progress.seen.contains(&step.id)).count();
            messages.push(Self::Completed(Completed {
                lesson: lesson_id,
                score: count(solved) * 100 / count(with_goals().count()).max(1),
                attempts: progress.attempts,
                hints: progress.hints,
                shown: count(shown),
            }));
        }
        messages
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What the page around this one may ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum FromHost {
    /// What it has kept of the learner, and how the page should look.
    Init {
        /// Progress to add to what is here.
        save: Option<Save>,
        /// The theme.
        theme: Option<Theme>,
    },
    /// Another lesson or step.
    Goto(Place),
    /// The step from its beginning.
    Reset,
}

impl FromHost {
    /// Reads a message, as JSON. The error says for a developer's console why it is ignored.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > MESSAGE_MAX {
            return Err(format!("it is longer than {MESSAGE_MAX} bytes"));
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let message = value.as_object().ok_or("it is not an object")?;
        if message.get("drydock") != Some(&json!(1)) {
            return Err("it has no `drydock: 1`".to_owned());
        }
        match message.get("type").and_then(Value::as_str) {
            Some("init") => init(message),
            Some("goto") => goto(message),
            Some("reset") => {
                only(message, &[])?;
                Ok(Self::Reset)
            }
            Some(other) => Err(format!("there is no message `{other}`")),
            None => Err("it has no `type`".to_owned()),
        }
    }
}

fn init(message: &Map<String, Value>) -> Result<FromHost, String> {
    only(message, &["save", "theme", "locale"])?;
    let given = |name: &str| message.get(name).filter(|value| !value.is_null());
    let text = |name: &str| match given(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("`{name}` is not a text")),
    };
    // English is the only language; the field is checked so that a host's mistake shows.
    text("locale")?;
    let theme = match text("theme")? {
        None => None,
        Some(word) => Some(theme(word).ok_or_else(|| format!("there is no theme `{word}`"))?),
    };
    let save = match given("save") {
        None => None,
        Some(document @ Value::Object(_)) => {
            Some(Save::open(&document.to_string()).map_err(|error| error.to_string())?)
        }
        Some(_) => return Err("`save` is not a document".to_owned()),
    };
    Ok(FromHost::Init { save, theme })
}

fn goto(message: &Map<String, Value>) -> Result<FromHost, String> {
    only(message, &["lesson", "step"])?;
    let id = |name: &str| match message.get(name).filter(|value| !value.is_null()) {
        None => Ok(None),
        Some(Value::String(word)) if route::is_id(word) => Ok(Some(word.clone())),
        Some(_) => Err(format!("`{name}` is not an id")),
    };
    let lesson = id("lesson")?.ok_or("`lesson` is missing")?;
    Ok(FromHost::Goto(Place::Lesson { lesson, step: id("step")? }))
}

fn only(message: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    let always = ["drydock", "type"];
    let odd = |name: &&String| !always.contains(&name.as_str()) && !known.contains(&name.as_str());
    match message.keys().find(odd) {
        Some(name) => Err(format!("it has an unknown field `{name}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
