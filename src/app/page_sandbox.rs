//! The whole simulator, without goals.

use leptos::prelude::*;

use super::bar::bar;
use super::desk::Desk;
use super::dom::{View, el};
use super::workbench::{self, Work};
use super::{Shell, help_view};
use crate::session::Session;
use crate::session::route::Place;
use crate::session::scenes::{SCENES, Scene};

/// An account to do with what one likes.
#[inline(never)]
pub fn page(shell: Shell, replay: Option<String>) -> View {
    let work = Work::begin(shell, Session::sandbox(), replay.as_deref());
    shell.router.settle(&Place::Sandbox);
    shell.arrive("Sandbox");
    let crumbs = el("p").class("crumbs").child(el("span").class("crumb-here").says("Sandbox"));
    let bar = bar(shell, crumbs);
    let text = view! {
        <p class="kicker">"No goals, no hints"</p>
        <h1 tabindex="-1">"Sandbox"</h1>
        <p>
            "An account with a VPC in three Availability Zones and nothing running. Every tool is here, and every fault.
            Time stands still until you let it pass."
        </p>
        <p>
            "Write "<code>"help"</code>" in the terminal for what it knows. "<b>"Copy link"</b>
            " gives somebody else what you have before you."
        </p>
        {scenes(work.desk)}
        {View::from(help_view::panel(work))}
    };
    workbench::view(work, bar, text.into_any().into(), None)
}

/// Accounts to begin with, as long as nothing has been done.
fn scenes(desk: Desk) -> AnyView {
    let offered = Memo::new(move |_| desk.read(|session| !session.can_undo()));
    let scene = move |scene: &'static Scene| {
        let begin = move |_| {
            for line in scene.lines {
                let line = desk.peek(|session| session.filled(line));
                if desk.tap(&line).status != 0 {
                    break;
                }
            }
        };
        view! {
            <li>
                <button class="plain" on:click=begin>{scene.title}</button>
                <span class="quiet">{scene.what}</span>
            </li>
        }
    };
    let list = move || {
        offered.get().then(|| {
            view! {
                <section class="scenes">
                    <h2>"Begin with"</h2>
                    <ul>{SCENES.iter().map(scene).collect_view()}</ul>
                </section>
            }
        })
    };
    view! { {list} }.into_any()
}
