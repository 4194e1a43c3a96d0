//! A part of a lesson that is unpacked when it is first looked at.

use std::ops::Deref;
use std::sync::OnceLock;

use super::packed::{Packed, Words, unpack};

/// A text that comes with the page. A function, because what refers to a table of texts refers to all of them.
pub type Text = fn() -> &'static str;

/// Something packed, or something that never was.
#[derive(Clone, Debug)]
pub struct Later<T> {
    text: Text,
    read: OnceLock<T>,
}

impl<T> Later<T> {
    /// What this text will be unpacked to.
    pub fn of(text: Text) -> Self {
        Self { text, read: OnceLock::new() }
    }
}

impl<T> From<T> for Later<T> {
    fn from(what: T) -> Self {
        Self { text: || "", read: OnceLock::from(what) }
    }
}

impl<T: Packed> Deref for Later<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.read.get_or_init(|| unpack((self.text)()))
    }
}

impl<T: Packed + PartialEq> PartialEq for Later<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Packed + Eq> Eq for Later<T> {}

/// Stands in a text of its own, and so not in the text around it.
impl<T> Packed for Later<T> {
    fn put(&self, _: &mut String) {}

    fn take(_: &mut Words<'_>) -> Self {
        Self::of(|| "")
    }
}
