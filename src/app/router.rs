//! Where the learner is: the part of the address behind the `#`, followed and set.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::session::route::{Place, Route};

/// Follows the address.
#[derive(Clone, Copy)]
pub struct Router {
    /// Where the address points now.
    pub route: RwSignal<Route>,
}

impl Router {
    /// Begins to follow the address. Where nothing stands behind its `#`, `first` is the place.
    pub fn start(first: Option<Place>) -> Self {
        let route = match first.filter(|_| location().hash().unwrap_or_default().is_empty()) {
            Some(place) => Route { place, replay: None },
            None => read(),
        };
        let router = Self { route: RwSignal::new(route) };
        let handle = window_event_listener(leptos::ev::hashchange, move |_| router.refresh());
        on_cleanup(move || handle.remove());
        router
    }

    /// Goes to a place: a step back in the browser comes back here.
    pub fn go(self, place: &Place) {
        let _ = location().set_hash(&place.to_string());
    }

    /// Writes the present address in full, such as a lesson's with its step: what is shown stays, and the browser's
    /// history gets no step of its own.
    pub fn settle(self, place: &Place) {
        if let Ok(history) = window().history() {
            let kept = kept_place().map_or(JsValue::NULL, JsValue::from);
            let _ = history.replace_state_with_url(&kept, "", Some(&place.to_string()));
        }
        let route = Route { place: place.clone(), replay: None };
        self.route.update_untracked(|old| *old = route);
    }

    fn refresh(self) {
        let route = read();
        if self.route.with_untracked(|old| *old != route) {
            self.route.set(route);
        }
    }
}

/// What the present entry of the browser's history keeps of where a text was read.
pub fn kept_place() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

fn read() -> Route {
    Route::parse(&location().hash().unwrap_or_default())
}
