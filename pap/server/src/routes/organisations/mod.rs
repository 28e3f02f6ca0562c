//! `/v1/organisations`

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod plan;
pub(super) mod show;
