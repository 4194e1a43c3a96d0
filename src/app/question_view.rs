//! Predictions and recall questions: an answer first, then what really happens.

use leptos::prelude::*;

use super::prose;
use super::workbench::Work;
use crate::lesson::model::Question;
use crate::session::save::Answer;

/// How sure one can be, as it is kept.
const SURE: [(u8, &str); 3] = [(0, "guess"), (1, "fairly"), (2, "certain")];

/// A question with its options; once answered, with what is right and why.
///
/// A prediction is asked before something is run, anything else is asked from memory.
pub fn card(work: Work, question: &Question, predicts: bool) -> AnyView {
    let kicker = if predicts { "Before you run it." } else { "From memory." };
    let question = StoredValue::new(question.clone());
    let picked = RwSignal::new(None::<u32>);
    let answer = move || question.with_value(|question| work.answer(&question.id));
    let options = move || options_view(work, question, picked, answer());
    let foot = move || match answer() {
        Some(answer) => verdict(work, question, predicts, &answer),
        None => sure_view(work, question, picked),
    };
    let ask = question.with_value(|question| prose::inline(&question.ask.0));
    let name = question.with_value(|question| question.id.clone());
    view! {
        <div class="question" role="group" data-question=name aria-label=kicker>
            <p class="ask"><b>{kicker}</b>" "{ask}</p>
            {options}
            <div aria-live="polite">{foot}</div>
        </div>
    }
    .into_any()
}

fn options_view(
    work: Work,
    question: StoredValue<Question>,
    picked: RwSignal<Option<u32>>,
    answer: Option<Answer>,
) -> AnyView {
    let asks_sure = question.with_value(|question| question.confidence);
    // After a wrong answer the right one is marked as well.
    let missed = answer.as_ref().filter(|answer| !answer.right).and_then(|_| {
        work.desk.peek(|session| question.with_value(|asked| session.right_option(&asked.id)))
    });
    let one = |(at, say): (u32, String)| {
        let chosen = move || picked.get() == Some(at);
        let pick = move |_| {
            picked.set(Some(at));
            if !asks_sure {
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
        view! {
            <li>
                <button
                    class=class disabled=answer.is_some()
                    aria-pressed=move || (taken || chosen()).to_string()
                    aria-keyshortcuts=answer.is_none().then(|| (at + 1).to_string())
                    on:click=pick
                >
                    {prose::inline(&say)}
                    {(missed == Some(at)).then(|| view! { <span class="vh">" (this is right)"</span> })}
                </button>
            </li>
        }
    };
    let says =
        question.with_value(|q| q.options.iter().map(|o| o.say.0.clone()).collect::<Vec<_>>());
    view! { <ul class="options">{(0_u32..).zip(says).map(one).collect_view()}</ul> }.into_any()
}

/// "How sure?", once an option was picked: telling it gives the answer.
fn sure_view(
    work: Work,
    question: StoredValue<Question>,
    picked: RwSignal<Option<u32>>,
) -> AnyView {
    if !question.with_value(|question| question.confidence) {
        return ().into_any();
    }
    let one = move |(sure, name): (u8, &'static str)| {
        let press = move |_| {
            if let Some(option) = picked.get_untracked() {
                give(work, question, option, Some(sure));
            } else {
                work.desk.notices.say("Pick an answer first, then say how sure you are.");
            }
        };
        view! { <button class="small" on:click=press>{name}</button> }
    };
    let waiting = move || picked.get().is_none();
    view! {
        <p class="sure" class:waiting=waiting>
            "How sure?"{SURE.into_iter().map(one).collect_view()}
        </p>
    }
    .into_any()
}

fn give(work: Work, question: StoredValue<Question>, option: u32, sure: Option<u8>) {
    let id = question.with_value(|question| question.id.clone());
    match work.desk.peek(|session| session.answer(&id, option, sure)) {
        Some(answer) => work.keep_answer(&id, answer),
        None => work.desk.notices.warn("This question cannot be played here. Go on without it."),
    }
}

/// Whether it was right, why, and the offer to watch it happen.
fn verdict(
    work: Work,
    question: StoredValue<Question>,
    predicts: bool,
    answer: &Answer,
) -> AnyView {
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
    let watch = move |_| {
        work.desk.change(|session| session.watch(&id));
        super::workbench::show_model();
    };
    let button =
        runs.then(|| view! { <button class="plain" on:click=watch>"Watch it happen"</button> });
    view! {
        <div class="verdict-text" class:right=right>
            <p><b>{head}{second_look}</b>" "{because.map(|because| prose::inline(&because.0))}</p>
            {prose::prose(&after)}
            {button}
        </div>
    }
    .into_any()
}
