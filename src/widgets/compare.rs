//! Two branches of one timeline: where they part, which one is at work, and what differs.

use leptos::prelude::*;

use super::sight::{hands, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::app::parts::segments;
use crate::session::Session;
use crate::session::view::compare::{Difference, differences};

/// The learner's own lines that are offered to fork before, the newest.
const LINES_MOST: usize = 12;

/// The comparison of a desk.
pub fn compare(desk: Desk) -> View {
    while_open(desk, "compare", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let two = Memo::new(move |_| desk.read(|session| session.branches().is_some()));
    view! {
        <section class="compare" aria-label="Compare">
            {move || if two.get() { both(desk) } else { begin(desk) }}
        </section>
    }
    .into_any()
}

/// Nothing is compared yet.
fn begin(desk: Desk) -> AnyView {
    let lines = move || {
        let lines = desk.read(|session| {
            let own = session.timeline().entries().enumerate().filter(|(_, (_, changed))| *changed);
            own.map(|(at, (entry, _))| (at, entry.line.clone())).collect::<Vec<_>>()
        });
        let view = |(at, line): (usize, String)| {
            let fork = move |_| fork(desk, move |session| session.compare_before(at));
            view! { <li><code>{line}</code><button class="plain" on:click=fork>"Fork before this"</button></li> }
        };
        lines.into_iter().rev().take(LINES_MOST).map(view).collect_view()
    };
    view! {
        <p>
            "Do one thing otherwise and see what changes. What you have done stays beside what you do next, and one clock
            moves both."
        </p>
        <button class="plain" on:click=move |_| fork(desk, Session::compare_here)>"Fork here and compare"</button>
        <ol class="fork-lines" aria-label="Your lines, newest first">{lines}</ol>
    }
    .into_any()
}

fn fork(desk: Desk, act: impl FnOnce(&mut Session) -> bool) {
    let done = desk.change(act);
    desk.notice(if done {
        "You are in the second branch now. The first goes on beside it."
    } else {
        "Stop the demonstration first."
    });
}

/// Two branches are compared.
fn both(desk: Desk) -> AnyView {
    let second = move || desk.read(|session| session.branches().is_some_and(|two| two.in_second));
    let work_in = move |to_second: bool| {
        if second() != to_second {
            desk.change(Session::switch_branch);
        }
    };
    let forked = move || {
        desk.read(|session| session.branches().map(|two| two.forked_at)).map(|at| hands(desk, at))
    };
    let rows = Memo::new(move |_| {
        desk.read(|session| {
            let start = session.span().0;
            session
                .branches()
                .map(|two| differences(two.first, two.second, start))
                .unwrap_or_default()
        })
    });
    view! {
        <div class="row">
            {segments("Work in", &[(false, "First"), (true, "Second")], second, work_in)}
            <button class="plain" on:click=move |_| desk.change(Session::compare_stop)>"Stop comparing"</button>
            <span class="quiet">"They part at "{forked}</span>
        </div>
        <div class="wide" tabindex="0" role="group" aria-label="What differs">
            <table class="rows">
                <caption>"What differs, at this moment"</caption>
                <thead>
                    <tr><th scope="col">"What"</th><th scope="col">"First"</th><th scope="col">"Second"</th></tr>
                </thead>
                <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: Difference) -> AnyView {
    let differs = row.differs();
    let sign = differs
        .then(|| view! { <span aria-hidden="true">"≠ "</span><span class="vh">"Differs: "</span> });
    view! {
        <tr class:differs=differs>
            <th scope="row">{sign}{row.what}</th><td>{row.first}</td><td>{row.second}</td>
        </tr>
    }
    .into_any()
}
