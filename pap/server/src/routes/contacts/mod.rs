//! `/v1/contacts`

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
pub(super) mod rotate;
pub(super) mod test;
