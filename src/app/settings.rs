//! The learner's choices, and moving progress to another device.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Event, HtmlAnchorElement, HtmlInputElement, Url};

use super::Shell;
use super::dom::{View, el};
use super::parts::{overlay, segments};
use super::theme::THEMES;

/// The largest file that is read as progress, in bytes: twice what a document may have.
const IMPORT_MAX: u32 = 2 * 256 * 1024;
const PROGRESS: &str = "It is kept in this browser only. A file moves it to another one; what was done in both is joined.";

/// The settings, over the page.
pub fn view(shell: Shell) -> View {
    overlay("Settings", shell.settings_open, move || choices(shell))
}

#[inline(never)]
fn choices(shell: Shell) -> View {
    let store = shell.store;
    let theme = segments(
        "Theme",
        THEMES,
        move || store.read(|save| save.settings.theme),
        move |theme| store.settings(|settings| settings.theme = theme),
    );
    let letters = move || !store.read(|save| save.settings.no_letter_keys);
    let set_letters = move |event: Event| {
        let on = event_target_checked(&event);
        store.settings(|settings| settings.no_letter_keys = !on);
    };
    let shortcuts = move || {
        shell.settings_open.set(false);
        shell.keys_open.set(true);
    };
    let file = el("input")
        .is("type", "file")
        .is("accept", "application/json,.json")
        .on("change", move |event: Event| import(shell, &event));
    let check =
        el("input").is("type", "checkbox").prop("checked", letters).on("change", set_letters);
    View::List(vec![
        el("h3").says("Theme").into(),
        theme,
        el("h3").says("Keyboard").into(),
        el("label").class("check").child(check).says("Single keys are shortcuts").into(),
        el("p")
            .child(el("button").class("plain").press(shortcuts).says("Show the shortcuts"))
            .into(),
        el("h3").says("Your progress").into(),
        el("p").class("quiet").says(PROGRESS).into(),
        el("div")
            .class("row")
            .child(el("button").class("plain").press(move || export(shell)).says("Export progress"))
            .child(el("label").class("plain file").says("Import progress").child(file))
            .into(),
    ])
}

/// Hands the document to the browser as a file.
fn export(shell: Shell) {
    let text = wasm_bindgen::JsValue::from_str(&shell.store.export());
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let parts = js_sys::Array::of1(&text);
    let address = Blob::new_with_str_sequence_and_options(&parts, &kind)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    let link = document().create_element("a").ok();
    if let (Ok(address), Some(Ok(link))) =
        (address, link.map(JsCast::dyn_into::<HtmlAnchorElement>))
    {
        link.set_href(&address);
        link.set_download("drydock-progress.json");
        link.click();
        let _ = Url::revoke_object_url(&address);
    }
}

/// Reads the file that was chosen and joins it with what is here.
fn import(shell: Shell, event: &web_sys::Event) {
    let input: HtmlInputElement = event_target(event);
    let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
    // Nothing that was ever exported is so large, and the browser could not keep it.
    let fits = file.size() <= f64::from(IMPORT_MAX);
    leptos::task::spawn_local(async move {
        let text = if fits { JsFuture::from(file.text()).await.ok() } else { None };
        let text = text.and_then(|text| text.as_string());
        input.set_value("");
        match shell.store.import(&text.unwrap_or_default()) {
            Ok(()) => shell.notices.say("The progress in the file is here now."),
            Err(_) => shell.notices.warn(
                "This file is not exported progress of Drydock, or it is from a newer version. Nothing was changed.",
            ),
        }
    });
}
