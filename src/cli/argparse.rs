//! Flags and positional words, read as Python's argparse reads them: the AWS CLI is built on it, so
//! its abbreviations, `--flag=value`, error texts and left-over words are argparse's own.

use super::fail::Fail;
use super::suggest::close_matches;

/// How many words a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// None: it is there or not.
    None,
    /// Exactly one.
    One,
    /// One or none.
    Maybe,
    /// Any number, none included.
    Any,
}

/// What the single word of a flag must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Anything.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
}

/// A flag that a parser knows.
#[derive(Clone, Debug)]
pub(super) struct Flag {
    /// Its name with the dashes.
    pub name: String,
    /// How many words follow it.
    pub takes: Takes,
    /// A command without it is wrong.
    pub required: bool,
    /// What its word must look like.
    pub check: Check,
    /// The only words it takes, if not all.
    pub choices: &'static [&'static str],
}

impl Flag {
    /// An optional flag with any one word.
    pub(super) fn one(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            takes: Takes::One,
            required: false,
            check: Check::Text,
            choices: &[],
        }
    }
}

/// What a parser expects besides its flags.
#[derive(Clone, Copy, Debug)]
pub(super) enum Positional<'a> {
    /// One word out of a list, named so in errors, which may end with a sentence of this terminal.
    Choice(&'a str, &'a [&'a str], &'a str),
    /// A word that may be missing.
    Maybe,
    /// Any word, named so in errors.
    Word(&'a str),
}

/// What argparse made of the words.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The words of each flag, in the order of the parser's list of flags; the last use counts.
    pub values: Vec<Option<Vec<String>>>,
    /// The positional word.
    pub positional: Option<String>,
    /// Words that belong to nothing.
    pub rest: Vec<String>,
}

/// Reads `words`. Words that fit nothing are left over, as in `parse_known_args`.
pub(super) fn parse(
    flags: &[Flag],
    positional: Positional<'_>,
    words: &[String],
) -> Result<Parsed, Fail> {
    let mut kinds = Vec::with_capacity(words.len());
    let mut only_words = false;
    for word in words {
        kinds.push(match word.as_str() {
            _ if only_words => Kind::Word,
            "--" => {
                only_words = true;
                Kind::Dashes
            }
            _ => classify(flags, word)?,
        });
    }
    let parsed = Parsed { values: vec![None; flags.len()], ..Parsed::default() };
    Reader { flags, positional, open: true, words, kinds, parsed }.read()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A plain word.
    Word,
    /// `--`: only plain words follow.
    Dashes,
    /// A flag, by its place in the list, and the value after its `=`.
    Flag(usize, Option<String>),
    /// It looks like a flag and is none.
    Unknown,
}

fn classify(flags: &[Flag], word: &str) -> Result<Kind, Fail> {
    if !word.starts_with('-') || word.len() == 1 {
        return Ok(Kind::Word);
    }
    if let Some(at) = flags.iter().position(|flag| flag.name == word) {
        return Ok(Kind::Flag(at, None));
    }
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    if let Some(at) = flags.iter().position(|flag| flag.name == name) {
        return Ok(Kind::Flag(at, value));
    }
    classify_abbreviated(flags, word, name, value)
}

/// A word that is no flag may be the beginning of one.
#[inline(never)]
fn classify_abbreviated(
    flags: &[Flag],
    word: &str,
    name: &str,
    value: Option<String>,
) -> Result<Kind, Fail> {
    let like: Vec<(usize, &Flag)> = if word.starts_with("--") {
        flags.iter().enumerate().filter(|(_, flag)| flag.name.starts_with(name)).collect()
    } else {
        Vec::new()
    };
    match like.as_slice() {
        [(at, _)] => Ok(Kind::Flag(*at, value)),
        [] if word.contains(' ') || is_negative_number(word) => Ok(Kind::Word),
        [] => Ok(Kind::Unknown),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, flag)| flag.name.as_str()).collect();
            let names = names.join(", ");
            Err(Fail::usage(format_args!("ambiguous option: {word} could match {names}")))
        }
    }
}

fn is_negative_number(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let number = word.trim_start_matches('-');
    match number.split_once('.') {
        Some((whole, part)) => digits(whole) && !part.is_empty() && digits(part),
        None => !number.is_empty() && digits(number),
    }
}

