//! `/v1/audit`

pub(super) mod checkpoints;
pub(super) mod export;
pub(super) mod forget;
pub(super) mod keys;
pub(super) mod list;
pub(super) mod show;
