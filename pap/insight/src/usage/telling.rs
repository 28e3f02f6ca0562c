//! Telling the watcher what was seen: under a number of its own each time, so that it is told once.

use std::collections::VecDeque;

use argus_store::anomaly::add_sighting;
use argus_store::{NodeId, Store};
use chrono::{DateTime, Utc};
use tracing::{info, warn};

use crate::watching::{Sightings, encode};

/// So much waits while the store is away: five minutes of it. Then the oldest is dropped.
const WAITING: usize = 600;

/// What is on its way to the watcher.
#[derive(Debug, Default)]
pub(super) struct Telling {
    pub(super) seen: Sightings,
    waiting: VecDeque<(i64, DateTime<Utc>, String)>,
    last_number: i64,
    is_failing: bool,
}

impl Telling {
    /// Tells what was seen since the last time, and what could not be told then.
    pub(super) fn tell(&mut self, store: &Store, node: NodeId) {
        self.close();
        while let Some((number, at, seen)) = self.waiting.front() {
            if let Err(fault) = store.write_aside(|conn| add_sighting(conn, (node, *number), *at, seen)) {
                if !std::mem::replace(&mut self.is_failing, true) {
                    warn!("uses are not shown to the watcher, and are shown again: {fault}");
                }
                return;
            }
            self.waiting.pop_front();
            if std::mem::take(&mut self.is_failing) {
                info!("uses are shown to the watcher again");
            }
        }
    }

    fn close(&mut self) {
        let seen = self.seen.take();
        if seen.is_empty() {
            return;
        }
        match encode(&seen) {
            Ok(text) => {
                self.last_number += 1;
                self.waiting.push_back((self.last_number, Utc::now(), text));
                if self.waiting.len() > WAITING {
                    self.waiting.pop_front();
                }
            }
            Err(fault) => warn!("uses are not shown to the watcher: {fault}"),
        }
    }
}
