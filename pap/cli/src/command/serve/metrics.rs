//! What `/metrics` tells of the process itself, and of the threads beside the two servers: the sweeper, who signs the
//! audit, who carries notices.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

use argus_admin::Swept;
use argus_admin::audit::Tended;
use argus_http::{Exposition, Metric, MoreMetrics};
use argus_insight::notify::Counted;
use argus_store::StoreError;
use chrono::{DateTime, Utc};

use super::traces::Sent;

macro_rules! metrics {
    ($list:ident, $about:literal; $($name:ident = $make:ident($text:literal, [$($label:literal),*], $help:literal);)+) => {
        $(static $name: Metric = Metric::$make($text, &[$($label),*], $help);)+

        #[doc = $about]
        static $list: &[&Metric] = &[$(&$name),+];
    };
}

#[rustfmt::skip]
metrics! { PROCESS, "What both servers tell.";
    STARTED = gauge("process_start_time_seconds", [], "When this process began, in seconds since 1970.");
    SPANS = counter("argus_trace_spans_total", ["outcome"],
        "Spans of requests: sent to the collector, dropped because too many waited, or not taken by it.");
    SPANS_WAITING = gauge("argus_trace_spans_waiting", [], "Spans that are not yet sent.");
    RESIDENT = gauge("process_resident_memory_bytes", [], "Memory that this process holds; 0 where the system doesn't tell.");
}

#[rustfmt::skip]
metrics! { BESIDE, "What the administration alone tells.";
    DELIVERIES = counter("argus_deliveries_total", ["channel", "outcome"],
        "Attempts to tell somebody of a notice, by channel and outcome.");
    SPREAD = counter("argus_notices_spread_total", [], "Notices put on their way to contacts.");
    OLDEST = gauge("argus_delivery_oldest_seconds", [], "Age of the oldest delivery that waits.");
    SWEEPS = counter("argus_sweeps_total", ["outcome"],
        "Sweeps for what is due by the clock: done, failed, or another node's turn.");
    SWEPT_AT = gauge("argus_swept_at_seconds", [],
        "When a sweep was last done here, in seconds since 1970; 0 before the first. Of several nodes one sweeps.");
    SWEPT = counter("argus_swept_total", ["what"],
        "What the clock brought about here: keys begun and expired, graces ended, rotations opened, notices written.");
    CHECKPOINTS = counter("argus_audit_checkpoints_total", [], "Checkpoints of the audit that were signed here.");
    SIGN_FAILURES = counter("argus_audit_sign_failures_total", [], "Attempts to sign the audit that failed, and are repeated.");
    BROKEN = gauge("argus_audit_broken", [], "Whether the audit was found to be tampered with.");
}

// A node that decides tells of these beside its decisions; one that doesn't, where it administers.
pub(super) static ACTS: Metric = Metric::counter(
    "argus_usage_acts_total",
    &[],
    "Uses of scopes on Argus's own resources that were counted: administrative acts, and the asking for decisions.",
);
pub(super) static ACTS_DROPPED: Metric =
    Metric::counter("argus_usage_acts_dropped_total", &[], "Such uses missing in the usage of keys: too many waited.");

/// What both servers tell of all this.
pub(crate) fn of_both() -> &'static [&'static Metric] {
    PROCESS
}

/// What the administration alone tells of it.
pub(crate) fn of_administration() -> &'static [&'static Metric] {
    BESIDE
}

/// The process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) began: DateTime<Utc>,
    pub(super) spans: Arc<Sent>,
}

/// What the sweeper did.
#[derive(Debug, Default)]
pub(super) struct Sweeps {
    done: AtomicU64,
    failed: AtomicU64,
    of_others: AtomicU64,
    at: AtomicI64,
    what: [AtomicU64; WHAT.len()],
}

const WHAT: [&str; 5] = ["begun", "expired", "grace_ended", "rotation_opened", "notice"];

/// What whoever signs the audit did.
#[derive(Debug, Default)]
pub(super) struct Signings {
    signed: AtomicU64,
    failures: AtomicU64,
    is_broken: AtomicBool,
}

/// What was carried.
#[derive(Debug)]
pub(super) struct Carried(pub(super) Arc<Counted>);

impl Sweeps {
    pub(super) fn count(&self, at: DateTime<Utc>, swept: Option<&Swept>) {
        let Some(swept) = swept else {
            self.failed.fetch_add(1, Relaxed);
            return;
        };
        if !swept.is_mine {
            self.of_others.fetch_add(1, Relaxed);
            return;
        }
        self.done.fetch_add(1, Relaxed);
        self.at.store(at.timestamp(), Relaxed);
        let counts = [swept.begun, swept.expired, swept.graces_ended, swept.rotations_opened, swept.notices];
        for (all, count) in self.what.iter().zip(counts) {
            all.fetch_add(u64::try_from(count).unwrap_or_default(), Relaxed);
        }
    }
}

impl Signings {
    pub(super) fn count(&self, tended: &Result<Tended, StoreError>) {
        match tended {
            Ok(Tended::Signed(_)) => {
                self.signed.fetch_add(1, Relaxed);
            }
            // What is broken stays so: that nothing is due says nothing of it.
            Ok(Tended::Nothing) => {}
            Ok(Tended::Broken(_)) => self.is_broken.store(true, Relaxed),
            Err(_) => {
                self.failures.fetch_add(1, Relaxed);
            }
        }
    }
}

impl MoreMetrics for Process {
    fn write_to(&self, exposition: &mut Exposition) {
        exposition.plain(&STARTED, self.began.timestamp());
        exposition.head(&SPANS);
        let Sent { sent, dropped, failed, waiting } = &*self.spans;
        for (outcome, count) in [("sent", sent), ("dropped", dropped), ("failed", failed)] {
            exposition.line(&SPANS, &[outcome], count.load(Relaxed));
        }
        exposition.plain(&SPANS_WAITING, waiting.load(Relaxed));
        exposition.plain(&RESIDENT, resident_bytes().unwrap_or_default());
    }
}

impl MoreMetrics for Sweeps {
    fn write_to(&self, exposition: &mut Exposition) {
        exposition.head(&SWEEPS);
        for (outcome, count) in [("done", &self.done), ("failed", &self.failed), ("elsewhere", &self.of_others)] {
            exposition.line(&SWEEPS, &[outcome], count.load(Relaxed));
        }
        exposition.plain(&SWEPT_AT, self.at.load(Relaxed));
        exposition.head(&SWEPT);
        for (what, count) in WHAT.iter().zip(&self.what) {
            exposition.line(&SWEPT, &[what], count.load(Relaxed));
        }
    }
}

impl MoreMetrics for Signings {
    fn write_to(&self, exposition: &mut Exposition) {
        exposition.plain(&CHECKPOINTS, self.signed.load(Relaxed));
        exposition.plain(&SIGN_FAILURES, self.failures.load(Relaxed));
        exposition.plain(&BROKEN, u8::from(self.is_broken.load(Relaxed)));
    }
}

impl MoreMetrics for Carried {
    fn write_to(&self, exposition: &mut Exposition) {
        exposition.head(&DELIVERIES);
        for (channel, outcome, count) in self.0.deliveries() {
            exposition.line(&DELIVERIES, &[channel, outcome], count);
        }
        exposition.plain(&SPREAD, self.0.spread());
        exposition.plain(&OLDEST, self.0.oldest_seconds(Utc::now()));
    }
}

/// Linux tells; elsewhere nobody is asked.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
