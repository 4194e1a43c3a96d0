//! The text of a step: prose, remarks, and words that point at things in the picture.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use super::desk::{Desk, Thing};
use super::dom::{El, View, el};
use super::question_view;
use super::workbench::Work;
use crate::cloud::rows::Kind;
use crate::lesson::model::{Block, Html, Mark, Note, Source};

/// Blocks in their order.
pub fn blocks(work: Work, blocks: &[Block]) -> View {
    let one = |block: &Block| match block {
        Block::Prose(html) => prose(html),
        Block::Predict(question) => question_view::card(work, question, true).into(),
        Block::Recall(question) => question_view::card(work, question, false).into(),
        Block::Note(remark) => note(remark).into(),
    };
    View::List(blocks.iter().map(one).collect())
}

/// A piece of a lesson's text. It was made from Markdown when the page was built, and holds nothing but known elements.
pub fn prose(html: &Html) -> View {
    el("div").class("text").html(html.0.clone()).into()
}

/// The same within a sentence.
pub fn inline(html: &str) -> View {
    el("span").html(html.to_owned()).into()
}

/// What can be read in a piece of a lesson's text, without its marks.
pub fn plain(html: &str) -> String {
    let element = document().create_element("p").ok();
    let text = element.and_then(|element| {
        element.set_inner_html(html);
        element.text_content()
    });
    text.unwrap_or_default()
}

/// A remark on where the model is simpler than AWS, or where AWS has changed.
fn note(note: &Note) -> El {
    let (mark, class) = match note.mark {
        Mark::Model => ("Simplified here", "note model-note"),
        Mark::Changed => ("Changed in AWS", "note changed-note"),
    };
    el("aside")
        .class(class)
        .is("aria-label", mark)
        .child(el("b").says(mark))
        .child(prose(&note.say))
        .child(note.source.as_ref().map(source))
}

/// Where a claim comes from, and when it was read.
pub fn source(source: &Source) -> View {
    let Source { title, url, checked, .. } = source.clone();
    let link = el("a").attr("href", url).is("target", "_blank").is("rel", "noopener").child(title);
    el("small").class("citation").child(link).child(format!(", read {checked}")).into()
}

/// Follows a click on a word that points at a thing in the picture.
pub fn follow_pointer(desk: Desk, event: &MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let word = target.and_then(|element| element.closest("[data-focus]").ok().flatten());
    let pointer = word.and_then(|word| word.get_attribute("data-focus"));
    if pointer.is_some_and(|pointer| !point_at(desk, &pointer)) {
        desk.notices.say("That is not there yet.");
    }
}

/// Selects the thing that a pointer such as `instance/1` means: a kind, and its place among those or its id; the newest is
/// `last`. False if there is no such thing.
pub fn point_at(desk: Desk, pointer: &str) -> bool {
    let found = desk.peek(|session| {
        let (word, which) = pointer.split_once('/').unwrap_or((pointer, "1"));
        let kind = *Kind::ALL.iter().find(|kind| kind.word() == word)?;
        let ids = kind.rows(session.cloud().account()).into_iter().filter_map(|row| {
            row.get(kind.id_member()).and_then(|id| id.as_str()).map(str::to_owned)
        });
        let ids: Vec<String> = ids.collect();
        let place = if which == "last" { Some(ids.len()) } else { which.parse().ok() };
        let by_place = place.and_then(|at: usize| ids.get(at.checked_sub(1)?));
        let id = by_place.or_else(|| ids.iter().find(|id| *id == which))?;
        Some(Thing { kind, id: id.clone() })
    });
    let is_there = found.is_some();
    if is_there {
        desk.selected.set(found);
        super::workbench::show_model();
    }
    is_there
}
