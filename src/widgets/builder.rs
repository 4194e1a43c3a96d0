//! The command builder: a line put together by taps, with its text in view all the while.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use crate::app::desk::Desk;
use crate::session::Session;
use crate::session::view::builder::{Builder, Chip, Group, Hints, Page, Part, Stock, Tap};

/// The command builder of a desk.
pub fn builder(desk: Desk) -> AnyView {
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
    let tap = move |tap: &Tap| draft.update(|draft| draft.tap(tap));
    let run = move |_| {
        let ready =
            draft.with_untracked(
                |draft| if draft.is_complete() { Ok(()) } else { Err(draft.missing()) },
            );
        match ready {
            Ok(()) if desk.tap(&line.get_untracked()).status == 0 => draft.set(Builder::default()),
            Ok(()) => {}
            Err(missing) => say_missing(desk, &missing),
        }
    };
    let to_terminal = move |_| {
        desk.compose.set(Some(line.get_untracked()));
        desk.tool.set(Some("terminal"));
    };
    let begun = move || !line.read().is_empty();
    view! {
        <div class="builder">
            {line_bar(line, move || draft.read().is_complete(), "Run", run)}
            {move || page_view(&page.get(), tap)}
            <Show when=begun>
                <div class="row builder-end">
                    <button class="plain" data-tap="restart" on:click=move |_| tap(&Tap::Restart)>"Start over"</button>
                    <button class="plain" on:click=to_terminal>"Edit as text"</button>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// The line so far, in view all the while, and the button that runs it.
pub(super) fn line_bar(
    line: Memo<String>,
    ready: impl Fn() -> bool + Send + 'static,
    verb: &'static str,
    run: impl Fn(leptos::ev::MouseEvent) + 'static,
) -> AnyView {
    let text =
        move || line.with(|line| if line.is_empty() { "aws …".to_owned() } else { line.clone() });
    view! {
        <div class="builder-line">
            <output class="preview" aria-label="The line so far"><code>{text}</code></output>
            <button class="plain go" data-tap="run" aria-disabled=move || (!ready()).to_string() on:click=run>
                {verb}
            </button>
        </div>
    }
    .into_any()
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
pub(super) fn page_view(page: &Page, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let back = (page.crumbs.len() > 1).then(|| {
        let way = page.crumbs.join(" › ");
        view! {
            <p class="way">
                <button class="plain" data-tap="up" on:click=move |_| tap(&Tap::Up)>"Back"</button>
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
            <button class="part" data-tap=open.mark() on:click=move |_| tap(&open)>
                <span>{label}</span>
                <code>{value}</code>
            </button>
            <button class="icon" aria-label=remove data-tap=out.mark() on:click=move |_| tap(&out)>"✕"</button>
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

/// One chip.
pub(super) fn chip_view(chip: Chip, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let Chip { label, note, tap: what, on } = chip;
    let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
    view! {
        <button class="chip" data-tap=what.mark() aria-pressed=on.then_some("true") on:click=move |_| tap(&what)>
            {label}{note}
        </button>
    }
    .into_any()
}

/// A number: one up, one down, or digit by digit.
fn number_view(number: i64, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let digits = (1..=9).chain([0]).map(|digit: u8| {
        view! { <button class="chip" data-tap=format!("digit {digit}") on:click=move |_| tap(&Tap::Digit(digit))>{digit}</button> }
    });
    view! {
        <div class="stepper" role="group" aria-label="Number">
            <button class="plain" aria-label="One less" data-tap="step -1" on:click=move |_| tap(&Tap::Step(-1))>"−"</button>
            <output>{number}</output>
            <button class="plain" aria-label="One more" data-tap="step 1" on:click=move |_| tap(&Tap::Step(1))>"+"</button>
        </div>
        <div class="chip-row digits" role="group" aria-label="Digits">
            {digits.collect_view()}
            <button class="chip" aria-label="Last digit away" data-tap="erase" on:click=move |_| tap(&Tap::Erase)>"⌫"</button>
        </div>
    }
    .into_any()
}

/// Any text, for those who like to type.
fn text_view(title: &str, word: bool, tap: impl Fn(&Tap) + Copy + Send + 'static) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    // No form: frames in other pages may not submit one.
    let give = move || {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        if !text.is_empty() {
            input.set_value("");
            tap(&if word { Tap::Word(text) } else { Tap::Set(text.into()) });
        }
    };
    let enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            give();
        }
    };
    let label = format!("Something else for {title}");
    view! {
        <div class="own-text">
            <label>
                <span>{label}</span>
                <input
                    node_ref=input type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                    enterkeyhint="done" on:keydown=enter
                />
            </label>
            <button class="plain" type="button" on:click=move |_| give()>"Take it"</button>
        </div>
    }
    .into_any()
}
