//! The log of API calls. Each shows its request, its answer and the line that makes it.

use leptos::prelude::*;

use super::answer::answer_view;
use super::sight::{copy_button, hands};
use crate::app::desk::Desk;
use crate::app::parts::segments;
use crate::cli;
use crate::session::view::calls::{CallLine, calls};
use crate::session::view::json::pretty;
use crate::session::view::why::denied;

/// So many calls are shown; a button shows as many more.
const WINDOW: usize = 200;

/// The calls of the account that the desk shows.
pub fn call_log(desk: Desk) -> AnyView {
    let window = RwSignal::new(WINDOW);
    let own = RwSignal::new(false);
    // Much happens without a call.
    let trail = Memo::new_with_compare(
        move |_| desk.read(|session| session.cloud().account().trail.clone()),
        |old, new| !old.zip(new).is_some_and(|(old, new)| old.same_as(new)),
    );
    let lines = Memo::new(move |_| calls(&trail.read(), window.get()));
    let earlier = move || trail.read().iter().count().saturating_sub(lines.read().len());
    let shown = move || {
        // The newest stands first: that is the one that was just made.
        let lines = lines.get().into_iter().rev();
        lines.filter(|line| line.own || !own.get()).collect::<Vec<_>>()
    };
    view! {
        <section class="calls" aria-label="API calls">
            <div class="calls-head">
                {segments(
                    "Calls of",
                    &[(false, "All"), (true, "Yours")],
                    move || own.get(),
                    move |only| own.set(only),
                )}
            </div>
            <Show when=move || lines.read().is_empty()>
                <p class="hint">"No call has been made yet."</p>
            </Show>
            <ol>
                <For each=shown key=|line| line.no let:line>{line_view(desk, line)}</For>
            </ol>
            <Show when=move || { earlier() > 0 }>
                <button class="plain" on:click=move |_| window.update(|window| *window += WINDOW)>
                    {move || format!("Show earlier calls ({})", earlier())}
                </button>
            </Show>
        </section>
    }
    .into_any()
}

fn line_view(desk: Desk, line: CallLine) -> AnyView {
    let CallLine { no, at, name, who, result, note, own } = line;
    let open = RwSignal::new(false);
    let ok = result == "ok";
    let time = hands(desk, at);
    let jump = format!("Go to {time}, when {name} was called");
    let said = if ok && !note.is_empty() { note.clone() } else { result.clone() };
    let call = name.clone();
    let detail = move || open.get().then(|| detail(desk, no));
    view! {
        <li data-call=call data-result=result class:refused=!ok>
            <div class="call">
                <button class="linklike when" aria-label=jump on:click=move |_| desk.seek(at)>{time}</button>
                <button
                    class="call-name"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <code>{name}</code>
                    <span class="who" class:own=own>{who}</span>
                    <span class="result">{said}</span>
                </button>
            </div>
            {detail}
        </li>
    }
    .into_any()
}

fn detail(desk: Desk, no: u64) -> Option<AnyView> {
    let record = desk.peek(|session| session.cloud().account().trail.get(no).cloned())?;
    let line = cli::line_for(&record.call);
    let request = pretty(&record.call.input);
    let (title, answer) = match &record.reply {
        Ok(reply) => ("Answer", pretty(reply)),
        Err(error) => ("Error", format!("{}: {}", error.code, error.message)),
    };
    let why = desk.peek(|session| denied(session.cloud().account(), no));
    Some(
        view! {
            <div class="call-detail">
                {why.map(|why| answer_view(desk, why))}
                <p class="cli"><code>{line.clone()}</code></p>
                {copy_button(desk, line)}
                <h3>"Request"</h3>
                <pre>{request}</pre>
                <h3>{title}</h3>
                <pre>{answer}</pre>
            </div>
        }
        .into_any(),
    )
}
