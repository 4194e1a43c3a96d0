//! Shorthand: `key=value,list=[a,b],inner={key=value}` instead of JSON.
//!
//! Read without the model first and brought to the model's types afterwards, as in the AWS CLI
//! (awscli/shorthand.py), error texts included.

use serde_json::{Map, Value};

use super::fail::Fail;
use super::python;
use crate::cloud::api::{Service, Shape, ShapeId};

/// Lists and structures inside each other, at most. Chosen: bounds the stack.
const DEPTH: usize = 50;

/// Why a shorthand text makes no sense. A parser that goes back and tries again makes many of these,
/// so the text is made at the end.
#[derive(Debug)]
enum Error {
    /// Something else was expected at a place.
    Syntax { expected: String, received: String, at: usize },
    /// A key came twice; the place is behind the pair before.
    Twice { key: String, at: usize },
    /// Lists and structures are inside each other too deeply.
    Deep,
}

/// Reads `key=value,…` into an object of texts, lists and objects. The error is awscli's text.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let letters: Vec<char> = text.chars().collect();
    let parsed = Parser { letters: &letters, at: 0, depth: 0 }.parameter();
    parsed.map(Value::Object).map_err(|error| error.text(&letters))
}

/// Brings texts to the types of the model. A single value for a list becomes a list of one.
pub(super) fn fit(service: &Service, shape: ShapeId, value: &mut Value) -> Result<(), Fail> {
    match (service.outline(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members.iter_mut() {
                if let Some(member) = structure.member(name) {
                    fit(service, member.shape, value)?;
                }
            }
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            for item in items {
                fit(service, *member, item)?;
            }
        }
        (Shape::List { .. }, value) => *value = Value::Array(vec![value.take()]),
        (Shape::Map { value: shape, .. }, Value::Object(members)) => {
            for value in members.values_mut() {
                fit(service, *shape, value)?;
            }
        }
        (Shape::Integer(_) | Shape::Long(_), value) => *value = python::int_value(value)?,
        (Shape::Float(_) | Shape::Double(_), value) => *value = python::float_value(value)?,
        (Shape::Boolean, value) => {
            let word = value.as_str().map(str::to_ascii_lowercase);
            match word.as_deref() {
                Some("true") => *value = Value::Bool(true),
                Some("false") => *value = Value::Bool(false),
                _ => {}
            }
        }
        _ => {}
    }
    Ok(())
}

impl Error {
    #[inline(never)]
    fn text(self, letters: &[char]) -> String {
        match self {
            Self::Syntax { expected, received, at } => {
                let place = location(letters, at);
                format!("Expected: '{expected}', received: '{received}' for input:\n{place}")
            }
            Self::Twice { key, at } => {
                let place = location(letters, at);
                format!(
                    "Second instance of key \"{key}\" encountered for input:\n{place}\nThis is \
                     often because there is a preceding \",\" instead of a space."
                )
            }
            Self::Deep => "The value is nested too deeply.".to_owned(),
        }
    }
}

/// The text up to the end of the line in question, and a mark below the letter.
#[inline(never)]
fn location(letters: &[char], at: usize) -> String {
    let (before, after) = letters.split_at(at.min(letters.len()));
    let spaces = match before.iter().rposition(|c| *c == '\n') {
        Some(newline) => at - newline - 1,
        None => at,
    };
    let line_end = after.iter().position(|c| *c == '\n').unwrap_or(after.len());
    let (line, rest) = after.split_at(line_end);
    let text = |letters: &[char]| letters.iter().collect::<String>();
    format!("{}{}\n{}^{}", text(before), text(line), " ".repeat(spaces), text(rest))
}

