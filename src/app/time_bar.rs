//! The clock as a track with marks, and what moves along it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::clock::{SPEEDS, WORTH_WAITING_MS, hands, in_words};
use super::desk::Desk;
use super::dom::{El, View, el, rows, svg};
use super::parts::{icon, icon_button};
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
pub fn bar(desk: Desk) -> View {
    let clock = desk.clock;
    let length = Memo::new(move |_| track_length(desk));
    let before = icon_button("icon boxed before", "Previous event", "previous", move || {
        desk.previous_event();
    });
    let after = icon_button("icon boxed", "Next event", "next", move || desk.next_event());
    let now = el("span")
        .class("clock")
        .child(now_text(desk))
        .child(el("small").class("skipped").child(move || remark(desk)));
    // For the keyboard: the speeds, the next failure or goal, and the way back to now.
    let unseen = |key| {
        let button = el("button").class("vh").is("tabindex", "-1").is("aria-hidden", "true");
        button.is("aria-keyshortcuts", key)
    };
    let group = el("div")
        .class("time")
        .is("role", "group")
        .is("aria-label", "Time")
        .child(before.is("aria-keyshortcuts", ","))
        .child(play_button(desk))
        .child(after.is("aria-keyshortcuts", "."))
        .child(speed_choice(desk))
        .child(track(desk, length))
        .child(now)
        .child(unseen(">").press(move || desk.next_notable()))
        .child(unseen("+").press(move || clock.shift(true)))
        .child(unseen("-").press(move || clock.shift(false)))
        .child(unseen("0").press(move || desk.change(Session::go_live)));
    View::List(vec![
        group.into(),
        (move || past_strip(desk)).into(),
        (move || first_time(desk)).into(),
    ])
}

/// Play or Pause.
fn play_button(desk: Desk) -> El {
    let clock = desk.clock;
    el("button")
        .class("play-button")
        .attr("aria-label", move || if clock.playing.get() { "Pause" } else { "Play" })
        .is("aria-keyshortcuts", "Space")
        .press(move || clock.toggle(desk))
        .child(move || icon(if clock.playing.get() { "pause" } else { "play" }))
}

fn speed_choice(desk: Desk) -> El {
    let speed = desk.clock.speed;
    let choose = move |event: Event| {
        if let Ok(at) = event_target_value(&event).parse::<usize>() {
            speed.set(at);
        }
    };
    let options = SPEEDS.iter().enumerate().map(|(at, one)| {
        let option = el("option").attr("value", at.to_string());
        option.attr("selected", move || speed.get() == at).says(one.name)
    });
    el("select")
        .class("speed")
        .is("aria-label", "Speed")
        .on("change", choose)
        .prop("value", move || speed.get().to_string())
        .child(options.collect::<Vec<_>>())
}

/// The rail with its marks, and over it the slider that can be dragged, or moved with the arrow keys.
fn track(desk: Desk, length: Memo<Millis>) -> El {
    let start = desk.peek(|session| session.span().0);
    let elapsed = move || desk.now().since(start);
    // Not from frame to frame: a knob that stands still is not set again.
    let seconds = Memo::new(move |_| elapsed() / SECOND);
    let seek = move |event: Event| {
        desk.clock.pause();
        if let Ok(seconds) = event_target_value(&event).parse::<u64>() {
            desk.seek(start + seconds * SECOND);
        }
        // Beyond now there is nothing to show: the knob goes back to where the moment is.
        let here = seconds.get_untracked();
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            input.set_value(&here.to_string());
        }
    };
    let spoken =
        move || format!("{} since the step began", hands(start, start + seconds.get() * SECOND));
    let two = Memo::new(move |_| desk.read(|session| session.branches().is_some()));
    let slider = el("input")
        .is("type", "range")
        .is("aria-label", "Timeline")
        .is("min", "0")
        .is("step", "1")
        .attr("max", move || (length.get() / SECOND).to_string())
        .prop("value", move || seconds.get().to_string())
        .attr("aria-valuetext", spoken)
        .on("input", seek);
    el("div")
        .class("track")
        .class_if("two", move || two.get())
        .child(rail(desk, length))
        .child(move || two.get().then(|| rail_beside(desk, length)))
        .child(slider)
}

