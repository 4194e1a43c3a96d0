//! Lessons: data, and whether their goals are met. Everything a lesson does is a terminal line.
//!
//! Read `model` (what a lesson is), then `condition` and `goal` (when something is so), then `library` (the lessons that
//! come with the page) and `solve` (playing them). `source` compiles lessons and `check` replays them: both are for
//! authors and no part of the page.

pub mod condition;
pub mod fields;
pub mod goal;
pub mod library;
pub mod model;
pub mod path;
pub mod solve;

#[cfg(feature = "author")]
pub mod check;
#[cfg(feature = "author")]
pub mod source;
