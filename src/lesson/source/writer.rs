//! What every part of the compiler works with: the file, the names it may use, and where problems go.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::{Spanned, Value};

use super::names::Names;
use super::page::Chunk;
use super::{Problem, condition, html};
use crate::cloud::time::parse_duration;
use crate::lesson::model::{Condition, Html, Source};

/// Said of a line that does nothing.
pub(super) const EMPTY_LINE: &str = "an empty terminal line, expected a command";

/// Writes one file's parts into the model and collects what is wrong.
pub(super) struct Writer<'a> {
    pub(super) file: &'a str,
    pub(super) names: &'a Names,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Writer<'_> {
    /// Notes a problem.
    pub(super) fn fail(&mut self, line: u32, what: impl Into<String>) {
        self.problems.push(Problem { file: self.file.to_owned(), line, what: what.into() });
    }

    /// Reads TOML.
    pub(super) fn toml<T: DeserializeOwned>(&mut self, chunk: Chunk<'_>) -> Option<T> {
        match toml::from_str(chunk.text) {
            Ok(read) => Some(read),
            Err(error) => {
                let line = error.span().map_or(chunk.line, |span| chunk.line_at(span.start));
                let said =
                    ["u32", "u64"].iter().fold(error.message().to_owned(), |said, number| {
                        said.replace(
                            &format!("expected {number}"),
                            "expected a whole number from 0",
                        )
                    });
                self.fail(line, said);
                None
            }
        }
    }

    /// Prose to HTML.
    pub(super) fn blocks(&mut self, chunk: Chunk<'_>) -> Html {
        self.html(chunk.text, chunk.line, html::Form::Blocks)
    }

    /// A text of a TOML block to HTML without a paragraph around it.
    pub(super) fn inline(&mut self, text: &Spanned<String>, chunk: Chunk<'_>) -> Html {
        self.inline_at(text.get_ref(), chunk.line_at(text.span().start))
    }

    /// The same for a text whose line is known.
    pub(super) fn inline_at(&mut self, text: &str, line: u32) -> Html {
        self.html(text, line, html::Form::Inline)
    }

    /// A condition.
    pub(super) fn condition(
        &mut self,
        value: &Spanned<Value>,
        chunk: Chunk<'_>,
    ) -> Option<Condition> {
        match condition::condition(value.get_ref()) {
            Ok(condition) => Some(condition),
            Err(what) => {
                self.fail(chunk.line_at(value.span().start), what);
                None
            }
        }
    }

    /// A length of time in milliseconds.
    pub(super) fn duration(&mut self, text: &Spanned<String>, chunk: Chunk<'_>) -> Option<u64> {
        match parse_duration(text.get_ref()) {
            Ok(millis) => Some(millis),
            Err(what) => {
                self.fail(chunk.line_at(text.span().start), what);
                None
            }
        }
    }

    /// A source by its key.
    pub(super) fn source(&mut self, key: &Spanned<String>, chunk: Chunk<'_>) -> Option<Source> {
        let source = self.names.source(key.get_ref()).cloned();
        if source.is_none() {
            let what = format!("no source `{}`, expected a key of sources.toml", key.get_ref());
            self.fail(chunk.line_at(key.span().start), what);
        }
        source
    }

    /// Names of a list that must be among the known ones.
    pub(super) fn known(
        &mut self,
        names: &[Spanned<String>],
        chunk: Chunk<'_>,
        is_known: impl Fn(&str) -> bool,
        expected: &str,
    ) -> Vec<String> {
        for name in names.iter().filter(|name| !is_known(name.get_ref())) {
            let what = format!("unknown `{}`, expected {expected}", name.get_ref());
            self.fail(chunk.line_at(name.span().start), what);
        }
        let mut before = BTreeSet::new();
        for name in names.iter().filter(|name| !before.insert(name.get_ref())) {
            let what = format!("`{}` a second time, expected it once", name.get_ref());
            self.fail(chunk.line_at(name.span().start), what);
        }
        names.iter().map(|name| name.get_ref().clone()).collect()
    }

    /// A text that is shown as it is: a title, a name.
    pub(super) fn plain(&mut self, text: &Spanned<String>, chunk: Chunk<'_>) -> String {
        if text.get_ref().trim().is_empty() {
            self.fail(chunk.line_at(text.span().start), "an empty text, expected a few words");
        }
        text.get_ref().clone()
    }

    /// Terminal lines, without the blanks that TOML needs between two quotes.
    pub(super) fn lines(&mut self, lines: Vec<String>, at: u32) -> Vec<String> {
        let lines: Vec<String> = lines.into_iter().map(|line| line.trim().to_owned()).collect();
        if lines.iter().any(String::is_empty) {
            self.fail(at, EMPTY_LINE);
        }
        lines
    }

    fn html(&mut self, text: &str, line: u32, form: html::Form) -> Html {
        if text.trim().is_empty() {
            self.fail(line, "an empty text, expected a sentence");
        }
        let written = html::write(text, form, self.names);
        let chunk = Chunk { text, line };
        for (byte, what) in written.problems {
            self.fail(chunk.line_at(byte), what);
        }
        written.html
    }
}
