//! What is needed to tell of something, doubled each time that a person says it was in order.

use serde::{Deserialize, Serialize};

/// How often it was doubled.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Doubled(u8);

impl Doubled {
    /// A person has said that it was in order.
    pub(super) fn again(&mut self) {
        self.0 = self.0.saturating_add(1);
    }

    /// Times what was needed at first; doubled `most` times at most.
    pub(super) fn times(self, most: u8) -> u32 {
        1_u32.checked_shl(u32::from(self.0.min(most))).unwrap_or(u32::MAX)
    }
}
