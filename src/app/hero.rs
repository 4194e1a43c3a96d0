//! The dock on the map: a tiny account of its own, in which a touch runs a task. Nothing of it is kept.

use leptos::prelude::*;

use super::Shell;
use super::desk::Desk;
use super::simulator::DOCK;
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
pub struct Hull {
    arn: String,
    status: String,
}

/// What a learner does in the drawing.
#[derive(Clone, Copy)]
pub enum Touch {
    /// Runs a task.
    Launch,
    /// Stops the task at this berth.
    Stop(usize),
}

/// The dock as the drawing needs it. The account behind it comes with the first touch.
#[derive(Clone, Copy)]
struct Dock {
    shell: Shell,
    hulls: RwSignal<Vec<Hull>>,
    /// The first touch, which waits for the account.
    first: RwSignal<Option<Touch>>,
    /// What a touch does, once the account is there.
    act: RwSignal<Option<Callback<Touch>>>,
}

/// The dock. Before the first touch it looks as [`wake`] leaves it.
pub fn view(shell: Shell) -> AnyView {
    let ready = Hull { arn: String::new(), status: "RUNNING".to_owned() };
    let hulls = RwSignal::new(vec![ready]);
    let dock = Dock { shell, hulls, first: RwSignal::new(None), act: RwSignal::new(None) };
    // Runs last when the account is there: what it makes then lives as long as the drawing.
    Effect::new(move |_| dock.begin());
    let berths = move || {
        let hulls = dock.hulls.get();
        let ghost = (hulls.len() < BERTHS).then(|| ghost(dock, hulls.len()));
        let tasks =
            hulls.into_iter().enumerate().map(|(at, hull)| task(dock, at, hull)).collect_view();
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

impl Dock {
    fn touch(self, touch: Touch) {
        if let Some(act) = self.act.get_untracked() {
            act.run(touch);
        } else {
            self.shell.simulator.fetch(DOCK);
            self.first.set(Some(touch));
        }
    }

    /// A touch waits for the account. Follows that.
    fn waits(self) -> bool {
        self.first.get().is_some() && self.act.get().is_none() && !self.shell.simulator.failed()
    }

    /// Does the first touch as soon as the account is there, also if it has to be asked for again.
    fn begin(self) {
        let Some(touch) = self.first.get() else { return };
        if self.shell.simulator.has(DOCK) {
            untrack(|| {
                let act = wake(self.shell, self.hulls);
                self.act.set(Some(act));
                act.run(touch);
            });
        } else if self.shell.simulator.failed() {
            let again = Callback::new(move |()| self.shell.simulator.fetch(DOCK));
            self.shell.notices.offer("The simulated account did not arrive.", "Try again", again);
        }
    }
}

/// Sets up the account, lets the drawing follow it, and says what a touch does. Apart from the drawing, which is there
/// before the account.
#[inline(never)]
fn wake(shell: Shell, drawn: RwSignal<Vec<Hull>>) -> Callback<Touch> {
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
    let desk = Desk::new(session, shell.notices);
    desk.clock.speed.set(2);
    let hulls = Memo::new(move |_| hulls(desk));
    Effect::new(move |_| drawn.set(hulls.get()));
    Callback::new(move |touch| {
        let line = match touch {
            Touch::Launch => run.clone(),
            Touch::Stop(at) => {
                let hulls = hulls.get_untracked();
                let Some(hull) = hulls.get(at) else { return };
                format!("aws ecs stop-task --cluster dock --task {}", hull.arn)
            }
        };
        desk.tap(&line);
        desk.clock.play(desk);
    })
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

fn task(dock: Dock, at: usize, Hull { status, .. }: Hull) -> AnyView {
    let class = if status == "RUNNING" { "thing running" } else { "thing waiting" };
    let name = format!("WEB·1·{}", ["a", "b", "c"].get(at).copied().unwrap_or_default());
    // The visible words first, as they stand: who speaks to the browser says what they see.
    let label = format!("{name} {status}, press to stop it");
    // A long word is squeezed into its hull.
    let squeezed = (status.len() > 8).then_some("86");
    button(
        at,
        class,
        &label,
        move || dock.touch(Touch::Stop(at)),
        view! {
            <path class="body" d=HULL/>
            <path class="detail" d="M2 36H94"/>
            <text class="stencil" x="46" y="30" text-anchor="middle">{name}</text>
            <text class="state" x="46" y="60" text-anchor="middle" textLength=squeezed lengthAdjust="spacingAndGlyphs">{status}</text>
        }
        .into_any(),
    )
}

fn ghost(dock: Dock, at: usize) -> AnyView {
    let below = move || if dock.waits() { "loading" } else { "launch" };
    button(
        at,
        "thing ghost",
        "touch to launch a task: aws ecs run-task",
        move || dock.touch(Touch::Launch),
        view! {
            <path class="body" d=HULL/>
            <text class="state" x="46" y="40" text-anchor="middle">"touch to"</text>
            <text class="state" x="46" y="60" text-anchor="middle">{below}</text>
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
