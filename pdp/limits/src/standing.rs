//! How a limit stands after a request: what answers and headers say of it.

use std::time::Duration;

/// How one limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How much it admits in its window; of a token bucket, how much it holds.
    pub limit: u64,
    /// How much is left, after the request where it was admitted.
    pub remaining: u64,
    /// Until all of it is there again, if nothing more is used.
    pub reset_after: Duration,
    /// Where this limit has no room: how long until the same request has. It is exact: at that instant the request
    /// passes, if nothing else is used. Where the cost is above what a share ever admits, it is when that would be full.
    pub retry_after: Option<Duration>,
    /// The cost is more than the limit ever admits at once: waiting is of no use.
    pub can_never: bool,
    /// What lacks room is the share of this node alone: as far as is known here, the whole limit has some. Others may admit
    /// the same request, and this node when its share grows.
    pub lacks_share: bool,
    /// It was counted in a bucket that newcomers share, because the table is full.
    pub is_shared: bool,
}

impl Standing {
    /// Whether it has room for the request.
    pub const fn has_room(&self) -> bool {
        self.retry_after.is_none() && !self.can_never
    }
}

pub(crate) fn nanos(span: i128) -> Duration {
    u64::try_from(span.max(0)).map_or(Duration::MAX, Duration::from_nanos)
}
