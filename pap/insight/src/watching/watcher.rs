//! Whoever watches: one of the nodes that administer, by a lease.
//!
//! INVARIANT: a sighting is deleted in the transaction that saves what its watches have learned from it, and that one
//! needs the lease. So each is learned from once, whoever dies in between; what was found meanwhile is found again, and
//! the store knows it by its key, its detector and its beginning.

use std::collections::{HashMap, HashSet};
use std::fmt;

use argus_credentials::{CredentialId, NoRandomness};
use argus_store::anomaly::{
    self, Anomaly, AnomalyDetector, AnomalyState, Evidence, Response, Severity, SightingOf, Sign,
};
use argus_store::{Conn, KeyId, Store, StoreError, credential, key, lease};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tracing::{info, warn};

use super::declared::Declared;
use super::respond::respond;
use super::sighting::{Seen, decode};
use crate::anomaly::{Alert, Detector, MemoryError, Settings, Watch};
use crate::notify::tell_anomaly;
use crate::usage::hash;

const LEASE: &str = "watch";
const LEASE_LASTS: TimeDelta = TimeDelta::seconds(30);

/// How often what was learned is saved: so much is learned again after a crash.
const SAVE_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Sightings that are looked at in one go.
const AT_ONCE: u32 = 200;

/// Watches that are told in one go that time passes.
const OVERDUE: u32 = 200;

/// How long after an hour its watches are told that it is over: nodes tell of its last uses some seconds late.
const LATE: i64 = 90;

/// Watches that are kept in memory, some ten kilobytes each. The others are read when they are needed.
const KEPT: usize = 5_000;

/// A watch in memory.
struct Kept {
    watch: Watch,
    declared: Declared,
    /// Whether it has learned what the store doesn't know.
    is_changed: bool,
    /// The alerts that the store knows: their beginning, and how often they were seen.
    told: HashMap<Detector, (i64, u32)>,
    used_at: DateTime<Utc>,
}

/// Watches, where it is this node's turn.
pub struct Watcher {
    store: Store,
    settings: Settings,
    holder: String,
    held_until: Option<DateTime<Utc>>,
    kept: HashMap<KeyId, Kept>,
    /// Keys that are not watched, because a newer program has written what is remembered of them.
    unreadable: HashSet<KeyId>,
    /// What was looked at since the last save.
    looked: HashSet<SightingOf>,
    learned: Vec<Anomaly>,
    saved_at: Option<DateTime<Utc>>,
}

/// What one look came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watched {
    /// Whether it was this node's turn.
    pub is_mine: bool,
    /// Uses that were looked at.
    pub uses: u64,
    /// Alerts that are news, with what was done about each.
    pub alerts: Vec<(Anomaly, Response)>,
}

impl Watcher {
    /// A watcher of this node, which is told from the others by a random name.
    pub fn new(store: Store, settings: Settings) -> Result<Self, NoRandomness> {
        let holder = CredentialId::generate()?.to_string();
        Ok(Self {
            store,
            settings,
            holder,
            held_until: None,
            kept: HashMap::new(),
            unreadable: HashSet::new(),
            looked: HashSet::new(),
            learned: Vec::new(),
            saved_at: None,
        })
    }

    /// Looks at what was seen since the last time, where it is this node's turn. Blocks.
    pub fn look(&mut self, at: DateTime<Utc>) -> Result<Watched, StoreError> {
        if !self.hold(at)? {
            return Ok(Watched::default());
        }
        let mut watched = Watched { is_mine: true, ..Watched::default() };
        self.learn(at)?;
        self.see(at, &mut watched)?;
        let overdue = self.pass(at, &mut watched)?;
        let is_due = self.saved_at.is_none_or(|saved| at < saved || at - saved >= SAVE_EVERY);
        let has_much = self.looked.len() >= AT_ONCE as usize || overdue > 0;
        if is_due || has_much {
            self.save(at)?;
        }
        Ok(watched)
    }

    /// Saves what was learned, and gives the turn to whichever node asks next: this one ends.
    pub fn resign(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        if self.held_until.is_some() {
            self.save(at)?;
        }
        self.forget();
        self.store.write_aside(|conn| lease::give_back(conn, LEASE, &self.holder))
    }

