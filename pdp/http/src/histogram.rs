//! How long requests take: fixed buckets, one addition each. A histogram that keeps every sample until somebody asks
//! takes a megabyte a second at 50,000 decisions a second.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::metric::{Exposition, Metric};

/// Upper bounds in microseconds, from what a warm decision takes to what a cold key waits at most.
const BOUNDS: [u32; 16] =
    [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 2_500_000];

/// Counts of durations.
#[derive(Debug, Default)]
pub struct Histogram {
    /// Not cumulative; the last is for what is above all bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Histogram {
    /// One that took so long.
    pub fn observe(&self, seconds: f64) {
        let place = BOUNDS.iter().position(|bound| seconds <= f64::from(*bound) / 1e6).unwrap_or(BOUNDS.len());
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Relaxed);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "spans are positive and short")]
        self.nanoseconds.fetch_add((seconds * 1e9) as u64, Relaxed);
    }

    /// Appends its lines, with these values of the metric's labels.
    pub fn write_to(&self, exposition: &mut Exposition, metric: &Metric, values: &[&str]) {
        let labels = || metric.labels.iter().copied().zip(values.iter().copied());
        let of = |part: &str| format!("{}{part}", metric.name);
        let mut count = 0;
        for (place, bucket) in self.buckets.iter().enumerate() {
            count += bucket.load(Relaxed);
            let bound =
                BOUNDS.get(place).map_or_else(|| "+Inf".to_owned(), |bound| (f64::from(*bound) / 1e6).to_string());
            exposition.labelled(&of("_bucket"), labels().chain([("le", bound.as_str())]), count);
        }
        #[expect(clippy::cast_precision_loss, reason = "a sum for averages")]
        let sum = self.nanoseconds.load(Relaxed) as f64 * 1e-9;
        exposition.labelled(&of("_sum"), labels(), sum);
        exposition.labelled(&of("_count"), labels(), count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_the_last_holds_all() {
        let histogram = Histogram::default();
        for seconds in [5e-6, 10e-6, 0.0011, 9.0] {
            histogram.observe(seconds);
        }
        let metric = Metric::histogram("argus_decision_duration_seconds", &["door"], "How long.");
        let mut exposition = Exposition::default();
        histogram.write_to(&mut exposition, &metric, &["pdp"]);
        let text = exposition.into_text();
        for line in [
            "argus_decision_duration_seconds_bucket{door=\"pdp\",le=\"0.00001\"} 2",
            "argus_decision_duration_seconds_bucket{door=\"pdp\",le=\"0.001\"} 2",
            "argus_decision_duration_seconds_bucket{door=\"pdp\",le=\"0.0025\"} 3",
            "argus_decision_duration_seconds_bucket{door=\"pdp\",le=\"+Inf\"} 4",
            "argus_decision_duration_seconds_count{door=\"pdp\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
