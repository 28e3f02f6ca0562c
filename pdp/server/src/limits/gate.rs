//! Where uses are counted, before and after they are evaluated.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use actix_web::rt;
use argus_engine::decision::Decision;
use argus_limits::{Charge, Limit, Limiter, Now, Outcome, Settings, Share};
use smallvec::SmallVec;

use super::clock::{Elapsed, on_both};
use super::counted::{Counted, Standing, seconds_up};
use super::journaling::{JournaledQuota, JournaledQuotas};
use super::key_limit::Kind;
use super::key_limits::{Applied, charges};
use super::ledger::{Ledger, Noted};
use super::limited_use::LimitedUse;
use super::reservations::{ReservationCounts, Reservations, Taken};
use super::settings::{LimitMode, LimitSettings};
use super::shared::{Foreseen, Link, RedisSettings, RedisState, Settled, WhenAway};
use crate::fleet::Fleet;
use crate::journal::{Journal, JournalCounts};
use crate::moment::Moment;
use crate::reason::Reason;
use crate::snapshot::KeyView;

/// Parts of a table with a lock each.
const SHARDS: usize = 64;

/// How long the end of a node waits for Redis.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);

/// In nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// Counts all uses that this node decides about.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(super) limiter: Limiter,
    /// What was let through against quotas.
    pub(super) ledger: Ledger,
    /// What was taken and may come to less.
    pub(super) reservations: Reservations,
    pub(super) shared: Option<Shared>,
    /// Where uses of durable keys are noted; `None` where this node keeps no journal.
    pub(super) journal: Option<Journal>,
    mode: LimitMode,
    /// What of limits is this node's where it counts by shares.
    fleet: Arc<Fleet>,
    attempts_per_second: u32,
    admitted: [AtomicU64; Kind::ALL.len()],
    refused: [AtomicU64; Kind::ALL.len()],
    attempts_refused: AtomicU64,
}

