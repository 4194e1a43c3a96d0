//! What the account costs, and from how many tasks on an instance is cheaper than Fargate.

use leptos::prelude::*;

use super::sight::while_open;
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::session::view::cost::{Bill, BillLine, Even, bill, even};

/// The meter of a desk.
pub fn cost(desk: Desk) -> View {
    while_open(desk, "cost", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    // A second of virtual time is worth a look: the total grows while nothing happens.
    let second = Memo::new(move |_| desk.now().0 / 1_000);
    let found = Memo::new(move |_| {
        second.track();
        desk.read(|session| bill(session.cloud()))
    });
    let even = Memo::new(move |_| desk.read(|session| even(session.cloud())));
    view! {
        <section class="cost" aria-label="Cost">
            {move || sums(&found.read())}
            <div class="wide" tabindex="0" role="group" aria-label="What causes it">{move || lines(found.get().lines)}</div>
            {move || even.get().map(even_view)}
            <p class="quiet">"List prices of us-east-1 without data transfer, taxes and free tiers."</p>
        </section>
    }
    .into_any()
}

fn sums(bill: &Bill) -> AnyView {
    view! {
        <dl class="sums">
            <div><dt>"an hour"</dt><dd>{bill.hour.clone()}</dd></div>
            <div><dt>"a second"</dt><dd>{bill.second.clone()}</dd></div>
            <div><dt>"so far"</dt><dd>{bill.total.clone()}</dd></div>
        </dl>
    }
    .into_any()
}

fn lines(lines: Vec<BillLine>) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="hint">"Nothing costs money yet."</p> }.into_any();
    }
    let row = |line: BillLine| {
        let things = line
            .things
            .iter()
            .map(|(name, hour)| format!("{name} {hour}"))
            .collect::<Vec<_>>()
            .join(" · ");
        let share = line.percent.to_string();
        view! {
            <tr>
                <th scope="row">{line.title}<small>{things}</small></th>
                <td>{line.hour}</td>
                <td>{line.total}</td>
                <td>
                    <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                        <rect width=share height="8"/>
                    </svg>
                    {format!("{} %", line.percent)}
                </td>
            </tr>
        }
    };
    view! {
        <table class="rows">
            <caption>"What causes it"</caption>
            <thead>
                <tr>
                    <th scope="col">"What"</th><th scope="col">"An hour"</th>
                    <th scope="col">"So far"</th><th scope="col">"Share"</th>
                </tr>
            </thead>
            <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Tasks across, money up: the steps of instances, the slope of Fargate, and where they meet.
fn even_view(even: Even) -> AnyView {
    let (stairs, slope, meets) = even.paths();
    let meets = meets.map(|x| view! { <path class="meets" d=format!("M{x} 0V100")/> });
    view! {
        <figure class="even">
            <figcaption>
                <b>"EC2 or Fargate"</b>
                <span class="key"><i class="stairs"></i>{even.kind}</span>
                <span class="key"><i class="slope"></i>"Fargate"</span>
            </figcaption>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=even.says.clone()>
                <path class="base" d="M0 100H1000"/>
                {meets}
                <path class="stairs" d=stairs/>
                <path class="slope" d=slope/>
            </svg>
            <p class="axis quiet"><span>"1 task"</span><span>{format!("{} tasks", even.points.len())}</span></p>
            <p>{even.says}</p>
        </figure>
    }
    .into_any()
}
