//! What is told of limits: how often they admit and refuse, and how full the memory is that they are counted in.

use metrics::{Counter, Gauge, counter, gauge};

use super::to_gauge;
use crate::journal::JournalCounts;
use crate::limits::{Counting, GateCounts, KeepingCounts, Kind, LimitMode, ReservationCounts, SharedCounts, WhenAway};

/// The metrics of limits.
pub(super) struct Limits {
    admitted: [Counter; Kind::ALL.len()],
    refused: [Counter; Kind::ALL.len()],
    attempts_refused: Counter,
    buckets: Gauge,
    cap: Gauge,
    reclaimed: Counter,
    turned_away: Counter,
    unwritten: Gauge,
    failures: Counter,
    reservations: Reservations,
    by: By,
    shared: Shared,
    journal: Journal,
}

/// What uses of durable keys stand in before they are answered.
struct Journal {
    written: Counter,
    syncs: Counter,
    failures: Counter,
    kept: Gauge,
}

/// How limits are counted.
struct By {
    /// One for each way, of which one is 1.
    ways: Vec<(&'static str, Gauge)>,
    nodes: Gauge,
}

/// Uses that are reserved, and what becomes of them.
struct Reservations {
    open: Gauge,
    settled: Counter,
    overdue: Counter,
    turned_away: Counter,
}

/// What is counted together with other nodes.
struct Shared {
    is_away: Gauge,
    answered: Counter,
    failed: Counter,
    leased: Counter,
    credits: Gauge,
    /// In the order of [`WhenAway::ALL`].
    without: [Counter; WhenAway::ALL.len()],
}

impl Limits {
    pub(super) fn new() -> Self {
        let of = |outcome: &'static str| {
            Kind::ALL.map(|kind| counter!("argus_limits_total", "kind" => kind.as_str(), "outcome" => outcome))
        };
        Self {
            admitted: of("admitted"),
            refused: of("refused"),
            attempts_refused: counter!("argus_limits_total", "kind" => "attempts", "outcome" => "refused"),
            buckets: gauge!("argus_limit_buckets"),
            cap: gauge!("argus_limit_buckets_cap"),
            reclaimed: counter!("argus_limit_buckets_reclaimed_total"),
            turned_away: counter!("argus_limit_overflow_total"),
            unwritten: gauge!("argus_quota_uses_unwritten"),
            failures: counter!("argus_quota_write_failures_total"),
            reservations: Reservations::new(),
            by: By::new(),
            shared: Shared::new(),
            journal: Journal::new(),
        }
    }

    pub(super) fn set(&self, counts: &GateCounts, kept: KeepingCounts) {
        let set = |counters: &[Counter], counts: &[u64]| {
            counters.iter().zip(counts).for_each(|(counter, count)| counter.absolute(*count));
        };
        set(&self.admitted, &counts.admitted);
        set(&self.refused, &counts.refused);
        self.attempts_refused.absolute(counts.attempts_refused);
        self.buckets.set(to_gauge(counts.table.buckets));
        self.cap.set(to_gauge(counts.table.cap));
        self.reclaimed.absolute(counts.table.reclaimed);
        self.turned_away.absolute(counts.table.turned_away);
        self.unwritten.set(to_gauge(usize::try_from(kept.unwritten).unwrap_or(usize::MAX)));
        self.failures.absolute(kept.failures);
        self.reservations.set(counts.reservations);
        self.by.set(counts.counting);
        if let Some(counts) = &counts.shared {
            self.shared.set(counts);
        }
        self.journal.set(counts.journal.unwrap_or_default());
    }
}

impl Journal {
    fn new() -> Self {
        Self {
            written: counter!("argus_journal_uses_total"),
            syncs: counter!("argus_journal_syncs_total"),
            failures: counter!("argus_journal_write_failures_total"),
            kept: gauge!("argus_journal_bytes"),
        }
    }

    fn set(&self, counts: JournalCounts) {
        self.written.absolute(counts.written);
        self.syncs.absolute(counts.syncs);
        self.failures.absolute(counts.failures);
        self.kept.set(to_gauge(usize::try_from(counts.kept).unwrap_or(usize::MAX)));
    }
}

impl By {
    fn new() -> Self {
        let words = LimitMode::ALL.map(LimitMode::as_str).into_iter().chain(WhenAway::ALL.map(WhenAway::as_str));
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        let ways = words.into_iter().map(|word| (word, gauge!("argus_limits_counted", "by" => word))).collect();
        Self { ways, nodes: gauge!("argus_limit_nodes") }
    }

    fn set(&self, counting: Counting) {
        for (word, gauge) in &self.ways {
            gauge.set(f64::from(u8::from(*word == counting.by)));
        }
        self.nodes.set(f64::from(counting.nodes.unwrap_or(1)));
    }
}

impl Reservations {
    fn new() -> Self {
        let ended = |outcome: &'static str| counter!("argus_reservations_total", "outcome" => outcome);
        Self {
            open: gauge!("argus_reservations_open"),
            settled: ended("settled"),
            overdue: ended("overdue"),
            turned_away: ended("turned_away"),
        }
    }

    fn set(&self, counts: ReservationCounts) {
        self.open.set(to_gauge(counts.open));
        self.settled.absolute(counts.settled);
        self.overdue.absolute(counts.overdue);
        self.turned_away.absolute(counts.turned_away);
    }
}

impl Shared {
    fn new() -> Self {
        let checks = |outcome: &'static str| counter!("argus_redis_checks_total", "outcome" => outcome);
        Self {
            is_away: gauge!("argus_redis_away"),
            answered: checks("answered"),
            failed: checks("failed"),
            leased: checks("leased"),
            credits: gauge!("argus_limit_leased"),
            without: WhenAway::ALL
                .map(|choice| counter!("argus_decisions_without_redis_total", "choice" => choice.as_str())),
        }
    }

    fn set(&self, counts: &SharedCounts) {
        self.is_away.set(f64::from(u8::from(counts.state.fault.is_some())));
        self.answered.absolute(counts.state.answered);
        self.failed.absolute(counts.state.failed);
        self.leased.absolute(counts.unasked);
        self.credits.set(to_gauge(usize::try_from(counts.leased).unwrap_or(usize::MAX)));
        if let Some(counter) = self.without.get(counts.away as usize) {
            counter.absolute(counts.without);
        }
    }
}
