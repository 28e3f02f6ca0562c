//! What is counted of requests to the administration, and who tells something beside it.

mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use actix_web::http::{Method, StatusCode};
use argus_http::{Exposition, Histogram, MoreMetrics, SdkTracer};

pub use table::metrics;
pub(crate) use table::{
    ANOMALIES, AUDIT, BUILD, CONNECTIONS, CONNECTIONS_BUSY, CONNECTIONS_CAP, DEAD, DELIVERIES, FEED, INTROSPECTED,
    ISSUED, NODES, NOTICES, REFUSED, REVOKED, SIGNED, SIGNING_AGE, SIGNING_KEYS, SLOWEST, STORE_AWAY,
};
use table::{DURATION, PROBLEMS, REQUESTS};

use crate::problem::KINDS;

/// The methods that have a door, and all others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What watches an administration: the same for all threads that serve it.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    counts: Arc<Counts>,
    pub(crate) more: Vec<Arc<dyn MoreMetrics>>,
    pub(crate) spans: Option<SdkTracer>,
}

#[derive(Debug)]
struct Counts {
    requests: [[AtomicU64; CLASSES.len()]; METHODS.len()],
    durations: Histogram,
    problems: Vec<AtomicU64>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: std::array::from_fn(|_| std::array::from_fn(|_| AtomicU64::new(0))),
            durations: Histogram::default(),
            problems: KINDS.iter().map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Watched {
    /// Hands spans of requests to a collector.
    pub fn trace_to(&mut self, spans: SdkTracer) {
        self.spans = Some(spans);
    }

    /// Shows what another counts in the same process, behind what the administration counts itself.
    pub fn tell_of(&mut self, another: Arc<dyn MoreMetrics>) {
        self.more.push(another);
    }

    /// One request that was answered.
    pub(crate) fn count(&self, method: &Method, status: StatusCode, seconds: f64) {
        let method = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.counts.requests.get(method).and_then(|by_class| by_class.get(class)) {
            count.fetch_add(1, Relaxed);
        }
        self.counts.durations.observe(seconds);
    }

    /// One request that was refused.
    pub(crate) fn count_problem(&self, code: &str) {
        let count = KINDS.iter().position(|kind| kind.code == code).and_then(|place| self.counts.problems.get(place));
        if let Some(count) = count {
            count.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn write_to(&self, exposition: &mut Exposition) {
        exposition.head(&REQUESTS);
        for (method, by_class) in METHODS.iter().zip(&self.counts.requests) {
            for (class, count) in CLASSES.iter().zip(by_class.iter().map(|count| count.load(Relaxed))) {
                if count > 0 {
                    exposition.line(&REQUESTS, &[method, class], count);
                }
            }
        }
        exposition.head(&DURATION);
        self.counts.durations.write_to(exposition, &DURATION, &[]);
        exposition.head(&PROBLEMS);
        for (kind, count) in KINDS.iter().zip(&self.counts.problems) {
            exposition.line(&PROBLEMS, &[kind.code], count.load(Relaxed));
        }
    }
}
