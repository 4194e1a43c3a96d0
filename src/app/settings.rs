//! The learner's choices, and moving progress to another device.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlInputElement, Url};

use super::Shell;
use super::parts::{Overlay, segments};
use super::theme::THEMES;

/// The largest file that is read as progress, in bytes: twice what a document may have.
const IMPORT_MAX: u32 = 2 * 256 * 1024;

/// The settings, over the page.
pub fn view(shell: Shell) -> AnyView {
    let store = shell.store;
    let theme = segments(
        "Theme",
        THEMES,
        move || store.read(|save| save.settings.theme),
        move |theme| store.settings(|settings| settings.theme = theme),
    );
    let letters = move || !store.read(|save| save.settings.no_letter_keys);
    let set_letters = move |event| {
        let on = event_target_checked(&event);
        store.settings(|settings| settings.no_letter_keys = !on);
    };
    view! {
        <Overlay title="Settings" open=shell.settings_open>
            <h3>"Theme"</h3>
            {theme}
            <h3>"Keyboard"</h3>
            <label class="check">
                <input type="checkbox" prop:checked=letters on:change=set_letters/>
                "Single keys are shortcuts"
            </label>
            <p>
                <button class="plain" on:click=move |_| {
                    shell.settings_open.set(false);
                    shell.keys_open.set(true);
                }>"Show the shortcuts"</button>
            </p>
            <h3>"Your progress"</h3>
            <p class="quiet">
                "It is kept in this browser only. A file moves it to another one; what was done in both is joined."
            </p>
            <div class="row">
                <button class="plain" on:click=move |_| export(shell)>"Export progress"</button>
                <label class="plain file">
                    "Import progress"
                    <input type="file" accept="application/json,.json" on:change=move |event| import(shell, &event)/>
                </label>
            </div>
        </Overlay>
    }
    .into_any()
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
