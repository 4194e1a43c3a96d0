//! Shortcuts. A control says itself which key it answers to, in `aria-keyshortcuts`: pressing the key presses the
//! control, or puts the focus there where it is something to write in or to look at. So a key can never do what no
//! visible control does, and a screen reader knows the keys.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::Shell;
use super::dom::{View, el};
use super::parts::overlay;

/// The sheet of shortcuts: keys and what they do.
const SHEET: &[(&str, &str)] = &[
    ("Space", "Play or pause"),
    (",  .", "Previous, next event"),
    (">", "Next failure or goal"),
    ("+  -", "Faster, slower"),
    ("0", "Back to now"),
    ("[  ]", "Previous, next step"),
    ("g", "Goals"),
    ("h", "Hint"),
    ("t", "The chart"),
    ("y", "Why?"),
    ("`", "Terminal"),
    ("/", "Search"),
    ("1 – 4", "Options of a question"),
    ("Ctrl Z", "Undo"),
    ("Ctrl Shift Z", "Redo"),
    ("Esc", "Close what is on top"),
    ("?", "This list"),
];

/// Follows the keyboard for as long as the page is open.
pub fn follow(shell: Shell) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let off = shell.store.peek(|save| save.settings.no_letter_keys);
        if shortcut(&event, off).is_some_and(|key| press(&key)) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// The sheet that `?` shows.
pub fn sheet(shell: Shell) -> View {
    overlay("Keyboard", shell.keys_open, || {
        let rows = SHEET.iter().map(|(keys, what)| {
            let key = el("th").is("scope", "row").child(el("kbd").says(keys));
            el("tr").child(key).child(el("td").says(what))
        });
        let table = el("tbody").child(rows.collect::<Vec<_>>());
        View::List(vec![
            el("table").class("key-list").child(table).into(),
            el("p")
                .class("quiet")
                .says(
                    "Single keys do nothing while you type. They can be switched off in Settings.",
                )
                .into(),
        ])
    })
}

/// The shortcut that a key stroke means, as `aria-keyshortcuts` spells it; none while somebody types.
fn shortcut(event: &KeyboardEvent, letters_off: bool) -> Option<String> {
    let key = event.key();
    if event.alt_key() || event.default_prevented() || event.is_composing() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on = |selector: &str| {
        let hit = target.as_ref().and_then(|element| element.closest(selector).ok().flatten());
        hit.is_some()
    };
    if on("input:not([type=range]), textarea, select, [contenteditable], dialog") {
        return None;
    }
    if event.ctrl_key() || event.meta_key() {
        let redo = event.shift_key() || key == "y";
        let ours = key.eq_ignore_ascii_case("z") || (key == "y" && event.ctrl_key());
        return ours.then(|| if redo { "Control+Shift+Z" } else { "Control+Z" }.to_owned());
    }
    // Space and the arrows belong to the control that has the focus.
    let taken = key == " " && on("a, button, summary, input, [role=button]");
    let plain = key.chars().count() == 1 && !taken;
    (plain && !letters_off).then(|| match key.as_str() {
        " " => "Space".to_owned(),
        _ => key,
    })
}

/// Presses the first visible control that answers to a key. False if there is none.
#[inline(never)]
fn press(key: &str) -> bool {
    let selector = format!("[aria-keyshortcuts=\"{}\"]", key.replace(['\\', '"'], ""));
    let Ok(found) = document().query_selector_all(&selector) else { return false };
    let mut elements =
        (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok());
    let Some(element) = elements.find(|element| element.get_client_rects().length() > 0) else {
        return false;
    };
    let pressable = matches!(element.tag_name().as_str(), "BUTTON" | "A" | "SUMMARY");
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        if pressable {
            element.click();
        } else {
            let _ = element.focus();
        }
    }
    true
}
