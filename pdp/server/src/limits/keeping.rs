//! Quotas over a restart: what is used is written down within a second, and counted again before anything is decided.
//! What stands in the journal is counted on the way.
//!
//! What is written is what was let through here since it was last written, added to what all nodes have let through. So
//! each node learns what the others did, of the quotas that it counts itself, whenever it writes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use argus_limits::{Kept, Limit, Limiter, Restored};
use argus_store::quota::{self, QuotaPeriod};
use argus_store::{KeyId, NodeId, Store, StoreError};
use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;
use tracing::{info, warn};

use super::clock::on_both;
use super::gate::Gate;
use super::key_limit::{Counting, KeyLimit, Kind};
use super::ledger::{Period, Span};
use crate::error::StartError;
use crate::journal::Journal;
use crate::moment::Moment;
use crate::quota::{QuotaOf, QuotaStanding, QuotaWatch};
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::usage::UsageSink;

/// How often what was used is written. With what it takes to write, at most a second of it is forgotten when the process
/// is killed.
const FLUSH: Duration = Duration::from_millis(750);

/// Periods of one transaction.
const BATCH: usize = 500;

/// Rows that are read at once.
const ROWS: u32 = 1_000;

const SECOND: i64 = 1_000_000_000;

/// Where what is used of a quota that adds is kept: in a period that ends so many seconds after it began, which is never.
const NEVER: i64 = 1 << 40;

/// Writes down what was used until it is dropped; then once more.
#[derive(Debug)]
pub(crate) struct Keeping {
    writer: Arc<Writer>,
    _until: Sender<()>,
}

/// What became of what was noted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeepingCounts {
    /// Uses that a crash would forgive now.
    pub(crate) unwritten: u64,
    /// Attempts to write that failed, and are repeated.
    pub(crate) failures: u64,
}

#[derive(Debug)]
struct Writer {
    gate: Arc<Gate>,
    store: Store,
    /// Who is told how quotas stand.
    watch: Option<Arc<dyn QuotaWatch>>,
    /// Who counts the uses that stand in the journal.
    usage: Option<Arc<dyn UsageSink>>,
    state: Mutex<State>,
    written: AtomicU64,
    failures: AtomicU64,
}

#[derive(Debug)]
struct State {
    /// Under what its batches are numbered.
    id: NodeId,
    last_number: i64,
    waiting: Vec<Batch>,
    /// How many uses had been noted when these batches were made.
    noted: u64,
    /// What stood in the store when it was last looked at, and counts here by now.
    known: FxHashMap<QuotaPeriod, i64>,
    is_failing: bool,
}

#[derive(Debug)]
struct Batch {
    number: i64,
    uses: Vec<(QuotaPeriod, i64)>,
    /// Beside each.
    of: Vec<Used>,
}

/// What is not written of a quota that was used.
#[derive(Debug)]
struct Used {
    name: Box<str>,
    limit: Limit,
    /// The key that was used last.
    key: KeyId,
    /// Whether a use was refused for which too little was left.
    is_lacking: bool,
}

impl Keeping {
    /// Counts what was used before, and begins to write down what is used from here on. Blocks.
    pub(crate) fn begin(
        gate: Arc<Gate>,
        store: Store,
        settings: &Settings,
        snapshot: &Snapshot,
    ) -> Result<Self, StartError> {
        let (watch, usage) = (settings.quotas.clone(), settings.usage.clone());
        // What an earlier process left in the journal was used before anything that is decided here.
        if let Some(journal) = &gate.journal {
            count_journal(journal, &store, usage.as_deref(), |_, _| ())?;
        }
        let known = restore(&gate.limiter, &store, snapshot)?;
        let (id, waiting) = (NodeId::new(Utc::now()), Vec::new());
        let state = Mutex::new(State { id, last_number: 0, waiting, noted: 0, known, is_failing: false });
        let (written, failures) = (AtomicU64::new(0), AtomicU64::new(0));
        let writer = Arc::new(Writer { gate, store, watch, usage, state, written, failures });
        let (until, ended) = channel::<()>();
        let of_thread = Arc::clone(&writer);
        let run = move || {
            let mut pause = FLUSH;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let begun = Instant::now();
                of_thread.gate.give_back_overdue(Moment::now());
                of_thread.flush();
                pause = FLUSH.saturating_sub(begun.elapsed());
            }
            of_thread.flush();
        };
        thread::Builder::new().name("argus-quotas".into()).spawn(run).map_err(StartError::Thread)?;
        Ok(Self { writer, _until: until })
    }

    /// Writes down what was used so far. Blocks.
    pub(crate) fn flush(&self) {
        self.writer.flush();
    }

    pub(crate) fn counts(&self) -> KeepingCounts {
        let written = self.writer.written.load(Relaxed);
        let unwritten = self.writer.gate.ledger.noted().saturating_sub(written);
        KeepingCounts { unwritten, failures: self.writer.failures.load(Relaxed) }
    }
}