impl Gate {
    /// Counts in Redis where that is set, and waits for the first attempt to reach it.
    pub(crate) fn begin(
        settings: LimitSettings,
        redis: Option<RedisSettings>,
        (fleet, journal): (Arc<Fleet>, Option<Journal>),
    ) -> io::Result<Self> {
        let LimitSettings { buckets, at_cap, attempts_per_second, mode } = settings;
        let mode = mode.unwrap_or(if redis.is_some() { LimitMode::Exact } else { LimitMode::LocalShare });
        if mode.needs_redis() != redis.is_some() {
            let fault = format!(
                "limits can't be counted as `{}` {} Redis",
                mode.as_str(),
                if redis.is_some() { "in" } else { "without" }
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, fault));
        }
        let shared = redis.map(|settings| {
            let (away, leases) = (settings.away, (mode == LimitMode::Leased).then_some(buckets));
            Link::begin(settings, leases).map(|link| Shared { link, away, without: AtomicU64::new(0) })
        });
        Ok(Self {
            shared: shared.transpose()?,
            journal,
            mode,
            fleet,
            limiter: Limiter::new(Settings { buckets, shards: SHARDS, at_cap }),
            ledger: Ledger::new(),
            reservations: Reservations::default(),
            attempts_per_second,
            admitted: Default::default(),
            refused: Default::default(),
            attempts_refused: AtomicU64::new(0),
        })
    }

    /// Waits until this node has a share, where it counts by one from the start: before that it admits nothing. For so long
    /// at most.
    pub(crate) fn wait_for_share(&self, longest: Duration) {
        let since = Instant::now();
        while self.mode == LimitMode::LocalShare && self.fleet.share() == Share::NONE && since.elapsed() < longest {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Gives back what this node has leased, and waits for that a while at most. Blocks.
    pub(crate) fn give_back_leases(&self) {
        if let Some(shared) = &self.shared {
            shared.link.give_back_leases(LONGEST_FAREWELL);
        }
    }

    #[cfg(test)]
    pub(super) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// How limits are counted at this moment.
    pub(crate) fn counting(&self) -> Counting {
        let by = match &self.shared {
            Some(shared) if !shared.link.is_up() => shared.away.as_str(),
            _ => self.mode.as_str(),
        };
        let nodes = (by == LimitMode::LocalShare.as_str()).then(|| self.fleet.share().nodes());
        Counting { mode: self.mode, by, nodes }
    }

    /// Counts a use as it was decided: a Permit against the limits, whatever else against the attempts.
    pub(crate) fn count<'k>(
        &self,
        key: &'k KeyView,
        decision: Decision,
        (of, settled): (&LimitedUse<'_>, Option<&Settled>),
        now: Moment,
    ) -> Counted<'k> {
        let is_permit = decision == Decision::Permit;
        let counted = if is_permit { self.charge(key, (of, settled), now) } else { Counted::default() };
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

    /// What a Permit would take from limits that are counted in Redis; nothing where nobody there has to be asked.
    pub(crate) fn foresee(
        &self,
        key: &KeyView,
        of: &LimitedUse<'_>,
        is_permitted: impl FnOnce() -> bool,
    ) -> Option<Foreseen> {
        let is_asked = !key.limits.is_empty() && self.shared.as_ref().is_some_and(|shared| shared.link.is_up());
        let is_let_in = || key.attempts.wait(self.attempts_per_second, Elapsed::now).is_none();
        let applied = if is_asked { key.limits.of(of) } else { Applied::new() };
        let is_limited = !applied.is_empty() && is_let_in() && is_permitted();
        is_limited.then(|| charges(&applied).iter().map(Into::into).collect())
    }

    /// Asks Redis about all that was foreseen, at once.
    pub(crate) async fn settle(&self, foreseen: Vec<Foreseen>) -> Settled {
        let Some(shared) = &self.shared else { return Settled::default() };
        let asked: Vec<_> = foreseen.into_iter().map(|charges| rt::spawn(shared.link.charge(charges))).collect();
        let mut answers = Vec::with_capacity(asked.len());
        for answer in asked {
            answers.extend(answer.await.ok().flatten());
        }
        Settled::new(answers)
    }

    /// How the connection to Redis is; `None` where none is set.
    pub(crate) fn redis(&self) -> Option<RedisState> {
        self.shared.as_ref().map(|shared| shared.link.state())
    }

    /// Takes a permitted use from all limits that count it, or from none.
    fn charge<'k>(
        &self,
        key: &'k KeyView,
        (of, settled): (&LimitedUse<'_>, Option<&Settled>),
        now: Moment,
    ) -> Counted<'k> {
        let (applied, now) = (key.limits.of(of), on_both(now));
        if applied.is_empty() {
            return Counted::default();
        }
        let charges = charges(&applied);
        let Took { outcome, at_in_redis, share, journaled } = match self.take(key, (&applied, &charges), settled, now) {
            Ok(took) => took,
            Err(Uncounted::Refused) => return refused_without_redis(),
            Err(Uncounted::Admitted) => return Counted::default(),
        };
        let stands = || applied.iter().map(|(limit, _)| *limit).zip(outcome.standings());
        let is_admitted = outcome.is_admitted();
        for (limit, standing) in stands() {
            let counters = if is_admitted { &self.admitted } else { &self.refused };
            if let (true, Some(counter)) = (is_admitted || !standing.has_room(), counters.get(limit.kind as usize)) {
                counter.fetch_add(1, Relaxed);
            }
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
        let standings = standings.collect();
        let is_kept = of.is_reserved && is_admitted;
        let taken = is_kept
            .then(|| Taken::new((key.id, key.is_durable), (&applied, &charges, share), &outcome, (now, at_in_redis)));
        Counted { refused, retry_after_seconds, standings, taken, journaled }
    }

    /// Takes charges where they are counted; gives what holds instead where they are counted nowhere.
    fn take<'k>(
        &self,
        key: &KeyView,
        (applied, charges): (&Applied<'k>, &[Charge<'_>]),
        settled: Option<&Settled>,
        now: Now,
    ) -> Result<Took<'k>, Uncounted> {
        let of = (applied, charges);
        let take_here = |share| {
            let (outcome, journaled) = self.take_here(key, of, share, now);
            Ok(Took { outcome, at_in_redis: None, share, journaled })
        };
        let Some(shared) = &self.shared else {
            return take_here(if self.mode == LimitMode::Local { Share::WHOLE } else { self.fleet.share() });
        };
        if let Some((outcome, at)) = settled.and_then(|settled| settled.take(charges)) {
            let journaled = if outcome.is_admitted() {
                self.note_taken(key, of, &outcome, (shared.away, now))
            } else {
                self.note_lacking(key, applied, &outcome, now);
                JournaledQuotas::new()
            };
            return Ok(Took { outcome, at_in_redis: Some(at), share: Share::WHOLE, journaled });
        }
        shared.without.fetch_add(1, Relaxed);
        match shared.away {
            WhenAway::LocalShare => take_here(self.fleet.share()),
            WhenAway::Local => take_here(Share::WHOLE),
            WhenAway::Allow => Err(Uncounted::Admitted),
            WhenAway::Deny => Err(Uncounted::Refused),
        }
    }

    /// Takes this node's share of charges in its memory. What is taken from quotas is noted, to be written down.
    fn take_here<'k>(
        &self,
        key: &KeyView,
        (applied, charges): (&Applied<'k>, &[Charge<'_>]),
        share: Share,
        now: Now,
    ) -> (Outcome, JournaledQuotas<'k>) {
        let outcome = of_share(charges, share, |charges| self.limiter.charge(charges, now));
        if outcome.is_admitted() {
            let journaled = self.note_used(key, applied, &outcome, |span| after(now, span));
            return (outcome, journaled);
        }
        self.note_lacking(key, applied, &outcome, now);
        (outcome, JournaledQuotas::new())
    }

    /// Notes what was taken in Redis, so that this node knows what it let through, should it have to count by itself.
    fn note_taken<'k>(
        &self,
        key: &KeyView,
        (applied, charges): (&Applied<'k>, &[Charge<'_>]),
        outcome: &Outcome,
        (away, now): (WhenAway, Now),
    ) -> JournaledQuotas<'k> {
        let share = if away == WhenAway::LocalShare { self.fleet.share() } else { Share::WHOLE };
        of_share(charges, share, |charges| self.limiter.note(charges, now));
        self.note_used(key, applied, outcome, |span| end_of_period(now, span))
    }

    /// Notes what was taken from quotas, to be written down; but for what is written in the journal first.
    fn note_used<'k>(
        &self,
        key: &KeyView,
        applied: &Applied<'k>,
        outcome: &Outcome,
        end: impl Fn(Duration) -> i64,
    ) -> JournaledQuotas<'k> {
        let mut journaled = JournaledQuotas::new();
        for ((limit, cost), standing) in applied.iter().zip(outcome.standings()) {
            if limit.kind != Kind::Quota || *cost == 0 {
                continue;
            }
            let end = end(standing.reset_after);
            if key.is_durable {
                let used = i64::try_from(*cost).unwrap_or(i64::MAX);
                journaled.push(JournaledQuota { quota: (*limit).into(), key: key.id, end, used });
            } else {
                self.ledger.note((*limit).into(), key.id, end, Noted::Used(*cost));
            }
        }
        journaled
    }

    /// Notes the quotas that had too little left for a use which a whole one has room for: they count as used up.
    fn note_lacking(&self, key: &KeyView, applied: &Applied<'_>, outcome: &Outcome, now: Now) {
        for ((limit, _), standing) in applied.iter().zip(outcome.standings()) {
            // A bucket that newcomers share says nothing of this quota, nor does a full table, which refuses for a window,
            // nor does one node's share.
            let is_its_own = !standing.is_shared && !standing.can_never && !standing.lacks_share;
            let is_its_own = limit.kind == Kind::Quota && is_its_own;
            let wait = standing.retry_after.filter(|wait| is_its_own && *wait < limit.limit.window());
            if let Some(wait) = wait {
                self.ledger.note((*limit).into(), key.id, end_of_period(now, wait), Noted::Lacking);
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
            reservations: self.reservations.counts(),
            counting: self.counting(),
            shared: self.shared.as_ref().map(|shared| SharedCounts {
                state: shared.link.state(),
                away: shared.away,
                without: shared.without.load(Relaxed),
                unasked: shared.link.unasked(),
                leased: shared.link.leased().unwrap_or(0),
            }),
            journal: self.journal.as_ref().map(Journal::counts),
        }
    }
}

