//! What the builder shows at one moment: what has been filled in, and the chips for what comes next.

use serde_json::Value;

use super::draft::{CallDraft, Draft};
use super::presets::presets;
use super::stock::{Offer, Stock, numbers};
use super::{Builder, Key, Tap, heads};
use crate::cloud::api::{Member, Shape, Structure, cli_name};

/// One page of the builder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What is asked.
    pub title: String,
    /// The way here, from the call inwards.
    pub crumbs: Vec<String>,
    /// What has been filled in.
    pub parts: Vec<Part>,
    /// What can be tapped.
    pub groups: Vec<Group>,
    /// The number that the stepper shows, where a number is asked.
    pub number: Option<i64>,
    /// Any text may be given, typed by those who like.
    pub text: bool,
}

/// A part that has been filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub label: String,
    /// Its value in short.
    pub value: String,
    /// Which part of the present one it is.
    pub key: Key,
}

/// Chips that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they are.
    pub title: &'static str,
    /// The chips.
    pub chips: Vec<Chip>,
}

/// Something to tap.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Written on it.
    pub label: String,
    /// Smaller, beside it.
    pub note: String,
    /// What it does.
    pub tap: Tap,
    /// It is chosen already.
    pub on: bool,
}

/// Output formats of the AWS CLI.
const OUTPUTS: &[&str] = &["table", "text", "yaml"];

impl Group {
    pub(super) fn new(title: &'static str, chips: Vec<Chip>) -> Self {
        Self { title, chips }
    }
}

impl Chip {
    pub(super) fn new(label: impl Into<String>, tap: Tap) -> Self {
        Self { label: label.into(), note: String::new(), tap, on: false }
    }

    pub(super) fn with_note(self, note: &str) -> Self {
        Self { note: note.to_owned(), ..self }
    }
}

impl Builder {
    /// What can be done now.
    pub fn page(&self, stock: &Stock<'_>) -> Page {
        let mut page = match &self.draft {
            Draft::Nothing => Page {
                title: "What to do".to_owned(),
                groups: heads::start(stock),
                ..Page::default()
            },
            Draft::Service(service) => Page {
                title: format!("{}: what to do", service.name),
                groups: heads::verbs(service),
                ..Page::default()
            },
            Draft::Words(words) => Page {
                title: words.join(" "),
                groups: heads::next_words(words, stock),
                text: true,
                ..Page::default()
            },
            Draft::Call(call) => call.page(&self.at, stock),
        };
        page.groups.retain(|group| !group.chips.is_empty());
        page
    }
}

impl CallDraft {
    pub(super) fn page(&self, at: &[Key], stock: &Stock<'_>) -> Page {
        let Some(shape) = self.shape(at) else { return Page::default() };
        let asked = Asked {
            call: self,
            at,
            path: path(self.operation.name, at),
            member: at.iter().rev().find_map(Key::name).unwrap_or_default(),
            value: self.value(at),
            stock,
        };
        let page = match self.service.shape(shape) {
            Shape::Structure(structure) => asked.structure(structure),
            Shape::Map { .. } => asked.map(),
            Shape::List { member, .. } => match self.service.shape(*member) {
                Shape::Structure(_) | Shape::List { .. } | Shape::Map { .. } => asked.list(),
                item => asked.scalar(item),
            },
            scalar => asked.scalar(scalar),
        };
        let verb = Builder::verb(self);
        let title = at.iter().rev().find_map(Key::name).unwrap_or(&verb).to_owned();
        let crumbs = std::iter::once(verb).chain(at.iter().map(crumb)).collect();
        Page { title, crumbs, ..page }
    }
}

/// The part that a page asks for.
struct Asked<'a> {
    call: &'a CallDraft,
    at: &'a [Key],
    path: String,
    member: &'a str,
    value: Option<&'a Value>,
    stock: &'a Stock<'a>,
}

