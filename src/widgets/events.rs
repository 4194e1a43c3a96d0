//! What happened, as a list: the marks of the track in words, each of which can be gone to.

use leptos::prelude::*;

use super::sight::{hands, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::app::parts::segments;
use crate::session::Session;
use crate::session::marks::{Mark, MarkKind};

/// So many are shown; a button shows as many more.
const WINDOW: usize = 100;

/// The events of the timeline that the desk shows.
pub fn events(desk: Desk) -> View {
    while_open(desk, "events", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let window = RwSignal::new(WINDOW);
    let notable = RwSignal::new(false);
    let found = Memo::new(move |_| {
        let mut marks = desk.read(Session::marks);
        marks.retain(|mark| !notable.get() || mark.kind.is_notable());
        marks
    });
    let earlier = move || found.read().len().saturating_sub(window.get());
    let shown = move || {
        let marks = found.read();
        let first = earlier();
        marks.iter().skip(first).rev().map(|mark| event_view(desk, mark)).collect_view()
    };
    view! {
        <section class="events" aria-label="Events">
            <div class="row events-head">
                {segments(
                    "Events",
                    &[(false, "All"), (true, "Failures and goals")],
                    move || notable.get(),
                    move |only| notable.set(only),
                )}
                <button class="plain" aria-keyshortcuts=">" on:click=move |_| desk.next_notable()>
                    "Next failure or goal"
                </button>
            </div>
            <Show when=move || found.read().is_empty()>
                <p class="hint">"Nothing has happened yet."</p>
            </Show>
            <ol>{shown}</ol>
            <Show when=move || { earlier() > 0 }>
                <button class="plain" on:click=move |_| window.update(|window| *window += WINDOW)>
                    {move || format!("Show earlier events ({})", earlier())}
                </button>
            </Show>
        </section>
    }
    .into_any()
}

fn event_view(desk: Desk, mark: &Mark) -> AnyView {
    let (class, sign, spoken) = match mark.kind {
        MarkKind::Action => ("yours", "▲", "Your line: "),
        MarkKind::Change => ("change", "•", ""),
        MarkKind::Success => ("good", "✓", "Came right: "),
        MarkKind::Failure => ("bad", "✕", "Failed: "),
        MarkKind::Goal => ("good", "⚑", ""),
    };
    let at = mark.at;
    view! {
        <li>
            <button class=format!("jump {class}") on:click=move |_| desk.seek(at)>
                <time>{hands(desk, at)}</time>
                <span class="sign" aria-hidden="true">{sign}</span>
                <span><span class="vh">{spoken}</span>{mark.label.clone()}</span>
            </button>
        </li>
    }
    .into_any()
}
