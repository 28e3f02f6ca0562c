//! A flood of forged keys: what each costs, and what those with right keys notice of it.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::forge::forged;
use crate::http::{get, once, post};
use crate::load::{Load, Measured};
use crate::program::Server;
use crate::walk::Keys;

/// Clients of the flood.
const CLIENTS: usize = 200;
/// Clients with right keys whose latency counts.
const PROBES: usize = 8;
/// Different forged keys: more than one, so that no refusal is remembered for all.
const FORGED: u64 = 1_000;

/// Where a forged key is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// As the subject's credential, by an enforcement point whose own key is right.
    Subject,
    /// As the enforcement point's own key.
    Bearer,
}

/// What one turn showed: the same clients with right, warm keys, then with forged ones.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// The median latency of the probes while all others are right, too.
    pub right_median: Duration,
    /// The same while all others are forged.
    pub forged_median: Duration,
    /// CPU time of a right request, in microseconds.
    pub right_cpu_micros: f64,
    /// CPU time of a forged one.
    pub forged_cpu_micros: f64,
}

impl Turn {
    /// By how much the flood slows those with right keys down.
    pub fn rise(&self) -> f64 {
        self.forged_median.as_secs_f64() / self.right_median.as_secs_f64()
    }
}

/// The body of a question about a key.
pub fn question(credential: &str) -> String {
    format!(r#"{{"credential":"{credential}","action":"read","resource":"acme/atlas/evidence/42"}}"#)
}

/// Asks about a key by an enforcement point.
pub fn verify(enforcement_point: &str, credential: &str) -> Vec<u8> {
    post("/v1/verify", "application/json", Some(enforcement_point), question(credential).as_bytes())
}

/// The forged requests and the status that answers them.
pub fn forgeries(keys: &Keys, presented: Presented) -> (Vec<Vec<u8>>, u16) {
    let each = |number| match presented {
        Presented::Subject => verify(&keys.enforcement_point, &forged(&keys.reader, number)),
        Presented::Bearer => verify(&forged(&keys.enforcement_point, number), &keys.reader),
    };
    let status = match presented {
        Presented::Subject => 200,
        Presented::Bearer => 401,
    };
    ((0..FORGED).map(each).collect(), status)
}

/// One turn.
pub async fn turn(server: &Server, keys: &Keys, presented: Presented, lasts: Duration) -> Result<Turn> {
    let load = |requests: Vec<Vec<u8>>, clients, status| Load {
        address: server.pdp,
        pid: server.pid(),
        requests,
        clients,
        lasts,
        status,
    };
    let right = vec![verify(&keys.enforcement_point, &keys.reader)];
    let probes = load(right.clone(), PROBES, 200);
    let (right_probes, right_others) = both(&probes, &load(right, CLIENTS, 200)).await?;
    let right_cpu_micros =
        right_others.cpu.as_secs_f64() * 1e6 / (right_others.requests + right_probes.requests) as f64;
    let (forged, status) = forgeries(keys, presented);
    let (forged_probes, forged_others) = both(&probes, &load(forged, CLIENTS, status)).await?;
    let of_probes = right_cpu_micros * forged_probes.requests as f64;
    Ok(Turn {
        right_median: right_probes.median(),
        forged_median: forged_probes.median(),
        right_cpu_micros,
        forged_cpu_micros: (forged_others.cpu.as_secs_f64() * 1e6 - of_probes) / forged_others.requests as f64,
    })
}

/// Runs both at once. The CPU time of either is that of both: the server is one process.
async fn both(probes: &Load, others: &Load) -> Result<(Measured, Measured)> {
    tokio::try_join!(probes.run(), others.run())
}

/// A counter of `/metrics`, all its labels together; nought where it was never counted up.
pub async fn counter(server: &Server, name: &str) -> Result<u64> {
    let answer = once(server.pdp, &get("/metrics")).await?;
    let mut sum = 0;
    for line in answer.text().lines() {
        let Some(rest) = line.strip_prefix(name).filter(|rest| rest.starts_with([' ', '{'])) else { continue };
        let value = rest.rsplit(' ').next().context("a metric without a value")?;
        sum += value.parse::<u64>()?;
    }
    Ok(sum)
}