    /// Whether it is this node's turn. The store is asked when half of the lease is over; where another has it, what is
    /// in memory is not what is true any more.
    fn hold(&mut self, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let left = self.held_until.map(|until| until - at);
        if left.is_some_and(|left| left > LEASE_LASTS / 2 && left <= LEASE_LASTS) {
            return Ok(true);
        }
        let had_lapsed = left.is_some_and(|left| left <= TimeDelta::zero());
        let is_mine = self.store.write_aside(|conn| lease::take(conn, LEASE, &self.holder, at, LEASE_LASTS))?;
        if !is_mine || had_lapsed {
            self.forget();
        }
        self.held_until = is_mine.then(|| at + LEASE_LASTS);
        Ok(is_mine)
    }

    fn forget(&mut self) {
        self.held_until = None;
        self.kept.clear();
        self.unreadable.clear();
        self.looked.clear();
        self.learned.clear();
        self.saved_at = None;
    }

    /// Tells the watches what people have said.
    fn learn(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        let said = self.store.read(|conn| anomaly::list_unlearned(conn, AT_ONCE))?;
        for said in said {
            let is_known = |known: &Anomaly| known.id == said.id && known.generation == said.generation;
            if self.learned.iter().any(is_known) {
                continue;
            }
            if let (Some(kept), Some(detector)) = (self.keep(said.key_id, at)?, of_store(said.detector)) {
                let watch = &mut kept.watch;
                match (said.state, said.snoozed_until) {
                    (AnomalyState::Snoozed, Some(until)) => drop(watch.snooze(detector, until.timestamp())),
                    (AnomalyState::False, _) => {
                        let around = kept.declared.around();
                        if !watch.mark_false(detector, &around) {
                            let seen = (said.since, said.last_seen_at.timestamp(), said.evidence.observed);
                            watch.teach(detector, seen, &around);
                        }
                    }
                    _ => drop(watch.acknowledge(detector, said.note.as_deref().unwrap_or_default())),
                }
                kept.is_changed = true;
            }
            self.learned.push(said);
        }
        Ok(())
    }

    /// Shows the watches what was seen.
    fn see(&mut self, at: DateTime<Utc>, watched: &mut Watched) -> Result<(), StoreError> {
        let looked = &self.looked;
        let new = self.store.read(|conn| anomaly::list_sightings(conn, &|of| looked.contains(of), AT_ONCE))?;
        for (of, text) in new {
            match decode(&text) {
                Ok(keys) => {
                    for (key, seen) in keys {
                        self.show(key, &seen, at, watched)?;
                    }
                }
                Err(fault) => warn!("what node {} has seen is not looked at: {fault}", of.0),
            }
            self.looked.insert(of);
        }
        Ok(())
    }

    fn show(&mut self, key: KeyId, all: &[Seen], at: DateTime<Utc>, watched: &mut Watched) -> Result<(), StoreError> {
        if self.keep(key, at)?.is_none() {
            return Ok(());
        }
        // Of most uses no credential is told, and then nobody has to be asked for its id.
        let is_told = all.iter().any(|seen| seen.credential != 0);
        let ids = if is_told { self.store.read(|conn| credential_ids(conn, key))? } else { HashMap::new() };
        let mut news = Vec::new();
        if let Some(kept) = self.kept.get_mut(&key) {
            let around = kept.declared.around();
            for seen in all {
                watched.uses += u64::from(seen.count);
                news.extend(seen.show(&ids, |seen| kept.watch.observe(seen, &around, &self.settings)));
            }
            kept.is_changed = true;
        }
        self.raise(key, &news, at, watched)
    }

