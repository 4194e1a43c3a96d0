//! Requests on their way, over the chart: an edge each with dots that run along it, and their number as text. The stylesheet
//! moves them, so that a frame costs the program nothing; they stand still while time does.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::desk::Desk;
use crate::session::view::picture::Picture;
use crate::session::view::picture::flow::Flow;
use crate::session::view::picture::ink::Anchor;

/// All requests of a picture.
pub fn flow(desk: Desk, picture: Memo<Arc<Picture>>) -> AnyView {
    let keys = move || {
        let picture = picture.read();
        picture.all.flows.iter().map(|flow| flow.key.clone()).collect::<Vec<_>>()
    };
    view! {
        <g class="streams" class:still=move || !desk.clock.playing.get() aria-hidden="true">
            <For each=keys key=|key| key.clone() let:key>{edge(picture, key)}</For>
        </g>
    }
    .into_any()
}

/// One edge. What of it does not change keeps its place in the document, so that its dots run on.
fn edge(picture: Memo<Arc<Picture>>, key: String) -> AnyView {
    let found = Memo::new(move |_| {
        let picture = picture.read();
        picture.all.flows.iter().find(|flow| flow.key == key).cloned()
    });
    let of = move |read: fn(&Flow) -> String| {
        Memo::new(move |_| found.with(|found| found.as_ref().map(read)))
    };
    let path = of(|flow| flow.path.clone());
    let (place, head) =
        (of(|flow| format!("translate({} {})", flow.x, flow.y)), of(|flow| flow.head.clone()));
    let (class, says) = (of(|flow| flow.count.class()), of(|flow| flow.count.says()));
    let (x, y) = (of(|flow| flow.label.0.to_string()), of(|flow| flow.label.1.to_string()));
    let anchor = of(|flow| {
        let end = flow.label.2 == Anchor::End;
        (if end { "end" } else { "start" }).to_owned()
    });
    view! {
        <g class=class transform=place>
            <path class="edge" d=path/>
            <path class="edge" d=head/>
            <path class="dots" d=path/>
            <path class="lost" d=path/>
            <text x=x y=y text-anchor=anchor>{says}</text>
        </g>
    }
    .into_any()
}
