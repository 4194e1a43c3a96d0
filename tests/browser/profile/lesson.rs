//! In the first lesson, and with the dock on the map.

use serde_json::json;

use super::map::progress;
use crate::course::{Scene, first_lesson};
use crate::hands::{ESCAPE, NEXT};
use crate::page::{Page, View};
use crate::shell::LAUNCH;
use crate::site::Site;
use crate::taps::answer;

/// What a beginner does before the first step's task: looks into the tools, and asks for a hint.
pub(super) async fn begin(page: &Page, scene: &mut Scene) {
    page.until_at(scene).await;
    page.until_same(scene).await;
    page.touch_on("[aria-keyshortcuts=h]").await;
    page.wait_for(".rung").await;
    page.touch_on("[aria-keyshortcuts=h]").await;
    page.touch_on(".toast [aria-label=Dismiss]").await;
    let names =
        "return [...document.querySelectorAll('.tools [data-tab]')].map((tab) => tab.dataset.tab)";
    let names: Vec<String> = serde_json::from_value(page.script(names).await).unwrap();
    for name in names {
        page.all_tabs().await;
        if page.is_seen(&format!("[data-tab={name}]")).await {
            page.open_tool(&name).await;
            if page.script("return innerWidth < 640").await == true {
                page.close_tool().await;
            }
        }
    }
    answer(page, scene, false).await;
}

/// What a beginner does when the task is done: takes it back, does it again, answers, and leaves.
pub(super) async fn end(page: &Page, scene: &Scene) {
    for key in ["Control+Z", "Control+Shift+Z"] {
        page.touch_on(&format!("[aria-keyshortcuts='{key}']")).await;
    }
    page.until_same(scene).await;
    answer(page, scene, true).await;
    page.script("location.hash = '#/'").await;
    page.wait_for("main.map").await;
}

/// Begins on the map, does each step, and goes back there.
pub(super) async fn whole_lesson(page: &Page, mut step: impl AsyncFnMut(&Page, usize, &mut Scene)) {
    page.touch_on(".resume a").await;
    let scenes = first_lesson();
    let last = scenes.len() - 1;
    for (at, mut scene) in scenes.into_iter().enumerate() {
        page.until_at(&scene).await;
        page.until_same(&scene).await;
        step(page, at, &mut scene).await;
        if at < last {
            page.touch_on(NEXT).await;
        }
    }
    page.script("location.hash = '#/'").await;
    page.wait_for("main.map").await;
}

/// Lines that beginners write, and what there is to touch besides them.
pub(super) async fn try_things(page: &Page, scene: &mut Scene) {
    for (line, refused) in [
        ("help", false),
        ("aws ecs create-cluter --cluster-name dock", true),
        ("aws ecs create-cluster", false),
        ("aws ecs list-clusters", false),
        ("aws ecs describe-clusters --clusters default", false),
        ("wait 10s", false),
    ] {
        page.type_line(line).await;
        scene.play(line, refused);
        page.until_same(scene).await;
    }
    page.press(['\u{E013}', ESCAPE]).await;
    page.touch_on(".chart-place [data-kind=cluster]").await;
    page.touch_on("[aria-label='Play']").await;
    page.press(['+', '-']).await;
    page.touch_on("[aria-label='Pause']").await;
    page.touch(
        "[...document.querySelectorAll('button')].filter((it) => it.textContent === 'Reset step')",
    )
    .await;
    scene.native.reset();
    page.until_same(scene).await;
}

/// Has the solution played beside the own account.
pub(super) async fn show_me(page: &Page, scene: &Scene) {
    page.touch(
        "[...document.querySelectorAll('button')].filter((it) => it.textContent === 'Show me')",
    )
    .await;
    page.wait_for(".demo").await;
    while page.script("return Boolean(document.querySelector('.demo .go'))").await == true {
        page.touch_on(".demo .go").await;
    }
    page.touch_on(".demo .plain").await;
    page.until_same(scene).await;
}

/// A step is at work when the page is closed, and comes back when it is opened.
pub(super) async fn come_back(page: &Page, site: &Site, view: View) {
    let mut scene = first_lesson().remove(1);
    page.open(&site.address, view).await;
    page.script(&format!("localStorage.drydock = {}", json!(progress()))).await;
    page.driver.refresh().await.unwrap();
    page.wait_for("body[data-ready=true]").await;
    page.touch_on(".resume a").await;
    page.until_at(&scene).await;
    scene.run("aws ecs list-clusters");
    page.until_same(&scene).await;
}

pub(super) async fn use_dock(page: &Page, site: &Site, view: View) {
    page.open(&site.address, view).await;
    page.tap(&page.the("button", LAUNCH).await).await;
    page.the("button", "WEB·1·b RUNNING, press to stop it").await;
    page.tap(&page.the("button", "WEB·1·a RUNNING, press to stop it").await).await;
    page.until("document.querySelectorAll('.hero .thing:not(.ghost)').length === 1").await;
    page.touch_on(".resume a").await;
    page.until_at(&first_lesson().remove(0)).await;
}
