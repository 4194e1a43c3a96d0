//! The static shell: what stands on the page before the app, without it, and when it cannot start.

use crate::browser::browse;
use crate::page::{DESKTOP, PHONE, SMALL_PHONE, TABLET};
use crate::site::{Host, Site};

/// The name of the berth on the map that is still free.
pub(crate) const LAUNCH: &str = "touch to launch a task: aws ecs run-task";

#[test]
fn the_app_starts_under_the_content_security_policy() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP).await;
        let inline = "return document.querySelectorAll('script:not([src]), style, [style]').length";
        assert_eq!(page.script(inline).await, 0);
        assert_eq!(
            page.script("return document.querySelector('#shell')").await,
            serde_json::Value::Null
        );
        page.check_accessibility().await;
    });
}

#[test]
fn the_site_works_from_a_folder() {
    let site = Site::serve(Host { folder: "/courses/aws", ..Host::default() });
    browse(async |page| {
        page.open(&site.address, PHONE).await;
        let fonts =
            "return document.fonts.load('16px \"Atkinson Hyperlegible Next\"').then(f => f.length)";
        page.wait_for("link#fonts[media=all]").await;
        assert_eq!(page.script(fonts).await, 1);
    });
}

#[test]
fn the_second_visit_needs_no_network() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP).await;
        page.script("return navigator.serviceWorker.ready.then(() => true)").await;
        let address = site.address.clone();
        drop(site);
        page.open(&format!("{address}?again=1#/"), DESKTOP).await;
        page.the("heading", "Run containers on AWS. Without AWS.").await;
        for lesson in crate::course::lessons() {
            let first = crate::course::of(&lesson).remove(0);
            page.open(&format!("{address}?again={}#/l/{}", lesson.id, lesson.id), DESKTOP).await;
            page.until_same(&first).await;
        }
    });
}

#[test]
fn without_its_program_the_page_says_what_to_do() {
    let site = Site::serve(Host { missing: &[".wasm"], ..Host::default() });
    browse(async |page| {
        page.visit(&site.address, SMALL_PHONE).await;
        page.the("heading", "Drydock did not start.").await;
        page.the("link", "Reload").await;
        page.check_accessibility().await;
        page.picture("shell-trouble").await;
        assert!(!page.console_errors().await.is_empty());
    });
}

#[test]
fn the_map_works_before_the_simulator_has_arrived() {
    let site = Site::serve(Host { missing: &["part-", "page-"], ..Host::default() });
    browse(async |page| {
        page.open(&site.address, PHONE).await;
        let ghost = page.the("button", LAUNCH).await;
        page.tap(&ghost).await;
        page.the("button", "Try again").await;
        site.mend();
        page.tap(&page.the("button", "Try again").await).await;
        page.until("document.querySelectorAll('.hero .thing:not(.ghost)').length === 2").await;
        assert!(!page.console_errors().await.is_empty());
    });
}

#[test]
fn a_simulator_that_does_not_arrive_can_be_asked_for_again() {
    let site = Site::serve(Host { missing: &["part-", "page-"], ..Host::default() });
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), SMALL_PHONE).await;
        page.the("heading", "The simulated account did not arrive").await;
        page.check_accessibility().await;
        site.mend();
        // After a second the page fetches by itself what nobody has asked for, but takes no button away.
        page.until("performance.now() > 2000").await;
        page.tap(&page.the("button", "Try again").await).await;
        page.the("heading", "Sandbox").await;
        assert!(!page.console_errors().await.is_empty());
    });
}

#[test]
fn a_lesson_says_what_it_is_about_while_the_simulator_is_on_its_way() {
    let site = Site::serve(Host { missing: &["part-", "page-"], slow: true, ..Host::default() });
    let lesson = crate::course::lessons().remove(0);
    browse(async |page| {
        page.visit(&format!("{}#/l/{}", site.address, lesson.id), SMALL_PHONE).await;
        page.the("heading", &lesson.title).await;
        page.check_accessibility().await;
        assert_eq!(page.names("listitem").await.len(), lesson.steps.len());
        site.mend();
        page.wait_for("body[data-ready=true][data-step]").await;
    });
}

#[test]
fn the_dock_on_the_map_runs_and_stops_tasks() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP).await;
        page.tap(&page.the("button", LAUNCH).await).await;
        page.the("button", "WEB·1·b RUNNING, press to stop it").await;
        page.tap(&page.the("button", "WEB·1·a RUNNING, press to stop it").await).await;
        // The one that is left has moved up.
        page.until("document.querySelectorAll('.hero .thing:not(.ghost)').length === 1").await;
        page.the("button", "WEB·1·a RUNNING, press to stop it").await;
    });
}

/// A frame with `sandbox="allow-scripts"` has no origin. It may load the program if the host allows everybody to.
fn framed(site: &Site) -> Host {
    let frame = format!(
        "<!doctype html><title>A course</title><link rel=icon href='data:,'><iframe sandbox='allow-scripts' width=600 height=400 src='{}?embed=1'></iframe>",
        site.address
    );
    Host { pages: vec![("/course.html", frame)], ..Host::default() }
}

#[test]
fn a_frame_without_an_origin_works_where_the_host_allows_it() {
    let site = Site::serve(Host { cors: true, ..Host::default() });
    let course = Site::serve(framed(&site));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        page.wait_for("iframe").await.enter_frame().await.unwrap();
        page.wait_for("body[data-ready=true]").await;
    });
}

#[test]
fn a_frame_without_an_origin_explains_itself_elsewhere() {
    let site = Site::serve(Host::default());
    let course = Site::serve(framed(&site));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), TABLET).await;
        page.wait_for("iframe").await.enter_frame().await.unwrap();
        page.the("heading", "This frame may not load Drydock.").await;
        assert!(!page.console_errors().await.is_empty());
    });
}

#[test]
fn a_crash_leaves_a_report_and_a_way_on() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), PHONE.dark()).await;
        page.script(
            "dispatchEvent(new CustomEvent('drydock-crash', { detail: 'a table was empty' }))",
        )
        .await;
        page.the("heading", "The simulator has stopped.").await;
        page.the("button", "Copy report").await;
        let safe = page.the("link", "Reload without my session").await;
        page.check_accessibility().await;
        page.tap(&safe).await;
        page.until("location.search + location.hash === '?safe=1#/sandbox'").await;
        page.wait_for("body[data-ready=true]").await;
    });
}

/// What follows from a part that could not be fetched is no mistake of its own: the panel stays.
#[test]
fn a_part_that_is_missing_explains_itself() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&format!("{}#/sandbox", site.address), PHONE).await;
        let missing =
            "dispatchEvent(new CustomEvent('drydock-part-missing', { detail: '404 for a part' }))";
        page.script(missing).await;
        page.the("heading", "The rest of the program could not be fetched.").await;
        page.the("link", "Reload").await;
        page.check_accessibility().await;
    });
}
