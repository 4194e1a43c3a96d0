//! The keyboard alone: it reaches everything, shows where it is, and always gets out again.

use serde_json::{Value, json};

use crate::browser::browse;
use crate::course;
use crate::hands::{ENTER, ESCAPE, TAB};
use crate::page::{DESKTOP, PHONE, Page};
use crate::site::{Host, Site};

/// More stops of the Tab key than any page has.
const STOPS_MAX: usize = 300;

/// Once round every page with Tab: no control is left out, none holds the focus, and each shows that it has it.
#[test]
fn tab_reaches_and_leaves_everything() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let mut faults = Vec::new();
        let steps = course::scenes().into_iter().map(|mut scene| {
            scene.solve();
            (format!("{}?r={}", scene.address(), scene.native.share()), Some(scene))
        });
        let others = ["#/", "#/glossary", "#/nowhere"].map(|hash| (hash.to_owned(), None));
        page.open(&site.address, DESKTOP).await;
        for (hash, scene) in others.into_iter().chain(steps) {
            page.script(&format!("location.hash = '{hash}'")).await;
            match &scene {
                Some(scene) => {
                    page.until_at(scene).await;
                    page.until_same(scene).await;
                }
                None => page.until("document.querySelector('main h1')").await,
            }
            let place = hash.split('?').next().unwrap_or_default();
            faults.extend(page.once_round().await.into_iter().map(|it| format!("{place}: {it}")));
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

/// What opens over the page takes the focus, closes with Escape, and gives the focus back to what opened it.
#[test]
fn escape_closes_and_gives_the_focus_back() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        let step = format!("{}{}", site.address, course::scenes()[0].address());
        page.open(&step, DESKTOP).await;
        for opener in ["[aria-label=Settings]", "[aria-label^=Keyboard]"] {
            open_and_escape(page, opener, "dialog[open]", opener).await;
        }
        page.visit("about:blank", PHONE).await;
        page.open(&step, PHONE).await;
        let tabs = "return [...document.querySelectorAll('.tools [data-tab]')].map((tab) => tab.dataset.tab)";
        let Value::Array(tabs) = page.script(tabs).await else { panic!("a list of tabs") };
        assert!(tabs.len() > 3, "{tabs:?}");
        for tab in tabs {
            let name = tab.as_str().unwrap();
            let (tab, opened) = (format!("[data-tab={name}]"), format!("#tool-{name}.open"));
            let hidden = format!("return !document.querySelector('{tab}').checkVisibility()");
            if page.script(&hidden).await == true {
                page.tab_to(".tabs .more").await;
                page.press([ENTER]).await;
                open_and_escape(page, &tab, &opened, ".tabs .more").await;
            } else {
                open_and_escape(page, &tab, &opened, &tab).await;
            }
        }
    });
}

/// Opens something with `opener`, closes it, and waits until `back` has the focus.
async fn open_and_escape(page: &Page, opener: &str, opened: &str, back: &str) {
    page.tab_to(opener).await;
    page.press([ENTER]).await;
    page.wait_for(opened).await;
    page.until(&format!("document.activeElement.closest({})", json!(opened))).await;
    page.press([ESCAPE]).await;
    page.until(&format!("!document.querySelector({})", json!(opened))).await;
    page.until(&format!("document.activeElement.matches({})", json!(back))).await;
}

impl Page {
    /// Presses Tab until the focus comes round. Gives what it did not reach, and what did not show that it was reached.
    async fn once_round(&self) -> Vec<String> {
        self.script(BEGIN_ROUND).await;
        for _ in 0..STOPS_MAX {
            self.press([TAB]).await;
            if self.script(NOTE_STOP).await == true {
                return serde_json::from_value(self.script(END_ROUND).await).unwrap();
            }
        }
        vec![format!("Tab does not come round in {STOPS_MAX} stops")]
    }
}

const BEGIN_ROUND: &str = r"
    document.activeElement.blur();
    getSelection().removeAllRanges();
    const controls = 'a[href], button, input, select, textarea, summary, [tabindex]';
    const may = (e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true })
        && e.getClientRects().length;
    const look = (e) => [e, e.closest('.track'), e.closest('label')].filter(Boolean).map((e) => {
        const own = getComputedStyle(e), after = getComputedStyle(e, '::after');
        const hit = e.querySelector('.hit');
        return [own.outline, own.boxShadow, own.borderColor, after.outline, hit && getComputedStyle(hit).stroke].join('/');
    }).join(' ');
    const all = [...document.querySelectorAll(controls)].filter(may);
    window.round = { may, look, calm: new Map(all.map((e) => [e, look(e)])), reached: new Set(), dull: new Set() };
";

/// Notes what has the focus now; true if Tab has come round.
const NOTE_STOP: &str = r"
    const { look, calm, reached, dull } = window.round;
    const e = document.activeElement;
    // After the last stop comes the browser's own, and then the first.
    if (e === document.body || e === document.documentElement) return false;
    if (reached.has(e)) return true;
    reached.add(e);
    if (calm.get(e) === look(e)) dull.add(e);
    return false;
";

const END_ROUND: &str = r"
    const { may, calm, reached, dull } = window.round;
    const name = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''} «`
        + `${(e.getAttribute('aria-label') || e.textContent).trim().slice(0, 40)}»`;
    const missed = [...calm.keys()].filter((e) => e.isConnected && may(e) && !reached.has(e));
    return [
        ...missed.map((e) => `not reached: ${name(e)}`),
        ...[...dull].map((e) => `does not show the focus: ${name(e)}`),
    ];
";
