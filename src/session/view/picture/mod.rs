//! The model picture: the account as a harbour chart, laid out for the width there is. A narrow chart is another layout,
//! not a smaller one. One file a family of things; the page draws what comes out, mark by mark.

pub mod block;
pub mod flow;
pub mod ink;

mod brief;
mod card;
mod dock;
mod gate;
mod harbour;
mod hull;
mod names;
mod office;
mod walk;
mod wanted;
mod yard;

use super::placed::Refused;
use super::rows::Rows;
use crate::cloud::map::Set;
use block::Block;
pub use brief::Brief;
pub use flow::Requests;
pub use names::Names;
pub use walk::Way;
pub use wanted::ghosts;

/// Below this width the parts of the chart stand under one another.
pub const NARROW: i32 = 560;
/// The least width that is laid out; what is narrower scrolls sideways.
pub const LEAST: i32 = 280;
/// Room between things, and the least distance of two tap targets.
const GAP: i32 = 8;
/// Written on what a goal still lacks.
const WANTED: &str = "still wanted";
/// The least side of anything that is tapped.
const TAP: i32 = 44;

/// The picture, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// What is in it.
    pub all: Block,
}

/// What the picture is made of.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The account.
    pub rows: &'a Rows,
    /// The letters of the tasks.
    pub names: &'a Names,
    /// Groups of tasks that found no place.
    pub refused: &'a [Refused],
    /// What the goals still lack.
    pub ghosts: &'a [Ghost],
    /// What passes through the load balancers.
    pub requests: &'a Requests,
    /// Groups of tasks that the learner has opened.
    pub open: &'a Set<String>,
}

/// Something that a goal still lacks: drawn dashed, in the colour of the learner's actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ghost {
    /// The goal's id.
    pub goal: String,
    /// A kind of thing, as in `data-kind`.
    pub kind: String,
    /// Written on it.
    pub say: String,
}

/// A thing in the picture: a button with a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// As in `data-kind`.
    pub kind: &'static str,
    /// As in `data-id`.
    pub id: String,
    /// AWS's status word, as in `data-status`.
    pub status: String,
    /// How its state is drawn.
    pub tone: Tone,
    /// What a screen reader says.
    pub spoken: String,
    /// What happens when it is tapped.
    pub tap: Tap,
    /// Its hit area, at least 44 × 44.
    pub x: i32,
    /// See `x`.
    pub y: i32,
    /// See `x`.
    pub width: i32,
    /// See `x`.
    pub height: i32,
    /// How it looks, from its own origin.
    pub art: Vec<ink::Ink>,
}

/// What happens when a thing is tapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tap {
    /// It is looked at in the inspector.
    Select,
    /// Something else is looked at, which knows more: a kind and an id.
    Look(&'static str, String),
    /// A group of tasks opens or closes.
    Toggle(String),
    /// The goal with this id is shown.
    Goal(String),
}

/// A state as a drawing: each has a stroke, a filling and a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// No state to speak of.
    Plain,
    /// Running, healthy: a solid line.
    Running,
    /// On its way: a dotted line.
    Waiting,
    /// On its way out: a broken line.
    Leaving,
    /// Failed or refused: hatched.
    Failed,
    /// Ended as it should.
    Ended,
    /// Not there yet, wanted by a goal: dashed.
    Ghost,
}

impl Tone {
    /// The class of the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Leaving => "leaving",
            Self::Failed => "failed",
            Self::Ended => "ended",
            Self::Ghost => "ghost",
        }
    }
}

impl Picture {
    /// Lays the scene out for a width in pixels.
    pub fn draw(scene: &Scene<'_>, width: i32) -> Self {
        let width = width.max(LEAST);
        let parts = [
            office::office(scene, width),
            gate::gate(scene, width),
            harbour::harbour(scene, width),
            yard::yard(scene, width),
            office::shelf(scene, width),
        ];
        let mut all = Block::stack(parts, 2 * GAP);
        all.width = width;
        Self { all }
    }
}

impl Thing {
    /// A thing that is selected when it is tapped, at its own origin.
    fn new(kind: &'static str, id: &str, status: &str, (width, height): (i32, i32)) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            status: status.to_owned(),
            tone: Tone::Plain,
            spoken: String::new(),
            tap: Tap::Select,
            x: 0,
            y: 0,
            width: width.max(TAP),
            height: height.max(TAP),
            art: Vec::new(),
        }
    }

    /// What a goal still lacks; a tap shows the goal.
    fn wanted(ghost: &Ghost, number: usize, size: (i32, i32)) -> Self {
        Self {
            tone: Tone::Ghost,
            spoken: format!("Still wanted: {}", ghost.phrase()),
            tap: Tap::Goal(ghost.goal.clone()),
            ..Self::new("ghost", &format!("{}-{number}", ghost.goal), "wanted", size)
        }
    }

    /// What tells it from all others: it keeps its place in the document while it moves.
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }

    /// Whether this is the thing with that key.
    pub fn is(&self, key: &str) -> bool {
        let id = key.strip_prefix(self.kind).and_then(|rest| rest.strip_prefix('/'));
        id == Some(&self.id)
    }

    fn moved(self, x: i32, y: i32) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

impl Ghost {
    /// What is wanted: `service web, RUNNING`.
    fn phrase(&self) -> String {
        format!("{} {}", self.kind.replace('-', " "), self.say).trim_end().to_owned()
    }
}

impl Scene<'_> {
    /// What the goals lack of these kinds.
    fn ghosts_of(&self, kinds: &[&str]) -> impl Iterator<Item = &Ghost> {
        self.ghosts.iter().filter(|ghost| kinds.contains(&ghost.kind.as_str()))
    }
}

#[cfg(test)]
mod tests;
