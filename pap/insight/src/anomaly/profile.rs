//! What every detector may ask of a key: how long it has been in use, how much, and what its week is like.

use serde::{Deserialize, Serialize};

use super::numbers::{DAY, HOUR, Seconds};
use super::week::Week;

/// One key, seen from above.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Profile {
    /// The newest time seen; time never runs back here.
    pub(super) now: Seconds,
    pub(super) first_use: Option<Seconds>,
    pub(super) last_success: Option<Seconds>,
    /// All uses, and of those the successes.
    pub(super) uses: u64,
    pub(super) successes: u64,
    /// The hour that runs, since 1970, and its uses.
    pub(super) hour: i64,
    pub(super) in_hour: u64,
    pub(super) week: Week,
}

/// How long a detector learns before it tells anything: so many days since the first use, and so many uses.
#[derive(Debug, Clone, Copy)]
pub struct Learning {
    /// Days since the first use.
    pub days: u32,
    /// Uses.
    pub uses: u64,
}

impl Default for Learning {
    fn default() -> Self {
        Self { days: 14, uses: 200 }
    }
}

impl Profile {
    pub(super) fn new(at: Seconds) -> Self {
        Self {
            now: at,
            first_use: None,
            last_success: None,
            uses: 0,
            successes: 0,
            hour: at.div_euclid(HOUR),
            in_hour: 0,
            week: Week::default(),
        }
    }

    pub(super) fn has_learned(&self, learning: &Learning) -> bool {
        let days = self.first_use.map_or(0, |first| (self.now - first) / DAY);
        days >= i64::from(learning.days) && self.uses >= learning.uses
    }
}
