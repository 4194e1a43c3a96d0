//! The dock on the map: a tiny account of its own, in which a touch runs a task. Nothing of it is kept.

use leptos::prelude::*;

use super::desk::Desk;
use super::notice::Notices;
use crate::cloud::rows::Kind;
use crate::session::Session;

/// What stands ready before the first touch.
const SETUP: [&str; 2] = [
    "aws ecs create-cluster --cluster-name dock",
    "aws ecs register-task-definition --family web --cpu 256 --memory 512 --network-mode awsvpc \
     --requires-compatibilities FARGATE --container-definitions name=web,image=nginx",
];
/// What a touch on the ghost does. The subnet is the account's first.
const RUN: &str = "aws ecs run-task --cluster dock --launch-type FARGATE --task-definition web";
/// As many tasks as the drawing has berths.
const BERTHS: usize = 3;
/// Where the berths begin, and how far they are apart.
const FIRST_X: usize = 56;
const APART: usize = 110;
/// A hull, drawn at the first berth.
const HULL: &str = "M0 12H76L100 0L88 76Q87 82 80 82H12Q5 82 4 75Z";

/// A task as the drawing needs it.
#[derive(Clone, PartialEq, Eq)]
struct Hull {
    arn: String,
    status: String,
}

/// The dock.
pub fn view(notices: Notices) -> AnyView {
    let mut session = Session::sandbox();
    for line in SETUP {
        session.run(line);
    }
    let subnet = first_id(&session, "subnet").unwrap_or_default();
    let run = format!(
        "{RUN} --network-configuration awsvpcConfiguration={{subnets=[{subnet}],assignPublicIp=ENABLED}}"
    );
    for line in [run.as_str(), "wait 90s"] {
        session.run(line);
    }
    let desk = Desk::new(session, notices);
    desk.clock.speed.set(2);
    let hulls = Memo::new(move |_| hulls(desk));
    let berths = move || {
        let hulls = hulls.get();
        let ghost = (hulls.len() < BERTHS).then(|| ghost(desk, hulls.len(), run.clone()));
        let tasks =
            hulls.into_iter().enumerate().map(|(at, hull)| task(desk, at, hull)).collect_view();
        (tasks, ghost)
    };
    view! {
        <figure class="hero">
            <svg viewBox="0 0 420 210" role="group" aria-label="A dock to touch">
                <path class="contour outer" d="M8 60C90 36 180 52 240 46S360 34 412 54V204H8Z"/>
                <path class="contour" d="M20 74C96 52 184 66 240 60S352 50 400 68V196H20Z"/>
                <path class="quay" d="M40 168H380"/>
                <path class="wall" d="M40 168V74M380 168V74"/>
                {berths}
                <text class="caption" x="40" y="190">"cluster dock"</text>
                <text class="caption" x="380" y="190" text-anchor="end">"aws ecs run-task"</text>
            </svg>
        </figure>
    }
    .into_any()
}

/// The id of the first thing of a kind.
fn first_id(session: &Session, word: &str) -> Option<String> {
    let kind = *Kind::ALL.iter().find(|kind| kind.word() == word)?;
    let rows = kind.rows(session.cloud().account());
    rows.first()?.get(kind.id_member())?.as_str().map(str::to_owned)
}

/// The tasks that have not ended, oldest first.
fn hulls(desk: Desk) -> Vec<Hull> {
    desk.read(|session| {
        let Some(kind) = Kind::ALL.iter().find(|kind| kind.word() == "task") else {
            return Vec::new();
        };
        let rows = kind.rows(session.cloud().account());
        let text = |row: &serde_json::Value, name: &str| {
            row.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
        };
        let hulls = rows
            .iter()
            .map(|row| Hull { arn: text(row, "taskArn"), status: text(row, "lastStatus") });
        hulls.filter(|hull| hull.status != "STOPPED").take(BERTHS).collect()
    })
}

fn task(desk: Desk, at: usize, Hull { arn, status }: Hull) -> AnyView {
    let class = if status == "RUNNING" { "thing running" } else { "thing waiting" };
    let name = format!("WEB·1·{}", ["a", "b", "c"].get(at).copied().unwrap_or_default());
    // The visible words first, as they stand: who speaks to the browser says what they see.
    let label = format!("{name} {status}, press to stop it");
    // A long word is squeezed into its hull.
    let squeezed = (status.len() > 8).then_some("86");
    let stop = move || {
        desk.tap(&format!("aws ecs stop-task --cluster dock --task {arn}"));
        desk.clock.play(desk);
    };
    button(
        at,
        class,
        &label,
        stop,
        view! {
            <path class="body" d=HULL/>
            <path class="detail" d="M2 36H94"/>
            <text class="stencil" x="46" y="30" text-anchor="middle">{name}</text>
            <text class="state" x="46" y="60" text-anchor="middle" textLength=squeezed lengthAdjust="spacingAndGlyphs">{status}</text>
        }
        .into_any(),
    )
}

fn ghost(desk: Desk, at: usize, run: String) -> AnyView {
    let launch = move || {
        desk.tap(&run);
        desk.clock.play(desk);
    };
    button(
        at,
        "thing ghost",
        "touch to launch a task: aws ecs run-task",
        launch,
        view! {
            <path class="body" d=HULL/>
            <text class="state" x="46" y="40" text-anchor="middle">"touch to"</text>
            <text class="state" x="46" y="60" text-anchor="middle">"launch"</text>
        }
        .into_any(),
    )
}

/// A drawing that is a button.
fn button(
    at: usize,
    class: &'static str,
    label: &str,
    act: impl Fn() + 'static,
    art: AnyView,
) -> AnyView {
    let act = StoredValue::new_local(act);
    let press = move || act.with_value(|act| act());
    let key = move |event: leptos::ev::KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            press();
        }
    };
    view! {
        <g class=class transform=format!("translate({} 72)", FIRST_X + at * APART)>
            <g aria-hidden="true">{art}</g>
            <g
                class="press" role="button" tabindex="0" aria-label=label.to_owned()
                on:click=move |_| press() on:keydown=key
            >
                <rect class="hit" x="-2" y="-4" width="104" height="90" rx="3"/>
            </g>
        </g>
    }
    .into_any()
}
