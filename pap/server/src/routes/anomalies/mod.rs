//! What stood out in the use of keys.

pub(super) mod judge;
pub(super) mod list;
