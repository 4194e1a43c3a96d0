//! The inspector: one thing as a form, as JSON, and why it is as it is.

use leptos::prelude::*;

use super::answer::{answer_view, jump, link_view};
use super::sight::{Sight, copy_button, tabs};
use crate::app::desk::{Desk, Thing};
use crate::app::dom::{View, el};
use crate::cloud::story::Tone;
use crate::session::view::inspect::form;
use crate::session::view::json::pretty;
use crate::session::view::placed::{HostLine, Search, search};
use crate::session::view::rows::Row;
use crate::session::view::why::{Moment, asks_why, why};

/// A side of a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Form,
    Json,
    Why,
}

const SIDES: &[(Side, &str)] = &[(Side::Form, "Form"), (Side::Json, "JSON"), (Side::Why, "Why?")];

/// The inspector of a desk.
pub fn inspector(desk: Desk) -> View {
    let sight = desk.sight.of_rows();
    // The learner's choice holds for the thing it was made for; what failed is first asked why.
    let choice = RwSignal::new(None::<(Thing, Side)>);
    let row = Memo::new(move |_| {
        let thing = desk.selected.get()?;
        let row = sight.with(|rows, _| rows.find(thing.kind.word(), &thing.id).cloned());
        Some((thing, row))
    });
    let side = Memo::new(move |_| {
        let Some((thing, row)) = row.get() else { return Side::Form };
        let chosen = choice.get().filter(|(of, _)| *of == thing);
        let failed = move || {
            let row = row?;
            desk.read(|session| asks_why(session.cloud(), thing.kind.word(), &row))
                .then_some(Side::Why)
        };
        chosen.map(|(_, side)| side).or_else(failed).unwrap_or(Side::Form)
    });
    let choose = move |side| choice.set(desk.selected.get_untracked().map(|thing| (thing, side)));
    let body = move || match row.get() {
        None => hint("Tap something in the chart to look at it."),
        Some((_, None)) => hint("It is not there at this moment."),
        Some((thing, Some(row))) => side_view(desk, sight, side.get(), &thing, &row).into(),
    };
    el("section")
        .class("inspector")
        .is("aria-label", "Inspector")
        .child(tabs("Sides", SIDES, side, choose))
        .child(el("div").class("inspector-body").child(body))
        .into()
}

fn hint(says: &'static str) -> View {
    el("p").class("hint").says(says).into()
}

#[inline(never)]
fn side_view(desk: Desk, sight: Sight, side: Side, thing: &Thing, row: &Row) -> AnyView {
    match side {
        Side::Form => form_view(desk, sight, thing, row),
        Side::Json => json_view(desk, row),
        Side::Why => why_view(desk, thing, row),
    }
}

fn form_view(desk: Desk, sight: Sight, thing: &Thing, row: &Row) -> AnyView {
    let start = desk.peek(|session| session.timeline().start());
    let form = sight.with(|_, names| form(thing.kind.word(), row, names, start));
    let field = |(name, value): (&'static str, String)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    };
    view! {
        <h2>{form.title}<small class="status-word">{form.status}</small></h2>
        <dl class="facts">{form.fields.into_iter().map(field).collect_view()}</dl>
    }
    .into_any()
}

fn json_view(desk: Desk, row: &Row) -> AnyView {
    let text = pretty(&row.json);
    view! {
        <div class="json">
            {copy_button(desk, text.clone())}
            <pre>{text}</pre>
        </div>
    }
    .into_any()
}

fn why_view(desk: Desk, thing: &Thing, row: &Row) -> AnyView {
    let why = desk.read(|session| why(session.cloud(), thing.kind.word(), row));
    let empty = why.moments.is_empty().then(|| {
        view! { <p class="hint">"Nothing has happened to it since it was made."</p> }
    });
    let answers = why.answers.into_iter().map(|answer| answer_view(desk, answer));
    let moments = why.moments.into_iter().map(|moment| moment_view(desk, moment));
    let search = desk.read(|session| search(session.cloud().account(), thing.kind.word(), row));
    view! {
        {answers.collect_view()}
        {search.map(|search| search_view(desk, search))}
        <h2>"What happened"</h2>
        {empty}
        <ol class="history">{moments.collect_view()}</ol>
    }
    .into_any()
}

/// Each instance against each requirement.
fn search_view(desk: Desk, search: Search) -> AnyView {
    let title = search.placed.then_some(view! { <h2>"Why it went there"</h2> });
    let heads = search.columns.iter().map(|name| view! { <th scope="col">{*name}</th> });
    let lines = search.lines.iter().cloned().map(host_line).collect_view();
    let says = search.lines.into_iter().flat_map(|line| {
        let name = line.name;
        line.says.into_iter().map(move |says| view! { <li><b>{name.clone()}</b>" "{says}</li> })
    });
    view! {
        <div class="search">
            {title}
            <div class="wide">
                <table class="verdict">
                    <caption>"Each host, each requirement"</caption>
                    <thead><tr><th scope="col">"Host"</th>{heads.collect_view()}</tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <ul class="says">{says.collect_view()}</ul>
            {jump(desk, search.at, "Go to the moment".to_owned())}
        </div>
    }
    .into_any()
}

fn host_line(line: HostLine) -> AnyView {
    let cells = line.cells.into_iter().map(|wrong| match wrong {
        None => view! { <td class="fits">"✓"</td> }.into_any(),
        Some(wrong) => view! { <td class="fails">{wrong}</td> }.into_any(),
    });
    let taken = line.chosen.then_some(view! { <small>" taken"</small> });
    view! { <tr><th scope="row">{line.name}{taken}</th>{cells.collect_view()}</tr> }.into_any()
}

fn moment_view(desk: Desk, moment: Moment) -> AnyView {
    let class = match moment.tone {
        Tone::Change => "change",
        Tone::Failure => "failure",
        Tone::Success => "success",
    };
    let because = moment.because.into_iter().map(|link| link_view(desk, link));
    view! {
        <li class=class>
            {jump(desk, moment.link.at, moment.link.text)}
            <ol class="because" aria-label="Because of">{because.collect_view()}</ol>
        </li>
    }
    .into_any()
}
