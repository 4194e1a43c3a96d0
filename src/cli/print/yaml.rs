//! `--output yaml`: the blocks that ruamel.yaml writes through libyaml, with sorted members.

use serde_json::Value;

use super::json;
use crate::cli::python;
use crate::cloud::sort;

/// Lines are folded at the first space behind this column.
const WIDTH: usize = 80;

/// The document of an answer; a single value is written as JSON.
#[inline(never)]
pub(super) fn document(value: &Value) -> String {
    let mut emitter = Emitter { out: String::new(), column: 0 };
    match value {
        Value::Array(items) if !items.is_empty() => emitter.list(items, 0, true),
        Value::Object(members) if !members.is_empty() => emitter.object(members, 0, true),
        scalar => {
            json::write(scalar, 0, &mut emitter.out);
        }
    }
    if !emitter.out.ends_with('\n') {
        emitter.out.push('\n');
    }
    emitter.out
}

struct Emitter {
    out: String,
    column: usize,
}

impl Emitter {
    fn put(&mut self, text: &str) {
        for c in text.chars() {
            self.out.push(c);
            self.column = if c == '\n' { 0 } else { self.column + 1 };
        }
    }

    fn indent(&mut self, spaces: usize) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.put("\n");
        }
        self.put(&" ".repeat(spaces));
    }

    /// Items with a dash; the first may stand on a line that has begun.
    fn list(&mut self, items: &[Value], spaces: usize, mut begun: bool) {
        for item in items {
            if !std::mem::take(&mut begun) {
                self.indent(spaces);
            }
            self.put("-");
            match item {
                Value::Array(inner) if !inner.is_empty() => {
                    self.put(" ");
                    self.list(inner, spaces + 2, true);
                }
                Value::Object(inner) if !inner.is_empty() => {
                    self.put(" ");
                    self.object(inner, spaces + 2, true);
                }
                scalar => self.scalar(scalar, spaces + 2),
            }
        }
    }

    fn object(&mut self, members: &serde_json::Map<String, Value>, spaces: usize, mut begun: bool) {
        let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
        sort::by_key(&mut sorted, |(name, _)| *name);
        for (name, value) in sorted {
            if !std::mem::take(&mut begun) {
                self.indent(spaces);
            }
            self.text(name, spaces, true);
            self.put(":");
            match value {
                // A list in an object is not moved to the right.
                Value::Array(inner) if !inner.is_empty() => self.list(inner, spaces, false),
                Value::Object(inner) if !inner.is_empty() => {
                    self.object(inner, spaces + 2, false);
                }
                scalar => self.scalar(scalar, spaces + 2),
            }
        }
    }

    fn scalar(&mut self, value: &Value, spaces: usize) {
        self.put(" ");
        match value {
            Value::String(text) => self.text(text, spaces, false),
            Value::Array(_) => self.put("[]"),
            Value::Object(_) => self.put("{}"),
            Value::Number(number) => self.put(&python::number(number)),
            Value::Bool(flag) => self.put(if *flag { "true" } else { "false" }),
            Value::Null => self.put("null"),
        }
    }

    /// A text in the plainest style that gives it back. The name of a member stays on its line.
    fn text(&mut self, text: &str, spaces: usize, is_name: bool) {
        let shape = Shape::of(text);
        if is_name && text.contains('\n') || shape.needs_escapes {
            self.double_quoted(text, spaces, is_name);
        } else if shape.needs_quotes || reads_as_something_else(text) {
            self.single_quoted(text, spaces, is_name);
        } else {
            self.plain(text, spaces, is_name);
        }
    }

    /// Whether the line is folded at this single space.
    fn folds(&self, letters: &[char], at: usize, is_name: bool) -> bool {
        let space = |at: Option<usize>| at.and_then(|at| letters.get(at)) == Some(&' ');
        !is_name && self.column > WIDTH && !space(at.checked_sub(1))
    }

    fn plain(&mut self, text: &str, spaces: usize, is_name: bool) {
        let letters: Vec<char> = text.chars().collect();
        for (at, c) in letters.iter().enumerate() {
            let single = letters.get(at + 1) != Some(&' ');
            if *c == ' ' && single && self.folds(&letters, at, is_name) {
                self.indent(spaces);
            } else {
                self.put(c.encode_utf8(&mut [0; 4]));
            }
        }
    }

    fn single_quoted(&mut self, text: &str, spaces: usize, is_name: bool) {
        let letters: Vec<char> = text.chars().collect();
        let last = letters.len().saturating_sub(1);
        let mut broke = false;
        self.put("'");
        for (at, c) in letters.iter().enumerate() {
            let inside = at > 0 && at < last && letters.get(at + 1) != Some(&' ');
            if *c == '\n' {
                self.put(if broke { "\n" } else { "\n\n" });
                broke = true;
            } else if *c == ' ' && inside && self.folds(&letters, at, is_name) {
                self.indent(spaces);
            } else {
                if std::mem::take(&mut broke) {
                    self.put(&" ".repeat(spaces));
                }
                if *c == '\'' {
                    self.put("'");
                }
                self.put(c.encode_utf8(&mut [0; 4]));
            }
        }
        if broke {
            self.put(&" ".repeat(spaces));
        }
        self.put("'");
    }

    fn double_quoted(&mut self, text: &str, spaces: usize, is_name: bool) {
        let letters: Vec<char> = text.chars().collect();
        let last = letters.len().saturating_sub(1);
        self.put("\"");
        for (at, c) in letters.iter().enumerate() {
            if *c == ' ' && at > 0 && at < last && self.folds(&letters, at, is_name) {
                self.indent(spaces);
                if letters.get(at + 1) == Some(&' ') {
                    self.put("\\");
                }
            } else if is_printable(*c) && !matches!(c, '\n' | '"' | '\\') {
                self.put(c.encode_utf8(&mut [0; 4]));
            } else {
                self.put(&escape(*c));
            }
        }
        self.put("\"");
    }
}

