//! Small parts that pages are made of.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    Event, HtmlDialogElement, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition,
};

use super::dom::{El, Spot, View, el, svg};

/// In this much room the page has one column and tools are sheets. style/bench.css says the same.
const ONE_COLUMN: &str = "(width < 40rem)";

/// The page has one column.
pub fn is_narrow() -> bool {
    matches!(window().match_media(ONE_COLUMN), Ok(Some(query)) if query.matches())
}

/// The first element that a selector finds.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The page is in a frame of another page.
fn is_framed() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-embed"))
}

/// Puts the focus on the first element that a selector finds.
pub fn focus_on(selector: &str) {
    if let Some(element) = find(selector) {
        focus(&element);
    }
}

/// Puts the focus on an element. In a frame only if the frame has it already, and nothing scrolls: a browser would scroll
/// the page around the frame as well.
pub fn focus(element: &HtmlElement) {
    if !is_framed() {
        let _ = element.focus();
    } else if document().has_focus().unwrap_or(false) {
        let focus = js_sys::Reflect::get(element, &"focus".into()).ok();
        let focus = focus.and_then(|focus| focus.dyn_into::<js_sys::Function>().ok());
        let still = js_sys::JSON::parse("{\"preventScroll\":true}").ok();
        if let (Some(focus), Some(still)) = (focus, still) {
            let _ = focus.call1(element, &still);
        }
    }
}

/// Brings what a selector finds into view once it is there, and moves no further than that takes. Not in a frame: that
/// would scroll the page around it.
pub fn reveal(selector: String) {
    let show = move || {
        if let Some(element) = find(&selector).filter(|_| !is_framed()) {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    };
    set_timeout(show, Duration::ZERO);
}

/// Brings an element into view, except in a frame, where that would scroll the page around it.
pub fn bring_into_view(element: &HtmlElement) {
    if !is_framed() {
        element.scroll_into_view();
    }
}

/// A sign of one colour, drawn on 20 × 20. Its name is one of those in [`strokes`].
pub fn icon(name: &'static str) -> View {
    svg("svg")
        .class("glyph")
        .is("data-glyph", name)
        .is("viewBox", "0 0 20 20")
        .is("width", "20")
        .is("height", "20")
        .is("aria-hidden", "true")
        .child(svg("path").is("d", strokes(name)))
        .into()
}

/// A button that is a sign.
pub fn icon_button(
    class: &'static str,
    label: &'static str,
    sign: &'static str,
    act: impl FnMut() + Send + 'static,
) -> El {
    el("button").class(class).is("aria-label", label).press(act).child(icon(sign))
}

/// The lines of a sign.
fn strokes(name: &str) -> &'static str {
    match name {
        "play" => "M6 4L15.5 10L6 16Z",
        "pause" => "M6.5 4.5V15.5M13.5 4.5V15.5",
        "next" => "M5 4.5L12 10L5 15.5ZM15 4.5V15.5",
        "previous" => "M15 4.5L8 10L15 15.5ZM5 4.5V15.5",
        "undo" => "M7.5 4L4 7.5L7.5 11M4 7.5H12A4.2 4.2 0 0 1 12 16H8",
        "search" => "M8.5 3.5A5 5 0 1 1 8.5 13.5A5 5 0 1 1 8.5 3.5ZM12.2 12.2L16.5 16.5",
        "theme" => "M10 3.5A6.5 6.5 0 1 0 10 16.5A6.5 6.5 0 1 0 10 3.5ZM10 3.5V16.5",
        "help" => "M7 7.2A3 3 0 1 1 10 10.4V12M10 15V15.4",
        "settings" => "M3.5 6H11M15 6H16.5M13 4V8M3.5 14H5M9 14H16.5M7 12V16",
        "close" => "M5 5L15 15M15 5L5 15",
        "taller" => "M5 12L10 7L15 12",
        "lower" => "M5 8L10 13L15 8",
        "check" => "M4.5 10.5L8.5 14.5L15.5 6",
        "cross" => "M5.5 5.5L14.5 14.5M14.5 5.5L5.5 14.5",
        _ => "",
    }
}

/// The product's mark: a hull on its blocks between the steps of a dock.
pub fn mark() -> View {
    let path = |lines: &'static str| svg("path").is("d", lines);
    let drawing = svg("svg")
        .is("viewBox", "0 0 32 24")
        .is("width", "32")
        .is("height", "24")
        .is("aria-hidden", "true")
        .child(path("M2 3v5h2.5v5H7v6.5h18V13h2.5V8H30V3"))
        .child(path("M9 6h12.5l3-2-1.7 8.7q-.3 1.8-2.3 1.8h-8.3q-2 0-2.3-1.8z").class("filled"))
        .child(path("M12.5 15v3.5M19 15v3.5"));
    el("a")
        .class("mark")
        .is("href", "#/")
        .is("aria-label", "Drydock, course map")
        .child(drawing)
        .child(el("b").says("Drydock"))
        .into()
}

/// A window over the page: the browser keeps the focus inside it, closes it on Escape and gives the focus back. What is
/// in it is made when it is first opened.
pub fn overlay(
    title: &'static str,
    open: RwSignal<bool>,
    inside: impl Fn() -> View + Send + 'static,
) -> View {
    let dialog = Spot::new_local(None);
    let opened = once(move || open.get());
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        let dialog: HtmlDialogElement = dialog.unchecked_into();
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let head = move || {
        el("div").class("overlay-head").child(el("h2").says(title)).child(icon_button(
            "icon",
            "Close",
            "close",
            move || open.set(false),
        ))
    };
    el("dialog")
        .class("overlay")
        .is("aria-label", title)
        .at(dialog)
        .on("close", move |_: Event| open.set(false))
        .child(move || opened.get().then(|| View::List(vec![head().into(), inside()])))
        .into()
}

/// True from the first time that something is so.
pub fn once(so: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    Memo::new(move |before| before == Some(&true) || so())
}

/// One of a few, side by side: each a button that is pressed or not.
pub fn segments<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    options: &'static [(T, &'static str)],
    chosen: impl Fn() -> T + Copy + Send + 'static,
    choose: impl Fn(T) + Copy + Send + 'static,
) -> View {
    let buttons = options.iter().map(|(value, name)| {
        el("button")
            .attr("aria-pressed", move || yes(chosen() == *value))
            .press(move || choose(*value))
            .says(name)
    });
    el("div")
        .class("segments")
        .is("role", "group")
        .is("aria-label", label)
        .child(buttons.collect::<Vec<_>>())
        .into()
}

/// What ARIA says of something that is so, or not.
pub fn yes(so: bool) -> &'static str {
    if so { "true" } else { "false" }
}
