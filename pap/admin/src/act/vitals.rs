//! How an installation is, for whoever watches it. No act: nobody is asked who he is, and nothing is told that names
//! anybody.

use std::time::{Duration, Instant};

use argus_store::vitals::{self, Vitals};
use argus_store::{Connections, read_clock};
use chrono::{DateTime, Utc};

use super::nodes::SILENT_AFTER;
use crate::Admin;

/// How long what was read is told again: whoever asks often costs the store no more than this.
const FRESH: Duration = Duration::from_secs(1);

/// What was read last, and when. Who asks meanwhile waits for the same answer.
pub(crate) type LastVitals = tokio::sync::Mutex<Option<(Instant, Option<Vitals>)>>;

impl Admin {
    /// The numbers, at most a second old; nothing where the store can't be read.
    pub async fn vitals(&self) -> Option<Vitals> {
        let mut last = self.last_vitals().lock().await;
        if let Some((read_at, vitals)) = &*last
            && read_at.elapsed() < FRESH
        {
            return vitals.clone();
        }
        let at = self.now();
        let read = move |store: &argus_store::Store| {
            Ok(store.read(|conn| {
                // Nodes tell when they speak by the clock of the database.
                let heard_since = read_clock(conn)?.unwrap_or(at) - SILENT_AFTER;
                vitals::read(conn, at, heard_since)
            })?)
        };
        let vitals = self.with_store(read).await.ok();
        *last = Some((Instant::now(), vitals.clone()));
        vitals
    }

    /// How many connections to the database this process has, by what they are for.
    pub fn connections(&self) -> [(&'static str, Connections); 2] {
        self.store().connections()
    }

    /// How many seconds ago something was; 0 where it was not, or is yet to come.
    pub fn seconds_since(&self, at: Option<DateTime<Utc>>) -> u64 {
        at.and_then(|at| u64::try_from((self.now() - at).num_seconds()).ok()).unwrap_or_default()
    }
}