/// What libyaml finds in a text before it chooses a style.
struct Shape {
    needs_quotes: bool,
    needs_escapes: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let at = |at: usize| letters.get(at).copied();
        let blank = |c: Option<char>| matches!(c, None | Some(' ' | '\t' | '\n' | '\r' | '\0'));
        let mut shape = Self {
            needs_quotes: text.starts_with("---")
                || text.starts_with("...")
                || text.starts_with([' ', '\n'])
                || text.ends_with([' ', '\n'])
                || text.contains('\n'),
            needs_escapes: text.contains("\n ") || text.contains(" \n"),
        };
        for (place, c) in letters.iter().enumerate() {
            let before_blank = blank(at(place + 1));
            let after_blank = place.checked_sub(1).is_none_or(|place| blank(at(place)));
            shape.needs_quotes |= match c {
                ':' => before_blank,
                '#' => after_blank,
                '?' | '-' => place == 0 && before_blank,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                | '@' | '`' => place == 0,
                _ => false,
            };
            shape.needs_escapes |= !is_printable(*c);
        }
        shape
    }
}

/// What libyaml prints as it is.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

fn escape(c: char) -> String {
    let letter = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        other => {
            let code = u32::from(other);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{letter}")
}

/// Whether a plain text would be read as a number, a truth value, null or a date (YAML 1.2 as
/// ruamel.yaml reads it).
fn reads_as_something_else(text: &str) -> bool {
    matches!(
        text,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "<<"
            | "="
    ) || is_integer(text)
        || is_float(text)
        || is_date(text)
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_integer(text: &str) -> bool {
    let text = unsigned(text);
    let all = |digits: &str, radix: u32| {
        !digits.is_empty() && digits.chars().all(|c| c == '_' || c.is_digit(radix))
    };
    all(text, 10)
        || text.strip_prefix("0b").is_some_and(|digits| all(digits, 2))
        || text.strip_prefix("0o").is_some_and(|digits| all(digits, 8))
        || text.strip_prefix("0x").is_some_and(|digits| all(digits, 16))
}

fn is_float(text: &str) -> bool {
    let plain = unsigned(text);
    if matches!(plain, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '_');
    let (number, power) = match plain.split_once(['e', 'E']) {
        Some((number, power)) => (number, Some(power)),
        None => (plain, None),
    };
    let whole_power = |power: &str| {
        let digits = unsigned(power);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if !power.is_none_or(whole_power) {
        return false;
    }
    match number.split_once('.') {
        // Without a digit in front, the power must have a sign.
        Some(("", part)) => {
            let signed = power.is_none_or(|power| power.starts_with(['-', '+']));
            !part.is_empty() && digits(part) && signed
        }
        Some((whole, part)) => starts_with_digit(whole) && digits(whole) && digits(part),
        None => power.is_some() && starts_with_digit(number) && digits(number),
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// `2026-01-05`, alone or with a time of day.
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once(['T', 't', ' ', '\t']) {
        Some((date, time)) => (date, Some(time.trim_start_matches([' ', '\t']))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let lengths: Vec<usize> = parts
        .by_ref()
        .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { part.len() } else { 0 })
        .collect();
    match (lengths.as_slice(), time) {
        ([4, 2, 2], None) => true,
        ([4, 1 | 2, 1 | 2], Some(time)) => is_time(time),
        _ => false,
    }
}

/// `9:00:00`, then perhaps a fraction and a zone.
fn is_time(text: &str) -> bool {
    let mut rest = text;
    for (at, lengths) in [(0, 1..=2), (1, 2..=2), (2, 2..=2)] {
        if at > 0 {
            let Some(after) = rest.strip_prefix(':') else { return false };
            rest = after;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !lengths.contains(&digits) {
            return false;
        }
        rest = rest.get(digits..).unwrap_or_default();
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    if matches!(zone, "Z") || rest.is_empty() {
        return true;
    }
    let Some(offset) = zone.strip_prefix(['-', '+']) else { return false };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (1..=2).contains(&hours.len()) && digits(hours) && minutes.len() == 2 && digits(minutes)
}
