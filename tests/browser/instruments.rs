//! The instruments of the workbench in the sandbox: scenes, why?, fork and compare, charts and cost.

use serde_json::json;

use crate::browser::browse;
use crate::page::{DESKTOP, LANDSCAPE, PHONE, Page, SMALL_PHONE, TABLET};
use crate::site::{Host, Site};

/// Opens the sandbox and begins with a scene.
pub(crate) async fn begin(page: &Page, scene: &str) {
    page.script("location.hash = '#/sandbox'").await;
    page.wait_for(".scenes").await;
    let button = page.the("button", scene).await;
    page.tap(&button).await;
    page.until("document.querySelector('.scenes') === null").await;
}

/// A full cluster says why, and the answer leads to the task that took the room.
#[test]
fn a_scene_is_asked_why() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, SMALL_PHONE).await;
        begin(page, "A cluster that is full").await;
        page.tap_on("[data-kind=refused]").await;
        page.until("document.querySelector('.answer h2')?.textContent === 'Why it was not placed'")
            .await;
        let says = "document.querySelector('.answer').textContent.includes('MiB left; the task needs 512')";
        page.until(says).await;
        page.check_accessibility().await;
        page.tap_on(".answer .because .jump").await;
        page.until("document.querySelector('.past') !== null").await;
        page.until("document.querySelector('.inspector h2').textContent.startsWith('task')").await;
    });
}

/// Two branches from one moment stand side by side, and what differs is read from both.
#[test]
fn two_branches_are_compared() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP).await;
        begin(page, "A service on Fargate").await;
        page.tap_on("[data-tab=compare]").await;
        let fork = page.the("button", "Fork here and compare").await;
        page.tap(&fork).await;
        page.wait_for(".beside .picture").await;
        page.tap_on("[data-tab=terminal]").await;
        page.type_line("aws ecs update-service --cluster dock --service web --desired-count 5")
            .await;
        page.tap_on("[data-tab=compare]").await;
        let row = "[...document.querySelectorAll('.compare .differs')].map(row => row.textContent)";
        page.until(&format!("{row}.some(text => text.includes('Service web runs3 of 33 of 5'))"))
            .await;
        page.check_accessibility().await;
        page.tap_on("[data-tab=charts]").await;
        page.wait_for(".plot .line").await;
        page.check_accessibility().await;
        page.tap_on("[data-tab=cost]").await;
        page.wait_for(".even .stairs").await;
        page.check_accessibility().await;
    });
}

/// Requests run from the clients to each target while time does, and stand still with it or for who wants no movement.
#[test]
fn requests_run_along_the_chart() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP).await;
        begin(page, "A load-balanced service on EC2").await;
        for line in ["traffic web 20", "wait 10s"] {
            page.type_line(line).await;
        }
        let numbers =
            "[...document.querySelectorAll('.stream text')].map((it) => it.textContent).join()";
        page.until(&format!("{numbers} === '20/s,10/s,10/s'")).await;
        let moves = |name: &str| {
            format!("getComputedStyle(document.querySelector('.stream .dots')).{name}")
        };
        page.until(&format!("{} === 'paused'", moves("animationPlayState"))).await;
        page.tap_on("[aria-label=Play]").await;
        page.until(&format!("{} === 'running'", moves("animationPlayState"))).await;
        page.resize(DESKTOP.still()).await;
        page.until(&format!("{} === 'none'", moves("animationName"))).await;
        page.until(&format!("{numbers} === '20/s,10/s,10/s'")).await;
        page.check_accessibility().await;
    });
}

/// What is said in passing leaves the terminal's input line free.
#[test]
fn a_notice_is_not_in_the_way_of_a_line() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        for window in [PHONE, SMALL_PHONE, LANDSCAPE, TABLET] {
            page.visit("about:blank", window).await;
            page.open(&format!("{}#/sandbox", site.address), window).await;
            page.open_tool("terminal").await;
            let undo = "[...document.querySelectorAll('button')].find((it) => it.textContent === 'Undo').click()";
            page.script(undo).await;
            page.wait_for(".toast").await;
            let free = "return [...document.querySelectorAll('.prompt input, .prompt button')].map((it) => {
                const { left, right, top, bottom } = it.getBoundingClientRect();
                return [left + 2, (left + right) / 2, right - 2].every(
                    (x) => it.contains(document.elementFromPoint(x, (top + bottom) / 2)));
            })";
            assert_eq!(page.script(free).await, json!([true, true]), "at {}", window.width);
        }
    });
}

/// A line that fails is said at once, and once: the log, which tells everything else, keeps still about it.
#[test]
fn what_goes_wrong_is_said_once() {
    let site = Site::serve(Host::default());
    // The shell's own alert is hidden until something is wrong with the page.
    let said = "[...document.querySelectorAll('[role=alert]')].filter((it) => it.checkVisibility() && it.textContent).length";
    let silent = "(document.querySelector('.terminal-log .entry:last-child')?.ariaLive ?? null)";
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), DESKTOP).await;
        page.type_line("aws ecs delete-cluster --cluster nowhere").await;
        page.until(&Page::alert_says("ClusterNotFoundException")).await;
        assert_eq!(page.script(&format!("return [{said}, {silent}]")).await, json!([1, "off"]));
        page.type_line("aws ecs list-clusters").await;
        page.until(&format!("{said} === 0 && {silent} === null")).await;
    });
}

/// What the page itself remarks is a line of the log like all others.
#[test]
fn what_was_taken_back_is_a_line_of_the_log() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), DESKTOP).await;
        page.type_line("aws ecs create-cluster --cluster-name dock").await;
        let undo = page.the("button", "Undo").await;
        page.tap(&undo).await;
        let last = "document.querySelector('.terminal-log .entry:last-child')";
        page.until(&format!("{last}.textContent.includes('Taken back')")).await;
        page.until(&format!("{last}.offsetHeight < 60")).await;
    });
}
