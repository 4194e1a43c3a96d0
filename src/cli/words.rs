//! A line becomes words, as bash would cut it: quotes, `\`, continued lines, comments and `$'…'`.
//!
//! What a shell would do beyond that (variables, command substitution, pipes, redirections) is no
//! part of this terminal; each is answered with one sentence.

use std::iter::Peekable;
use std::str::Chars;

/// The words of one command, none for an empty line or a comment. An error is a sentence.
pub(super) fn words(line: &str) -> Result<Vec<String>, &'static str> {
    if line.len() > LINE_BYTES {
        return Err(TOO_LONG);
    }
    let mut reader = Reader { rest: line.chars().peekable(), words: Vec::new(), word: None };
    reader.read()?;
    Ok(reader.words)
}

/// The words of a line that may be two commands, the second of which reads what the first writes.
pub(super) fn pipeline(line: &str) -> Result<(Vec<String>, Vec<String>), &'static str> {
    match words(line) {
        Err(PIPE) => two_commands(line).ok_or(PIPE),
        other => other.map(|words| (words, Vec::new())),
    }
}

#[inline(never)]
fn two_commands(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let cut = line.match_indices('|').map(|(at, _)| line.split_at(at));
    let cut = cut.map(|(first, rest)| (words(first), words(rest.get(1..).unwrap_or(""))));
    let both = cut.filter_map(|(first, then)| Some((first.ok()?, then.ok()?)));
    { both }.find(|(first, then)| !first.is_empty() && !then.is_empty())
}

/// The commands of a script: lines, except where a quote or a `\` at the end carries on into the
/// next one. Comments and empty lines are left out.
pub fn commands(script: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), 0);
    for (at, _) in script.match_indices('\n').chain([(script.len(), "")]) {
        let Some(text) = script.get(start..at) else { continue };
        let carries_on = text.ends_with('\\') || words(text) == Err(OPEN_QUOTE);
        if carries_on && at < script.len() && text.len() < LINE_BYTES {
            continue;
        }
        start = at + 1;
        let text = text.trim();
        if !(text.is_empty() || words(text).is_ok_and(|words| words.is_empty())) {
            found.push(text);
        }
    }
    found
}

/// The longest line. Chosen: a policy or a few task definitions fit many times.
const LINE_BYTES: usize = 100_000;

const TOO_LONG: &str = "The line is longer than 100,000 bytes.";
const OPEN_QUOTE: &str = "A quote is opened and not closed.";
pub(super) const PIPE: &str = "This terminal runs one command a line: pipes, `;`, `&` and redirections are not part \
     of it. `--query` picks values out of an answer.";
const SUBSHELL: &str =
    "`$(…)`, `(…)` and backticks run a command inside a command, which this terminal does not do.";
const BACKTICK: &str = "Inside double quotes a backtick starts a command in a real shell. Put the text \
     between single quotes.";
const VARIABLE: &str = "This terminal has no variables. Between single quotes a `$` is only a `$`.";
const TWO_COMMANDS: &str = "This terminal runs one command at a time.";

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    words: Vec<String>,
    word: Option<String>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), &'static str> {
        while let Some(c) = self.rest.next() {
            match c {
                '\n' => {
                    self.end_word();
                    self.only_comments_follow()?;
                }
                c if c.is_whitespace() => self.end_word(),
                '#' if self.word.is_none() => while self.rest.next_if(|c| *c != '\n').is_some() {},
                '\\' => match self.rest.next() {
                    Some('\n') => {}
                    Some(c) => self.push(c),
                    None => self.push('\\'),
                },
                '\'' => self.single_quoted()?,
                '"' => self.double_quoted()?,
                '$' => self.dollar(false)?,
                '|' | '&' | ';' | '<' | '>' => return Err(PIPE),
                '(' | ')' | '`' => return Err(SUBSHELL),
                c => self.push(c),
            }
        }
        self.end_word();
        Ok(())
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    #[inline(never)]
    fn only_comments_follow(&mut self) -> Result<(), &'static str> {
        if self.words.is_empty() {
            return Ok(());
        }
        let rest: String = self.rest.by_ref().collect();
        let comment =
            |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
        if rest.lines().all(comment) { Ok(()) } else { Err(TWO_COMMANDS) }
    }

    fn single_quoted(&mut self) -> Result<(), &'static str> {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('\'') => return Ok(()),
                Some(c) => self.push(c),
                None => return Err(OPEN_QUOTE),
            }
        }
    }

    #[inline(never)]
    fn double_quoted(&mut self) -> Result<(), &'static str> {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next().ok_or(OPEN_QUOTE)? {
                '"' => return Ok(()),
                '`' => return Err(BACKTICK),
                '$' => self.dollar(true)?,
                '\\' => match self.rest.next().ok_or(OPEN_QUOTE)? {
                    '\n' => {}
                    c @ ('"' | '\\' | '$' | '`') => self.push(c),
                    c => {
                        self.push('\\');
                        self.push(c);
                    }
                },
                c => self.push(c),
            }
        }
    }

    #[inline(never)]
    fn dollar(&mut self, quoted: bool) -> Result<(), &'static str> {
        match self.rest.peek() {
            Some('(') => Err(SUBSHELL),
            Some('\'') if !quoted => {
                self.rest.next();
                self.ansi_quoted()
            }
            // `$"…"` is a text to be translated: the same text here.
            Some('"') if !quoted => Ok(()),
            Some(c) if c.is_ascii_alphanumeric() || "_{?$!@*#-".contains(*c) => Err(VARIABLE),
            _ => {
                self.push('$');
                Ok(())
            }
        }
    }

    /// The rest of a `$'…'`.
    fn ansi_quoted(&mut self) -> Result<(), &'static str> {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next().ok_or(OPEN_QUOTE)? {
                '\'' => return Ok(()),
                '\\' => {
                    let c = self.rest.next().ok_or(OPEN_QUOTE)?;
                    self.escape(c);
                }
                c => self.push(c),
            }
        }
    }

    fn escape(&mut self, c: char) {
        let plain = match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '\\' | '\'' | '"' | '?' => c,
            'x' => return self.number(16, 2, 'x'),
            'u' => return self.number(16, 4, 'u'),
            'U' => return self.number(16, 8, 'U'),
            _ => {
                self.push('\\');
                c
            }
        };
        self.push(plain);
    }

    /// A character by its number; without digits the escape stands for itself.
    fn number(&mut self, radix: u32, most_digits: u32, letter: char) {
        let (mut code, mut digits) = (0_u32, 0);
        while digits < most_digits
            && let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(radix))
        {
            self.rest.next();
            code = code.wrapping_mul(radix).wrapping_add(digit);
            digits += 1;
        }
        if digits == 0 {
            self.push('\\');
            self.push(letter);
        } else {
            self.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}
