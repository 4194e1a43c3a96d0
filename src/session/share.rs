//! Share links: the recorded lines of a run as text that fits into an address.

use serde::{Deserialize, Serialize};

use super::history::Entry;
use super::save::SIM_VERSION;
use crate::cloud::base64;
use crate::cloud::time::Millis;

/// The longest data that is read from an address, in characters.
const LENGTH_MAX: usize = 64 * 1024;

/// A run to be replayed: the lines and the moment to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// [`SIM_VERSION`] of the sender.
    pub v: u32,
    /// Each line with its time, in milliseconds after the start.
    pub i: Vec<(Millis, String)>,
    /// The virtual time, in milliseconds after the start.
    pub n: Millis,
}

impl Shared {
    /// A run by its lines and its time.
    pub fn new<'a>(entries: impl Iterator<Item = &'a Entry>, now: Millis) -> Self {
        let lines = entries.map(|entry| (entry.at, entry.line.clone())).collect();
        Self { v: SIM_VERSION, i: lines, n: now }
    }

    /// The lines as a history takes them.
    pub fn entries(&self) -> Vec<Entry> {
        self.i.iter().map(|(at, line)| Entry { at: *at, line: line.clone() }).collect()
    }

    /// The data of an address's `r=`.
    pub fn encode(&self) -> String {
        base64::encode_for_address(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads the data of an address's `r=`; the error is a sentence for the reader of the link. Never inlined: few addresses
    /// have any.
    #[inline(never)]
    pub fn decode(data: &str) -> Result<Self, String> {
        let broken = |why: &str| {
            format!(
                "This link's recorded actions cannot be replayed: {why}. The step opens without them."
            )
        };
        if data.len() > LENGTH_MAX {
            return Err(broken("they are too long"));
        }
        let bytes =
            base64::decode_from_address(data).ok_or_else(|| broken("the link is incomplete"))?;
        let shared: Self =
            serde_json::from_slice(&bytes).map_err(|_| broken("the link is incomplete"))?;
        if shared.v == SIM_VERSION {
            Ok(shared)
        } else {
            Err(broken("they were made with another version of the simulator"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_gives_back_what_was_put_in() {
        let entries = [Entry { at: 1_500, line: "aws ecs list-clusters".into() }];
        let shared = Shared::new(entries.iter(), 90_000);
        let again = Shared::decode(&shared.encode()).unwrap();
        assert_eq!(again, shared);
        assert_eq!(again.entries(), entries);
    }

    #[test]
    fn a_broken_link_gets_a_sentence() {
        for data in ["", "abc", "%%%", "e30", &"a".repeat(LENGTH_MAX + 1)] {
            assert!(Shared::decode(data).unwrap_err().contains("cannot be replayed"), "{data}");
        }
    }
}
