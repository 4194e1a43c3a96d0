//! Blocks: parts of the picture with a size, put beside and under one another. The same parts make the wide and the
//! narrow chart.

use super::Thing;
use super::flow::Flow;
use super::ink::Ink;

/// A part of the picture. Its top left corner is its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// What can be selected in it, in reading order.
    pub things: Vec<Thing>,
    /// What is drawn behind them.
    pub ink: Vec<Ink>,
    /// Requests on their way, over all else.
    pub flows: Vec<Flow>,
}

impl Block {
    /// An empty area.
    pub fn room(width: i32, height: i32) -> Self {
        Self { width, height, ..Self::default() }
    }

    /// One thing alone, as large as its hit area.
    pub fn of(thing: Thing) -> Self {
        Self { width: thing.width, height: thing.height, things: vec![thing], ..Self::default() }
    }

    /// Puts another block into this one, which grows to hold it.
    pub fn put(&mut self, x: i32, y: i32, block: Self) {
        self.width = self.width.max(x + block.width);
        self.height = self.height.max(y + block.height);
        self.things.extend(block.things.into_iter().map(|thing| thing.moved(x, y)));
        self.ink.extend(block.ink.into_iter().map(|ink| Ink { x: ink.x + x, y: ink.y + y, ..ink }));
        self.flows.extend(block.flows.into_iter().map(|flow| flow.moved(x, y)));
    }

    /// Draws behind the things.
    pub fn draw(&mut self, ink: Ink) {
        self.ink.push(ink);
    }

    /// One under the other; what is empty takes no room.
    pub fn stack(blocks: impl IntoIterator<Item = Self>, gap: i32) -> Self {
        let mut all = Self::default();
        for block in blocks.into_iter().filter(|block| block.height > 0) {
            let y = if all.height > 0 { all.height + gap } else { 0 };
            all.put(0, y, block);
        }
        all
    }

    /// In lines from left to right, as words are set, none wider than `width`.
    pub fn wrap(blocks: impl IntoIterator<Item = Self>, width: i32, gap: i32) -> Self {
        let mut all = Self::default();
        let (mut x, mut y) = (0, 0);
        for block in blocks {
            if x > 0 && x + block.width > width {
                (x, y) = (0, all.height + gap);
            }
            let step = block.width + gap;
            all.put(x, y, block);
            x += step;
        }
        all
    }
}

/// How many columns of at least `least` fit, and how wide each then is (at most `most`).
pub fn columns(width: i32, least: i32, most: i32, gap: i32) -> (i32, i32) {
    let count = ((width + gap) / (least + gap)).max(1);
    (count, ((width + gap) / count - gap).clamp(1, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_wrap_like_words() {
        let blocks = || (0..3).map(|_| Block::room(40, 10));
        let wide = Block::wrap(blocks(), 200, 5);
        assert_eq!((wide.width, wide.height), (130, 10));
        let narrow = Block::wrap(blocks(), 90, 5);
        assert_eq!((narrow.width, narrow.height), (85, 25));
        let stacked = Block::stack([Block::room(10, 10), Block::default(), Block::room(20, 5)], 5);
        assert_eq!((stacked.width, stacked.height), (20, 20));
    }

    #[test]
    fn columns_share_the_width() {
        assert_eq!(columns(300, 92, 120, 8), (3, 94));
        assert_eq!(columns(288, 92, 120, 8), (2, 120));
        assert_eq!(columns(50, 92, 120, 8), (1, 50));
    }
}
