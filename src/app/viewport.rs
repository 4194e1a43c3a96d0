//! Room for the keyboard of a phone: some browsers lay it over the page and say so only here.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Keeps `--keyboard` at the height of what covers the page from below.
pub fn follow() {
    let Some(viewport) = window().visual_viewport() else { return };
    let measured = viewport.clone();
    let measure = Closure::<dyn Fn()>::new(move || {
        let inner = window().inner_height().ok().and_then(|height| height.as_f64());
        // A page that is pinched larger sees less of itself too; that is no keyboard.
        let covered = match inner {
            Some(inner) if measured.scale() <= 1.01 => (inner - measured.height()).max(0.0),
            _ => 0.0,
        };
        let root = document().document_element();
        if let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = root.style().set_property("--keyboard", &format!("{covered}px"));
        }
    });
    let function = measure.as_ref().unchecked_ref();
    let _ = viewport.add_event_listener_with_callback("resize", function);
    // The page follows its viewport for as long as it is open.
    measure.forget();
}
