//! Requests on their way, over the chart: an edge each with dots that run along it, and their number as text. The stylesheet
//! moves them, so that a frame costs the program nothing; they stand still while time does.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::desk::Desk;
use crate::app::dom::{El, rows, svg};
use crate::session::view::picture::Picture;
use crate::session::view::picture::flow::Flow;
use crate::session::view::picture::ink::Anchor;

/// All requests of a picture.
pub fn flow(desk: Desk, picture: Memo<Arc<Picture>>) -> El {
    let keys = move || {
        let picture = picture.read();
        picture.all.flows.iter().map(|flow| flow.key.clone()).collect::<Vec<_>>()
    };
    svg("g")
        .class("streams")
        .class_if("still", move || !desk.clock.playing.get())
        .is("aria-hidden", "true")
        .child(rows(keys, move |_, key| edge(picture, key.to_owned()).into()))
}

/// One edge. What of it does not change keeps its place in the document, so that its dots run on.
fn edge(picture: Memo<Arc<Picture>>, key: String) -> El {
    let found = Memo::new(move |_| {
        let picture = picture.read();
        picture.all.flows.iter().find(|flow| flow.key == key).cloned()
    });
    let of = move |read: fn(&Flow) -> String| move || found.with(|found| found.as_ref().map(read));
    let path = |class| svg("path").class(class);
    let anchor = of(|flow| {
        let end = flow.label.2 == Anchor::End;
        (if end { "end" } else { "start" }).to_owned()
    });
    let says = svg("text")
        .attr("x", of(|flow| flow.label.0.to_string()))
        .attr("y", of(|flow| flow.label.1.to_string()))
        .attr("text-anchor", anchor)
        .child(of(|flow| flow.count.says()));
    svg("g")
        .attr("class", of(|flow| flow.count.class()))
        .attr("transform", of(|flow| format!("translate({} {})", flow.x, flow.y)))
        .child(path("edge").attr("d", of(|flow| flow.path.clone())))
        .child(path("edge").attr("d", of(|flow| flow.head.clone())))
        .child(path("dots").attr("d", of(|flow| flow.path.clone())))
        .child(path("lost").attr("d", of(|flow| flow.path.clone())))
        .child(says)
}
