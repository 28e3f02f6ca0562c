//! The thread that writes: it empties the queue, hides what must not be kept, and writes lines and rows.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fmt, io};

use argus_store::decision::{self, Decision, PolicySet};
use argus_store::plan::{self, Maximum};
use argus_store::{Store, StoreError};
use chrono::{SecondsFormat, Utc};
use serde_json::Value;
use serde_json::value::RawValue;
use tracing::{info, warn};

use super::file::LogFile;
use super::{ENTRIES, EntryQueue, LogEntry};

/// How often the queue is emptied: at most so much is lost when the process is killed, and what one write takes.
const EVERY: Duration = Duration::from_millis(250);

/// Rows of one transaction.
const BATCH: usize = 500;

/// Attempts to write what is left when the process ends.
const LAST_ATTEMPTS: u32 = 3;

/// Hides what must not be kept in a text.
type Hide = fn(&str) -> String;

/// Writes until it is dropped. Then it writes what is left.
pub struct DecisionLogging {
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Writer {
    /// Where rows go, if anywhere.
    store: Option<Store>,
    /// Where lines go, if anywhere.
    file: Option<LogFile>,
    queue: EntryQueue,
    hide: Hide,
    /// What is to be written to the store.
    waiting: VecDeque<LogEntry>,
    /// Digests of policies that the store has.
    known: HashSet<String>,
    store_is_failing: bool,
    file_is_failing: bool,
}

impl DecisionLogging {
    /// Begins to write.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn begin(
        store: Option<Store>,
        file: Option<LogFile>,
        queue: EntryQueue,
        hide: fn(&str) -> String,
    ) -> io::Result<Self> {
        let (waiting, known) = (VecDeque::new(), HashSet::new());
        let (store_is_failing, file_is_failing) = (false, false);
        let mut writer = Writer { store, file, queue, hide, waiting, known, store_is_failing, file_is_failing };
        let (until, ended) = channel::<()>();
        let run = move || {
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                writer.turn();
            }
            writer.end();
        };
        let thread = thread::Builder::new().name("argus-decisions".into()).spawn(run)?;
        Ok(Self { until: Some(until), thread: Some(thread) })
    }
}

impl Writer {
    /// Empties the queue and writes what was in it.
    fn turn(&mut self) {
        let mut taken: Vec<LogEntry> = self.queue.items.try_iter().take(ENTRIES).collect();
        for entry in &mut taken {
            hide(&mut entry.decision, self.hide);
        }
        self.write_lines(&taken);
        if self.store.is_none() {
            self.queue.counters.written.fetch_add(count(&taken), Relaxed);
            return;
        }
        // While the store is away, as much waits as the queue holds.
        let room = ENTRIES.saturating_sub(self.waiting.len());
        let given_up = taken.len().saturating_sub(room);
        self.queue.counters.given_up.fetch_add(u64::try_from(given_up).unwrap_or(u64::MAX), Relaxed);
        self.waiting.extend(taken.into_iter().take(room));
        self.write_rows();
    }

    fn write_lines(&mut self, entries: &[LogEntry]) {
        let Some(file) = self.file.as_mut().filter(|_| !entries.is_empty()) else { return };
        let lines: Vec<String> = entries.iter().map(|entry| line(&entry.decision)).collect();
        match file.write(&lines) {
            Ok(()) => {
                if std::mem::take(&mut self.file_is_failing) {
                    info!("lines of the decision log are written again");
                }
            }
            Err(fault) => {
                self.queue.counters.failures.fetch_add(1, Relaxed);
                if !std::mem::replace(&mut self.file_is_failing, true) {
                    warn!("lines of the decision log are lost: {fault}");
                }
            }
        }
    }

    fn write_rows(&mut self) {
        while !self.waiting.is_empty() {
            match self.write_batch() {
                Ok(written) => {
                    self.waiting.drain(..written);
                    self.queue.counters.written.fetch_add(u64::try_from(written).unwrap_or(u64::MAX), Relaxed);
                    if std::mem::take(&mut self.store_is_failing) {
                        info!("decisions are logged again");
                    }
                }
                Err(fault) => {
                    self.queue.counters.failures.fetch_add(1, Relaxed);
                    if !std::mem::replace(&mut self.store_is_failing, true) {
                        warn!("decisions are not logged, and are tried again: {fault}");
                    }
                    return;
                }
            }
        }
    }

    /// Writes the oldest ones, but for those of organisations whose plan has no log. How many.
    fn write_batch(&mut self) -> Result<usize, StoreError> {
        let Some(store) = &self.store else { return Ok(self.waiting.len()) };
        let batch: Vec<&LogEntry> = self.waiting.iter().take(BATCH).collect();
        let unknown = batch.iter().filter(|entry| !self.known.contains(&entry.policies.digest));
        let sets: BTreeMap<&str, &Arc<PolicySet>> =
            unknown.map(|entry| (entry.policies.digest.as_str(), &entry.policies)).collect();
        let sets: Vec<PolicySet> = sets.into_values().map(|set| PolicySet::clone(set)).collect();
        let names: BTreeSet<&str> = batch.iter().map(|entry| entry.decision.organisation.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let lacking = store.read(|conn| plan::list_lacking(conn, &names, Maximum::DecisionLog, Utc::now()))?;
        let logged = batch.iter().filter(|entry| !lacking.contains(&entry.decision.organisation));
        let rows: Vec<Decision> = logged.map(|entry| entry.decision.clone()).collect();
        store.write_aside(|conn| decision::add(conn, &rows, &sets))?;
        let written = batch.len();
        self.known.extend(sets.into_iter().map(|set| set.digest));
        Ok(written)
    }

    fn end(&mut self) {
        self.turn();
        for _ in 1..LAST_ATTEMPTS {
            self.write_rows();
        }
        if !self.waiting.is_empty() {
            warn!("{} decisions are missing in the log: the store is away", self.waiting.len());
        }
    }
}

fn count(entries: &[LogEntry]) -> u64 {
    u64::try_from(entries.len()).unwrap_or(u64::MAX)
}

/// Hides keys wherever a caller may have written one.
fn hide(decision: &mut Decision, hide: Hide) {
    for text in [&mut decision.request, &mut decision.response] {
        *text = hide(text);
    }
    for text in [&mut decision.action, &mut decision.resource].into_iter().flatten() {
        *text = hide(text);
    }
}

/// A decision as a line, with the members of the API.
fn line(of: &Decision) -> String {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
    let members = serde_json::json!({
        "id": of.id,
        "at": of.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "organisation": of.organisation,
        "door": of.door,
        "caller_key_id": of.caller_key_id,
        "key_id": of.key_id,
        "decision": of.decision,
        "reason": of.reason,
        "action": of.action,
        "resource": of.resource,
        "address": of.address,
        "microseconds": of.microseconds,
        "policy": {"id": of.policy_id, "version": of.policy_version, "set": of.policy_set},
        "is_evaluated": of.is_evaluated,
    });
    let rest = [("redacted", &of.redacted), ("request", &of.request), ("response", &of.response)];
    let mut line = members.to_string();
    line.pop();
    for (name, text) in rest {
        let value = raw(text).map_or_else(|| Value::Null.to_string(), |raw| raw.get().to_owned());
        line.extend([",\"", name, "\":", &value]);
    }
    line.push_str("}\n");
    line
}

impl Drop for DecisionLogging {
    fn drop(&mut self) {
        drop(self.until.take());
        // A panic of that thread has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl fmt::Debug for DecisionLogging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecisionLogging").finish_non_exhaustive()
    }
}
