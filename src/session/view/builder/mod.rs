//! The command builder: any line of the model put together by taps. It knows the API model, so it can ask for each part of
//! a call in turn; it knows the account, so it can offer what is there; it knows the step, so what helps comes first.
//!
//! `draft` is what has been put together, `page` what can be tapped next, `form` the same for calls that have a form,
//! `panel` breaks things, `stock` is where values come from, `hints` what the lesson adds to them, and `walk` finds the taps
//! that make a given line: lessons are checked with it, and the browser tests finish them with it.

mod draft;
pub mod form;
mod heads;
mod hints;
mod page;
pub mod panel;
mod presets;
mod stock;
mod walk;

pub use draft::Builder;
pub use hints::Hints;
pub use page::{Chip, Group, Page, Part};
pub use stock::Stock;
pub use walk::taps_for;

pub(super) use draft::quoted;
use serde_json::Value;

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A member of a structure, or an entry of a map.
    Name(String),
    /// An item of a list.
    Item(usize),
}

/// What a tap does.
#[derive(Clone, Debug, PartialEq)]
pub enum Tap {
    /// Starts a line that is no `aws` call, or adds a word to it.
    Word(String),
    /// Chooses a service.
    Service(&'static str),
    /// Chooses what to do, by the name on the command line: `run-task`, `wait tasks-running`.
    Operation(&'static str, String),
    /// Goes to a part of the value, to fill it in.
    Open(Key),
    /// Gives the part its value, and goes back if that is all there is to say.
    Set(Value),
    /// Makes a number greater or less.
    Step(i64),
    /// Adds a digit to a number.
    Digit(u8),
    /// Takes the last digit of a number away.
    Erase,
    /// Adds an item to a list and goes to it.
    Add,
    /// Takes a part out again.
    Remove(Key),
    /// Sets a flag that is not part of the call: `--output`, `--query`.
    Extra(&'static str, String),
    /// Goes back to the whole.
    Up,
    /// Begins again.
    Restart,
}

impl Tap {
    /// What a chip is known by in the page: `data-tap`. Taps that do different things have different marks.
    pub fn mark(&self) -> String {
        match self {
            Self::Word(word) => format!("word {word}"),
            Self::Service(service) => format!("service {service}"),
            Self::Operation(service, verb) => format!("{service} {verb}"),
            Self::Open(key) => format!("open {key}"),
            Self::Set(value) => format!("set {value}"),
            Self::Step(step) => format!("step {step}"),
            Self::Digit(digit) => format!("digit {digit}"),
            Self::Erase => "erase".to_owned(),
            Self::Add => "add".to_owned(),
            Self::Remove(key) => format!("remove {key}"),
            Self::Extra(flag, value) => format!("{flag} {value}"),
            Self::Up => "up".to_owned(),
            Self::Restart => "restart".to_owned(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Item(at) => write!(f, "{at}"),
        }
    }
}

/// An entry of a map by a name of the learner's is opened by one of these.
impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;
