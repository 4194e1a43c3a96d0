//! AWS Identity and Access Management: who may do what, and why.

pub mod check;
pub mod condition;
pub mod context;
pub mod decision;
pub mod evaluate;
pub mod moment;
pub mod pattern;
pub mod policy;
