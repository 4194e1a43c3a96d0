//! When the simulator stops: a panic in wasm is final, so all that is left is to say so and to offer ways on.
//!
//! The panel itself is made of static links in index.html; `static/boot.js` fills it in on the event sent here, because
//! nothing in this program may be called again after a panic.

use std::panic;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

use super::store;

/// A second crash within this time opens safe mode by itself.
const AGAIN_MS: f64 = 30_000.0;
/// Where the time of the last crash is noted, in this tab.
const LAST_CRASH: &str = "drydock.crash";

/// Sets the panic hook.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if has_stopped() {
            return;
        }
        let now = js_sys::Date::now();
        let before = store::tab_text(LAST_CRASH).and_then(|at| at.parse::<f64>().ok());
        store::set_tab_text(LAST_CRASH, &now.to_string());
        if before.is_some_and(|before| now - before < AGAIN_MS) && !is_safe_mode() {
            let _ = location().set_search("?safe=1");
            return;
        }
        let report =
            format!("{info}\n{}\n{}", place(), store::tab_text(store::RUN).unwrap_or_default());
        let detail = CustomEventInit::new();
        detail.set_detail(&JsValue::from_str(&report));
        if let Ok(event) = CustomEvent::new_with_event_init_dict("drydock-crash", &detail) {
            let _ = window().dispatch_event(&event);
        }
    }));
}

/// A part of the program could not be fetched, and `static/boot.js` has said so: no panic after that is a mistake.
fn has_stopped() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-stopped"))
}

/// The page was opened without the saved session.
pub fn is_safe_mode() -> bool {
    let search = location().search().unwrap_or_default();
    search.trim_start_matches('?').split('&').any(|pair| pair == "safe=1")
}

fn place() -> String {
    location().hash().unwrap_or_default()
}
