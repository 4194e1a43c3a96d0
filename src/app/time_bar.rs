//! The clock as a track with marks, and what moves along it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::clock::{SPEEDS, WORTH_WAITING_MS, hands, in_words};
use super::desk::Desk;
use super::parts::Icon;
use crate::cloud::time::{MINUTE, Millis, SECOND, SimTime};
use crate::session::Session;
use crate::session::marks::{Mark, MarkKind, Sign};

/// Lengths that a track may have. It grows from one to the next, so that marks seldom move.
const LENGTHS: [Millis; 12] = [
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    60 * MINUTE,
    120 * MINUTE,
    240 * MINUTE,
    480 * MINUTE,
    1_440 * MINUTE,
    10_080 * MINUTE,
];
/// The track is this many units wide: marks closer than one unit are drawn as one.
const UNITS: u64 = 250;

/// The group named Time.
pub fn bar(desk: Desk) -> AnyView {
    let clock = desk.clock;
    let length = Memo::new(move |_| track_length(desk));
    view! {
        <div class="time" role="group" aria-label="Time">
            <button
                class="icon boxed before" aria-label="Previous event" aria-keyshortcuts=","
                on:click=move |_| desk.previous_event()
            ><Icon name="previous"/></button>
            {play_button(desk)}
            <button
                class="icon boxed" aria-label="Next event" aria-keyshortcuts="."
                on:click=move |_| desk.next_event()
            ><Icon name="next"/></button>
            {speed_choice(desk)}
            {track(desk, length)}
            <span class="clock">
                {now_text(desk)}
                <small class="skipped">{move || remark(desk)}</small>
            </span>
            // For the keyboard: the speeds, the next failure or goal, and the way back to now.
            <button class="vh" tabindex="-1" aria-hidden="true" aria-keyshortcuts=">"
                on:click=move |_| desk.next_notable()></button>
            <button class="vh" tabindex="-1" aria-hidden="true" aria-keyshortcuts="+"
                on:click=move |_| clock.shift(true)></button>
            <button class="vh" tabindex="-1" aria-hidden="true" aria-keyshortcuts="-"
                on:click=move |_| clock.shift(false)></button>
            <button class="vh" tabindex="-1" aria-hidden="true" aria-keyshortcuts="0"
                on:click=move |_| desk.change(Session::go_live)></button>
        </div>
        {move || past_strip(desk)}
        {move || first_time(desk)}
    }
    .into_any()
}

/// Play or Pause.
fn play_button(desk: Desk) -> AnyView {
    let clock = desk.clock;
    let name = move || if clock.playing.get() { "Pause" } else { "Play" };
    let icon = move || {
        let name = if clock.playing.get() { "pause" } else { "play" };
        view! { <Icon name/> }
    };
    view! {
        <button class="play-button" aria-label=name aria-keyshortcuts="Space" on:click=move |_| clock.toggle(desk)>
            {icon}
        </button>
    }
    .into_any()
}

fn speed_choice(desk: Desk) -> AnyView {
    let speed = desk.clock.speed;
    let choose = move |event| {
        if let Ok(at) = event_target_value(&event).parse::<usize>() {
            speed.set(at);
        }
    };
    let option = move |(at, one): (usize, &super::clock::Speed)| {
        view! { <option value=at.to_string() selected=move || speed.get() == at>{one.name}</option> }
    };
    view! {
        <select class="speed" aria-label="Speed" on:change=choose prop:value=move || speed.get().to_string()>
            {SPEEDS.iter().enumerate().map(option).collect_view()}
        </select>
    }
    .into_any()
}

/// The rail with its marks, and over it the slider that can be dragged, or moved with the arrow keys.
fn track(desk: Desk, length: Memo<Millis>) -> AnyView {
    let start = desk.peek(|session| session.span().0);
    let elapsed = move || desk.now().since(start);
    // Not from frame to frame: a knob that stands still is not set again.
    let seconds = Memo::new(move |_| elapsed() / SECOND);
    let seek = move |event: leptos::ev::Event| {
        desk.clock.pause();
        if let Ok(seconds) = event_target_value(&event).parse::<u64>() {
            desk.seek(start + seconds * SECOND);
        }
        // Beyond now there is nothing to show: the knob goes back to where the moment is.
        let here = seconds.get_untracked();
        let input =
            event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            input.set_value(&here.to_string());
        }
    };
    let spoken =
        move || format!("{} since the step began", hands(start, start + seconds.get() * SECOND));
    let two = Memo::new(move |_| desk.read(|session| session.branches().is_some()));
    view! {
        <div class="track" class:two=two>
            {rail(desk, length)}
            {move || two.get().then(|| rail_beside(desk, length))}
            <input
                type="range" aria-label="Timeline" min="0" step="1"
                max=move || (length.get() / SECOND).to_string()
                prop:value=move || seconds.get().to_string()
                aria-valuetext=spoken
                on:input=seek
            />
        </div>
    }
    .into_any()
}

