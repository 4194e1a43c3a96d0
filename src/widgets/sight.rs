//! What widgets share: the account as rows, selecting, measuring.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, KeyboardEvent, ResizeObserver};

use crate::app::desk::{Desk, Thing};
use crate::app::dom::{Spot, View, el};
use crate::app::parts::{self, yes};
use crate::cloud::time::SimTime;
use crate::lesson::condition::kind_of;
use crate::session::Session;
use crate::session::view::fields;
use crate::session::view::picture::Names;
use crate::session::view::rows::{Rows, whole_id};

/// The account as rows, read once a change for all widgets of a desk.
#[derive(Clone, Copy)]
pub struct Sight(Memo<Seen>);

type Seen = Arc<(Rows, Names)>;

impl Sight {
    /// The account that a session shows, followed with its changes.
    pub fn new(session: StoredValue<Session, LocalStorage>, changed: Trigger) -> Self {
        let read = move |before: Option<&Seen>| {
            changed.track();
            session.with_value(|session| {
                let account = session.cloud().account();
                let rows = before
                    .map_or_else(|| Rows::of(account), |before| Rows::after(&before.0, account));
                Arc::new((rows, Names::of(account)))
            })
        };
        // What reads it compares what it has made of it: that is less than all rows.
        Self(Memo::new_with_compare(read, |_, _| true))
    }

    /// The same for what reads rows alone: it changes only with a row.
    #[must_use]
    pub fn of_rows(self) -> Self {
        let is_other = |old: Option<&Seen>, new: Option<&Seen>| {
            !old.zip(new).is_some_and(|(old, new)| old.0.same_as(&new.0))
        };
        Self(Memo::new_with_compare(move |_| self.0.get(), is_other))
    }

    /// The same for a tool that keeps what was chosen in it: while it is closed, its rows stand still.
    #[must_use]
    pub fn while_open(self, desk: Desk, name: &'static str) -> Self {
        let open = Memo::new(move |_| desk.tool.get() == Some(name));
        let read = move |before: Option<&Seen>| match before {
            Some(before) if !open.get() => Arc::clone(before),
            _ => self.0.get(),
        };
        let is_other = |old: Option<&Seen>, new: Option<&Seen>| {
            !old.zip(new).is_some_and(|(old, new)| Arc::ptr_eq(old, new))
        };
        Self(Memo::new_with_compare(read, is_other))
    }

    /// Reads it and follows its changes.
    pub fn with<R>(self, look: impl FnOnce(&Rows, &Names) -> R) -> R {
        self.0.with(|both| look(&both.0, &both.1))
    }
}

/// Looks at a thing in the inspector, by its id or the end of its ARN. Kinds that the model has no rows of cannot be
/// looked at.
pub fn select(desk: Desk, kind: &str, id: &str) {
    if let Some(kind) = kind_of(kind) {
        let whole = desk.peek(|session| whole_id(session.cloud().account(), kind, id));
        desk.selected.set(Some(Thing { kind, id: whole.unwrap_or_else(|| id.to_owned()) }));
    }
}

/// What follows every change, built only while its tool is open: a panel that nobody sees costs nothing.
pub fn while_open(
    desk: Desk,
    name: &'static str,
    view: impl Fn() -> AnyView + Send + 'static,
) -> View {
    let open = Memo::new(move |_| desk.tool.get() == Some(name));
    (move || open.get().then(&view)).into()
}

/// Brings a goal into view and puts the focus on it.
pub fn show_goal(goal: &str) {
    let goals = document().query_selector_all("[data-goal]").ok();
    let Some(goals) = goals else { return };
    let found = (0..goals.length())
        .filter_map(|at| goals.item(at)?.dyn_into::<Element>().ok())
        .find(|element| element.get_attribute("data-goal").as_deref() == Some(goal));
    if let Some(element) = found {
        let _ = element.set_attribute("tabindex", "-1");
        let element: HtmlElement = element.unchecked_into();
        parts::bring_into_view(&element);
        parts::focus(&element);
    }
}

/// The width of an element in units of the reader's own text size (16 to the rem), as it changes.
pub fn width_of(element: Spot, before: i32) -> RwSignal<i32> {
    let width = RwSignal::new(before);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let element: HtmlElement = element.unchecked_into();
        let watched = element.clone();
        let measure = move || {
            if let Some(found) = measured(&watched)
                && width.try_get_untracked().is_some_and(|known| known != found)
            {
                width.set(found);
            }
        };
        measure();
        let callback = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, callback));
            on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
        }
    });
    width
}

fn measured(element: &HtmlElement) -> Option<i32> {
    let root = document().document_element()?;
    let style = window().get_computed_style(&root).ok()??;
    let size = style.get_property_value("font-size").ok()?;
    // The browser's, because Rust's own brings a table of 10 KB.
    let size = js_sys::parse_float(&size);
    let width = f64::from(element.client_width()) * 16.0 / size.max(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
    let width = width as i32;
    (width > 0).then_some(width)
}

/// A moment as the time track counts it.
pub fn hands(desk: Desk, at: SimTime) -> String {
    fields::hands(at, desk.peek(|session| session.timeline().start()))
}

/// A button that copies a text.
pub fn copy_button(desk: Desk, text: String) -> View {
    let copy = move || {
        let _ = window().navigator().clipboard().write_text(&text);
        desk.notice("Copied.");
    };
    el("button").class("plain copy").press(copy).says("Copy").into()
}

/// Sides of one thing, one of which is shown. The arrow keys go from one to the next.
pub fn tabs<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    sides: &'static [(T, &'static str)],
    shown: Memo<T>,
    show: impl Fn(T) + Copy + Send + 'static,
) -> View {
    let go = move |event: KeyboardEvent, at: usize| {
        if let Some((at, tab)) = next_tab(&event, at, sides.len())
            && let Some((side, _)) = sides.get(at)
        {
            event.prevent_default();
            show(*side);
            let _ = tab.focus();
        }
    };
    let tabs = sides.iter().enumerate().map(|(at, (side, name))| {
        let chosen = move || shown.get() == *side;
        el("button")
            .is("role", "tab")
            .attr("aria-keyshortcuts", (*name == "Why?").then_some("y"))
            .attr("aria-selected", move || yes(chosen()))
            .attr("tabindex", move || if chosen() { "0" } else { "-1" })
            .press(move || show(*side))
            .on("keydown", move |event| go(event, at))
            .says(name)
    });
    el("div")
        .class("sides")
        .is("role", "tablist")
        .is("aria-label", label)
        .child(tabs.collect::<Vec<_>>())
        .into()
}

/// The tab that an arrow key leads to from the one that has the focus, with its place.
fn next_tab(event: &KeyboardEvent, at: usize, count: usize) -> Option<(usize, HtmlElement)> {
    let to = match event.key().as_str() {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        _ => return None,
    };
    let tab = event.current_target()?.dyn_into::<Element>().ok()?;
    let next = tab.parent_element()?.children().item(u32::try_from(to).ok()?)?;
    Some((to, next.unchecked_into()))
}
