//! Views that have become nodes.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::renderer::{RemoveEventHandler, Rndr};
use leptos::tachys::view::Mountable;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsValue;
use web_sys::{Comment, Element, Node, Text};

use super::rows::{self, Row};
use super::{Act, El, How, Said, Value, View};

/// A view that has become nodes.
pub enum Shown {
    /// Nothing, and the place where it is.
    Nothing(Comment),
    /// A text.
    Text(Text, Cow<'static, str>),
    /// An element.
    El(Box<ShownEl>),
    /// One after the other, and the end.
    List(Vec<Shown>, Comment),
    /// What changes by itself.
    Live(Following),
    /// Rows by their keys, and the end.
    Rows(Vec<Row>, Comment),
    /// A view of Leptos' own.
    Other(AnyViewState),
}

/// What changes by itself. An effect that is given up lives on for a moment with what it has made, and would follow what is
/// no more: so what it has made goes with it at once.
pub struct Following(pub(super) RenderEffect<Shown>);

impl Drop for Following {
    fn drop(&mut self) {
        drop(self.0.take_value());
    }
}

/// An element with what was said of it.
pub struct ShownEl {
    tag: &'static str,
    pub(super) node: Element,
    marks: Vec<(How, &'static str, Mark)>,
    children: Vec<Shown>,
}

enum Mark {
    Fixed(Said),
    Live(#[expect(dead_code, reason = "it lives as long as the element")] RenderEffect<Said>),
    Act(Rc<RefCell<Act>>, #[expect(dead_code, reason = "the same")] RemoveEventHandler<Element>),
    Spot,
}

impl Render for View {
    type State = Shown;

    fn build(self) -> Shown {
        match self {
            Self::Nothing => Shown::Nothing(Rndr::create_placeholder()),
            Self::Text(text) => Shown::Text(Rndr::create_text_node(&text), text),
            Self::El(element) => Shown::El(Box::new(show(element))),
            Self::List(views) => {
                let shown = views.into_iter().map(Render::build).collect();
                Shown::List(shown, Rndr::create_placeholder())
            }
            Self::Live(view) => Shown::Live(Following(RenderEffect::new(move |shown| {
                let view = view();
                match shown {
                    Some(mut shown) => {
                        view.rebuild(&mut shown);
                        shown
                    }
                    None => view.build(),
                }
            }))),
            Self::Rows(keys, make) => Shown::Live(Following(rows::follow(keys, make))),
            Self::Other(view) => Shown::Other(view.build()),
        }
    }

    fn rebuild(self, shown: &mut Shown) {
        match (self, &mut *shown) {
            (Self::Nothing, Shown::Nothing(_)) => {}
            (Self::Text(text), Shown::Text(node, before)) => {
                if text != *before {
                    Rndr::set_text(node, &text);
                    *before = text;
                }
            }
            (Self::El(element), Shown::El(before)) if before.is_like(&element) => {
                before.become_like(element);
            }
            (Self::List(views), Shown::List(before, end)) => {
                let parent = end.parent_element();
                become_list(before, views, parent.as_ref(), Some(end));
            }
            (Self::Other(view), Shown::Other(before)) => view.rebuild(before),
            (view, before) => {
                let mut after = view.build();
                before.insert_before_this(&mut after);
                before.unmount();
                *before = after;
            }
        }
    }
}

// ---- elements

fn show(El(parts): El) -> ShownEl {
    let node = Rndr::create_element(parts.tag, parts.namespace);
    let mut children: Vec<Shown> = parts.children.into_iter().map(Render::build).collect();
    for child in &mut children {
        child.mount(&node, None);
    }
    let mark = |(how, name, value): (How, &'static str, Value)| {
        let mark = apply(&node, how, name, value);
        (how, name, mark)
    };
    let marks = parts.marks.into_iter().map(mark).collect();
    ShownEl { tag: parts.tag, node, marks, children }
}

impl ShownEl {
    /// The same tag, and the same things said of it.
    fn is_like(&self, El(parts): &El) -> bool {
        self.tag == parts.tag
            && self.marks.len() == parts.marks.len()
            && self
                .marks
                .iter()
                .zip(&parts.marks)
                .all(|(old, new)| (old.0, old.1) == (new.0, new.1))
    }

    fn become_like(&mut self, El(parts): El) {
        let node = &self.node;
        for ((how, name, old), (_, _, new)) in self.marks.iter_mut().zip(parts.marks) {
            match (&mut *old, new) {
                // A new set of classes took away those that come and go.
                (Mark::Fixed(before), Value::Fixed(said))
                    if *before == said && *how != How::Class => {}
                (Mark::Act(before, _), Value::Act(act)) => {
                    *before.borrow_mut() = act;
                }
                (_, value) => *old = apply(node, *how, name, value),
            }
        }
        become_list(&mut self.children, parts.children, Some(node), None);
    }
}

fn become_list(
    shown: &mut Vec<Shown>,
    views: Vec<View>,
    parent: Option<&Element>,
    end: Option<&Comment>,
) {
    while shown.len() > views.len() {
        shown.pop().iter_mut().for_each(Shown::unmount);
    }
    let known = shown.len();
    for (at, view) in views.into_iter().enumerate() {
        if let Some(shown) = shown.get_mut(at).filter(|_| at < known) {
            view.rebuild(shown);
            continue;
        }
        let mut new = view.build();
        if let Some(parent) = parent {
            new.mount(parent, end.map(|end| &**end as &Node));
        }
        shown.push(new);
    }
}

fn apply(node: &Element, how: How, name: &'static str, value: Value) -> Mark {
    match value {
        Value::Fixed(said) => {
            say(node, how, name, &said);
            Mark::Fixed(said)
        }
        Value::Live(follow) => {
            let node = node.clone();
            Mark::Live(RenderEffect::new(move |before: Option<Said>| {
                let said = follow();
                // What somebody typed has changed a property since.
                if how == How::Property || before.as_ref() != Some(&said) {
                    say(&node, how, name, &said);
                }
                said
            }))
        }
        Value::Act(act) => {
            let (act, owner) = (Rc::new(RefCell::new(act)), Owner::current().unwrap_or_default());
            let does = Rc::clone(&act);
            let listener = move |event| owner.with(|| (does.borrow_mut())(event));
            let handler = Rndr::add_event_listener(node, name, Box::new(listener));
            Mark::Act(act, handler)
        }
        Value::Spot(spot) => {
            spot.set(Some(node.clone()));
            Mark::Spot
        }
    }
}

fn say(node: &Element, how: How, name: &'static str, Said(said): &Said) {
    match (how, said) {
        (How::Attribute, Some(text)) => Rndr::set_attribute(node, name, text),
        (How::Attribute, None) => Rndr::remove_attribute(node, name),
        (How::Class, Some(_)) => Rndr::add_class(&Rndr::class_list(node), name),
        (How::Class, None) => Rndr::remove_class(&Rndr::class_list(node), name),
        (How::Style, Some(text)) => Rndr::set_css_property(&Rndr::style(node), name, text),
        (How::Style, None) => Rndr::remove_css_property(&Rndr::style(node), name),
        (How::Html, said) => Rndr::set_inner_html(node, said.as_deref().unwrap_or_default()),
        (How::Property, Some(text)) if name == "value" => {
            Rndr::set_property_or_value(node, name, &JsValue::from_str(text));
        }
        (How::Property, said) => {
            Rndr::set_property_or_value(node, name, &JsValue::from_bool(said.is_some()));
        }
        (How::Event | How::Spot, _) => {}
    }
}
