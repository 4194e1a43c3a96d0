//! Lessons in other people's pages: a course site on another origin, with `embed.js` and with bare frames.

use serde_json::json;

use crate::browser::browse;
use crate::page::{DESKTOP, PHONE, Page};
use crate::site::{Host, Site};

/// A course page that keeps what the element says in `window.heard`.
pub(crate) fn course(site: &Site, attributes: &str) -> Host {
    let html = format!(
        "<!doctype html><meta name=viewport content='width=device-width'><title>A course</title>
         <link rel=icon href='data:,'>
         <script>
           window.heard = [];
           for (const kind of ['ready', 'progress', 'completed', 'goal', 'state'])
             addEventListener('drydock-' + kind, (event) => heard.push(event.detail));
         </script>
         <script src='{0}embed.js'></script>
         <h1>A course</h1><input id=own>
         <drydock-lesson lesson=ecs step=empty-cluster {attributes}></drydock-lesson>
         <p id=below>Below the lesson</p>",
        site.address
    );
    Host { pages: vec![("/course.html", html)], ..Host::default() }
}

/// Goes into the frame, once its page answers.
pub(crate) async fn frame(page: &Page) {
    page.wait_for("iframe").await.enter_frame().await.unwrap();
    page.wait_for("body[data-ready=true]").await;
}

async fn host(page: &Page) {
    page.driver.enter_default_frame().await.unwrap();
}

/// What the host has heard of one kind, as JSON.
fn heard(kind: &str) -> String {
    format!("heard.filter((message) => message.type === '{kind}')")
}

#[test]
fn a_course_site_hears_of_goals_progress_and_what_was_done() {
    let site = Site::serve(Host::default());
    let course = Site::serve(course(&site, ""));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        frame(page).await;
        page.wait_for("body[data-step=empty-cluster]").await;
        host(page).await;
        page.until(&format!("{}.length === 1", heard("ready"))).await;
        let ready = page.script(&format!("return {}[0]", heard("ready"))).await;
        let expected = json!({ "drydock": 1, "type": "ready", "version": 1, "lesson": "ecs", "step": "empty-cluster" });
        assert_eq!(ready, expected);
        // The frame is as tall as its content, and the host neither scrolled nor lost its focus.
        page.until("parseInt(document.querySelector('iframe').style.height) > 400").await;
        assert_eq!(
            page.script("return [scrollY, document.activeElement.tagName]").await,
            json!([0, "BODY"])
        );

        frame(page).await;
        page.type_line("aws ecs create-cluster --cluster-name dock").await;
        page.wait_for("body[data-step-state=solved]").await;
        host(page).await;
        page.until(&format!(
            "{}.some((message) => message.goal === 'dock' && message.met)",
            heard("goal")
        ))
        .await;
        page.until(&format!("{}.some((message) => message.done === 1)", heard("progress"))).await;
        page.until(&format!("{}.length > 0", heard("state"))).await;
        let save = page.script(&format!("return {}.at(-1).save", heard("state"))).await;
        assert_eq!(save["progress"]["ecs"]["solved"], json!(["empty-cluster"]));
        assert_eq!(save["progress"]["ecs"]["attempts"], 1);
        assert_eq!(page.script(&format!("return {}", heard("completed"))).await, json!([]));

        // The host leads on, and chooses the theme.
        page.script("document.querySelector('drydock-lesson').goto('ecs', 'task-definition')")
            .await;
        frame(page).await;
        page.wait_for("body[data-step=task-definition]").await;
        host(page).await;
        page.script("document.querySelector('drydock-lesson').init({ theme: 'dark' })").await;
        frame(page).await;
        page.wait_for("html[data-theme=dark]").await;
    });
}

