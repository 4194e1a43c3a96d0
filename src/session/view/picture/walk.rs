//! Walking the picture with the arrow keys.

use super::{Picture, Thing};

/// A way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

impl Way {
    /// The way of an arrow key.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }
}

impl Picture {
    /// The place in [`Picture::all`]'s things of the nearest one that way.
    pub fn step(&self, from: usize, way: Way) -> Option<usize> {
        let here = middle(self.all.things.get(from)?);
        let near = |thing: &Thing| {
            let (x, y) = middle(thing);
            let (dx, dy) = (x - here.0, y - here.1);
            let (ahead, aside) = match way {
                Way::Left => (-dx, dy),
                Way::Right => (dx, dy),
                Way::Up => (-dy, dx),
                Way::Down => (dy, dx),
            };
            // Straight ahead counts for more than near.
            (ahead > 0).then(|| ahead + 3 * aside.abs())
        };
        let things = self.all.things.iter().enumerate();
        let found = things.filter_map(|(at, thing)| Some((near(thing)?, at))).min();
        found.map(|(_, at)| at)
    }
}

fn middle(thing: &Thing) -> (i32, i32) {
    (thing.x + thing.width / 2, thing.y + thing.height / 2)
}
