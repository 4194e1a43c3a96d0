//! The model: the picture of the account and, for those who would rather read, the same as tables.
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::flow;
use super::sight::{self, Sight};
use crate::app::desk::{self, Desk};
use crate::app::dom::{El, Spot, View, el, rows, svg};
use crate::app::parts::{segments, yes};
use crate::cloud::limits::REGION;
use crate::cloud::map;
use crate::session::Session;
use crate::session::view::cost::dollars;
use crate::session::view::picture::ink::{Anchor, Ink, Mark};
use crate::session::view::picture::{
    LEAST, Names, Picture, Requests, Scene, Tap, Thing, Way, ghosts,
};
use crate::session::view::placed::refused;
use crate::session::view::rows::Rows;
use crate::session::view::table::{Line, Table, tables};

/// The picture's width before it was measured.
const UNMEASURED: i32 = 640;

/// The model of the account that the desk works on.
pub fn picture(desk: Desk) -> View {
    let sight = desk.sight.of_rows();
    let as_table = RwSignal::new(false);
    let shown = move || {
        if as_table.get() { all_tables(desk, sight) } else { chart(desk, sight) }
    };
    let two = Memo::new(move |_| desk.read(|session| session.branches().is_some()));
    let in_second = Memo::new(move |_| {
        desk.read(|session| session.branches().is_some_and(|two| two.in_second))
    });
    let caption = move || {
        let name = if in_second.get() { "Second branch" } else { "First branch" };
        two.get().then(|| el("span").class("model-branch").says(name).says(", yours now"))
    };
    let side = segments(
        "Model as",
        &[(false, "Chart"), (true, "Table")],
        move || as_table.get(),
        move |table| as_table.set(table),
    );
    let head = el("div")
        .class("model-head")
        .child(side)
        .child(el("span").class("model-where").says(REGION))
        .child(caption)
        .child(rate(desk));
    let panes = el("div")
        .class("panes")
        .child(shown)
        .child(move || two.get().then(|| beside(desk, in_second.get())));
    el("div").class("model").class_if("two", move || two.get()).child(head).child(panes).into()
}

/// What an hour costs, where the cost meter is at hand; a tap opens it.
fn rate(desk: Desk) -> Option<El> {
    let named = |session: &Session| match session.current() {
        Some(step) => {
            step.task.as_ref().is_some_and(|task| task.widgets.iter().any(|name| name == "cost"))
        }
        None => true,
    };
    let hour = move || {
        desk.read(|session| {
            format!("{} / h", dollars(session.cloud().account().bill.rate_of_all()))
        })
    };
    desk.peek(named).then(|| {
        el("button")
            .class("linklike model-rate")
            .attr("aria-label", move || format!("Cost: {}", hour()))
            .press(move || desk.tool.set(Some("cost")))
            .child(hour)
    })
}

// ---- the chart

fn chart(desk: Desk, sight: Sight) -> El {
    let frame = Spot::new_local(None);
    let width = sight::width_of(frame, UNMEASURED);
    let open = RwSignal::new(map::Set::new());
    let besides = Memo::new(move |_| {
        desk.read(|session| {
            let (account, start) = (session.cloud().account(), session.timeline().start());
            (ghosts(session), refused(account, start), Requests::of(account))
        })
    });
    let picture = Memo::new(move |_| {
        sight.with(|rows, names| {
            let open = open.read();
            let besides = besides.read();
            let (ghosts, refused, requests) = &*besides;
            let scene = Scene { rows, names, refused, ghosts, requests, open: &open };
            Arc::new(Picture::draw(&scene, width.get().max(LEAST)))
        })
    });
    let paper = Spot::new_local(None);
    let tap = move |thing: &Thing| tapped(desk, open, &thing.tap, thing.kind, &thing.id);
    let walk = move |event: KeyboardEvent, at: usize| {
        let to = next_to(picture, &event.key(), at);
        if let (Some(to), Some(paper)) = (to, paper.get_untracked()) {
            event.prevent_default();
            focus_nth(&paper, to);
        }
    };
    let keys = move || {
        let picture = picture.read();
        picture.all.things.iter().map(Thing::key).collect::<Vec<_>>()
    };
    let view_box = move || {
        let picture = picture.read();
        format!("0 0 {} {}", picture.all.width, picture.all.height)
    };
    let hatch = svg("pattern")
        .is("id", "hatch")
        .is("width", "6")
        .is("height", "6")
        .is("patternTransform", "rotate(45)")
        .is("patternUnits", "userSpaceOnUse")
        .child(svg("path").class("hatch").is("d", "M0 0V6"));
    let ink = svg("g").is("aria-hidden", "true").child(move || inks(&picture.read().all.ink));
    let thing =
        move |_: usize, key: &str| thing_view(desk, picture, key.to_owned(), tap, walk).into();
    let drawing = svg("svg")
        .class("picture")
        .at(paper)
        .attr("viewBox", view_box)
        .is("role", "group")
        .is("aria-label", "Chart")
        .child(svg("defs").child(hatch))
        .child(ink)
        .child(rows(keys, thing))
        .child(flow::flow(desk, picture));
    el("div").class("model-body").at(frame).child(drawing)
}

