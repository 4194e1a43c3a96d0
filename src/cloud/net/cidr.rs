//! IPv4 address blocks.

use std::fmt;
use std::net::Ipv4Addr;

/// A block of IPv4 addresses such as `172.31.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    base: u32,
    bits: u8,
}

impl Cidr {
    /// Every address: `0.0.0.0/0`.
    pub const ANYWHERE: Self = Self { base: 0, bits: 0 };

    /// The block of `len` fixed bits around an address.
    pub const fn new([a, b, c, d]: [u8; 4], len: u8) -> Self {
        let address = u32::from_be_bytes([a, b, c, d]);
        Self { base: address & mask(len), bits: len }
    }

    /// Reads `10.0.0.0/16`. Bits behind the length are cleared, as AWS does.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, len) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let len: u8 = len.parse().ok().filter(|len| *len <= 32)?;
        Some(Self::new(address.octets(), len))
    }

    /// The address is in the block.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.bits) == self.base
    }

    /// How many bits are fixed: the longer, the more specific.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// How many addresses the block has.
    pub fn size(self) -> u64 {
        1 << (32 - u32::from(self.bits.min(32)))
    }

    /// The address at an offset from the block's first.
    pub fn address(self, offset: u32) -> Ipv4Addr {
        Ipv4Addr::from(self.base.wrapping_add(offset))
    }
}

const fn mask(len: u8) -> u32 {
    match len {
        0 => 0,
        1..=31 => !(u32::MAX >> len),
        _ => u32::MAX,
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_addresses() {
        let block = Cidr::parse("172.31.16.9/20").unwrap();
        assert_eq!(block.to_string(), "172.31.16.0/20");
        assert_eq!(block.size(), 4096);
        assert!(block.contains("172.31.31.255".parse().unwrap()));
        assert!(!block.contains("172.31.32.0".parse().unwrap()));
        assert!(Cidr::ANYWHERE.contains("8.8.8.8".parse().unwrap()));
        assert_eq!(Cidr::parse("10.0.0.0/33"), None);
        assert_eq!(Cidr::parse("10.0.0.7/32").unwrap().size(), 1);
    }
}
