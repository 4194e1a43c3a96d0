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
    let mut reader = Reader::of(line);
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
    let mut reader = Reader::of(line);
    reader.read().err()?;
    // What could not be read was read last.
    let (first, rest) = line.split_at_checked(reader.at)?;
    let (first, then) = (words(first.strip_suffix('|')?).ok()?, words(rest).ok()?);
    (!first.is_empty() && !then.is_empty()).then_some((first, then))
}

/// The commands of a script: lines, except where a quote or a `\` at the end carries on into the
/// next one. Comments and empty lines are left out.
pub fn commands(script: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), Some(script));
    while let Some(script) = rest {
        let (text, after) = script.split_at_checked(end_of_first(script)).unwrap_or((script, ""));
        rest = after.strip_prefix('\n');
        let text = text.trim();
        if !(text.is_empty() || words(text).is_ok_and(|words| words.is_empty())) {
            found.push(text);
        }
    }
    found
}

/// Where the first command of a script ends: before the newline that no quote and no `\` carries over. The first newline
/// after the most that a line may have ends it in any case.
fn end_of_first(script: &str) -> usize {
    let near = script.get(..script.floor_char_boundary(LINE_BYTES)).unwrap_or(script);
    end_within(near).unwrap_or_else(|| {
        let far = script.as_bytes().get(near.len()..).unwrap_or_default();
        let newline = far.iter().position(|byte| *byte == b'\n');
        newline.map_or(script.len(), |newline| near.len() + newline)
    })
}

fn end_within(script: &str) -> Option<usize> {
    let mut reader = Reader::of(script);
    let carried = |at: usize| script.get(..at).is_some_and(|text| text.ends_with('\\'));
    loop {
        let before = reader.at;
        match reader.next()? {
            '\n' if !carried(before) => return Some(before),
            // Only comments may follow, which open no quote.
            '\n' if reader.is_over() => break,
            '\n' => {}
            c => match reader.take(c) {
                Ok(()) => {}
                Err(OPEN_QUOTE) => return None,
                Err(_) => break,
            },
        }
    }
    let newlines = script.get(reader.at..)?.match_indices('\n');
    newlines.map(|(at, _)| reader.at + at).find(|at| !carried(*at))
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
    /// How many bytes were read.
    at: usize,
    words: Vec<String>,
    word: Option<String>,
}

impl<'a> Reader<'a> {
    fn of(line: &'a str) -> Self {
        Self { rest: line.chars().peekable(), at: 0, words: Vec::new(), word: None }
    }

    fn read(&mut self) -> Result<(), &'static str> {
        while let Some(c) = self.next() {
            if c == '\n' {
                self.only_comments_follow()?;
            } else {
                self.take(c)?;
            }
        }
        self.end_word();
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes a letter that is no newline, with what belongs to it.
    fn take(&mut self, c: char) -> Result<(), &'static str> {
        match c {
            c if c.is_whitespace() => self.end_word(),
            '#' if self.word.is_none() => {
                while self.rest.peek().is_some_and(|c| *c != '\n') {
                    self.next();
                }
            }
            '\\' => match self.next() {
                Some('\n') => {}
                Some(c) => self.push(c),
                None => self.push('\\'),
            },
            '\'' => return self.single_quoted(),
            '"' => return self.double_quoted(),
            '$' => return self.dollar(false),
            '|' | '&' | ';' | '<' | '>' => return Err(PIPE),
            '(' | ')' | '`' => return Err(SUBSHELL),
            c => self.push(c),
        }
        Ok(())
    }

    /// At a newline: the command has words, and ends there.
    fn is_over(&mut self) -> bool {
        self.end_word();
        !self.words.is_empty()
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    #[inline(never)]
    fn only_comments_follow(&mut self) -> Result<(), &'static str> {
        if !self.is_over() {
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
            match self.next() {
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
            match self.next().ok_or(OPEN_QUOTE)? {
                '"' => return Ok(()),
                '`' => return Err(BACKTICK),
                '$' => self.dollar(true)?,
                '\\' => match self.next().ok_or(OPEN_QUOTE)? {
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
                self.next();
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
            match self.next().ok_or(OPEN_QUOTE)? {
                '\'' => return Ok(()),
                '\\' => {
                    let c = self.next().ok_or(OPEN_QUOTE)?;
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
            self.next();
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same as [`commands`], by reading from the command's beginning at each newline.
    fn by_trying(script: &str) -> Vec<&str> {
        let (mut found, mut start) = (Vec::new(), 0);
        for (at, _) in script.match_indices('\n').chain([(script.len(), "")]) {
            let text = &script[start..at];
            let carries_on = text.ends_with('\\') || words(text) == Err(OPEN_QUOTE);
            if carries_on && at < script.len() {
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn commands_end_where_no_quote_is_open(script in r#"[ab '"\\\n\n#$|`]{0,24}"#) {
            prop_assert_eq!(commands(&script), by_trying(&script));
        }
    }

    /// Reading each line again from where the quote was opened would take hours.
    #[test]
    fn an_open_quote_is_read_once() {
        let script = format!("aws '{}", "\n".repeat(2_000_000));
        assert_eq!(commands(&script).len(), 1);
        let quoted = format!("echo '{}' | cat", "|".repeat(90_000));
        let lines = "\n".repeat(50_000) + &"a".repeat(4_000_000);
        assert_eq!(commands(&lines).len(), 1);
        assert_eq!(pipeline(&quoted).map(|(_, then)| then), Ok(vec!["cat".to_owned()]));
    }
}
