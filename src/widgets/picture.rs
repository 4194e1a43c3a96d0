//! The model: the picture of the account and, for those who would rather read, the same as tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::svg;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, SvgElement};

use super::flow;
use super::sight::{self, Sight};
use crate::app::desk::{self, Desk};
use crate::app::parts::segments;
use crate::cloud::limits::REGION;
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
pub fn picture(desk: Desk) -> AnyView {
    let sight = desk.sight.of_rows();
    let as_table = RwSignal::new(false);
    let shown = move || {
        if as_table.get() { all_tables(desk, sight) } else { chart(desk, sight) }
    };
    let two = Memo::new(move |_| desk.read(|session| session.branches().map(|two| two.in_second)));
    let caption = move || {
        let name = if two.get()? { "Second branch" } else { "First branch" };
        Some(view! { <span class="model-branch">{name}", yours now"</span> })
    };
    view! {
        <div class="model" class:two=move || two.get().is_some()>
            <div class="model-head">
                {segments(
                    "Model as",
                    &[(false, "Chart"), (true, "Table")],
                    move || as_table.get(),
                    move |table| as_table.set(table),
                )}
                <span class="model-where">{REGION}</span>
                {caption}
                {rate(desk)}
            </div>
            <div class="panes">
                {shown}
                {move || two.get().map(|in_second| beside(desk, in_second))}
            </div>
        </div>
    }
    .into_any()
}

/// What an hour costs, where the cost meter is at hand; a tap opens it.
fn rate(desk: Desk) -> Option<AnyView> {
    let named = |session: &Session| match session.current() {
        Some(step) => {
            step.task.as_ref().is_some_and(|task| task.widgets.iter().any(|name| name == "cost"))
        }
        None => true,
    };
    desk.peek(named).then(|| {
        let hour = move || {
            desk.read(|session| format!("{} / h", dollars(session.cloud().account().bill.rate_of_all())))
        };
        view! {
            <button class="linklike model-rate" aria-label=move || format!("Cost: {}", hour()) on:click=move |_| desk.tool.set(Some("cost"))>
                {hour}
            </button>
        }
        .into_any()
    })
}

// ---- the chart

