//! What the page says in passing: progress politely, what went wrong at once.

use std::time::Duration;

use leptos::prelude::*;

use super::dom::{El, View, el};
use super::parts::icon_button;

/// How long something said stays on the screen, at least.
const STAYS_MS: usize = 7_000;
/// How long something stays that can still be answered, or that went wrong, at least.
const STAYS_LONGER_MS: usize = 10_000;
/// How long a letter takes to be read, by a slow reader.
const LETTER_MS: usize = 80;

/// Something said.
#[derive(Clone)]
struct Notice {
    text: String,
    wrong: bool,
    /// It is about the page and not about what is done on it.
    of_page: bool,
    /// A button with its name.
    answer: Option<(&'static str, Callback<()>)>,
}

/// The place where notices are put. One at a time: the newest is what matters.
#[derive(Clone, Copy)]
pub struct Notices {
    shown: RwSignal<Option<Notice>>,
    /// Counts notices, so that a timer takes away its own and no other.
    count: StoredValue<u32>,
}

impl Default for Notices {
    /// With nothing said yet.
    fn default() -> Self {
        Self { shown: RwSignal::new(None), count: StoredValue::new(0) }
    }
}

impl Notices {
    /// Says what happened.
    pub fn say(self, text: impl Into<String>) {
        self.put(Notice { text: text.into(), wrong: false, of_page: false, answer: None });
    }

    /// Says what went wrong.
    pub fn warn(self, text: impl Into<String>) {
        self.put(Notice { text: text.into(), wrong: true, of_page: false, answer: None });
    }

    /// Says what is wrong with the page itself, such as that it cannot keep anything.
    pub fn warn_of_page(self, text: impl Into<String>) {
        self.put(Notice { text: text.into(), wrong: true, of_page: true, answer: None });
    }

    /// Says what else there is to what went wrong: what is said already stays.
    pub fn add_warning(self, text: &str) {
        let said =
            self.shown.get_untracked().filter(|notice| notice.wrong).map(|notice| notice.text);
        self.warn(
            said.map_or_else(|| text.to_owned(), |said| format!("{}\n{text}", said.trim_end())),
        );
    }

    /// Something that went wrong is on the screen.
    pub fn is_warning(self) -> bool {
        self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|notice| notice.wrong))
    }

    /// Says what happened and offers a button for a while.
    pub fn offer(self, text: impl Into<String>, name: &'static str, act: Callback<()>) {
        self.put(Notice {
            text: text.into(),
            wrong: false,
            of_page: false,
            answer: Some((name, act)),
        });
    }

    /// What was done last is over: what was said of it goes, and its button with it.
    pub fn go_on(self) {
        if self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|notice| !notice.of_page)) {
            self.clear();
        }
    }

    /// Takes away what is shown.
    pub fn clear(self) {
        self.shown.set(None);
    }

    fn put(self, notice: Notice) {
        let least =
            if notice.wrong || notice.answer.is_some() { STAYS_LONGER_MS } else { STAYS_MS };
        let stays = Duration::from_millis(least.max(notice.text.len() * LETTER_MS) as u64);
        self.shown.set(Some(notice));
        self.count.update_value(|count| *count = count.wrapping_add(1));
        let mine = self.count.get_value();
        set_timeout(
            move || {
                if self.count.try_get_value() == Some(mine) {
                    self.shown.set(None);
                }
            },
            stays,
        );
    }
}

/// The two live regions. They are always there, because a region that appears with its text is not read aloud.
pub fn regions(notices: Notices) -> View {
    let shown = move |wrong: bool| {
        let notice = notices.shown.get().filter(|notice| notice.wrong == wrong);
        notice.map(|notice| toast(notice, notices))
    };
    el("div")
        .class("notices")
        .child(el("div").is("role", "status").child(move || shown(false)))
        .child(el("div").is("role", "alert").child(move || shown(true)))
        .into()
}

fn toast(notice: Notice, notices: Notices) -> El {
    let answer = notice.answer.map(|(name, act)| {
        let press = move || {
            notices.clear();
            act.run(());
        };
        el("button").class("plain").press(press).says(name)
    });
    el("div")
        .class("toast")
        .class_if("wrong", notice.wrong)
        .child(el("p").child(notice.text))
        .child(answer)
        .child(icon_button("icon", "Dismiss", "close", move || notices.clear()))
}
