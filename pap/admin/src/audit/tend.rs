//! Tending the chain: a checkpoint is signed when enough has been added, and old segments are cut off.
//!
//! What is signed was read again and checked first, from the checkpoint before it on: a chain that was tampered with is
//! never vouched for. Each checkpoint is also written to a file outside the database, so that whoever can write the one
//! has to write the other as well.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use argus_store::audit::{self, Checkpoint, Digest, Head, ORIGIN};
use argus_store::{Act, OrganisationId, Store, StoreError};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::json;
use tracing::{error, info, warn};

use super::verify::{Breach, Break, Walk};
use super::{AuditKeys, PublicKey};

/// Entries after which a checkpoint is due.
const ENTRIES: i64 = 1_000;

/// The time after which one is due where there was any entry.
const INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// Entries that are read at once.
const BATCH: u32 = 500;

/// Who tends the chain of an installation. Several nodes may: a place has one checkpoint.
#[derive(Debug)]
pub struct AuditTender {
    store: Store,
    keys: Arc<AuditKeys>,
    host: OrganisationId,
    file: Option<PathBuf>,
    retention: Option<TimeDelta>,
    has_written: AtomicBool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tended {
    /// Nothing was due.
    Nothing,
    /// A checkpoint was signed.
    Signed(Checkpoint),
    /// The chain is broken, and isn't vouched for.
    Broken(Break),
}

impl AuditTender {
    /// Keeps every entry, and writes nothing outside.
    pub fn new(store: Store, keys: Arc<AuditKeys>, host: OrganisationId) -> Self {
        Self { store, keys, host, file: None, retention: None, has_written: AtomicBool::new(false) }
    }

    /// Writes each checkpoint to a file too.
    #[must_use]
    pub fn writing_to(self, file: PathBuf) -> Self {
        Self { file: Some(file), ..self }
    }

    /// Cuts off what is older, at a checkpoint.
    #[must_use]
    pub fn keeping(self, retention: Option<TimeDelta>) -> Self {
        Self { retention, ..self }
    }

    /// The keys that sign.
    pub fn keys(&self) -> &Arc<AuditKeys> {
        &self.keys
    }

    /// Signs a checkpoint where one is due at `now`, and cuts off what has been kept long enough.
    pub fn tend(&self, now: DateTime<Utc>) -> Result<Tended, StoreError> {
        let tended = self.sign(now, false)?;
        if let Some(before) = self.retention.and_then(|retention| now.checked_sub_signed(retention)) {
            let act = Act::of_argus(self.host, now, "retention");
            if let Some(root) = self.store.write(|conn| audit::cut(conn, &act, before))? {
                info!(audit.sequence = root.sequence, "cut off the audit entries up to {}", root.sequence);
            }
        }
        Ok(tended)
    }

    /// Signs a checkpoint at the end of the chain, whether one is due or not.
    pub fn sign_now(&self, now: DateTime<Utc>) -> Result<Tended, StoreError> {
        self.sign(now, true)
    }

    fn sign(&self, now: DateTime<Utc>, at_once: bool) -> Result<Tended, StoreError> {
        let read = |conn: &mut argus_store::Conn| Ok((audit::find_head(conn)?, audit::find_last_checkpoint(conn)?));
        let (head, last) = self.store.read(read)?;
        let (since, hash) = last.as_ref().map_or((0, ORIGIN), |last| (last.sequence, last.hash));
        let is_due = at_once
            || head.sequence - since >= ENTRIES
            || last.as_ref().is_none_or(|last| now - last.at >= INTERVAL || now < last.at);
        if head.sequence == since && head.hash == hash || head.sequence > since && !is_due {
            return Ok(Tended::Nothing);
        }
        if let Err(broken) = self.check(since, hash, head)? {
            error!(
                audit.sequence = broken.sequence,
                "the audit chain is broken, and no checkpoint is signed: {broken}"
            );
            return Ok(Tended::Broken(broken));
        }
        let unsigned = Checkpoint {
            sequence: head.sequence,
            hash: head.hash,
            at: now.trunc_subsecs(6),
            key_id: String::new(),
            signature: String::new(),
        };
        let checkpoint = self.keys.sign(unsigned);
        if !self.store.write_aside(|conn| audit::add_checkpoint(conn, &checkpoint))? {
            return Ok(Tended::Nothing);
        }
        if let Err(error) = self.write_outside(&checkpoint) {
            let file = self.file.as_deref().unwrap_or("".as_ref()).display();
            error!("the audit checkpoint at {} can't be written to `{file}`: {error}", head.sequence);
        }
        Ok(Tended::Signed(checkpoint))
    }

    /// Whether all entries between are there, and each holds on to the one before it.
    fn check(&self, since: i64, hash: Digest, head: Head) -> Result<Result<(), Break>, StoreError> {
        let until = head.sequence;
        let mut walk = Walk::from(since, hash);
        while walk.sequence() < until {
            let batch = self.store.read(|conn| audit::list_after(conn, walk.sequence(), BATCH))?;
            if batch.is_empty() {
                break;
            }
            for record in batch.iter().take_while(|record| record.sequence <= until) {
                if let Err(broken) = walk.entry(record.sequence, &record.entry, (&record.previous, &record.hash)) {
                    return Ok(Err(broken));
                }
            }
        }
        Ok(match (walk.sequence() == until, walk.hash() == head.hash) {
            (true, true) => Ok(()),
            (true, false) => Err(Break::rewritten(until)),
            (false, _) => Err(truncated(since, until)),
        })
    }

    fn write_outside(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        if self.has_written.load(Ordering::Relaxed) && !path.exists() {
            warn!("`{}` is gone: somebody removed the audit checkpoints, a new file is begun", path.display());
        }
        let mut line = checkpoint.to_json();
        if let (Some(key), Some(members)) = (self.keys.public().get(&checkpoint.key_id), line.as_object_mut()) {
            members.insert("key".to_owned(), PublicKey::to_jwk(key));
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file: File = options.open(path)?;
        file.write_all(format!("{}\n", json!(line)).as_bytes())?;
        file.sync_all()?;
        self.has_written.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// A checkpoint says that there were entries that aren't there.
fn truncated(since: i64, until: i64) -> Break {
    let detail = format!("a checkpoint was signed at entry {since}, and the chain ends at {until}");
    Break { sequence: until + 1, what: Breach::Truncated, detail }
}