/// The branch that is not at work, to look at only.
#[inline(never)]
fn beside(desk: Desk, in_second: bool) -> El {
    let frame = Spot::new_local(None);
    let width = sight::width_of(frame, UNMEASURED);
    let name = if in_second { "First branch" } else { "Second branch" };
    let picture = Memo::new(move |_| {
        desk.read(|session| {
            let two = session.branches()?;
            let cloud = if in_second { two.first } else { two.second };
            let (account, start) = (cloud.account(), session.timeline().start());
            let (rows, names) = (Rows::of(account), Names::of(account));
            let (refused, requests, open) =
                (&refused(account, start), &Requests::default(), &map::Set::new());
            let scene = Scene { rows: &rows, names: &names, refused, ghosts: &[], requests, open };
            Some(Arc::new(Picture::draw(&scene, width.get().max(LEAST))))
        })
    });
    let drawn = move || {
        let picture = picture.get()?;
        let spoken = picture.all.things.iter().map(|thing| thing.spoken.as_str());
        let spoken = format!("{name}: {}", spoken.collect::<Vec<_>>().join("; "));
        let view_box = format!("0 0 {} {}", picture.all.width, picture.all.height);
        let things = picture.all.things.iter().map(|thing| {
            svg("g")
                .attr("class", format!("thing {} {}", thing.kind, thing.tone.class()))
                .attr("transform", format!("translate({} {})", thing.x, thing.y))
                .child(inks(&thing.art))
        });
        let drawing = svg("svg")
            .class("picture")
            .attr("viewBox", view_box)
            .is("role", "img")
            .attr("aria-label", spoken)
            .child(svg("g").child(inks(&picture.all.ink)));
        Some(drawing.child(things.collect::<Vec<_>>()))
    };
    el("div")
        .class("model-body beside")
        .at(frame)
        .child(el("p").class("model-branch").says(name))
        .child(drawn)
}

/// One thing: a button with a place, which it keeps in the document while it moves on the chart.
fn thing_view(
    desk: Desk,
    picture: Memo<Arc<Picture>>,
    key: String,
    tap: impl Fn(&Thing) + Copy + Send + Sync + 'static,
    walk: impl Fn(KeyboardEvent, usize) + Copy + Send + Sync + 'static,
) -> El {
    let found = Memo::new(move |_| {
        let picture = picture.read();
        let mut things = picture.all.things.iter().enumerate();
        things.find(|(_, thing)| thing.is(&key)).map(|(at, thing)| (at, thing.clone()))
    });
    let of = move |read: fn(&Thing) -> String| {
        move || found.with(|found| found.as_ref().map(|(_, thing)| read(thing)))
    };
    let art = Memo::new(move |_| {
        found.with(|found| {
            found.as_ref().map(|(_, thing)| (thing.width, thing.height, thing.art.clone()))
        })
    });
    let tap = move || found.with_untracked(|found| found.iter().for_each(|(_, thing)| tap(thing)));
    let pressed = move || {
        let selected = desk.selected.read();
        let is = |thing: &desk::Thing| {
            found.with(|found| {
                let found = found.as_ref().map(|(_, thing)| thing);
                found.is_some_and(|it| it.kind == thing.kind.word() && it.id == thing.id)
            })
        };
        yes(selected.as_ref().is_some_and(is))
    };
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" | " " => {
            event.prevent_default();
            tap();
        }
        _ => {
            if let Some(at) = found.with_untracked(|found| found.as_ref().map(|(at, _)| *at)) {
                walk(event, at);
            }
        }
    };
    let drawn = move || {
        let art = art.read();
        art.as_ref()
            .map(|(_, _, art)| svg("g").class("art").is("aria-hidden", "true").child(inks(art)))
    };
    let hit = move || {
        let art = art.read();
        art.as_ref().map(|(width, height, _)| {
            let rect = svg("rect").class("hit").attr("width", *width);
            rect.attr("height", *height).is("rx", "3")
        })
    };
    // The button lies over the drawing and has none of its words: its name says all of them as a sentence.
    let press = svg("g")
        .class("press")
        .is("role", "button")
        .is("tabindex", "0")
        .attr("aria-label", of(|thing| thing.spoken.clone()))
        .attr("aria-pressed", pressed)
        .attr("data-kind", of(|thing| thing.kind.to_owned()))
        .attr("data-id", of(|thing| thing.id.clone()))
        .attr("data-status", of(|thing| thing.status.clone()))
        .press(tap)
        .on("keydown", keydown)
        .child(hit);
    svg("g")
        .attr("class", of(|thing| format!("thing {} {}", thing.kind, thing.tone.class())))
        .style("transform", of(|thing| format!("translate({}px, {}px)", thing.x, thing.y)))
        .child(drawn)
        .child(press)
}

