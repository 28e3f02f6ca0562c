//! What `/metrics` tells: counters whose handles are made once, so that counting is one addition.
//!
//! Labels are closed lists (door, decision, reason). No key, organisation or address is one: their number has no bound.

mod limits;
mod table;

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::Relaxed;

use argus_credentials::Counts;
use argus_engine::decision::Decision;
use argus_http::{Exposition, Histogram, MetricKind, MoreMetrics};
use argus_store::Connections;
use metrics::{
    Counter, Gauge, counter, describe_counter, describe_gauge, describe_histogram, gauge, with_local_recorder,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::limits::{GateCounts, KeepingCounts};
use crate::obligation::ObligationCounts;
use crate::reason::Reason;
use crate::snapshot::RotationUses;
use crate::usage::UsesNoted;
use limits::Limits;
use table::{BUILD, CONNECTIONS, CONNECTIONS_BUSY, CONNECTIONS_CAP, COUNTED, DURATION, FEED_LAG, POLICY_ROOT};

pub use table::metrics;

/// The doors through which decisions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// `POST /pdp`.
    Pdp,
    /// `POST /domains/{organisation}/pdp`.
    Domain,
    /// `POST /v1/verify`.
    Verify,
    /// `GET /v1/forward-auth`.
    ForwardAuth,
}

const DOORS: [Door; 4] = [Door::Pdp, Door::Domain, Door::Verify, Door::ForwardAuth];
const DECISIONS: usize = 4;
/// Every reason, and none.
const REASONS: usize = Reason::ALL.len() + 1;

/// The metrics of a decision point. Each has a registry of its own: two in one process don't mix.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    /// Made when first counted, but for those that every decision point has: `/metrics` lists what has happened.
    decisions: [[[OnceLock<Counter>; REASONS]; DECISIONS]; DOORS.len()],
    durations: [Histogram; DOORS.len()],
    callers_refused: Counter,
    bodies_refused: Counter,
    keys_in_urls: Counter,
    verification: Verification,
    life: Life,
    limits: Limits,
    state: State,
}

/// What the verifier counts itself.
struct Verification {
    derivations: Counter,
    cache_hits: Counter,
    wrong_hits: Counter,
    malformed: Counter,
    forged: Counter,
    unknown: Counter,
    wrong_secrets: Counter,
    refreshes: Counter,
    strengthened: Counter,
    shared: Counter,
    busy: Counter,
    limited: Counter,
    remembered: Gauge,
}

/// What the snapshot and the obligations count themselves.
struct Life {
    logged: Noted,
    older_uses: Counter,
    newer_uses: Counter,
    done: Counter,
    dropped: Counter,
    refused: Counter,
    noted: Noted,
    acts: Counter,
    acts_dropped: Counter,
}

/// What becomes of notes about decisions.
struct Noted {
    taken: Counter,
    dropped: Counter,
    waiting: Gauge,
    written: Counter,
    failures: Counter,
}

/// What is counted of the life of keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LifeCounts<'c> {
    pub(crate) uses: &'c RotationUses,
    pub(crate) obligations: &'c ObligationCounts,
    pub(crate) noted: UsesNoted,
    pub(crate) logged: UsesNoted,
}

struct State {
    sequence: Gauge,
    age: Gauge,
    credentials: Gauge,
    documents: Gauge,
    policies_faulty: Gauge,
    store_away: Gauge,
    places_faulty: Gauge,
    clock_ahead: Gauge,
    tls_faulty: Gauge,
}

/// The state of a decision point, as gauges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gauges {
    pub(crate) sequence: i64,
    pub(crate) age_seconds: i64,
    pub(crate) credentials: usize,
    pub(crate) documents: usize,
    pub(crate) policies_faulty: bool,
    pub(crate) store_away: bool,
    pub(crate) places_faulty: bool,
    pub(crate) clock_ahead_milliseconds: i64,
    pub(crate) tls_faults: usize,
    pub(crate) remembered: usize,
}

