//! The terminal: a line goes in, what a shell would print comes out. It is a native input and never takes the focus by
//! itself.

use leptos::attr::custom::custom_attribute;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::app::desk::{Desk, LogLine, Voice};
use crate::cli::Completion;
use crate::session::view::{complete, pieces::pieces};

/// What the keys of a phone are slow to find.
const KEYS: &[(&str, &str)] = &[("--", "dashes"), ("=", "equals"), ("\"", "quote"), ("/", "slash")];

/// Completions shown at once.
const OFFERS_MOST: usize = 8;

/// The terminal of a desk.
pub fn terminal(desk: Desk) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let history = History::new(desk);
    let text = move || desk.compose.get().unwrap_or_default();
    let typed = move |value: String| {
        history.forget();
        desk.compose.set(Some(value));
    };
    let submit = move || run(desk, history);
    // Escape puts the offers away, and Tab then leaves, until something is typed again.
    let offering = RwSignal::new(true);
    let typed = move |value: String| {
        offering.set(true);
        typed(value);
    };
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        // While letters are being composed, Enter belongs to the keyboard.
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            submit();
        }
        "ArrowUp" => {
            event.prevent_default();
            history.go(-1);
        }
        "ArrowDown" => {
            event.prevent_default();
            history.go(1);
        }
        "Escape" if offering.get_untracked() && !text().is_empty() => {
            event.prevent_default();
            offering.set(false);
        }
        "Tab" if !event.shift_key() && offering.get_untracked() => {
            let text = desk.compose.get_untracked().unwrap_or_default();
            if let Some(done) = desk.peek(|session| complete::tab(session.cloud(), &text)) {
                event.prevent_default();
                typed(done);
            }
        }
        _ => {}
    };
    view! {
        <div class="terminal">
            {log_view(desk)}
            <div class="prompt">
                <span aria-hidden="true">"$"</span>
                <input
                    node_ref=input
                    type="text"
                    aria-label="Terminal"
                    aria-keyshortcuts="`"
                    autocomplete="off"
                    autocapitalize="off"
                    {..custom_attribute("autocorrect", "off")}
                    spellcheck="false"
                    enterkeyhint="send"
                    prop:value=text
                    on:input:target=move |event| typed(event.target().value())
                    on:keydown=keydown
                />
                <button class="plain" type="button" on:click=move |_| submit()>"Run"</button>
            </div>
            {keys(input, history, typed)}
            {move || offering.get().then(|| offers(desk, typed))}
        </div>
    }
    .into_any()
}

/// Runs what stands in the prompt. It is no form: a frame with `sandbox="allow-scripts"` may not submit one, not even to
/// its own script.
fn run(desk: Desk, history: History) {
    let line = desk.compose.get_untracked().unwrap_or_default();
    if !line.trim().is_empty() {
        history.forget();
        desk.compose.set(None);
        desk.run(&line);
    }
}

/// What may stand there next, as buttons: the keyboard has Tab.
fn offers(desk: Desk, typed: impl Fn(String) + Copy + Send + 'static) -> AnyView {
    let found = Memo::new(move |_| {
        let text = desk.compose.get().unwrap_or_default();
        let offers = desk.read(|session| complete::offers(session.cloud(), &text));
        offers.into_iter().take(OFFERS_MOST).collect::<Vec<_>>()
    });
    let offer = move |offer: Completion| {
        let name = offer.text.clone();
        let note = (!offer.note.is_empty()).then(|| view! { <small>{offer.note.clone()}</small> });
        let take = move |_| {
            let text = desk.compose.get_untracked().unwrap_or_default();
            typed(complete::take(&text, &offer));
        };
        view! { <li><button type="button" class="chip" on:click=take>{name}{note}</button></li> }
    };
    view! {
        <ul class="offers" aria-label="Completions" on:pointerdown=move |event| event.prevent_default()>
            {move || found.get().into_iter().map(offer).collect_view()}
        </ul>
    }
    .into_any()
}

// ---- what was printed

fn log_view(desk: Desk) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        desk.log.track();
        // The new lines stand in the document after this turn.
        request_animation_frame(move || {
            if let Some(place) = place.try_get_untracked().flatten() {
                place.set_scroll_top(place.scroll_height());
            }
        });
    });
    view! {
        <div class="terminal-log" role="log" aria-label="Output" tabindex="0" node_ref=place>
            <Show when=move || desk.log.read().is_empty()>
                <p class="hint">"Nothing has run yet. `help` lists what this terminal knows."</p>
            </Show>
            <For each=move || desk.log.get() key=|entry| entry.no let:entry>{entry_view(&entry)}</For>
        </div>
    }
    .into_any()
}

