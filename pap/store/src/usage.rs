//! `usage`, `usage_distinct`, `usage_writers`: what keys were used for, summed up by minute, hour and day.
//!
//! A node adds what it has counted in numbered batches. The number goes into the transaction that adds: a batch whose
//! fate is unknown is added again under the same number, and counts once. What stands in a sketch is none of the
//! store's business; it merges by what the caller says.

mod forget;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Bool;

pub use forget::{forget, forget_of, forget_writers};

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, NodeId};
use crate::postgres::take_usage_turn;
use crate::quota::{self, QuotaPeriod};
use crate::schema::{usage, usage_distinct, usage_writers};
use crate::value::{UnknownValue, column, words};

/// The setting that says since when the usage of keys tells which scopes were used.
pub const SCOPES_COUNTED_SINCE: &str = "scopes_counted_since";

/// The setting that says since when it also tells which scopes permitted administrative acts.
pub const ACTS_COUNTED_SINCE: &str = "acts_counted_since";

/// The setting that says since when it also tells which scopes permitted to ask for decisions.
pub const ASKING_COUNTED_SINCE: &str = "asking_counted_since";

/// Rows of one statement: far below the number of values that either database takes at once.
const ROWS: usize = 200;

words!(
    /// How long the stretches are that usage is summed up by.
    Granularity, "granularity", {
        /// Minutes.
        Minute = "minute",
        /// Hours, of UTC.
        Hour = "hour",
        /// Days, of UTC.
        Day = "day",
    }
);

words!(
    /// Of what different ones are counted.
    DistinctKind, "kind of thing that is counted", {
        /// Addresses of clients.
        Address = "address",
        /// Resources that were asked for.
        Resource = "resource",
    }
);

impl Granularity {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// How long a stretch is.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// The first second of the stretch that a second lies in.
    pub const fn start(self, seconds: i64) -> i64 {
        seconds - seconds.rem_euclid(self.seconds())
    }
}

/// Of what a row of usage is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageOf {
    /// How long it is.
    pub granularity: Granularity,
    /// Its first second, since 1970.
    pub starts_at: i64,
    /// The organisation that decided, by its name.
    pub organisation: String,
    /// The key; `None` where no known one was presented.
    pub key: Option<KeyId>,
}

/// Decisions, by what they came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageCounts {
    /// All of them.
    pub requests: i64,
    /// Permit.
    pub permits: i64,
    /// Deny.
    pub denials: i64,
    /// `NotApplicable`.
    pub not_applicable: i64,
    /// The policies could not be evaluated.
    pub errors: i64,
    /// What the permitted ones cost.
    pub cost: i64,
}

/// Usage of one key in one stretch of time. Sketches and parts are texts that the caller can merge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageRow {
    /// The counts.
    pub counts: UsageCounts,
    /// The counts by reason, country and so on.
    pub parts: String,
    /// How long decisions took.
    pub latency: String,
    /// How many different ones of what.
    pub distinct: BTreeMap<DistinctKind, String>,
}

/// Adds what stands in the second text to the first. What can't be read counts as empty.
pub type Merge<'m> = &'m dyn Fn(&str, &str) -> String;

/// How the texts of a row are merged.
#[derive(Clone, Copy)]
pub struct Merges<'m> {
    /// Its parts.
    pub parts: Merge<'m>,
    /// Its latency.
    pub latency: Merge<'m>,
    /// Its sketches of different things.
    pub distinct: Merge<'m>,
}

/// Which usage is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageFilter {
    /// How finely.
    pub granularity: Granularity,
    /// Of one organisation alone.
    pub organisation: Option<String>,
    /// Of these keys alone.
    pub keys: Option<Vec<KeyId>>,
    /// Only stretches that begin at this second or later.
    pub from: i64,
    /// Only stretches that begin before this second.
    pub before: i64,
}

