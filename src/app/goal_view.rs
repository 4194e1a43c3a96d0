//! The goals of a step: a sentence each, how far it is, and since when it holds.

use leptos::prelude::*;

use super::clock::{hands, in_words};
use super::desk::Desk;
use super::dom::{El, View, el, svg};
use super::parts::{self, icon, yes};
use super::prose;
use crate::cloud::time::SimTime;
use crate::session::view::why::at_moment;
use crate::session::{GoalView, StepState};

/// The goals with their ticks, the sentence for a known wrong way, and what is said at the end.
pub fn panel(desk: Desk) -> View {
    if desk.peek(|session| session.goals().is_empty()) {
        return View::Nothing;
    }
    let goals = goals(desk);
    say_out_of_sight(desk);
    let ids = desk.peek(|session| session.goals().into_iter().map(|goal| (goal.id, goal.say)));
    let rows: Vec<El> =
        ids.enumerate().map(|(at, (id, say))| row(desk, goals, at, id, &say)).collect();
    let heading = el("h2").is("id", "goals").is("tabindex", "-1").is("aria-keyshortcuts", "g");
    el("section")
        .class("goals-panel")
        .child(heading.says("Your goals"))
        .child(el("ul").class("goals").is("aria-label", "Goals").child(rows))
        .child(el("div").is("aria-live", "polite").child(move || mistake(desk)))
        .child(el("div").is("role", "status").child(move || success(desk)))
        .into()
}

/// How the goals stand, followed from second to second because some have to hold for a time.
fn goals(desk: Desk) -> Memo<Vec<GoalView>> {
    let second = Memo::new(move |_| desk.now().0 / 1_000);
    Memo::new(move |_| {
        second.track();
        desk.read(crate::session::Session::goals)
    })
}

/// How many goals are met, and how many there are.
pub fn count(desk: Desk) -> (usize, usize) {
    desk.read(|session| {
        let goals = session.goals();
        (goals.iter().filter(|goal| goal.met).count(), goals.len())
    })
}

fn row(desk: Desk, goals: Memo<Vec<GoalView>>, at: usize, id: String, say: &str) -> El {
    let met = move || goals.with(|goals| goals.get(at).is_some_and(|goal| goal.met));
    let holding = move || goals.with(|goals| goals.get(at).is_some_and(is_holding));
    let progress = move || goals.with(|goals| goals.get(at).map(progress));
    let part = move || goals.with(|goals| goals.get(at).map_or(0, held_percent));
    let text = el("div")
        .child(prose::inline(say))
        .child(el("small").child(progress))
        .child(move || goals.with(|goals| goals.get(at).and_then(|goal| broke(desk, goal))));
    el("li")
        .attr("data-goal", id)
        .attr("data-met", move || yes(met()))
        .class_if("holding", holding)
        .child(el("span").class("tick").child(move || tick(met(), part())))
        .child(text)
}

/// A ring that fills while the goal holds; a check once it is met.
fn tick(met: bool, percent: u64) -> Vec<View> {
    let spoken = |words| el("span").class("vh").says(words).into();
    if met {
        return vec![icon("check"), spoken("Met: ")];
    }
    let circle = |class| svg("circle").is("cx", "10").is("cy", "10").is("r", "8").class(class);
    let part = circle("ring-part")
        .is("pathLength", "100")
        .attr("stroke-dasharray", format!("{percent} 100"));
    let ring = svg("svg")
        .is("viewBox", "0 0 20 20")
        .is("width", "20")
        .is("height", "20")
        .is("aria-hidden", "true")
        .child(circle("ring"))
        .child(part);
    vec![ring.into(), spoken("Not met yet: ")]
}

fn is_holding(goal: &GoalView) -> bool {
    !goal.met && goal.hold.is_some_and(|(held, _)| held > 0)
}

fn held_percent(goal: &GoalView) -> u64 {
    goal.hold.map_or(0, |(held, hold)| held * 100 / hold.max(1))
}

/// When it broke and what broke it, as a way there.
fn broke(desk: Desk, goal: &GoalView) -> Option<El> {
    goal.broke_at.filter(|_| !goal.met).map(|at| broke_when(desk, at))
}

#[inline(never)]
fn broke_when(desk: Desk, at: SimTime) -> El {
    let link = desk.read(|session| at_moment(session.cloud().account(), at));
    let what = link.as_ref().map_or_else(String::new, |link| format!(", because of {}", link.text));
    let start = desk.peek(|session| session.span().0);
    let text = format!("It was so and broke at {}{what}", hands(start, at));
    el("button").class("linklike broke").press(move || desk.seek(at)).child(text)
}

/// "1 of 2", "holds for 20 s of 60 s".
fn progress(goal: &GoalView) -> String {
    let mut parts = Vec::new();
    if goal.want > 1 && !goal.met {
        parts.push(format!("{} of {}", goal.got.min(goal.want.max(goal.got)), goal.want));
    }
    if let Some((held, hold)) = goal.hold.filter(|_| !goal.met) {
        parts.push(match held {
            0 => format!("has to hold for {}", in_words(hold)),
            _ => format!("holds for {} of {}", in_words(held), in_words(hold)),
        });
    }
    parts.join(" · ")
}

fn mistake(desk: Desk) -> Option<El> {
    Some(el("p").class("mistake").child(prose::inline(&said_of_mistake(desk)?)))
}

fn said_of_mistake(desk: Desk) -> Option<String> {
    desk.read(|session| session.mistake().map(str::to_owned))
}

fn success(desk: Desk) -> Option<El> {
    let say = said_of_success(desk)?;
    let done = el("b").says("Done.");
    Some(el("div").class("success").child(done).says(" ").child(prose::inline(&say)))
}

fn said_of_success(desk: Desk) -> Option<String> {
    desk.read(|session| {
        let task = session.current()?.task.as_ref()?;
        (session.state() == StepState::Solved).then(|| task.success.0.clone())
    })
}

/// Where text and tools share one column, the goals are out of sight while somebody works. What is said there is then
/// said over the tools as well.
fn say_out_of_sight(desk: Desk) {
    let on_change = move |said: fn(Desk) -> Option<String>, tell: fn(Desk, String)| {
        let said = Memo::new(move |_| said(desk));
        let change = move |new: &Option<String>, _: Option<&Option<String>>, _: Option<()>| {
            if let Some(html) = new.as_ref().filter(|_| parts::is_narrow()) {
                tell(desk, prose::plain(html));
            }
        };
        Effect::watch(move || said.get(), change, false);
    };
    on_change(said_of_mistake, |desk, text| desk.notices.add_warning(&text));
    on_change(said_of_success, |desk, text| {
        // A refusal that was asked for is to be read first.
        if desk.notices.is_warning() {
            return;
        }
        let read_on = Callback::new(move |()| {
            desk.tool.set(None);
            if let Some(success) = parts::find(".success") {
                success.scroll_into_view();
            }
        });
        desk.notices.offer(format!("Done. {text}"), "Read on", read_on);
    });
}
