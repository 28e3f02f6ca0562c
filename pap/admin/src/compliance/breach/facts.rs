//! What is read of one key, once for all questions.

use std::collections::BTreeMap;

use argus_insight::usage::{Distinct, Part, Parts};
use argus_store::anomaly::Anomaly;
use argus_store::audit::AuditFilter;
use argus_store::evidence::{self, Period, Touched};
use argus_store::key::{self, Key};
use argus_store::outbox::{self, Notice, NoticeFilter};
use argus_store::usage::{self, DistinctKind, Granularity, UsageCounts, UsageFilter, UsageOf, UsageRow};
use argus_store::{Actor, KeyId, PageSize, Store, StoreError};
use chrono::{DateTime, Utc};

use crate::audit::AuditTender;
use crate::compliance::facts::{alerts, chain, read_excerpts};
use crate::compliance::report::{ChainProof, Excerpt};

/// Rows that are read at once.
const ROWS: u32 = 500;

/// Resources and addresses that are told apart. What comes behind them is the least frequent.
pub(super) const MOST: u32 = 10_000;

/// All of it.
#[derive(Debug)]
pub(crate) struct Breach {
    pub(super) key: Key,
    /// The keys derived from it that haven't ended by themselves.
    pub(super) below: Vec<Key>,
    pub(super) period: Period,
    pub(super) now: DateTime<Utc>,
    /// Decisions by day, from the first of the day on.
    pub(super) days: BTreeMap<i64, UsageCounts>,
    /// The first and the last hour with a decision.
    pub(super) hours: Option<(i64, i64)>,
    /// By country, network and smallest scope.
    pub(super) parts: Parts,
    /// Different addresses, within 2 %.
    pub(super) addresses: u64,
    pub(super) resources: Vec<Touched>,
    pub(super) places: Vec<Touched>,
    pub(super) alerts: Vec<Anomaly>,
    /// What was done to it, and what it did.
    pub(super) done_to: Vec<Excerpt>,
    pub(super) done_by: Vec<Excerpt>,
    /// Who was told, with those who were told before and after this time.
    pub(super) notices: Vec<Notice>,
    pub(super) chain: ChainProof,
}

impl Breach {
    /// Reads it; `None` where there is no such key.
    pub(crate) fn read(
        store: &Store,
        id: KeyId,
        (period, now): (Period, DateTime<Utc>),
        tender: Option<&AuditTender>,
    ) -> Result<Option<Self>, StoreError> {
        let chain = chain::prove(store, tender, now)?;
        let Some(key) = store.read(|conn| key::find(conn, id))? else { return Ok(None) };
        let within = AuditFilter { from: Some(period.0), before: Some(period.1), ..AuditFilter::default() };
        let to = AuditFilter { target: Some(id.to_string()), ..within.clone() };
        let by = AuditFilter { actor: Some(Actor::Key(id)), ..within };
        let mut found = Self {
            below: Vec::new(),
            days: BTreeMap::new(),
            hours: None,
            parts: Parts::default(),
            addresses: 0,
            resources: store.read(|conn| evidence::list_resources(conn, id, period, MOST))?,
            places: store.read(|conn| evidence::list_places(conn, id, period, MOST))?,
            alerts: alerts::read(store, (None, Some(id)), period)?,
            done_to: read_excerpts(store, &to)?,
            done_by: read_excerpts(store, &by)?,
            notices: notices(store, id)?,
            key,
            period,
            now,
            chain,
        };
        for below in store.read(|conn| key::list_below(conn, &[id]))? {
            found.below.extend(store.read(|conn| key::find(conn, below))?);
        }
        found.read_days(store)?;
        found.read_hours(store)?;
        Ok(Some(found))
    }

    fn read_days(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut addresses = Distinct::default();
        each(store, (self.key.id, Granularity::Day, self.period), |of, row| {
            self.days.entry(of.starts_at).or_default().add(&row.counts);
            self.parts.merge(&Parts::decode(&row.parts));
            if let Some(sketch) = row.distinct.get(&DistinctKind::Address) {
                addresses.merge(&Distinct::decode(sketch));
            }
        })?;
        self.addresses = addresses.count();
        Ok(())
    }

    fn read_hours(&mut self, store: &Store) -> Result<(), StoreError> {
        each(store, (self.key.id, Granularity::Hour, self.period), |of, _| {
            let (first, last) = self.hours.unwrap_or((of.starts_at, of.starts_at));
            self.hours = Some((first.min(of.starts_at), last.max(of.starts_at)));
        })
    }

    /// Decisions of these days.
    pub(super) fn uses(&self) -> UsageCounts {
        self.days.values().fold(UsageCounts::default(), |mut sum, counts| {
            sum.add(counts);
            sum
        })
    }

    /// Decisions that the log holds.
    pub(super) fn logged(&self) -> i64 {
        self.resources.iter().map(|touched| touched.count).sum()
    }

    /// The values of a part, the most frequent first, each with how often it was seen and how often permitted.
    pub(super) fn part(&self, part: Part) -> Vec<(&str, i64, i64)> {
        let mut values: Vec<_> =
            self.parts.of(part).map(|(value, counts)| (value, counts.requests, counts.permits)).collect();
        values.sort_by_key(|(value, requests, _)| (std::cmp::Reverse(*requests), *value));
        values
    }
}

/// Reads the roll-ups of a key one after the other.
fn each(
    store: &Store,
    (key, granularity, (from, before)): (KeyId, Granularity, Period),
    mut visit: impl FnMut(&UsageOf, &UsageRow),
) -> Result<(), StoreError> {
    let filter = UsageFilter {
        granularity,
        organisation: None,
        keys: Some(vec![key]),
        from: granularity.start(from.timestamp()),
        before: before.timestamp().saturating_add(i64::from(before.timestamp_subsec_nanos() > 0)),
    };
    let (with_sketches, mut last) = (granularity == Granularity::Day, None);
    loop {
        let rows = store.read(|conn| usage::list(conn, &filter, last.as_ref(), (ROWS, with_sketches)))?;
        let is_whole = rows.len() < ROWS as usize;
        // A day on which it did nothing but administer has a row without a decision.
        for (of, row) in rows.iter().filter(|(_, row)| row.counts != UsageCounts::default()) {
            visit(of, row);
        }
        last = rows.into_iter().next_back().map(|(of, _)| of);
        if is_whole {
            return Ok(());
        }
    }
}

fn notices(store: &Store, key: KeyId) -> Result<Vec<Notice>, StoreError> {
    let filter = NoticeFilter { key: Some(key), ..NoticeFilter::default() };
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let page = store.read(|conn| outbox::list(conn, filter, last, size))?;
        last = page.items.last().map(|notice| notice.id);
        all.extend(page.items);
        if !page.more {
            return Ok(all);
        }
    }
}
