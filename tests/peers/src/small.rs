//! The small policy: every engine, a dozen requests in rotation, each engine in turn.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::engine::must_agree;
use crate::machine::version_of;
use crate::measure::{Plan, Spread, decisions};
use crate::peers::{Form, OURS, SMALL, Small};
use crate::request::dozen;

/// Ends within half a minute, agreement and calibration included.
const PLAN: Plan = Plan { rounds: 600, at_most: Duration::from_secs(20) };

/// One engine's time for a decision, and how it stands to the others asked in the same form.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The engine.
    pub name: &'static str,
    /// The version of its crate.
    pub version: Option<&'static str>,
    /// How it was asked.
    pub form: Form,
    /// The time for one decision.
    pub decision: Spread,
    /// Its median divided by the fastest peer's of the same form, where there is one: the peers are all but Argus.
    pub to_fastest_peer: Option<f64>,
    /// Its median divided by that of Argus in the same form, where Argus takes part.
    pub to_argus: Option<f64>,
}

/// Measures all rows of the table of engines.
pub fn run() -> Result<Vec<Row>> {
    let requests = dozen()?;
    let mut engines = Vec::new();
    for small in SMALL {
        let mut engine = (small.load)(small.policy)?.prepare(&requests)?;
        must_agree(small.name, engine.as_mut(), &requests)?;
        engines.push(engine);
    }
    let spreads = decisions(&mut engines, requests.len(), PLAN)?;
    let measured: Vec<_> = SMALL.iter().zip(spreads).collect();
    Ok(measured.iter().map(|&(small, decision)| row(small, decision, &measured)).collect())
}

fn row(small: &Small, decision: Spread, measured: &[(&Small, Spread)]) -> Row {
    let same_form = || measured.iter().filter(|(other, _)| other.form == small.form);
    let peers = same_form().filter(|(other, _)| other.name != OURS).map(|(_, spread)| spread.median_ns);
    let fastest = peers.reduce(f64::min);
    let argus = same_form().find(|(other, _)| other.name == OURS).map(|(_, spread)| spread.median_ns);
    Row {
        name: small.name,
        version: version_of(small.package),
        form: small.form,
        decision,
        to_fastest_peer: fastest.map(|fastest| decision.median_ns / fastest),
        to_argus: argus.map(|argus| decision.median_ns / argus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_gives_the_decisions_of_the_fixture() {
        let requests = dozen().unwrap();
        for small in SMALL {
            let mut engine = (small.load)(small.policy).unwrap().prepare(&requests).unwrap();
            must_agree(small.name, engine.as_mut(), &requests).unwrap();
        }
    }
}
