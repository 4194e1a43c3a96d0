//! The words of the course, each with where it is taught. The search field finds words and steps.

use leptos::prelude::*;

use super::bar::bar;
use super::dom::View;
use super::{Shell, prose, unknown};
use crate::lesson::library;
use crate::lesson::model::Term;
use crate::session::route::Place;

/// All words, or one.
#[inline(never)]
pub fn page(shell: Shell, term: Option<&str>) -> View {
    match term {
        None => all(shell).into(),
        Some(id) => match library::term(id) {
            Some(term) => one(shell, term).into(),
            None => unknown(shell, &format!("The glossary has no entry `{id}`.")),
        },
    }
}

fn all(shell: Shell) -> AnyView {
    shell.arrive("Glossary");
    let sought = RwSignal::new(String::new());
    let hits = move |text: &str| {
        text.to_ascii_lowercase().contains(&sought.read().trim().to_ascii_lowercase())
    };
    let terms = move || {
        let found = library::glossary().iter().filter(|term| hits(&term.name) || hits(&term.say.0));
        found.map(entry).collect_view()
    };
    let steps = move || {
        if sought.read().trim().is_empty() {
            return ().into_any();
        }
        let all = library::lessons()
            .iter()
            .flat_map(|lesson| lesson.steps.iter().map(move |s| (lesson, s)));
        let found = all.filter(|(lesson, step)| hits(&step.title) || hits(&lesson.title));
        let links = found.map(|(lesson, step)| {
            view! { <li>{step_link(&format!("{}/{}", lesson.id, step.id))}</li> }
        });
        let links = links.collect::<Vec<_>>();
        (!links.is_empty()).then(|| view! { <h2>"Steps"</h2><ul>{links}</ul> }).into_any()
    };
    view! {
        {bar(shell, View::Nothing)}
        <main id="main" class="plain-page">
            <h1 tabindex="-1">"Glossary"</h1>
            <label class="search">
                "Search words and steps"
                <input
                    type="search" autocapitalize="off" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"
                    on:input=move |event| sought.set(event_target_value(&event))
                />
            </label>
            <div aria-live="polite">{steps}</div>
            <dl class="glossary">{terms}</dl>
        </main>
    }
    .into_any()
}

fn entry(term: &'static Term) -> AnyView {
    let place = Place::Glossary(Some(term.id.clone()));
    view! {
        <div>
            <dt><a href=place.to_string()>{term.name.clone()}</a></dt>
            <dd>{prose::inline(&term.say.0)}</dd>
        </div>
    }
    .into_any()
}

fn one(shell: Shell, term: &'static Term) -> AnyView {
    // Who came from a lesson wants to go on there.
    let back = shell.has_moved().then(|| {
        let back = move |_| drop(window().history().map(|history| history.back()));
        view! { <button class="plain" on:click=back>"Back"</button> }
    });
    shell.arrive(&term.name);
    let taught = term.taught.iter().map(|step| view! { <li>{step_link(step)}</li> }).collect_view();
    view! {
        {bar(shell, View::Nothing)}
        <main id="main" class="plain-page">
            <p class="row">{back}<a class="plain" href="#/glossary">"Glossary"</a></p>
            <h1 tabindex="-1">{term.name.clone()}</h1>
            {prose::prose(&term.say)}
            {term.source.as_ref().map(prose::source)}
            <h2>"Taught in"</h2>
            <ul>{taught}</ul>
        </main>
    }
    .into_any()
}

/// A link to a step written as `lesson/step`, with both titles.
fn step_link(path: &str) -> AnyView {
    let (lesson_id, step_id) = path.split_once('/').unwrap_or((path, ""));
    let lesson = library::lessons().iter().find(|lesson| lesson.id == lesson_id);
    let step = lesson.and_then(|lesson| lesson.steps.iter().find(|step| step.id == step_id));
    let title = match (lesson, step) {
        (Some(lesson), Some(step)) => format!("{}: {}", lesson.title, step.title),
        (Some(lesson), None) => lesson.title.clone(),
        (None, _) => path.to_owned(),
    };
    view! { <a href=format!("#/l/{path}")>{title}</a> }.into_any()
}
