//! What an installation may set of counting.

pub use argus_limits::AtCap;

/// How much memory counting takes, and how many attempts a key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// The most buckets of each kind: windows and quotas, sliding windows, token buckets.
    pub buckets: usize,
    /// What becomes of a use for which there is no bucket.
    pub at_cap: AtCap,
    /// How many uses of a key that are not permitted are evaluated in a second; ten times as many at once. 0: all.
    pub attempts_per_second: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { buckets: 100_000, at_cap: AtCap::Share, attempts_per_second: 1_000 }
    }
}