struct Reader<'a> {
    flags: &'a [Flag],
    positional: Positional<'a>,
    /// The positional word has not come yet.
    open: bool,
    words: &'a [String],
    kinds: Vec<Kind>,
    parsed: Parsed,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Parsed, Fail> {
        let mut at = 0;
        while let Some(kind) = self.kinds.get(at).cloned() {
            at = match kind {
                Kind::Flag(flag, value) => self.flag(flag, value, at + 1)?,
                Kind::Word if self.open => self.take_positional(at)?,
                Kind::Dashes if self.open && self.kinds.get(at + 1) == Some(&Kind::Word) => {
                    self.take_positional(at + 1)?
                }
                Kind::Word | Kind::Dashes | Kind::Unknown => self.leave(at),
            };
        }
        self.check_required()?;
        Ok(self.parsed)
    }

    fn leave(&mut self, at: usize) -> usize {
        self.parsed.rest.extend(self.words.get(at).cloned());
        at + 1
    }

    fn take_positional(&mut self, at: usize) -> Result<usize, Fail> {
        let word = self.words.get(at).cloned().unwrap_or_default();
        match self.positional {
            Positional::Choice(name, choices, note) => {
                check_choice(name, choices, &word).map_err(|fail| fail.with_note(note))?;
            }
            Positional::Maybe | Positional::Word(_) => {}
        }
        self.open = false;
        self.parsed.positional = Some(word);
        // A `--` right behind the word goes with it.
        Ok(at + 1 + usize::from(self.kinds.get(at + 1) == Some(&Kind::Dashes)))
    }

    /// The words of a flag; `at` is the place after it. Gives the place after its words.
    fn flag(&mut self, index: usize, value: Option<String>, at: usize) -> Result<usize, Fail> {
        let Some(flag) = self.flags.get(index) else { return Ok(at) };
        if let Some(value) = value {
            if flag.takes == Takes::None {
                return Err(ignored(&flag.name, &value));
            }
            return self.store(index, flag, vec![value], at);
        }
        let follow = self.kinds.iter().skip(at).take_while(|kind| **kind == Kind::Word).count();
        let count = match flag.takes {
            Takes::None => 0,
            Takes::One if follow == 0 => {
                return Err(argument(&flag.name, "expected one argument"));
            }
            Takes::One | Takes::Maybe => follow.min(1),
            Takes::Any => follow,
        };
        let words = self.words.get(at..at + count).unwrap_or_default().to_vec();
        self.store(index, flag, words, at + count)
    }

    fn store(
        &mut self,
        index: usize,
        flag: &Flag,
        words: Vec<String>,
        next: usize,
    ) -> Result<usize, Fail> {
        for word in &words {
            flag.check.of(&flag.name, word)?;
            if !flag.choices.is_empty() {
                check_choice(&flag.name, flag.choices, word)?;
            }
        }
        if let Some(place) = self.parsed.values.get_mut(index) {
            *place = Some(words);
        }
        Ok(next)
    }

    fn check_required(&self) -> Result<(), Fail> {
        let pairs = self.flags.iter().zip(&self.parsed.values);
        let mut missing: Vec<&str> = pairs
            .filter(|(flag, value)| flag.required && value.is_none())
            .map(|(flag, _)| flag.name.as_str())
            .collect();
        if let (Positional::Choice(name, ..) | Positional::Word(name), true) =
            (self.positional, self.open)
        {
            missing.push(name);
        }
        if missing.is_empty() { Ok(()) } else { Err(required(&missing)) }
    }
}

#[inline(never)]
fn required(missing: &[&str]) -> Fail {
    let missing = missing.join(", ");
    Fail::usage(format_args!("the following arguments are required: {missing}"))
}

#[inline(never)]
fn ignored(name: &str, value: &str) -> Fail {
    let value = super::python::repr(value);
    argument(name, format_args!("ignored explicit argument {value}"))
}

impl Check {
    fn of(self, name: &str, word: &str) -> Result<(), Fail> {
        if self == Self::Text { Ok(()) } else { self.of_number(name, word) }
    }

    #[inline(never)]
    fn of_number(self, name: &str, word: &str) -> Result<(), Fail> {
        let (good, kind) = match self {
            Self::Text => return Ok(()),
            Self::Int => (super::python::int(word).is_some(), "int"),
            Self::Float => (super::python::float(word).is_some(), "float"),
        };
        if good {
            return Ok(());
        }
        let word = super::python::repr(word);
        Err(argument(name, format_args!("invalid {kind} value: {word}")))
    }
}

#[inline(never)]
fn argument(name: &str, message: impl std::fmt::Display) -> Fail {
    Fail::usage(format_args!("argument {name}: {message}"))
}

fn check_choice(name: &str, choices: &[&str], word: &str) -> Result<(), Fail> {
    if choices.contains(&word) { Ok(()) } else { Err(invalid_choice(name, choices, word)) }
}

#[inline(never)]
fn invalid_choice(name: &str, choices: &[&str], word: &str) -> Fail {
    let mut lines = vec!["Invalid choice, valid choices are:\n".to_owned()];
    for pair in choices.chunks(2) {
        let pair: Vec<String> = pair.iter().map(|choice| format!("{choice:<40}")).collect();
        lines.push(pair.join(" | "));
    }
    let meant = close_matches(word, choices.iter().copied());
    if !meant.is_empty() {
        let word = super::python::repr(word);
        lines.push(format!("\n\nInvalid choice: {word}, maybe you meant:\n"));
        lines.extend(meant.iter().map(|choice| format!("  * {choice}")));
    }
    argument(name, lines.join("\n"))
}
