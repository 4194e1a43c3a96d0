//! What is kept in the browser: the document under `drydock`, and this tab's run. Nowhere else is storage touched.
//!
//! Storage may be missing, forbidden or full: then everything works in memory, and one notice says so.

use std::time::Duration;

use gloo_storage::{LocalStorage, SessionStorage, Storage};
use leptos::prelude::*;

use super::crash;
use super::notice::Notices;
use crate::cloud::map::Map;
use crate::session::save::{Kept, Progress, Run, SIM_VERSION, Save, SaveError, Settings};

/// The document's key.
const KEY: &str = "drydock";
/// Where a document that cannot be read is kept aside.
const BAD: &str = "drydock.bad";
/// This tab's run, so that two tabs do not take each other's step away.
pub const RUN: &str = "drydock.run";
/// How long changes are gathered before they are written.
const DEBOUNCE: Duration = Duration::from_millis(500);

/// What the page knows of the learner, kept in the browser as far as that allows it.
#[derive(Clone, Copy)]
pub struct Store {
    /// The document.
    save: RwSignal<Save>,
    /// Runs of steps that were left in this visit, by lesson and step.
    runs: StoredValue<Map<String, Run>>,
    /// False: nothing is written, because there is nowhere to or because a newer version's document is there.
    writes: StoredValue<bool>,
    due: StoredValue<bool>,
    /// Gives the run at work, for when it is time to write.
    at_work: StoredValue<Option<Callback<(), Run>>>,
    /// The browser was asked in this visit to keep what is kept.
    asked: StoredValue<bool>,
    notices: Notices,
}

impl Store {
    /// Opens what is kept, and keeps up with other tabs.
    pub fn open(notices: Notices) -> Self {
        let (save, writes) = read_document(notices);
        let store = Self {
            save: RwSignal::new(save),
            runs: StoredValue::new(Map::new()),
            writes: StoredValue::new(writes),
            due: StoredValue::new(false),
            at_work: StoredValue::new(None),
            asked: StoredValue::new(false),
            notices,
        };
        if crash::is_safe_mode() {
            store.save.update(|save| save.session = None);
            remove_tab_text(RUN);
        } else {
            store.recall_run();
        }
        store.follow_other_tabs();
        store.write_when_hidden();
        store
    }

    // ---- reading

    /// Reads the document and follows it.
    pub fn read<R>(self, look: impl FnOnce(&Save) -> R) -> R {
        self.save.with(look)
    }

    /// Reads the document without following it.
    pub fn peek<R>(self, look: impl FnOnce(&Save) -> R) -> R {
        self.save.with_untracked(look)
    }

    /// What is kept of a step: its run, if it was worked on.
    pub fn run_of(self, lesson: Option<&str>, step: Option<&str>) -> Option<Run> {
        let key = run_key(lesson, step);
        let here = self.runs.with_value(|runs| runs.get(&key).cloned());
        here.or_else(|| {
            let kept = self.peek(|save| save.session.clone())?;
            (run_key(kept.lesson.as_deref(), kept.step.as_deref()) == key).then_some(kept)
        })
    }

    // ---- writing

    /// Changes what is known of a lesson.
    pub fn progress(self, lesson: &str, change: impl FnOnce(&mut Progress)) {
        let before = self.peek(|save| save.progress.get(lesson).cloned());
        let mut progress = before.clone().unwrap_or_default();
        change(&mut progress);
        if before.as_ref() != Some(&progress) {
            self.save.update(|save| {
                save.progress.insert(lesson.to_owned(), progress);
            });
            self.touch();
        }
    }

    /// Changes the learner's choices.
    pub fn settings(self, change: impl FnOnce(&mut Settings)) {
        self.save.update(|save| change(&mut save.settings));
        self.touch();
    }

    /// From now on `run` gives the run at work.
    pub fn work_on(self, run: Callback<(), Run>) {
        self.at_work.set_value(Some(run));
        self.touch();
    }

    /// The run at work has changed: it will be written soon.
    pub fn touch(self) {
        if !self.due.get_value() {
            self.due.set_value(true);
            set_timeout(move || self.flush(), DEBOUNCE);
        }
    }

    /// The page with the run at work goes away.
    pub fn leave(self) {
        self.take_run();
        self.at_work.set_value(None);
    }

    fn take_run(self) {
        let Some(run) = self.at_work.get_value().map(|run| run.run(())) else { return };
        let key = run_key(run.lesson.as_deref(), run.step.as_deref());
        self.runs.update_value(|runs| {
            runs.insert(key, run.clone());
        });
        // Nobody shows the run, so nobody needs to be told.
        self.save.update_untracked(|save| save.session = Some(run));
    }