fn rail(desk: Desk, length: Memo<Millis>) -> El {
    let start = desk.peek(|session| session.span().0);
    let at = move |moment: SimTime| place(moment.since(start), length.get());
    let marks = move || {
        let length = length.get();
        desk.read(|session| session.signs(&|at| place(at.since(start), length)))
    };
    let percent = move |moment| format!("{}%", tenths(at(moment)));
    let end = move || percent(desk.read(|session| session.span().1).max(desk.now()));
    let here = move || percent(desk.now());
    let line = |class| svg("line").class(class).is("y1", "18").is("y2", "18").is("x1", "0");
    let head =
        svg("line").class("head").attr("x1", here).attr("x2", here).is("y1", "5").is("y2", "29");
    svg("svg")
        .class("rail")
        .is("width", "100%")
        .is("height", "34")
        .is("aria-hidden", "true")
        .child(line("rail-line").is("x2", "100%"))
        .child(line("rail-past").attr("x2", end))
        .child(svg("g").child(signs(marks)))
        .child(head)
}

/// The other branch, under the one at work: only what came after they part.
#[inline(never)]
fn rail_beside(desk: Desk, length: Memo<Millis>) -> El {
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
    let line = svg("line").class("rail-line").attr("x1", fork).is("x2", "100%");
    svg("svg")
        .class("rail second")
        .is("width", "100%")
        .is("height", "26")
        .is("aria-hidden", "true")
        .child(line.is("y1", "12").is("y2", "12"))
        .child(svg("g").child(signs(marks)))
}

/// Signs that stay where they are while others come.
fn signs(marks: impl Fn() -> Vec<Sign> + Send + Sync + 'static) -> View {
    let marks = Memo::new(move |_| marks());
    let key = |sign: &Sign| format!("{}{:?}{}", sign.place, sign.mark.kind, sign.mark.label);
    rows(
        move || marks.with(|marks| marks.iter().map(key).collect()),
        move |at, _| {
            let sign = marks.with(|marks| marks.get(at).cloned());
            sign.map(|sign| mark_sign(sign.mark, sign.place)).into()
        },
    )
}

/// ▲ a line of the learner's, ● a change, ✕ a failure, ◆ something came right, ┊ a goal.
fn mark_sign(mark: Mark, place: u64) -> El {
    let (class, sign, y) = match mark.kind {
        MarkKind::Action => ("mark call", "▲", "32"),
        MarkKind::Change => ("mark change", "•", "23"),
        MarkKind::Success => ("mark came-right", "•", "23"),
        MarkKind::Failure => ("mark bad", "✕", "13"),
        MarkKind::Goal => ("mark goal", "⚑", "13"),
    };
    svg("text")
        .class(class)
        .attr("x", format!("{}%", tenths(place)))
        .is("y", y)
        .is("text-anchor", "middle")
        .says(sign)
        .child(svg("title").child(mark.label))
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

fn now_text(desk: Desk) -> El {
    let start = desk.peek(|session| session.span().0);
    let seconds = Memo::new(move |_| desk.now().since(start) / SECOND);
    el("time")
        .class("now")
        .attr("data-now", move || desk.now().seconds().to_string())
        .child(move || hands(start, start + seconds.get() * SECOND))
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
fn first_time(desk: Desk) -> Option<El> {
    let wait = desk.read(|session| {
        let live = &session.timeline().live().cloud;
        Some(live.next_due()?.since(live.now()))
    });
    let wait = wait.filter(|wait| *wait <= WORTH_WAITING_MS && !desk.clock.started.get())?;
    let wait = if wait < SECOND { "less than a second".to_owned() } else { in_words(wait) };
    let say = format!("Time stands still. ▶ lets it pass: the next event is {wait} away.");
    Some(el("p").class("flood").child(say))
}

/// Shown while a moment of the past is: it can be looked at, gone on from, or left.
fn past_strip(desk: Desk) -> Option<El> {
    let past = desk.read(|session| session.is_past().then(|| session.demo().is_some()));
    past.map(|in_demo| ways_from_past(desk, in_demo))
}

#[inline(never)]
fn ways_from_past(desk: Desk, in_demo: bool) -> El {
    let way = |name, go: fn(&mut Session)| {
        el("button").class("plain").press(move || desk.change(go)).says(name)
    };
    let fork = (!in_demo).then(|| {
        let fork = way("Fork here", |session| {
            session.fork_here();
        });
        let compare = way("Fork and compare", |session| {
            session.compare_here();
        });
        vec![fork, compare]
    });
    let what_forks_do =
        (!in_demo).then_some(" “Fork here” drops what came after. “Fork and compare” keeps both.");
    let ways = el("div").class("row").child(fork).child(way("Go back to now", Session::go_live));
    el("div")
        .class("past")
        .is("role", "status")
        .child(
            el("p")
                .says("This is the past. It can be looked at, not changed.")
                .child(what_forks_do),
        )
        .child(ways)
}
