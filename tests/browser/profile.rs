//! What runs when: `make profile` plays these on a program that counts, and cuts the program (`src/bin/cut`) by what it
//! saw. They are no tests, and are played only when they are asked for.
//!
//! A scene plays what a reader does there in the first minutes. What it leaves out works all the same, but a page that
//! comes to it before its part is there stands still until it has it.

mod lesson;
mod map;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::browser::browse;
use crate::course::{self, first_lesson};
use crate::embed;
use crate::lessons::solve_by_keyboard;
use crate::page::{DESKTOP, PHONE, Page, SMALL_PHONE};
use crate::site::{Host, Site};
use crate::taps::{answer, answer_as, solve_by_taps};

/// The page has fetched by then what it fetches without being asked.
const SETTLED: &str = "performance.now() > 3000";

/// The map, and what stands on the page while the program's later parts are on their way or missing.
#[test]
#[ignore = "make profile"]
fn map() {
    let mut ran = Ran::default();
    for view in [DESKTOP, DESKTOP.dark(), PHONE, PHONE.dark()] {
        let site = Site::serve(Host::default());
        browse(async |page| {
            page.open(&site.address, view).await;
            map::look_around(page).await;
            map::go_and_come_back(page, view).await;
            page.until(SETTLED).await;
            ran.note(page).await;
            // Once more, with something kept.
            page.script(&format!("localStorage.drydock = {}", json!(map::progress()))).await;
            page.driver.refresh().await.unwrap();
            page.wait_for("body[data-ready=true] main.map").await;
            page.until(SETTLED).await;
            ran.note(page).await;
        });
        let site = Site::serve(Host::default());
        browse(async |page| {
            page.hold_parts("new Promise(() => {})").await;
            map::wait_for_parts(page, &site, view).await;
            ran.note(page).await;
        });
        let site = Site::serve(Host::default());
        browse(async |page| {
            page.hold_parts("Promise.reject(new Error('held back'))").await;
            map::ask_for_parts_again(page, &site, view).await;
            ran.note(page).await;
        });
    }
    // As a frame shows it before the lesson's part is there.
    for view in [DESKTOP, PHONE.dark()] {
        let site = Site::serve(Host::default());
        browse(async |page| {
            page.hold_parts("new Promise(() => {})").await;
            let address = format!("{}?embed=1&lesson=ecs&step=empty-cluster", site.address);
            page.visit(&address, view).await;
            page.wait_for("main.plain-page li").await;
            page.until(SETTLED).await;
            ran.note(page).await;
        });
    }
    ran.keep("map");
}

/// The first lesson, opened and looked at, also inside another page.
#[test]
#[ignore = "make profile"]
fn opening() {
    let mut ran = Ran::default();
    look_at(&mut ran, &first_lesson().remove(0).address());
    for view in [PHONE, SMALL_PHONE.dark()] {
        played(&mut ran, async |page, site| {
            page.open(&site.address, view).await;
            page.touch_on(".resume a").await;
            page.until_at(&first_lesson().remove(0)).await;
            map::look_around(page).await;
            map::leave(page).await;
        });
    }
    let site = Site::serve(Host::default());
    let course = Site::serve(embed::course(&site, ""));
    browse(async |page| {
        page.visit(&format!("{}course.html", course.address), DESKTOP).await;
        embed::frame(page).await;
        page.until(SETTLED).await;
        ran.note(page).await;
    });
    ran.keep("opening");
}

/// Each other page, opened and looked at.
#[test]
#[ignore = "make profile"]
fn pages() {
    let lessons = course::lessons();
    for lesson in lessons.iter().skip(1) {
        let mut ran = Ran::default();
        look_at(&mut ran, &format!("#/l/{}", lesson.id));
        look_at(&mut ran, &format!("?embed=1&lesson={}", lesson.id));
        ran.keep(&lesson.id);
    }
    for (name, addresses) in
        [("sandbox", ["#/sandbox", "#/sandbox"]), ("glossary", ["#/glossary", "#/glossary/task"])]
    {
        let mut ran = Ran::default();
        for address in addresses {
            look_at(&mut ran, address);
        }
        ran.keep(name);
    }
}

