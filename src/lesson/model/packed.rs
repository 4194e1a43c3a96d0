//! The compiled form of a lesson: a text of words, each ended by a NUL. Parts of a struct follow each other without their
//! names, a list begins with its length, a variant with its number.
//!
//! The same build writes and reads it, so nothing is checked on the way in: a word that is missing is empty. Reading JSON
//! by serde was a hundred kilobytes of the code that a lesson needs before it answers.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;

/// What can stand in a compiled lesson.
pub trait Packed: Sized {
    /// Writes it at the end.
    fn put(&self, out: &mut String);

    /// Reads it from the front.
    fn take(from: &mut Words<'_>) -> Self;
}

/// Everything as text.
pub fn pack<T: Packed>(what: &T) -> String {
    let mut out = String::new();
    what.put(&mut out);
    out
}

/// What [`pack`] made a text of.
pub fn unpack<T: Packed>(text: &str) -> T {
    T::take(&mut Words(text))
}

/// The words that are still to be read.
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn word(&mut self) -> &'a str {
        let (word, rest) = self.0.split_once('\0').unwrap_or((self.0, ""));
        self.0 = rest;
        word
    }

    /// The next word as a number, such as that of a variant.
    pub fn number<T: FromStr + Default>(&mut self) -> T {
        self.word().parse().unwrap_or_default()
    }
}

/// Writes one word. A NUL is in no lesson: Markdown has none, and in JSON it is written as an escape.
pub(in crate::lesson) fn put(word: impl Display, out: &mut String) {
    out.push_str(&word.to_string());
    out.push('\0');
}

impl Packed for String {
    fn put(&self, out: &mut String) {
        put(self, out);
    }

    fn take(from: &mut Words<'_>) -> Self {
        from.word().to_owned()
    }
}

impl Packed for bool {
    fn put(&self, out: &mut String) {
        put(u8::from(*self), out);
    }

    fn take(from: &mut Words<'_>) -> Self {
        from.word() == "1"
    }
}

impl Packed for Value {
    fn put(&self, out: &mut String) {
        put(self, out);
    }

    fn take(from: &mut Words<'_>) -> Self {
        serde_json::from_str(from.word()).unwrap_or_default()
    }
}

macro_rules! numbers {
    ($($kind:ty)*) => {$(
        impl Packed for $kind {
            fn put(&self, out: &mut String) {
                put(self, out);
            }

            fn take(from: &mut Words<'_>) -> Self {
                from.number()
            }
        }
    )*};
}

numbers!(u32 u64 i64);

impl<T: Packed> Packed for Vec<T> {
    fn put(&self, out: &mut String) {
        put(self.len(), out);
        for one in self {
            one.put(out);
        }
    }

    fn take(from: &mut Words<'_>) -> Self {
        (0..from.number::<u32>()).map(|_| T::take(from)).collect()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put(&self, out: &mut String) {
        self.is_some().put(out);
        if let Some(one) = self {
            one.put(out);
        }
    }

    fn take(from: &mut Words<'_>) -> Self {
        bool::take(from).then(|| T::take(from))
    }
}

impl<T: Packed> Packed for Box<T> {
    fn put(&self, out: &mut String) {
        T::put(self, out);
    }

    fn take(from: &mut Words<'_>) -> Self {
        Self::new(T::take(from))
    }
}

/// Makes a type [`Packed`]: a struct by its parts, an enum by its variants. The last variant stands for every number
/// that is none.
macro_rules! packed {
    (struct $name:ident { $($part:tt),* }) => {
        impl $crate::lesson::model::packed::Packed for $name {
            fn put(&self, out: &mut String) {
                $(self.$part.put(out);)*
            }

            fn take(from: &mut $crate::lesson::model::packed::Words<'_>) -> Self {
                Self { $($part: Packed::take(from)),* }
            }
        }
    };
    (enum $name:ident {
        $($number:literal $variant:ident $({ $($part:ident),* })? $(($it:ident))?,)*
        else $other:literal $last:ident $(($its:ident))?
    }) => {
        impl $crate::lesson::model::packed::Packed for $name {
            fn put(&self, out: &mut String) {
                use $crate::lesson::model::packed::put;
                match self {
                    $(Self::$variant $({ $($part),* })? $(($it))? => {
                        put($number, out);
                        $($($part.put(out);)*)?
                        $($it.put(out);)?
                    })*
                    Self::$last $(($its))? => {
                        put($other, out);
                        $($its.put(out);)?
                    }
                }
            }

            fn take(from: &mut $crate::lesson::model::packed::Words<'_>) -> Self {
                match from.number::<u32>() {
                    $($number => Self::$variant
                        $({ $($part: Packed::take(from)),* })?
                        $(({ let $it = Packed::take(from); $it }))?,)*
                    _ => Self::$last $(({ let $its = Packed::take(from); $its }))?,
                }
            }
        }
    };
}
pub(super) use packed;