/// Adds a batch of a node, unless it has been added already; whether it was now. A node's batches come in the order of
/// their numbers.
pub fn add(
    conn: &mut Conn,
    (node, batch): (NodeId, i64),
    at: DateTime<Utc>,
    rows: &BTreeMap<UsageOf, UsageRow>,
    merges: Merges<'_>,
) -> Result<bool, StoreError> {
    take_turn(conn)?;
    if !begin_batch(conn, (node, batch), at)? {
        return Ok(false);
    }
    add_rows(conn, rows, merges)?;
    Ok(true)
}

/// Adds a segment of a node's journal, unless it has been added already: what keys were used for, and what was used of
/// quotas. All of it or nothing.
pub fn add_segment(
    conn: &mut Conn,
    segment: (NodeId, i64),
    at: DateTime<Utc>,
    (rows, merges): (&BTreeMap<UsageOf, UsageRow>, Merges<'_>),
    uses: &[(QuotaPeriod, i64)],
) -> Result<bool, StoreError> {
    take_turn(conn)?;
    if !begin_batch(conn, segment, at)? {
        return Ok(false);
    }
    add_rows(conn, rows, merges)?;
    quota::add_all(conn, uses)?;
    Ok(true)
}

/// Waits for others that add usage, where the database doesn't have them wait anyway.
fn take_turn(conn: &mut Conn) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = conn { take_usage_turn(conn) } else { Ok(()) }
}

fn add_rows(conn: &mut Conn, rows: &BTreeMap<UsageOf, UsageRow>, merges: Merges<'_>) -> Result<(), StoreError> {
    let mut rows = rows.iter().peekable();
    while let Some((first, _)) = rows.peek() {
        let stretch = (first.granularity, first.starts_at);
        let mut chunk = Vec::with_capacity(ROWS);
        while chunk.len() < ROWS
            && let Some(row) = rows.next_if(|(of, _)| (of.granularity, of.starts_at) == stretch)
        {
            chunk.push(row);
        }
        add_chunk(conn, stretch, &chunk, merges)?;
    }
    Ok(())
}

/// Moves on the number of the node's last batch. Whether this one is behind it.
pub(crate) fn begin_batch(
    conn: &mut Conn,
    (node, batch): (NodeId, i64),
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let moved = (usage_writers::batch.eq(batch), usage_writers::written_at.eq(column(at)));
    let row = (usage_writers::node_id.eq(node), moved);
    let first = diesel::insert_into(usage_writers::table).values(row).on_conflict_do_nothing();
    if on!(conn, c => first.execute(c))? == 1 {
        return Ok(true);
    }
    let earlier = usage_writers::table.find(node).filter(usage_writers::batch.lt(batch));
    Ok(on!(conn, c => diesel::update(earlier).set(moved).execute(c))? == 1)
}

type Place = (String, String);

/// Merges rows of one stretch of time into those that are there.
fn add_chunk(
    conn: &mut Conn,
    (granularity, starts_at): (Granularity, i64),
    chunk: &[(&UsageOf, &UsageRow)],
    merges: Merges<'_>,
) -> Result<(), StoreError> {
    let keys: BTreeSet<String> = chunk.iter().map(|(of, _)| key_column(of.key)).collect();
    let known = read_texts(conn, (granularity, starts_at), &keys)?;
    let sketches = read_sketches(conn, (granularity, starts_at), &keys)?;
    let mut changed = Vec::new();
    for (of, row) in chunk {
        let place = (of.organisation.clone(), key_column(of.key));
        let none = (String::new(), String::new());
        let (parts, latency) = known.get(&place).unwrap_or(&none);
        let (parts, latency) = ((merges.parts)(parts, &row.parts), (merges.latency)(latency, &row.latency));
        upsert(conn, of, &row.counts, &parts, &latency)?;
        for (kind, sketch) in &row.distinct {
            let before = sketches.get(&(place.clone(), *kind)).map_or("", String::as_str);
            let merged = (merges.distinct)(before, sketch);
            // Whoever comes back adds nothing, and costs no write.
            if merged != before {
                changed.push((*of, *kind, merged));
            }
        }
    }
    for (of, kind, sketch) in &changed {
        let place = (
            usage_distinct::granularity.eq(granularity),
            usage_distinct::starts_at.eq(starts_at),
            usage_distinct::organisation.eq(&of.organisation),
            usage_distinct::key_id.eq(key_column(of.key)),
            usage_distinct::kind.eq(*kind),
        );
        let sketch = usage_distinct::sketch.eq(sketch);
        let upsert = diesel::insert_into(usage_distinct::table).values((place, sketch));
        let upsert = upsert.on_conflict(usage_distinct::table.primary_key()).do_update().set(sketch);
        on!(conn, c => upsert.execute(c))?;
    }
    Ok(())
}

