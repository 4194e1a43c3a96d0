//! The page's entry point.

use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    let Some(body) = document().body() else { return };
    // The static shell of index.html has done its work.
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(|| view! { <main><h1>"Drydock"</h1></main> });
    // Tells static/boot.js and the tests that the page answers.
    let _ = body.set_attribute("data-ready", "true");
}
