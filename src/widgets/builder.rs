//! The command builder: a line put together by taps, with its text in view all the while.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use crate::app::desk::Desk;
use crate::app::dom::{El, Spot, View, el};
use crate::app::parts::yes;
use crate::session::Session;
use crate::session::view::builder::{Builder, Chip, Group, Hints, Page, Part, Stock, Tap};

/// The command builder of a desk.
pub fn builder(desk: Desk) -> View {
    let sight = desk.sight.while_open(desk, "builder");
    let hints = StoredValue::new(desk.peek(hints));
    let draft = RwSignal::new(Builder::default());
    let page = Memo::new(move |_| {
        sight.with(|rows, names| {
            desk.peek(|session| {
                hints.with_value(|hints| {
                    let stock = Stock { cloud: session.cloud(), rows, names, hints };
                    Arc::new(draft.read().page(&stock))
                })
            })
        })
    });
    let line = Memo::new(move |_| draft.read().line());
    let tap = Callback::new(move |tap: Tap| draft.update(|draft| draft.tap(&tap)));
    let run = move || {
        let ready =
            draft.with_untracked(
                |draft| if draft.is_complete() { Ok(()) } else { Err(draft.missing()) },
            );
        match ready {
            Ok(()) if desk.tap_and_show(&line.get_untracked()).status == 0 => {
                draft.set(Builder::default());
            }
            Ok(()) => {}
            Err(missing) => say_missing(desk, &missing),
        }
    };
    let to_terminal = move || {
        desk.compose.set(Some(line.get_untracked()));
        desk.tool.set(Some("terminal"));
    };
    let begun = Memo::new(move |_| !line.read().is_empty());
    let end = move || {
        let over = el("button").class("plain").is("data-tap", "restart");
        let text = el("button").class("plain").press(to_terminal);
        el("div")
            .class("row builder-end")
            .child(over.press(move || tap.run(Tap::Restart)).says("Start over"))
            .child(text.says("Edit as text"))
    };
    el("div")
        .class("builder")
        .child(line_bar(line, move || draft.read().is_complete(), "Run", run))
        .child(move || page_view(&page.get(), tap))
        .child(move || begun.get().then(end))
        .into()
}

/// The line so far, in view all the while, and the button that runs it.
pub(super) fn line_bar(
    line: Memo<String>,
    ready: impl Fn() -> bool + Send + 'static,
    verb: &'static str,
    run: impl Fn() + Send + 'static,
) -> View {
    let text =
        move || line.with(|line| if line.is_empty() { "aws …".to_owned() } else { line.clone() });
    let preview = el("output").class("preview").is("aria-label", "The line so far");
    let button = el("button")
        .class("plain go")
        .is("data-tap", "run")
        .attr("aria-disabled", move || yes(!ready()))
        .press(run);
    el("div")
        .class("builder-line")
        .child(preview.child(el("code").child(text)))
        .child(button.says(verb))
        .into()
}

/// Says why a line cannot be run yet.
pub(super) fn say_missing(desk: Desk, missing: &[String]) {
    desk.notice(if missing.is_empty() {
        "Choose what to do first.".to_owned()
    } else {
        format!("Still needed: {}.", missing.join(", "))
    });
}

/// What the step talks about; nothing in the sandbox.
pub(super) fn hints(session: &Session) -> Hints {
    let both = session.lesson().zip(session.current());
    both.map_or_else(Hints::default, |(lesson, step)| Hints::of(lesson, step))
}

/// The chips of one page.
#[inline(never)]
pub(super) fn page_view(page: &Page, tap: Callback<Tap>) -> View {
    let back = (page.crumbs.len() > 1).then(|| {
        let up = el("button").class("plain").is("data-tap", "up").press(move || tap.run(Tap::Up));
        let way = el("span").child(page.crumbs.join(" › "));
        el("p").class("way").child(up.says("Back")).child(way)
    });
    let parts: Vec<El> = page.parts.iter().cloned().map(|part| part_view(part, tap)).collect();
    let groups: Vec<El> = page.groups.iter().cloned().map(|group| group_view(group, tap)).collect();
    View::List(vec![
        back.into(),
        el("ul").class("parts").child(parts).into(),
        page.number.map(|number| number_view(number, tap)).into(),
        groups.into(),
        page.text.then(|| text_view(&page.title, page.crumbs.is_empty(), tap)).into(),
    ])
}