#[test]
fn a_finished_lesson_is_told_once_with_how_it_was_done() {
    let site = Site::serve(Host::default());
    let course = Site::serve(course(&site, ""));
    let lesson = drydock::lesson::library::embedded("ecs").unwrap();
    let (last, rest) = lesson.steps.split_last().unwrap();
    let ids = |steps: &[drydock::lesson::model::Step]| -> Vec<String> {
        steps.iter().map(|step| step.id.clone()).collect()
    };
    let mut visited = ids(rest);
    visited.push(last.id.clone());
    let save = json!({ "version": 1, "progress": { "ecs": {
        "solved": ids(rest), "seen": [last.id], "visited": visited, "hints": 3, "attempts": 40,
    } } });
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        frame(page).await;
        page.wait_for("body[data-step]").await;
        host(page).await;
        page.until(&format!("{}.length === 1", heard("ready"))).await;
        page.script(&format!("document.querySelector('drydock-lesson').init({{ save: {save} }})"))
            .await;
        page.until(&format!("{}.length === 1", heard("completed"))).await;
        let how = page.script(&format!("return {}[0]", heard("completed"))).await;
        assert_eq!(
            (&how["lesson"], &how["hints"], &how["attempts"], &how["shown"]),
            (&json!("ecs"), &json!(3), &json!(40), &json!(1))
        );
        assert!(how["score"].as_u64().is_some_and(|score| (80..100).contains(&score)), "{how}");
    });
}

#[test]
fn a_sandboxed_frame_works_without_storage() {
    let site = Site::serve(Host { cors: true, ..Host::default() });
    let course = Site::serve(course(&site, "sandboxed chrome=none"));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        frame(page).await;
        page.wait_for("body[data-step=empty-cluster]").await;
        assert_eq!(
            page.script("return getComputedStyle(document.querySelector('.bar')).display").await,
            "none"
        );
        page.type_line("aws ecs create-cluster --cluster-name dock").await;
        page.wait_for("body[data-step-state=solved]").await;
        host(page).await;
        page.until(&format!("{}.some((message) => message.met)", heard("goal"))).await;
    });
}

#[test]
fn one_widget_stands_alone() {
    let site = Site::serve(Host::default());
    let course = Site::serve(course(&site, "widget=picture chrome=none"));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), PHONE).await;
        frame(page).await;
        page.wait_for("body[data-step=empty-cluster]").await;
        let seen = "return ['.prose', '.tabs', '.chart-place'].map((part) => document.querySelector(part).checkVisibility())";
        assert_eq!(page.script(seen).await, json!([false, false, true]));
        let wide = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.script(wide).await, true);
    });
}

/// In a frame as narrow as a phone there is all that the thumb's bar has elsewhere.
#[test]
fn a_narrow_frame_has_hint_undo_and_next() {
    let site = Site::serve(Host::default());
    let course = Site::serve(course(&site, ""));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), PHONE).await;
        frame(page).await;
        page.wait_for("body[data-step=empty-cluster]").await;
        let seen = "return [...document.querySelectorAll('.prose button, .prose a')]
            .filter((it) => it.checkVisibility()).map((it) => it.textContent)
            .filter((name) => ['Hint', 'Undo', 'Next'].includes(name))";
        assert_eq!(page.script(seen).await, json!(["Hint", "Undo", "Next"]));
    });
}

/// A host with a tall page leads on while its own field has the focus: the frame takes neither the focus nor the sight.
/// What is not there is ignored, and the first thing ever heard is that the page is ready.
#[test]
fn the_host_leads_on_and_keeps_its_focus_and_its_place() {
    let site = Site::serve(Host::default());
    let html = format!(
        "<!doctype html><title>A course</title><link rel=icon href='data:,'>
         <script>window.heard = []; addEventListener('message', (event) => heard.push(event.data.type))</script>
         <input id=own><div style='height:3000px'></div><script src='{0}embed.js'></script>
         <drydock-lesson lesson=ecs step=empty-cluster></drydock-lesson>",
        site.address
    );
    let course = Site::serve(Host { pages: vec![("/course.html", html)], ..Host::default() });
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        page.script("document.querySelector('iframe').loading = 'eager'").await;
        frame(page).await;
        page.wait_for("body[data-step=empty-cluster]").await;
        host(page).await;
        page.until("heard.includes('progress')").await;
        assert_eq!(page.script("return heard[0]").await, "ready");
        page.script("document.querySelector('#own').focus()").await;
        // Nothing is there, then a step is: the second is reached, and the first never.
        let lead = "const lesson = document.querySelector('drydock-lesson'); lesson.goto('ecs', 'nowhere');
             lesson.goto('nothing'); lesson.setAttribute('lesson', 'alb'); lesson.setAttribute('step', 'ports')";
        page.script(lead).await;
        frame(page).await;
        page.wait_for("body[data-lesson=alb][data-step=ports]").await;
        // Opened, the first step, and one turn for the two attributes.
        assert_eq!(page.script("return location.hash").await, "#/l/alb/ports");
        // The heading would have had the focus by the time that a later task of the page runs.
        page.script("return new Promise((done) => setTimeout(() => setTimeout(done, 0), 0))").await;
        host(page).await;
        let held = "return [scrollY, document.activeElement.id]";
        assert_eq!(page.script(held).await, json!([0, "own"]));
    });
}

