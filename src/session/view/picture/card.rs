//! Cards: things that have no place in the water, such as clusters, services and task definitions. A glyph, a name and a
//! line of text.

use super::ink::{Ink, Style};
use super::{Ghost, Thing, Tone, WANTED};

/// The least and the greatest width of a card.
pub(super) const WIDTHS: (i32, i32) = (132, 220);
/// Its height.
pub(super) const HEIGHT: i32 = 48;
/// The room of the glyph.
const GLYPH: i32 = 30;

/// What stands on a card.
pub(super) struct Card<'a> {
    /// See [`Thing`].
    pub(super) kind: &'static str,
    /// See [`Thing`].
    pub(super) id: &'a str,
    /// AWS's status word.
    pub(super) status: String,
    /// How the state is drawn.
    pub(super) tone: Tone,
    /// Its name.
    pub(super) name: String,
    /// What else there is to say in short.
    pub(super) line: String,
}

impl Card<'_> {
    /// The card as a thing of this width.
    pub(super) fn thing(self, width: i32) -> Thing {
        let mut thing = Thing::new(self.kind, self.id, &self.status, (width, HEIGHT));
        let word = self.kind.replace('-', " ");
        let parts = [&word, &self.name, &self.status, &self.line];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).cloned().collect();
        thing.spoken = parts.join(", ");
        thing.tone = self.tone;
        thing.art = frame(width);
        thing.art.extend(glyph(self.kind));
        let room = width - GLYPH - 8;
        let name = Style::Name.fit(&self.name, room);
        thing.art.push(Ink::words(Style::Name, GLYPH, 20, name));
        let line = Style::Caption.fit(&self.line, room);
        thing.art.push(Ink::words(Style::Caption, GLYPH, 37, line));
        thing
    }
}

/// Something that a goal lacks and that would be a card.
#[inline(never)]
pub(super) fn ghost(ghost: &Ghost, number: usize, width: i32) -> Thing {
    let mut thing = Thing::wanted(ghost, number, (width, HEIGHT));
    thing.art = frame(width);
    let room = width - 20;
    thing.art.push(Ink::words(Style::State, 10, 20, WANTED));
    let line = Style::Caption.fit(&ghost.phrase(), room);
    thing.art.push(Ink::words(Style::Caption, 10, 37, line));
    thing
}

fn frame(width: i32) -> Vec<Ink> {
    let (right, bottom) = (width - 1, HEIGHT - 1);
    vec![Ink::path(Style::Body, 0, 0, format!("M1 1H{right}V{bottom}H1Z"))]
}

/// A sign for the kind, drawn in a square of 16 at the left.
fn glyph(kind: &str) -> Vec<Ink> {
    let path = match kind {
        // A pennant.
        "cluster" => "M1 0V17M1 1L15 5L1 9",
        // An order with a ring that goes round.
        "service" => "M14 8A6 6 0 1 1 11 3M11 0V4H7",
        // A sheet with a folded corner.
        "task-definition" => "M1 1H10L15 6V16H1ZM10 1V6H15M4 10H12M4 13H9",
        // A crate.
        "image" | "repository" => "M1 3H15V15H1ZM1 7H15M6 3V7M10 3V7",
        // A key.
        "role" => "M9 6A4 4 0 1 0 5 10A4 4 0 0 0 9 6ZM8 8L15 15M12 12L14 10",
        // A tower.
        "load-balancer" => "M4 16L6 5H10L12 16ZM5 5V1H11V5M2 16H14",
        // A board of signals.
        "target-group" => "M1 2H15V14H1ZM1 6H15M4 9H8M4 12H8",
        _ => "M2 2H14V14H2Z",
    };
    vec![Ink::path(Style::Detail, 8, 15, path)]
}
