//! Forms for calls: fields, JSON and terminal line of one request. Whichever is edited, the others follow.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::builder::{hints, line_bar, page_view, say_missing};
use crate::app::desk::Desk;
use crate::app::dom::View;
use crate::app::parts::{self, icon};
use crate::session::view::builder::form::{Field, Form, Sort};
use crate::session::view::builder::{Hints, Page, Stock, Tap};

/// `RegisterTaskDefinition`.
pub fn task_definition(desk: Desk) -> View {
    view(desk, "task-def-form", Sort::TaskDefinition).into()
}

/// `RunTask`.
pub fn run_task(desk: Desk) -> View {
    view(desk, "run-task-form", Sort::RunTask).into()
}

/// `RunInstances`.
pub fn launch(desk: Desk) -> View {
    view(desk, "launch-instance-form", Sort::Launch).into()
}

/// What a form shows besides its texts.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    fields: Vec<Field>,
    page: Option<Page>,
    containers: usize,
    models: Vec<String>,
}

/// A text in which the request can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Json,
    Line,
}

/// A text as it is being written: it stays as it is typed, and where it cannot be read, nothing of it is lost.
#[derive(Clone)]
struct Written {
    which: Text,
    text: String,
    fault: Option<String>,
}

/// The parts of a form that belong together.
#[derive(Clone, Copy)]
struct Paper {
    desk: Desk,
    hints: StoredValue<Hints>,
    form: RwSignal<Form>,
    written: RwSignal<Option<Written>>,
}

