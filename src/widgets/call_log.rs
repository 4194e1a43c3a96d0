//! The log of API calls. Each shows its request, its answer and the line that makes it.

use leptos::prelude::*;

use super::answer::answer_view;
use super::sight::{copy_button, hands};
use crate::app::desk::Desk;
use crate::app::dom::{El, View, el, rows};
use crate::app::parts::{segments, yes};
use crate::cli;
use crate::session::view::calls::{CallLine, calls};
use crate::session::view::json::pretty;
use crate::session::view::why::denied;

/// So many calls are shown; a button shows as many more.
const WINDOW: usize = 200;

/// The calls of the account that the desk shows.
pub fn call_log(desk: Desk) -> View {
    let window = RwSignal::new(WINDOW);
    let own = RwSignal::new(false);
    // Much happens without a call.
    let trail = Memo::new_with_compare(
        move |_| desk.read(|session| session.cloud().account().trail.clone()),
        |old, new| !old.zip(new).is_some_and(|(old, new)| old.same_as(new)),
    );
    let lines = Memo::new(move |_| calls(&trail.read(), window.get()));
    // The newest stands first: that is the one that was just made.
    let shown = Memo::new(move |_| {
        let lines = lines.get().into_iter().rev();
        lines.filter(|line| line.own || !own.get()).collect::<Vec<_>>()
    });
    let numbers =
        move || shown.with(|lines| lines.iter().map(|line| line.no.to_string()).collect());
    let line = move |at: usize, _: &str| {
        let line = shown.with(|lines| lines.get(at).cloned());
        line.map(|line| line_view(desk, line)).into()
    };
    let whose = segments(
        "Calls of",
        &[(false, "All"), (true, "Yours")],
        move || own.get(),
        move |only| own.set(only),
    );
    let empty = move || {
        let empty = lines.read().is_empty();
        empty.then(|| el("p").class("hint").says("No call has been made yet."))
    };
    let more = move || {
        let earlier = trail.read().iter().count().saturating_sub(lines.read().len());
        let button = el("button").class("plain");
        (earlier > 0).then(|| {
            button
                .press(move || window.update(|window| *window += WINDOW))
                .child(format!("Show earlier calls ({earlier})"))
        })
    };
    el("section")
        .class("calls")
        .is("aria-label", "API calls")
        .child(el("div").class("calls-head").child(whose))
        .child(empty)
        .child(el("ol").child(rows(numbers, line)))
        .child(more)
        .into()
}

fn line_view(desk: Desk, line: CallLine) -> El {
    let CallLine { no, at, name, who, result, note, own } = line;
    let open = RwSignal::new(false);
    let ok = result == "ok";
    let time = hands(desk, at);
    let said = if ok && !note.is_empty() { note } else { result.clone() };
    let when = el("button")
        .class("linklike when")
        .attr("aria-label", format!("Go to {time}, when {name} was called"))
        .press(move || desk.seek(at))
        .child(time);
    let call = el("button")
        .class("call-name")
        .attr("aria-expanded", move || yes(open.get()))
        .press(move || open.update(|open| *open = !*open))
        .child(el("code").child(name.clone()))
        .child(el("span").class("who").class_if("own", own).child(who))
        .child(el("span").class("result").child(said));
    el("li")
        .attr("data-call", name)
        .attr("data-result", result)
        .class_if("refused", !ok)
        .child(el("div").class("call").child(when).child(call))
        .child(move || open.get().then(|| detail(desk, no)))
}

#[inline(never)]
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
