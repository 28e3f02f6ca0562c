//! The method: contestants take turns, sample by sample, so that whatever else happens on the machine happens to all
//! of them; medians with the 10th and 90th percentile; only ratios of one run mean anything.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use crate::clock;
use crate::engine::Engine;

/// How much is measured: at most so many rounds, and no new round when the time is over.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The most samples that each contestant gives.
    pub rounds: usize,
    /// When this much time of the wall clock has gone by, the round under way is the last.
    pub at_most: Duration,
}

/// The spread of one measure, in nanoseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// The 10th percentile.
    pub low_ns: f64,
    /// The median: what is compared.
    pub median_ns: f64,
    /// The 90th percentile.
    pub high_ns: f64,
    /// How many samples there are.
    pub samples: usize,
}

/// One cycle through all requests is repeated until a sample takes about this long: the clock's own cost, a
/// microsecond at most, then stays below a thousandth.
const SAMPLE: Duration = Duration::from_millis(2);

/// Time for each decision, for each engine in the order given. `requests` is how many were prepared in each of them.
pub fn decisions(engines: &mut [Box<dyn Engine>], requests: usize, plan: Plan) -> Result<Vec<Spread>> {
    let mut cycles = Vec::new();
    for engine in engines.iter_mut() {
        cycles.push(cycles_for_a_sample(engine.as_mut(), requests)?);
    }
    in_turns(engines.len(), plan, |contestant| {
        let (Some(engine), Some(&cycles)) = (engines.get_mut(contestant), cycles.get(contestant)) else {
            return Ok(0.0);
        };
        let spent = sample(engine.as_mut(), requests, cycles)?;
        Ok(nanoseconds(spent) / (f64::from(cycles) * f64::from(u32::try_from(requests)?)))
    })
}

fn cycles_for_a_sample(engine: &mut dyn Engine, requests: usize) -> Result<u32> {
    let mut once = sample(engine, requests, 1)?;
    if once < SAMPLE {
        // The first cycle filled the caches; the second says how long one takes.
        once = sample(engine, requests, 1)?;
    }
    Ok(u32::try_from(SAMPLE.as_nanos() / once.as_nanos().max(1))?.max(1))
}

/// Calls `measure` for contestants 0, 1, 2, … over and over, and sums up what each call returned.
pub fn in_turns(contestants: usize, plan: Plan, mut measure: impl FnMut(usize) -> Result<f64>) -> Result<Vec<Spread>> {
    let started = Instant::now();
    let mut samples = vec![Vec::new(); contestants];
    for round in 0..plan.rounds {
        if round > 0 && started.elapsed() > plan.at_most {
            break;
        }
        for (contestant, samples) in samples.iter_mut().enumerate() {
            samples.push(measure(contestant)?);
        }
    }
    Ok(samples.into_iter().map(Spread::of).collect())
}

fn sample(engine: &mut dyn Engine, requests: usize, cycles: u32) -> Result<Duration> {
    let before = clock::of_thread();
    for _ in 0..cycles {
        for request in 0..requests {
            black_box(engine.decide(black_box(request))?);
        }
    }
    Ok(clock::of_thread().saturating_sub(before))
}

/// A duration as a number to calculate with.
pub fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

impl Spread {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let place = (samples.len().saturating_sub(1) * percent + 50) / 100;
            samples.get(place).copied().unwrap_or_default()
        };
        Self { low_ns: at(10), median_ns: at(50), high_ns: at(90), samples: samples.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_median_between_the_outer_tenths() {
        let spread = Spread::of((0..=100).rev().map(f64::from).collect());
        assert_eq!((spread.low_ns, spread.median_ns, spread.high_ns, spread.samples), (10.0, 50.0, 90.0, 101));
    }

    #[test]
    fn contestants_take_turns() {
        let mut order = Vec::new();
        let plan = Plan { rounds: 2, at_most: Duration::MAX };
        in_turns(3, plan, |contestant| {
            order.push(contestant);
            Ok(0.0)
        })
        .unwrap();
        assert_eq!(order, [0, 1, 2, 0, 1, 2]);
    }
}