impl Writer {
    /// Writes what was used, in batches. What fails stays what it is, under its number, and comes first the next time.
    fn flush(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting.is_empty() {
            state.collect(&self.gate);
        }
        if let Err(fault) = self.count_journal(&mut state) {
            return self.note_failure(&mut state, &fault);
        }
        while let Some(batch) = state.waiting.last() {
            let number = (state.id, batch.number);
            let totals = self.store.write_aside(|conn| quota::add(conn, number, Utc::now(), &batch.uses));
            match totals {
                Ok(totals) => {
                    let batch = state.waiting.pop();
                    if let Some(batch) = batch {
                        self.watch.iter().for_each(|watch| batch.tell(watch.as_ref(), &totals));
                        state.take_in(&self.gate.limiter, batch, &totals);
                    }
                    if std::mem::take(&mut state.is_failing) {
                        info!("what is used of quotas is written again");
                    }
                }
                Err(fault) => return self.note_failure(&mut state, &fault),
            }
        }
        self.written.store(state.noted, Relaxed);
    }

    fn note_failure(&self, state: &mut State, fault: &StoreError) {
        self.failures.fetch_add(1, Relaxed);
        if !std::mem::replace(&mut state.is_failing, true) {
            warn!("what is used of quotas is not written, and is tried again: {fault}");
        }
    }

    /// Counts what stands in the journal. What it took from quotas counts here since it was decided.
    fn count_journal(&self, state: &mut State) -> Result<(), StoreError> {
        let Some(journal) = &self.gate.journal else { return Ok(()) };
        journal.close_segment();
        let known = &mut state.known;
        count_journal(journal, &self.store, self.usage.as_deref(), |period, used| {
            let counted = known.entry(period).or_default();
            *counted = counted.saturating_add(used);
        })
    }
}

/// Counts the segments of the journal that are ended, the oldest first, and tells what each took from quotas. Blocks.
fn count_journal(
    journal: &Journal,
    store: &Store,
    usage: Option<&dyn UsageSink>,
    mut counted: impl FnMut(QuotaPeriod, i64),
) -> Result<(), StoreError> {
    while let Some(segment) = journal.oldest() {
        let (number, uses, quotas) = (segment.number(), segment.uses(), segment.quotas());
        let unread = match usage {
            Some(usage) => usage.count_journaled(number, &uses, &quotas)?,
            None => store.write_aside(|conn| quota::add(conn, number, Utc::now(), &quotas)).map(|_| 0)?,
        };
        for (period, used) in quotas {
            counted(period, used);
        }
        journal.forget(&segment, unread == 0);
    }
    Ok(())
}

impl State {
    /// Makes batches of what was noted. The last is written first, and so has the first number.
    fn collect(&mut self, gate: &Gate) {
        let (entries, noted) = gate.ledger.take();
        self.noted = noted;
        let mut uses = BTreeMap::new();
        for (bucket, entry) in entries {
            for Period { of, used, is_lacking } in entry.periods {
                let period = period(&bucket, &entry.limit, of);
                let (name, limit, key) = (entry.name.clone(), entry.limit.clone(), entry.key);
                uses.insert(period, (used, Used { name, limit, key, is_lacking }));
            }
        }
        let mut uses = uses.into_iter().peekable();
        while uses.peek().is_some() {
            let mut batch = Batch { number: 0, uses: Vec::new(), of: Vec::new() };
            for (period, (used, of)) in uses.by_ref().take(BATCH) {
                batch.uses.push((period, used));
                batch.of.push(of);
            }
            self.waiting.push(batch);
        }
        for batch in self.waiting.iter_mut().rev() {
            self.last_number += 1;
            batch.number = self.last_number;
        }
    }

