//! The tokens of an expression.

use serde_json::Value;

use super::SyntaxError;

/// What a token is. The names that error texts use are those of [`Kind::name`].
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Name(String),
    QuotedName(String),
    Literal(Value),
    Number(i64),
    Dot,
    Star,
    RightBracket,
    Comma,
    Colon,
    Current,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    Flatten,
    Filter,
    Or,
    Pipe,
    And,
    Reference,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    Not,
    End,
}

/// A token and where it starts, in characters.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
}

impl Kind {
    /// jmespath.py's name of the token and its text, for errors.
    pub(super) fn name(&self) -> (&'static str, String) {
        let (name, text) = match self {
            Self::Name(text) => return ("unquoted_identifier", text.clone()),
            Self::QuotedName(text) => return ("quoted_identifier", text.clone()),
            Self::Literal(value) => return ("literal", crate::cloud::api::python::text(value)),
            Self::Number(number) => return ("number", number.to_string()),
            Self::Dot => ("dot", "."),
            Self::Star => ("star", "*"),
            Self::RightBracket => ("rbracket", "]"),
            Self::Comma => ("comma", ","),
            Self::Colon => ("colon", ":"),
            Self::Current => ("current", "@"),
            Self::LeftParen => ("lparen", "("),
            Self::RightParen => ("rparen", ")"),
            Self::LeftBrace => ("lbrace", "{"),
            Self::RightBrace => ("rbrace", "}"),
            Self::LeftBracket => ("lbracket", "["),
            Self::Flatten => ("flatten", "[]"),
            Self::Filter => ("filter", "[?"),
            Self::Or => ("or", "||"),
            Self::Pipe => ("pipe", "|"),
            Self::And => ("and", "&&"),
            Self::Reference => ("expref", "&"),
            Self::Less => ("lt", "<"),
            Self::LessEqual => ("lte", "<="),
            Self::Greater => ("gt", ">"),
            Self::GreaterEqual => ("gte", ">="),
            Self::Equal => ("eq", "=="),
            Self::NotEqual => ("ne", "!="),
            Self::Not => ("not", "!"),
            Self::End => ("eof", ""),
        };
        (name, text.to_owned())
    }
}

/// Cuts an expression into tokens, the last of which is [`Kind::End`].
pub(super) fn tokens(expression: &str) -> Result<Vec<Token>, SyntaxError> {
    let letters: Vec<char> = expression.chars().collect();
    let mut lexer = Lexer { letters: &letters, at: 0 };
    let mut found = Vec::new();
    while let Some(c) = lexer.current() {
        let start = lexer.at;
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            lexer.at += 1;
            continue;
        }
        let kind = lexer.token(c)?;
        found.push(Token { kind, start });
    }
    found.push(Token { kind: Kind::End, start: letters.len() });
    Ok(found)
}

struct Lexer<'a> {
    letters: &'a [char],
    at: usize,
}

impl Lexer<'_> {
    fn current(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn token(&mut self, c: char) -> Result<Kind, SyntaxError> {
        let next = self.letters.get(self.at + 1).copied();
        let (kind, length) = match (c, next) {
            ('[', Some(']')) => (Kind::Flatten, 2),
            ('[', Some('?')) => (Kind::Filter, 2),
            ('|', Some('|')) => (Kind::Or, 2),
            ('&', Some('&')) => (Kind::And, 2),
            ('<', Some('=')) => (Kind::LessEqual, 2),
            ('>', Some('=')) => (Kind::GreaterEqual, 2),
            ('!', Some('=')) => (Kind::NotEqual, 2),
            ('=', Some('=')) => (Kind::Equal, 2),
            ('.', _) => (Kind::Dot, 1),
            ('*', _) => (Kind::Star, 1),
            (']', _) => (Kind::RightBracket, 1),
            (',', _) => (Kind::Comma, 1),
            (':', _) => (Kind::Colon, 1),
            ('@', _) => (Kind::Current, 1),
            ('(', _) => (Kind::LeftParen, 1),
            (')', _) => (Kind::RightParen, 1),
            ('{', _) => (Kind::LeftBrace, 1),
            ('}', _) => (Kind::RightBrace, 1),
            ('[', _) => (Kind::LeftBracket, 1),
            ('|', _) => (Kind::Pipe, 1),
            ('&', _) => (Kind::Reference, 1),
            ('<', _) => (Kind::Less, 1),
            ('>', _) => (Kind::Greater, 1),
            ('!', _) => (Kind::Not, 1),
            ('\'', _) => return self.raw_text(),
            ('`', _) => return self.literal(),
            ('"', _) => return self.quoted_name(),
            ('0'..='9' | '-', _) => return self.number(),
            ('a'..='z' | 'A'..='Z' | '_', _) => {
                return Ok(Kind::Name(self.run(|c| c.is_ascii_alphanumeric() || c == '_')));
            }
            ('=', _) => return Err(self.error(self.at, "Unknown token '='".to_owned())),
            (c, _) => return Err(self.error(self.at, format!("Unknown token {c}"))),
        };
        self.at += length;
        Ok(kind)
    }

    /// The current letter and those after it that are wanted.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let start = self.at;
        self.at += 1;
        while self.current().is_some_and(&wanted) {
            self.at += 1;
        }
        self.letters.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn number(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        let text = self.run(|c| c.is_ascii_digit());
        match text.parse() {
            Ok(number) => Ok(Kind::Number(number)),
            Err(_) => Err(self.error(start, format!("Unknown token '{text}'"))),
        }
    }

    /// What stands up to the closing delimiter; a `\` takes a letter with it.
    fn until(&mut self, delimiter: char) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut text = String::new();
        loop {
            self.at += 1;
            match self.current() {
                Some(c) if c == delimiter => break,
                Some('\\') => {
                    text.push('\\');
                    self.at += 1;
                    text.extend(self.current());
                }
                Some(c) => text.push(c),
                None => return Err(self.error(start, format!("Unclosed {delimiter} delimiter"))),
            }
        }
        self.at += 1;
        Ok(text)
    }

    fn raw_text(&mut self) -> Result<Kind, SyntaxError> {
        Ok(Kind::Literal(Value::from(self.until('\'')?.replace("\\'", "'"))))
    }

    /// JSON between backticks; what is no JSON is a text.
    fn literal(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        let text = self.until('`')?.replace("\\`", "`");
        let value = serde_json::from_str(&text)
            .or_else(|_| serde_json::from_str(&format!("\"{}\"", text.trim_start())))
            .map_err(|_| self.error(start, format!("Bad token {text}")))?;
        Ok(Kind::Literal(value))
    }

    fn quoted_name(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        let text = self.until('"')?;
        serde_json::from_str(&format!("\"{text}\""))
            .map(Kind::QuotedName)
            .map_err(|_| self.error(start, "Invalid \\escape".to_owned()))
    }

    fn error(&self, at: usize, message: String) -> SyntaxError {
        let expression: String = self.letters.iter().collect();
        SyntaxError::lexer(&message, &expression, at)
    }
}
