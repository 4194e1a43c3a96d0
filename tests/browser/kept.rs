//! What a reload, a closed tab and a browser that keeps nothing leave of the work.

use serde_json::{Value, json};

use crate::browser::browse;
use crate::course::{self, Scene};
use crate::page::{DESKTOP, Page};
use crate::site::{Host, Site};

/// Everything of a step that has to come back.
const STATE: &str = "const main = document.querySelector('main');
    return [location.hash, main.dataset.digest, document.querySelector('[data-now]').dataset.now,
        document.body.dataset.stepState, document.querySelectorAll('.rung').length,
        [...document.querySelectorAll('[data-goal]')].map((goal) => goal.dataset.met)]";
/// The map: nothing is at work there, so nothing is written when it is left.
const MAP: &str = "#/";

/// The step in which a task starts, which takes time.
fn first_task() -> Scene {
    let lessons = course::lessons();
    let lesson = lessons.iter().find(|lesson| lesson.id == "ecs").expect("the lesson on ECS");
    course::scene(lesson, "first-task")
}

/// Runs the task of [`first_task`] and lets time pass until it is PENDING, and a little more.
async fn work_until_pending(page: &Page, scene: &mut Scene) {
    let line = scene.filled(&scene.solution()[0]);
    page.type_line(&line).await;
    scene.run(&line);
    while !pending(scene) {
        assert!(scene.native.next_event());
        page.tap_on("[aria-label='Next event']").await;
    }
    scene.run("wait 2s");
    page.type_line("wait 2s").await;
    page.until_same(scene).await;
    assert!(pending(scene));
    page.wait_for("[data-kind=task][data-status=PENDING]").await;
}

fn pending(scene: &Scene) -> bool {
    scene.native.goals().iter().any(|goal| goal.id == "pending" && goal.met)
        && !scene.native.goals().iter().any(|goal| goal.id == "activating" && goal.met)
}

async fn opened_and_pending(page: &Page, site: &Site) -> Scene {
    let mut scene = first_task();
    page.open(&format!("{}{}", site.address, scene.address()), DESKTOP).await;
    work_until_pending(page, &mut scene).await;
    scene
}

#[test]
fn reload_keeps_everything() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let scene = opened_and_pending(page, &site).await;
        (page.the("button", "Hint").await).click().await.unwrap();
        page.wait_for(".rung").await;
        let before = page.script(STATE).await;
        page.driver.refresh().await.unwrap();
        page.until_same(&scene).await;
        assert_eq!(page.script(STATE).await, before);

        // Time that ran without an event, and was stopped between two.
        (page.the("button", "Play").await).click().await.unwrap();
        let moved = format!("document.querySelector('[data-now]').dataset.now !== {}", before[2]);
        page.until(&moved).await;
        (page.the("button", "Pause").await).click().await.unwrap();
        let before = page.script(STATE).await;
        page.driver.refresh().await.unwrap();
        page.wait_for("main[data-digest]").await;
        assert_eq!(page.script(STATE).await, before);
    });
}

/// What was said of a step goes with it: its button would act on what is no more.
#[test]
fn what_was_said_of_a_step_goes_with_it() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        opened_and_pending(page, &site).await;
        page.driver.refresh().await.unwrap();
        page.until("document.querySelector('.toast')?.textContent.includes('You were here')").await;
        page.script(&format!("location.hash = '{MAP}'")).await;
        page.wait_for(".quay").await;
        // At once: in the end every notice goes.
        let is_said = page.script("return Boolean(document.querySelector('.toast'))").await;
        assert_eq!(is_said, false, "the notice stayed");
    });
}

#[test]
fn a_hidden_tab_has_kept_everything_and_may_be_killed() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        opened_and_pending(page, &site).await;
        let before = page.script(STATE).await;
        page.script(
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true });
             document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));",
        )
        .await;
        // A copy of what is kept at this moment: a tab that is killed writes nothing more.
        let kept = page.script("return localStorage.drydock").await;
        assert_eq!(page.script(STATE).await, before);
        page.script("location.hash = '#/'").await;
        page.wait_for("main.map").await;
        page.script(&format!("localStorage.drydock = {kept}; sessionStorage.clear()")).await;
        page.driver.refresh().await.unwrap();
        page.wait_for(".resume a").await;
        page.tap_on(".resume a").await;
        page.wait_for("main[data-digest]").await;
        assert_eq!(page.script(STATE).await, before);
    });
}

#[test]
fn tabs_add_up_what_was_done_in_each() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let address = format!("{}{MAP}", site.address);
        page.open(&address, DESKTOP).await;
        let first = page.driver.window().await.unwrap();
        let second = page.driver.new_tab().await.unwrap();
        page.driver.switch_to_window(second).await.unwrap();
        let mut scene = course::scenes().remove(0);
        page.open(&format!("{}{}", site.address, scene.address()), DESKTOP).await;
        for line in scene.solution() {
            let line = scene.filled(&line);
            page.type_line(&line).await;
            scene.run(&line);
        }
        page.check_solved(&scene).await;
        page.until("JSON.parse(localStorage.drydock).progress.ecs.solved.length === 1").await;
        page.driver.switch_to_window(first).await.unwrap();
        page.until("document.querySelector('.resume').textContent.startsWith('Continue')").await;
    });
}

