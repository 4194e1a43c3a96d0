//! An answer to "why?", wherever it is shown: the sentence, what was looked at, what would have been otherwise, and the
//! way back to the cause, of which each step can be gone to.

use leptos::prelude::*;

use super::sight::{hands, select};
use crate::app::desk::Desk;
use crate::cloud::time::SimTime;
use crate::session::view::why::{Answer, Link};

/// An answer.
pub fn answer_view(desk: Desk, answer: Answer) -> AnyView {
    let aws = (!answer.aws.is_empty())
        .then(|| view! { <p class="aws-words"><code>{answer.aws}</code></p> });
    let look = |(passed, says): (bool, String)| {
        let (class, word) = if passed { ("passed", "Yes: ") } else { ("missed", "No: ") };
        view! { <li class=class><span class="vh">{word}</span>{says}</li> }
    };
    let looks = answer.looks.into_iter().map(look).collect_view();
    let chain = answer.chain.into_iter().map(|link| link_view(desk, link)).collect_view();
    view! {
        <div class="answer">
            <h2>{answer.title}</h2>
            <p>{answer.says}</p>
            {aws}
            <ul class="looks" aria-label="What was looked at">{looks}</ul>
            {answer.instead.map(|instead| view! { <p class="counter">{instead}</p> })}
            <ol class="because" aria-label="Because of">{chain}</ol>
        </div>
    }
    .into_any()
}

/// A step on the way back: it goes to its moment and looks at its thing.
pub fn link_view(desk: Desk, link: Link) -> AnyView {
    let go = move |_| {
        desk.seek(link.at);
        select(desk, link.kind, &link.id);
    };
    view! {
        <li>
            <button class="jump" on:click=go>
                <time>{hands(desk, link.at)}</time>
                <span>{link.text}</span>
            </button>
        </li>
    }
    .into_any()
}

/// A button that goes to a moment.
pub fn jump(desk: Desk, at: SimTime, text: String) -> AnyView {
    view! {
        <button class="jump" on:click=move |_| desk.seek(at)>
            <time>{hands(desk, at)}</time>
            <span>{text}</span>
        </button>
    }
    .into_any()
}
