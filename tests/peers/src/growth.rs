//! Argus alone, from 100 policies to 100,000, told apart by equality, by a prefix or by a network: time to decide.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::engine::{Engine, must_agree};
use crate::measure::{Plan, Spread, decisions};
use crate::peers::{GROWTH, Growth};
use crate::request::Request;

const COUNTS: &[usize] = &[100, 1_000, 10_000, 100_000];
/// All together end within a minute.
const PLAN: Plan = Plan { rounds: 200, at_most: Duration::from_secs(4) };
/// Requests in rotation, and requests that reach so many policies that none stays near.
const FEW: usize = 64;
const MANY: usize = 4_096;

/// One attribute, shape and count.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What tells the policies apart.
    pub by: &'static str,
    /// Whether they stand in policy sets of a hundred.
    pub nested: bool,
    /// How many there are.
    pub policies: usize,
    /// The time for one of 64 requests in rotation.
    pub few: Spread,
    /// Its median divided by that among the fewest policies.
    pub few_growth: Option<f64>,
    /// The time for one of 4,096 requests in rotation.
    pub many: Spread,
    /// Its median divided by that among the fewest policies.
    pub many_growth: Option<f64>,
}

/// Measures every row at every count.
pub fn run() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for &count in COUNTS {
        rows.extend(at(count)?);
    }
    let fewest: Vec<_> = rows.iter().take(GROWTH.len()).map(|row| (row.by, row.nested, row.few.median_ns, row.many.median_ns)).collect();
    for row in &mut rows {
        let first = fewest.iter().find(|(by, nested, ..)| (*by, *nested) == (row.by, row.nested));
        row.few_growth = first.map(|(.., few, _)| row.few.median_ns / few);
        row.many_growth = first.map(|(.., many)| row.many.median_ns / many);
    }
    Ok(rows)
}

fn at(count: usize) -> Result<Vec<Row>> {
    let mut engines = GROWTH.iter().map(|growth| prepare(growth, count)).collect::<Result<Vec<_>>>()?;
    let few = decisions(&mut engines, FEW, PLAN)?;
    let many = decisions(&mut engines, FEW + MANY, PLAN)?;
    let measured = GROWTH.iter().zip(few.into_iter().zip(many));
    let row = |(growth, (few, many)): (&Growth, (Spread, Spread))| {
        let Growth { by, nested, .. } = *growth;
        Row { by, nested, policies: count, few, few_growth: None, many, many_growth: None }
    };
    Ok(measured.map(row).collect())
}

// The text is gone when the next is written: 100,000 policies are a third of a gigabyte.
fn prepare(growth: &Growth, count: usize) -> Result<Box<dyn Engine>> {
    let loaded = (growth.load)(&growth.write(count))?;
    let requests: Vec<Request> = growth.spread(FEW, count).chain(growth.spread(MANY, count)).collect();
    let mut engine = loaded.prepare(&requests)?;
    must_agree(growth.by, engine.as_mut(), &requests)?;
    Ok(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_tells_the_policies_apart() {
        for growth in GROWTH {
            prepare(growth, 200).unwrap();
        }
    }
}
