//! What a reader sees, looked at panel by panel and window by window: each is there, in both themes, and axe finds nothing
//! against it. With `DRYDOCK_PICTURES=folder` the pictures of docs/gallery.md are taken on the way.

use serde_json::Value;

use crate::browser::browse;
use crate::course::{self, Scene};
use crate::instruments::begin;
use crate::page::{DESKTOP, LANDSCAPE, PHONE, Page, TABLET, View};
use crate::site::{Host, Site};

/// Each view with the name of its theme.
fn themes(view: View) -> [(View, &'static str); 2] {
    [(view, "light"), (view.dark(), "dark")]
}

/// Does what a link asks for and waits until it is done.
async fn show(page: &Page, scene: &Scene) {
    let hash = format!("{}?r={}", scene.address(), scene.native.share());
    page.script(&format!("location.hash = '{hash}'")).await;
    page.until_at(scene).await;
    page.until_same(scene).await;
    // The address is read; what follows must not replay it.
    page.script("scrollTo(0, 0)").await;
}

/// A step by the ids of its lesson and of itself, done to its end.
fn solved(lesson: &str, step: &str) -> Scene {
    let mut scenes = course::scenes().into_iter();
    let mut scene = scenes
        .find(|scene| scene.lesson.id == lesson && scene.step.id == step)
        .unwrap_or_else(|| panic!("no step {lesson}/{step}"));
    scene.solve();
    scene
}

#[test]
fn each_page_in_each_layout() {
    let site = Site::serve(Host::default());
    let lesson = solved("alb", "ports");
    browse(async |page| {
        let windows =
            [("phone", PHONE), ("landscape", LANDSCAPE), ("tablet", TABLET), ("desktop", DESKTOP)];
        for (name, window) in windows {
            page.visit("about:blank", window.still()).await;
            page.open(&site.address, window.still()).await;
            for (view, theme) in themes(window.still()) {
                page.resize(view).await;
                page.the("heading", "Run containers on AWS. Without AWS.").await;
                page.picture(&format!("map-{name}-{theme}")).await;
            }
            show(page, &lesson).await;
            for (view, theme) in themes(window.still()) {
                page.resize(view).await;
                page.check_accessibility().await;
                page.picture(&format!("lesson-{name}-{theme}")).await;
            }
        }
    });
}

/// The tools of the sandbox one after another, over an account in which each has something to show.
#[test]
fn each_panel_in_both_themes() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP.still()).await;
        begin(page, "A load-balanced service on EC2").await;
        for line in ["traffic web 20", "wait 5m", "curl http://web-1.us-east-1.elb.amazonaws.com/"]
        {
            page.type_line(line).await;
        }
        page.tap_on("[data-kind=service]").await;
        for window in [DESKTOP.still(), PHONE.still()] {
            page.resize(window).await;
            for panel in page.tools().await.iter().filter(|panel| *panel != "scaling") {
                page.open_tool(panel).await;
                page.look_at_panel(panel, window).await;
            }
        }
        for (side, name) in [("JSON", "json"), ("Why?", "why")] {
            page.tap(&page.the("tab", side).await).await;
            page.look_at_panel(&format!("inspector-{name}"), PHONE.still()).await;
        }
        page.tap_on("#tool-inspector.open [aria-label=Close]").await;
        page.tap(&page.the("button", "Table").await).await;
        for (view, theme) in themes(PHONE.still()) {
            page.resize(view).await;
            page.check_accessibility().await;
            page.picture(&format!("panel-table-{theme}")).await;
        }
    });
}

/// Scaling, over an account in which a service has just been scaled.
#[test]
fn scaling_in_both_themes() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP.still()).await;
        begin(page, "A service that scales").await;
        page.type_line("wait 6m").await;
        for window in [DESKTOP.still(), PHONE.still()] {
            page.resize(window).await;
            page.open_tool("scaling").await;
            page.look_at_panel("scaling", window).await;
        }
    });
}

impl Page {
    /// Looks at the panel that is open, in both themes. On a phone it is a picture for the documentation.
    async fn look_at_panel(&self, panel: &str, window: View) {
        for (view, theme) in themes(window) {
            self.resize(view).await;
            self.check_accessibility().await;
            if window.width == PHONE.width {
                self.picture(&format!("panel-{panel}-{theme}")).await;
            }
        }
    }

    /// The names of the tools that have a tab in this window.
    async fn tools(&self) -> Vec<String> {
        self.all_tabs().await;
        let names = self
            .script("return [...document.querySelectorAll('.tools [data-tab]')].filter((tab) => tab.getClientRects().length).map((tab) => tab.dataset.tab)")
            .await;
        let Value::Array(names) = names else { panic!("a list of names") };
        names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// On a phone some tabs stand behind "More".
    pub(crate) async fn all_tabs(&self) {
        let hidden = "return Boolean(document.querySelector('.more[aria-expanded=false]')?.checkVisibility())";
        if self.script(hidden).await == true {
            self.tap_on(".more").await;
        }
    }
}
