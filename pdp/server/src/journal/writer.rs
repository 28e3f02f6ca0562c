//! The thread that writes the journal, what is asked of it, and what it leaves to be counted.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use argus_store::NodeId;
use chrono::Utc;
use serde_json::value::RawValue;
use smallvec::SmallVec;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::fault::JournalFault;
use super::folder::{Aside, Folder, JournalFolderFault, OLDEST, SegmentName};
use super::record::{self, QuotaUses};
use super::segment::Segment;

/// Octets that may wait to be written.
const MOST_WAITING: usize = 16 << 20;

/// Octets that may wait to be counted: some millions of uses, while the store is away.
const MOST_KEPT: u64 = 1 << 30;

/// A segment that waits behind others is as long at least: while the store is away there are few of them.
const LONG: u64 = 8 << 20;

/// How long an answer waits until its use is written.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The journal of this node. It ends when it is dropped; what is not counted then is counted at the next start.
#[derive(Debug)]
pub(crate) struct Journal {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What one answer waits for: that what it noted is written.
pub(crate) type Tickets = SmallVec<[Ticket; 1]>;

/// Whether what was noted is written; `None` as long as it isn't known.
pub(crate) type Ticket = watch::Receiver<Option<bool>>;

/// What became of uses since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct JournalCounts {
    /// Uses that were written before their answer.
    pub(crate) written: u64,
    /// Writes with a sync: each of all uses that waited for it.
    pub(crate) syncs: u64,
    /// Writes that failed; their uses were not answered.
    pub(crate) failures: u64,
    /// Octets that wait to be counted now.
    pub(crate) kept: u64,
}

#[derive(Debug)]
struct Shared {
    folder: Folder,
    /// Whose segments are written here.
    writer: NodeId,
    waiting: Mutex<Waiting>,
    wake: Condvar,
    segments: Mutex<Segments>,
    written: AtomicU64,
    syncs: AtomicU64,
    failures: AtomicU64,
    kept: AtomicU64,
}

/// What the thread is to write.
#[derive(Debug)]
struct Waiting {
    batch: Batch,
    is_over: bool,
}

/// What is written and synced at once.
#[derive(Debug)]
struct Batch {
    text: Vec<u8>,
    uses: u64,
    told: watch::Sender<Option<bool>>,
}

/// The segment that is written, and those that wait to be counted, the oldest first.
#[derive(Debug)]
struct Segments {
    last_number: i64,
    open: Option<(SegmentName, File, u64)>,
    closed: VecDeque<(SegmentName, u64)>,
}

impl Batch {
    fn new() -> Self {
        Self { text: Vec::new(), uses: 0, told: watch::Sender::new(None) }
    }
}

