//! The clock that nobody can turn, for whatever counts by how much time went by.

use std::sync::LazyLock;
use std::time::Instant;

use argus_limits::Now;

use crate::moment::Moment;

/// Any moment will do, so long as it is always the same.
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since some moment of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Elapsed(pub(crate) i64);

impl Elapsed {
    pub(crate) fn now() -> Self {
        Self(i64::try_from(BEGIN.elapsed().as_nanos()).unwrap_or(i64::MAX))
    }
}

/// A moment on both clocks.
pub(super) fn on_both(wall: Moment) -> Now {
    let nanos = wall.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(wall.nanoseconds));
    Now { wall: nanos, monotonic: Elapsed::now().0 }
}
