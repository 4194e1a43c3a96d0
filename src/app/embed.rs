//! The page inside another page: the browser's side of `session::embed`. What may come in and go out is decided there.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::Shell;
use super::workbench::Work;
use crate::lesson::library;
use crate::lesson::model::Lesson;
use crate::session::embed::{Embed, FromHost, ToHost};
use crate::session::route::Place;
use crate::session::save::{Kept, Save, Theme};
use crate::widgets;

/// The version of the messages.
const VERSION: u32 = 1;

/// The page around this one, if there is one that asked for it.
#[derive(Clone, Copy)]
pub struct Host {
    embed: StoredValue<Option<Embed>>,
    /// The theme that the host asks for. It is not kept.
    theme: RwSignal<Option<Theme>>,
    /// Puts the step at work back to its start.
    reset: StoredValue<Option<Callback<()>>>,
    /// What is to be told once the page has said that it is ready; none from then on.
    early: StoredValue<Option<Vec<ToHost>>>,
}

impl Host {
    /// Reads the address, and marks the document so that the stylesheet knows.
    pub fn open() -> Self {
        let search = location().search().unwrap_or_default();
        let asked = web_sys::UrlSearchParams::new_with_str(&search).ok();
        let embed = asked.and_then(|asked| Embed::read(|name| asked.get(name)));
        if let (Some(embed), Some(root)) = (&embed, document().document_element()) {
            let _ = root.set_attribute("data-embed", embed.chrome.word());
            if let Some(widget) = &embed.widget {
                let _ = root.set_attribute("data-widget", widget);
            }
        }
        Self {
            theme: RwSignal::new(embed.as_ref().map(|embed| embed.theme)),
            embed: StoredValue::new(embed),
            reset: StoredValue::new(None),
            early: StoredValue::new(Some(Vec::new())),
        }
    }

    /// Where to begin, where the address's hash says nothing.
    pub fn place(self) -> Option<Place> {
        self.embed.with_value(|embed| embed.as_ref()?.place())
    }

    /// The theme that the host asks for. Follows it.
    pub fn theme(self) -> Option<Theme> {
        self.theme.get()
    }

    /// Tells the page around this one, if it may know, and not before it has heard that this one is ready.
    pub fn tell(self, message: &ToHost) {
        let waits = self.early.try_update_value(|early| {
            early.as_mut().map(|early| early.push(message.clone())).is_some()
        });
        if waits == Some(true) {
            return;
        }
        let to = self.embed.with_value(|embed| embed.as_ref()?.goes_to(message).map(str::to_owned));
        let (Some(to), Some(parent)) = (to, around()) else { return };
        if let Ok(value) = js_sys::JSON::parse(&message.value().to_string()) {
            // A host that has gone elsewhere meanwhile hears nothing, and that is right.
            let _ = parent.post_message(&value, &to);
        }
    }

    /// The page answers: says so, reads messages from now on, and keeps the host informed of its height.
    pub fn begin(self, shell: Shell) {
        if self.embed.with_value(Option::is_some) && around().is_some() {
            self.greet(shell);
        }
    }

    #[inline(never)]
    fn greet(self, shell: Shell) {
        let (lesson, step) = match shell.router.route.get_untracked().place {
            Place::Lesson { lesson, step } => (Some(lesson), step),
            _ => (None, None),
        };
        let early = self.early.try_update_value(Option::take).flatten().unwrap_or_default();
        self.tell(&ToHost::Ready { version: VERSION, lesson, step });
        for message in &early {
            self.tell(message);
        }
        self.follow_height();
        let handle = window_event_listener_untyped("message", move |event| {
            if let Some(event) = event.dyn_ref::<web_sys::MessageEvent>() {
                self.hear(shell, event);
            }
        });
        on_cleanup(move || handle.remove());
    }

    fn hear(self, shell: Shell, event: &web_sys::MessageEvent) {
        let from_parent = around()
            .zip(event.source())
            .is_some_and(|(parent, source)| js_sys::Object::is(parent.as_ref(), source.as_ref()));
        let trusted = self
            .embed
            .with_value(|embed| embed.as_ref().is_some_and(|embed| embed.trusts(&event.origin())));
        if !from_parent || !trusted {
            leptos::logging::warn!(
                "A message from {} is ignored: it is not the host.",
                event.origin()
            );
            return;
        }
        // What cannot be written as JSON is not a message of ours.
        let text = js_sys::JSON::stringify(&event.data()).ok().and_then(|text| text.as_string());
        match FromHost::read(&text.unwrap_or_default()) {
            Ok(message) => self.act(shell, message),
            Err(why) => leptos::logging::warn!("A message of the host is ignored: {why}."),
        }
    }

