//! The thread that watches over the use of keys, on one of the nodes that administer.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use argus_insight::anomaly;
use argus_insight::watching::Watcher;
use argus_store::Store;
use chrono::Utc;
use tracing::{info, warn};

use crate::exit::Exit;
use crate::failure::Failure;

/// How often is looked at what was seen.
const EVERY: Duration = Duration::from_secs(1);

/// A thread that watches until this is dropped. Then another node's turn comes at once.
pub(super) struct Watching {
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watching {
    /// Begins.
    pub(super) fn begin(store: &Store) -> Result<Self, Failure> {
        let our_fault = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Bug, "internal", format!("the use of keys can't be watched: {error}"))
        };
        let mut watcher =
            Watcher::new(store.clone(), anomaly::Settings::default()).map_err(|error| our_fault(&error))?;
        let (until, ended) = channel();
        let run = move || {
            let mut is_failing = false;
            loop {
                is_failing = look(&mut watcher, is_failing);
                if ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            // What isn't saved is seen again by whoever has the turn next.
            let _ = watcher.resign(Utc::now());
        };
        let thread = thread::Builder::new().name("argus-watcher".into()).spawn(run);
        Ok(Self { until: Some(until), thread: Some(thread.map_err(|error| our_fault(&error))?) })
    }
}

/// One look. Whether it failed: what goes on is told when it begins and when it ends.
fn look(watcher: &mut Watcher, was_failing: bool) -> bool {
    match watcher.look(Utc::now()) {
        Ok(_) => {
            if was_failing {
                info!("the use of keys is watched again");
            }
            false
        }
        Err(fault) => {
            if !was_failing {
                warn!("the use of keys is not watched, and is looked at again: {fault}");
            }
            true
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.until.take());
        // A panic of that thread has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
