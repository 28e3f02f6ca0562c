//! `/healthz` and `/readyz`: whether the process runs, and whether it may be asked.

pub(super) mod live;
pub(super) mod ready;
