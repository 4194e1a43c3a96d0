//! What holds on every page in every window: nothing that shuts people out, nothing too small, nothing that scrolls sideways.

use crate::browser::browse;
use crate::course;
use crate::page::{DESKTOP, LANDSCAPE, PHONE, Page, SMALL_PHONE, TABLET, View, WIDE};
use crate::site::{Host, Site};

/// A page and how a test knows that it is there.
struct Sight {
    address: String,
    there: String,
}

/// Every page of the product: all steps, and one of each other kind.
fn sights() -> Vec<Sight> {
    let steps = course::scenes().into_iter().map(|scene| Sight {
        address: scene.address(),
        there: format!("document.body.dataset.step === '{}'", scene.step.id),
    });
    let others = [
        ("#/", "Run containers on AWS"),
        ("#/sandbox", "Sandbox"),
        ("#/glossary", "Glossary"),
        ("#/glossary/task", "task"),
        ("#/nowhere", "Nothing is moored here"),
    ];
    let others = others.map(|(address, heading)| Sight {
        address: address.to_owned(),
        there: format!("document.querySelector('main h1')?.textContent.startsWith('{heading}')"),
    });
    others.into_iter().chain(steps).collect()
}

impl Sight {
    async fn go(&self, page: &Page) {
        page.script(&format!("location.hash = '{}'", self.address)).await;
        page.until(&self.there).await;
    }
}

/// Visits every page in a window and collects what `look` finds there.
async fn everywhere(
    page: &Page,
    site: &Site,
    view: View,
    look: impl AsyncFn() -> Vec<String>,
) -> Vec<String> {
    page.open(&site.address, view).await;
    let mut found = Vec::new();
    for sight in sights() {
        sight.go(page).await;
        let here = look().await;
        if !here.is_empty() {
            let name = sight.address.replace(['#', '/'], "-");
            page.picture(&format!("fault-{}{name}", view.width)).await;
        }
        found.extend(said(&sight.address, view, here));
    }
    found
}

#[test]
fn axe_in_light() {
    check_with_axe([PHONE, DESKTOP]);
}

#[test]
fn axe_in_dark() {
    check_with_axe([PHONE.dark(), DESKTOP.dark()]);
}

fn check_with_axe(views: [View; 2]) {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let mut found = Vec::new();
        for view in views {
            found.extend(
                everywhere(page, &site, view, async || page.accessibility_faults().await).await,
            );
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

#[test]
fn layout() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let look = async || page.faults_of_layout().await;
        let mut found = Vec::new();
        for view in [SMALL_PHONE, PHONE, LANDSCAPE, TABLET, DESKTOP, WIDE] {
            found.extend(everywhere(page, &site, view, look).await);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

/// The same holds where there is something to see: at the end of each step, with what its solution has made.
#[test]
fn solved_steps_fit_every_window() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        page.open(&site.address, DESKTOP.still()).await;
        let mut found = Vec::new();
        for mut scene in course::scenes() {
            scene.solve();
            let hash = format!("{}?r={}", scene.address(), scene.native.share());
            page.script(&format!("location.hash = '{hash}'")).await;
            page.until_at(&scene).await;
            page.until_same(&scene).await;
            found.extend(page.faults_in_every_window(&scene.address()).await);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

impl Page {
    /// What is wrong with the layout once the page has found its place in the window.
    async fn faults_of_layout(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for _ in 0..LOOKS_MAX {
            faults = serde_json::from_value(self.script(FAULTS_OF_LAYOUT).await).unwrap();
            if faults.is_empty() {
                break;
            }
            self.script("return new Promise((done) => requestAnimationFrame(() => done()))").await;
        }
        faults
    }

    /// Looks at what is shown now in six windows, and through the eyes of axe in two of them, light and dark. What moves
    /// to its place in a new window would be measured on its way, so nothing does.
    async fn faults_in_every_window(&self, place: &str) -> Vec<String> {
        let mut found = Vec::new();
        for view in [SMALL_PHONE, LANDSCAPE, TABLET, WIDE] {
            self.resize(view.still()).await;
            found.extend(said(place, view, self.faults_of_layout().await));
        }
        for view in [PHONE, PHONE.dark(), DESKTOP.dark(), DESKTOP] {
            self.resize(view.still()).await;
            found.extend(said(place, view, self.faults_of_layout().await));
            found.extend(said(place, view, self.accessibility_faults().await));
        }
        found
    }
}

fn said(place: &str, view: View, faults: Vec<String>) -> impl Iterator<Item = String> {
    let place = format!("{} px, {place}", view.width);
    faults.into_iter().map(move |what| format!("{place}: {what}"))
}

/// So many frames a page may take to arrange itself in a new window.
const LOOKS_MAX: usize = 20;
const FAULTS_OF_LAYOUT: &str = include_str!("layout.js");
