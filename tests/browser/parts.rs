//! The parts of the program (`src/bin/cut`): what can be done without the later ones, and what the page says where one is
//! needed. What a missing part stops is seen at once: the page answers no more, and the account stays as it was.

use crate::browser::browse;
use crate::course::{self, Scene, first_lesson};
use crate::hands::{ENTER, NEXT};
use crate::lessons::solve_by_keyboard;
use crate::page::{DESKTOP, PHONE, Page, SMALL_PHONE};
use crate::site::{Host, Site};
use crate::taps::{answer, solve_by_taps};

/// The later parts, by their files' names.
const LATER: &[&str] = &["part-lesson-", "part-rest-", "page-"];

/// A host that has what the first lesson's first step needs, and nothing else.
fn first_step_only() -> Site {
    Site::serve(Host { missing: LATER, ..Host::default() })
}

async fn open_at(page: &Page, site: &Site, scene: &Scene) {
    page.open(&format!("{}{}", site.address, scene.address()), DESKTOP).await;
    page.until_same(scene).await;
}

/// The browser notes every part that it could not get.
async fn check_missed(page: &Page) {
    assert!(!page.console_errors().await.is_empty(), "nothing was missing: is `dist/` cut?");
}

#[test]
fn the_first_step_is_solved_by_keyboard_without_the_later_parts() {
    let site = first_step_only();
    browse(async |page| {
        let mut scene = first_lesson().remove(0);
        open_at(page, &site, &scene).await;
        solve_by_keyboard(page, &mut scene).await;
        check_missed(page).await;
    });
}

#[test]
fn the_first_step_is_solved_by_taps_without_the_later_parts() {
    for view in [PHONE, SMALL_PHONE.dark()] {
        let site = first_step_only();
        browse(async |page| {
            let mut scene = first_lesson().remove(0);
            page.open(&site.address, view).await;
            page.touch_on(".resume a").await;
            page.until_at(&scene).await;
            page.until_same(&scene).await;
            answer(page, &scene, false).await;
            solve_by_taps(page, &mut scene).await;
            answer(page, &scene, true).await;
            check_missed(page).await;
        });
    }
}

#[test]
fn the_first_lesson_is_done_without_the_last_part() {
    let site = Site::serve(Host { missing: &["part-rest-"], ..Host::default() });
    browse(async |page| {
        let mut scenes = first_lesson().into_iter();
        let mut scene = scenes.next();
        open_at(page, &site, scene.as_ref().expect("a step")).await;
        while let Some(mut here) = scene.take() {
            page.until_at(&here).await;
            page.until_same(&here).await;
            solve_by_keyboard(page, &mut here).await;
            scene = scenes.next();
            if scene.is_some() {
                page.tab_to(NEXT).await;
                page.press([ENTER]).await;
            }
        }
        check_missed(page).await;
    });
}

/// A lesson on the screen stays when nothing else can be had. Another one can be asked for again.
#[test]
fn another_lesson_that_cannot_be_had_can_be_asked_for_again() {
    let site = first_step_only();
    browse(async |page| {
        let first = first_lesson().remove(0);
        let other = course::of(&course::lessons().remove(1)).remove(0);
        open_at(page, &site, &first).await;
        page.script(&format!("location.hash = '{}'", other.address())).await;
        page.the("heading", "The simulated account did not arrive").await;
        page.check_accessibility().await;
        site.mend();
        page.tap(&page.the("button", "Try again").await).await;
        page.until_at(&other).await;
        page.until_same(&other).await;
        check_missed(page).await;
    });
}

/// What comes to a function that cannot be had ends, and says why.
#[test]
fn a_line_whose_part_is_gone_says_so() {
    let site = first_step_only();
    browse(async |page| {
        open_at(page, &site, &first_lesson().remove(0)).await;
        page.type_line("aws iam create-role --role-name app --assume-role-policy-document '{}'")
            .await;
        page.the("heading", "The rest of the program could not be fetched.").await;
        page.the("link", "Reload").await;
        page.check_accessibility().await;
        page.driver.goto("about:blank").await.unwrap();
        check_missed(page).await;
    });
}