/// What is told of things that count themselves.
#[derive(Debug)]
pub(crate) struct Beside<'b> {
    pub(crate) feed_lag: &'b Histogram,
    pub(crate) root: (&'b str, &'b str),
    pub(crate) origin: &'static str,
    pub(crate) connections: [(&'static str, Connections); 2],
    pub(crate) more: Option<&'b dyn MoreMetrics>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        with_local_recorder(&recorder, describe);
        let (verification, life, state, limits) =
            with_local_recorder(&recorder, || (Verification::new(), Life::new(), State::new(), Limits::new()));
        let refused = |at: &'static str| with_local_recorder(&recorder, || counter!("argus_refused_total", "at" => at));
        let metrics = Self {
            callers_refused: refused("authentication"),
            bodies_refused: refused("body"),
            keys_in_urls: refused("key_in_url"),
            decisions: std::array::from_fn(|_| std::array::from_fn(|_| std::array::from_fn(|_| OnceLock::new()))),
            durations: std::array::from_fn(|_| Histogram::default()),
            verification,
            life,
            limits,
            state,
            recorder,
        };
        for door in DOORS {
            // What is not there can't be told from nought, and a rate of it is nothing.
            metrics.counter_of(door, Decision::Permit, None);
        }
        metrics
    }

    /// One decision.
    pub(crate) fn count(&self, door: Door, decision: Decision, reason: Option<Reason>) {
        if let Some(counter) = self.counter_of(door, decision, reason) {
            counter.increment(1);
        }
    }

    fn counter_of(&self, door: Door, decision: Decision, reason: Option<Reason>) -> Option<&Counter> {
        let place = self.decisions.get(door as usize).and_then(|by_decision| by_decision.get(number(decision)));
        let place = place.and_then(|by_reason| by_reason.get(reason.map_or(0, |reason| reason as usize + 1)));
        place.map(|counter| counter.get_or_init(|| self.decision_counter(door, decision, reason)))
    }

    /// How long a request took until its answer was written.
    pub(crate) fn observe(&self, door: Door, seconds: f64) {
        if let Some(histogram) = self.durations.get(door as usize) {
            histogram.observe(seconds);
        }
    }

    pub(crate) fn caller_refused(&self) {
        self.callers_refused.increment(1);
    }

    pub(crate) fn body_refused(&self) {
        self.bodies_refused.increment(1);
    }

    pub(crate) fn key_in_url(&self) {
        self.keys_in_urls.increment(1);
    }

    /// What was counted of limits.
    pub(crate) fn set_limits(&self, counts: &GateCounts, kept: KeepingCounts) {
        self.limits.set(counts, kept);
    }

    /// Everything, in Prometheus' text form.
    pub(crate) fn render(
        &self,
        counts: &Counts,
        life: &LifeCounts<'_>,
        gauges: &Gauges,
        beside: &Beside<'_>,
    ) -> String {
        self.life.set(life);
        self.verification.set(counts, gauges.remembered);
        self.state.set(gauges);
        let mut exposition = Exposition::after(self.recorder.handle().render());
        exposition.head(&DURATION);
        for (door, histogram) in DOORS.iter().zip(&self.durations) {
            histogram.write_to(&mut exposition, &DURATION, &[door.as_str()]);
        }
        beside.write_to(&mut exposition);
        exposition.into_text()
    }

    fn decision_counter(&self, door: Door, decision: Decision, reason: Option<Reason>) -> Counter {
        let (door, decision, reason) = (door.as_str(), decision.as_str(), reason.map_or("none", Reason::as_str));
        with_local_recorder(
            &self.recorder,
            || counter!("argus_decisions_total", "door" => door, "decision" => decision, "reason" => reason),
        )
    }
}

