//! The lessons from their first step to their last, done in the ways in which people do them. Beside the page the library
//! plays the same; both must have the same account after every action.

use crate::browser::browse;
use crate::course::{self, Scene};
use crate::hands::{ENTER, NEXT};
use crate::page::{DESKTOP, Page};
use crate::site::{Host, Site};

#[test]
fn lesson_by_keyboard() {
    let site = Site::serve(Host::default());
    browse(async |page| {
        for lesson in course::lessons() {
            let scenes = course::of(&lesson);
            page.open(&format!("{}{}", site.address, scenes[0].address()), DESKTOP).await;
            for mut scene in scenes {
                page.until_at(&scene).await;
                page.until_same(&scene).await;
                solve_by_keyboard(page, &mut scene).await;
                page.tab_to(NEXT).await;
                page.press([ENTER]).await;
            }
        }
        page.until("location.hash === '#/'").await;
    });
}

/// Solves the step in the terminal.
pub(crate) async fn solve_by_keyboard(page: &Page, scene: &mut Scene) {
    for line in scene.solution() {
        let filled = scene.filled(&line);
        page.type_line(&filled).await;
        scene.play(&filled, line.refused);
        page.until_same(scene).await;
    }
    let events = scene.finish();
    if events > 0 {
        page.tab_to("[aria-label='Next event']").await;
        page.press(std::iter::repeat_n(ENTER, events)).await;
        page.until_same(scene).await;
    }
    if !scene.step.goals().is_empty() {
        page.check_solved(scene).await;
    }
}
