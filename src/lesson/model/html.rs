//! Text of a lesson, ready for the page.

use super::packed::{Packed, packed};

/// A piece of HTML made from Markdown when the lesson was compiled, with nothing in it but known elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(pub String);

impl Html {
    /// The text alone, for what is read aloud and for counting words.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        let mut inside_tag = false;
        for letter in self.0.chars() {
            match letter {
                '<' => inside_tag = true,
                '>' if inside_tag => inside_tag = false,
                _ if !inside_tag => text.push(letter),
                _ => {}
            }
        }
        let entities =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        entities.iter().fold(text, |text, (name, letter)| text.replace(name, letter))
    }
}

packed!(struct Html { 0 });