impl Asked<'_> {
    fn structure(&self, structure: &Structure) -> Page {
        let root = self.at.is_empty();
        let label = |member: &Member| {
            if root { format!("--{}", cli_name(member.name)) } else { member.name.to_owned() }
        };
        let given =
            |member: &&Member| self.value.is_some_and(|value| value.get(member.name).is_some());
        let wanted =
            |member: &Member| self.stock.hints.wants(&format!("{}/{}", self.path, member.name));
        let mut groups = [Vec::new(), Vec::new(), Vec::new()];
        for member in structure.members.iter().filter(|member| !given(member)) {
            let place = if member.required { 0 } else { usize::from(!wanted(member)) + 1 };
            if let Some(group) = groups.get_mut(place) {
                group.push(Chip::new(label(member), Tap::Open(Key::from(member.name))));
            }
        }
        let [needed, step, more] = groups;
        let mut page = Page {
            parts: self.parts(|key| match (key, root) {
                (Key::Name(name), true) => format!("--{}", cli_name(name)),
                (key, _) => crumb(key),
            }),
            groups: vec![
                self.ready_made(),
                Group::new("Needed", needed),
                Group::new("In this step", step),
                Group::new("More", more),
            ],
            ..Page::default()
        };
        if root && self.call.waiter.is_none() {
            page.groups.push(self.extras());
        }
        page
    }

    #[inline(never)]
    fn map(&self) -> Page {
        let keys = self.stock.hints.values(&self.path);
        let keys = keys.iter().filter_map(Value::as_str);
        let chips = keys.map(|key| Chip::new(key, Tap::Open(Key::from(key))));
        Page {
            parts: self.parts(crumb),
            groups: vec![Group::new("Keys", chips.collect())],
            ..Page::default()
        }
    }

    #[inline(never)]
    fn list(&self) -> Page {
        let add = Group::new("More", vec![Chip::new("Add one", Tap::Add)]);
        Page { parts: self.parts(crumb), groups: vec![self.ready_made(), add], ..Page::default() }
    }

    /// A text, a number, a truth value, or a list of these.
    fn scalar(&self, shape: &Shape) -> Page {
        let is_list = self.value.is_some_and(Value::is_array);
        let parts = if is_list { self.parts(crumb) } else { Vec::new() };
        let offers = match shape {
            Shape::Boolean => yes_or_no(),
            Shape::String { values, .. } if !values.is_empty() => words(values),
            Shape::Integer(_) | Shape::Long(_) | Shape::Float(_) | Shape::Double(_) => {
                self.numbers()
            }
            _ => self.stock.offers(&self.path, self.member),
        };
        let chips = offers.into_iter().map(|offer| self.chip(offer)).collect();
        let is_number = matches!(shape, Shape::Integer(_) | Shape::Long(_));
        Page {
            parts,
            groups: vec![self.ready_made(), Group::new("Values", chips)],
            number: is_number.then(|| self.value.and_then(Value::as_i64).unwrap_or(0)),
            text: matches!(shape, Shape::String { values, .. } if values.is_empty())
                || matches!(shape, Shape::Blob | Shape::Timestamp | Shape::Document),
            ..Page::default()
        }
    }

    #[inline(never)]
    fn numbers(&self) -> Vec<Offer> {
        let usual = numbers(self.member).iter().map(|number| Value::from(*number));
        let hinted = self.stock.hints.values(&self.path).into_iter();
        let hinted = hinted.filter(|value| value.as_i64().is_none_or(|n| n >= 1_000));
        let mut values: Vec<Value> = usual.chain(hinted).collect();
        values.dedup();
        values.into_iter().map(super::stock::plain).collect()
    }

    fn chip(&self, offer: Offer) -> Chip {
        let on = self.value.is_some_and(|value| {
            *value == offer.value
                || value.as_array().is_some_and(|items| items.contains(&offer.value))
        });
        Chip { on, note: offer.note, ..Chip::new(offer.label, Tap::Set(offer.value)) }
    }

    fn ready_made(&self) -> Group {
        let made = presets(self.member, self.stock).into_iter().map(|offer| self.chip(offer));
        Group::new("Ready made", made.collect())
    }

    fn extras(&self) -> Group {
        let is_set = |flag: &str, value: &str| {
            self.call.extras.iter().any(|(known, set)| *known == flag && set == value)
        };
        let chip = |flag: &'static str, value: &str| {
            let on = is_set(flag, value);
            let tap = Tap::Extra(flag, if on { String::new() } else { value.to_owned() });
            Chip { on, ..Chip::new(format!("{flag} {value}"), tap) }
        };
        let outputs = OUTPUTS.iter().map(|format| chip("--output", format));
        let queries = self.stock.hints.queries();
        let queries = queries.iter().filter_map(Value::as_str);
        let queries = queries.map(|query| chip("--query", query));
        Group::new("The answer", outputs.chain(queries).collect())
    }

    fn parts(&self, label: impl Fn(&Key) -> String) -> Vec<Part> {
        let part =
            |key: Key, value: &Value| Part { label: label(&key), value: in_short(value), key };
        match self.value {
            Some(Value::Object(members)) => {
                members.iter().map(|(name, value)| part(Key::Name(name.clone()), value)).collect()
            }
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(at, value)| part(Key::Item(at), value)).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[inline(never)]
fn yes_or_no() -> Vec<Offer> {
    let named = |value: bool, label: &str| Offer {
        label: label.to_owned(),
        ..super::stock::plain(Value::from(value))
    };
    vec![named(true, "yes"), named(false, "no")]
}

#[inline(never)]
fn words(values: &[&'static str]) -> Vec<Offer> {
    values.iter().map(|word| super::stock::plain(Value::from(*word))).collect()
}

impl Key {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Item(_) => None,
        }
    }
}

/// `RunTask/networkConfiguration/awsvpcConfiguration`: items of lists have no name of their own.
pub(super) fn path(operation: &str, at: &[Key]) -> String {
    std::iter::once(operation).chain(at.iter().filter_map(Key::name)).collect::<Vec<_>>().join("/")
}

fn crumb(key: &Key) -> String {
    match key {
        Key::Name(name) => name.clone(),
        Key::Item(at) => (at + 1).to_string(),
    }
}

pub(super) fn in_short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "…".to_owned(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(in_short).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
