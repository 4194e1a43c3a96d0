//! Every lesson with one finger: chips, buttons and links, on the smallest phone. No field that takes text ever has the
//! focus, so no keyboard ever covers half of the screen.

use drydock::session::view::builder::{Builder, Hints, taps_for};
use serde_json::{Value, json};

use crate::browser::browse;
use crate::course::{self, Scene};
use crate::hands::NEXT;
use crate::page::{PHONE, Page, SMALL_PHONE, View};
use crate::site::{Host, Site};

#[test]
fn lesson_by_taps() {
    by_taps(SMALL_PHONE);
}

#[test]
fn lesson_by_taps_on_a_larger_phone() {
    by_taps(PHONE);
}

/// Plays every lesson from its first step to its last in a window like `view`.
fn by_taps(view: View) {
    let site = Site::serve(Host::default());
    browse(async |page| {
        for lesson in course::lessons() {
            let scenes = course::of(&lesson);
            page.open(&format!("{}{}", site.address, scenes[0].address()), view).await;
            page.script(NOTE_TYPING).await;
            for mut scene in scenes {
                page.until_at(&scene).await;
                page.until_same(&scene).await;
                answer(page, &scene, false).await;
                solve_by_taps(page, &mut scene).await;
                answer(page, &scene, true).await;
                let typed = page.script("return window.typed").await;
                assert_eq!(typed, json!([]), "{}: a field for text had the focus", scene.address());
                page.touch_on(NEXT).await;
            }
        }
        page.until("location.hash === '#/'").await;
    });
}

/// Notes every field for text that gets the focus, by whatever way.
pub(crate) const NOTE_TYPING: &str = r"
    if (window.typed) return;
    window.typed = [];
    const takesText = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable=true]';
    addEventListener('focusin', (event) => {
        if (event.target.matches(takesText)) window.typed.push(event.target.outerHTML.slice(0, 80));
    });
";

/// Answers the questions before a task, or after it, and reads that it was right.
pub(crate) async fn answer(page: &Page, scene: &Scene, after: bool) {
    answer_as(page, scene, after, true).await;
}

/// Answers the questions before a task, or after it, rightly or wrongly, and reads which it was.
pub(crate) async fn answer_as(page: &Page, scene: &Scene, after: bool, rightly: bool) {
    let questions = scene.step.questions().filter(|(_, is_after)| *is_after == after);
    for (question, _) in questions {
        let options = 0..u32::try_from(question.options.len()).unwrap();
        let is_it = |option: &u32| {
            let answer = scene.native.answer(&question.id, *option, None);
            answer.is_some_and(|answer| answer.right == rightly)
        };
        let option = { options }.find(is_it).expect("an option that is right, and one that is not");
        let card = format!("[data-question='{}']", question.id);
        page.touch_on(&format!("{card} .options li:nth-child({}) button", option + 1)).await;
        if question.confidence {
            page.touch_on(&format!("{card} .sure button:nth-of-type(2)")).await;
        }
        let verdict = if rightly { ".right" } else { ":not(.right)" };
        page.wait_for(&format!("{card} .verdict-text{verdict}")).await;
    }
}

/// Solves the step with what can be touched.
pub(crate) async fn solve_by_taps(page: &Page, scene: &mut Scene) {
    let hints = Hints::of(&scene.lesson, &scene.step);
    for line in scene.solution() {
        let filled = scene.filled(&line);
        page.open_tool("builder").await;
        let taps = taps_for(&filled, scene.native.cloud(), &hints)
            .unwrap_or_else(|error| panic!("{}: `{filled}`: {error}", scene.address()));
        let mut builder = Builder::default();
        for tap in &taps {
            page.touch_chip(&tap.mark()).await;
            builder.tap(tap);
        }
        let shown =
            page.script("return document.querySelector('.tool.open .preview').textContent").await;
        assert_eq!(shown, builder.line(), "{}: `{filled}`", scene.address());
        page.touch_chip("run").await;
        scene.play(&builder.line(), line.refused);
        page.until_same(scene).await;
        if line.refused {
            // What was refused stays, to be mended; this time it has said all it has to say.
            page.touch_on("[role=alert] [aria-label=Dismiss]").await;
            page.touch_chip("restart").await;
        }
    }
    page.close_tool().await;
    let events = scene.finish();
    for _ in 0..events {
        page.touch_on("[aria-label='Next event']").await;
    }
    page.until_same(scene).await;
    if !scene.step.goals().is_empty() {
        page.check_solved(scene).await;
    }
    // What is said of the success has been read.
    if page.script("return Boolean(document.querySelector('.toast'))").await == true {
        page.touch_on(".toast [aria-label=Dismiss]").await;
    }
}

