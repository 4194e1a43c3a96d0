//! Views among those of Leptos.

use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::no_attrs;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::{Mountable, Position, PositionState};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::View;
use super::shown::{Following, Shown};

impl Mountable for Shown {
    fn unmount(&mut self) {
        match self {
            Self::Nothing(node) => Rndr::remove(node),
            Self::Text(node, _) => Rndr::remove(node),
            Self::El(element) => Rndr::remove(&element.node),
            Self::List(views, end) => {
                views.iter_mut().for_each(Self::unmount);
                Rndr::remove(end);
            }
            Self::Rows(rows, end) => {
                for row in rows {
                    row.shown.unmount();
                }
                Rndr::remove(end);
            }
            Self::Live(Following(effect)) => effect.unmount(),
            Self::Other(view) => view.unmount(),
        }
    }

    fn mount(&mut self, parent: &Element, before: Option<&Node>) {
        match self {
            Self::Nothing(node) => Rndr::insert_node(parent, node, before),
            Self::Text(node, _) => Rndr::insert_node(parent, node, before),
            Self::El(element) => Rndr::insert_node(parent, &element.node, before),
            Self::List(views, end) => {
                for view in views {
                    view.mount(parent, before);
                }
                Rndr::insert_node(parent, end, before);
            }
            Self::Rows(rows, end) => {
                for row in rows {
                    row.shown.mount(parent, before);
                }
                Rndr::insert_node(parent, end, before);
            }
            Self::Live(Following(effect)) => effect.mount(parent, before),
            Self::Other(view) => view.mount(parent, before),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let node: &Node = match self {
            Self::Nothing(node) => node,
            Self::Text(node, _) => node,
            Self::El(element) => &element.node,
            Self::List(views, end) => match views.first() {
                Some(first) => return first.insert_before_this(child),
                None => end,
            },
            Self::Rows(rows, end) => match rows.first() {
                Some(first) => return first.shown.insert_before_this(child),
                None => end,
            },
            Self::Live(Following(effect)) => return effect.insert_before_this(child),
            Self::Other(view) => return view.insert_before_this(child),
        };
        let parent = node.parent_node().and_then(|parent| parent.dyn_into::<Element>().ok());
        parent.inspect(|parent| child.mount(parent, Some(node))).is_some()
    }

    fn elements(&self) -> Vec<Element> {
        match self {
            Self::El(element) => vec![element.node.clone()],
            _ => Vec::new(),
        }
    }
}

no_attrs!(View);

/// The page is never drawn by a server, so most of this is never asked for.
impl RenderHtml for View {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    fn resolve(self) -> impl Future<Output = Self> + Send {
        std::future::ready(self)
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Shown {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