/// Does something with a node's share of charges.
fn of_share<T>(charges: &[Charge<'_>], share: Share, work: impl FnOnce(&[Charge<'_>]) -> T) -> T {
    if share == Share::WHOLE {
        return work(charges);
    }
    let limits: SmallVec<[Limit; 4]> = charges.iter().map(|charge| charge.limit.share(share)).collect();
    let each = charges.iter().zip(&limits).map(|(charge, limit)| Charge { limit, ..*charge });
    work(&each.collect::<SmallVec<[Charge<'_>; 4]>>())
}

/// What a use was taken from.
struct Took<'k> {
    outcome: Outcome,
    /// The time that Redis had, where it was taken there.
    at_in_redis: Option<i64>,
    /// The share that was counted here.
    share: Share,
    journaled: JournaledQuotas<'k>,
}

/// What becomes of a use that is counted nowhere.
enum Uncounted {
    Admitted,
    Refused,
}

/// When a span is over, in nanoseconds since 1970.
fn after(now: Now, span: Duration) -> i64 {
    now.wall.saturating_add(i64::try_from(span.as_nanos()).unwrap_or(i64::MAX))
}

/// When a period is over. By the clock of Redis the span may be a little off; periods end with a second.
pub(super) fn end_of_period(now: Now, span: Duration) -> i64 {
    after(now, span).saturating_add(SECOND / 2).div_euclid(SECOND).saturating_mul(SECOND)
}

/// Counting together with other nodes.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) link: Link,
    away: WhenAway,
    /// Uses that were decided without Redis.
    without: AtomicU64,
}

