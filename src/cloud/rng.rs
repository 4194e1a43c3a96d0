//! Chance: one portable generator a subsystem, all grown from one seed.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

/// Who draws. Each subsystem has a stream of its own, so that a new draw in one does not move the others in old lessons.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    /// Ids of tasks, instances, network interfaces.
    Ids,
    /// How long something takes.
    Timing,
    /// Random placement.
    Placement,
}

/// The generators of one account.
#[derive(Clone, Debug)]
pub struct Rng {
    ids: Pcg32,
    timing: Pcg32,
    placement: Pcg32,
}

impl Rng {
    /// Generators for a seed.
    pub fn new(seed: u64) -> Self {
        let stream = |number| Pcg32::new(seed, number);
        Self { ids: stream(1), timing: stream(2), placement: stream(3) }
    }

    /// The next number of a stream.
    pub fn next(&mut self, stream: Stream) -> u32 {
        self.stream(stream).next_u32()
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, stream: Stream, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low + u64::from(self.next(stream)) * span / (u64::from(u32::MAX) + 1)
    }

    /// `digits` random hexadecimal digits, as AWS's ids have them.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 8);
        while text.len() < digits {
            let number = self.next(Stream::Ids);
            let nibbles = (0..8).rev().map(|place| number >> (place * 4) & 15);
            text.extend(nibbles.filter_map(|nibble| char::from_digit(nibble, 16)));
        }
        text.truncate(digits);
        text
    }

    fn stream(&mut self, stream: Stream) -> &mut Pcg32 {
        match stream {
            Stream::Ids => &mut self.ids,
            Stream::Timing => &mut self.timing,
            Stream::Placement => &mut self.placement,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_draws_everywhere() {
        let mut rng = Rng::new(7);
        assert_eq!(rng.hex(17), "840d99ca12c757de7");
        let draws: Vec<u64> = (0..100).map(|_| rng.between(Stream::Timing, 3, 5)).collect();
        assert!(draws.iter().all(|draw| (3..=5).contains(draw)));
        assert!(draws.contains(&3) && draws.contains(&5));
    }
}