impl Page {
    /// Opens a tool, unless it is open.
    pub(crate) async fn open_tool(&self, name: &str) {
        let open = format!("document.querySelector('#tool-{name}.open')");
        if self.script(&format!("return Boolean({open})")).await == false {
            self.all_tabs().await;
            self.until(&format!("document.querySelector('[data-tab={name}]').checkVisibility()"))
                .await;
            self.touch_on(&format!("[data-tab={name}]")).await;
        }
        self.until(&open).await;
    }

    /// Closes the sheet, if one is open, and waits until the browser's history has gone back with it.
    pub(crate) async fn close_tool(&self) {
        if self.script("return Boolean(document.querySelector('.tool.open'))").await == true {
            self.touch_on(".tool.open [aria-label=Close]").await;
            self.until("!document.querySelector('.tool.open') && history.state !== 'sheet'").await;
        }
    }

    /// Touches the chip with this mark.
    pub(crate) async fn touch_chip(&self, mark: &str) {
        let marked = format!(
            "[...document.querySelectorAll('[data-tap]')].filter((e) => e.dataset.tap === {})",
            json!(mark)
        );
        self.touch(&marked).await;
    }

    /// Touches the first element in sight that `css` selects.
    pub(crate) async fn touch_on(&self, css: &str) {
        self.touch(&format!("[...document.querySelectorAll({})]", json!(css))).await;
    }

    /// Touches the first in sight of the elements that an expression gives, where a finger would. Opens the fold that
    /// hides it. Fails if something else lies over it.
    pub(crate) async fn touch(&self, elements: &str) {
        let find = format!("return (async (all) => {{ {FIND} }})({elements})");
        loop {
            self.until(&format!("{elements}.length")).await;
            let found = self.script(&find).await;
            if found == "again" {
                continue;
            }
            let Value::Object(found) = found else { panic!("not in sight: {elements}") };
            if found["said"] == true {
                // What was said lies over it, and is put away as a reader would.
                Box::pin(self.touch_on(".toast [aria-label=Dismiss]")).await;
                continue;
            }
            assert_eq!(found["over"], Value::Null, "something lies over {elements}");
            let there = json!({ "type": "pointerMove", "origin": "viewport", "x": found["x"], "y": found["y"] });
            let finger = json!([{
                "type": "pointer",
                "id": "finger",
                "parameters": { "pointerType": "touch" },
                "actions": [there, { "type": "pointerDown" }, { "type": "pointerUp" }],
            }]);
            let actions = json!({ "actions": finger });
            self.ask("POST", "actions".to_owned(), Some(actions)).await.unwrap();
            if found["fold"] == false {
                return;
            }
        }
    }
}

/// Where to touch to reach one of `all`, and what lies over it there. What still moves is waited for.
const FIND: &str = r"
    const inSight = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length;
    const folds = all.map((e) => e.closest('details:not([open])')).filter(Boolean);
    const it = all.find(inSight);
    const there = it ?? folds.find(inSight)?.querySelector('summary');
    if (!there) return null;
    await Promise.all((there.closest('.tool')?.getAnimations() ?? []).map((rising) => rising.finished));
    await document.fonts.ready;
    // What still moves, because something above it came or went, is waited for.
    const place = () => there.getClientRects()[0];
    let box, before;
    do {
        there.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        before = place();
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        box = place();
        if (!before || !box) return 'again';
    } while (before.x !== box.x || before.y !== box.y);
    const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    const top = document.elementFromPoint(x, y);
    const over = there.contains(top) ? null : (top?.outerHTML.slice(0, 120) ?? 'the edge of the window');
    const said = Boolean(over && top?.closest('.toast'));
    return { x, y, over, said, fold: there !== it };
";
