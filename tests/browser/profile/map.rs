//! On the map: all that can be done there, and what stands on the page while parts of the program are on their way or
//! missing.

use drydock::session::save::{Progress, Save};
use serde_json::json;

use super::{SETTLED, kept};
use crate::course::first_lesson;
use crate::hands::{ESCAPE, TAB};
use crate::page::{Page, SMALL_PHONE, View};
use crate::shell::LAUNCH;
use crate::site::Site;

pub(super) async fn look_around(page: &Page) {
    for (kind, y) in [("mouseMoved", 200), ("mouseMoved", 300), ("mouseWheel", 400)] {
        let event = json!({ "type": kind, "x": 150, "y": y, "deltaX": 0, "deltaY": 400 });
        page.devtools("Input.dispatchMouseEvent", event).await;
    }
    page.press([TAB, TAB, TAB]).await;
    page.script("document.querySelector('.skip')?.click(); scrollTo(0, 0)").await;
}

pub(super) async fn use_settings(page: &Page) {
    page.devtools("Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await;
    page.touch_on("[aria-label=Settings]").await;
    page.wait_for("dialog[open] .segments").await;
    for nth in [3, 2, 1] {
        page.touch_on(&format!("dialog[open] .segments button:nth-child({nth})")).await;
    }
    for _ in 0..2 {
        page.touch_on("dialog[open] .check input").await;
    }
    page.tap(&page.the("button", "Export progress").await).await;
    for file in [kept("nothing.json", "{"), kept("progress.json", &progress())] {
        let input = page.wait_for("dialog[open] input[type=file]").await;
        input.send_keys(file.to_string_lossy()).await.unwrap();
        page.wait_for(".toast").await;
    }
    page.until("document.querySelector('.resume').textContent.startsWith('Continue')").await;
    page.tap(&page.the("button", "Show the shortcuts").await).await;
    page.press([ESCAPE]).await;
    page.until("!document.querySelector('dialog[open]')").await;
    page.touch_on(".toast [aria-label=Dismiss]").await;
    // A key presses what can be seen, and a phone shows no button for this.
    if page.is_seen("[aria-keyshortcuts='?']").await {
        page.press(['?']).await;
        page.touch_on("dialog[open] [aria-label=Close]").await;
        page.until("!document.querySelector('dialog[open]')").await;
    }
}

pub(super) async fn go_and_come_back(page: &Page, view: View) {
    page.script("location.hash = '#/nowhere'").await;
    page.the("heading", "Nothing is moored here").await;
    page.script("history.back()").await;
    page.wait_for("main.map").await;
    let theme = "[aria-label^='Theme:']";
    if page.is_seen(theme).await {
        for _ in 0..3 {
            page.touch_on(theme).await;
        }
    }
    page.resize(SMALL_PHONE).await;
    page.resize(view).await;
    let other = json!(progress());
    page.script(&format!(
        "dispatchEvent(new StorageEvent('storage', {{ key: 'drydock', newValue: {other} }}))"
    ))
    .await;
    leave(page).await;
}

/// The tab is hidden and closed. What runs then must be there: nothing can be fetched any more.
pub(super) async fn leave(page: &Page) {
    page.script(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
         document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
         dispatchEvent(new PageTransitionEvent('pagehide'));",
    )
    .await;
}

/// A document in which the first step is done and the second at work.
pub(super) fn progress() -> String {
    let mut steps = first_lesson().into_iter();
    let (one, mut two) = (steps.next().unwrap(), steps.next().unwrap());
    two.run("aws ecs list-clusters");
    let progress = Progress {
        solved: [one.step.id.clone()].into_iter().collect(),
        visited: [one.step.id.clone(), two.step.id.clone()].into_iter().collect(),
        at: Some(two.step.id.clone()),
        ..Progress::default()
    };
    let session = Some(two.native.saved());
    let progress = [(one.lesson.id.clone(), progress)].into_iter().collect();
    Save { progress, session, ..Save::new() }.text()
}

/// What a page of this address says instead of coming.
async fn wait_at(page: &Page, hash: &str, says: &str) {
    page.script(&format!("location.hash = '{hash}'")).await;
    page.until(&format!("document.querySelector('main')?.textContent.includes({})", json!(says)))
        .await;
}

pub(super) async fn wait_for_parts(page: &Page, site: &Site, view: View) {
    let lesson = first_lesson().remove(0);
    page.visit(&format!("{}{}", site.address, lesson.address()), view).await;
    page.wait_for("main.plain-page li").await;
    wait_at(page, "#/", "Run containers on AWS").await;
    page.tap(&page.the("button", LAUNCH).await).await;
    page.until("document.querySelector('.ghost').textContent.includes('loading')").await;
    for hash in ["#/sandbox", "#/glossary", "#/l/unknown", &lesson.address()] {
        wait_at(page, hash, "Loading the simulated account").await;
    }
}

pub(super) async fn ask_for_parts_again(page: &Page, site: &Site, view: View) {
    let lesson = first_lesson().remove(0);
    page.visit(&format!("{}{}", site.address, lesson.address()), view).await;
    page.tap(&page.the("button", "Try again").await).await;
    wait_at(page, "#/", "Run containers on AWS").await;
    page.tap(&page.the("button", LAUNCH).await).await;
    page.tap(&page.the("button", "Try again").await).await;
    wait_at(page, "#/sandbox", "did not arrive").await;
    page.until(SETTLED).await;
}

impl Page {
    /// From the next page on, what waits for a part of the program waits for this promise first.
    pub(super) async fn hold_parts(&self, promise: &str) {
        let script = json!({ "source": format!("globalThis.drydockHolds = () => {promise}") });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    }
}