/// It may be back in a moment.
fn refused_without_redis<'k>() -> Counted<'k> {
    Counted { refused: Some(Reason::RateLimited), retry_after_seconds: Some(1), ..Counted::default() }
}

/// What was counted together with other nodes.
#[derive(Debug, Clone)]
pub(crate) struct SharedCounts {
    pub(crate) state: RedisState,
    pub(crate) away: WhenAway,
    /// Uses that were decided without Redis.
    pub(crate) without: u64,
    /// Decisions that were made from leases.
    pub(crate) unasked: u64,
    /// What may be let through without asking now.
    pub(crate) leased: u64,
}

/// How limits are counted at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counting {
    /// What is set.
    pub(crate) mode: LimitMode,
    /// What holds: a word of [`LimitMode`], or of [`WhenAway`] while Redis is away.
    pub(crate) by: &'static str,
    /// Among how many nodes limits are divided; 0 where this one has no share yet, `None` where they are not.
    pub(crate) nodes: Option<u32>,
}

/// What was counted since the start.
#[derive(Debug, Clone)]
pub(crate) struct GateCounts {
    /// Limits that a use was taken from, in the order of [`Kind::ALL`].
    pub(crate) admitted: [u64; Kind::ALL.len()],
    /// Limits that had no room for a use.
    pub(crate) refused: [u64; Kind::ALL.len()],
    pub(crate) attempts_refused: u64,
    pub(crate) table: argus_limits::Counts,
    pub(crate) reservations: ReservationCounts,
    pub(crate) counting: Counting,
    /// `None` where no Redis is set.
    pub(crate) shared: Option<SharedCounts>,
    /// `None` where this node keeps no journal.
    pub(crate) journal: Option<JournalCounts>,
}
