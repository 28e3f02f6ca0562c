//! Where uses are counted, before and after they are evaluated.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use argus_engine::decision::Decision;
use argus_limits::{Charge, Limiter, Outcome, Settings};
use smallvec::SmallVec;

use super::clock::{Elapsed, on_both};
use super::counted::{Counted, Standing, seconds_up};
use super::fields::LimitFields;
use super::key_limit::{KeyLimit, Kind};
use super::ledger::Ledger;
use super::settings::LimitSettings;
use crate::moment::Moment;
use crate::reason::Reason;
use crate::snapshot::KeyView;

/// Parts of a table with a lock each.
const SHARDS: usize = 64;

/// Counts all uses that this node decides about.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(super) limiter: Limiter,
    /// What was let through against quotas.
    pub(super) ledger: Ledger,
    attempts_per_second: u32,
    admitted: [AtomicU64; Kind::ALL.len()],
    refused: [AtomicU64; Kind::ALL.len()],
    attempts_refused: AtomicU64,
}

impl Gate {
    pub(crate) fn new(settings: LimitSettings) -> Self {
        let LimitSettings { buckets, at_cap, attempts_per_second } = settings;
        Self {
            limiter: Limiter::new(Settings { buckets, shards: SHARDS, at_cap }),
            ledger: Ledger::new(),
            attempts_per_second,
            admitted: Default::default(),
            refused: Default::default(),
            attempts_refused: AtomicU64::new(0),
        }
    }

    /// Counts a use as it was decided: a Permit against the limits, whatever else against the attempts.
    pub(crate) fn count<'k>(
        &self,
        key: &'k KeyView,
        decision: Decision,
        cost: Option<u64>,
        now: Moment,
    ) -> Counted<'k> {
        let counted = if decision == Decision::Permit { self.charge(key, cost, now) } else { Counted::default() };
        if decision != Decision::Permit || counted.refused.is_some() {
            self.note_refusal(key);
        }
        counted
    }

    /// Whether a key has attempts left; what is told else.
    pub(crate) fn let_in<'k>(&self, key: &'k KeyView) -> Option<Counted<'k>> {
        let wait = key.attempts.wait(self.attempts_per_second, Elapsed::now)?;
        self.attempts_refused.fetch_add(1, Relaxed);
        let retry_after_seconds = Some(seconds_up(wait));
        Some(Counted { refused: Some(Reason::RateLimited), retry_after_seconds, ..Counted::default() })
    }

    /// Notes an attempt that was not permitted.
    fn note_refusal(&self, key: &KeyView) {
        if self.attempts_per_second != 0 {
            key.attempts.take(self.attempts_per_second, Elapsed::now());
        }
    }

    /// Takes a permitted use from all limits of its key, or from none. A use that doesn't say what it costs costs what each
    /// limit says.
    fn charge<'k>(&self, key: &'k KeyView, cost: Option<u64>, now: Moment) -> Counted<'k> {
        if key.limits.is_empty() {
            return Counted::default();
        }
        let charge = |limit: &'k KeyLimit| Charge {
            limit: &limit.limit,
            bucket: limit.bucket.as_bytes(),
            cost: cost.unwrap_or(limit.cost),
        };
        let charges: SmallVec<[Charge<'_>; 4]> = key.limits.iter().map(charge).collect();
        let now = on_both(now);
        let outcome = self.limiter.charge(&charges, now);
        let stands = || key.limits.iter().zip(outcome.standings());
        let is_admitted = outcome.is_admitted();
        for (limit, standing) in stands() {
            let counters = if is_admitted { &self.admitted } else { &self.refused };
            if let (true, Some(counter)) = (is_admitted || !standing.has_room(), counters.get(limit.kind as usize)) {
                counter.fetch_add(1, Relaxed);
            }
        }
        if is_admitted {
            self.note_quotas(key, &charges, &outcome, now.wall);
        }
        // Of several that refuse, the one that has to be waited for longest is the reason.
        let lacking = stands().filter(|(_, standing)| !standing.has_room());
        let strictest = lacking.max_by_key(|(_, standing)| (standing.can_never, standing.retry_after));
        let refused = strictest.map(|(limit, standing)| match limit.kind {
            _ if standing.can_never => Reason::CostExceedsLimit,
            Kind::Quota => Reason::QuotaExhausted,
            _ => Reason::RateLimited,
        });
        let standings = stands().map(|(limit, standing)| Standing {
            name: &limit.name,
            limit: limit.limit.limit(),
            window_seconds: seconds_up(limit.limit.window()),
            remaining: standing.remaining,
            reset_seconds: seconds_up(standing.reset_after),
        });
        let retry_after_seconds = outcome.retry_after().map(seconds_up);
        Counted { refused, retry_after_seconds, standings: standings.collect() }
    }

    /// Notes what was taken from quotas, to be written down.
    fn note_quotas(&self, key: &KeyView, charges: &[Charge<'_>], outcome: &Outcome, now: i64) {
        for ((limit, charge), standing) in key.limits.iter().zip(charges).zip(outcome.standings()) {
            if limit.kind == Kind::Quota && charge.cost > 0 {
                let left = i64::try_from(standing.reset_after.as_nanos()).unwrap_or(i64::MAX);
                self.ledger.note(&limit.bucket, &limit.limit, now.saturating_add(left), charge.cost);
            }
        }
    }

    /// What was counted, by what becomes of it.
    pub(crate) fn counts(&self) -> GateCounts {
        let read = |counters: &[AtomicU64; Kind::ALL.len()]| counters.each_ref().map(|counter| counter.load(Relaxed));
        GateCounts {
            admitted: read(&self.admitted),
            refused: read(&self.refused),
            attempts_refused: self.attempts_refused.load(Relaxed),
            table: self.limiter.counts(),
        }
    }
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GateCounts {
    /// Limits that a use was taken from, in the order of [`Kind::ALL`].
    pub(crate) admitted: [u64; Kind::ALL.len()],
    /// Limits that had no room for a use.
    pub(crate) refused: [u64; Kind::ALL.len()],
    pub(crate) attempts_refused: u64,
    pub(crate) table: argus_limits::Counts,
}

/// The counting of one request to a door, which may ask for several decisions.
#[derive(Debug)]
pub(crate) struct Tally<'g> {
    pub(crate) gate: &'g Gate,
    seen: RefCell<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    decisions: usize,
    fields: LimitFields,
}

impl<'g> Tally<'g> {
    pub(crate) fn new(gate: &'g Gate) -> Self {
        Self { gate, seen: RefCell::default() }
    }

    /// Notes what one decision came to.
    pub(crate) fn note(&self, counted: &Counted<'_>) {
        if counted.refused.is_none() && counted.standings.is_empty() {
            return;
        }
        let mut seen = self.seen.borrow_mut();
        seen.decisions += 1;
        seen.fields = if seen.decisions == 1 { LimitFields::of(counted) } else { LimitFields::default() };
    }

    /// What the answer tells of limits. Of several limited decisions the fields could not say which they mean.
    pub(crate) fn fields(&self) -> LimitFields {
        self.seen.take().fields
    }
}