impl Beside<'_> {
    fn write_to(&self, exposition: &mut Exposition) {
        exposition.head(&FEED_LAG);
        self.feed_lag.write_to(exposition, &FEED_LAG, &[]);
        exposition.head(&POLICY_ROOT);
        exposition.line(&POLICY_ROOT, &[self.root.0, self.root.1, self.origin], 1);
        exposition.head(&BUILD);
        exposition.line(&BUILD, &[env!("CARGO_PKG_VERSION")], 1);
        exposition.head(&CONNECTIONS);
        for (pool, connections) in &self.connections {
            exposition.line(&CONNECTIONS, &[pool, "lent"], connections.lent);
            exposition.line(&CONNECTIONS, &[pool, "idle"], connections.idle);
        }
        exposition.head(&CONNECTIONS_CAP);
        for (pool, connections) in &self.connections {
            exposition.line(&CONNECTIONS_CAP, &[pool], connections.cap);
        }
        exposition.head(&CONNECTIONS_BUSY);
        for (pool, connections) in &self.connections {
            exposition.line(&CONNECTIONS_BUSY, &[pool], connections.busy);
        }
        if let Some(more) = self.more {
            more.write_to(exposition);
        }
    }
}

impl Door {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pdp => "pdp",
            Self::Domain => "domain",
            Self::Verify => "verify",
            Self::ForwardAuth => "forward-auth",
        }
    }

    /// What a request to it is called in traces.
    pub(crate) const fn request_name(self) -> &'static str {
        match self {
            Self::Pdp => "POST /pdp",
            Self::Domain => "POST /domains/{organisation}/pdp",
            Self::Verify => "POST /v1/verify",
            Self::ForwardAuth => "GET /v1/forward-auth",
        }
    }
}

const fn number(decision: Decision) -> usize {
    match decision {
        Decision::Permit => 0,
        Decision::Deny => 1,
        Decision::NotApplicable => 2,
        Decision::Indeterminate(_) => 3,
    }
}

impl Verification {
    fn new() -> Self {
        Self {
            derivations: counter!("argus_derivations_total"),
            cache_hits: counter!("argus_verified_from_memory_total"),
            wrong_hits: counter!("argus_refused_from_memory_total"),
            malformed: counter!("argus_credentials_refused_total", "cause" => "malformed"),
            forged: counter!("argus_credentials_refused_total", "cause" => "forged"),
            unknown: counter!("argus_credentials_refused_total", "cause" => "unknown"),
            wrong_secrets: counter!("argus_credentials_refused_total", "cause" => "wrong_secret"),
            refreshes: counter!("argus_derivations_in_background_total"),
            strengthened: counter!("argus_secrets_strengthened_total"),
            shared: counter!("argus_derivations_shared_total"),
            busy: counter!("argus_verifications_busy_total", "cause" => "queue"),
            limited: counter!("argus_verifications_busy_total", "cause" => "failures"),
            remembered: gauge!("argus_verified_remembered"),
        }
    }

    fn set(&self, counts: &Counts, remembered: usize) {
        self.derivations.absolute(counts.derivations);
        self.cache_hits.absolute(counts.cache_hits);
        self.wrong_hits.absolute(counts.wrong_hits);
        self.malformed.absolute(counts.malformed);
        self.forged.absolute(counts.forged);
        self.unknown.absolute(counts.unknown);
        self.wrong_secrets.absolute(counts.wrong_secrets);
        self.refreshes.absolute(counts.refreshes);
        self.strengthened.absolute(counts.strengthened);
        self.shared.absolute(counts.shared);
        self.busy.absolute(counts.busy);
        self.limited.absolute(counts.limited);
        self.remembered.set(to_gauge(remembered));
    }
}

impl Life {
    fn new() -> Self {
        Self {
            logged: Noted::of_log(),
            older_uses: counter!("argus_uses_while_rotated_total", "secret" => "older"),
            newer_uses: counter!("argus_uses_while_rotated_total", "secret" => "newer"),
            done: counter!("argus_obligations_total", "outcome" => "carried_out"),
            dropped: counter!("argus_obligations_total", "outcome" => "dropped"),
            refused: counter!("argus_obligations_total", "outcome" => "refused"),
            noted: Noted::of_usage(),
            acts: counter!("argus_usage_acts_total"),
            acts_dropped: counter!("argus_usage_acts_dropped_total"),
        }
    }

