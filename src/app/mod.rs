//! The page: everything that knows of a browser. Widgets are in `crate::widgets`.
//!
//! `desk` joins a session with signals; `clock` lets its time pass.

pub mod clock;
pub mod desk;
pub mod notice;
pub mod parts;