fn chart(desk: Desk, sight: Sight) -> AnyView {
    let frame = NodeRef::<html::Div>::new();
    let width = sight::width_of(frame, UNMEASURED);
    let open = RwSignal::new(BTreeSet::new());
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
    let paper = NodeRef::<svg::Svg>::new();
    let tap = move |thing: &Thing| tapped(desk, open, &thing.tap, thing.kind, &thing.id);
    let walk = move |event: KeyboardEvent, at: usize| {
        let to = Way::of_key(&event.key()).and_then(|way| picture.read_untracked().step(at, way));
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
    view! {
        <div class="model-body" node_ref=frame>
            <svg class="picture" node_ref=paper viewBox=view_box role="group" aria-label="Chart">
                <defs>
                    <pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
                        <path class="hatch" d="M0 0V6"/>
                    </pattern>
                </defs>
                <g aria-hidden="true">{move || inks(&picture.read().all.ink)}</g>
                <For each=keys key=|key| key.clone() let:key>
                    {thing_view(desk, picture, key, tap, walk)}
                </For>
                {flow::flow(desk, picture)}
            </svg>
        </div>
    }
    .into_any()
}

/// The branch that is not at work, to look at only.
fn beside(desk: Desk, in_second: bool) -> AnyView {
    let frame = NodeRef::<html::Div>::new();
    let width = sight::width_of(frame, UNMEASURED);
    let name = if in_second { "First branch" } else { "Second branch" };
    let picture = Memo::new(move |_| {
        desk.read(|session| {
            let two = session.branches()?;
            let cloud = if in_second { two.first } else { two.second };
            let (account, start) = (cloud.account(), session.timeline().start());
            let (rows, names) = (Rows::of(account), Names::of(account));
            let (refused, requests, open) =
                (&refused(account, start), &Requests::default(), &BTreeSet::new());
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
            let place = format!("translate({} {})", thing.x, thing.y);
            let class = format!("thing {} {}", thing.kind, thing.tone.class());
            view! { <g class=class transform=place>{inks(&thing.art)}</g> }
        });
        Some(view! {
            <svg class="picture" viewBox=view_box role="img" aria-label=spoken>
                <g>{inks(&picture.all.ink)}</g>
                {things.collect_view()}
            </svg>
        })
    };
    view! {
        <div class="model-body beside" node_ref=frame>
            <p class="model-branch">{name}</p>
            {drawn}
        </div>
    }
    .into_any()
}

/// One thing: a button with a place, which it keeps in the document while it moves on the chart.
fn thing_view(
    desk: Desk,
    picture: Memo<Arc<Picture>>,
    key: String,
    tap: impl Fn(&Thing) + Copy + Send + Sync + 'static,
    walk: impl Fn(KeyboardEvent, usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
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
        selected.as_ref().is_some_and(is).to_string()
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
    view! {
        <g
            class=of(|thing| format!("thing {} {}", thing.kind, thing.tone.class()))
            style:transform=of(|thing| format!("translate({}px, {}px)", thing.x, thing.y))
        >
            {move || art.get().map(|(_, _, art)| {
                view! { <g class="art" aria-hidden="true">{inks(&art)}</g> }
            })}
            // The button lies over the drawing and has none of its words: its name says all of them as a sentence.
            <g
                class="press"
                role="button"
                tabindex="0"
                aria-label=of(|thing| thing.spoken.clone())
                aria-pressed=pressed
                data-kind=of(|thing| thing.kind.to_owned())
                data-id=of(|thing| thing.id.clone())
                data-status=of(|thing| thing.status.clone())
                on:click=move |_| tap()
                on:keydown=keydown
            >
                {move || art.get().map(|(width, height, _)| {
                    view! { <rect class="hit" width=width height=height rx="3"/> }
                })}
            </g>
        </g>
    }
}

fn inks(inks: &[Ink]) -> Vec<AnyView> {
    inks.iter().map(ink).collect()
}

fn ink(ink: &Ink) -> AnyView {
    let class = ink.style.class();
    match &ink.mark {
        Mark::Path(path) => {
            let place = format!("translate({} {})", ink.x, ink.y);
            view! { <path class=class transform=place d=path.clone()/> }.into_any()
        }
        Mark::Words(words, anchor) => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            view! { <text class=class x=ink.x y=ink.y text-anchor=anchor>{words.clone()}</text> }
                .into_any()
        }
    }
}

fn tapped(desk: Desk, open: RwSignal<BTreeSet<String>>, tap: &Tap, kind: &str, id: &str) {
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

fn focus_nth(paper: &SvgElement, at: usize) {
    let things = paper.query_selector_all(".press").ok();
    let at = u32::try_from(at).unwrap_or(0);
    let thing = things.and_then(|things| things.item(at));
    // A focusable SVG element has the same methods as an HTML element.
    if let Some(thing) = thing {
        let _ = thing.unchecked_into::<HtmlElement>().focus();
    }
}

// ---- the tables

fn all_tables(desk: Desk, sight: Sight) -> AnyView {
    let start = desk.peek(|session| session.timeline().start());
    let found = Memo::new(move |_| sight.with(|rows, names| tables(rows, names, start)));
    view! {
        <div class="model-body model-tables">
            {move || found.get().into_iter().map(|table| table_view(desk, table)).collect_view()}
        </div>
    }
    .into_any()
}

fn table_view(desk: Desk, table: Table) -> AnyView {
    let kind = table.kind;
    let heads = table.columns.iter().map(|name| view! { <th scope="col">{*name}</th> });
    let lines = table.lines.into_iter().map(|line| line_view(desk, kind, line));
    view! {
        <div class="wide">
            <table class="rows">
                <caption>{table.caption}</caption>
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line_view(desk: Desk, kind: &'static str, line: Line) -> AnyView {
    let mut cells = line.cells.into_iter();
    let name = cells.next().unwrap_or_default();
    let cells = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
    let id = line.id.clone();
    let pick = move |_| sight::select(desk, kind, &id);
    view! {
        <tr data-kind=kind data-id=line.id data-status=line.status>
            <th scope="row"><button class="linklike" on:click=pick>{name}</button></th>
            {cells}
        </tr>
    }
    .into_any()
}
