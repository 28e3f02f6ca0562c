//! The thread that counts: it empties the queue, sums up, and adds to the store.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io};

use argus_store::usage::{self, Merges, UsageOf, UsageRow};
use argus_store::{NodeId, Store, StoreError};
use chrono::Utc;
use tracing::{info, warn};

use super::counted::Counted;
use super::distinct::Distinct;
use super::fold::{Fold, Held};
use super::latency::Latency;
use super::metered::Metered;
use super::parts::Parts;
use super::telling::Telling;
use super::{ActQueue, UsageQueue};
use crate::anomaly::NetworkKind;

/// How often what was counted is written: at most so much is lost when the process is killed, and half a queue.
pub const FLUSH: Duration = Duration::from_millis(500);

/// How often the queue is emptied.
const DRAIN: Duration = Duration::from_millis(20);

/// Rows of one transaction.
const BATCH: usize = 600;

/// Rows that may wait for the store, a few hundred octets each as a rule. Events of other keys are then dropped.
const ROWS: usize = 60_000;

/// Attempts to write what is left when the process ends.
const LAST_ATTEMPTS: u32 = 3;

/// Where an address is, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Its country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The number of its autonomous system.
    pub system: Option<u32>,
    /// Latitude, longitude and accuracy in kilometres.
    pub point: Option<(f32, f32, f32)>,
    /// Whose network it is.
    pub kind: NetworkKind,
}

/// What tells where addresses are: their points where these are asked for.
pub type PlaceOf = Arc<dyn Fn(IpAddr, Detail) -> Place + Send + Sync>;

/// How exactly is asked where an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Its country and its autonomous system.
    Network,
    /// The point on Earth as well.
    Point,
}

/// Counts until it is dropped. Then it writes what is left.
pub struct Metering {
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What is about to be written.
struct Batch {
    number: i64,
    held: Held,
    rows: BTreeMap<UsageOf, UsageRow>,
}

struct Writer {
    store: Store,
    node: NodeId,
    queue: UsageQueue,
    acts: ActQueue,
    place_of: PlaceOf,
    fold: Fold,
    /// What is told to the watcher, where it is told at all.
    telling: Option<Telling>,
    waiting: VecDeque<Batch>,
    last_number: i64,
    is_failing: bool,
}

impl Metering {
    /// Begins to count for a node, whose id no other process has.
    pub fn begin(store: Store, node: NodeId, queues: (UsageQueue, ActQueue), place_of: PlaceOf) -> io::Result<Self> {
        Self::begin_with(store, node, queues, place_of, None)
    }

    /// The same, and tells the [watcher](crate::watching::Watcher) what it sees.
    pub fn begin_telling(
        store: Store,
        node: NodeId,
        queues: (UsageQueue, ActQueue),
        place_of: PlaceOf,
    ) -> io::Result<Self> {
        Self::begin_with(store, node, queues, place_of, Some(Telling::default()))
    }

    fn begin_with(
        store: Store,
        node: NodeId,
        (queue, acts): (UsageQueue, ActQueue),
        place_of: PlaceOf,
        telling: Option<Telling>,
    ) -> io::Result<Self> {
        let (fold, waiting) = (Fold::default(), VecDeque::new());
        let (last_number, is_failing) = (0, false);
        let mut writer = Writer { store, node, queue, acts, place_of, fold, telling, waiting, last_number, is_failing };
        let (until, ended) = channel::<()>();
        let run = move || {
            let mut written_at = Instant::now();
            while ended.recv_timeout(DRAIN) == Err(RecvTimeoutError::Timeout) {
                writer.drain();
                if written_at.elapsed() >= FLUSH {
                    written_at = Instant::now();
                    writer.write();
                }
            }
            writer.end();
        };
        let thread = thread::Builder::new().name("argus-usage".into()).spawn(run)?;
        Ok(Self { until: Some(until), thread: Some(thread) })
    }
}

impl Writer {
    /// Counts what waits in the queue, and no more: what comes in meanwhile has its turn next time.
    fn drain(&mut self) {
        let waiting: usize = self.waiting.iter().map(|batch| batch.rows.len()).sum();
        let room = ROWS.saturating_sub(waiting);
        for event in self.queue.items.try_iter().take(super::QUEUE) {
            let place_of = |address: Option<IpAddr>| {
                address.map(|address| (self.place_of)(address, Detail::Network)).unwrap_or_default()
            };
            if let (Metered::Decision(event) | Metered::Journaled(event), Some(telling)) = (&event, &mut self.telling) {
                telling.seen.add(event, |address| (self.place_of)(address, Detail::Point));
            }
            let is_counted = match &event {
                Metered::Decision(event) => self.fold.add(&Counted::decision(event, &place_of(event.address)), room),
                Metered::Settled(of) => self.fold.add(&Counted::settled(of, &place_of(of.address)), room),
                Metered::Journaled(_) => true,
            };
            if !is_counted {
                self.queue.counters.given_up.fetch_add(1, Relaxed);
            }
        }
        for act in self.acts.items.try_iter().take(super::ACTS) {
            if !self.fold.add_act(&act, room) {
                self.acts.counters.given_up.fetch_add(1, Relaxed);
            }
        }
    }