impl Journal {
    /// Takes a folder, with what an earlier process has left there, and begins to write.
    pub(crate) fn begin(path: &Path) -> Result<Self, JournalFolderFault> {
        let folder = Folder::take(path)?;
        let unusable = |cause| JournalFolderFault::Unusable { path: path.to_owned(), cause };
        let closed: VecDeque<_> = folder.segments().map_err(unusable)?.into();
        let kept = AtomicU64::new(closed.iter().map(|(_, length)| length).sum());
        let shared = Arc::new(Shared {
            folder,
            writer: NodeId::new(Utc::now()),
            waiting: Mutex::new(Waiting { batch: Batch::new(), is_over: false }),
            wake: Condvar::new(),
            segments: Mutex::new(Segments { last_number: 0, open: None, closed }),
            written: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            kept,
        });
        let of_thread = Arc::clone(&shared);
        let run = move || of_thread.write_all();
        let thread = thread::Builder::new().name("argus-journal".into()).spawn(run).map_err(unusable)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Notes a use. What answers it has to [wait](wait) for that to be written.
    pub(crate) fn append(&self, usage: Option<&RawValue>, quotas: &QuotaUses) -> Result<Ticket, JournalFault> {
        let line = record::write(usage, quotas);
        let mut waiting = lock(&self.shared.waiting);
        let is_full = self.shared.kept.load(Relaxed) >= MOST_KEPT || waiting.batch.text.len() >= MOST_WAITING;
        if waiting.is_over || is_full {
            return Err(JournalFault::Full);
        }
        waiting.batch.text.extend_from_slice(&line);
        waiting.batch.uses += 1;
        let ticket = waiting.batch.told.subscribe();
        drop(waiting);
        self.shared.wake.notify_one();
        Ok(ticket)
    }

    /// Ends the segment that is written, unless others wait to be counted and it is short.
    pub(crate) fn close_segment(&self) {
        let mut segments = lock(&self.shared.segments);
        let is_due = segments.closed.is_empty() || matches!(segments.open, Some((_, _, length)) if length >= LONG);
        if is_due && let Some((name, _, length)) = segments.open.take() {
            segments.closed.push_back((name, length));
        }
    }

    /// The oldest segment that waits to be counted. What can't be read, or is too old, is put aside.
    pub(crate) fn oldest(&self) -> Option<Segment> {
        loop {
            let (name, _) = *lock(&self.shared.segments).closed.front()?;
            match self.shared.folder.read(name) {
                Ok((_, age)) if age > OLDEST => {
                    error!("a segment of the journal is not counted, since it is too old to tell whether it was");
                    self.put_aside(name, Aside::Stale);
                }
                Ok((text, _)) => return Some(Segment::new(name, text)),
                Err(fault) => {
                    error!("a segment of the journal can't be read: {fault}");
                    self.put_aside(name, Aside::Damaged);
                }
            }
        }
    }

    /// Forgets a segment that is counted. `is_whole` unless something in it could not be counted.
    pub(crate) fn forget(&self, segment: &Segment, is_whole: bool) {
        if segment.is_damaged || !is_whole {
            error!("a segment of the journal is damaged: what can be read of it is counted");
            return self.put_aside(segment.name, Aside::Damaged);
        }
        if let Err(fault) = self.shared.folder.delete(segment.name) {
            // Counted again at the next start, it adds nothing.
            warn!("a segment of the journal that is counted can't be deleted: {fault}");
        }
        self.drop_first();
    }

    fn put_aside(&self, name: SegmentName, aside: Aside) {
        match self.shared.folder.put_aside(name, aside) {
            Ok(path) => error!("it is kept as {}", path.display()),
            Err(fault) => error!("it can't be renamed, and is left alone: {fault}"),
        }
        self.drop_first();
    }

    fn drop_first(&self) {
        if let Some((_, length)) = lock(&self.shared.segments).closed.pop_front() {
            self.shared.kept.fetch_sub(length, Relaxed);
        }
    }

    pub(crate) fn counts(&self) -> JournalCounts {
        JournalCounts {
            written: self.shared.written.load(Relaxed),
            syncs: self.shared.syncs.load(Relaxed),
            failures: self.shared.failures.load(Relaxed),
            kept: self.shared.kept.load(Relaxed),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        lock(&self.shared.waiting).is_over = true;
        self.shared.wake.notify_one();
        // With the thread ends the hold of the folder. A panic of it has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    /// Writes what is noted until it is over, and then what is left.
    fn write_all(&self) {
        let mut is_failing = false;
        loop {
            let mut waiting = lock(&self.waiting);
            while waiting.batch.uses == 0 && !waiting.is_over {
                waiting = self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            }
            let batch = std::mem::replace(&mut waiting.batch, Batch::new());
            drop(waiting);
            if batch.uses == 0 {
                return;
            }
            let written = self.write(&batch.text);
            let is_written = written.is_ok();
            match written {
                Ok(()) => {
                    self.written.fetch_add(batch.uses, Relaxed);
                    self.syncs.fetch_add(1, Relaxed);
                    if is_failing {
                        info!("the journal is written again");
                    }
                }
                Err(fault) => {
                    self.failures.fetch_add(1, Relaxed);
                    if !is_failing {
                        let folder = self.folder.path().display();
                        error!("the journal in {folder} can't be written, uses of durable keys are refused: {fault}");
                    }
                }
            }
            is_failing = !is_written;
            batch.told.send_replace(Some(is_written));
        }
    }

    /// Writes to the open segment, and syncs. After a fault nobody knows what of it is on the disk: another is begun.
    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut segments = lock(&self.segments);
        if segments.open.is_none() {
            segments.last_number += 1;
            let name = SegmentName { writer: self.writer, number: segments.last_number };
            segments.open = Some((name, self.folder.create(name)?, 0));
        }
        let Some((_, file, length)) = &mut segments.open else { return Ok(()) };
        let written = file.write_all(text).and_then(|()| file.sync_data());
        let added = u64::try_from(text.len()).unwrap_or(u64::MAX);
        *length = length.saturating_add(added);
        self.kept.fetch_add(added, Relaxed);
        if written.is_err()
            && let Some((name, _, length)) = segments.open.take()
        {
            segments.closed.push_back((name, length));
        }
        written
    }
}

/// Waits until what was noted is written.
pub(crate) async fn wait(tickets: Tickets) -> Result<(), JournalFault> {
    for mut ticket in tickets {
        let known = timeout(LONGEST_WAIT, ticket.wait_for(Option::is_some)).await;
        if !matches!(known, Ok(Ok(is_written)) if *is_written == Some(true)) {
            return Err(JournalFault::Unwritten);
        }
    }
    Ok(())
}

/// What panicked while it held a lock left whole entries behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
