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
    /// How they are counted where several nodes decide; `None`: in Redis where that is set, else by shares.
    pub mode: Option<LimitMode>,
}

/// How limits are counted where several nodes decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitMode {
    /// All nodes together, in Redis: each use is asked about there.
    Exact,
    /// All nodes together, in Redis, each letting through by itself what it took there before.
    Leased,
    /// Each node by itself, its share of each limit: all shares together are the limit.
    LocalShare,
    /// Each node by itself, the whole of each limit: together they admit as many times as much.
    Local,
}

impl LimitMode {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Leased, Self::LocalShare, Self::Local];

    /// Its word, in settings, metrics and `/readyz`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Leased => "leased",
            Self::LocalShare => "local-share",
            Self::Local => "local",
        }
    }

    /// Whether it takes a Redis.
    pub const fn needs_redis(self) -> bool {
        matches!(self, Self::Exact | Self::Leased)
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { buckets: 100_000, at_cap: AtCap::Share, attempts_per_second: 1_000, mode: None }
    }
}
