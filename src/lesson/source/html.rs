//! Markdown to HTML. Nothing passes that is not known: no HTML of the author's own, no picture, no strange link.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::names::Names;
use crate::lesson::model::{Html, Source};

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Paragraphs, lists, tables.
    Blocks,
    /// One sentence or several, without a paragraph around them.
    Inline,
}

/// The HTML, and what is wrong with the Markdown, each at its byte.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) html: Html,
    pub(super) problems: Vec<(usize, String)>,
}

/// Writes HTML.
///
/// Links: `[host](focus:instance/1)` points at a thing in the picture, `[task](term:task)` at the glossary,
/// `[step](lesson:ecs/first-task)` at a step; `[^key]` cites a source of sources.toml.
pub(super) fn write(text: &str, form: Form, names: &Names) -> Written {
    // `[^key]` has no definition in the lesson: the parser asks here what it links to.
    let cite = |link: BrokenLink<'_>| {
        let key = link.reference.strip_prefix('^')?;
        Some((CowStr::from(format!("source:{key}")), CowStr::from("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, Options::ENABLE_TABLES, Some(cite));
    let mut pass = Pass { names, problems: Vec::new(), inside: Inside::Text, wordless: false };
    let events: Vec<Event<'_>> = parser
        .into_offset_iter()
        .filter_map(|(event, range)| pass.event(event, &range))
        .filter(|event| form == Form::Blocks || !is_paragraph(event))
        .collect();
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    Written { html: Html(html.trim().to_owned()), problems: pass.problems }
}

fn is_paragraph(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph))
}

/// The link that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Text,
    /// A citation: its words are replaced.
    Citation,
    /// A button that points at the picture.
    Button,
    /// A link.
    Link,
}

struct Pass<'a> {
    names: &'a Names,
    problems: Vec<(usize, String)>,
    inside: Inside,
    /// Nothing stands in the open link yet.
    wordless: bool,
}

impl Pass<'_> {
    /// What becomes of one event of the parser.
    fn event<'e>(&mut self, event: Event<'e>, range: &Range<usize>) -> Option<Event<'e>> {
        let mut fail = |what: &str| self.problems.push((range.start, what.to_owned()));
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                fail("HTML in a lesson, expected Markdown");
                None
            }
            Event::Start(Tag::Image { .. }) => {
                fail("a picture in a lesson, expected a widget");
                None
            }
            Event::Start(Tag::Heading {
                level: level @ (HeadingLevel::H1 | HeadingLevel::H2),
                ..
            }) => {
                fail(&format!("a heading {level} inside a step, expected ### at most"));
                None
            }
            Event::Start(Tag::Link { dest_url, .. }) => Some(self.open(&dest_url, range.start)),
            Event::End(TagEnd::Link) => {
                if self.wordless && matches!(self.inside, Inside::Button | Inside::Link) {
                    fail("a link without words, expected [words](address)");
                }
                let end = match std::mem::replace(&mut self.inside, Inside::Text) {
                    Inside::Citation | Inside::Text => return None,
                    Inside::Button => "</button>",
                    Inside::Link => "</a>",
                };
                Some(Event::InlineHtml(end.into()))
            }
            _ if self.inside == Inside::Citation => None,
            event => {
                self.wordless &= !matches!(event, Event::Text(_) | Event::Code(_));
                Some(event)
            }
        }
    }

    fn open(&mut self, address: &str, at: usize) -> Event<'static> {
        let (scheme, rest) = address.split_once(':').unwrap_or(("", address));
        self.inside = Inside::Link;
        self.wordless = true;
        let html = match scheme {
            "focus" if is_focus(rest) => {
                self.inside = Inside::Button;
                format!("<button type=\"button\" class=\"focus\" data-focus=\"{rest}\">")
            }
            "term" if self.names.has_term(rest) => {
                format!("<a class=\"term\" data-term=\"{rest}\" href=\"#/glossary/{rest}\">")
            }
            "lesson" => format!("<a href=\"#/l/{}\">", escaped(rest)),
            "https" => format!("<a href=\"{}\" rel=\"noopener\">", escaped(address)),
            "source" => match self.names.source(rest) {
                Some(source) => {
                    self.inside = Inside::Citation;
                    citation(source)
                }
                None => {
                    self.refuse(at, &format!("no source `{rest}`, expected a key of sources.toml"))
                }
            },
            "term" => {
                self.refuse(at, &format!("no word `{rest}`, expected a key of glossary.toml"))
            }
            _ => self.refuse(
                at,
                &format!("a link to `{address}`, expected focus:kind/1, term:, lesson: or https:"),
            ),
        };
        Event::InlineHtml(html.into())
    }

    fn refuse(&mut self, at: usize, what: &str) -> String {
        self.problems.push((at, what.to_owned()));
        "<a>".to_owned()
    }
}

/// The citation of a source: the page, and the month in which it was read.
fn citation(source: &Source) -> String {
    let month = source.checked.get(..7).unwrap_or(&source.checked);
    format!(
        "<a class=\"source\" data-source=\"{id}\" href=\"{url}\" rel=\"noopener\" \
         title=\"{title}, checked {checked}\" aria-label=\"Source: {title}, checked {checked}\">\
         {month}</a>",
        id = escaped(&source.id),
        url = escaped(&source.url),
        title = escaped(&source.title),
        checked = escaped(&source.checked),
    )
}

/// `instance/1`: a kind and which of them, or its id.
pub(super) fn is_focus(target: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/' || c == ':';
    let parts = target.split_once('/');
    parts.is_some_and(|(kind, which)| !kind.is_empty() && !which.is_empty())
        && target.chars().all(allowed)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Written {
        write(text, Form::Blocks, &Names::default())
    }

    #[test]
    fn points_at_the_picture_with_a_button() {
        let written = blocks("The [host](focus:instance/1) is *full*.");
        assert_eq!(
            written.html.0,
            "<p>The <button type=\"button\" class=\"focus\" data-focus=\"instance/1\">host</button> \
             is <em>full</em>.</p>"
        );
        assert!(written.problems.is_empty());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (text, said) in [
            ("a <b>bold</b> word", "HTML in a lesson"),
            ("<script>alert(1)</script>", "HTML in a lesson"),
            ("[x](javascript:alert(1))", "a link to"),
            ("[x](focus:\"onclick=)", "a link to"),
            ("![x](y.png)", "a picture"),
            ("# Big", "a heading"),
            ("A task[^nowhere]", "no source `nowhere`"),
            ("[task](term:task)", "no word `task`"),
            ("[](https://example.com)", "a link without words"),
        ] {
            let problems = blocks(text).problems;
            assert!(problems.iter().any(|(_, what)| what.contains(said)), "{text}: {problems:?}");
        }
    }

    #[test]
    fn a_sentence_has_no_paragraph_around_it() {
        let written = write("Port `80` is **taken**", Form::Inline, &Names::default());
        assert_eq!(written.html.0, "Port <code>80</code> is <strong>taken</strong>");
    }
}
