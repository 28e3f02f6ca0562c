//! Stronger hashes of stored secrets, kept behind the use that led to them (SP 800-132: iterations rise over time).
//!
//! A secret that is shown right and whose stored hash has fewer iterations than new ones is hashed anew on a thread
//! that derives; a thread of its own keeps what comes of it, so that a slow store holds up no derivation. Nobody waits
//! for either. What fails is tried again when the key is next derived.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;

use argus_credentials::Stronger;
use argus_store::credential::{self, StoredHash, StrongerHash};
use argus_store::{Act, Conn, StoreError, key};
use chrono::Utc;
use tracing::{info, warn};

use crate::error::StartError;
use crate::snapshot::Kept;

/// Hashes that may wait to be kept. Those beyond are dropped.
pub(crate) const QUEUE: usize = 64;

/// What the audit tells as the cause.
const CAUSE: &str = "stronger-hash";

/// Begins to keep them, until nobody makes any more.
pub(crate) fn begin(kept: &Arc<Kept>, found: Receiver<Stronger>) -> Result<(), StartError> {
    // The thread that keeps the snapshot ends without this one's help.
    let kept = Arc::downgrade(kept);
    let run = move || {
        while let Ok(stronger) = found.recv() {
            let Some(kept) = kept.upgrade() else { return };
            keep(&kept, &stronger);
        }
    };
    thread::Builder::new().name("argus-strengthen".into()).spawn(run).map(drop).map_err(StartError::Thread)
}

fn keep(kept: &Kept, stronger: &Stronger) {
    let (id, iterations) = (stronger.id, stronger.after.iterations().count());
    let hash = StrongerHash {
        id: id.to_string(),
        before: StoredHash::new(stronger.before.to_string()),
        after: StoredHash::new(stronger.after.to_string()),
        iterations,
    };
    match kept.store().write(|conn| write(conn, &hash)) {
        Ok(true) => {
            info!(credential.id = %id, "the secret of credential {id} has {iterations} iterations from now on");
            // What fails here is tried again by the keeper itself.
            let _ = kept.refresh();
        }
        // Revoked or rotated meanwhile, or another node was first.
        Ok(false) => {}
        Err(cause) => warn!(credential.id = %id, "credential {id} keeps its hash for now: {cause}"),
    }
}

fn write(conn: &mut Conn, hash: &StrongerHash) -> Result<bool, StoreError> {
    let Some(credential) = credential::find(conn, &hash.id)? else { return Ok(false) };
    let Some(key) = key::find(conn, credential.key_id)? else { return Ok(false) };
    let act = Act::of_argus(key.organisation_id, Utc::now(), CAUSE);
    credential::strengthen(conn, &act, key.id, hash)
}
