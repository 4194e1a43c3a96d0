//! What the picture is drawn with: outlines and words, each with a style that the stylesheet knows. Distances are whole
//! CSS pixels, so that text is as large as it says.

/// A mark on the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Where its origin is, from the left and the top.
    pub x: i32,
    /// See `x`.
    pub y: i32,
    /// What is drawn there.
    pub mark: Mark,
    /// How it looks.
    pub style: Style,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An outline, in the words of an SVG path.
    Path(String),
    /// A line of text.
    Words(String, Anchor),
}

/// Which end of a line of text is at its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a mark looks: a class of the stylesheet, and for text its measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The outline that carries the state by its stroke and filling.
    Body,
    /// A thin line within a thing.
    Detail,
    /// A heavy line: the quay.
    Quay,
    /// A filled part in ink: a gauge, a container.
    Full,
    /// An empty part: what a gauge has left.
    Empty,
    /// A line of the chart: Regions, VPCs.
    Contour,
    /// A border between zones.
    Zone,
    /// Water.
    Wave,
    /// A name.
    Name,
    /// A caption.
    Caption,
    /// A status word in the colour of the state.
    State,
    /// A stencilled id.
    Stencil,
    /// A number to compare: a port.
    Port,
    /// The same where there is little room.
    PortSmall,
}

impl Style {
    /// The class of the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Detail => "detail",
            Self::Quay => "quay",
            Self::Full => "full",
            Self::Empty => "empty",
            Self::Contour => "contour",
            Self::Zone => "zone",
            Self::Wave => "wave",
            Self::Name => "name",
            Self::Caption => "caption",
            Self::State => "state",
            Self::Stencil => "stencil",
            Self::Port => "port",
            Self::PortSmall => "port-small",
        }
    }

    /// The size of its letters in pixels. No text of the picture is smaller than 12.
    pub fn size(self) -> i32 {
        match self {
            Self::Port => 17,
            Self::Name => 14,
            Self::Stencil | Self::PortSmall => 13,
            _ => 12,
        }
    }

    /// About how wide a text is in this style, in pixels: on the generous side.
    pub fn width(self, text: &str) -> i32 {
        let mono = matches!(self, Self::Stencil | Self::Port | Self::PortSmall);
        let bold = matches!(self, Self::Name | Self::State);
        let hundredths: i32 = text
            .chars()
            .map(|letter| if mono { 62 } else { hundredths_of_em(letter) + i32::from(bold) * 3 })
            .sum();
        (hundredths * self.size() + 99) / 100
    }

    /// The text, or its beginning with an ellipsis where it is wider than `room`.
    pub fn fit(self, text: &str, room: i32) -> String {
        if self.width(text) <= room {
            return text.to_owned();
        }
        let mut kept = String::new();
        for letter in text.chars() {
            kept.push(letter);
            if self.width(&kept) + self.width("…") > room {
                kept.pop();
                break;
            }
        }
        let kept = kept.trim_end_matches([' ', '·', ',']);
        format!("{kept}…")
    }
}

impl Ink {
    /// An outline.
    pub fn path(style: Style, x: i32, y: i32, path: impl Into<String>) -> Self {
        Self { x, y, mark: Mark::Path(path.into()), style }
    }

    /// A line of text that starts at `x` and stands on `y`.
    pub fn words(style: Style, x: i32, y: i32, text: impl Into<String>) -> Self {
        Self { x, y, mark: Mark::Words(text.into(), Anchor::Start), style }
    }

    /// A line of text around `x`.
    pub fn centred(style: Style, x: i32, y: i32, text: impl Into<String>) -> Self {
        Self { x, y, mark: Mark::Words(text.into(), Anchor::Middle), style }
    }

    /// A line of text that ends at `x`.
    pub fn ending(style: Style, x: i32, y: i32, text: impl Into<String>) -> Self {
        Self { x, y, mark: Mark::Words(text.into(), Anchor::End), style }
    }

    /// The left and right end of a line of text.
    pub fn reach(&self) -> Option<(i32, i32)> {
        let Mark::Words(text, anchor) = &self.mark else { return None };
        let width = self.style.width(text);
        let left = match anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2,
            Anchor::End => self.x - width,
        };
        Some((left, left + width))
    }
}

/// Letter widths of the page's own font, rounded up; the stand-in fonts are matched to it.
fn hundredths_of_em(letter: char) -> i32 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | '·' => 30,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' => 38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '→' => 90,
        'A'..='Z' => 68,
        '0'..='9' => 63,
        _ => 57,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(Style::Caption.fit("m5.large", 200), "m5.large");
        let cut = Style::Caption.fit("agent connected, 3 tasks", 80);
        assert!(cut.ends_with('…') && Style::Caption.width(&cut) <= 80, "{cut}");
        assert_eq!(Style::Stencil.fit("WEB·2·a", 0), "…");
    }

    #[test]
    fn a_line_reaches_to_both_sides_of_its_middle() {
        let (left, right) = Ink::centred(Style::Caption, 100, 0, "abcd").reach().unwrap();
        assert_eq!(left + right, 200);
        assert!(Ink::path(Style::Body, 0, 0, "M0 0").reach().is_none());
    }
}
