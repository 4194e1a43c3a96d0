//! The course map: a quay with a berth for each lesson, and a dock to touch.

use leptos::prelude::*;

use super::Shell;
use super::bar::bar;
use super::course::{self, Berth, COURSE};
use super::dom::View;
use super::hero;
use crate::lesson::library;
use crate::session::route::Place;
use crate::session::save::Progress;

/// The hull of a berth, 100 × 30.
const HULL: &str = "M1 6H82L99 1L91 27Q90.4 29 88 29H9Q6.500 29 6 27Z";

/// The map.
pub fn page(shell: Shell) -> AnyView {
    shell.arrive("AWS containers, learned by running them");
    let berths = COURSE.iter().map(|berth| berth_view(shell, berth)).collect_view();
    view! {
        {bar(shell, View::Nothing)}
        <main id="main" class="map">
            <section class="hello" aria-label="Welcome">
                <div>
                    <h1 tabindex="-1">"Run containers on AWS."<br/>"Without AWS."</h1>
                    <p>
                        "A whole account, simulated in this page: ECS, Fargate, IAM, load balancers, scaling. Break it,
                        rewind it, ask it why. No sign-up, no server, no bill."
                    </p>
                    {move || resume(shell)}
                </div>
                {hero::view(shell)}
            </section>
            <section class="quayside" aria-label="Course map">
                <h2>"The course" <small>{move || summary(shell)}</small></h2>
                <svg class="defs" width="0" height="0" aria-hidden="true">
                    <clipPath id="berth-hull"><path d=HULL/></clipPath>
                </svg>
                <ol class="quay">{berths}</ol>
            </section>
            <section class="also" aria-label="Also here">
                <p><a href="#/sandbox">"Sandbox"</a>" The whole account, without goals."</p>
                <p><a href="#/glossary">"Glossary"</a>" Every word, and where it is taught."</p>
            </section>
        </main>
    }
    .into_any()
}

/// The one button: where the learner left off, or where the course begins.
fn resume(shell: Shell) -> AnyView {
    let found = shell.store.read(|save| {
        let resume = course::resume(save)?;
        let step = resume.lesson.steps.get(resume.step)?;
        let place = Place::Lesson { lesson: resume.lesson.id.clone(), step: Some(step.id.clone()) };
        let of = format!(
            "{}, step {} of {}",
            resume.lesson.title,
            resume.step + 1,
            resume.lesson.steps.len()
        );
        Some((place.to_string(), format!("Continue: {}", step.title), of))
    });
    let begin = || {
        let first = library::lessons().first()?;
        let place = Place::Lesson { lesson: first.id.clone(), step: None };
        Some((
            place.to_string(),
            format!("Start: {}", first.title),
            format!("about {} minutes", first.minutes),
        ))
    };
    let (place, name, small) = found.or_else(begin).unwrap_or_else(|| {
        (Place::Sandbox.to_string(), "Open the sandbox".to_owned(), String::new())
    });
    view! { <p class="resume"><a class="go" href=place>{name}</a><span>{small}</span></p> }
        .into_any()
}

/// How much of the course is done.
fn summary(shell: Shell) -> String {
    let (done, all) = shell.store.read(|save| {
        library::lessons().iter().fold((0, 0), |(done, all), head| {
            let progress = save.progress.get(&head.id);
            let here = progress.map_or(0, |progress| course::done(head, progress));
            (done + here, all + head.steps.len())
        })
    });
    let ready = COURSE.iter().filter(|berth| berth.head().is_some()).count();
    let steps = if done == 0 { plural(all, "step") } else { format!("{done} of {all} steps done") };
    if ready == COURSE.len() {
        steps
    } else {
        format!("{steps} · {ready} of {} lessons are open", COURSE.len())
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn berth_view(shell: Shell, berth: &'static Berth) -> AnyView {
    let Some(head) = berth.head() else {
        return view! {
            <li class="unbuilt">
                <div class="berth"><b>{berth.name}</b><span>{berth.about}</span></div>
                {hull(|| 0)}
                <small>"being built"</small>
            </li>
        }
        .into_any();
    };
    let progress = Memo::new(move |_| {
        shell.store.read(|save| save.progress.get(berth.id).cloned()).unwrap_or_default()
    });
    let done = move || progress.with(|progress: &Progress| course::done(head, progress));
    let all = head.steps.len();
    let is_now = move || {
        shell
            .store
            .read(|save| course::resume(save).is_some_and(|resume| resume.lesson.id == berth.id))
    };
    let small = move || match done() {
        0 => format!("{} min", head.minutes),
        done if done == all => format!("{} min · done", head.minutes),
        done => format!("{} min · {done} of {all}", head.minutes),
    };
    let place = Place::Lesson { lesson: berth.id.to_owned(), step: None };
    view! {
        <li class:now=is_now class:whole=move || done() == all>
            <a class="berth" href=place.to_string()><b>{berth.name}</b><span>{berth.about}</span></a>
            {hull(move || done() * 100 / all.max(1))}
            <small>{small}</small>
        </li>
    }
    .into_any()
}

/// A hull that is filled as far as the lesson is done.
fn hull(percent: impl Fn() -> usize + Send + 'static) -> AnyView {
    view! {
        <svg class="berth-hull" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
            <path class="hull-empty" d=HULL/>
            <rect class="hull-full" height="30" width=move || percent().to_string() clip-path="url(#berth-hull)"/>
            <path class="hull-line" d=HULL/>
        </svg>
    }
    .into_any()
}
