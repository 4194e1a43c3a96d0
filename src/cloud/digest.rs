//! The hash of a history, equal on 32-bit and 64-bit platforms.

use std::hash::{Hash, Hasher};

use rustc_stable_hash::hashers::{SipHasher128Hash, StableSipHasher128};
use rustc_stable_hash::{FromStableHash, StableHasher};

use super::time::SimTime;

/// A running hash over what happened: calls with their results, faults, jobs that ran, and notes of what they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

struct Half(u64);

impl FromStableHash for Half {
    type Hash = SipHasher128Hash;

    fn from(SipHasher128Hash([low, _]): SipHasher128Hash) -> Self {
        Self(low)
    }
}

impl Digest {
    /// The digest of no history.
    pub fn new() -> Self {
        Self(0)
    }

    /// Adds something that happened.
    pub fn mix(&mut self, happened: &impl Hash) {
        let mut hasher = StableSipHasher128::new();
        hasher.write_u64(self.0);
        happened.hash(&mut hasher);
        self.0 = StableHasher::finish::<Half>(hasher).0;
    }

    /// The hash as it stands, in hexadecimal.
    pub fn hex(self) -> String {
        format!("{:016x}", self.0)
    }

    /// The digest of the history up to `now`, in hexadecimal.
    pub fn at(self, now: SimTime) -> String {
        let mut end = self;
        end.mix(&now);
        format!("{:016x}", end.0)
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}
