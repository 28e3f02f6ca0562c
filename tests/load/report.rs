//! What the turns showed, for people and for programs.

use std::fmt;

use argus_tests::load::Measured;
use serde_json::json;

/// One kind of request.
pub(crate) struct Measure {
    name: &'static str,
    body_bytes: usize,
    answer_bytes: usize,
    /// CPU time a request in microseconds, turn by turn.
    turns: Vec<Turn>,
    requests: usize,
}

/// What a request cost in one turn.
struct Turn {
    /// The handler that does nothing.
    nothing: f64,
    /// Argus, as it is.
    argus: f64,
    /// Argus that doesn't count the use of keys.
    uncounted: f64,
    /// Argus that logs every decision.
    logged: f64,
    /// Argus that sends the spans of one request in a hundred to a collector.
    traced_some: f64,
    /// Argus that sends the spans of all.
    traced_all: f64,
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

    /// A turn: the baseline, Argus as it is, and Argus otherwise.
    pub(crate) fn add(&mut self, turn: &[Measured]) {
        let micros = |of: usize| turn[of].cpu_micros();
        self.turns.push(Turn {
            nothing: micros(0),
            argus: micros(1),
            uncounted: micros(2),
            logged: micros(3),
            traced_some: micros(4),
            traced_all: micros(5),
        });
        self.requests += turn[1].requests;
    }

    fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(self.turns.iter().map(of))
    }

    /// The share of each turn: its two runs met the same machine.
    fn share_percent(&self) -> f64 {
        self.median(|turn| 100.0 * turn.nothing / turn.argus)
    }

    /// What logging every decision costs.
    fn logging(&self) -> f64 {
        self.median(|turn| turn.logged / turn.argus)
    }

    /// What spans cost, of some requests and of all.
    fn tracing(&self) -> [f64; 2] {
        [self.median(|turn| turn.traced_some / turn.argus), self.median(|turn| turn.traced_all / turn.argus)]
    }

    /// What counting the use of keys costs.
    fn counting(&self) -> f64 {
        self.median(|turn| turn.argus / turn.uncounted)
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
                    "do_nothing_cpu_micros": one.median(|turn| turn.nothing),
                    "argus_cpu_micros": one.median(|turn| turn.argus),
                    "share_percent": one.share_percent(),
                    "uncounted_cpu_micros": one.median(|turn| turn.uncounted),
                    "counted_times_uncounted": one.counting(),
                    "logged_cpu_micros": one.median(|turn| turn.logged),
                    "logged_times_unlogged": one.logging(),
                    "traced_1_percent_cpu_micros": one.median(|turn| turn.traced_some),
                    "traced_1_percent_times_untraced": one.tracing()[0],
                    "traced_all_cpu_micros": one.median(|turn| turn.traced_all),
                    "traced_all_times_untraced": one.tracing()[1],
                })
            })
            .collect();
        json!({ "clients": self.clients, "measures": measures })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "CPU time a request, {} clients, medians of {} turns", self.clients, self.measures[0].turns.len())?;
        writeln!(
            f,
            "| door            | in      | out   | do nothing | Argus   | share | usage off | ×    | log of all | ×    |"
        )?;
        writeln!(
            f,
            "|-----------------|---------|-------|------------|---------|-------|-----------|------|------------|------|"
        )?;
        for one in &self.measures {
            let logged = one.median(|turn| turn.logged);
            let [nothing, argus, uncounted] =
                [one.median(|turn| turn.nothing), one.median(|turn| turn.argus), one.median(|turn| turn.uncounted)];
            writeln!(
                f,
                "| {:<15} | {:>5} B | {:>3} B | {nothing:>7.1} µs | {argus:>4.1} µs | {:>3.0} % | {uncounted:>6.1} µs | {:.2} | {logged:>7.1} µs | {:.2} |",
                one.name,
                one.body_bytes,
                one.answer_bytes,
                one.share_percent(),
                one.counting(),
                one.logging()
            )?;
        }
        self.write_tracing(f)
    }
}

impl Report {
    fn write_tracing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe same where a collector takes spans")?;
        writeln!(f, "| door            | Argus   | of 1 %  | ×    | of all  | ×    |")?;
        writeln!(f, "|-----------------|---------|---------|------|---------|------|")?;
        for one in &self.measures {
            let [argus, some, all] = [
                one.median(|turn| turn.argus),
                one.median(|turn| turn.traced_some),
                one.median(|turn| turn.traced_all),
            ];
            let [of_some, of_all] = one.tracing();
            let name = one.name;
            writeln!(
                f,
                "| {name:<15} | {argus:>4.1} µs | {some:>4.1} µs | {of_some:.2} | {all:>4.1} µs | {of_all:.2} |"
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
