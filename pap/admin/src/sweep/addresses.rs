//! Addresses in the log of decisions are kept in full for 30 days; then networks stand in their place.
//!
//! GDPR Art 5(1)(c) and (e): what is looked into after a month is where from, and no longer who.

use argus_store::decision::{self, ADDRESSES_CUT_UP_TO};
use argus_store::{Store, StoreError, setting};
use chrono::{DateTime, TimeDelta, Utc};

use crate::network::cut;

/// For how long they are kept in full.
const IN_FULL: TimeDelta = TimeDelta::days(30);

/// Decisions that are changed in one transaction: whoever logs decisions waits so long.
const BATCH: u32 = 500;

/// Transactions of one sweep. What is left comes with the next.
const BATCHES: usize = 200;

/// Cuts the addresses of what was decided long enough ago, a portion at a time. How many decisions were changed.
pub(super) fn sweep(store: &Store, at: DateTime<Utc>) -> Result<usize, StoreError> {
    let before = first_id(at - IN_FULL);
    let mut all = 0;
    for _ in 0..BATCHES {
        let rows = store.read(|conn| {
            let behind = setting::find(conn, ADDRESSES_CUT_UP_TO)?.unwrap_or_default();
            decision::list_between(conn, (&behind, &before), BATCH)
        })?;
        let Some(last) = rows.last().map(|last| last.id.clone()) else { break };
        let is_whole = rows.len() < BATCH as usize;
        let changed: Vec<_> = rows.into_iter().filter_map(cut).collect();
        store.write_aside(|conn| decision::replace_addresses(conn, &changed, &last))?;
        all += changed.len();
        if is_whole {
            break;
        }
    }
    Ok(all)
}

/// What the ids of all that is decided at a time or later come behind: they begin with the milliseconds since 1970.
fn first_id(at: DateTime<Utc>) -> String {
    let milliseconds = at.timestamp_millis().max(0);
    format!("{:08x}-{:04x}", milliseconds >> 16, milliseconds & 0xFFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_begins_with_its_time() {
        let at = DateTime::from_timestamp_millis(0x0189_0A5D_AC96).unwrap();
        assert_eq!(first_id(at), "01890a5d-ac96");
        let later = at + TimeDelta::milliseconds(1);
        let id = "01890a5d-ac96-774b-bcce-b302099a8057/2";
        assert!(first_id(at).as_str() < id && id < first_id(later).as_str());
    }
}
