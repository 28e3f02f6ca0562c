//! `/v1/limits`

pub(super) mod change;
pub(super) mod costs;
pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
