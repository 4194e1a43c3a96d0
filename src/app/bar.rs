//! The bar at the top of every page.

use leptos::prelude::*;

use super::Shell;
use super::parts::{self, Icon, Mark};
use super::theme;

/// Mark, what the page puts in the middle, and the tools for everything.
pub fn bar(shell: Shell, middle: impl IntoView + 'static) -> AnyView {
    let middle = middle.into_any();
    let theme_name = move || {
        let theme = shell.store.read(|save| save.settings.theme);
        format!("Theme: {}", theme::name(theme).to_ascii_lowercase())
    };
    let skip = move |event: leptos::ev::MouseEvent| {
        // The hash is the address, so the link itself may not change it.
        event.prevent_default();
        parts::focus_on("main h1");
    };
    view! {
        <header class="bar">
            <a class="skip" href="#main" on:click=skip>"Skip to the content"</a>
            <Mark/>
            {middle}
            <div class="bar-tools">
                <a class="wide-only" href="#/sandbox">"Sandbox"</a>
                <a class="wide-only" href="#/glossary">"Glossary"</a>
                <a class="icon" href="#/glossary" aria-label="Search" aria-keyshortcuts="/">
                    <Icon name="search"/>
                </a>
                <button
                    class="icon middle-only" aria-label="Keyboard shortcuts" aria-keyshortcuts="?"
                    on:click=move |_| shell.keys_open.set(true)
                >
                    <Icon name="help"/>
                </button>
                <button
                    class="icon middle-only" aria-label=theme_name title=theme_name
                    on:click=move |_| theme::turn(shell.store)
                >
                    <Icon name="theme"/>
                </button>
                <button class="icon" aria-label="Settings" on:click=move |_| shell.settings_open.set(true)>
                    <Icon name="settings"/>
                </button>
            </div>
        </header>
    }
    .into_any()
}
