//! The terminal: a line goes in, what a shell would print comes out. It is a native input and never takes the focus by
//! itself.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use crate::app::desk::{Desk, LogLine, Voice};
use crate::app::dom::{El, Spot, View, el, rows};
use crate::cli::Completion;
use crate::session::view::{complete, pieces::pieces};

/// What the keys of a phone are slow to find.
const KEYS: &[(&str, &str)] = &[("--", "dashes"), ("=", "equals"), ("\"", "quote"), ("/", "slash")];

/// Completions shown at once.
const OFFERS_MOST: usize = 8;

/// The terminal of a desk.
pub fn terminal(desk: Desk) -> View {
    let input = Spot::new_local(None);
    let history = History::new(desk);
    let text = move || desk.compose.get().unwrap_or_default();
    // What went wrong is said at once, by itself; the log keeps still about it.
    let wrong = RwSignal::new(String::new());
    // Escape puts the offers away, and Tab then leaves, until something is typed again.
    let offering = RwSignal::new(true);
    let typed = move |value: String| {
        offering.set(true);
        wrong.set(String::new());
        history.forget();
        desk.compose.set(Some(value));
    };
    let submit = move || wrong.set(run(desk, history));
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
            if let Some(done) = finished(desk) {
                event.prevent_default();
                typed(done);
            }
        }
        _ => {}
    };
    let line = el("input")
        .at(input)
        .is("type", "text")
        .is("aria-label", "Terminal")
        .is("placeholder", "Type a line")
        .is("aria-keyshortcuts", "`")
        .is("autocomplete", "off")
        .is("autocapitalize", "off")
        .is("autocorrect", "off")
        .is("spellcheck", "false")
        .is("enterkeyhint", "send")
        .prop("value", text)
        .on("input", move |event: Event| typed(event_target_value(&event)))
        .on("keydown", keydown);
    let prompt = el("div")
        .class("prompt")
        .child(el("span").is("aria-hidden", "true").says("$"))
        .child(line)
        .child(el("button").class("plain").is("type", "button").press(submit).says("Run"));
    el("div")
        .class("terminal")
        .child(log_view(desk))
        .child(el("p").class("vh").is("role", "alert").child(move || wrong.get()))
        .child(prompt)
        .child(keys(input, history, typed))
        .child(move || offering.get().then(|| offers(desk, typed)))
        .into()
}

/// Runs what stands in the prompt; gives what went wrong. It is no form: a frame with `sandbox="allow-scripts"` may not
/// submit one, not even to its own script.
fn run(desk: Desk, history: History) -> String {
    let line = desk.compose.get_untracked().unwrap_or_default();
    if line.trim().is_empty() {
        return String::new();
    }
    history.forget();
    desk.compose.set(None);
    let printed = desk.run(&line);
    if printed.status == 0 { String::new() } else { printed.stderr.trim().to_owned() }
}

/// The line with the word at its end finished, as far as there is only one way.
#[inline(never)]
fn finished(desk: Desk) -> Option<String> {
    let text = desk.compose.get_untracked().unwrap_or_default();
    desk.peek(|session| complete::tab(session.cloud(), &text))
}

/// What may stand there next, as buttons: the keyboard has Tab.
fn offers(desk: Desk, typed: impl Fn(String) + Copy + Send + 'static) -> El {
    let offer = move |offer: Completion| {
        let name = offer.text.clone();
        let note = (!offer.note.is_empty()).then(|| el("small").child(offer.note.clone()));
        let take = move || {
            let text = desk.compose.get_untracked().unwrap_or_default();
            typed(complete::take(&text, &offer));
        };
        let chip = el("button").is("type", "button").class("chip").press(take);
        el("li").child(chip.child(name).child(note))
    };
    el("ul").class("offers").is("aria-label", "Completions").on("pointerdown", keep_focus).child(
        move || {
            let text = desk.compose.get().unwrap_or_default();
            let offers = desk.read(|session| complete::offers(session.cloud(), &text));
            offers.into_iter().take(OFFERS_MOST).map(offer).collect::<Vec<_>>()
        },
    )
}

/// What is pressed here leaves the focus where it is: the phone's own keyboard stays open.
fn keep_focus(event: Event) {
    event.prevent_default();
}

// ---- what was printed

fn log_view(desk: Desk) -> El {
    let place = Spot::new_local(None);
    Effect::new(move |_| {
        desk.log.track();
        // The new lines stand in the document after this turn.
        request_animation_frame(move || {
            if let Some(place) = place.try_get_untracked().flatten() {
                place.set_scroll_top(place.scroll_height());
            }
        });
    });
    let empty = move || {
        let hint = "Nothing has run yet. The line “help” lists what this terminal knows.";
        desk.log.read().is_empty().then(|| el("p").class("hint").says(hint))
    };
    let numbers = move || desk.log.read().iter().map(|entry| entry.no.to_string()).collect();
    let entry = move |at: usize, _: &str| {
        desk.log.with_untracked(|log| log.get(at).map(|entry| entry_view(entry))).into()
    };
    el("div")
        .class("terminal-log")
        .is("role", "log")
        .is("aria-label", "Output")
        .is("tabindex", "0")
        .at(place)
        .child(empty)
        .child(rows(numbers, entry))
}

fn entry_view(entry: &LogLine) -> El {
    let (class, sign) = match entry.voice {
        Voice::You => ("entry", "$"),
        Voice::Demo => ("entry demo", "▷"),
        Voice::Page => ("entry remark", "·"),
    };
    let typed = el("p")
        .class("typed")
        .child(el("span").is("aria-hidden", "true").says(sign))
        .says(" ")
        .child(el("code").child(entry.line.clone()));
    // A line that fails is an alert: of the terminal if it was typed, a notice if it was tapped.
    let silent = (entry.printed.status != 0 && entry.voice == Voice::You).then_some("off");
    el("div")
        .class(class)
        .attr("aria-live", silent)
        .child(typed)
        .child(output(&entry.printed.stdout, ""))
        .child(output(&entry.printed.stderr, "wrong"))
}

/// Printed text. JSON and sentences wrap; what stands in columns keeps its lines and scrolls in a box of its own.
fn output(text: &str, class: &'static str) -> Option<El> {
    let text = text.trim_end().to_owned();
    if text.is_empty() {
        return None;
    }
    let columns =
        text.starts_with(['|', '+', '-']) || text.contains("  ") && !text.starts_with(['{', '[']);
    let printed = el("pre").class(class);
    Some(if columns {
        printed.class_if("columns", true).is("tabindex", "0").child(text)
    } else {
        // The browser lays out only the pieces that are near to sight.
        let piece = |piece: &str| el("span").class("piece").child(piece.to_owned());
        printed.child(pieces(&text).into_iter().map(piece).collect::<Vec<_>>())
    })
}

// ---- keys beside the keyboard

fn keys(input: Spot, history: History, typed: impl Fn(String) + Copy + Send + 'static) -> El {
    let key = |label: &'static str, text: &'static str| {
        el("button").is("type", "button").is("aria-label", label).says(text)
    };
    let letters = KEYS.iter().map(|(text, name)| {
        key(name, text).press(move || {
            if let Some(input) = input.get_untracked() {
                let input: HtmlInputElement = input.unchecked_into();
                insert(&input, text);
                typed(input.value());
            }
        })
    });
    el("div")
        .class("keys")
        .is("role", "group")
        .is("aria-label", "Keys")
        .on("pointerdown", keep_focus)
        .child(letters.collect::<Vec<_>>())
        .child(key("Earlier line", "↑").press(move || history.go(-1)))
        .child(key("Later line", "↓").press(move || history.go(1)))
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