    /// Writes now what is still to be written.
    pub fn flush(self) {
        if !self.due.try_get_value().unwrap_or(false) {
            return;
        }
        self.due.set_value(false);
        self.take_run();
        if !self.writes.get_value() {
            return;
        }
        self.merge_stored();
        let text = self.peek(Save::text);
        let run = self.peek(|save| save.session.as_ref().map(|run| run.value().to_string()));
        if let Some(run) = run {
            set_tab_text(RUN, &run);
        }
        if !self.writes.get_value() {
            return;
        }
        let written = storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok());
        if !written {
            self.writes.set_value(false);
            self.notices.warn_of_page(
                "The browser does not let Drydock keep anything, or its storage is full. Everything works, but is \
                 gone when you close this tab. Export your progress in Settings to keep it.",
            );
        }
    }

    /// The document as a file's text.
    pub fn export(self) -> String {
        self.peek(Save::text)
    }

    /// Asks the browser not to clear what is kept, once there is something worth keeping.
    pub fn ask_to_stay(self) {
        // Without storage, as in a sandboxed frame, there is nothing to keep, and the browser throws when asked.
        if self.writes.get_value() && !self.asked.get_value() {
            self.asked.set_value(true);
            let _ = window().navigator().storage().persist();
        }
    }

    /// Adds the progress in a file's text to what is here.
    pub fn import(self, text: &str) -> Result<(), SaveError> {
        let theirs = Save::open(text)?;
        self.save.update(|save| {
            save.merge(&theirs);
            save.settings = theirs.settings.clone();
        });
        self.touch();
        Ok(())
    }

    /// Adds progress that came from elsewhere to what is here.
    pub fn take_in(self, theirs: &Save) {
        self.merge(theirs);
        self.touch();
    }

    /// Takes in what another tab has written since, so that writing loses nothing.
    fn merge_stored(self) {
        let Some(text) = storage().and_then(|storage| storage.get_item(KEY).ok()?) else { return };
        match Save::open(&text) {
            Ok(theirs) => self.merge(&theirs),
            Err(error) => self.writes.set_value(refused(&text, &error, self.notices)),
        }
    }

    fn merge(self, theirs: &Save) {
        let mut merged = self.peek(Clone::clone);
        merged.merge(theirs);
        if self.peek(|save| save.progress != merged.progress) {
            self.save.set(merged);
        }
    }

    /// This tab's own run goes before the one that some tab wrote last.
    fn recall_run(self) {
        let run = tab_text(RUN).and_then(|text| Run::read(&text.parse().ok()?));
        if let Some(run) = run.filter(|run| run.sim == SIM_VERSION) {
            self.save.update_untracked(|save| save.session = Some(run));
        }
    }

    fn follow_other_tabs(self) {
        let handle = window_event_listener(leptos::ev::storage, move |event| {
            let text = event.new_value().filter(|_| event.key().as_deref() == Some(KEY));
            if let Some(Ok(theirs)) = text.map(|text| Save::open(&text)) {
                self.merge(&theirs);
                // The newest choice counts, whichever tab it was made in.
                if self.peek(|save| save.settings != theirs.settings) {
                    self.save.update(|save| save.settings = theirs.settings);
                }
            }
        });
        on_cleanup(move || handle.remove());
    }

    fn write_when_hidden(self) {
        let last_chance = move || {
            // Time has passed even where nothing happened.
            if self.at_work.with_value(Option::is_some) {
                self.due.set_value(true);
            }
            self.flush();
        };
        let handle = window_event_listener(leptos::ev::visibilitychange, move |_| {
            if document().hidden() {
                last_chance();
            }
        });
        on_cleanup(move || handle.remove());
        let handle = window_event_listener(leptos::ev::pagehide, move |_| last_chance());
        on_cleanup(move || handle.remove());
    }
}

/// The document as it is kept, and whether it may be written.
fn read_document(notices: Notices) -> (Save, bool) {
    let Some(storage) = storage() else {
        notices.warn_of_page(
            "The browser does not let Drydock keep anything. Everything works, but is gone when you close this tab.",
        );
        return (Save::new(), false);
    };
    let Some(text) = storage.get_item(KEY).ok().flatten() else { return (Save::new(), true) };
    match Save::open(&text) {
        Ok(save) => (save, true),
        Err(error) => (Save::new(), refused(&text, &error, notices)),
    }
}

/// What to do with a document that is not taken: a newer one stays where it is, an unreadable one is kept aside. Whether
/// another may be written in its place.
fn refused(text: &str, error: &SaveError, notices: Notices) -> bool {
    if matches!(error, SaveError::Unreadable(_)) {
        let aside = storage().filter(|storage| storage.set_item(BAD, text).is_ok());
        if let Some(storage) = aside {
            let _ = storage.remove_item(KEY);
            notices.warn_of_page(error.to_string());
            return true;
        }
        notices.warn_of_page(
            "Your saved progress cannot be read, and the browser has no room to keep it aside. It stays as it is, and \
             nothing new is kept. Export your progress in Settings to keep it.",
        );
        return false;
    }
    notices.warn_of_page(error.to_string());
    false
}

/// The browser's storage. gloo's own way to it ends the program where storage is forbidden, so that is asked first.
fn storage() -> Option<web_sys::Storage> {
    matches!(window().local_storage(), Ok(Some(_))).then(LocalStorage::raw)
}

fn tab_storage() -> Option<web_sys::Storage> {
    matches!(window().session_storage(), Ok(Some(_))).then(SessionStorage::raw)
}

/// A text kept for this tab.
pub fn tab_text(key: &str) -> Option<String> {
    tab_storage()?.get_item(key).ok()?
}

/// Keeps a text for this tab, if the browser lets it.
pub fn set_tab_text(key: &str, text: &str) {
    if let Some(storage) = tab_storage() {
        let _ = storage.set_item(key, text);
    }
}

fn remove_tab_text(key: &str) {
    if let Some(storage) = tab_storage() {
        let _ = storage.remove_item(key);
    }
}

fn run_key(lesson: Option<&str>, step: Option<&str>) -> String {
    format!("{}/{}", lesson.unwrap_or_default(), step.unwrap_or_default())
}
