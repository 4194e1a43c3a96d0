//! What the page shows of an account, as data: layout, wording and what can be tapped, all of it testable without a
//! browser. The widgets only draw it.

pub mod builder;
pub mod calls;
pub mod charts;
pub mod compare;
pub mod complete;
pub mod cost;
pub mod fields;
pub mod inspect;
pub mod json;
pub mod picture;
pub mod pieces;
pub mod placed;
pub mod roles;
pub mod route;
pub mod rows;
pub mod scaling;
pub mod table;
pub mod why;