    /// Tells the watches that an hour has passed: silence is seen by nothing else. How many were told.
    fn pass(&mut self, at: DateTime<Utc>, watched: &mut Watched) -> Result<usize, StoreError> {
        let hour = (at.timestamp() - LATE).div_euclid(3_600) * 3_600;
        let Some(before) = DateTime::from_timestamp(hour, 0) else { return Ok(0) };
        let overdue = self.store.read(|conn| anomaly::list_overdue_watches(conn, before, OVERDUE))?;
        let mut has_ended = false;
        for key in &overdue {
            if self.keep(*key, at)?.is_none() {
                has_ended = true;
                continue;
            }
            let mut news = Vec::new();
            if let Some(kept) = self.kept.get_mut(key) {
                let around = kept.declared.around();
                news = kept.watch.advance(hour, &around, &self.settings);
                kept.is_changed = true;
            }
            self.raise(*key, &news, at, watched)?;
        }
        if has_ended {
            // They would stand at the head of the queue for ever.
            self.store.write_aside(|conn| anomaly::forget_ended_watches(conn, OVERDUE))?;
        }
        Ok(overdue.len())
    }

    /// Notes alerts that are news to the watch, tells whoever answers for the key, and does what the policy says.
    fn raise(
        &mut self,
        key: KeyId,
        news: &[Alert],
        at: DateTime<Utc>,
        watched: &mut Watched,
    ) -> Result<(), StoreError> {
        for alert in news {
            let Some(sign) = sign(key, alert, at) else { continue };
            let done = self.store.write(|conn| {
                let Some((found, true)) = anomaly::note(conn, at, &sign)? else { return Ok(None) };
                tell_anomaly(conn, at, key, alert)?;
                let response = respond(conn, at, &found)?;
                Ok(Some((found, response)))
            })?;
            if let Some((found, response)) = done {
                info!(
                    key.id = %key, anomaly.id = %found.id, detector = found.detector.as_str(),
                    "the use of key {} stands out: {}", found.key_path(), found.explanation
                );
                watched.alerts.push((found, response));
            }
            if let Some(kept) = self.kept.get_mut(&key) {
                kept.told.insert(alert.finding.detector, (alert.since, alert.times));
            }
        }
        Ok(())
    }

    /// Saves what was learned and deletes what it was learned from: both or neither.
    fn save(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.count(at)?;
        let (kept, looked, learned, holder) = (&self.kept, &self.looked, &self.learned, self.holder.as_str());
        let is_mine = self.store.write_aside(|conn| {
            if !lease::take(conn, LEASE, holder, at, LEASE_LASTS)? {
                return Ok(false);
            }
            for (key, kept) in kept.iter().filter(|(_, kept)| kept.is_changed) {
                save_watch(conn, *key, &kept.watch)?;
            }
            anomaly::forget_sightings(conn, looked.iter())?;
            learned.iter().try_for_each(|said| anomaly::learned(conn, said))?;
            Ok(true)
        })?;
        if !is_mine {
            self.forget();
            return Ok(());
        }
        self.looked.clear();
        self.learned.clear();
        self.kept.values_mut().for_each(|kept| kept.is_changed = false);
        self.held_until = Some(at + LEASE_LASTS);
        self.saved_at = Some(at);
        if self.kept.len() > KEPT {
            let mut times: Vec<_> = self.kept.values().map(|kept| kept.used_at).collect();
            times.sort_unstable();
            let newest = times.get(times.len() - KEPT / 2).copied().unwrap_or(at);
            self.kept.retain(|_, kept| kept.used_at >= newest);
        }
        Ok(())
    }

    /// Notes how often standing alerts were seen.
    fn count(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        for (key, kept) in self.kept.iter_mut().filter(|(_, kept)| kept.is_changed) {
            for alert in kept.watch.book().standing(at.timestamp()) {
                let known = (alert.since, alert.times);
                if kept.told.get(&alert.finding.detector) == Some(&known) {
                    continue;
                }
                if let Some(sign) = sign(*key, alert, at) {
                    self.store.write(|conn| anomaly::note(conn, at, &sign))?;
                }
                kept.told.insert(alert.finding.detector, known);
            }
        }
        Ok(())
    }

