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

/// What entries have to say (PCI DSS 10.2.2).
const ASKED: [&str; 7] = ["/at", "/event", "/outcome", "/actor/kind", "/target/kind", "/target/id", "/request_id"];

/// What the audit tells of a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    pub(crate) entries: u64,
    pub(crate) with_source: u64,
    /// The first entries that lack something.
    pub(crate) incomplete: Vec<i64>,
    /// Entries that are older than the one before them.
    pub(crate) back_in_time: u64,
    /// People who are named, by their ids.
    pub(crate) people: BTreeSet<String>,
    /// When the first entry that is kept was written.
    pub(crate) oldest: Option<DateTime<Utc>>,
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
        let filter = AuditFilter { organisation, from: Some(from), before: Some(before), ..AuditFilter::default() };
        let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
        let (mut after, mut last) = (0, None);
        loop {
            let page = store.read(|conn| audit::list(conn, &filter, after, size))?;
            for record in &page.items {
                after = record.sequence;
                if last.is_some_and(|last| record.at < last - APART) {
                    trail.back_in_time += 1;
                }
                last = Some(record.at);
                trail.add(record);
            }
            if !page.more {
                return Ok(trail);
            }
        }
    }

    fn add(&mut self, record: &Record) {
        let entry: Value = serde_json::from_str(&record.entry).unwrap_or_default();
        self.entries += 1;
        self.with_source += u64::from(entry.get("source").is_some());
        if ASKED.iter().any(|member| entry.pointer(member).and_then(Value::as_str).is_none_or(str::is_empty)) {
            self.incomplete.push(record.sequence);
        }
        find_people(&entry, &mut self.people);
        if record.event == AuditEvent::KeyCreated.as_str() {
            self.made.insert(record.target_id.clone());
        }
        *self.counts.entry(record.event.clone()).or_default() += 1;
        let newest = self.newest.entry(record.event.clone()).or_default();
        if newest.len() == SHOWN {
            newest.pop_front();
        }
        newest.push_back(excerpt(record, &entry));
    }

    /// How often something happened.
    pub(crate) fn count(&self, event: AuditEvent) -> u64 {
        self.counts.get(event.as_str()).copied().unwrap_or(0)
    }

    /// The last entries of an event, oldest first.
    pub(crate) fn newest(&self, event: AuditEvent) -> impl Iterator<Item = &Excerpt> {
        self.newest.get(event.as_str()).into_iter().flatten()
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
