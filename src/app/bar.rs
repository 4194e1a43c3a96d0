//! The bar at the top of every page.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::Shell;
use super::dom::{View, el};
use super::parts::{self, icon, icon_button, mark};
use super::theme;

/// Mark, what the page puts in the middle, and the tools for everything.
pub fn bar(shell: Shell, middle: impl Into<View>) -> View {
    let theme_name = move || {
        let theme = shell.store.read(|save| save.settings.theme);
        format!("Theme: {}", theme::name(theme).to_ascii_lowercase())
    };
    let skip = move |event: MouseEvent| {
        // The hash is the address, so the link itself may not change it.
        event.prevent_default();
        parts::focus_on("main h1");
    };
    let search = el("a")
        .class("icon")
        .is("href", "#/glossary")
        .is("aria-label", "Search")
        .is("aria-keyshortcuts", "/")
        .child(icon("search"));
    let show_keys = move || shell.keys_open.set(true);
    let keys = icon_button("icon middle-only", "Keyboard shortcuts", "help", show_keys)
        .is("aria-keyshortcuts", "?");
    let show_settings = move || shell.settings_open.set(true);
    let turn = el("button")
        .class("icon middle-only")
        .attr("aria-label", theme_name)
        .attr("title", theme_name)
        .press(move || theme::turn(shell.store))
        .child(icon("theme"));
    let tools = el("div")
        .class("bar-tools")
        .child(el("a").class("wide-only").is("href", "#/sandbox").says("Sandbox"))
        .child(el("a").class("wide-only").is("href", "#/glossary").says("Glossary"))
        .child(search)
        .child(keys)
        .child(turn)
        .child(icon_button("icon", "Settings", "settings", show_settings));
    el("header")
        .class("bar")
        .child(
            el("a").class("skip").is("href", "#main").on("click", skip).says("Skip to the content"),
        )
        .child(mark())
        .child(middle)
        .child(tools)
        .into()
}
