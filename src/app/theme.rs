//! Light, dark, or as the system says.

use leptos::prelude::*;

use super::Shell;
use super::store::Store;
use crate::session::save::Theme;

/// The three choices with their names.
pub const THEMES: &[(Theme, &str)] =
    &[(Theme::Auto, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")];

/// Shows the learner's choice from now on, or the host's. `static/boot.js` has done so for the first paint.
pub fn follow(shell: Shell) {
    Effect::new(move |_| {
        let kept = shell.store.read(|save| save.settings.theme);
        let theme = shell.host.theme().unwrap_or(kept);
        let Some(root) = document().document_element() else { return };
        let _ = match theme {
            Theme::Auto => root.remove_attribute("data-theme"),
            Theme::Light => root.set_attribute("data-theme", "light"),
            Theme::Dark => root.set_attribute("data-theme", "dark"),
        };
    });
}

/// Goes to the next of the three.
pub fn turn(store: Store) {
    store.settings(|settings| {
        settings.theme = match settings.theme {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        };
    });
}

/// The name of the choice.
pub fn name(theme: Theme) -> &'static str {
    THEMES.iter().find(|(one, _)| *one == theme).map_or("", |(_, name)| name)
}