    fn act(self, shell: Shell, message: FromHost) {
        match message {
            FromHost::Init { save, theme } => {
                if let Some(save) = save {
                    shell.store.take_in(&save);
                }
                if theme.is_some() {
                    self.theme.set(theme);
                }
            }
            FromHost::Goto(place) if is_there(&place) => shell.router.go(&place),
            FromHost::Goto(place) => {
                leptos::logging::warn!("A message of the host is ignored: there is no {place}.");
            }
            FromHost::Reset => {
                if let Some(reset) = self.reset.get_value() {
                    reset.run(());
                }
            }
        }
    }

    fn follow_height(self) {
        let Some(body) = document().body() else { return };
        let last = StoredValue::new(0_u32);
        let measured = body.clone();
        let measure = wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || {
            let px = u32::try_from(measured.offset_height()).unwrap_or(0);
            if last.get_value() != px {
                last.set_value(px);
                self.tell(&ToHost::Height { px });
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observer.observe(&body);
        }
        // The page has a height for as long as it is open.
        measure.forget();
    }

    /// A step is at work: the host may reset it, hears of its goals and of the lesson's progress, and sees one widget
    /// alone if it asked for one.
    pub fn work(self, work: Work, lesson: &Arc<Lesson>) {
        if self.embed.with_value(Option::is_some) {
            self.follow(work, lesson);
        }
    }

    #[inline(never)]
    fn follow(self, work: Work, lesson: &Arc<Lesson>) {
        let widget = self.embed.with_value(|embed| embed.as_ref()?.widget.clone());
        if let Some(widget) = widget.and_then(|name| widgets::named(&name)) {
            work.desk.tool.set(Some(widget.name));
        }
        self.reset.set_value(Some(Callback::new(move |()| work.desk.reset())));
        on_cleanup(move || self.reset.set_value(None));
        self.tell_goals(work);
        self.tell_progress(work, Arc::clone(lesson));
    }

    fn tell_goals(self, work: Work) {
        let Some((_, step)) = work.ids() else { return };
        Effect::new(move |before: Option<Vec<(String, bool)>>| {
            let now: Vec<(String, bool)> = work.desk.read(|session| {
                session.goals().into_iter().map(|goal| (goal.id, goal.met)).collect()
            });
            for (goal, met) in before.iter().flat_map(|before| {
                now.iter().filter(|one| !before.contains(one)).cloned().collect::<Vec<_>>()
            }) {
                self.tell(&ToHost::Goal { step: step.clone(), goal, met });
            }
            now
        });
    }

    fn tell_progress(self, work: Work, lesson: Arc<Lesson>) {
        let store = work.shell.store;
        Effect::new(move |before: Option<Vec<ToHost>>| {
            let progress = store.read(|save| save.progress.get(&lesson.id).cloned());
            let now = ToHost::of_progress(&lesson, &progress.unwrap_or_default());
            for message in &now {
                if before.as_ref().is_none_or(|before| !before.contains(message)) {
                    self.tell(message);
                }
            }
            if before.as_ref().is_some_and(|before| *before != now) {
                let kept = store.peek(|save| Save { session: None, ..save.clone() });
                self.tell(&ToHost::State { save: kept.value() });
            }
            now
        });
    }
}

/// Whether the course has this lesson, and this step in it.
fn is_there(place: &Place) -> bool {
    let Place::Lesson { lesson, step } = place else { return false };
    let found = library::lessons().iter().find(|head| head.id == *lesson);
    found.is_some_and(|head| {
        step.as_ref().is_none_or(|step| head.steps.iter().any(|one| one.id == *step))
    })
}

/// The window around this one; none for a page of its own.
fn around() -> Option<web_sys::Window> {
    let (own, parent) = (window(), window().parent().ok()??);
    let (a, b): (&JsValue, &JsValue) = (own.as_ref(), parent.as_ref());
    (!js_sys::Object::is(a, b)).then_some(parent)
}