    /// The watch of a key, from memory or from the store, or a new one. `None` where the key has ended or is not known,
    /// or where this program can't read what is remembered of it.
    fn keep(&mut self, id: KeyId, at: DateTime<Utc>) -> Result<Option<&mut Kept>, StoreError> {
        if self.unreadable.contains(&id) {
            return Ok(None);
        }
        if !self.kept.contains_key(&id) {
            let found = self.store.read(|conn| Ok((key::find(conn, id)?, anomaly::find_watch(conn, id)?)))?;
            let (Some(key), memory) = found else { return Ok(None) };
            if key.state.has_ended() {
                return Ok(None);
            }
            let watch = match memory.as_deref().map(read_watch) {
                None => Watch::new(key.created_at.timestamp()),
                Some(Ok(watch)) => watch,
                Some(Err(fault @ MemoryError::Form(_))) => {
                    warn!(key.id = %id, "key {} is not watched: {fault}", key.path());
                    self.unreadable.insert(id);
                    return Ok(None);
                }
                Some(Err(fault)) => {
                    warn!(key.id = %id, "the use of key {} is learned anew: {fault}", key.path());
                    Watch::new(at.timestamp())
                }
            };
            let told = watch.book().standing(at.timestamp());
            let told = told.map(|alert| (alert.finding.detector, (alert.since, alert.times))).collect();
            let declared = self.store.read(|conn| Declared::read(conn, &key, at))?;
            self.kept.insert(id, Kept { watch, declared, is_changed: false, told, used_at: at });
        }
        self.renew(id, at)?;
        let Some(kept) = self.kept.get_mut(&id) else { return Ok(None) };
        kept.used_at = at;
        Ok(Some(kept))
    }

    /// Reads again what is declared of a key, where that is some minutes old.
    fn renew(&mut self, id: KeyId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(kept) = self.kept.get_mut(&id).filter(|kept| kept.declared.is_old(at)) else { return Ok(()) };
        let read = |conn: &mut Conn| key::find(conn, id)?.map(|key| Declared::read(conn, &key, at)).transpose();
        if let Some(declared) = self.store.read(read)? {
            kept.declared = declared;
        }
        Ok(())
    }
}

/// The ids of a key's credentials, by the hashes that nodes tell of them.
fn credential_ids(conn: &mut Conn, key: KeyId) -> Result<HashMap<u64, String>, StoreError> {
    let credentials = credential::list(conn, key)?;
    Ok(credentials.into_iter().map(|credential| (hash(credential.id.as_bytes()), credential.id)).collect())
}

fn read_watch(memory: &str) -> Result<Watch, MemoryError> {
    let octets = STANDARD.decode(memory).map_err(|error| MemoryError::Damaged(error.to_string()))?;
    Watch::from_bytes(&octets)
}

fn save_watch(conn: &mut Conn, key: KeyId, watch: &Watch) -> Result<(), StoreError> {
    let octets = watch.to_bytes().map_err(|fault| StoreError::Corrupt { detail: fault.to_string() })?;
    let looked_at = DateTime::from_timestamp(watch.now(), 0).unwrap_or_default();
    anomaly::save_watch(conn, key, &STANDARD.encode(octets), looked_at)
}

/// An alert, as the store keeps it. `None` for a detector that the store has no word for.
fn sign(key: KeyId, alert: &Alert, at: DateTime<Utc>) -> Option<Sign> {
    let finding = &alert.finding;
    let suggestion = json!(finding.suggestion).as_str().unwrap_or_default().to_owned();
    Some(Sign {
        key,
        detector: word(&json!(finding.detector))?,
        severity: word::<Severity>(&json!(finding.severity))?,
        explanation: finding.explanation.clone(),
        evidence: Evidence {
            score: finding.score,
            baseline: finding.baseline,
            observed: finding.observed,
            suggestion,
            request_ids: alert.requests.clone(),
        },
        since: alert.since,
        last_seen_at: DateTime::from_timestamp(alert.last, 0).unwrap_or(at),
        times: alert.times.into(),
    })
}

fn of_store(detector: AnomalyDetector) -> Option<Detector> {
    serde_json::from_value(json!(detector)).ok()
}

fn word<T: std::str::FromStr>(word: &Value) -> Option<T> {
    word.as_str()?.parse().ok()
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").field("store", &self.store).field("holder", &self.holder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_and_severity_is_a_word_of_the_store() {
        for detector in Detector::ALL {
            let kept: AnomalyDetector = word(&json!(detector)).unwrap();
            assert_eq!(of_store(kept), Some(detector));
        }
        assert_eq!(Detector::ALL.len(), AnomalyDetector::WORDS.len());
    }
}