fn read_texts(
    conn: &mut Conn,
    (granularity, starts_at): (Granularity, i64),
    keys: &BTreeSet<String>,
) -> Result<BTreeMap<Place, (String, String)>, StoreError> {
    let rows = usage::table.filter(usage::granularity.eq(granularity)).filter(usage::starts_at.eq(starts_at));
    let rows = rows.filter(usage::key_id.eq_any(keys));
    let rows = rows.select(((usage::organisation, usage::key_id), (usage::parts, usage::latency)));
    let rows: Vec<(Place, (String, String))> = on!(conn, c => rows.load(c))?;
    Ok(rows.into_iter().collect())
}

fn read_sketches(
    conn: &mut Conn,
    (granularity, starts_at): (Granularity, i64),
    keys: &BTreeSet<String>,
) -> Result<BTreeMap<(Place, DistinctKind), String>, StoreError> {
    let rows = usage_distinct::table.filter(usage_distinct::granularity.eq(granularity));
    let rows = rows.filter(usage_distinct::starts_at.eq(starts_at)).filter(usage_distinct::key_id.eq_any(keys));
    let rows = rows.select((
        ((usage_distinct::organisation, usage_distinct::key_id), usage_distinct::kind),
        usage_distinct::sketch,
    ));
    let rows: Vec<((Place, DistinctKind), String)> = on!(conn, c => rows.load(c))?;
    Ok(rows.into_iter().collect())
}

fn upsert(conn: &mut Conn, of: &UsageOf, counts: &UsageCounts, parts: &str, latency: &str) -> Result<(), StoreError> {
    let place = (
        usage::granularity.eq(of.granularity),
        usage::starts_at.eq(of.starts_at),
        usage::organisation.eq(&of.organisation),
        usage::key_id.eq(key_column(of.key)),
    );
    let first = (
        usage::requests.eq(counts.requests),
        usage::permits.eq(counts.permits),
        usage::denials.eq(counts.denials),
        usage::not_applicable.eq(counts.not_applicable),
        usage::errors.eq(counts.errors),
        usage::cost.eq(counts.cost),
    );
    let more = (
        usage::requests.eq(usage::requests + counts.requests),
        usage::permits.eq(usage::permits + counts.permits),
        usage::denials.eq(usage::denials + counts.denials),
        usage::not_applicable.eq(usage::not_applicable + counts.not_applicable),
        usage::errors.eq(usage::errors + counts.errors),
        usage::cost.eq(usage::cost + counts.cost),
    );
    let texts = (usage::parts.eq(parts), usage::latency.eq(latency));
    let upsert = diesel::insert_into(usage::table).values((place, first, texts));
    let upsert = upsert.on_conflict(usage::table.primary_key()).do_update().set((more, texts));
    on!(conn, c => upsert.execute(c))?;
    Ok(())
}

