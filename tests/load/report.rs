//! What the turns showed, for people and for programs.

use std::fmt;

use argus_tests::load::Measured;
use serde_json::json;

/// One kind of request.
pub(crate) struct Measure {
    name: &'static str,
    body_bytes: usize,
    answer_bytes: usize,
    /// CPU time a request in microseconds, of the handler that does nothing and of Argus, turn by turn.
    turns: Vec<(f64, f64)>,
    requests: usize,
}

/// All kinds.
pub(crate) struct Report {
    pub(crate) measures: Vec<Measure>,
    pub(crate) clients: usize,
}

impl Measure {
    pub(crate) fn new(name: &'static str, body_bytes: usize, answer_bytes: usize) -> Self {
        Self { name, body_bytes, answer_bytes, turns: Vec::new(), requests: 0 }
    }

    pub(crate) fn add(&mut self, nothing: &Measured, argus: &Measured) {
        self.turns.push((nothing.cpu_micros(), argus.cpu_micros()));
        self.requests += argus.requests;
    }

    /// The share of each turn: its two runs met the same machine.
    fn share_percent(&self) -> f64 {
        median(self.turns.iter().map(|(nothing, argus)| 100.0 * nothing / argus))
    }
}

impl Report {
    pub(crate) fn json(&self) -> serde_json::Value {
        let measures: Vec<_> = self
            .measures
            .iter()
            .map(|one| {
                json!({
                    "name": one.name,
                    "request_bytes": one.body_bytes,
                    "answer_bytes": one.answer_bytes,
                    "requests": one.requests,
                    "do_nothing_cpu_micros": median(one.turns.iter().map(|turn| turn.0)),
                    "argus_cpu_micros": median(one.turns.iter().map(|turn| turn.1)),
                    "share_percent": one.share_percent(),
                })
            })
            .collect();
        json!({ "clients": self.clients, "measures": measures })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "CPU time a request, {} clients, medians of {} turns", self.clients, self.measures[0].turns.len())?;
        writeln!(f, "| door            | in      | out   | do nothing | Argus   | share |")?;
        writeln!(f, "|-----------------|---------|-------|------------|---------|-------|")?;
        for one in &self.measures {
            let (nothing, argus) =
                (median(one.turns.iter().map(|turn| turn.0)), median(one.turns.iter().map(|turn| turn.1)));
            writeln!(
                f,
                "| {:<15} | {:>5} B | {:>3} B | {nothing:>7.1} µs | {argus:>4.1} µs | {:>3.0} % |",
                one.name,
                one.body_bytes,
                one.answer_bytes,
                one.share_percent()
            )?;
        }
        Ok(())
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