/// Puts a document into the browser's storage and opens the map.
async fn open_with(page: &Page, site: &Site, document: &str) {
    page.open(&format!("{}{MAP}", site.address), DESKTOP).await;
    page.script(&format!("localStorage.drydock = {}", json!(document))).await;
    page.driver.refresh().await.unwrap();
    page.wait_for("body[data-ready=true] main.map").await;
}

#[test]
fn a_document_that_cannot_be_read_is_kept_aside() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        for document in ["{\"version\": 1, \"progress\": [", "{\"version\": 1, \"progress\": 3}"] {
            open_with(page, &site, document).await;
            page.until(&Page::alert_says("It is kept aside")).await;
            assert_eq!(page.script("return localStorage['drydock.bad']").await, document);
            page.script("location.hash = '#/l/ecs'").await;
            page.until("JSON.parse(localStorage.drydock || '{}').version === 1").await;
        }
    });
}

/// Another tab, or another program of the same origin, changes the document while the page is open.
#[test]
fn what_another_tab_writes_is_neither_lost_nor_overwritten() {
    let site = Site::serve(Host::default());
    let work = async |page: &Page, cluster: &str| {
        page.type_line(&format!("aws ecs create-cluster --cluster-name {cluster}")).await;
        page.script("dispatchEvent(new Event('pagehide'))").await;
    };
    browse(async |page| {
        page.open(&format!("{}#/l/ecs/empty-cluster", site.address), DESKTOP).await;
        work(page, "dock").await;
        let light = "const save = JSON.parse(localStorage.drydock); save.settings.theme = 'light';
             const newValue = JSON.stringify(save); localStorage.drydock = newValue;
             dispatchEvent(new StorageEvent('storage', { key: 'drydock', newValue }))";
        page.script(light).await;
        page.wait_for("html[data-theme=light]").await;
        page.script("localStorage.drydock = '{junk'").await;
        work(page, "pier").await;
        page.until(&Page::alert_says("It is kept aside")).await;
        let kept = "const save = JSON.parse(localStorage.drydock);
             return [localStorage['drydock.bad'], save.settings.theme, save.progress.ecs.solved]";
        assert_eq!(page.script(kept).await, json!(["{junk", "light", ["empty-cluster"]]));
        let newer = "{\"version\":99}";
        page.script(&format!("localStorage.drydock = '{newer}'")).await;
        work(page, "quay").await;
        page.until(&Page::alert_says("newer version")).await;
        work(page, "mole").await;
        assert_eq!(page.script("return localStorage.drydock").await, newer);
    });
}

/// Where there is no room to keep it aside, an unreadable document stays where it is.
#[test]
fn a_document_that_cannot_be_kept_aside_is_not_lost() {
    let site = Site::serve(Host::default());
    let full = "const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
            if (key === 'drydock.bad') throw new DOMException('full', 'QuotaExceededError');
            set.call(this, key, value);
        }";
    browse(async |page| {
        let script = json!({ "source": full });
        page.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
        open_with(page, &site, "{junk").await;
        page.until(&Page::alert_says("It stays as it is")).await;
        page.script("location.hash = '#/l/ecs/empty-cluster'").await;
        page.wait_for("body[data-step]").await;
        page.type_line("aws ecs create-cluster --cluster-name dock").await;
        page.script("dispatchEvent(new Event('pagehide'))").await;
        assert_eq!(page.script("return localStorage.drydock").await, "{junk");
    });
}

#[test]
fn a_document_of_a_newer_version_is_left_untouched() {
    let site = Site::serve(Host::default());
    let newer = "{\"version\":99,\"ships\":[1,2]}";
    browse(async |page| {
        open_with(page, &site, newer).await;
        page.until(&Page::alert_says("newer version")).await;
        page.script("location.hash = '#/l/ecs'").await;
        page.wait_for("body[data-step]").await;
        page.type_line("aws ecs create-cluster --cluster-name dock").await;
        page.until("document.body.dataset.stepState === 'solved'").await;
        page.script("dispatchEvent(new Event('pagehide'))").await;
        page.driver.refresh().await.unwrap();
        page.wait_for("body[data-ready=true]").await;
        assert_eq!(page.script("return localStorage.drydock").await, newer);
    });
}

#[test]
fn without_storage_everything_works_and_one_notice_says_so() {
    let site = Site::serve(Host::default());
    let forbid = "for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } });
        window.alerts = 0;
        addEventListener('DOMContentLoaded', () => new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes)
                if (node.matches?.('[role=alert] .toast')) window.alerts += 1;
        }).observe(document.body, { childList: true, subtree: true }))";
    browse(async |page| {
        let script = json!({ "source": forbid });
        page.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
        let mut scene = course::scenes().remove(0);
        page.open(&format!("{}{}", site.address, scene.address()), DESKTOP).await;
        page.until(&Page::alert_says("is gone when you close this tab")).await;
        for line in scene.solution() {
            let line = scene.filled(&line);
            page.type_line(&line).await;
            scene.run(&line);
        }
        page.check_solved(&scene).await;
        page.script("location.hash = '#/'").await;
        page.until("document.querySelector('.resume').textContent.startsWith('Continue')").await;
        let alerts = page
            .script("return [...document.querySelectorAll('[role=alert] .toast')].length")
            .await;
        assert_eq!(alerts, Value::from(1));
    });
}