/// Rows of usage in the order of their time, organisation and key, after one of them, at most `most`. Without sketches
/// unless they are asked for.
pub fn list(
    conn: &mut Conn,
    filter: &UsageFilter,
    after: Option<&UsageOf>,
    (most, with_sketches): (u32, bool),
) -> Result<Vec<(UsageOf, UsageRow)>, StoreError> {
    let from = after.map_or(filter.from, |after| filter.from.max(after.starts_at));
    let rows = usage::table.filter(usage::granularity.eq(filter.granularity)).filter(usage::starts_at.ge(from));
    let rows = rows.filter(usage::starts_at.lt(filter.before));
    let of_any = filter.organisation.is_none().into_sql::<Bool>();
    let rows = rows.filter(usage::organisation.eq(filter.organisation.as_deref().unwrap_or_default()).or(of_any));
    let keys: Vec<String> = filter.keys.iter().flatten().map(KeyId::to_string).collect();
    let rows = rows.filter(usage::key_id.eq_any(keys).or(filter.keys.is_none().into_sql::<Bool>()));
    let last = after.map_or((-1, "", String::new()), |of| (of.starts_at, &of.organisation, key_column(of.key)));
    let behind = usage::organisation.gt(last.1).or(usage::organisation.eq(last.1).and(usage::key_id.gt(last.2)));
    let rows = rows.filter(usage::starts_at.gt(last.0).or(usage::starts_at.eq(last.0).and(behind)));
    let rows = rows.order((usage::starts_at, usage::organisation, usage::key_id)).limit(most.into());
    let columns = (
        (usage::granularity, usage::starts_at, usage::organisation, usage::key_id),
        (usage::requests, usage::permits, usage::denials, usage::not_applicable, usage::errors, usage::cost),
        (usage::parts, usage::latency),
    );
    let found: Vec<Columns> = on!(conn, c => rows.select(columns).load(c))?;
    let mut found: Vec<_> = found.into_iter().map(of_columns).collect::<Result<_, _>>()?;
    if with_sketches {
        add_sketches(conn, filter.granularity, &mut found)?;
    }
    Ok(found)
}

type Columns = ((Granularity, i64, String, String), (i64, i64, i64, i64, i64, i64), (String, String));

fn of_columns((of, counts, (parts, latency)): Columns) -> Result<(UsageOf, UsageRow), StoreError> {
    let (granularity, starts_at, organisation, key) = of;
    let key = if key.is_empty() { None } else { Some(key.parse().map_err(|unknown| unreadable(&unknown))?) };
    let (requests, permits, denials, not_applicable, errors, cost) = counts;
    let counts = UsageCounts { requests, permits, denials, not_applicable, errors, cost };
    let row = UsageRow { counts, parts, latency, distinct: BTreeMap::new() };
    Ok((UsageOf { granularity, starts_at, organisation, key }, row))
}

fn unreadable(unknown: &UnknownValue) -> StoreError {
    StoreError::Corrupt { detail: unknown.to_string() }
}

fn add_sketches(conn: &mut Conn, granularity: Granularity, rows: &mut [(UsageOf, UsageRow)]) -> Result<(), StoreError> {
    for of_stretch in rows.chunk_by_mut(|(a, _), (b, _)| a.starts_at == b.starts_at) {
        for chunk in of_stretch.chunks_mut(ROWS) {
            let Some((first, _)) = chunk.first() else { continue };
            let starts_at = first.starts_at;
            let keys = chunk.iter().map(|(of, _)| key_column(of.key)).collect();
            let mut sketches = read_sketches(conn, (granularity, starts_at), &keys)?;
            for (of, row) in chunk {
                for kind in [DistinctKind::Address, DistinctKind::Resource] {
                    let place = (of.organisation.clone(), key_column(of.key));
                    row.distinct.extend(sketches.remove(&(place, kind)).map(|sketch| (kind, sketch)));
                }
            }
        }
    }
    Ok(())
}

fn key_column(key: Option<KeyId>) -> String {
    key.map_or_else(String::new, |key| key.to_string())
}

impl UsageCounts {
    /// Adds others to these.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.permits += other.permits;
        self.denials += other.denials;
        self.not_applicable += other.not_applicable;
        self.errors += other.errors;
        self.cost = self.cost.saturating_add(other.cost);
    }
}

impl std::fmt::Debug for Merges<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Merges(..)")
    }
}
