//! The fault panel: things break at a tap, and requests come. Each tap is a terminal line, so it can be undone and shared.

use std::sync::Arc;

use leptos::prelude::*;

use super::builder::chip_view;
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::session::view::builder::panel::{Breakage, Panel, rate, traffic_line};
use crate::session::view::builder::{Chip, Hints, Stock, Tap};
use crate::session::view::rows::Read as _;

/// What the panel shows.
#[derive(Clone, PartialEq)]
struct Shown {
    breakages: Vec<Breakage>,
    asked: Option<&'static str>,
    chips: Vec<Chip>,
    line: Option<String>,
    /// Load balancers, and how many requests per second each gets.
    balancers: Vec<(String, u32)>,
}

/// The fault panel of a desk.
pub fn fault_panel(desk: Desk) -> View {
    let sight = desk.sight.while_open(desk, "fault-panel");
    let panel = RwSignal::new(Panel::default());
    let allowed = desk.peek(|session| {
        let task = session.current().and_then(|step| step.task.as_ref());
        task.map_or_else(Vec::new, |task| task.faults.clone())
    });
    let shown = Memo::new(move |_| {
        Arc::new(sight.with(|rows, names| {
            desk.peek(|session| {
                let stock = Stock { cloud: session.cloud(), rows, names, hints: &Hints::default() };
                let balancers = rows.get("load-balancer").iter();
                let balancers = balancers.map(|row| row.json.text("LoadBalancerName").to_owned());
                let panel = panel.read();
                Shown {
                    breakages: panel.breakages(&stock, &allowed),
                    asked: panel.asked(),
                    chips: panel.chips(&stock),
                    line: panel.line(),
                    balancers: balancers.map(|name| (name.clone(), rate(session, &name))).collect(),
                }
            })
        }))
    });
    let act = move |act: &dyn Fn(&mut Panel) -> Option<String>| {
        if let Some(line) = panel.try_update(|panel| act(panel)).flatten() {
            let printed = desk.tap_and_show(&line);
            if printed.status == 0 {
                desk.notice(format!("Done: {line}"));
            }
        }
    };
    let view = move || {
        let shown = shown.get();
        let steppers = shown.balancers.iter().map(|(name, rate)| stepper(desk, name, *rate));
        let rows = shown.breakages.iter().map(|breakage| {
            let open = breakage.open.then(|| choices(&shown, act));
            row(breakage.clone(), open, act)
        });
        view! {
            {steppers.collect_view()}
            <ul class="parts">{rows.collect_view()}</ul>
        }
    };
    view! { <div class="builder faults">{view}</div> }.into_any().into()
}

/// Requests per second, one step more or less.
fn stepper(desk: Desk, name: &str, rate: u32) -> AnyView {
    let button = |more: bool, sign: &'static str, word: &str| {
        let line = traffic_line(name, rate, more);
        let label = format!("{word} requests to {name}");
        let tap = move |_| drop(desk.tap(&line));
        view! { <button class="plain" aria-label=label on:click=tap>{sign}</button> }
    };
    view! {
        <div class="stepper" role="group" aria-label=format!("Traffic to {name}")>
            <span>{format!("Requests a second to {name}")}</span>
            {button(false, "−", "Fewer")}
            <output>{rate}</output>
            {button(true, "+", "More")}
        </div>
    }
    .into_any()
}

fn row(
    breakage: Breakage,
    open: Option<AnyView>,
    act: impl Fn(&dyn Fn(&mut Panel) -> Option<String>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let (what, word, is_open) = (breakage.what.clone(), breakage.word.clone(), breakage.open);
    let mark = format!("fault {word}");
    view! {
        <li class="field" class:open=is_open>
            <button
                class="part" data-tap=mark aria-expanded=is_open.to_string()
                on:click=move |_| act(&|panel| panel.open(&breakage))
            >
                <span>{what}</span>
                <code>{word}</code>
            </button>
            {open}
        </li>
    }
    .into_any()
}

/// The chips for what is asked next, and the button where the line could be run as it is.
fn choices(
    shown: &Shown,
    act: impl Fn(&dyn Fn(&mut Panel) -> Option<String>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let tap = Callback::new(move |tap: Tap| {
        if let Tap::Word(word) = &tap {
            act(&|panel| panel.add(word));
        }
    });
    let nothing = shown.chips.is_empty().then(|| {
        view! { <p class="quiet">"There is nothing here for it yet."</p> }
    });
    let run = shown.line.clone().map(|line| {
        let run = move |_| {
            act(&|panel| {
                let line = panel.line();
                *panel = Panel::default();
                line
            });
        };
        view! {
            <p class="row">
                <button class="plain go" data-tap="run" on:click=run>"Do it"</button>
                <code>{line}</code>
            </p>
        }
    });
    let chips = shown.chips.iter().cloned().map(|chip| chip_view(chip, tap)).collect_view();
    let asked = shown.asked.unwrap_or_default();
    view! {
        <div class="field-page" role="group" aria-label=asked>
            {run}
            {nothing}
            <div class="chip-row">{chips}</div>
        </div>
    }
    .into_any()
}
