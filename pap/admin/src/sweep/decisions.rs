//! Decisions are kept for a while.

use argus_store::decision::forget;
use argus_store::{Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

/// For how many days, unless told.
pub(super) const DAYS: u32 = 30;

/// Rows that one transaction forgets: whoever logs decisions waits so long.
const BATCH: u32 = 5_000;

/// Transactions of one sweep: as much as is logged in five minutes, at three thousand a second.
const BATCHES: usize = 200;

/// Forgets what has been kept for long enough, a portion at a time. How many.
pub(super) fn sweep(store: &Store, at: DateTime<Utc>, days: u32) -> Result<usize, StoreError> {
    let before = at - TimeDelta::days(days.into());
    let mut all = 0;
    for _ in 0..BATCHES {
        let forgotten = store.write_aside(|conn| forget(conn, before, BATCH))?;
        all += forgotten;
        if forgotten < BATCH as usize {
            break;
        }
    }
    Ok(all)
}