fn inks(inks: &[Ink]) -> Vec<El> {
    inks.iter().map(ink).collect()
}

fn ink(ink: &Ink) -> El {
    let class = ink.style.class();
    match &ink.mark {
        Mark::Path(path) => {
            let place = format!("translate({} {})", ink.x, ink.y);
            svg("path").class(class).attr("transform", place).attr("d", path.clone())
        }
        Mark::Words(words, anchor) => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let text = svg("text").class(class).attr("x", ink.x).attr("y", ink.y);
            text.is("text-anchor", anchor).child(words.clone())
        }
    }
}

/// What an arrow key leads to.
#[inline(never)]
fn next_to(picture: Memo<Arc<Picture>>, key: &str, at: usize) -> Option<usize> {
    Way::of_key(key).and_then(|way| picture.read_untracked().step(at, way))
}

fn tapped(desk: Desk, open: RwSignal<map::Set<String>>, tap: &Tap, kind: &str, id: &str) {
    match tap {
        Tap::Select => sight::select(desk, kind, id),
        Tap::Look(kind, id) => sight::select(desk, kind, id),
        Tap::Toggle(name) => open.update(|open| {
            if !open.remove(name) {
                open.insert(name.clone());
            }
        }),
        Tap::Goal(goal) => sight::show_goal(goal),
    }
}

fn focus_nth(paper: &Element, at: usize) {
    let things = paper.query_selector_all(".press").ok();
    let at = u32::try_from(at).unwrap_or(0);
    let thing = things.and_then(|things| things.item(at));
    // A focusable SVG element has the same methods as an HTML element.
    if let Some(thing) = thing {
        let _ = thing.unchecked_into::<HtmlElement>().focus();
    }
}

// ---- the tables

#[inline(never)]
fn all_tables(desk: Desk, sight: Sight) -> El {
    let start = desk.peek(|session| session.timeline().start());
    let found = Memo::new(move |_| sight.with(|rows, names| tables(rows, names, start)));
    let all =
        move || found.get().into_iter().map(|table| table_view(desk, table)).collect::<Vec<_>>();
    el("div").class("model-body model-tables").child(all)
}

fn table_view(desk: Desk, table: Table) -> El {
    let kind = table.kind;
    let heads = table.columns.iter().map(|name| el("th").is("scope", "col").says(name));
    let heads = el("tr").child(heads.collect::<Vec<_>>());
    let lines = table.lines.into_iter().map(|line| line_view(desk, kind, line));
    let table = el("table")
        .class("rows")
        .child(el("caption").child(table.caption))
        .child(el("thead").child(heads))
        .child(el("tbody").child(lines.collect::<Vec<_>>()));
    el("div").class("wide").child(table)
}

fn line_view(desk: Desk, kind: &'static str, line: Line) -> El {
    let mut cells = line.cells.into_iter();
    let name = cells.next().unwrap_or_default();
    let cells = cells.map(|cell| el("td").child(cell));
    let id = line.id.clone();
    let pick = el("button").class("linklike").press(move || sight::select(desk, kind, &id));
    el("tr")
        .is("data-kind", kind)
        .attr("data-id", line.id)
        .attr("data-status", line.status)
        .child(el("th").is("scope", "row").child(pick.child(name)))
        .child(cells.collect::<Vec<_>>())
}