/// Sends a thousand messages that are none of the host's business, from the frame's own site, from a window that is not
/// the host, and of wrong shapes from the host itself.
#[test]
fn a_thousand_hostile_messages_change_nothing() {
    // Two sites, so that the second frame finds nothing of the first one in its storage.
    let (site, other) = (Site::serve(Host::default()), Site::serve(Host::default()));
    let bare = format!(
        "<!doctype html><title>Not a course</title><link rel=icon href='data:,'>
         <iframe id=lesson width=900 height=700 src='{0}?embed=1&lesson=ecs&step=empty-cluster&host=http://127.0.0.1:1'></iframe>",
        other.address
    );
    let wrong_origin = Site::serve(Host { pages: vec![("/course.html", bare)], ..Host::default() });
    let course = Site::serve(course(&site, ""));
    browse(async |page| {
        let state = "return [document.querySelector('main').dataset.digest, document.body.dataset.step, \
             document.documentElement.dataset.theme ?? '', localStorage.getItem('drydock') ?? '']";
        let odd = "[null, 7, 'reset', [], {}, { drydock: 1 }, { drydock: 2, type: 'reset' }, { drydock: 1, type: 'eval' },
             { drydock: 1, type: 'goto' }, { drydock: 1, type: 'goto', lesson: '<img>' }, { drydock: 1, type: 'goto', lesson: { a: 1 } },
             { drydock: 1, type: 'init', save: 'x' }, { drydock: 1, type: 'init', save: { version: 99 } },
             { drydock: 1, type: 'init', theme: 'url(javascript:1)' }, { drydock: 1, type: 'reset', extra: 1 },
             { drydock: 1, type: 'init', save: { version: 1, progress: [] } }, 'x'.repeat(2_000_000), new Uint8Array(9)]";
        let good = "[{ drydock: 1, type: 'reset' }, { drydock: 1, type: 'goto', lesson: 'ecs', step: 'service' }, { drydock: 1, type: 'init', theme: 'dark' }]";
        // Wrong origin: even well-formed messages are ignored. Right origin: ill-formed ones are.
        for (host_page, messages) in [(&wrong_origin, good), (&course, odd)] {
            page.visit(&format!("{}course.html", host_page.address), DESKTOP).await;
            frame(page).await;
            page.wait_for("body[data-step=empty-cluster]").await;
            page.type_line("aws ecs create-cluster --cluster-name dock").await;
            page.wait_for("body[data-step-state=solved]").await;
            page.until("localStorage.getItem('drydock')?.includes('[\"empty-cluster\"],\"seen')")
                .await;
            let before = page.script(state).await;
            host(page).await;
            let sent = format!(
                "const to = document.querySelector('iframe').contentWindow, all = {messages};
                 for (let at = 0; at < 500; at++) to.postMessage(all[at % all.length], '*');
                 return true"
            );
            page.script(&sent).await;
            frame(page).await;
            // From the frame itself, as a script of the site's own would: the source is not the host.
            page.script(&format!("const all = {good}; for (let at = 0; at < 500; at++) postMessage(all[at % 3], '*'); return true")).await;
            // The messages before this one have been handled when it arrives.
            let handled = "return new Promise((done) => { addEventListener('message', (event) => event.data === 'last' && done(true)); postMessage('last', '*') })";
            page.script(handled).await;
            assert_eq!(page.script(state).await, before);
            host(page).await;
        }
    });
}
