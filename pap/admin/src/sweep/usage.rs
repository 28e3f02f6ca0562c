//! Usage is kept for a while: minutes for days, hours for months, days for years. What was used of quotas is kept until
//! their period is over.

use argus_store::usage::{Granularity, forget, forget_writers};
use argus_store::{Store, StoreError, quota};
use chrono::{DateTime, TimeDelta, Utc};

use super::BATCHES;

/// Rows that one transaction forgets: whoever adds usage waits so long.
const BATCH: u32 = 500;

/// After this time no node is at a batch that it began before, nor is a journal that a node has left behind counted.
const WRITERS: TimeDelta = TimeDelta::days(400);

/// A period that ended so long ago is the current one by no clock.
const PERIODS: TimeDelta = TimeDelta::days(2);

/// For how many days usage is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageRetention {
    /// By minute.
    pub minutes: u32,
    /// By hour.
    pub hours: u32,
    /// By day.
    pub days: u32,
}

impl Default for UsageRetention {
    fn default() -> Self {
        Self { minutes: 7, hours: 90, days: 730 }
    }
}

/// Forgets what has been kept for long enough, a portion at a time. How many rows.
pub(super) fn sweep(store: &Store, at: DateTime<Utc>, retention: UsageRetention) -> Result<usize, StoreError> {
    let mut all = 0;
    let kept = [
        (Granularity::Minute, retention.minutes),
        (Granularity::Hour, retention.hours),
        (Granularity::Day, retention.days),
    ];
    for (granularity, days) in kept {
        let before = (at - TimeDelta::days(days.into())).timestamp();
        for _ in 0..BATCHES {
            let forgotten = store.write_aside(|conn| forget(conn, granularity, before, BATCH))?;
            all += forgotten;
            if forgotten < BATCH as usize {
                break;
            }
        }
    }
    for _ in 0..BATCHES {
        let forgotten = store.write_aside(|conn| quota::forget(conn, (at - PERIODS).timestamp(), BATCH))?;
        all += forgotten;
        if forgotten < BATCH as usize {
            break;
        }
    }
    store.write_aside(|conn| forget_writers(conn, at - WRITERS))?;
    Ok(all)
}