fn part_view(part: Part, tap: Callback<Tap>) -> El {
    let Part { label, value, key } = part;
    let (open, out) = (Tap::Open(key.clone()), Tap::Remove(key));
    let remove = el("button")
        .class("icon")
        .attr("aria-label", format!("Take {label} out"))
        .attr("data-tap", out.mark())
        .press(move || tap.run(out.clone()))
        .says("✕");
    let part = el("button")
        .class("part")
        .attr("data-tap", open.mark())
        .press(move || tap.run(open.clone()))
        .child(el("span").child(label))
        .child(el("code").child(value));
    el("li").child(part).child(remove)
}

fn group_view(group: Group, tap: Callback<Tap>) -> El {
    let count = group.chips.len();
    let chips: Vec<View> = group.chips.into_iter().map(|chip| chip_view(chip, tap)).collect();
    let chips = el("div").class("chip-row").child(chips);
    // What is seldom wanted does not push the rest out of sight.
    if count > FOLDED && matches!(group.title, "More" | "Look" | "Wait for") {
        let summary = el("summary").child(format!("{} ({count})", group.title));
        return el("details").class("chips").child(summary).child(chips);
    }
    el("div")
        .class("chips")
        .is("role", "group")
        .is("aria-label", group.title)
        .child(el("h3").says(group.title))
        .child(chips)
}

/// A group of more chips than this may be folded.
const FOLDED: usize = 6;

/// One chip.
pub(super) fn chip_view(chip: Chip, tap: Callback<Tap>) -> View {
    let Chip { label, note, tap: what, on } = chip;
    let note = (!note.is_empty()).then(|| el("small").child(note));
    el("button")
        .class("chip")
        .attr("data-tap", what.mark())
        .attr("aria-pressed", on.then_some("true"))
        .press(move || tap.run(what.clone()))
        .child(label)
        .child(note)
        .into()
}

/// A number: one up, one down, or digit by digit.
fn number_view(number: i64, tap: Callback<Tap>) -> Vec<El> {
    let step = |label, by, sign| {
        let button = el("button").class("plain").is("aria-label", label);
        let mark = format!("step {by}");
        button.attr("data-tap", mark).press(move || tap.run(Tap::Step(by))).says(sign)
    };
    let digits = (1..=9).chain([0]).map(|digit: u8| {
        let chip = el("button").class("chip").attr("data-tap", format!("digit {digit}"));
        chip.press(move || tap.run(Tap::Digit(digit))).child(digit.to_string())
    });
    let erase = el("button")
        .class("chip")
        .is("aria-label", "Last digit away")
        .is("data-tap", "erase")
        .press(move || tap.run(Tap::Erase));
    let stepper = el("div")
        .class("stepper")
        .is("role", "group")
        .is("aria-label", "Number")
        .child(step("One less", -1, "−"))
        .child(el("output").child(number.to_string()))
        .child(step("One more", 1, "+"));
    let digits = el("div")
        .class("chip-row digits")
        .is("role", "group")
        .is("aria-label", "Digits")
        .child(digits.collect::<Vec<_>>())
        .child(erase.says("⌫"));
    vec![stepper, digits]
}

/// Any text, for those who like to type.
fn text_view(title: &str, word: bool, tap: Callback<Tap>) -> El {
    let input = Spot::new_local(None);
    // No form: frames in other pages may not submit one.
    let give = move || {
        let Some(input) = input.get_untracked() else { return };
        let input: HtmlInputElement = input.unchecked_into();
        let text = input.value();
        if !text.is_empty() {
            input.set_value("");
            tap.run(if word { Tap::Word(text) } else { Tap::Set(text.into()) });
        }
    };
    let enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            give();
        }
    };
    let field = el("input")
        .at(input)
        .is("type", "text")
        .is("autocomplete", "off")
        .is("autocapitalize", "off")
        .is("spellcheck", "false")
        .is("enterkeyhint", "done")
        .on("keydown", enter);
    let label = el("span").child(format!("Something else for {title}"));
    el("div")
        .class("own-text")
        .child(el("label").child(label).child(field))
        .child(el("button").class("plain").is("type", "button").press(give).says("Take it"))
}
