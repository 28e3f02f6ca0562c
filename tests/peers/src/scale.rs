//! From 100 policies to 100,000, one of which applies: time to load them from text, memory for each, time to decide.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::clock;
use crate::engine::{Engine, Loaded, must_agree};
use crate::machine::version_of;
use crate::measure::{Plan, Spread, decisions, in_turns, nanoseconds};
use crate::memory::grown_by_in_child;
use crate::peers::{OURS, SERIES, Series};
use crate::request::{Request, spread_over};

/// The counts, with the time that each may take for loading and for deciding. All together end within a minute and a
/// half; the last counts take what one round takes.
const COUNTS: &[(usize, Plan, Plan)] = &[
    (100, plan(50, 2), plan(200, 3)),
    (1_000, plan(20, 4), plan(50, 6)),
    (10_000, plan(5, 8), plan(10, 8)),
    (100_000, plan(3, 12), plan(50, 3)),
];

const fn plan(rounds: usize, seconds: u64) -> Plan {
    Plan { rounds, at_most: Duration::from_secs(seconds) }
}

/// One engine with so many policies.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The engine, and how it holds its policies.
    pub name: &'static str,
    /// The version of its crate.
    pub version: Option<&'static str>,
    /// How many policies.
    pub policies: usize,
    /// How long the text of one is.
    pub text_bytes_for_each: usize,
    /// The time to load all of them, in CPU time of all threads.
    pub load: Spread,
    /// How much the resident set grows for each of them.
    pub memory_bytes_for_each: u32,
    /// The time for one decision, where the engine decides so many within the time of a run.
    pub decision: Option<Spread>,
    /// The median of the decision divided by the engine's own among the fewest policies.
    pub growth: Option<f64>,
    /// The median of loading divided by that of Argus, where Argus takes part.
    pub load_to_argus: Option<f64>,
    /// The memory divided by that of Argus, where Argus takes part.
    pub memory_to_argus: Option<f64>,
    /// The median of the decision divided by that of Argus, where Argus takes part.
    pub decision_to_argus: Option<f64>,
}

/// Measures every series at every count that it can bear.
pub fn run() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for &(count, load, decide) in COUNTS {
        rows.extend(at(count, load, decide)?);
    }
    compare(&mut rows);
    Ok(rows)
}

fn at(count: usize, load: Plan, decide: Plan) -> Result<Vec<Row>> {
    let series: Vec<&Series> = SERIES.iter().filter(|series| count <= series.loads).collect();
    let texts: Vec<String> = series.iter().map(|series| (series.write)(count)).collect();
    let (loads, loaded) = load_in_turns(&series, &texts, count, load)?;
    let mut decided = decide_in_turns(&series, loaded, &spread_over(count), decide)?.into_iter();
    let mut rows = Vec::new();
    for ((series, text), load) in series.into_iter().zip(&texts).zip(loads) {
        rows.push(Row {
            name: series.name,
            version: version_of(series.package),
            policies: count,
            text_bytes_for_each: text.len() / count,
            load,
            memory_bytes_for_each: u32::try_from(grown_by_in_child(series, count)? / count)?,
            decision: if count <= series.decides { decided.next() } else { None },
            growth: None,
            load_to_argus: None,
            memory_to_argus: None,
            decision_to_argus: None,
        });
    }
    Ok(rows)
}

/// The times, and what the last turn of each series has loaded.
#[expect(clippy::type_complexity, reason = "two lists, taken apart where they arrive")]
fn load_in_turns(
    series: &[&Series],
    texts: &[String],
    count: usize,
    plan: Plan,
) -> Result<(Vec<Spread>, Vec<Option<Box<dyn Loaded>>>)> {
    let mut loaded: Vec<Option<Box<dyn Loaded>>> = series.iter().map(|_| None).collect();
    let spreads = in_turns(series.len(), plan, |turn| {
        let (Some(series), Some(text), Some(slot)) = (series.get(turn), texts.get(turn), loaded.get_mut(turn)) else {
            return Ok(0.0);
        };
        // Freed before the next is made: 100,000 policies can be most of a gigabyte.
        *slot = None;
        let before = clock::of_process();
        let all = (series.load)(text)?;
        let spent = clock::of_process().saturating_sub(before);
        if count <= series.decides {
            *slot = Some(all);
        }
        Ok(nanoseconds(spent))
    })?;
    Ok((spreads, loaded))
}

/// The spreads of those series that have something loaded, in their order.
fn decide_in_turns(
    series: &[&Series],
    loaded: Vec<Option<Box<dyn Loaded>>>,
    requests: &[Request],
    plan: Plan,
) -> Result<Vec<Spread>> {
    let mut engines: Vec<Box<dyn Engine>> = Vec::new();
    for (series, loaded) in series.iter().zip(loaded) {
        let Some(loaded) = loaded else { continue };
        let mut engine = loaded.prepare(requests)?;
        must_agree(series.name, engine.as_mut(), requests)?;
        engines.push(engine);
    }
    decisions(&mut engines, requests.len(), plan)
}

/// Fills in the ratios, once all rows are there.
fn compare(rows: &mut [Row]) {
    let decided = |row: &Row| row.decision.map(|decision| decision.median_ns);
    let fewest: Vec<_> = rows.iter().map(|row| (row.name, decided(row))).collect();
    let argus: Vec<_> = rows.iter().filter(|row| row.name == OURS).map(facts).collect();
    for row in rows {
        let first = fewest.iter().find(|(name, _)| *name == row.name).and_then(|(_, decision)| *decision);
        row.growth = ratio(decided(row), first);
        let ours = argus.iter().find(|facts| facts.policies == row.policies);
        let own = facts(row);
        row.load_to_argus = ratio(Some(own.load), ours.map(|ours| ours.load));
        row.memory_to_argus = ratio(Some(own.memory), ours.map(|ours| ours.memory));
        row.decision_to_argus = ratio(own.decision, ours.and_then(|ours| ours.decision));
    }
}

/// What is compared of a row.
struct Facts {
    policies: usize,
    load: f64,
    memory: f64,
    decision: Option<f64>,
}

fn facts(row: &Row) -> Facts {
    Facts {
        policies: row.policies,
        load: row.load.median_ns,
        memory: row.memory_bytes_for_each.into(),
        decision: row.decision.map(|decision| decision.median_ns),
    }
}

fn ratio(this: Option<f64>, that: Option<f64>) -> Option<f64> {
    Some(this? / that?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_gives_the_decisions_asked_for_among_many() {
        let requests = spread_over(200);
        for series in SERIES.iter().filter(|series| series.decides >= 200) {
            let mut engine = (series.load)(&(series.write)(200)).unwrap().prepare(&requests).unwrap();
            must_agree(series.name, engine.as_mut(), &requests).unwrap();
        }
    }
}
