//! One request, followed from its client through listener, rule, target group and host port to a container; beside it
//! which port of which machine leads where now.

use std::sync::Arc;

use leptos::prelude::*;

use super::roles::buttons;
use super::sight::{copy_button, hands, select, while_open};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::session::view::placed::Refused;
use crate::session::view::route::{Choice, Host, Journey, Port, Station, routes, status};

/// The route of a desk.
pub fn route(desk: Desk) -> View {
    while_open(desk, "route", move || instrument(desk))
}

fn instrument(desk: Desk) -> AnyView {
    let found = Memo::new(move |_| Arc::new(desk.read(|session| routes(session.cloud()))));
    let newest = Memo::new(move |_| found.get().newest.clone());
    let earlier = Memo::new(move |_| found.get().earlier.clone());
    let hosts = move || found.get().hosts.iter().map(|host| host.id.clone()).collect::<Vec<_>>();
    let host = move |id: String| {
        let one = move || found.get().hosts.iter().find(|host| host.id == id).cloned();
        let one = Memo::new(move |_| one());
        (move || one.get().map(|host| host_view(desk, host))).into_any()
    };
    let refused = move || found.read().refused.iter().map(refused_view).collect_view();
    let earlier = move || {
        let line = |(no, text)| view! { <li><i class="quiet">{format!("#{no} ")}</i>{text}</li> };
        earlier.get().into_iter().map(line).collect_view()
    };
    view! {
        <section class="route" aria-label="Route">
            {sender(desk, Memo::new(move |_| found.get().choices.clone()))}
            <div role="status">{move || newest.get().map(|one| journey(desk, one))}</div>
            <ol class="earlier" aria-label="Requests before, newest first">{earlier}</ol>
            <h3>"Ports that lead to a container now"</h3>
            <div class="hosts"><For each=hosts key=|key| key.clone() let:key>{host(key)}</For></div>
            <ul class="refused-list" aria-label="Not placed">{refused}</ul>
        </section>
    }
    .into_any()
}

/// What to ask for, and the button that sends it.
fn sender(desk: Desk, choices: Memo<Vec<Choice>>) -> AnyView {
    let own = RwSignal::new(None::<Choice>);
    let asked = Memo::new(move |_| {
        own.get().or_else(|| choices.get().into_iter().next()).unwrap_or_default()
    });
    let line = Memo::new(move |_| asked.get().line());
    let chip = move |choice: Choice| {
        let (label, this) = (choice.label.clone(), choice.clone());
        let pressed = move || (asked.get() == this).to_string();
        view! {
            <button class="chip" aria-pressed=pressed on:click=move |_| own.set(Some(choice.clone()))>
                {label}
            </button>
        }
    };
    let field = move |label: &'static str, take: fn(&mut Choice) -> &mut String| {
        let text = move || take(&mut asked.get()).clone();
        let typed = move |text: String| {
            let mut choice = asked.get_untracked();
            *take(&mut choice) = text;
            own.set(Some(choice));
        };
        view! {
            <label>
                <span>{label}</span>
                <input
                    type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                    prop:value=text on:input:target=move |event| typed(event.target().value())
                />
            </label>
        }
    };
    let send = move |_| drop(desk.tap(&line.get_untracked()));
    let form = move || {
        view! {
            <div class="chip-row" role="group" aria-label="What the client asks for">
                {move || choices.get().into_iter().map(chip).collect_view()}
            </div>
            <details>
                <summary>"Another path or host"</summary>
                <div class="asked">
                    {field("Path", |choice| &mut choice.path)}
                    {field("Host", |choice| &mut choice.host)}
                </div>
            </details>
            <p class="row">
                <button class="plain go" data-tap="send" on:click=send>"Send one request"</button>
                <code class="line">{line}</code>
                {move || copy_button(desk, line.get())}
            </p>
        }
    };
    let hint = || view! { <p class="hint">"There is no load balancer to ask yet."</p> };
    let any = Memo::new(move |_| !choices.read().is_empty());
    (move || if any.get() { form().into_any() } else { hint().into_any() }).into_any()
}

/// The stations of a request.
fn journey(desk: Desk, one: Journey) -> AnyView {
    let at = hands(desk, one.at);
    let bad = one.status == 0 || one.status >= 500;
    let (no, code) = (one.no, status(one.status));
    let task = one.task.clone();
    let look = (!task.is_empty()).then(|| {
        view! { <button class="linklike" on:click=move |_| select(desk, "task", &task)>"Look at the task"</button> }
    });
    view! {
        <div
            class="journey"
            data-request=no
            data-status=one.status
            data-target=one.target
            data-task=one.task
        >
            <h3>
                {format!("Request {no}: {} ", one.asked)}
                <b class:bad=bad>{code}</b>{one.from}" "<time class="quiet">{at}</time>
            </h3>
            <ol class="hops">{one.stations.into_iter().map(station).collect_view()}</ol>
            {look}
        </div>
    }
    .into_any()
}

fn station(one: Station) -> AnyView {
    let (sign, word) = match one.result {
        "passed" => ("✓", "Passed: "),
        "failed" => ("✕", "Failed: "),
        _ => ("·", "Not reached: "),
    };
    view! {
        <li data-hop=one.word data-result=one.result>
            <i aria-hidden="true">{sign}</i>
            <p><b><span class="vh">{word}</span>{one.label}</b><span>{one.says}</span></p>
        </li>
    }
    .into_any()
}

fn host_view(desk: Desk, host: Host) -> AnyView {
    let (out, way) = host.out;
    let sign = if out { "✓ Way out: " } else { "✕ No way out: " };
    let nothing = host.ports.is_empty().then(|| view! { <p class="hint">"No port is in use."</p> });
    let kind = if host.id.starts_with("i-") { "instance" } else { "network-interface" };
    let port = move |port: Port| port_view(desk, port);
    view! {
        <article data-kind=kind data-id=host.id>
            <h4>{host.title}</h4>
            {nothing}
            <ul class="ports">{host.ports.into_iter().map(port).collect_view()}</ul>
            <p class="quiet" data-way-out=out.to_string()>{sign}{way}</p>
        </article>
    }
    .into_any()
}

fn port_view(desk: Desk, port: Port) -> AnyView {
    let health = match port.health {
        "" => "no target".to_owned(),
        "healthy" => "✓ healthy".to_owned(),
        "unhealthy" => "✕ unhealthy".to_owned(),
        other => format!("◔ {other}"),
    };
    view! {
        <li data-kind="task" data-id=port.task data-status=port.status data-port=port.host data-health=port.health>
            <p>
                <code>{format!("{} → {}", port.host, port.container)}</code>
                <span>{port.says}</span>
                <b>{health}</b>
                <span class="status-word">{port.status}</span>
            </p>
            {(port.status == "RUNNING").then(|| buttons(desk, vec![port.stop]))}
        </li>
    }
    .into_any()
}

fn refused_view(refused: &Refused) -> AnyView {
    let Refused { kind, name, because } = refused.clone();
    let says = format!("✕ {name}: a task was not placed, {because}");
    view! { <li data-kind="refused" data-id=name data-of=kind>{says}</li> }.into_any()
}
