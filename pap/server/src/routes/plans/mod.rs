//! `/v1/plans`

pub(super) mod list;
pub(super) mod show;
