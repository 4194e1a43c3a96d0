//! The static shell: what stands on the page before the app, without it, and when it cannot start.

use crate::browser::browse;
use crate::page::{DESKTOP, PHONE, SMALL_PHONE, TABLET};
use crate::site::{Host, Site};

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
    });
}

#[test]
fn without_its_program_the_page_says_what_to_do() {
    let site = Site::serve(Host { missing: Some(".wasm"), ..Host::default() });
    browse(async |page| {
        page.visit(&site.address, SMALL_PHONE).await;
        page.the("heading", "Drydock did not start.").await;
        page.the("link", "Reload").await;
        page.check_accessibility().await;
        page.picture("shell-trouble").await;
        assert!(!page.console_errors().await.is_empty());
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
