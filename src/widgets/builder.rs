//! The command builder: a line put together by taps, with its text in view all the while.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::sight::Sight;
use crate::app::desk::Desk;
use crate::session::Session;
use crate::session::view::builder::{Builder, Chip, Group, Hints, Page, Part, Stock, Tap};

/// The command builder of a desk.
pub fn builder(desk: Desk) -> AnyView {
    let sight = Sight::new(desk);
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
    let tap = move |tap: &Tap| draft.update(|draft| draft.tap(tap));
    let ready = move || draft.read().is_complete();
    let run = move |_| {
        let line = line.get_untracked();
        if draft.read_untracked().is_complete() && desk.tap(&line).status == 0 {
            draft.set(Builder::default());
        }
    };
    let to_terminal = move |_| {
        desk.compose.set(Some(line.get_untracked()));
        desk.tool.set(Some("terminal"));
    };
    let begun = move || !line.read().is_empty();
    view! {
        <div class="builder">
            <div class="builder-line">
                <output class="preview" aria-label="The line so far">
                    <code>{move || if begun() { line.get() } else { "aws …".to_owned() }}</code>
                </output>
                <div class="row">
                    <button class="plain go" aria-disabled=move || (!ready()).to_string() on:click=run>"Run"</button>
                    <Show when=begun>
                        <button class="plain" on:click=move |_| tap(&Tap::Restart)>"Start over"</button>
                        <button class="plain" on:click=to_terminal>"Edit as text"</button>
                    </Show>
                </div>
            </div>
            {move || page_view(&page.get(), tap)}
        </div>
    }
    .into_any()
}

/// What the step talks about; nothing in the sandbox.
fn hints(session: &Session) -> Hints {
    let both = session.lesson().zip(session.current());
    both.map_or_else(Hints::default, |(lesson, step)| Hints::of(lesson, step))
}

fn page_view(page: &Page, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let back = (page.crumbs.len() > 1).then(|| {
        let way = page.crumbs.join(" › ");
        view! {
            <p class="way">
                <button class="plain" on:click=move |_| tap(&Tap::Up)>"Back"</button>
                <span>{way}</span>
            </p>
        }
    });
    let parts = page.parts.iter().cloned().map(|part| part_view(part, tap)).collect_view();
    let groups = page.groups.iter().cloned().map(|group| group_view(group, tap)).collect_view();
    view! {
        {back}
        <ul class="parts">{parts}</ul>
        {page.number.map(|number| number_view(number, tap))}
        {groups}
        {page.text.then(|| text_view(&page.title, page.crumbs.is_empty(), tap))}
    }
    .into_any()
}

fn part_view(part: Part, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let Part { label, value, key } = part;
    let (open, out) = (Tap::Open(key.clone()), Tap::Remove(key));
    let remove = format!("Take {label} out");
    view! {
        <li>
            <button class="part" on:click=move |_| tap(&open)>
                <span>{label}</span>
                <code>{value}</code>
            </button>
            <button class="icon" aria-label=remove on:click=move |_| tap(&out)>"✕"</button>
        </li>
    }
    .into_any()
}

fn group_view(group: Group, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let count = group.chips.len();
    let chips = group.chips.into_iter().map(|chip| chip_view(chip, tap)).collect_view();
    // What is seldom wanted does not push the rest out of sight.
    if count > FOLDED && matches!(group.title, "More" | "Look" | "Wait for") {
        return view! {
            <details class="chips">
                <summary>{format!("{} ({count})", group.title)}</summary>
                <div class="chip-row">{chips}</div>
            </details>
        }
        .into_any();
    }
    view! {
        <div class="chips" role="group" aria-label=group.title>
            <h3>{group.title}</h3>
            <div class="chip-row">{chips}</div>
        </div>
    }
    .into_any()
}

/// A group of more chips than this may be folded.
const FOLDED: usize = 6;

fn chip_view(chip: Chip, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let Chip { label, note, tap: what, on } = chip;
    let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
    view! {
        <button class="chip" aria-pressed=on.then_some("true") on:click=move |_| tap(&what)>
            {label}{note}
        </button>
    }
    .into_any()
}

/// A number: one up, one down, or digit by digit.
fn number_view(number: i64, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let digits = (1..=9).chain([0]).map(|digit: u8| {
        view! { <button class="chip" on:click=move |_| tap(&Tap::Digit(digit))>{digit}</button> }
    });
    view! {
        <div class="stepper" role="group" aria-label="Number">
            <button class="plain" aria-label="One less" on:click=move |_| tap(&Tap::Step(-1))>"−"</button>
            <output>{number}</output>
            <button class="plain" aria-label="One more" on:click=move |_| tap(&Tap::Step(1))>"+"</button>
        </div>
        <div class="chip-row digits" role="group" aria-label="Digits">
            {digits.collect_view()}
            <button class="chip" aria-label="Last digit away" on:click=move |_| tap(&Tap::Erase)>"⌫"</button>
        </div>
    }
    .into_any()
}

/// Any text, for those who like to type.
fn text_view(title: &str, word: bool, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let give = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        if !text.is_empty() {
            input.set_value("");
            tap(&if word { Tap::Word(text) } else { Tap::Set(text.into()) });
        }
    };
    let label = format!("Something else for {title}");
    view! {
        <form class="own-text" on:submit=give>
            <label>
                <span>{label}</span>
                <input
                    node_ref=input type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                    enterkeyhint="done"
                />
            </label>
            <button class="plain">"Take it"</button>
        </form>
    }
    .into_any()
}
