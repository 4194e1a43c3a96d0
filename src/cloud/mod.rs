//! The account and its behaviour.
