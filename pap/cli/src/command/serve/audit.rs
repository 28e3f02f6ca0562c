//! The audit of a node that administers: its keys, and the thread that signs checkpoints.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use argus_admin::audit::{AuditKeys, AuditTender, Tended};
use argus_credentials::MasterKey;
use argus_store::{Store, StoreError, organisation};
use chrono::{DateTime, TimeDelta, Utc};
use tracing::warn;

use super::failure::{of_store, settings as failure};
use super::metrics::Signings;
use super::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// How often the chain is looked at. To look costs two rows.
const POLL: Duration = Duration::from_secs(1);

/// The audit, as long as this is kept.
pub(super) struct Audit {
    pub(super) tender: Arc<AuditTender>,
    /// What came of it so far.
    pub(super) signings: Arc<Signings>,
    /// Dropped, it ends the thread.
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Audit {
    /// Waits until what was added last is signed, which ends as every write does.
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            warn!("the thread that signs the audit is gone");
        }
    }
}

/// Opens the keys of the audit, hides the people in it from here on, and begins to sign.
pub(super) fn begin(
    settings: &Settings,
    store: &Store,
    master: &Arc<MasterKey>,
    at: DateTime<Utc>,
) -> Result<Audit, Failure> {
    let tender = Arc::new(tender(settings, store, master, at)?);
    let (end, ended) = channel();
    let tended = Arc::clone(&tender);
    let signings = Arc::<Signings>::default();
    let counts = Arc::clone(&signings);
    let tell = move |tended: Result<Tended, StoreError>| {
        counts.count(&tended);
        if let Err(error) = tended {
            warn!("the audit can't be signed now: {error}");
        }
    };
    let tend = move || {
        // What an earlier start could not sign, or the first one has just begun.
        tell(tended.sign_now(Utc::now()));
        while ended.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
            tell(tended.tend(Utc::now()));
        }
        // What was added last is signed before the program ends.
        tell(tended.sign_now(Utc::now()));
    };
    let thread = thread::Builder::new().name("argus-audit".into()).spawn(tend);
    let failed = |error| Failure::new(Exit::Bug, "internal", format!("a thread can't be started: {error}"));
    Ok(Audit { tender, signings, end: Some(end), thread: Some(thread.map_err(failed)?) })
}

/// Opens the keys of the audit, and hides the people in it from here on.
pub(super) fn tender(
    settings: &Settings,
    store: &Store,
    master: &Arc<MasterKey>,
    at: DateTime<Utc>,
) -> Result<AuditTender, Failure> {
    let host = store.read(|conn| organisation::find_by_name(conn, argus_admin::resource::HOST));
    let host = host.map_err(|error| of_store(&error, settings))?;
    let host = host.ok_or_else(|| Failure::new(Exit::Bug, "internal", "there is no organisation `argus`"))?;
    let keys = AuditKeys::open(store, master, host.id, at).map_err(|error| {
        failure(error.to_string())
            .help("name the master key of this installation with --master-key-file (ARGUS_MASTER_KEY_FILE)")
    })?;
    let keys = Arc::new(keys);
    store.hide_people_by(keys.clone());
    let retention = settings.audit_retention_days.map(|days| TimeDelta::days(days.into()));
    let tender = AuditTender::new(store.clone(), keys, host.id);
    Ok(tender.writing_to(settings.audit_checkpoints_file.clone()).keeping(retention))
}
