//! What pages are made of: one type for every view, put together by calls. Leptos has signals and effects and a type for
//! each shape of view, which costs code for each; here all views share theirs.
//!
//! A view is a description. It becomes nodes when it is shown, and when what it follows changes, the new description is
//! compared with the old one: elements of the same shape stay where they are, with their focus.

mod among;
mod rows;
mod shown;

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

/// A piece of the page.
pub enum View {
    /// Nothing to be seen.
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// An element.
    El(El),
    /// One after the other.
    List(Vec<View>),
    /// What a function gives, as long as what it reads stays the same; then what it gives next.
    Live(Box<dyn Fn() -> View + Send>),
    /// Rows that keep their nodes while others come and go.
    Rows(Keys, MakeRow),
    /// A view of Leptos' own.
    Other(AnyView),
}

/// The keys of rows, in order. Each is there once.
type Keys = Box<dyn Fn() -> Vec<String> + Send>;
/// The row that is new at a place under a key.
type MakeRow = Box<dyn Fn(usize, &str) -> View + Send>;

/// An element being described.
pub struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    namespace: Option<&'static str>,
    marks: Vec<(How, &'static str, Value)>,
    children: Vec<View>,
}

/// What a value of an element is to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Attribute,
    Class,
    Style,
    Property,
    Html,
    Event,
    Spot,
}

/// A value of an element.
pub enum Value {
    /// One that stays.
    Fixed(Said),
    /// One that follows what it reads.
    Live(Box<dyn Fn() -> Said + Send>),
    /// What an event does.
    Act(Act),
    /// Where the element can be found once it is there.
    Spot(Spot),
}

/// What an event does.
type Act = Box<dyn FnMut(JsValue) + Send>;
/// Finds an element once it is shown.
pub type Spot = RwSignal<Option<Element>, LocalStorage>;

/// A value as text: an attribute that is not there has none.
#[derive(PartialEq)]
pub struct Said(Option<Cow<'static, str>>);

/// An element of HTML.
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts { tag, namespace: None, marks: Vec::new(), children: Vec::new() }))
}

/// An element of SVG.
pub fn svg(tag: &'static str) -> El {
    let mut element = el(tag);
    element.0.namespace = Some("http://www.w3.org/2000/svg");
    element
}

/// Rows by their keys: `row` is asked once for each, when it is new.
pub fn rows(
    keys: impl Fn() -> Vec<String> + Send + 'static,
    row: impl Fn(usize, &str) -> View + Send + 'static,
) -> View {
    View::Rows(Box::new(keys), Box::new(row))
}

impl El {
    /// With an attribute.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.with(How::Attribute, name, value.into())
    }

    /// With an attribute that stays.
    #[inline(never)]
    #[must_use]
    pub fn is(self, name: &'static str, value: &'static str) -> Self {
        self.with(How::Attribute, name, value.into())
    }

    /// With these classes.
    #[must_use]
    pub fn class(self, names: &'static str) -> Self {
        self.is("class", names)
    }

    /// With a class while something is so.
    #[must_use]
    pub fn class_if(self, name: &'static str, so: impl Into<Value>) -> Self {
        self.with(How::Class, name, so.into())
    }

    /// With a property of its style.
    #[must_use]
    pub fn style(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.with(How::Style, name, value.into())
    }

    /// With a property of its node: `value` or one that is so or not.
    #[must_use]
    pub fn prop(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.with(How::Property, name, value.into())
    }

    /// With HTML of the course inside.
    #[must_use]
    pub fn html(self, html: String) -> Self {
        self.with(How::Html, "", html.into())
    }

    /// Does something at an event.
    #[must_use]
    pub fn on<E: JsCast>(
        self,
        name: &'static str,
        mut act: impl FnMut(E) + Send + 'static,
    ) -> Self {
        let act = move |event: JsValue| act(event.unchecked_into());
        self.with(How::Event, name, Value::Act(Box::new(act)))
    }

    /// Does something when it is pressed.
    #[must_use]
    pub fn press(self, mut act: impl FnMut() + Send + 'static) -> Self {
        self.with(How::Event, "click", Value::Act(Box::new(move |_| act())))
    }

    /// Can be found.
    #[must_use]
    pub fn at(self, spot: Spot) -> Self {
        self.with(How::Spot, "", Value::Spot(spot))
    }

    /// With something inside, after what is there already.
    #[must_use]
    pub fn child(self, child: impl Into<View>) -> Self {
        self.holding(child.into())
    }

    /// With a text inside.
    #[inline(never)]
    #[must_use]
    pub fn says(self, text: &'static str) -> Self {
        self.holding(text.into())
    }

    /// As a view of Leptos.
    pub fn into_any(self) -> AnyView {
        View::El(self).into_any()
    }

    #[inline(never)]
    fn with(mut self, how: How, name: &'static str, value: Value) -> Self {
        self.0.marks.push((how, name, value));
        self
    }

    #[inline(never)]
    fn holding(mut self, child: View) -> Self {
        self.0.children.push(child);
        self
    }
}

// ---- what can be said and shown

impl From<El> for View {
    fn from(element: El) -> Self {
        Self::El(element)
    }
}

impl From<AnyView> for View {
    fn from(view: AnyView) -> Self {
        Self::Other(view)
    }
}

impl From<&'static str> for View {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for View {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<View>> From<Option<T>> for View {
    fn from(view: Option<T>) -> Self {
        view.map_or(Self::Nothing, Into::into)
    }
}

impl<T: Into<View>> From<Vec<T>> for View {
    fn from(views: Vec<T>) -> Self {
        Self::List(views.into_iter().map(Into::into).collect())
    }
}

impl<F: Fn() -> T + Send + 'static, T: Into<View>> From<F> for View {
    fn from(view: F) -> Self {
        Self::Live(Box::new(move || view().into()))
    }
}

impl From<&'static str> for Said {
    fn from(text: &'static str) -> Self {
        Self(Some(text.into()))
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self(Some(text.into()))
    }
}

impl From<bool> for Said {
    fn from(so: bool) -> Self {
        Self(so.then_some("".into()))
    }
}

impl From<i32> for Said {
    fn from(number: i32) -> Self {
        number.to_string().into()
    }
}

impl<T: Into<Said>> From<Option<T>> for Said {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self(None), Into::into)
    }
}

macro_rules! fixed_values {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::Fixed(value.into())
            }
        })*
    };
}

fixed_values!(&'static str, String, bool, i32, Option<&'static str>, Option<String>);

impl<F: Fn() -> T + Send + 'static, T: Into<Said>> From<F> for Value {
    fn from(value: F) -> Self {
        Self::Live(Box::new(move || value().into()))
    }
}
