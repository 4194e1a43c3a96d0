//! The page: everything that knows of a browser. Widgets are in `crate::widgets`.
//!
//! `desk` joins a session with signals; `clock` lets its time pass; `store` keeps things; the pages follow `router`.
#![allow(
    clippy::large_types_passed_by_value,
    reason = "a desk is a handful of ids; only debug builds add where each signal was made"
)]

pub mod bar;
pub mod clock;
pub mod course;
pub mod crash;
pub mod desk;
pub mod dom;
pub mod embed;
pub mod goal_view;
pub mod help_view;
pub mod hero;
pub mod keys;
pub mod notice;
pub mod page_glossary;
pub mod page_home;
pub mod page_lesson;
pub mod page_sandbox;
pub mod parts;
pub mod prose;
pub mod question_view;
pub mod router;
pub mod settings;
pub mod simulator;
pub mod step_view;
pub mod store;
pub mod theme;
pub mod time_bar;
pub mod tools;
pub mod viewport;
pub mod workbench;

use std::time::Duration;

use leptos::prelude::*;

use crate::session::route::{Place, Route};
use bar::bar;
use dom::{View, el};
use embed::Host;
use notice::Notices;
use router::Router;
use simulator::Simulator;
use store::Store;

/// When all parts are fetched although nobody has needed one yet: the next touch will.
const SOON: Duration = Duration::from_secs(1);

/// What every page has at hand.
#[derive(Clone, Copy)]
pub struct Shell {
    /// Where the learner is.
    pub router: Router,
    /// What is kept.
    pub store: Store,
    /// What is said in passing.
    pub notices: Notices,
    /// The page around this one.
    pub host: Host,
    /// The parts of the program, which arrive after the shell.
    pub simulator: Simulator,
    /// The sheet of shortcuts is open.
    pub keys_open: RwSignal<bool>,
    /// The settings are open.
    pub settings_open: RwSignal<bool>,
    /// A page was shown before this one: from then on the focus goes to a new page's heading.
    moved: StoredValue<bool>,
}

impl Shell {
    /// A page with this title is being put up. The first one takes the place of the static shell in index.html. Each
    /// later one gets the focus, on its heading; the first does not, because a page that opens takes no focus.
    pub fn arrive(self, title: &str) {
        document().set_title(&format!("{title} · Drydock"));
        if self.moved.get_value() {
            set_timeout(
                move || {
                    parts::focus_on("main h1");
                    self.simulator.fetch_rest();
                },
                Duration::ZERO,
            );
            return;
        }
        self.moved.set_value(true);
        if let Some(shell) = document().get_element_by_id("shell") {
            shell.remove();
        }
        // Tells static/boot.js and the tests that the page answers.
        set_timeout(
            move || {
                set_body("data-ready", Some("true"));
                self.host.begin(self);
                self.simulator.fetch_rest();
            },
            Duration::ZERO,
        );
    }

    /// A page was shown before: the static shell is gone.
    pub fn has_moved(self) -> bool {
        self.moved.get_value()
    }
}

/// Begins. The static shell in index.html stays until the first page is put up.
pub fn start() {
    crash::install();
    leptos::mount::mount_to_body(app);
}

/// Sets an attribute of `<body>`, or takes it away.
pub fn set_body(name: &str, value: Option<&str>) {
    let Some(body) = document().body() else { return };
    let _ = match value {
        Some(value) => body.set_attribute(name, value),
        None => body.remove_attribute(name),
    };
}

/// The whole page.
fn app() -> View {
    let notices = Notices::default();
    let host = Host::open();
    let shell = Shell {
        router: Router::start(host.place()),
        host,
        store: Store::open(notices),
        notices,
        simulator: Simulator::default(),
        keys_open: RwSignal::new(false),
        settings_open: RwSignal::new(false),
        moved: StoredValue::new(false),
    };
    theme::follow(shell);
    keys::follow(shell);
    viewport::follow();
    set_timeout(move || shell.simulator.fetch_early(), SOON);
    let page = move || {
        let route = shell.router.route.get();
        untrack(|| page(shell, route))
    };
    View::List(vec![
        page.into(),
        notice::regions(notices),
        keys::sheet(shell),
        settings::view(shell),
    ])
}

/// The page of an address.
fn page(shell: Shell, route: Route) -> View {
    match route.place {
        Place::Map => page_home::page(shell).into(),
        Place::Lesson { .. } | Place::Sandbox | Place::Glossary(_) => simulator::page(shell, route),
        Place::Unknown(words) => unknown(shell, &format!("There is no page at `{words}`.")),
    }
}

/// A sentence in which what stands between backticks is code.
fn with_code(text: &str) -> View {
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => part.to_owned().into(),
        _ => el("code").child(part.to_owned()).into(),
    };
    View::List(text.split('`').enumerate().map(part).collect())
}

/// A page that says that there is nothing here, and leads home.
#[inline(never)]
pub fn unknown(shell: Shell, why: &str) -> View {
    shell.arrive("Not found");
    let home = el("a").class("go").is("href", "#/").says("To the course map");
    let main = el("main")
        .is("id", "main")
        .class("plain-page")
        .child(el("h1").is("tabindex", "-1").says("Nothing is moored here"))
        .child(el("p").child(with_code(why)))
        .child(el("p").child(home));
    View::List(vec![bar(shell, View::Nothing), main.into()])
}