    fn set(&self, counts: &LifeCounts<'_>) {
        let (older, newer) = counts.uses.counts();
        self.older_uses.absolute(older);
        self.newer_uses.absolute(newer);
        self.done.absolute(counts.obligations.done.load(Relaxed));
        self.dropped.absolute(counts.obligations.dropped.load(Relaxed));
        self.refused.absolute(counts.obligations.refused.load(Relaxed));
        self.noted.set(counts.noted);
        self.acts.absolute(counts.noted.acts);
        self.acts_dropped.absolute(counts.noted.acts_dropped);
        self.logged.set(counts.logged);
    }
}

impl Noted {
    fn of_usage() -> Self {
        Self {
            taken: counter!("argus_usage_events_total"),
            dropped: counter!("argus_usage_events_dropped_total"),
            waiting: gauge!("argus_usage_events_waiting"),
            written: counter!("argus_usage_events_written_total"),
            failures: counter!("argus_usage_write_failures_total"),
        }
    }

    fn of_log() -> Self {
        Self {
            taken: counter!("argus_decision_log_entries_total"),
            dropped: counter!("argus_decision_log_entries_dropped_total"),
            waiting: gauge!("argus_decision_log_entries_waiting"),
            written: counter!("argus_decision_log_entries_written_total"),
            failures: counter!("argus_decision_log_write_failures_total"),
        }
    }

    fn set(&self, counts: UsesNoted) {
        self.taken.absolute(counts.taken);
        self.dropped.absolute(counts.dropped);
        #[expect(clippy::cast_precision_loss, reason = "what fits into a queue")]
        self.waiting.set(counts.waiting as f64);
        self.written.absolute(counts.written);
        self.failures.absolute(counts.failures);
    }
}

impl State {
    fn new() -> Self {
        Self {
            sequence: gauge!("argus_snapshot_sequence"),
            age: gauge!("argus_snapshot_age_seconds"),
            credentials: gauge!("argus_snapshot_credentials"),
            documents: gauge!("argus_policies_loaded"),
            policies_faulty: gauge!("argus_policies_faulty"),
            store_away: gauge!("argus_store_away"),
            places_faulty: gauge!("argus_geoip_faulty"),
            clock_ahead: gauge!("argus_clock_ahead_seconds"),
            tls_faulty: gauge!("argus_tls_faulty"),
        }
    }

    fn set(&self, gauges: &Gauges) {
        #[expect(clippy::cast_precision_loss, reason = "a number of acts, far below 2^52")]
        self.sequence.set(gauges.sequence as f64);
        #[expect(clippy::cast_precision_loss, reason = "an age in seconds")]
        self.age.set(gauges.age_seconds as f64);
        self.credentials.set(to_gauge(gauges.credentials));
        self.documents.set(to_gauge(gauges.documents));
        self.policies_faulty.set(f64::from(u8::from(gauges.policies_faulty)));
        self.store_away.set(f64::from(u8::from(gauges.store_away)));
        self.places_faulty.set(f64::from(u8::from(gauges.places_faulty)));
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of clocks that differ")]
        self.clock_ahead.set(gauges.clock_ahead_milliseconds as f64 / 1e3);
        self.tls_faulty.set(to_gauge(gauges.tls_faults));
    }
}

fn to_gauge(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of things in memory, far below 2^52")]
    let count = count as f64;
    count
}

fn describe() {
    for metric in COUNTED {
        match metric.kind {
            MetricKind::Counter => describe_counter!(metric.name, metric.help),
            MetricKind::Gauge => describe_gauge!(metric.name, metric.help),
            MetricKind::Histogram => describe_histogram!(metric.name, metric.help),
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}
