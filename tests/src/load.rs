//! Clients that send one request after the other, each over a connection of its own, and what that cost the server.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::http::Connection;
use crate::process;

/// Who asks what, how often at once, and for how long.
#[derive(Debug, Clone)]
pub struct Load {
    /// The server.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    /// What the clients send in turn; client n begins with the n-th.
    pub requests: Vec<Vec<u8>>,
    /// How many clients there are.
    pub clients: usize,
    /// For how long they go on.
    pub lasts: Duration,
    /// The status that every answer must have.
    pub status: u16,
}

/// What a run showed.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The requests that were answered.
    pub requests: usize,
    /// What the server used for all of them.
    pub cpu: Duration,
    /// The time that each request took, sorted.
    pub latencies: Vec<Duration>,
}

impl Measured {
    /// The server's CPU time a request, in microseconds.
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.requests as f64
    }

    /// The latency that half of the requests stayed below.
    pub fn median(&self) -> Duration {
        self.latencies[self.latencies.len() / 2]
    }
}

impl Load {
    /// Runs the clients.
    pub async fn run(&self) -> Result<Measured> {
        let mut connections = Vec::new();
        for _ in 0..self.clients {
            connections.push(Connection::open(self.address).await?);
        }
        let before = process::cpu_time(self.pid)?;
        let until = Instant::now() + self.lasts;
        let clients: Vec<_> = (0..)
            .zip(connections)
            .map(|(first, connection)| {
                let load = self.clone();
                tokio::spawn(async move { load.client(first, connection, until).await })
            })
            .collect();
        let mut latencies = Vec::new();
        for client in clients {
            latencies.extend(client.await??);
        }
        let cpu = process::cpu_time(self.pid)?.saturating_sub(before);
        ensure!(!latencies.is_empty(), "no request was answered");
        latencies.sort_unstable();
        Ok(Measured { requests: latencies.len(), cpu, latencies })
    }

    async fn client(&self, first: usize, mut connection: Connection, until: Instant) -> Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        for request in self.requests.iter().cycle().skip(first % self.requests.len()) {
            let begun = Instant::now();
            if begun >= until {
                break;
            }
            let answer = connection.send(request).await.context("in the midst of a run")?;
            ensure!(answer.status == self.status, "{}: {}", answer.status, answer.text());
            latencies.push(begun.elapsed());
        }
        Ok(latencies)
    }
}
