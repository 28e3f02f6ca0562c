//! The log of decisions.

pub(super) mod list;
pub(super) mod replay;
pub(super) mod show;
