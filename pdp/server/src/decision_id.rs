//! Decision ids: UUIDv7, in every answer, log line and audit reference.

use std::cell::Cell;
use std::fmt;

use uuid::Uuid;

use crate::moment::Moment;

/// The id of one answer. Result n of a multiple request is `<id>/<n>`.
///
/// Sorts by time to a quarter of a microsecond: the twelve bits behind the milliseconds are their fraction
/// (RFC 9562 §6.2, method 3). The rest is drawn; it is no secret, so a fast generator will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecisionId(Uuid);

thread_local! {
    static DRAWN: Cell<u64> = Cell::new(seed());
}

impl DecisionId {
    pub(crate) fn new(now: Moment) -> Self {
        let fraction = u128::from(now.nanoseconds % 1_000_000) * 4_096 / 1_000_000;
        let milliseconds = u128::from(now.milliseconds()) & 0xFFFF_FFFF_FFFF;
        let drawn = u128::from(draw() >> 2);
        Self(Uuid::from_u128(milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | drawn))
    }

    /// Whether it is among a share of all ids, drawn by chance; all parts of one answer are, or none.
    pub fn is_among(self, share: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 2^52 steps")]
        let drawn = (self.0.as_u128() & 0x3FFF_FFFF_FFFF_FFFF) as f64 / (1_u64 << 62) as f64;
        drawn < share
    }

    /// The number that it is.
    pub fn number(self) -> u128 {
        self.0.as_u128()
    }

    /// Its canonical text, lent from the buffer.
    pub(crate) fn encode(self, buffer: &mut [u8; 36]) -> &str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Each thread its own sequence, begun at a place that the system draws.
fn seed() -> u64 {
    getrandom::u64().unwrap_or_else(|_| std::process::id().into())
}

/// SplitMix64: two nanoseconds, where the system's generator takes 300.
fn draw() -> u64 {
    DRAWN.with(|drawn| {
        let state = drawn.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        drawn.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7_and_holds_its_time() {
        let now = Moment { seconds: 1_700_000_000, nanoseconds: 123_456_789 };
        let id = DecisionId::new(now);
        assert_eq!((id.0.get_version_num(), id.0.get_variant()), (7, uuid::Variant::RFC4122));
        let at = id.0.get_timestamp().unwrap().to_unix();
        assert_eq!(at, (1_700_000_000, 123_000_000));
        assert_eq!(id.encode(&mut [0; 36]), id.to_string());
    }

    #[test]
    fn ids_of_later_moments_sort_behind() {
        let at = |nanoseconds| DecisionId::new(Moment { seconds: 1_700_000_000, nanoseconds }).to_string();
        let ids: Vec<_> = (0..1_000).map(|n| at(n * 300)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_share_of_all_ids_is_drawn() {
        let now = Moment { seconds: 1_700_000_000, nanoseconds: 0 };
        let ids: Vec<_> = (0..20_000).map(|_| DecisionId::new(now)).collect();
        let count = |share| ids.iter().filter(|id| id.is_among(share)).count();
        assert_eq!((count(0.0), count(1.0)), (0, ids.len()));
        assert!((1_700..2_300).contains(&count(0.1)), "{}", count(0.1));
    }

    #[test]
    fn ids_of_one_moment_differ() {
        let now = Moment { seconds: 1_700_000_000, nanoseconds: 0 };
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| DecisionId::new(now)).collect();
        assert_eq!(ids.len(), 10_000);
    }
}
