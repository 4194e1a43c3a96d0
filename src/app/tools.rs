//! The tools: tabs with a panel each. Where there is room they stand under and beside the model; on a phone each is a
//! sheet that rises over the text and goes away with its button, Escape or the browser's Back.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, KeyboardEvent};

use super::desk::Desk;
use super::dom::{El, el};
use super::parts::{self, icon, icon_button, once, yes};
use super::workbench::show_model;
use crate::widgets::{self, Area, Offered, Widget};

/// The tool that is open at first where there is room, unless the step has one of its own.
const FIRST: &str = "terminal";

/// The tools that stand in the row of a phone, beside the first of the step's own.
const IN_ROW: [&str; 2] = [FIRST, "builder"];

/// The tool that is seen without being open where there is much room, as the inspector is. style/bench.css says the same.
const BESIDE: &str = "call-log";

/// The sheet that [`lower_sheet`] has lowered.
const LOW: &str = ".tool.low";

/// A sheet, on a phone.
#[derive(Clone, Copy)]
struct Sheet {
    desk: Desk,
    /// It covers nearly all of the screen instead of nearly half.
    tall: RwSignal<bool>,
    /// Opening it put a step into the browser's history.
    pushed: StoredValue<bool>,
}

/// The tabs and the panels for a step that names these widgets, or for the sandbox.
pub fn view(desk: Desk, named: Option<&[String]>) -> El {
    let offered = widgets::offered(Area::Tools, named);
    // What the step names for itself comes first.
    let is_own = |widget: &&Widget| widget.offered == Offered::WhenNamed && named.is_some();
    let (mut offered, rest): (Vec<&'static Widget>, Vec<_>) = offered.into_iter().partition(is_own);
    let first = offered.first().map_or(FIRST, |widget| widget.name);
    offered.extend(rest);
    offered.extend(widgets::offered(Area::Side, named));
    if !parts::is_narrow() {
        desk.tool.set(Some(first));
    }
    let sheet = Sheet { desk, tall: RwSignal::new(false), pushed: StoredValue::new(false) };
    sheet.follow_tool();
    sheet.follow_back();
    show_what_is_selected(desk, &offered);
    // Where there is little room these stand in the row, the others behind "More".
    let in_row = |widget: &Widget| widget.name == first || IN_ROW.contains(&widget.name);
    let all = RwSignal::new(false);
    let tabs: Vec<El> =
        offered.iter().map(|widget| tab(desk, widget, in_row(widget), all)).collect();
    let panels: Vec<El> = offered.iter().map(|widget| panel(sheet, widget)).collect();
    let more = el("button")
        .class("tab more")
        .attr("aria-expanded", move || yes(all.get()))
        .press(move || all.update(|all| *all = !*all))
        .child(move || if all.get() { "Fewer" } else { "More" });
    el("section")
        .class("tools")
        .is("aria-label", "Tools")
        .child(el("div").class("tabs").class_if("all", move || all.get()).child(tabs).child(more))
        .child(panels)
}

fn tab(desk: Desk, widget: &'static Widget, in_row: bool, all: RwSignal<bool>) -> El {
    let open = move || desk.tool.get() == Some(widget.name);
    let press = move || {
        all.set(false);
        desk.tool.update(|tool| {
            *tool = if *tool == Some(widget.name) { None } else { Some(widget.name) };
        });
    };
    // While the terminal is open, the key belongs to its line.
    let key = move || (widget.name == FIRST && !open()).then_some("`");
    el("button")
        .class("tab")
        .class_if("rest", !in_row)
        .is("data-tab", widget.name)
        .attr("aria-keyshortcuts", key)
        .attr("aria-expanded", move || yes(open()))
        .attr("aria-controls", format!("tool-{}", widget.name))
        .press(press)
        .says(widget.label)
}

/// A tool's panel. What is in it is made when it is first seen.
fn panel(sheet: Sheet, widget: &'static Widget) -> El {
    let desk = sheet.desk;
    let open = move || desk.tool.get() == Some(widget.name);
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            sheet.close(widget.name);
        }
    };
    let raise = move || {
        if parts::find(LOW).is_none() {
            sheet.tall.update(|tall| *tall = !*tall);
        }
    };
    let taller = el("button")
        .class("icon")
        .attr("aria-label", move || if sheet.tall.get() { "Lower" } else { "Taller" })
        .press(raise)
        .child(move || icon(if sheet.tall.get() { "lower" } else { "taller" }));
    let head = el("div")
        .class("tool-head")
        .child(el("h2").says(widget.label))
        .child(taller)
        .child(icon_button("icon", "Close", "close", move || sheet.close(widget.name)));
    let is_side = widget.area == Area::Side;
    let seen = once(move || is_side || widget.name == BESIDE || open());
    el("div")
        .class("tool")
        .class_if("open", open)
        .class_if("tall", move || sheet.tall.get())
        .attr("id", format!("tool-{}", widget.name))
        .is("data-name", widget.name)
        .attr("data-side", is_side.then_some("true"))
        .is("tabindex", "-1")
        .on("keydown", escape)
        .on("click", go_on)
        .child(head)
        .child(move || seen.get().then(|| untrack(|| (widget.view)(desk))))
}