    /// Writes what was counted, the oldest first. What fails stays what it is, under its number.
    fn write(&mut self) {
        self.close();
        if let Some(telling) = &mut self.telling {
            telling.tell(&self.store, self.node);
        }
        while let Some(batch) = self.waiting.front() {
            match self.add(batch) {
                Ok(_) => {
                    self.queue.counters.written.fetch_add(batch.held.events, Relaxed);
                    self.acts.counters.written.fetch_add(batch.held.acts, Relaxed);
                    self.waiting.pop_front();
                    if std::mem::take(&mut self.is_failing) {
                        info!("usage is written again");
                    }
                }
                Err(fault) => {
                    self.queue.counters.failures.fetch_add(1, Relaxed);
                    if !std::mem::replace(&mut self.is_failing, true) {
                        warn!("usage is not written, and is tried again: {fault}");
                    }
                    return;
                }
            }
        }
    }

    /// Makes batches of what was counted.
    fn close(&mut self) {
        if self.fold.is_empty() {
            return;
        }
        let (mut held, mut rows) = self.fold.take();
        while !rows.is_empty() {
            let rest = rows.keys().nth(BATCH).cloned().map(|first| rows.split_off(&first)).unwrap_or_default();
            self.last_number += 1;
            let rows = std::mem::replace(&mut rows, rest);
            self.waiting.push_back(Batch { number: self.last_number, held: std::mem::take(&mut held), rows });
        }
    }

    fn add(&self, batch: &Batch) -> Result<bool, StoreError> {
        let number = (self.node, batch.number);
        self.store.write_aside(|conn| usage::add(conn, number, Utc::now(), &batch.rows, MERGES))
    }

    fn end(&mut self) {
        self.drain();
        for _ in 0..LAST_ATTEMPTS {
            self.write();
            if self.waiting.is_empty() {
                return;
            }
        }
        let lost: u64 = self.waiting.iter().map(|batch| batch.held.events + batch.held.acts).sum();
        warn!("{lost} decisions and acts are missing in the usage: the store is away");
    }
}

/// How texts of the same row are merged.
pub(super) const MERGES: Merges<'static> =
    Merges { parts: &merge_parts, latency: &merge_latency, distinct: &merge_distinct };

fn merge_parts(own: &str, other: &str) -> String {
    let mut merged = Parts::decode(own);
    merged.merge(&Parts::decode(other));
    merged.encode()
}

fn merge_latency(own: &str, other: &str) -> String {
    let mut merged = Latency::decode(own);
    merged.merge(&Latency::decode(other));
    merged.encode()
}

fn merge_distinct(own: &str, other: &str) -> String {
    let mut merged = Distinct::decode(own);
    merged.merge(&Distinct::decode(other));
    merged.encode()
}

impl Drop for Metering {
    fn drop(&mut self) {
        drop(self.until.take());
        // A panic of that thread has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl fmt::Debug for Metering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metering").finish_non_exhaustive()
    }
}
