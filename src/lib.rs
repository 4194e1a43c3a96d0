//! Drydock: one simulated AWS account, lessons over it, and the page that shows both.
//!
//! The modules stand in reading order and depend only downward: `cloud` ← `cli` ← `lesson` ← `session` ← `app`,
//! `widgets`. The first four know nothing of a browser and compile without any feature; ARCHITECTURE.md is the map.
#![forbid(unsafe_code)]

pub mod cloud;
pub mod cli;
pub mod lesson;
pub mod session;

#[cfg(feature = "web")]
pub mod app;
#[cfg(feature = "web")]
pub mod widgets;
#[cfg(feature = "lab")]
pub mod lab;
