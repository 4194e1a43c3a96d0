//! What is scaled, on one axis of time: metrics with their alarms, counts, cooldowns and activities; beside it what each
//! policy would want, and for machines needed and running with the figure that they make.

use std::sync::Arc;

use leptos::prelude::*;

use super::answer::jump;
use super::charts::{drawing, head};
use super::roles::chips;
use super::sight::{hands, select, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::session::view::scaling::{Activity, Cell, Needs, Rule, Scaled, Watch, scaled};
use crate::session::view::why::Answer;

/// The scaling of a desk.
pub fn scaling(desk: Desk) -> View {
    while_open(desk, "scaling", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let found = Memo::new(move |_| Arc::new(desk.read(scaled)));
    let keys = move || found.get().iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    // What is known of a thing that is already there changes in place: the button that was tapped keeps the focus.
    let card = move |id: String| {
        let one = Memo::new(move |_| found.get().iter().find(|one| one.id == id).cloned());
        (move || one.with(Option::is_some).then(|| card(desk, one))).into_any()
    };
    let hint = move || {
        let text =
            "Nothing is scaled yet. Register a service as a scalable target, and it appears here.";
        found.read().is_empty().then(|| view! { <p class="hint">{text}</p> })
    };
    view! {
        <section class="scaling" aria-label="Scaling">
            {hint}
            <For each=keys key=|key| key.clone() let:key>{card(key)}</For>
        </section>
    }
    .into_any()
}

/// One thing that is scaled. `one` is there for as long as this is.
fn card(desk: Desk, one: Memo<Option<Scaled>>) -> AnyView {
    let part = move |take: fn(&Scaled) -> AnyView| move || one.with(|one| one.as_ref().map(take));
    let with = move |take: fn(Desk, &Scaled) -> AnyView| {
        move || one.with(|one| one.as_ref().map(|one| take(desk, one)))
    };
    let of = move |take: fn(&Scaled) -> String| {
        one.with(|one| one.as_ref().map(take).unwrap_or_default())
    };
    let (kind, id, title) = one
        .with_untracked(|one| one.as_ref().map(|one| (one.kind, one.id.clone(), one.title.clone())))
        .unwrap_or_default();
    let (name, thing) = (title.clone(), id.clone());
    let loads = Memo::new(move |_| one.with(|one| one.as_ref().map(|one| one.loads.clone())));
    let activities = move || one.with(|one| one.as_ref().map(|one| one.activities.clone()));
    view! {
        <article
            class="scaled"
            data-kind=kind
            data-id=id
            data-desired=move || of(|one| one.desired.to_string())
            data-running=move || of(|one| one.running.to_string())
            aria-label=name
        >
            <h2><button class="linklike" on:click=move |_| select(desk, kind, &thing)>{title}</button></h2>
            <p role="status">{move || of(|one| one.says.clone())}</p>
            {part(|one| one.needs.as_ref().map(needs).into_any())}
            {move || chips(desk, loads.get().unwrap_or_default(), load)}
            {with(axis)}
            <div class="rules">{part(|one| one.rules.iter().map(rule).collect_view().into_any())}</div>
            {part(agree)}
            <div role="status">{part(|one| one.held.as_ref().map(held).into_any())}</div>
            <ol class="activities" aria-label="Scaling activities, newest first">
                <For
                    each=move || activities().unwrap_or_default()
                    key=|one| (one.number, one.at, one.status)
                    let:one
                >
                    {activity(desk, one)}
                </For>
            </ol>
        </article>
    }
    .into_any()
}

/// Changes the work. Nothing is to be seen of it at once.
fn load(desk: Desk, line: &str) {
    if desk.tap(line).status == 0 {
        desk.notice("The work has changed. CPU is measured once a minute, so let time pass.");
    }
}

/// Why nothing is scaled; the way back to its cause is in the inspector.
fn held(answer: &Answer) -> AnyView {
    let Answer { title, says, instead, .. } = answer.clone();
    view! { <p class="held"><b>{title}". "</b>{says}" "<b>{instead}</b></p> }.into_any()
}

/// M, N and what they make.
fn needs(needs: &Needs) -> AnyView {
    let Needs { needed, running, reservation, target, says } = needs.clone();
    let figure = reservation.clone();
    let part = |sign: &'static str, figure: String, word: &'static str| {
        view! { <span class="term"><b>{figure}</b><small>{word}</small></span><i>{sign}</i> }
    };
    view! {
        <div
            class="needs"
            data-needed=needed
            data-running=running
            data-reservation=figure
        >
            <p class="sum">
                {part("÷", needed.to_string(), "needed, M")}
                {part("× 100 =", running.to_string(), "running, N")}
                <span class="term"><b>{reservation}</b><small>{format!("kept at {target}")}</small></span>
            </p>
            <p>{says}</p>
        </div>
    }
    .into_any()
}

/// The lanes over one axis, and under them the strip of cooldowns and activities.
fn axis(desk: Desk, one: &Scaled) -> AnyView {
    let charts = &one.charts;
    let lane = |chart| view! { <figure>{head(chart)}{drawing(charts, chart)}</figure> };
    let percent = |tenths: u64| format!("{}.{}%", tenths / 10, tenths % 10);
    let spans = one.spans.iter().filter(|span| span.to > charts.from);
    let span = spans.clone().map(|span| {
        let (from, to) = (one.across(span.from), one.across(span.to));
        view! { <i class="span" style:left=percent(from) style:width=percent(to - from)></i> }
    });
    let mut lines = Lines::default();
    let marks = one.activities.iter().filter(|act| act.at >= charts.from).map(|act| {
        let class = if is_bad(act) { "nth bad" } else { "nth" };
        let at = one.across(act.at);
        let bottom = format!("{}px", lines.place(at) * 22 + 4);
        view! { <i class=class style:left=percent(at) style:bottom=bottom>{act.number}</i> }
    });
    let marks = marks.collect_view();
    let height = format!("{}px", lines.0.len().max(1) * 22 + 6);
    let said = spans.map(|span| {
        let word = if span.to > charts.to { "goes on until" } else { "ended at" };
        format!("{} {word} {}. ", span.says, hands(desk, span.to))
    });
    view! {
        <div class="charts">
            {charts.all.iter().map(lane).collect_view()}
            <div class="strip" aria-hidden="true" style:height=height>{span.collect_view()}{marks}</div>
            <p class="axis quiet">
                <time>{hands(desk, charts.from)}</time><time>{hands(desk, charts.to)}</time>
            </p>
            <p class="quiet">{said.collect::<String>()}</p>
        </div>
    }
    .into_any()
}

/// The lines that numbers stand on, each with the place of its newest number, in thousandths of the axis.
#[derive(Default)]
struct Lines(Vec<u64>);

impl Lines {
    /// The width of a number on the narrowest axis.
    const NUMBER: u64 = 80;

    /// The lowest line with room at `at`.
    fn place(&mut self, at: u64) -> usize {
        let free = self.0.iter().position(|last| last.abs_diff(at) >= Self::NUMBER);
        let line = free.unwrap_or(self.0.len());
        match self.0.get_mut(line) {
            Some(last) => *last = at,
            None => self.0.push(at),
        }
        line
    }
}

fn rule(rule: &Rule) -> AnyView {
    let wants = rule.wants.map_or_else(|| "–".to_owned(), |wants| wants.to_string());
    let (rule, id) = (rule.clone(), rule.name.clone());
    view! {
        <section class="rule" data-kind=rule.kind data-id=id data-wants=wants.clone()>
            <h3>{rule.sort}<small>{rule.name}</small></h3>
            <p>{rule.says}</p>
            <p><b>{format!("Wants {wants}:")}</b>" "<span class="quiet">{rule.why}</span></p>
            {rule.alarms.iter().map(watch).collect_view()}
        </section>
    }
    .into_any()
}

/// An alarm and its datapoints, one cell each.
fn watch(watch: &Watch) -> AnyView {
    let breaching = watch.breaching();
    let spoken = format!("{breaching} of {} datapoints breach", watch.cells.len());
    let cell = |cell: &Cell| {
        let (class, sign) = match cell {
            Cell { breaches: true, .. } if watch.below => ("low", "✕"),
            Cell { breaches: true, .. } => ("bad", "✕"),
            Cell { value: None, .. } => ("none", "–"),
            _ => ("", "·"),
        };
        view! { <i class=class title=cell.value.clone()>{sign}</i> }
    };
    let ringing = watch.state == "ALARM";
    view! {
        <div
            class="watch"
            class:ringing=ringing
            data-kind="alarm"
            data-id=watch.name.clone()
            data-status=watch.state
            data-breaching=breaching
        >
            <p><b>{watch.label.clone()}</b>" "<span class="status-word">{watch.state}</span></p>
            <p class="quiet">{watch.says.clone()}</p>
            <p class="cells" role="img" aria-label=spoken>{watch.cells.iter().map(cell).collect_view()}</p>
        </div>
    }
    .into_any()
}

/// How several policies come to one number.
fn agree(one: &Scaled) -> AnyView {
    let text = "Tasks are added if any policy asks for more: the most wins. They are taken away only if all agree.";
    (one.rules.len() > 1).then(|| view! { <p class="quiet">{text}</p> }).into_any()
}

fn is_bad(activity: &Activity) -> bool {
    activity.status == "Failed"
}

fn activity(desk: Desk, one: Activity) -> AnyView {
    let sign = match one.status {
        "Failed" => "✕ ",
        "Successful" => "✓ ",
        _ => "◔ ",
    };
    let bad = is_bad(&one);
    let reason = (!one.not_scaled.is_empty()).then(|| format!(" {}.", one.not_scaled));
    view! {
        <li data-kind="scaling-activity" data-id=one.number data-status=one.status class:bad=bad>
            <i class="nth" aria-hidden="true">{one.number}</i>
            <div>
                {jump(desk, one.at, one.says)}
                <p class="quiet"><b>{sign}{one.status}</b>{reason}" Cause: "{one.cause}</p>
            </div>
        </li>
    }
    .into_any()
}
