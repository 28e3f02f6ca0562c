//! `/metrics`: what has been counted.

pub(super) mod show;
