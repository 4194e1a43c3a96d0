//! Amazon EC2's machines: instances, their types and images.

pub mod ami;
pub mod instance;
pub mod tags;
pub mod types;
