//! What keys were used for in some days, from the roll-ups by day.

use std::collections::{BTreeMap, BTreeSet};

use argus_insight::usage::{Distinct, Part, Parts, Word};
use argus_store::key::{self, KeyFilter};
use argus_store::usage::{
    self, ACTS_COUNTED_SINCE, ASKING_COUNTED_SINCE, DistinctKind, Granularity, SCOPES_COUNTED_SINCE, UsageFilter,
};
use argus_store::{Conn, KeyId, OrganisationId, PageSize, StoreError, setting};
use chrono::{DateTime, TimeDelta, Utc};

/// Rows that are read at once.
const ROWS: u32 = 500;

/// Uses of a key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uses {
    /// Permitted ones.
    pub(crate) permits: u64,
    /// Permitted ones of Argus's own resources, which are no decisions.
    pub(crate) acts: u64,
    /// How often each scope permitted.
    pub(crate) scopes: BTreeMap<String, u64>,
    /// How often each of the smallest scopes was used.
    pub(crate) exercised: BTreeMap<String, u64>,
    /// Whether there were more than are told apart.
    pub(crate) is_cut: bool,
    /// What keys that are derived from it and haven't ended grant: they would lose what it loses.
    pub(crate) handed_on: BTreeSet<String>,
    pub(super) addresses: Distinct,
}

impl Uses {
    /// Reads those of a key, or of all keys of an organisation, of the last days.
    pub(crate) fn read(
        conn: &mut Conn,
        (organisation, key): (&str, Option<KeyId>),
        (now, days): (DateTime<Utc>, u32),
    ) -> Result<BTreeMap<KeyId, Self>, StoreError> {
        let filter = UsageFilter {
            granularity: Granularity::Day,
            // A key may be decided about by the organisation `argus` as well.
            organisation: key.is_none().then(|| organisation.to_owned()),
            keys: key.map(|key| vec![key]),
            from: Granularity::Day.start((now - TimeDelta::days(days.into())).timestamp()),
            before: now.timestamp().saturating_add(1),
        };
        let (mut all, mut last) = (BTreeMap::<KeyId, Self>::new(), None);
        loop {
            let rows = usage::list(conn, &filter, last.as_ref(), (ROWS, true))?;
            let is_whole = rows.len() < ROWS as usize;
            for (of, row) in rows {
                if let Some(key) = of.key {
                    all.entry(key).or_default().add(&row);
                }
                last = Some(of);
            }
            if is_whole {
                return Ok(all);
            }
        }
    }

    fn add(&mut self, row: &usage::UsageRow) {
        self.permits += row.counts.permits.unsigned_abs();
        let parts = Parts::decode(&row.parts);
        self.acts += parts.of(Part::ActScope).map(|(_, counts)| counts.permits.unsigned_abs()).sum::<u64>();
        for (part, is_scope) in
            [(Part::Scope, true), (Part::ActScope, true), (Part::Exercised, false), (Part::ActExercised, false)]
        {
            let sums = if is_scope { &mut self.scopes } else { &mut self.exercised };
            for (value, counts) in parts.of(part) {
                self.is_cut |= value == Word::OTHER;
                *sums.entry(value.to_owned()).or_default() += counts.permits.unsigned_abs();
            }
        }
        if let Some(sketch) = row.distinct.get(&DistinctKind::Address) {
            self.addresses.merge(&Distinct::decode(sketch));
        }
    }

    /// How many different addresses they came from, within 2 %.
    pub(crate) fn addresses(&self) -> u64 {
        self.addresses.count()
    }
}

/// Since when it is counted which scopes are used: by decisions, and for acts upon Argus's own resources, the asking for
/// decisions among them. `None` where it isn't counted at all.
pub(crate) fn counted_since(conn: &mut Conn) -> Result<[Option<DateTime<Utc>>; 2], StoreError> {
    let mut since = |name| -> Result<Option<DateTime<Utc>>, StoreError> {
        let since = setting::find(conn, name)?;
        Ok(since.and_then(|since| DateTime::parse_from_rfc3339(&since).ok()).map(|since| since.to_utc()))
    };
    let (acts, asking) = (since(ACTS_COUNTED_SINCE)?, since(ASKING_COUNTED_SINCE)?);
    // Of nodes that do one of the two, one may have begun later.
    Ok([since(SCOPES_COUNTED_SINCE)?, acts.zip(asking).map(|(acts, asking)| acts.max(asking))])
}

/// What keys that are derived from a key and haven't ended grant.
pub(crate) fn handed_on(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: KeyId,
) -> Result<BTreeSet<String>, StoreError> {
    let filter = KeyFilter { organisation: Some(organisation), parent: Some(id), ..KeyFilter::default() };
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut all, mut after) = (BTreeSet::new(), None);
    loop {
        let page = key::list(conn, &filter, after, size)?;
        after = page.items.last().map(|key| key.id);
        all.extend(page.items.into_iter().filter(|key| !key.state.has_ended()).flat_map(|key| key.scopes));
        if !page.more {
            return Ok(all);
        }
    }
}
