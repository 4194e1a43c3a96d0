//! Predictions and recall questions: an answer first, then what really happens.

use leptos::prelude::*;

use super::dom::{El, el};
use super::parts::{self, yes};
use super::prose;
use super::workbench::Work;
use crate::lesson::model::Question;
use crate::session::save::Answer;

/// How sure one can be, as it is kept.
const SURE: [(u8, &str); 3] = [(0, "guess"), (1, "fairly"), (2, "certain")];

/// A question with its options; once answered, with what is right and why.
///
/// A prediction is asked before something is run, anything else is asked from memory.
pub fn card(work: Work, question: &Question, predicts: bool) -> El {
    let kicker = if predicts { "Before you run it." } else { "From memory." };
    let question = StoredValue::new(question.clone());
    let picked = RwSignal::new(None::<u32>);
    let answer = move || question.with_value(|question| work.answer(&question.id));
    let options = move || options_view(work, question, picked, answer());
    let foot = move || match answer() {
        Some(answer) => Some(verdict(work, question, predicts, &answer)),
        None => sure_view(work, question, picked),
    };
    let ask = question.with_value(|question| prose::inline(&question.ask.0));
    let name = question.with_value(|question| question.id.clone());
    let ask = el("p").class("ask").child(el("b").says(kicker)).says(" ").child(ask);
    el("div")
        .class("question")
        .is("role", "group")
        .attr("data-question", name)
        .is("aria-label", kicker)
        .child(ask)
        .child(options)
        .child(el("div").is("aria-live", "polite").child(foot))
}

fn options_view(
    work: Work,
    question: StoredValue<Question>,
    picked: RwSignal<Option<u32>>,
    answer: Option<Answer>,
) -> El {
    let asks_sure = question.with_value(|question| question.confidence);
    // After a wrong answer the right one is marked as well.
    let missed = answer.as_ref().filter(|answer| !answer.right).and_then(|_| {
        work.desk.peek(|session| question.with_value(|asked| session.right_option(&asked.id)))
    });
    let one = |(at, say): (u32, String)| {
        let chosen = move || picked.get() == Some(at);
        let pick = move || {
            picked.set(Some(at));
            if asks_sure {
                reveal(question, ".sure");
            } else {
                give(work, question, at, None);
            }
        };
        let class = match &answer {
            Some(answer) if answer.option == at && answer.right => "right",
            Some(answer) if answer.option == at => "wrong",
            _ if missed == Some(at) => "missed",
            _ => "",
        };
        let taken = answer.as_ref().is_some_and(|answer| answer.option == at);
        let button = el("button")
            .class(class)
            .attr("disabled", answer.is_some())
            .attr("aria-pressed", move || yes(taken || chosen()))
            .attr("aria-keyshortcuts", answer.is_none().then(|| (at + 1).to_string()))
            .press(pick)
            .child(prose::inline(&say))
            .child((missed == Some(at)).then(|| el("span").class("vh").says(" (this is right)")));
        el("li").child(button)
    };
    let says =
        question.with_value(|q| q.options.iter().map(|o| o.say.0.clone()).collect::<Vec<_>>());
    el("ul").class("options").child((0_u32..).zip(says).map(one).collect::<Vec<_>>())
}

/// "How sure?", once an option was picked: telling it gives the answer.
fn sure_view(
    work: Work,
    question: StoredValue<Question>,
    picked: RwSignal<Option<u32>>,
) -> Option<El> {
    if !question.with_value(|question| question.confidence) {
        return None;
    }
    let one = move |(sure, name): (u8, &'static str)| {
        let press = move || {
            if let Some(option) = picked.get_untracked() {
                give(work, question, option, Some(sure));
            } else {
                work.desk.notices.say("Pick an answer first, then say how sure you are.");
            }
        };
        el("button").class("small").press(press).says(name)
    };
    let waiting = move || picked.get().is_none();
    let buttons: Vec<El> = SURE.into_iter().map(one).collect();
    Some(el("p").class("sure").class_if("waiting", waiting).says("How sure?").child(buttons))
}

/// What comes next may stand under the edge of the screen.
fn reveal(question: StoredValue<Question>, part: &str) {
    let selector = |asked: &Question| format!("[data-question={}] {part}", asked.id);
    parts::reveal(question.with_value(selector));
}

fn give(work: Work, question: StoredValue<Question>, option: u32, sure: Option<u8>) {
    let id = question.with_value(|question| question.id.clone());
    match work.desk.peek(|session| session.answer(&id, option, sure)) {
        Some(answer) => {
            work.keep_answer(&id, answer);
            reveal(question, ".verdict-text");
        }
        None => work.desk.notices.warn("This question cannot be played here. Go on without it."),
    }
}

/// Whether it was right, why, and the offer to watch it happen.
fn verdict(work: Work, question: StoredValue<Question>, predicts: bool, answer: &Answer) -> El {
    let at = usize::try_from(answer.option).unwrap_or(usize::MAX);
    let right = answer.right;
    let sure = answer.confidence == Some(2);
    let head = match (right, predicts) {
        (true, true) => "That is what happens.",
        (true, false) => "That is right.",
        (false, true) => "It goes another way.",
        (false, false) => "That is not so.",
    };
    let second_look =
        (!right && sure).then_some(" You were certain, so this is worth a second look.");
    let (because, after, runs, id) = question.with_value(|question| {
        let because = question.options.get(at).and_then(|option| option.because.clone());
        (because, question.after.clone(), !question.run.is_empty(), question.id.clone())
    });
    let watch = move || {
        work.desk.change(|session| session.watch(&id));
        super::workbench::show_model();
    };
    let button = runs.then(|| el("button").class("plain").press(watch).says("Watch it happen"));
    let says = el("p")
        .child(el("b").says(head).child(second_look))
        .says(" ")
        .child(because.map(|because| prose::inline(&because.0)));
    el("div")
        .class("verdict-text")
        .class_if("right", right)
        .child(says)
        .child(prose::prose(&after))
        .child(button)
}
