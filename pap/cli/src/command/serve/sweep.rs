//! The thread that sweeps: what happens to keys by the clock happens here, on one of the nodes that administer.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use argus_admin::Sweeper;
use argus_pdp::Pdp;
use argus_store::Store;
use chrono::Utc;
use tracing::{info, warn};

use super::metrics::Sweeps;
use super::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// How often is looked for what is due.
const EVERY: Duration = Duration::from_secs(2);

/// A thread that sweeps until this is dropped. Then another node's turn comes at once.
pub(super) struct Sweeping {
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeping {
    /// Begins.
    pub(super) fn begin(store: &Store, pdp: &Pdp, settings: &Settings, counts: Arc<Sweeps>) -> Result<Self, Failure> {
        let our_fault = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Bug, "internal", format!("nothing can be done by the clock: {error}"))
        };
        let pdp = pdp.clone();
        let sweeper = Sweeper::new(store.clone()).map_err(|error| our_fault(&error))?;
        let mut sweeper = sweeper.knowing_systems(Arc::new(move |address| pdp.system_of(address)));
        sweeper = sweeper.keeping_usage(settings.usage_retention).keeping_decisions(settings.decision_log.days);
        let (until, ended) = channel();
        let run = move || {
            let mut is_failing = false;
            loop {
                is_failing = sweep(&mut sweeper, &counts, is_failing);
                if ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            // Without it the turn ends by itself, a minute later.
            let _ = sweeper.resign();
        };
        let thread = thread::Builder::new().name("argus-sweeper".into()).spawn(run);
        Ok(Self { until: Some(until), thread: Some(thread.map_err(|error| our_fault(&error))?) })
    }
}

/// One sweep. Whether it failed: what goes on is told when it begins and when it ends.
fn sweep(sweeper: &mut Sweeper, counts: &Sweeps, was_failing: bool) -> bool {
    let at = Utc::now();
    let swept = sweeper.sweep(at);
    counts.count(at, swept.as_ref().ok());
    match swept {
        Ok(_) => {
            if was_failing {
                info!("what is due by the clock is done again");
            }
            false
        }
        Err(fault) => {
            if !was_failing {
                warn!("what is due by the clock is not done, and is tried again: {fault}");
            }
            true
        }
    }
}

impl Drop for Sweeping {
    fn drop(&mut self) {
        drop(self.until.take());
        // A panic of that thread has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
