//! Whether the chain is whole: every entry that is kept is read again, up to the last.

use argus_store::audit::{self, Checkpoint, ORIGIN};
use argus_store::{Store, StoreError};
use chrono::{DateTime, Utc};

use crate::audit::AuditTender;
use crate::audit::verify::Walk;
use crate::compliance::report::ChainProof;

/// Entries that are read at once.
const BATCH: u32 = 500;

/// Has the end of the chain signed, and walks to it from the first entry on.
pub(in super::super) fn prove(
    store: &Store,
    tender: Option<&AuditTender>,
    now: DateTime<Utc>,
) -> Result<ChainProof, StoreError> {
    if let Some(tender) = tender {
        // A chain that is broken isn't signed, and is found broken below.
        tender.sign_now(now)?;
    }
    let (head, signed) = store.read(|conn| Ok((audit::find_head(conn)?, audit::find_last_checkpoint(conn)?)))?;
    let (first, begins) = store.read(|conn| {
        let first = audit::list_after(conn, 0, 1)?.first().map_or(head.sequence + 1, |record| record.sequence);
        let begins = if first > 1 { audit::find_checkpoint(conn, first - 1)? } else { None };
        Ok((first, begins))
    })?;
    let (since, hash) = begins.map_or((0, ORIGIN), |begins: Checkpoint| (begins.sequence, begins.hash));
    let mut walk = Walk::from(since, hash);
    let mut broken = None;
    while broken.is_none() && walk.sequence() < head.sequence {
        let batch = store.read(|conn| audit::list_after(conn, walk.sequence(), BATCH))?;
        let until = walk.sequence();
        for record in batch.iter().take_while(|record| record.sequence <= head.sequence) {
            if let Err(fault) = walk.entry(record.sequence, &record.entry, (&record.previous, &record.hash)) {
                broken = Some(fault.to_string());
                break;
            }
        }
        if broken.is_none() && walk.sequence() == until {
            broken = Some(format!("the chain ends at entry {until}, and says that it goes to {}", head.sequence));
        }
    }
    if broken.is_none() && walk.hash() != head.hash {
        broken = Some(format!("entry {} is not the one that the chain ends with", head.sequence));
    }
    Ok(ChainProof {
        first,
        last: walk.sequence(),
        hash: walk.hash().to_string(),
        is_whole: broken.is_none(),
        broken,
        signed_up_to: signed.as_ref().map(|signed| signed.sequence),
        signed_by: signed.map(|signed| signed.key_id),
    })
}
