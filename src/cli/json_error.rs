//! What Python's `json` says of a text that is no JSON. Learners mistype JSON often, and the AWS CLI
//! passes Python's words and places on.

/// Why `text` is no JSON, as Python words it. None: Python would take it.
pub(super) fn explain(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut reader = Reader { letters: &letters, at: 0, depth: 0 };
    reader.skip_spaces();
    let found = reader.value().and_then(|()| {
        reader.skip_spaces();
        if reader.current().is_none() { Ok(()) } else { Err(("Extra data", reader.at)) }
    });
    let (message, at) = found.err()?;
    let before = letters.get(..at).unwrap_or(&letters);
    let line = 1 + before.iter().filter(|c| **c == '\n').count();
    let column = at - before.iter().rposition(|c| *c == '\n').map_or(0, |newline| newline + 1) + 1;
    Some(format!("{message}: line {line} column {column} (char {at})"))
}

/// What is wrong, and where.
type Wrong = (&'static str, usize);

/// Lists and objects inside each other, at most: what serde_json reads as well.
const DEPTH: usize = 127;

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn current(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while matches!(self.current(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<(), Wrong> {
        match self.current() {
            Some('"') => self.text(),
            Some('{' | '[') if self.depth >= DEPTH => Err(("Too deeply nested", self.at)),
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::list),
            Some('-' | '0'..='9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.depth += 1;
        self.at += 1;
        self.skip_spaces();
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn word(&mut self) -> Result<(), Wrong> {
        let rest: String = self.letters.iter().skip(self.at).take(5).collect();
        match ["true", "false", "null"].iter().find(|word| rest.starts_with(**word)) {
            Some(word) => {
                self.at += word.len();
                Ok(())
            }
            None => Err(("Expecting value", self.at)),
        }
    }

    fn object(&mut self) -> Result<(), Wrong> {
        if self.current() == Some('}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.current() != Some('"') {
                return Err(("Expecting property name enclosed in double quotes", self.at));
            }
            self.text()?;
            self.skip_spaces();
            if self.current() != Some(':') {
                return Err(("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_spaces();
            self.value()?;
            if self.ends('}')? {
                return Ok(());
            }
        }
    }

    fn list(&mut self) -> Result<(), Wrong> {
        if self.current() == Some(']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value()?;
            if self.ends(']')? {
                return Ok(());
            }
        }
    }

    /// A comma, or the end of what is being read.
    fn ends(&mut self, bracket: char) -> Result<bool, Wrong> {
        self.skip_spaces();
        let found = self.current();
        if found != Some(bracket) && found != Some(',') {
            return Err(("Expecting ',' delimiter", self.at));
        }
        self.at += 1;
        if found == Some(',') {
            self.skip_spaces();
        }
        Ok(found == Some(bracket))
    }

    fn number(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        let digit = |at: usize| self.letters.get(at).is_some_and(char::is_ascii_digit);
        let digits = |mut at: usize| {
            while digit(at) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(self.current() == Some('-'));
        if !digit(at) {
            return Err(("Expecting value", start));
        }
        at = if self.letters.get(at) == Some(&'0') { at + 1 } else { digits(at) };
        if self.letters.get(at) == Some(&'.') && digit(at + 1) {
            at = digits(at + 1);
        }
        if matches!(self.letters.get(at), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.letters.get(at + 1), Some('+' | '-')));
            if digit(at + 1 + sign) {
                at = digits(at + 1 + sign);
            }
        }
        self.at = at;
        Ok(())
    }

    fn text(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.current() {
                None => return Err(("Unterminated string starting at", start)),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => self.escape(start)?,
                Some(c) if c < ' ' => return Err(("Invalid control character at", self.at)),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<(), Wrong> {
        match self.letters.get(self.at + 1) {
            None => Err(("Unterminated string starting at", start)),
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.at += 2;
                Ok(())
            }
            Some('u') => {
                let code = self.letters.iter().skip(self.at + 2).take(4);
                if code.filter(|c| c.is_ascii_hexdigit()).count() < 4 {
                    return Err(("Invalid \\uXXXX escape", self.at + 1));
                }
                self.at += 6;
                Ok(())
            }
            Some(_) => Err(("Invalid \\escape", self.at)),
        }
    }
}
