//! Lessons: data, and whether their goals are met. Everything a lesson does is a terminal line.
//!
//! Read `model` (what a lesson is), then `condition` and `goal` (when something is so), then `library` (the lessons that
//! come with the page).

pub mod condition;
pub mod goal;
pub mod library;
pub mod model;
pub mod solve;
