//! What a server counts, as a row of a table: `/metrics`, `argus help metrics` and the tests are drawn from it.
//!
//! Names stay as they are from version to version. Labels are closed lists: no key, organisation or address is one, for
//! their number has no bound.

use std::fmt::{self, Write as _};

/// How the numbers of a metric behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows, until the process ends.
    Counter,
    /// It grows and falls.
    Gauge,
    /// How many were how long.
    Histogram,
}

/// A metric of Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: MetricKind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it tells, in a sentence.
    pub help: &'static str,
}

/// Whoever counts something in the same process as a server that shows it.
pub trait MoreMetrics: fmt::Debug + Send + Sync {
    /// Adds it. No key, organisation or address is a label.
    fn write_to(&self, exposition: &mut Exposition);
}

/// Prometheus' text form.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl MetricKind {
    /// As Prometheus calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    /// A counter.
    pub const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: MetricKind::Counter, labels, help }
    }

    /// A gauge.
    pub const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: MetricKind::Gauge, labels, help }
    }

    /// A histogram.
    pub const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: MetricKind::Histogram, labels, help }
    }
}

impl Exposition {
    /// What is written already, to go on after it.
    pub const fn after(text: String) -> Self {
        Self(text)
    }

    /// Says what the lines that follow are of.
    pub fn head(&mut self, metric: &Metric) {
        let Metric { name, kind, help, .. } = metric;
        // Writing to a string never fails, here and below.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {}", kind.as_str());
    }

    /// One number, with the values of the labels in their order.
    pub fn line(&mut self, metric: &Metric, values: &[&str], number: impl fmt::Display) {
        self.labelled(metric.name, metric.labels.iter().copied().zip(values.iter().copied()), number);
    }

    /// A metric that is one number.
    pub fn plain(&mut self, metric: &Metric, number: impl fmt::Display) {
        self.head(metric);
        self.line(metric, &[], number);
    }

    /// A number under a name that is made of a metric's, such as a bucket's.
    pub(crate) fn labelled<'l>(
        &mut self,
        name: &str,
        labels: impl Iterator<Item = (&'l str, &'l str)>,
        number: impl fmt::Display,
    ) {
        let mut labels = labels.peekable();
        self.0.push_str(name);
        if labels.peek().is_some() {
            let mut before = '{';
            for (label, value) in labels {
                let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
                let _ = write!(self.0, "{before}{label}=\"{value}\"");
                before = ',';
            }
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {number}");
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_its_head_and_labels_whose_values_are_kept_apart() {
        let metric = Metric::gauge("argus_x_info", &["id", "version"], "What is there.");
        let mut exposition = Exposition::default();
        exposition.head(&metric);
        exposition.line(&metric, &["a\"b\\c\nd", "1.0"], 1);
        exposition.plain(&Metric::counter("argus_y_total", &[], "How many."), 7);
        assert_eq!(
            exposition.into_text(),
            "# HELP argus_x_info What is there.\n# TYPE argus_x_info gauge\n\
             argus_x_info{id=\"a\\\"b\\\\c\\nd\",version=\"1.0\"} 1\n\
             # HELP argus_y_total How many.\n# TYPE argus_y_total counter\nargus_y_total 7\n"
        );
    }
}
