//! What was measured, as lines over one axis of time, or as tables.

use std::sync::Arc;

use leptos::prelude::*;

use super::sight::{hands, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::app::parts::segments;
use crate::cloud::time::{MINUTE, Millis, SimTime};
use crate::session::view::charts::{self, Chart, Charts, Line, PAPER, short};

/// So much of what was before the step is drawn: a step may begin with a service at work.
const BEFORE_MS: Millis = 10 * MINUTE;

/// The charts of a desk.
pub fn charts(desk: Desk) -> View {
    while_open(desk, "charts", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let as_table = RwSignal::new(false);
    let found = Memo::new(move |_| {
        desk.read(|session| {
            let begin = SimTime(session.timeline().start().0.saturating_sub(BEFORE_MS));
            Arc::new(charts::charts(session.cloud(), begin.max(SimTime::START)))
        })
    });
    let shown = move || {
        let charts = found.get();
        if charts.all.is_empty() {
            let text =
                "Nothing is measured yet. A service is measured once a minute while its tasks run.";
            return view! { <p class="hint">{text}</p> }.into_any();
        }
        let one = |chart: &Chart| {
            let body =
                if as_table.get() { table(desk, &charts, chart) } else { drawing(&charts, chart) };
            view! { <figure>{head(chart)}{body}{alarms(chart)}</figure> }
        };
        charts.all.iter().map(one).collect_view().into_any()
    };
    let axis = move || {
        let charts = found.read();
        [hands(desk, charts.from), hands(desk, charts.to)]
            .map(|time| view! { <time>{time}</time> })
            .collect_view()
    };
    view! {
        <section class="charts" aria-label="Charts">
            <div class="row">
                {segments(
                    "Charts as",
                    &[(false, "Lines"), (true, "Table")],
                    move || as_table.get(),
                    move |table| as_table.set(table),
                )}
                <span class="axis quiet">{axis}</span>
            </div>
            {shown}
        </section>
    }
    .into_any()
}

pub(super) fn head(chart: &Chart) -> AnyView {
    let line = |(at, line): (usize, &Line)| {
        view! {
            <span class="key">
                <svg class=class(at) viewBox="0 0 24 8" width="24" height="8" aria-hidden="true"><path d="M0 4H24"/></svg>
                {line.label.clone()}" "<b>{chart.newest(line)}</b>
            </span>
        }
    };
    view! {
        <figcaption>
            <b>{chart.title.clone()}</b>
            {chart.lines.iter().enumerate().map(line).collect_view()}
        </figcaption>
    }
    .into_any()
}

/// Lines differ by their strokes, not by colour alone.
fn class(at: usize) -> &'static str {
    ["line first", "line second", "line third"].get(at % 3).copied().unwrap_or("line")
}

pub(super) fn drawing(charts: &Charts, chart: &Chart) -> AnyView {
    let spoken = chart.lines.iter().map(|line| format!("{} {}", line.label, chart.newest(line)));
    let spoken = format!("{}: now {}", chart.title, spoken.collect::<Vec<_>>().join(", "));
    let lines = chart.lines.iter().enumerate().map(|(at, line)| {
        view! { <path class=class(at) d=charts.path(chart, line)/> }
    });
    let thresholds = chart.alarms.iter().map(|mark| {
        let y = chart.down(mark.threshold);
        let class = if mark.below { "breach below" } else { "breach" };
        view! {
            <path class="threshold" class:ringing=mark.ringing d=format!("M0 {y}H{}", PAPER.0)/>
            <path class=class d=charts.dots(chart, &mark.breaches)/>
        }
    });
    view! {
        <div class="plot">
            <small aria-hidden="true">{format!("{}{}", short(chart.top), chart.unit)}</small>
            <svg viewBox=format!("0 0 {} {}", PAPER.0, PAPER.1) preserveAspectRatio="none" role="img" aria-label=spoken>
                <path class="base" d=format!("M0 {}H{}", PAPER.1, PAPER.0)/>
                {thresholds.collect_view()}
                {lines.collect_view()}
            </svg>
        </div>
    }
    .into_any()
}

fn table(desk: Desk, charts: &Charts, chart: &Chart) -> AnyView {
    let heads = chart.lines.iter().map(|line| view! { <th scope="col">{line.label.clone()}</th> });
    let rows = charts.table(chart).into_iter().map(|(at, cells)| {
        let cells = cells.into_iter().map(|cell| view! { <td>{cell}</td> });
        view! { <tr><th scope="row"><time>{hands(desk, at)}</time></th>{cells.collect_view()}</tr> }
    });
    view! {
        <div class="wide" tabindex="0" role="group" aria-label=chart.title.clone()>
            <table class="rows">
                <thead><tr><th scope="col">"Time"</th>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn alarms(chart: &Chart) -> AnyView {
    let one =
        |mark: &charts::Mark| view! { <li class:ringing=mark.ringing>{mark.says.clone()}</li> };
    let alarms = chart.alarms.iter().map(one).collect_view();
    view! { <ul class="alarms" aria-label="Alarms">{alarms}</ul> }.into_any()
}
