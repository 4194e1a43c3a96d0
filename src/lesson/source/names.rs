//! The names that lessons may use: words of the glossary, sources, points of the syllabus.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::house::{links_to_steps, no_step};
use super::page::{Chunk, is_id};
use super::text::{SourceText, TermText};
use super::writer::Writer;
use super::{Course, File, Problem};
use crate::lesson::model::{Point, Source, Term};

/// The names that lessons may use, read from the files beside them.
#[derive(Debug, Default)]
pub struct Names {
    glossary_file: String,
    glossary_text: String,
    terms: BTreeMap<String, Spanned<TermText>>,
    sources: BTreeMap<String, Source>,
    points: Vec<Point>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyllabusText {
    point: Vec<Point>,
}

impl Names {
    /// Reads the glossary, the sources and the syllabus.
    pub(super) fn read(
        glossary: &File,
        sources: &File,
        syllabus: &File,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let none = Self::default();
        let reader = |file: &File| Reader { file: file.clone(), names: &none };
        let (glossary, sources, syllabus) = (reader(glossary), reader(sources), reader(syllabus));
        Self {
            terms: glossary.terms(problems),
            sources: sources.sources(problems),
            points: syllabus.points(problems),
            glossary_file: glossary.file.name,
            glossary_text: glossary.file.text,
        }
    }

    /// A source by its key.
    pub(super) fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }

    /// Whether the glossary has a word.
    pub(super) fn has_term(&self, id: &str) -> bool {
        self.terms.contains_key(id)
    }

    /// Whether the syllabus has a point.
    pub(super) fn has_point(&self, id: &str) -> bool {
        self.points.iter().any(|point| point.id == id)
    }

    /// The points of the syllabus.
    pub(super) fn points(&self) -> Vec<Point> {
        self.points.clone()
    }

    /// The glossary, once the lessons that teach its words are known.
    pub(super) fn glossary(&self, course: &Course, problems: &mut Vec<Problem>) -> Vec<Term> {
        let chunk = Chunk { text: &self.glossary_text, line: 1 };
        let mut writer = Writer { file: &self.glossary_file, names: self, problems };
        let mut terms = Vec::new();
        for (id, entry) in &self.terms {
            let term = entry.get_ref();
            let is_step = |place: &str| course.has_step(place);
            let say = writer.inline(&term.say, chunk);
            for place in links_to_steps(&say.0).filter(|place| !course.has_step(place)) {
                writer.fail(chunk.line_at(term.say.span().start), no_step(place));
            }
            terms.push(Term {
                id: id.clone(),
                name: writer.plain(&term.name, chunk),
                say,
                taught: writer.known(&term.taught, chunk, is_step, "a step as `lesson/step`"),
                source: term.source.as_ref().and_then(|key| writer.source(key, chunk)),
            });
        }
        terms
    }
}

/// One of the shared files.
struct Reader<'a> {
    file: File,
    names: &'a Names,
}

impl Reader<'_> {
    fn chunk(&self) -> Chunk<'_> {
        Chunk { text: &self.file.text, line: 1 }
    }

    fn writer<'b>(&'b self, problems: &'b mut Vec<Problem>) -> Writer<'b> {
        Writer { file: &self.file.name, names: self.names, problems }
    }

    fn terms(&self, problems: &mut Vec<Problem>) -> BTreeMap<String, Spanned<TermText>> {
        let mut writer = self.writer(problems);
        let terms: BTreeMap<String, Spanned<TermText>> =
            writer.toml(self.chunk()).unwrap_or_default();
        for (id, term) in terms.iter().filter(|(id, _)| !is_id(id)) {
            let line = self.chunk().line_at(term.span().start);
            writer.fail(line, format!("`{id}` is no id, expected letters, digits, hyphens"));
        }
        terms
    }

    fn sources(&self, problems: &mut Vec<Problem>) -> BTreeMap<String, Source> {
        let mut writer = self.writer(problems);
        let texts: BTreeMap<String, SourceText> = writer.toml(self.chunk()).unwrap_or_default();
        let mut sources = BTreeMap::new();
        for (id, text) in texts {
            let line = |value: &Spanned<String>| self.chunk().line_at(value.span().start);
            if !text.url.get_ref().starts_with("https://") {
                writer.fail(line(&text.url), "no address, expected https://…");
            }
            if !is_date(text.checked.get_ref()) {
                writer.fail(line(&text.checked), "no date, expected one such as 2026-11-22");
            }
            let (url, checked) = (text.url.into_inner(), text.checked.into_inner());
            let title = writer.plain(&text.title, self.chunk());
            sources.insert(id.clone(), Source { id, title, url, checked });
        }
        sources
    }

    fn points(&self, problems: &mut Vec<Problem>) -> Vec<Point> {
        let mut writer = self.writer(problems);
        let read: Option<SyllabusText> = writer.toml(self.chunk());
        let points = read.map_or_else(Vec::new, |syllabus| syllabus.point);
        let mut before = BTreeSet::new();
        for point in &points {
            if !is_id(&point.id) || point.say.trim().is_empty() {
                writer.fail(1, format!("point `{}`, expected an id and a sentence", point.id));
            }
            if !before.insert(&point.id) {
                writer.fail(1, format!("a second point `{}`, expected one", point.id));
            }
        }
        points
    }
}

fn is_date(text: &str) -> bool {
    let shape = |at: usize, c: char| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() };
    let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u32>().ok());
    text.len() == 10
        && text.chars().enumerate().all(|(at, c)| shape(at, c))
        && number(5).is_some_and(|month| (1..=12).contains(&month))
        && number(8).is_some_and(|day| (1..=31).contains(&day))
}
