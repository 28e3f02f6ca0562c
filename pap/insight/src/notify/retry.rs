//! When what could not be delivered is tried again.

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds until the next attempt, after each that failed.
const PAUSES: [i64; 11] = [5, 10, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 50_400, 50_400];

/// When it is tried again after `attempts` that failed; `None` when it was tried often enough. `random` makes a pause
/// up to a fifth longer or shorter.
pub(super) fn next(attempts: usize, at: DateTime<Utc>, random: u16) -> Option<DateTime<Utc>> {
    let pause = PAUSES.get(attempts.checked_sub(1)?)?;
    let spread = pause * 400 * i64::from(random) / i64::from(u16::MAX);
    at.checked_add_signed(TimeDelta::milliseconds(pause * 800 + spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_differ_by_a_fifth_at_most_and_end_after_days() {
        let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let pause = |attempts, random| next(attempts, noon, random).map(|at| (at - noon).num_milliseconds());
        assert_eq!((pause(1, 0), pause(1, u16::MAX)), (Some(4_000), Some(6_000)));
        assert_eq!((pause(11, 0), pause(11, u16::MAX)), (Some(40_320_000), Some(60_480_000)));
        assert_eq!((pause(0, 0), pause(12, 0)), (None, None));
        let whole: i64 = PAUSES.iter().sum();
        assert!((2 * 86_400..4 * 86_400).contains(&whole) && PAUSES.is_sorted());
    }
}