/// On a phone the open sheet makes room for the model, and shows its line alone.
pub fn lower_sheet() {
    if let Some(sheet) = parts::find(".tool.open").filter(|_| parts::is_narrow()) {
        let _ = sheet.class_list().add_1("low");
        show_model();
    }
}

fn raise_sheet() {
    if let Some(sheet) = parts::find(LOW) {
        let _ = sheet.class_list().remove_1("low");
    }
}

/// Whoever goes on with a low sheet wants to see it. Its line may be run again as it is.
fn go_on(event: Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on_line = target.is_some_and(|it| matches!(it.closest(".builder-line"), Ok(Some(_))));
    if !on_line {
        raise_sheet();
    }
}

impl Sheet {
    fn close(self, name: &str) {
        self.desk.tool.set(None);
        let tab = format!("[data-tab={name}]");
        // The tab of a closed tool may stand behind "More".
        let more = parts::find(".more").is_some_and(|more| more.offset_width() > 0);
        let hidden = more && parts::find(&tab).is_some_and(|tab| tab.class_list().contains("rest"));
        parts::focus_on(if hidden { ".more" } else { &tab });
    }

    /// On a phone, a sheet that opens takes the focus, shows the model beside it, and can be closed with Back.
    fn follow_tool(self) {
        Effect::watch(
            move || self.desk.tool.get(),
            move |tool, before, _| {
                raise_sheet();
                match (tool, before.copied().flatten()) {
                    (Some(name), None) if parts::is_narrow() => {
                        self.push();
                        show_model();
                        parts::focus_on(&format!("#tool-{name}"));
                    }
                    (None, Some(_)) if self.pushed.get_value() => {
                        self.pushed.set_value(false);
                        if let Ok(history) = window().history() {
                            let _ = history.back();
                        }
                    }
                    _ => {}
                }
            },
            false,
        );
    }

    fn push(self) {
        let state = JsValue::from_str("sheet");
        let pushed = window().history().is_ok_and(|history| history.push_state(&state, "").is_ok());
        self.pushed.set_value(pushed);
    }

    fn follow_back(self) {
        let handle = window_event_listener(leptos::ev::popstate, move |_| {
            if self.pushed.get_value() {
                self.pushed.set_value(false);
                self.desk.tool.set(None);
            }
        });
        on_cleanup(move || handle.remove());
    }
}

/// Where the inspector has no place of its own, choosing a thing in the picture opens it.
fn show_what_is_selected(desk: Desk, offered: &[&'static Widget]) {
    let side = offered.iter().find(|widget| widget.area == Area::Side).map(|widget| widget.name);
    let Some(side) = side else { return };
    Effect::watch(
        move || desk.selected.get().is_some(),
        move |selected, _, _| {
            let has_place = parts::find(&format!("#tool-{side}")).is_some_and(|panel| {
                !panel.class_list().contains("open") && panel.offset_width() > 0
            });
            if *selected && !has_place {
                desk.tool.set(Some(side));
            }
        },
        false,
    );
}
