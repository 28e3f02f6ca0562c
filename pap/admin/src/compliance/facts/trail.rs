//! The entries of the audit in a stretch of time, read one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use argus_store::audit::{self, AuditEvent, AuditFilter, Record};
use argus_store::evidence::{self, Period};
use argus_store::{OrganisationId, PageSize, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::compliance::report::Excerpt;

/// How many entries of an event are shown.
const SHOWN: usize = 5;

/// What clocks of several nodes may be apart.
const APART: TimeDelta = TimeDelta::seconds(2);

/// What entries have to say (PCI DSS 10.2.2), each in words and by where it stands. Where an act comes from is asked of
/// those alone that came over the network.
pub(crate) const ASKED: [(&str, &[&str]); 6] = [
    ("who", &["/actor/kind"]),
    ("what", &["/event"]),
    ("when", &["/at"]),
    ("with which outcome", &["/outcome"]),
    ("about what", &["/target/kind", "/target/id"]),
    ("at whose request", &["/request_id"]),
];

/// What the audit tells of a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    pub(crate) entries: u64,
    /// Entries that say each of [`ASKED`], in its order.
    pub(crate) with: [u64; ASKED.len()],
    /// Entries of acts that came over the network, and those of them that say from where.
    pub(crate) remote: u64,
    pub(crate) with_source: u64,
    /// Entries that lack something.
    pub(crate) incomplete: Vec<i64>,
    /// Entries that are older than the one before them.
    pub(crate) back_in_time: u64,
    /// People who are named, by their ids.
    pub(crate) people: BTreeSet<String>,
    /// When the first entry that is kept was written.
    pub(crate) oldest: Option<DateTime<Utc>>,
    /// How often the policies in force were switched, in the whole installation: they govern every organisation.
    pub(crate) switches: u64,
    /// When each alert was raised, and when a person first said something of it, by its id.
    raised: HashMap<String, DateTime<Utc>>,
    answered: HashMap<String, DateTime<Utc>>,
    counts: BTreeMap<String, u64>,
    newest: BTreeMap<String, VecDeque<Excerpt>>,
    /// Keys whose making is told.
    made: HashSet<String>,
    /// When keys were last made, changed or renewed, ever.
    touched: HashMap<String, DateTime<Utc>>,
}

impl Trail {
    pub(super) fn read(
        store: &Store,
        organisation: Option<OrganisationId>,
        (from, before): Period,
    ) -> Result<Self, StoreError> {
        let first = store.read(|conn| audit::list_after(conn, 0, 1))?;
        let touched = store.read(|conn| evidence::list_touched(conn, organisation))?;
        let mut trail = Self {
            oldest: first.first().map(|record| record.at),
            touched: touched.into_iter().collect(),
            ..Self::default()
        };
        let within = AuditFilter { from: Some(from), before: Some(before), ..AuditFilter::default() };
        let mut last = None;
        each(store, &AuditFilter { organisation, ..within.clone() }, |record| {
            if last.is_some_and(|last| record.at < last - APART) {
                trail.back_in_time += 1;
            }
            last = Some(record.at);
            trail.add(record);
        })?;
        trail.newest.remove(AuditEvent::PoliciesImported.as_str());
        each(store, &AuditFilter { event: Some(AuditEvent::PoliciesImported), ..within }, |record| {
            trail.switches += 1;
            trail.show(record, &serde_json::from_str(&record.entry).unwrap_or_default());
        })?;
        Ok(trail)
    }

    fn add(&mut self, record: &Record) {
        let entry: Value = serde_json::from_str(&record.entry).unwrap_or_default();
        self.entries += 1;
        self.hold_against_what_is_asked(record.sequence, &entry);
        find_people(&entry, &mut self.people);
        *self.counts.entry(record.event.clone()).or_default() += 1;
        match record.event.parse() {
            Ok(AuditEvent::KeyCreated) => drop(self.made.insert(record.target_id.clone())),
            Ok(AuditEvent::AnomalyDetected) => {
                let alert = entry.pointer("/details/anomaly_id").and_then(Value::as_str).unwrap_or_default();
                self.raised.entry(alert.to_owned()).or_insert(record.at);
            }
            Ok(AuditEvent::AnomalyAcknowledged | AuditEvent::AnomalySnoozed | AuditEvent::AnomalyMarkedFalse) => {
                self.answered.entry(record.target_id.clone()).or_insert(record.at);
            }
            _ => {}
        }
        self.show(record, &entry);
    }