    /// Counts here what other nodes have let through since this one last wrote.
    fn take_in(&mut self, limiter: &Limiter, batch: Batch, totals: &[i64]) {
        let now = on_both(Moment::now());
        for (((period, used), of), total) in batch.uses.into_iter().zip(&batch.of).zip(totals) {
            let known = self.known.get(&period).copied().unwrap_or(0);
            let by_others = total.saturating_sub(known).saturating_sub(used);
            if let Ok(by_others @ 1..) = u64::try_from(by_others) {
                let kept = Kept { used: by_others, end: period.ends_at.saturating_mul(SECOND) };
                limiter.restore(&of.limit, period.bucket.as_bytes(), kept, now);
            }
            self.known.insert(period, *total);
        }
        let is_over = |period: &QuotaPeriod| period.ends_at.saturating_mul(SECOND) <= now.wall;
        if self.known.keys().take(BATCH).any(is_over) {
            self.known.retain(|period, _| !is_over(period));
        }
    }
}

impl Batch {
    /// Tells how quotas stand by what all nodes have let through.
    fn tell(&self, watch: &dyn QuotaWatch, totals: &[i64]) {
        let now = on_both(Moment::now());
        for (((period, _), of), used) in self.uses.iter().zip(&self.of).zip(totals) {
            let counting = Counting::read(&period.bucket);
            let (of_quota, name) = match counting {
                Some(Counting::OfKey(key, name)) => (QuotaOf::Key(key), name),
                Some(Counting::Shared(limit)) => (QuotaOf::Limit { limit, key: of.key }, &*of.name),
                None => continue,
            };
            let Ok(used) = u64::try_from(*used) else { continue };
            // One that adds is used up as far as what its period brought is gone.
            let (used, ends_at) = match of.limit.adds_since() {
                Some(_) => {
                    let (gone, end) = of.limit.gone(used, now.wall);
                    (gone, end.div_euclid(SECOND))
                }
                None => (used, period.ends_at),
            };
            if let Some(resets_at) = DateTime::from_timestamp(ends_at, 0) {
                let (limit, is_lacking) = (of.limit.limit(), of.is_lacking);
                watch.used(&QuotaStanding { of: of_quota, name, used, limit, is_lacking, resets_at });
            }
        }
    }
}

pub(super) fn period(bucket: &str, limit: &Limit, of: Span) -> QuotaPeriod {
    // Periods of a calendar end with a second, and quotas begin to add with one; nothing is lost.
    let ends_at = match of {
        Span::Period(end) => end.div_euclid(SECOND),
        Span::Since(since) => NEVER.saturating_add(since.div_euclid(SECOND)),
    };
    QuotaPeriod { bucket: bucket.to_owned(), window_seconds: seconds(limit), ends_at }
}

/// Whether what was kept is of a quota as it is now: of a period of its length, or of all that it adds.
fn is_of(limit: &Limit, kept: &QuotaPeriod) -> bool {
    let adds_up = limit.adds_since().map(|since| period(&kept.bucket, limit, Span::Since(since)));
    seconds(limit) == kept.window_seconds && adds_up.map_or(kept.ends_at < NEVER, |adds_up| adds_up == *kept)
}

fn seconds(limit: &Limit) -> i64 {
    i64::try_from(limit.window().as_secs()).unwrap_or(i64::MAX)
}

/// Counts what was used of the quotas that there are. What the store has of them.
fn restore(limiter: &Limiter, store: &Store, snapshot: &Snapshot) -> Result<FxHashMap<QuotaPeriod, i64>, StoreError> {
    let keys = snapshot.held().keys().flat_map(|key| key.token.key.limits.iter());
    let quotas = keys.filter(|limit| limit.kind == Kind::Quota);
    let quotas: FxHashMap<&str, &KeyLimit> = quotas.map(|limit| (&*limit.bucket, limit)).collect();
    let now = on_both(Moment::now());
    let (mut known, mut homeless) = (FxHashMap::default(), 0_usize);
    let mut last: Option<QuotaPeriod> = None;
    loop {
        let rows = store.read(|conn| quota::list(conn, now.wall.div_euclid(SECOND), last.as_ref(), ROWS))?;
        let Some((newest, _)) = rows.last() else { break };
        last = Some(newest.clone());
        for (period, used) in rows {
            let quota = quotas.get(&*period.bucket).filter(|quota| is_of(&quota.limit, &period));
            // What is of no quota now is looked at again when that comes back.
            let Some(quota) = quota else { continue };
            let kept = Kept { used: used.unsigned_abs(), end: period.ends_at.saturating_mul(SECOND) };
            let restored = limiter.restore(&quota.limit, quota.bucket.as_bytes(), kept, now);
            homeless += usize::from(!matches!(restored, Restored::Counted | Restored::Over));
            known.insert(period, used);
        }
    }
    if homeless > 0 {
        warn!("there is no room for {homeless} quotas: they share one, or are lost; raise --limit-buckets");
    }
    Ok(known)
}
