//! Addresses: what each shows, the way back, and links that carry what somebody did.

use std::fs;

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use drydock::lesson::solve::SANDBOX_SEED;
use serde_json::json;

use crate::browser::browse;
use crate::course;
use crate::page::{DESKTOP, PHONE, Page};
use crate::site::{Host, Site};

/// The heading, the title and the address that the page has in the end.
async fn check(page: &Page, heading: &str, title: &str, hash: &str) {
    let shown = "[document.querySelector('main h1')?.textContent, document.title, location.hash]";
    let wanted = json!([heading, format!("{title} · Drydock"), hash]);
    page.until(&format!("JSON.stringify({shown}) === {}", json!(wanted.to_string()))).await;
}

#[test]
fn addresses() {
    let site = Site::serve(Host::default());
    let lesson = course::lessons().remove(0);
    let first = lesson.steps[0].title.as_str();
    let last = lesson.steps.last().unwrap();
    let at = |step: &str| format!("#/l/{}/{step}", lesson.id);
    let lost = "Nothing is moored here";
    browse(async |page| {
        for (address, heading, title, becomes) in [
            (
                "",
                "Run containers on AWS.Without AWS.",
                "AWS containers, learned by running them",
                "",
            ),
            (
                "#/",
                "Run containers on AWS.Without AWS.",
                "AWS containers, learned by running them",
                "#/",
            ),
            (&format!("#/l/{}", lesson.id), first, first, &at(&lesson.steps[0].id)),
            (&at(&last.id), &last.title, &last.title, &at(&last.id)),
            ("#/sandbox", "Sandbox", "Sandbox", "#/sandbox"),
            ("#/glossary", "Glossary", "Glossary", "#/glossary"),
            ("#/glossary/task", "task", "task", "#/glossary/task"),
            ("#/nowhere", lost, "Not found", "#/nowhere"),
            ("#/l/no-such-lesson", lost, "Not found", "#/l/no-such-lesson"),
            (&at("no-such-step"), lost, "Not found", &at("no-such-step")),
            ("#/glossary/no-such-word", lost, "Not found", "#/glossary/no-such-word"),
            ("#/l/%3Cscript%3E", lost, "Not found", "#/l/%3Cscript%3E"),
        ] {
            page.visit("about:blank", DESKTOP).await;
            page.open(&format!("{}{address}", site.address), DESKTOP).await;
            check(page, heading, title, becomes).await;
            if heading == lost {
                // What was asked for is code, not a text between backticks.
                let word = address.rsplit('/').next().unwrap_or_default();
                let code = page.script("return document.querySelector('main p code').textContent");
                let code = code.await.as_str().unwrap_or_default().to_owned();
                assert!(code.ends_with(word), "{code}");
                let raw = "return document.querySelector('main').textContent.includes('`')";
                assert_eq!(page.script(raw).await, false, "{address}");
            }
        }
        let home = page.the("link", "To the course map").await;
        home.click().await.unwrap();
        page.until("location.hash === '#/'").await;
    });
}

#[test]
fn back_and_forward() {
    let site = Site::serve(Host::default());
    let lesson = course::lessons().remove(0);
    let at = |step: usize| {
        let step = &lesson.steps[step];
        (step.title.clone(), format!("#/l/{}/{}", lesson.id, step.id))
    };
    browse(async |page| {
        page.open(&format!("{}#/", site.address), PHONE).await;
        page.tap_on(".resume a").await;
        let ((first, first_hash), (second, second_hash)) = (at(0), at(1));
        check(page, &first, &first, &first_hash).await;
        page.tap_on("a[aria-keyshortcuts=\"]\"]").await;
        check(page, &second, &second, &second_hash).await;
        // A sheet is a layer of its own: Back closes it and stays on the step.
        page.tap_on("[data-tab=terminal]").await;
        page.wait_for("#tool-terminal.open").await;
        page.driver.back().await.unwrap();
        page.until("!document.querySelector('.tool.open')").await;
        check(page, &second, &second, &second_hash).await;
        page.driver.back().await.unwrap();
        check(page, &first, &first, &first_hash).await;
        page.driver.back().await.unwrap();
        page.until("location.hash === '#/'").await;
        page.wait_for(".resume").await;
        page.driver.forward().await.unwrap();
        check(page, &first, &first, &first_hash).await;
    });
}

#[test]
fn a_share_link_replays_what_was_done() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        for lesson in course::lessons() {
            let mut scene = course::of(&lesson).remove(2);
            scene.solve();
            scene.native.next_event();
            scene.native.tick(1_500);
            let link = format!("{}{}?r={}", site.address, scene.address(), scene.native.share());
            page.open(&link, DESKTOP).await;
            page.until_same(&scene).await;
        }
        let broken = format!("{}{}?r=%25%25", site.address, course::scenes()[0].address());
        page.visit("about:blank", DESKTOP).await;
        page.open(&broken, DESKTOP).await;
        page.until(&Page::alert_says("cannot be replayed")).await;
        page.until_same(&course::scenes()[0]).await;
    });
}

/// What the laboratory is given in `make test`, as far as it is made of lines.
fn history() -> Vec<String> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/history.jsonl"));
    let lines = text.expect("tests/history.jsonl");
    let lines = lines.lines().filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        line["line"].as_str().map(str::to_owned)
    });
    lines.collect()
}

#[test]
fn digest() {
    let site = Site::serve(Host::default());
    let mut native = Cloud::new(SANDBOX_SEED, Start::DefaultVpc);
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), DESKTOP).await;
        for line in history() {
            page.type_line(&line).await;
            cli::run(&mut native, &line);
            let digest = native.digest();
            page.until(&format!("document.querySelector('main').dataset.digest === '{digest}'"))
                .await;
        }
    });
}
