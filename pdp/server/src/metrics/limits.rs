//! What is told of limits: how often they admit and refuse, and how full the memory is that they are counted in.

use metrics::{Counter, Gauge, counter, gauge};

use super::to_gauge;
use crate::limits::{GateCounts, Kind, SharedCounts, WhenAway};

/// The metrics of limits.
pub(super) struct Limits {
    admitted: [Counter; Kind::ALL.len()],
    refused: [Counter; Kind::ALL.len()],
    attempts_refused: Counter,
    buckets: Gauge,
    cap: Gauge,
    reclaimed: Counter,
    turned_away: Counter,
    shared: Shared,
}

/// What is counted together with other nodes.
struct Shared {
    is_away: Gauge,
    answered: Counter,
    failed: Counter,
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
            shared: Shared::new(),
        }
    }

    pub(super) fn set(&self, counts: &GateCounts) {
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
        if let Some(counts) = &counts.shared {
            self.shared.set(counts);
        }
    }
}

impl Shared {
    fn new() -> Self {
        let checks = |outcome: &'static str| counter!("argus_redis_checks_total", "outcome" => outcome);
        Self {
            is_away: gauge!("argus_redis_away"),
            answered: checks("answered"),
            failed: checks("failed"),
            without: WhenAway::ALL
                .map(|choice| counter!("argus_decisions_without_redis_total", "choice" => choice.as_str())),
        }
    }

    fn set(&self, counts: &SharedCounts) {
        self.is_away.set(f64::from(u8::from(counts.state.fault.is_some())));
        self.answered.absolute(counts.state.answered);
        self.failed.absolute(counts.state.failed);
        if let Some(counter) = self.without.get(counts.away as usize) {
            counter.absolute(counts.without);
        }
    }
}
