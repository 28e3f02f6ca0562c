//! `/v1/reviews`

pub(super) mod decide;
pub(super) mod list;
pub(super) mod sign;
pub(super) mod start;
