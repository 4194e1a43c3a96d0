//! What the page says in passing: progress politely, what went wrong at once.

use std::time::Duration;

use leptos::prelude::*;

use super::parts::Icon;

/// How long something said stays on the screen.
const STAYS: Duration = Duration::from_secs(7);
/// How long something stays that can still be answered, or that went wrong.
const STAYS_LONGER: Duration = Duration::from_secs(10);

/// Something said.
#[derive(Clone)]
struct Notice {
    text: String,
    wrong: bool,
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
        self.put(Notice { text: text.into(), wrong: false, answer: None });
    }

    /// Says what went wrong.
    pub fn warn(self, text: impl Into<String>) {
        self.put(Notice { text: text.into(), wrong: true, answer: None });
    }

    /// Says what happened and offers a button for ten seconds.
    pub fn offer(self, text: impl Into<String>, name: &'static str, act: Callback<()>) {
        self.put(Notice { text: text.into(), wrong: false, answer: Some((name, act)) });
    }

    /// Takes away what is shown.
    pub fn clear(self) {
        self.shown.set(None);
    }

    fn put(self, notice: Notice) {
        let stays = if notice.wrong || notice.answer.is_some() { STAYS_LONGER } else { STAYS };
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
pub fn regions(notices: Notices) -> AnyView {
    let shown = move |wrong: bool| {
        let notice = notices.shown.get().filter(|notice| notice.wrong == wrong);
        notice.map(|notice| toast(notice, notices)).into_any()
    };
    view! {
        <div class="notices">
            <div role="status">{move || shown(false)}</div>
            <div role="alert">{move || shown(true)}</div>
        </div>
    }
    .into_any()
}

fn toast(notice: Notice, notices: Notices) -> AnyView {
    let answer = notice.answer.map(|(name, act)| {
        let press = move |_| {
            notices.clear();
            act.run(());
        };
        view! { <button class="plain" on:click=press>{name}</button> }
    });
    view! {
        <div class="toast" class:wrong=notice.wrong>
            <p>{notice.text}</p>
            {answer}
            <button class="icon" aria-label="Dismiss" on:click=move |_| notices.clear()>
                <Icon name="close"/>
            </button>
        </div>
    }
    .into_any()
}