struct Parser<'a> {
    letters: &'a [char],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn parameter(&mut self) -> Result<Map<String, Value>, Error> {
        let mut found = Map::new();
        let (key, value) = self.key_value()?;
        found.insert(key, value);
        let mut last = self.at;
        while self.current().is_some() {
            self.expect_in_spaces(',')?;
            let (key, value) = self.key_value()?;
            if found.contains_key(&key) {
                return Err(Error::Twice { key, at: last + 1 });
            }
            found.insert(key, value);
            last = self.at;
        }
        Ok(found)
    }

    fn key_value(&mut self) -> Result<(String, Value), Error> {
        let key = self.key();
        self.expect_in_spaces('=')?;
        let value = match self.current() {
            None => Value::String(String::new()),
            Some('[') => self.list()?,
            Some('{') => self.object()?,
            Some(_) => self.comma_separated()?,
        };
        Ok((key, value))
    }

    fn key(&mut self) -> String {
        self.take_while(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c))
    }

    /// `a` alone is a text, `a,b` a list. A word with a `=` after it is the next key already.
    fn comma_separated(&mut self) -> Result<Value, Error> {
        let first = self.first_value()?;
        self.skip_spaces();
        if self.current() != Some(',') {
            return Ok(Value::String(first));
        }
        self.items_after(first)
    }

    /// The rest of a list whose first item is read.
    #[inline(never)]
    fn items_after(&mut self, first: String) -> Result<Value, Error> {
        self.expect_in_spaces(',')?;
        let mut items = vec![Value::String(first)];
        loop {
            match self.next_item() {
                Ok((item, ended)) => {
                    items.push(Value::String(item));
                    if ended {
                        break;
                    }
                }
                Err(Error::Syntax { .. }) if self.current().is_some() => {
                    self.back_to_comma();
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if items.len() == 1 { Ok(items.remove(0)) } else { Ok(Value::Array(items)) }
    }

    /// An item and whether the text ends with it.
    fn next_item(&mut self) -> Result<(String, bool), Error> {
        let item = self.second_value()?;
        self.skip_spaces();
        if self.current().is_none() {
            return Ok((item, true));
        }
        self.expect_in_spaces(',')?;
        Ok((item, false))
    }

    fn list(&mut self) -> Result<Value, Error> {
        self.expect_in_spaces('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.inner_value()?);
            self.skip_spaces();
            if self.current() != Some(']') {
                self.expect(',')?;
                self.skip_spaces();
            }
        }
        self.expect(']')?;
        Ok(Value::Array(items))
    }

    fn object(&mut self) -> Result<Value, Error> {
        self.expect_in_spaces('{')?;
        let mut members = Map::new();
        while self.current() != Some('}') {
            let key = self.key();
            self.expect_in_spaces('=')?;
            let value = self.inner_value()?;
            self.skip_spaces();
            if self.current() != Some('}') {
                self.expect(',')?;
                self.skip_spaces();
            }
            members.insert(key, value);
        }
        self.expect('}')?;
        Ok(Value::Object(members))
    }

    fn inner_value(&mut self) -> Result<Value, Error> {
        if self.depth >= DEPTH {
            return Err(Error::Deep);
        }
        self.depth += 1;
        let value = match self.current() {
            Some('[') => self.list(),
            Some('{') => self.object(),
            _ => self.first_value().map(Value::String),
        };
        self.depth -= 1;
        value
    }

    fn first_value(&mut self) -> Result<String, Error> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => Ok(self
                .bare(starts_value, |c| follows(c) && !matches!(c, ']' | '}'))
                .unwrap_or_default()),
        }
    }

    fn second_value(&mut self) -> Result<String, Error> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => self
                .bare(starts_value, |c| follows(c) && c != '=')
                .ok_or_else(|| self.unexpected("<second>", "<none>")),
        }
    }

    /// A value without quotes; `\,` is a comma in it.
    fn bare(&mut self, starts: fn(char) -> bool, follows: fn(char) -> bool) -> Option<String> {
        let mut text = String::new();
        let mut allowed = starts;
        loop {
            match self.current() {
                Some('\\') if self.letters.get(self.at + 1) == Some(&',') => {
                    text.push(',');
                    self.at += 2;
                }
                Some(c) if allowed(c) => {
                    text.push(c);
                    self.at += 1;
                }
                _ if text.is_empty() => return None,
                _ => return Some(text.trim_end().to_owned()),
            }
            allowed = follows;
        }
    }

    /// A value in quotes; a `\` before a quote or a `\` takes its meaning away. Where the text ends
    /// without a closing quote, the last quote with a `\` before it closes after all.
    fn quoted(&mut self, quote: char) -> Result<String, Error> {
        let start = self.at + 1;
        let (mut at, mut escaped) = (start, None);
        let end = loop {
            match (self.letters.get(at), self.letters.get(at + 1)) {
                (None, _) => break escaped,
                (Some(c), _) if *c == quote => break Some(at),
                (Some('\\'), Some(c)) if *c == quote => {
                    escaped = Some(at + 1);
                    at += 2;
                }
                (Some('\\'), Some('\\')) => at += 2,
                _ => at += 1,
            }
        };
        let Some(end) = end else {
            let name = if quote == '"' { "<double quoted>" } else { "<singled quoted>" };
            return Err(self.unexpected(name, "<none>"));
        };
        self.at = end + 1;
        let text: String = self.letters.get(start..end).unwrap_or_default().iter().collect();
        Ok(text.replace(&format!("\\{quote}"), &quote.to_string()).replace("\\\\", "\\"))
    }

    fn expect_in_spaces(&mut self, wanted: char) -> Result<(), Error> {
        self.skip_spaces();
        self.expect(wanted)?;
        self.skip_spaces();
        Ok(())
    }

    fn expect(&mut self, wanted: char) -> Result<(), Error> {
        match self.current() {
            Some(c) if c == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(c) => Err(self.unexpected(&wanted.to_string(), &c.to_string())),
            None => Err(self.unexpected(&wanted.to_string(), "EOF")),
        }
    }

    fn unexpected(&self, expected: &str, received: &str) -> Error {
        let (expected, received) = (expected.to_owned(), received.to_owned());
        Error::Syntax { expected, received, at: self.at }
    }

    fn back_to_comma(&mut self) {
        while self.at > 0 && self.current() != Some(',') {
            self.at -= 1;
        }
    }

    fn current(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_ascii_whitespace() || c == '\u{b}');
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.letters.iter().skip(self.at).take_while(|c| wanted(**c)).collect();
        self.at += taken.chars().count();
        taken
    }
}

/// What a value without quotes may start with: awscli's `_START_WORD`.
fn starts_value(c: char) -> bool {
    matches!(c, '!'..='\u{ffff}') && !matches!(c, '"' | '\'' | ',' | '=' | '[' | '{')
}

/// What may follow in it: awscli's follow characters but for the few in which they differ.
fn follows(c: char) -> bool {
    (c.is_whitespace() || matches!(c, '\u{1c}'..='\u{ffff}')) && !matches!(c, '"' | '\'' | ',')
}
