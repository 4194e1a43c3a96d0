//! The network of the account: VPCs and what is in them.

pub mod cidr;
pub mod describe;
pub mod endpoint;
pub mod eni;
pub mod nat;
pub mod reach;
pub mod route;
pub mod security;
pub mod start;
pub mod subnet;