    fn hold_against_what_is_asked(&mut self, sequence: i64, entry: &Value) {
        let says = |member: &&str| entry.pointer(member).and_then(Value::as_str).is_some_and(|word| !word.is_empty());
        let mut is_complete = true;
        for (count, (_, members)) in self.with.iter_mut().zip(ASKED) {
            let says_all = members.iter().all(says);
            *count += u64::from(says_all);
            is_complete &= says_all;
        }
        // What Argus does by the clock and what is done on the machine itself comes from nowhere else.
        let is_remote = !matches!(entry.pointer("/actor/kind").and_then(Value::as_str), Some("host" | "argus"));
        let has_source = entry.get("source").is_some();
        self.remote += u64::from(is_remote);
        self.with_source += u64::from(is_remote && has_source);
        if !is_complete || is_remote && !has_source {
            self.incomplete.push(sequence);
        }
    }

    fn show(&mut self, record: &Record, entry: &Value) {
        let newest = self.newest.entry(record.event.clone()).or_default();
        if newest.len() == SHOWN {
            newest.pop_front();
        }
        newest.push_back(excerpt(record, entry));
    }

    /// How often something happened.
    pub(crate) fn count(&self, event: AuditEvent) -> u64 {
        self.counts.get(event.as_str()).copied().unwrap_or(0)
    }

    /// The last entries of an event, oldest first.
    pub(crate) fn newest(&self, event: AuditEvent) -> impl Iterator<Item = &Excerpt> {
        self.newest.get(event.as_str()).into_iter().flatten()
    }

    /// When an alert was raised, and when a person first said something of it.
    pub(crate) fn answer(&self, alert: &str) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        (self.raised.get(alert).copied(), self.answered.get(alert).copied())
    }

    /// Whether entries of that time are still kept.
    pub(crate) fn is_kept(&self, at: DateTime<Utc>) -> bool {
        self.oldest.is_some_and(|oldest| oldest <= at)
    }

    /// Whether the making of a key is told.
    pub(crate) fn tells_of_making(&self, key: &str) -> bool {
        self.made.contains(key)
    }

    /// When a key was last made, changed or renewed.
    pub(crate) fn last_touched(&self, key: &str) -> Option<DateTime<Utc>> {
        self.touched.get(key).copied()
    }
}

/// The entries that a filter lets through, in their order.
pub(crate) fn read_excerpts(store: &Store, filter: &AuditFilter) -> Result<Vec<Excerpt>, StoreError> {
    let mut excerpts = Vec::new();
    each(store, filter, |record| {
        excerpts.push(excerpt(record, &serde_json::from_str(&record.entry).unwrap_or_default()));
    })?;
    Ok(excerpts)
}

/// Reads the entries that a filter lets through, one after the other.
fn each(store: &Store, filter: &AuditFilter, mut visit: impl FnMut(&Record)) -> Result<(), StoreError> {
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let mut after = 0;
    loop {
        let page = store.read(|conn| audit::list(conn, filter, after, size))?;
        for record in &page.items {
            after = record.sequence;
            visit(record);
        }
        if !page.more {
            return Ok(());
        }
    }
}

/// Everybody who is named in an entry: `{"person": …, "sealed": …}`.
fn find_people(value: &Value, people: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| find_people(item, people)),
        Value::Object(members) => {
            if let (Some(Value::String(person)), true) = (members.get("person"), members.contains_key("sealed")) {
                people.insert(person.clone());
            }
            members.values().for_each(|member| find_people(member, people));
        }
        _ => {}
    }
}

fn excerpt(record: &Record, entry: &Value) -> Excerpt {
    let text = |path: &str| entry.pointer(path).and_then(Value::as_str);
    let kind = text("/target/kind").unwrap_or_default();
    let target = text("/target/path").unwrap_or(&record.target_id);
    Excerpt {
        sequence: record.sequence,
        at: record.at,
        event: record.event.clone(),
        actor: text("/actor/path").unwrap_or(&record.actor).to_owned(),
        target: format!("{} {target}", kind.replace('_', " ")).trim().to_owned(),
        outcome: text("/outcome").unwrap_or_default().to_owned(),
        hash: record.hash.clone(),
    }
}