/// The dock on the map.
#[test]
#[ignore = "make profile"]
fn dock() {
    let mut ran = Ran::default();
    for view in [DESKTOP, PHONE.dark()] {
        played(&mut ran, async |page, site| lesson::use_dock(page, site, view).await);
    }
    ran.keep("dock");
}

/// The first step, solved, also by somebody who makes mistakes first; and the settings, which nobody opens sooner.
#[test]
#[ignore = "make profile"]
fn step() {
    let mut ran = Ran::default();
    for view in [DESKTOP, DESKTOP.dark()] {
        played(&mut ran, async |page, site| {
            let mut scene = first_lesson().remove(0);
            page.open(&format!("{}{}", site.address, scene.address()), view).await;
            lesson::begin(page, &mut scene).await;
            lesson::try_things(page, &mut scene).await;
            solve_by_keyboard(page, &mut scene).await;
            lesson::end(page, &scene).await;
        });
    }
    for view in [DESKTOP, PHONE.dark()] {
        played(&mut ran, async |page, site| {
            page.open(&site.address, view).await;
            map::use_settings(page).await;
        });
    }
    for view in [PHONE, PHONE.dark(), SMALL_PHONE, SMALL_PHONE.dark()] {
        played(&mut ran, async |page, site| {
            let mut scene = first_lesson().remove(0);
            page.open(&site.address, view).await;
            page.touch_on(".resume a").await;
            lesson::begin(page, &mut scene).await;
            solve_by_taps(page, &mut scene).await;
            lesson::end(page, &scene).await;
        });
    }
    ran.keep("step");
}

/// The first lesson from its first step to its last.
#[test]
#[ignore = "make profile"]
fn lesson() {
    let mut ran = Ran::default();
    played(&mut ran, async |page, site| {
        page.open(&site.address, DESKTOP).await;
        let done = lesson::whole_lesson(page, async |page, at, scene| {
            answer_as(page, scene, false, at > 1).await;
            if at == 1 {
                lesson::show_me(page, scene).await;
            }
            solve_by_keyboard(page, scene).await;
            answer_as(page, scene, true, at > 1).await;
        });
        Box::pin(done).await;
    });
    for view in [PHONE, SMALL_PHONE.dark()] {
        played(&mut ran, async |page, site| {
            page.open(&site.address, view).await;
            let done = lesson::whole_lesson(page, async |page, _, scene| {
                answer(page, scene, false).await;
                solve_by_taps(page, scene).await;
                answer(page, scene, true).await;
            });
            Box::pin(done).await;
        });
    }
    for view in [DESKTOP, PHONE.dark()] {
        played(&mut ran, async |page, site| lesson::come_back(page, site, view).await);
    }
    ran.keep("lesson");
}

/// Opens an address, looks around there, and leaves.
fn look_at(ran: &mut Ran, address: &str) {
    for view in [DESKTOP, PHONE.dark()] {
        played(ran, async |page, site| {
            page.open(&format!("{}{address}", site.address), view).await;
            map::look_around(page).await;
            map::leave(page).await;
        });
    }
}

/// Plays a scene on a fresh page, and notes what has run at its end.
fn played(ran: &mut Ran, scene: impl AsyncFnOnce(&Page, &Site)) {
    let site = Site::serve(Host::default());
    browse(async |page| {
        scene(page, &site).await;
        page.until(SETTLED).await;
        ran.note(page).await;
    });
}

impl Page {
    /// Something that `css` selects is there to be seen.
    async fn is_seen(&self, css: &str) -> bool {
        let seen = format!("return Boolean(document.querySelector({css:?})?.checkVisibility())");
        self.script(&seen).await == true
    }
}

/// A line for each page that was played, with a letter for each basic block: 1 if it has run.
#[derive(Default)]
struct Ran(Vec<String>);

impl Ran {
    /// Notes what has run on a page since it was opened.
    async fn note(&mut self, page: &Page) {
        let ran = page.script("return globalThis.drydockRan?.()").await;
        self.0.push(ran.as_str().expect("a program that counts: see `make profile`").to_owned());
    }

    fn keep(&self, name: &str) {
        kept(&format!("{name}.txt"), &self.0.join("\n"));
    }
}

/// Writes a file to where `make profile` looks.
fn kept(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/profile");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}
