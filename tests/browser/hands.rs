//! What a reader does with their hands: keys, and fingers on what can be tapped.

use serde_json::json;

use crate::course::Scene;
use crate::page::Page;

pub(crate) const TAB: char = '\u{E004}';
pub(crate) const ENTER: char = '\u{E007}';
pub(crate) const ESCAPE: char = '\u{E00C}';
/// The link to the next step.
pub(crate) const NEXT: &str = "a[aria-keyshortcuts=\"]\"]";
const SHIFT: char = '\u{E008}';

/// More stops of the Tab key than any page has.
const STOPS_MAX: usize = 300;

impl Page {
    /// Presses keys one after another.
    pub(crate) async fn press(&self, keys: impl IntoIterator<Item = char>) {
        let strokes = keys.into_iter().flat_map(|key| {
            let value = key.to_string();
            [
                json!({ "type": "keyDown", "value": value }),
                json!({ "type": "keyUp", "value": value }),
            ]
        });
        self.keys(strokes.collect()).await;
    }

    /// Moves the focus with Tab or Shift+Tab, whichever is nearer, until it is on what `css` selects.
    pub(crate) async fn tab_to(&self, css: &str) {
        let is_before = format!(
            "const there = [...document.querySelectorAll({css:?})].find((e) => e.getClientRects().length);
             if (!there) throw new Error({css:?} + ' is not in sight');
             const here = document.activeElement;
             return here !== document.body
                 && Boolean(here.compareDocumentPosition(there) & Node.DOCUMENT_POSITION_PRECEDING);"
        );
        let back = self.script(&is_before).await == true;
        let arrived = format!("return document.activeElement.matches({css:?})");
        for _ in 0..STOPS_MAX {
            if self.script(&arrived).await == true {
                return;
            }
            if back { self.back_tab().await } else { self.press([TAB]).await }
        }
        panic!("no number of tabs leads to {css}");
    }

    /// Types a line into the terminal, reached with the Tab key, and runs it.
    pub(crate) async fn type_line(&self, line: &str) {
        let closed =
            "return !document.querySelector('input[aria-label=Terminal]')?.checkVisibility()";
        if self.script(closed).await == true {
            self.tab_to("[data-tab=terminal]").await;
            self.press([ENTER]).await;
        }
        self.tab_to("input[aria-label=Terminal]").await;
        self.press(line.chars().chain([ENTER])).await;
    }

    /// Taps the first element in sight that `css` selects.
    pub(crate) async fn tap_on(&self, css: &str) {
        let find = format!(
            "return [...document.querySelectorAll({css:?})].find((e) => e.getClientRects().length)"
        );
        let found = self.driver.execute(&find, Vec::new()).await.unwrap();
        let element = found.element().unwrap_or_else(|_| panic!("{css} is not in sight"));
        self.tap(&element).await;
    }

    /// Waits until the page shows the account that the library has.
    pub(crate) async fn until_same(&self, scene: &Scene) {
        let digest = scene.digest();
        self.until(&format!("document.querySelector('main').dataset.digest === '{digest}'")).await;
    }

    /// Waits until the page stands at a step.
    pub(crate) async fn until_at(&self, scene: &Scene) {
        let (lesson, step) = (&scene.lesson.id, &scene.step.id);
        self.wait_for(&format!("body[data-lesson='{lesson}'][data-step='{step}'] main h1")).await;
    }

    /// Fails unless the step is solved and the list of goals says so of every one.
    pub(crate) async fn check_solved(&self, scene: &Scene) {
        self.until("document.body.dataset.stepState === 'solved'").await;
        let met = "return [...document.querySelectorAll('[aria-label=Goals] [data-goal]')]
            .map((goal) => [goal.dataset.goal, goal.dataset.met])";
        let wanted: Vec<_> = scene.goals().into_iter().map(|id| json!([id, "true"])).collect();
        assert_eq!(self.script(met).await, json!(wanted), "{}", scene.address());
    }

    /// An expression for [`Page::until`]: an alert has these words in it.
    pub(crate) fn alert_says(words: &str) -> String {
        let said = "[...document.querySelectorAll('[role=alert]')].map((it) => it.textContent)";
        format!("{said}.join().includes({})", json!(words))
    }

    async fn back_tab(&self) {
        self.keys(vec![
            json!({ "type": "keyDown", "value": SHIFT }),
            json!({ "type": "keyDown", "value": TAB }),
            json!({ "type": "keyUp", "value": TAB }),
            json!({ "type": "keyUp", "value": SHIFT }),
        ])
        .await;
    }

    async fn keys(&self, strokes: Vec<serde_json::Value>) {
        let keys = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.ask("POST", "actions".to_owned(), Some(json!({ "actions": keys }))).await.unwrap();
    }
}
