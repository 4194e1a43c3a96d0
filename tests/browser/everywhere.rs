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
        let place = format!("{} px, {}", view.width, sight.address);
        found.extend(here.into_iter().map(|what| format!("{place}: {what}")));
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
        let look = async || serde_json::from_value(page.script(FAULTS_OF_LAYOUT).await).unwrap();
        let mut found = Vec::new();
        for view in [SMALL_PHONE, PHONE, LANDSCAPE, TABLET, DESKTOP, WIDE] {
            found.extend(everywhere(page, &site, view, look).await);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

/// Sizes as they appear on the screen, in CSS pixels. A word that is a link in a sentence is as large as its text.
const FAULTS_OF_LAYOUT: &str = r"
    const faults = new Set();
    const name = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''} `
        + `«${(e.getAttribute('aria-label') || e.textContent).trim().slice(0, 30)}»`;
    const inSight = (e) => e.checkVisibility({ visibilityProperty: true })
        && !e.closest('.vh, .skip, .defs, title');
    if (document.documentElement.scrollWidth > innerWidth) {
        const wide = [...document.querySelectorAll('body *')]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(name);
        faults.add(`scrolls sideways because of ${wide}`);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !inSight(e)) continue;
        const scale = e instanceof SVGElement ? Math.abs(e.getScreenCTM()?.d ?? 1) : 1;
        const size = parseFloat(getComputedStyle(e).fontSize) * scale;
        if (size < 11.95) faults.add(`${size.toFixed(1)} px: ${name(e)}`);
    }
    const least = matchMedia('(pointer: coarse)').matches ? 44 : 24;
    const controls = 'a[href], button, input, select, textarea, summary, [role=button], [role=tab]';
    for (const e of document.querySelectorAll(controls)) {
        // A button in a sentence is a word too, though its style says inline-block.
        if (!inSight(e) || getComputedStyle(e).display === 'inline' || e.matches('.text .focus')) continue;
        const { width, height } = (e.closest('label') || e).getBoundingClientRect();
        if (Math.min(width, height) < least - 0.5)
            faults.add(`${width.toFixed(0)} × ${height.toFixed(0)} px: ${name(e)}`);
    }
    return [...faults];
";