fn rail(desk: Desk, length: Memo<Millis>) -> AnyView {
    let start = desk.peek(|session| session.span().0);
    let at = move |moment: SimTime| place(moment.since(start), length.get());
    let marks = move || {
        let length = length.get();
        desk.read(|session| session.signs(&|at| place(at.since(start), length)))
    };
    let percent = move |moment| format!("{}%", tenths(at(moment)));
    let end = move || percent(desk.read(|session| session.span().1).max(desk.now()));
    let here = Memo::new(move |_| percent(desk.now()));
    view! {
        <svg class="rail" width="100%" height="34" aria-hidden="true">
            <line class="rail-line" x1="0" x2="100%" y1="18" y2="18"/>
            <line class="rail-past" x1="0" x2=end y1="18" y2="18"/>
            <g>{signs(marks)}</g>
            <line class="head" x1=move || here.get() x2=move || here.get() y1="5" y2="29"/>
        </svg>
    }
    .into_any()
}

/// The other branch, under the one at work: only what came after they part.
fn rail_beside(desk: Desk, length: Memo<Millis>) -> AnyView {
    let start = desk.peek(|session| session.span().0);
    let at = move |moment: SimTime| place(moment.since(start), length.get());
    let marks = move || {
        let length = length.get();
        desk.read(|session| session.signs_beside(&|at| place(at.since(start), length)))
    };
    let fork = move || {
        let forked = desk.read(|session| session.branches().map_or(start, |two| two.forked_at));
        format!("{}%", tenths(at(forked)))
    };
    view! {
        <svg class="rail second" width="100%" height="26" aria-hidden="true">
            <line class="rail-line" x1=fork x2="100%" y1="12" y2="12"/>
            <g>{signs(marks)}</g>
        </svg>
    }
    .into_any()
}

/// Signs that stay where they are while others come.
fn signs(marks: impl Fn() -> Vec<Sign> + Send + Sync + 'static) -> AnyView {
    let key = |sign: &Sign| format!("{}{:?}{}", sign.place, sign.mark.kind, sign.mark.label);
    view! { <For each=marks key=key let:sign>{mark_sign(sign.mark, sign.place)}</For> }.into_any()
}

/// ▲ a line of the learner's, ● a change, ✕ a failure, ◆ something came right, ┊ a goal.
fn mark_sign(mark: Mark, place: u64) -> AnyView {
    let (class, sign, y) = match mark.kind {
        MarkKind::Action => ("mark call", "▲", "32"),
        MarkKind::Change => ("mark change", "•", "23"),
        MarkKind::Success => ("mark came-right", "•", "23"),
        MarkKind::Failure => ("mark bad", "✕", "13"),
        MarkKind::Goal => ("mark goal", "⚑", "13"),
    };
    let label = mark.label;
    view! {
        <text class=class x=format!("{}%", tenths(place)) y=y text-anchor="middle">
            {sign}<title>{label}</title>
        </text>
    }
    .into_any()
}

/// Where a moment is on a track, in units.
fn place(elapsed: Millis, length: Millis) -> u64 {
    (elapsed * UNITS / length.max(1)).min(UNITS)
}

/// Units as per cent with one digit.
fn tenths(units: u64) -> String {
    let tenths = units * 1_000 / UNITS;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The shortest length with a little room after now.
fn track_length(desk: Desk) -> Millis {
    let (start, end) = desk.read(Session::span);
    let elapsed = end.max(desk.now()).since(start);
    let wanted = elapsed + elapsed / 8;
    LENGTHS.into_iter().find(|length| *length >= wanted).unwrap_or(wanted)
}

fn now_text(desk: Desk) -> AnyView {
    let start = desk.peek(|session| session.span().0);
    let seconds = Memo::new(move |_| desk.now().since(start) / SECOND);
    let data = move || desk.now().seconds().to_string();
    view! {
        <time class="now" data-now=data>{move || hands(start, start + seconds.get() * SECOND)}</time>
    }
    .into_any()
}

/// What the clock is doing when that is not plain to see.
fn remark(desk: Desk) -> Option<String> {
    let clock = desk.clock;
    let skipped = clock.skipped.get();
    if skipped > 0 {
        return Some(format!("skipped {}", in_words(skipped)));
    }
    (clock.playing.get() && clock.idle.get()).then(|| "nothing is due".to_owned())
}

/// Said until time was let run here once: what the button is for, when something waits for it.
fn first_time(desk: Desk) -> Option<AnyView> {
    let wait = desk.read(|session| {
        let live = &session.timeline().live().cloud;
        Some(live.next_due()?.since(live.now()))
    });
    let wait = wait.filter(|wait| *wait <= WORTH_WAITING_MS && !desk.clock.started.get())?;
    let wait = if wait < SECOND { "less than a second".to_owned() } else { in_words(wait) };
    let say = format!("Time stands still. ▶ lets it pass: the next event is {wait} away.");
    Some(view! { <p class="flood">{say}</p> }.into_any())
}

/// Shown while a moment of the past is: it can be looked at, gone on from, or left.
fn past_strip(desk: Desk) -> AnyView {
    let past = desk.read(|session| session.is_past().then(|| session.demo().is_some()));
    let Some(in_demo) = past else { return ().into_any() };
    let fork = (!in_demo).then(|| {
        view! {
            <button class="plain" on:click=move |_| { desk.change(Session::fork_here); }>"Fork here"</button>
            <button class="plain" on:click=move |_| { desk.change(Session::compare_here); }>"Fork and compare"</button>
        }
    });
    view! {
        <div class="past" role="status">
            <p>"This is the past. It can be looked at, not changed."</p>
            <div class="row">
                {fork}
                <button class="plain" on:click=move |_| desk.change(Session::go_live)>"Go back to now"</button>
            </div>
        </div>
    }
    .into_any()
}
