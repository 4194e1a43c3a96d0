//! Who each running container is to AWS, what came of its last call, and buttons that change or ask it.

use std::sync::Arc;

use leptos::prelude::*;

use super::answer::answer_view;
use super::sight::{hands, select, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::app::parts;
use crate::session::view::roles::{Card, Last, Line, May, Reached, roles};

/// The roles of a desk.
pub fn role_picker(desk: Desk) -> View {
    while_open(desk, "role-picker", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let found = Memo::new(move |_| desk.read(|session| Arc::new(roles(session.cloud()))));
    let keys = move || {
        let found = found.get();
        let key = |card: &Card| (card.task.clone(), card.container.clone());
        found.cards.iter().map(key).collect::<Vec<_>>()
    };
    // What is known of a card that is already there is changed in place: the button that was tapped keeps the focus.
    let card = move |(task, container): (String, String)| {
        let card = Memo::new(move |_| {
            let found = found.get();
            let mine = |card: &&Card| card.task == task && card.container == container;
            found.cards.iter().find(mine).cloned().unwrap_or_default()
        });
        card_view(desk, card)
    };
    let hint = move || {
        let found = found.read();
        let text = match (found.cards.is_empty(), found.starting) {
            (true, 0) => {
                "No container runs. Run a task, and its container appears here.".to_owned()
            }
            (false, 0) => return None,
            (_, 1) => "One task is on its way. Let time pass.".to_owned(),
            (_, more) => format!("{more} tasks are on their way. Let time pass."),
        };
        Some(view! { <p class="hint">{text}</p> })
    };
    view! {
        <section class="roles" aria-label="Roles">
            <div role="status">{hint}</div>
            <For each=keys key=|key| key.clone() let:key>{card(key)}</For>
        </section>
    }
    .into_any()
}

fn card_view(desk: Desk, card: Memo<Card>) -> AnyView {
    let Card { task, container, title, place, .. } = card.get_untracked();
    let heading = format!("{container} of {title}");
    let name = heading.clone();
    let part = move |take: fn(Card) -> Vec<Line>| {
        let lines = Memo::new(move |_| take(card.get()));
        move || buttons(desk, lines.get())
    };
    let id = task.clone();
    let decision = move || card.read().last.as_ref().map_or("none", |last| last.word);
    let last = Memo::new(move |_| card.get().last);
    // It stands over the buttons, which may have been scrolled to.
    let decision_of = format!("[data-id='{task}'][data-container='{container}'] .decision");
    Effect::watch(move || last.get(), move |_, _, _| parts::reveal(decision_of.clone()), false);
    let calls = Memo::new(move |_| card.get().calls);
    view! {
        <article
            class="role-card"
            data-kind="task"
            data-id=task
            data-container=container
            data-role=move || card.read().reach.word
            data-decision=decision
            aria-label=name
        >
            <h2><button class="linklike" on:click=move |_| select(desk, "task", &id)>{heading}</button></h2>
            <p class="quiet">{place}</p>
            {move || reach_view(card.get().reach)}
            <details>
                <summary>"Where its code looks for credentials"</summary>
                {move || looks_view(card.get().reach.looks)}
            </details>
            <details>
                <summary>{move || may_says(&card.read().may)}</summary>
                {move || may_view(card.get().may)}
            </details>
            <div role="status">{move || last.get().map(|last| last_view(desk, last))}</div>
            <h3>"Call from inside it"</h3>
            {move || chips(desk, calls.get(), ask)}
            <h3>"Change who it is"</h3>
            {part(|card| card.door.into_iter().collect())}
            <details>
                <summary>"Run it again, as it is or with another task role"</summary>
                {part(|card| card.runs)}
            </details>
        </article>
    }
    .into_any()
}

/// Lines as buttons that run them.
pub(super) fn buttons(desk: Desk, lines: Vec<Line>) -> AnyView {
    chips(desk, lines, |desk, line| drop(desk.tap(line)))
}

/// A call from inside. What came of it stands in the card, so AWS's whole sentence need not lie over the page too.
fn ask(desk: Desk, line: &str) {
    if desk.run(line).status != 0 {
        desk.notice("That call failed. The card says why.");
    }
}

/// Lines as buttons, and what is done with a line.
pub(super) fn chips(desk: Desk, lines: Vec<Line>, run: fn(Desk, &str)) -> AnyView {
    let button = |Line { label, line }: Line| {
        let shown = line.clone();
        view! { <button class="chip" title=shown on:click=move |_| run(desk, &line)>{label}</button> }
    };
    view! { <div class="chip-row">{lines.into_iter().map(button).collect_view()}</div> }.into_any()
}

fn reach_view(reach: Reached) -> AnyView {
    view! {
        <p class="reach" data-reach=reach.word><b>{reach.says}</b>" "{reach.why}</p>
    }
    .into_any()
}

fn looks_view(looks: Vec<(bool, String)>) -> AnyView {
    let look = |(found, says): (bool, String)| {
        let (class, word) = if found { ("passed", "Found: ") } else { ("missed", "Not found: ") };
        view! { <li class=class><span class="vh">{word}</span>{says}</li> }
    };
    view! { <ol class="looks">{looks.into_iter().map(look).collect_view()}</ol> }.into_any()
}

fn may_says(may: &May) -> String {
    // Without credentials that AWS knows nobody is there to ask about.
    if may.of == 0 {
        return "May do nothing here: AWS knows no role behind its calls".to_owned();
    }
    format!("May do {} of the {} things that can be done with the data here", may.all.len(), may.of)
}

fn may_view(may: May) -> AnyView {
    let one = |(action, resource)| view! { <li><code>{action}</code>" "{resource}</li> };
    view! { <ul class="may">{may.all.into_iter().map(one).collect_view()}</ul> }.into_any()
}

fn last_view(desk: Desk, last: Last) -> AnyView {
    let word = match last.word {
        "allowed" => "✓ Allowed",
        "denied" => "✕ Denied",
        "no-credentials" => "✕ No credentials",
        "unreachable" => "✕ Not reached",
        _ => "✕ Failed",
    };
    let says = last.says.into_iter().map(|says| view! { <p>{says}</p> }).collect_view();
    let answer = last.answer.map(|answer| {
        view! { <details><summary>"Why?"</summary>{answer_view(desk, answer)}</details> }
    });
    view! {
        <div class="decision" data-word=last.word>
            <p>
                <b>{word}</b>" "<code>{last.call}</code>" "
                <time class="quiet">{hands(desk, last.at)}</time>
            </p>
            {says}
            {answer}
        </div>
    }
    .into_any()
}
