//! The time of a request: one moment on two clocks.

/// A moment, in nanoseconds. Taken once for all limits of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since 1970, by the clock that people set: windows aligned to it follow it.
    pub wall: i64,
    /// Since anything, by a clock that never steps: sliding windows and token buckets count by it.
    pub monotonic: i64,
}

impl Now {
    /// A moment at which both clocks say the same, as in tests and simulations.
    pub const fn at_nanos(nanos: i64) -> Self {
        Self { wall: nanos, monotonic: nanos }
    }
}