fn entry_view(entry: &LogLine) -> AnyView {
    let (class, sign) = match entry.voice {
        Voice::You => ("entry", "$"),
        Voice::Demo => ("entry demo", "▷"),
        Voice::Page => ("entry page", "·"),
    };
    view! {
        <div class=class>
            <p class="typed"><span aria-hidden="true">{sign}</span>" "<code>{entry.line.clone()}</code></p>
            {output(&entry.printed.stdout, "")}
            {output(&entry.printed.stderr, "wrong")}
        </div>
    }
    .into_any()
}

/// Printed text. JSON and sentences wrap; what stands in columns keeps its lines and scrolls in a box of its own.
fn output(text: &str, class: &'static str) -> Option<AnyView> {
    let text = text.trim_end().to_owned();
    if text.is_empty() {
        return None;
    }
    let columns =
        text.starts_with(['|', '+', '-']) || text.contains("  ") && !text.starts_with(['{', '[']);
    Some(if columns {
        view! { <pre class=class class:columns=true tabindex="0">{text}</pre> }.into_any()
    } else {
        // The browser lays out only the pieces that are near to sight.
        let piece = |piece: &str| view! { <span class="piece">{piece.to_owned()}</span> };
        view! { <pre class=class>{pieces(&text).into_iter().map(piece).collect_view()}</pre> }
            .into_any()
    })
}

// ---- keys beside the keyboard

fn keys(
    input: NodeRef<html::Input>,
    history: History,
    typed: impl Fn(String) + Copy + Send + 'static,
) -> AnyView {
    let key = move |(text, name): &(&'static str, &'static str)| {
        let text = *text;
        let press = move |_| {
            if let Some(input) = input.get_untracked() {
                insert(&input, text);
                typed(input.value());
            }
        };
        view! { <button type="button" aria-label=*name on:click=press>{text}</button> }
    };
    // Pressing a key here leaves the focus where it is: the phone's own keyboard stays open.
    view! {
        <div class="keys" role="group" aria-label="Keys" on:pointerdown=move |event| event.prevent_default()>
            {KEYS.iter().map(key).collect_view()}
            <button type="button" aria-label="Earlier line" on:click=move |_| history.go(-1)>"↑"</button>
            <button type="button" aria-label="Later line" on:click=move |_| history.go(1)>"↓"</button>
        </div>
    }
    .into_any()
}

fn insert(input: &HtmlInputElement, text: &str) {
    let value = input.value();
    let end = u32::try_from(value.encode_utf16().count()).unwrap_or(0);
    let from = input.selection_start().ok().flatten().unwrap_or(end);
    let to = input.selection_end().ok().flatten().unwrap_or(end);
    let _ = input.set_range_text_with_start_and_end(text, from, to);
    let after = from + u32::try_from(text.len()).unwrap_or(0);
    let _ = input.set_selection_range(after, after);
}

// ---- earlier lines

/// Where the arrow keys stand among the lines run so far.
#[derive(Clone, Copy)]
struct History {
    desk: Desk,
    /// How many lines back; 0 is the line being typed, which is kept meanwhile.
    back: StoredValue<(usize, String)>,
}

impl History {
    fn new(desk: Desk) -> Self {
        Self { desk, back: StoredValue::new((0, String::new())) }
    }

    fn forget(self) {
        self.back.set_value((0, String::new()));
    }

    fn go(self, way: isize) {
        let lines: Vec<String> = self.desk.log.with_untracked(|log| {
            let own = log.iter().rev().filter(|entry| entry.voice == Voice::You);
            own.map(|entry| entry.line.clone()).collect()
        });
        let (back, draft) = self.back.get_value();
        let draft = if back == 0 { self.desk.compose.get_untracked() } else { Some(draft) };
        let draft = draft.unwrap_or_default();
        let to = back.saturating_add_signed(-way).min(lines.len());
        let shown = to.checked_sub(1).and_then(|at| lines.get(at)).unwrap_or(&draft).clone();
        self.back.set_value((to, draft));
        self.desk.compose.set(Some(shown));
    }
}