fn view(desk: Desk, name: &'static str, sort: Sort) -> AnyView {
    let mut desk = desk;
    desk.sight = desk.sight.while_open(desk, name);
    let paper = Paper {
        desk,
        hints: StoredValue::new(desk.peek(hints)),
        form: RwSignal::new(Form::new(sort)),
        written: RwSignal::new(None),
    };
    let form = paper.form;
    let shown = Memo::new(move |_| Arc::new(form.with(|form| paper.shown(form))));
    let line = Memo::new(move |_| form.with(Form::line));
    let run = move || {
        let missing = form.with_untracked(Form::missing);
        if !missing.is_empty() {
            say_missing(desk, &missing);
        } else if paper.is_free() {
            desk.tap_and_show(&line.get_untracked());
        }
    };
    let ready = move || form.with(|form| form.missing().is_empty());
    let verb = form.with_untracked(Form::verb);
    view! {
        <div class="builder form">
            {line_bar(line, ready, verb, run)}
            <div class="form-body">
                <div>{move || fields(paper, &shown.read())}</div>
                <div>
                    {text(paper, Text::Json, "The request as JSON", Form::json)}
                    {text(paper, Text::Line, "The line for the terminal", Form::line)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

impl Paper {
    fn shown(self, form: &Form) -> Shown {
        self.with_stock(|stock| Shown {
            fields: form.fields(stock),
            page: form.page(stock),
            containers: form.containers(),
            models: if form.is_empty() { form.models(stock) } else { Vec::new() },
        })
    }

    /// Follows the account.
    fn with_stock<R>(self, look: impl FnOnce(&Stock<'_>) -> R) -> R {
        self.desk.sight.with(|rows, names| {
            self.desk.peek(|session| {
                let cloud = session.cloud();
                self.hints.with_value(|hints| look(&Stock { cloud, rows, names, hints }))
            })
        })
    }

    /// Changes the request otherwise than by writing it.
    fn change(self, act: impl FnOnce(&mut Form)) {
        if self.is_free() {
            self.written.set(None);
            self.form.update(act);
        }
    }

    /// Nothing is written that cannot be read. Says so otherwise.
    fn is_free(self) -> bool {
        let torn = self
            .written
            .with_untracked(|written| written.as_ref().is_some_and(|it| it.fault.is_some()));
        if torn {
            self.desk.notice("What is written cannot be read yet. Mend it, or take it back.");
        }
        !torn
    }

    #[inline(never)]
    fn write(self, which: Text, text: String) {
        let mut form = self.form.get_untracked();
        let read = match which {
            Text::Json => form.read_json(&text),
            Text::Line => form.read_line(&text),
        };
        if read.is_ok() {
            self.form.set(form);
        }
        self.written.set(Some(Written { which, text, fault: read.err() }));
    }
}

fn fields(paper: Paper, shown: &Shown) -> AnyView {
    let models = (!shown.models.is_empty()).then(|| models(paper, &shown.models));
    let row = |field: &Field| {
        let begins = field.container.filter(|_| field.label == "Name");
        let heading = begins.map(|number| heading(paper, number, shown.containers));
        (heading, row(paper, field.clone(), shown.page.as_ref()))
    };
    let rows = shown.fields.iter().map(row).collect_view();
    let has_containers = shown.fields.iter().any(|field| field.container.is_some());
    let add = has_containers.then(|| {
        let add = move |_| paper.change(Form::add_container);
        view! { <button class="plain" data-tap="add container" on:click=add>"Add a container"</button> }
    });
    view! { {models}<ul class="parts">{rows}</ul>{add} }.into_any()
}

#[inline(never)]
fn models(paper: Paper, models: &[String]) -> AnyView {
    let chip = |name: &String| {
        let (label, name) = (name.clone(), name.clone());
        let start = move |_| {
            paper
                .change(|form| untrack(|| paper.with_stock(|stock| form.start_from(&name, stock))));
        };
        view! { <button class="chip" on:click=start>{label}</button> }
    };
    view! {
        <div class="chips" role="group" aria-label="New revision of">
            <h3>"New revision of"</h3>
            <div class="chip-row">{models.iter().map(chip).collect_view()}</div>
        </div>
    }
    .into_any()
}

#[inline(never)]
fn heading(paper: Paper, number: usize, of: usize) -> AnyView {
    let away = (of > 1).then(|| {
        let away = move |_| paper.change(|form| form.remove_container(number));
        let name = format!("Take container {} out", number + 1);
        view! { <button class="icon" aria-label=name on:click=away>{icon("close")}</button> }
    });
    view! { <li class="container-head"><h3>{format!("Container {}", number + 1)}</h3>{away}</li> }
        .into_any()
}

/// What can be chosen for a field.
#[inline(never)]
fn opened(paper: Paper, page: &Page) -> AnyView {
    let tap = Callback::new(move |tap: Tap| paper.change(|form| form.tap(&tap)));
    view! { <div class="field-page">{page_view(page, tap)}</div> }.into_any()
}

fn row(paper: Paper, field: Field, page: Option<&Page>) -> AnyView {
    let page = page.filter(|_| field.open).map(|page| opened(paper, page));
    let Field { label, value, mark, open, .. } = field.clone();
    let clear = value.is_some().then(|| {
        let name = format!("Take {label} out");
        let field = field.clone();
        let clear = move |_| paper.change(|form| form.clear(&field));
        view! { <button class="icon" aria-label=name on:click=clear>{icon("close")}</button> }
    });
    let value = value.unwrap_or_else(|| "–".to_owned());
    let toggle = move |_| {
        paper.change(|form| form.open(&field));
        // Its chips are what one looks for next. They are there once this event is over.
        let show = || {
            if let Some(open) = parts::find(".tool.open .field.open") {
                parts::bring_into_view(&open);
            }
        };
        set_timeout(show, Duration::ZERO);
    };
    view! {
        <li class="field" class:open=open>
            <button class="part" data-tap=mark aria-expanded=open.to_string() on:click=toggle>
                <span>{label}</span>
                <code>{value}</code>
            </button>
            {clear}
            {page}
        </li>
    }
    .into_any()
}

#[inline(never)]
fn cannot_be_read(paper: Paper, fault: String) -> AnyView {
    let back = move |_| paper.written.set(None);
    view! {
        <p class="mistake">{fault}</p>
        <button class="plain" on:click=back>"Take it back"</button>
    }
    .into_any()
}

/// The request as a text that can be edited. Folded where there is little room.
fn text(paper: Paper, which: Text, name: &'static str, says: fn(&Form) -> String) -> AnyView {
    let Paper { form, written, .. } = paper;
    let mine = move |written: &&Written| written.which == which;
    let value = move || {
        let draft = written.with(|written| written.as_ref().filter(mine).map(|it| it.text.clone()));
        draft.unwrap_or_else(|| form.with(says))
    };
    let fault = move || written.with(|written| written.as_ref().filter(mine)?.fault.clone());
    let leave = move |_| {
        written.update(|written| {
            written.take_if(|it| it.which == which && it.fault.is_none());
        });
    };
    let trouble = move || fault().map(|fault| cannot_be_read(paper, fault));
    view! {
        <details class="as-text" open=!parts::is_narrow()>
            <summary>{name}</summary>
            <textarea
                class:tall=which == Text::Json aria-label=name spellcheck="false" autocapitalize="off"
                aria-invalid=move || fault().is_some().to_string() prop:value=value
                on:input=move |event| paper.write(which, event_target_value(&event)) on:blur=leave
            ></textarea>
            <div role="alert">{trouble}</div>
        </details>
    }
    .into_any()
}
